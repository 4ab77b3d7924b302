# Measurements beside the peers, and the tests of the measuring itself. Included by the Makefile.

BENCH_ARGS ?=

## bench: time and memory beside the peers: table, build/bench/*.json (BENCH_ARGS=--quick: a minute)
bench: all
	LATENT_LIBRARY=$(SHARED) $(PYTHON) -B test/bench/bench.py --output $(BUILD)/bench $(BENCH_ARGS)

## check-bench: the benchmark notices wrong answers, failures and missing peers
check-bench: $(SHARED)
	LATENT_LIBRARY=$(SHARED) CC='$(CC)' $(RUN) --pytest test/bench

.PHONY: bench check-bench
