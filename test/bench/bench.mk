# Measurements beside the peers, and the tests of the measuring itself. Included by the Makefile.

BENCH_ARGS ?=
# The Python of a virtual environment with other releases of the peers, if there is one.
BENCH_PEERS ?=
# Where else the picture of bench-curve goes.
BENCH_PICTURE ?=

BENCH := LATENT_LIBRARY=$(SHARED) CC='$(CC)' $(PYTHON) -B test/bench

## bench: time and memory beside the peers: table, build/bench/*.json (BENCH_ARGS=--quick: a minute)
bench: all
	$(BENCH)/bench.py --output $(BUILD)/bench $(if $(BENCH_PEERS),--peers '$(BENCH_PEERS)') \
	    $(BENCH_ARGS)

## bench-curve: time of every method against the number of samples: build/bench/curve.json and .svg
bench-curve: all
	$(BENCH)/curve.py --output $(BUILD)/bench $(if $(BENCH_PEERS),--peers '$(BENCH_PEERS)') \
	    $(if $(BENCH_PICTURE),--picture '$(BENCH_PICTURE)') $(BENCH_ARGS)

## check-bench: the benchmark notices wrong answers, failures and missing peers
check-bench: $(SHARED)
	LATENT_LIBRARY=$(SHARED) CC='$(CC)' $(RUN) --pytest test/bench

.PHONY: bench bench-curve check-bench
