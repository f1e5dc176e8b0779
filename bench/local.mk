# make bench: time and memory of a scan, against the bare libpcap loop and other tools; of a report, against the browser.
EXTRA_DIST += bench/run.sh bench/report.sh bench/README.md
BENCH_TOOLS = bench/loop bench/measure bench/scale
check_PROGRAMS += $(BENCH_TOOLS)
bench_loop_LDADD = $(PCAP_LIBS)
bench_scale_LDADD = $(GENBA_LIBS)

.PHONY: bench bench-report
bench: genba$(EXEEXT) $(BENCH_TOOLS) tests/gen/factory$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/bench/run.sh
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/bench/report.sh

bench-report: genba$(EXEEXT) $(BENCH_TOOLS) tests/gen/factory$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/bench/report.sh
