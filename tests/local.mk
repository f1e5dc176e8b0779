LINT = tests/lint/includes.sh tests/lint/bytes.sh tests/lint/files.sh
dist_check_SCRIPTS += $(LINT) tests/po.sh
TESTS += $(LINT) tests/po.sh
EXTRA_DIST += tests/lib.sh tests/lint/lib.sh tests/lint/cppcheck.h

.PHONY: lint asan golden lab

lint:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(LINT) tests/po.sh' check_PROGRAMS=
	@if command -v cppcheck >/dev/null; then echo cppcheck; cd $(top_srcdir) && cppcheck -q --error-exitcode=1 \
		--std=c11 --enable=warning,performance,portability --inline-suppr --include=tests/lint/cppcheck.h \
		--suppress=missingIncludeSystem --suppress=varFuncNullUB --suppress=autovarInvalidDeallocation \
		--suppress=arrayIndexThenCheck -I src -D__linux__ src; \
	else echo 'cppcheck is not installed: left out'; fi

# Everything again with AddressSanitizer and UndefinedBehaviorSanitizer, in a build folder of its own.
asan:
	@$(MKDIR_P) build-asan
	cd build-asan && { test -f Makefile || '$(abs_top_srcdir)/configure' -q --enable-sanitizers CC='$(CC)'; } && \
		$(MAKE) check

# Real servers and clients in network namespaces, and genba at the mirror port of their switch. As root.
EXTRA_DIST += tests/lab/lab.sh tests/lab/modbus_server.c tests/lab/telnetd.py
lab: genba$(EXEEXT)
	@$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/tests/lab/lab.sh; s=$$?; test $$s = 77 || exit $$s

include tests/fuzz/local.mk
include tests/corpus/local.mk

# Prints the observations of a capture: for dissector authors and the golden files.
check_PROGRAMS += tests/observations
tests_observations_LDADD = $(GENBA_LIBS)

# A made-up factory: its capture, and the truth about it.
check_PROGRAMS += tests/gen/factory
tests_gen_factory_SOURCES = \
	tests/gen/gen.c tests/gen/gen.h \
	tests/gen/proto.h tests/gen/enip.c tests/gen/s7.c tests/gen/modbus.c tests/gen/japan.c tests/gen/it.c \
	tests/gen/remote.c tests/gen/truth.c tests/gen/truth.h \
	tests/gen/hosts.c tests/gen/lines.c tests/gen/people.c tests/gen/habits.c tests/gen/clean.c \
	tests/gen/factory.c tests/gen/factory.h
tests_gen_factory_LDADD = -lm
check_PROGRAMS += tests/gen/frames
tests_gen_frames_SOURCES = tests/gen/gen.c tests/gen/gen.h tests/gen/frames.c
check_PROGRAMS += tests/gen/send
tests_gen_send_SOURCES = tests/gen/send.c
check_PROGRAMS += tests/gen/compare
tests_gen_compare_SOURCES = tests/gen/compare.c
tests_gen_compare_LDADD = $(JANSSON_LIBS)
dist_check_SCRIPTS += tests/golden.sh tests/variants.sh
TESTS += tests/golden.sh tests/variants.sh
dist_check_SCRIPTS += tests/tui_kill.sh
TESTS += tests/tui_kill.sh
dist_check_SCRIPTS += tests/typical.sh
TESTS += tests/typical.sh
EXTRA_DIST += tests/typical/machining-20.answers.yaml tests/typical/machining-20.txt tests/typical/parts-80.answers.yaml \
	tests/typical/parts-80.txt tests/typical/plant-200.answers.yaml tests/typical/plant-200.txt
dist_check_SCRIPTS += tests/golden.sh
TESTS += tests/golden.sh
# Not the folder's name alone: make would copy golden.sh to that name.
EXTRA_DIST += tests/golden/factory.conversations.csv tests/golden/factory.devices.json \
	tests/golden/factory.devices.txt tests/golden/factory.findings.json tests/golden/factory.operations.json


# Each protocol's conversation by hand (NAME.frames) and what is seen in it (NAME.txt), found by folder.
check_PROGRAMS += tests/protocol_table
tests_protocol_table_LDADD = $(GENBA_LIBS)
dist_check_SCRIPTS += tests/protocols.sh
TESTS += tests/protocols.sh
EXTRA_DIST += tests/protocols

# Write the expected outputs anew; look at the difference before it is committed.
golden: genba$(EXEEXT) tests/gen/factory$(EXEEXT) tests/gen/compare$(EXEEXT) tests/gen/frames$(EXEEXT) tests/observations$(EXEEXT) \
		tests/protocol_table$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/tests/golden.sh --update
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/tests/protocols.sh --update
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/tests/tui.sh --update
EXTRA_DIST += autogen.sh script/setup script/build script/demo script/test .ci/run
