# make bench: throughput and memory against the bare libpcap loop.
EXTRA_DIST += bench/bench.sh
check_PROGRAMS += bench/pcaploop
bench_pcaploop_LDADD = $(PCAP_LIBS)

.PHONY: bench
bench: genba$(EXEEXT) bench/pcaploop$(EXEEXT) tests/gen/factory$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/bench/bench.sh
