# Documentation: the reference from the headers, its installation. Included by the Makefile.

DOC     := $(BUILD)/doc
# Which man pages were installed, so that exactly these are removed.
DOC_LIST := $(DOCDIR)/man3.list

## docs: the reference from the headers: HTML in build/doc/html, man pages in build/doc/man
docs: $(DOC)/stamp

$(DOC)/stamp: docs/Doxyfile docs/reference.sh $(wildcard include/*.h include/latent/*.h)
	docs/reference.sh $(VERSION) $(DOC)
	touch $@

## check-docs: programs in the pages run, links lead somewhere, man pages are well formed
check-docs: all docs
	CC='$(CC)' test/run --script '$(PYTHON) docs/check_docs.py $(LIB) $(DOC)/man/man3'

install-docs: docs
	install -d '$(DESTDIR)$(MANDIR)/man1' '$(DESTDIR)$(MANDIR)/man3' \
	    '$(DESTDIR)$(DOCDIR)/html/search'
	install -m 644 $(wildcard docs/man/*.1) '$(DESTDIR)$(MANDIR)/man1'
	install -m 644 $(DOC)/man/man3/*.3 '$(DESTDIR)$(MANDIR)/man3'
	(cd $(DOC)/man/man3 && ls) > '$(DESTDIR)$(DOC_LIST)'
	chmod 644 '$(DESTDIR)$(DOC_LIST)'
	install -m 644 $(DOC)/html/*.* '$(DESTDIR)$(DOCDIR)/html'
	install -m 644 $(DOC)/html/search/* '$(DESTDIR)$(DOCDIR)/html/search'

uninstall-docs:
	rm -f $(patsubst docs/man/%,'$(DESTDIR)$(MANDIR)/man1/%',$(wildcard docs/man/*.1))
	if [ -f '$(DESTDIR)$(DOC_LIST)' ]; then \
	    while read -r page; do rm -f '$(DESTDIR)$(MANDIR)'/man3/"$$page"; done \
	        < '$(DESTDIR)$(DOC_LIST)'; fi
	rm -f '$(DESTDIR)$(DOC_LIST)'
	rm -rf '$(DESTDIR)$(DOCDIR)/html'
	if [ -d '$(DESTDIR)$(DOCDIR)' ]; then rmdir --ignore-fail-on-non-empty '$(DESTDIR)$(DOCDIR)'; fi

.PHONY: docs check-docs install-docs uninstall-docs
