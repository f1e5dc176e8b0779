# Fuzz targets: with libFuzzer after configure --enable-fuzz, else with a main()
# that replays seeds, damaged seeds and old crashes in make check.
FUZZERS = tests/fuzz/frames tests/fuzz/records tests/fuzz/yaml tests/fuzz/capture
if FUZZ
EXTRA_PROGRAMS = $(FUZZERS)
FUZZ_MAIN =
FUZZ_LINK = -fsanitize=fuzzer
else
check_PROGRAMS += $(FUZZERS)
FUZZ_MAIN = tests/fuzz/replay.c
FUZZ_LINK =
dist_check_SCRIPTS += tests/fuzz.sh
TESTS += tests/fuzz.sh
endif
# Capture files of hand-made frames to start from: every encapsulation, fragments, pcapng.
check_PROGRAMS += tests/fuzz/seeds
tests_fuzz_seeds_LDADD = libgenba.a
EXTRA_DIST += tests/fuzz.sh tests/fuzz/replay.c tests/fuzz/crashes
tests_fuzz_frames_SOURCES = tests/fuzz/frames.c tests/fuzz/fuzz.h $(FUZZ_MAIN)
tests_fuzz_records_SOURCES = tests/fuzz/records.c $(FUZZ_MAIN)
tests_fuzz_yaml_SOURCES = tests/fuzz/yaml.c $(FUZZ_MAIN)
tests_fuzz_capture_SOURCES = tests/fuzz/capture.c $(FUZZ_MAIN)
tests_fuzz_frames_LDADD = $(GENBA_LIBS)
tests_fuzz_records_LDADD = $(GENBA_LIBS)
tests_fuzz_yaml_LDADD = $(GENBA_LIBS)
tests_fuzz_capture_LDADD = $(GENBA_LIBS)
tests_fuzz_frames_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_records_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_yaml_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)
tests_fuzz_capture_LDFLAGS = $(AM_LDFLAGS) $(FUZZ_LINK)

# The fuzz targets with libFuzzer (clang), FUZZ_SECONDS each, in a build folder of their own.
FUZZ_SECONDS = 30
.PHONY: fuzz fuzz-run
fuzz:
	@$(MKDIR_P) build-fuzz
	cd build-fuzz && { test -f Makefile || \
		'$(abs_top_srcdir)/configure' -q --enable-fuzz --enable-sanitizers CC=clang CFLAGS='-g -O1'; } && \
		$(MAKE) fuzz-run FUZZ_SECONDS=$(FUZZ_SECONDS)

# What is found stays in fuzz-corpus; a crash stops, and its input belongs into tests/fuzz/crashes/TARGET.
fuzz-run: $(FUZZERS) tests/gen/factory$(EXEEXT) tests/gen/frames$(EXEEXT) tests/fuzz/seeds$(EXEEXT)
	@$(MKDIR_P) fuzz-corpus/frames fuzz-corpus/capture fuzz-corpus/records fuzz-corpus/yaml
	@tests/gen/factory --hours 0.1 --pieces 40 -o fuzz-corpus/frames/piece
	@tests/gen/factory --hours 0.1 --pieces 20 -o fuzz-corpus/capture/piece
	@for s in $(top_srcdir)/tests/protocols/*.frames; do tests/gen/frames $$s fuzz-corpus/frames/`basename $$s .frames` || exit 1; done
	@tests/fuzz/seeds fuzz-corpus/frames/ && tests/fuzz/seeds fuzz-corpus/capture/
	@cp $(top_srcdir)/checks/*.yaml fuzz-corpus/yaml/ 2>/dev/null || :
	@for f in frames records yaml capture; do echo "fuzz $$f"; \
		tests/fuzz/$$f -max_total_time=$(FUZZ_SECONDS) -max_len=16384 -timeout=10 -rss_limit_mb=4096 -print_final_stats=0 \
		-verbosity=0 -artifact_prefix=fuzz-$$f- fuzz-corpus/$$f || exit 1; done
