# make bench: time and memory of a scan, against the bare libpcap loop and other tools; of a report, against the browser.
EXTRA_DIST += bench/run.sh bench/report.sh bench/live.sh bench/README.md
BENCH_TOOLS = bench/loop bench/measure bench/replay bench/scale
check_PROGRAMS += $(BENCH_TOOLS)
bench_loop_LDADD = $(PCAP_LIBS)
bench_replay_LDADD = $(PCAP_LIBS)
bench_scale_LDADD = $(GENBA_LIBS)

.PHONY: bench bench-report bench-live
bench: genba$(EXEEXT) $(BENCH_TOOLS) tests/gen/factory$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/bench/run.sh
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/bench/report.sh

bench-report: genba$(EXEEXT) $(BENCH_TOOLS) tests/gen/factory$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/bench/report.sh

bench-live: genba$(EXEEXT) $(BENCH_TOOLS) tests/gen/factory$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/bench/live.sh; s=$$?; test $$s = 77 || exit $$s
