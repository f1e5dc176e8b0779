# The real captures, where they are: what is found in them, and that it is found again.
check_PROGRAMS += tests/corpus/truth
tests_corpus_truth_LDADD = $(JANSSON_LIBS)
dist_check_SCRIPTS += tests/corpus/scan_all.sh tests/corpus/same.sh
EXTRA_DIST += tests/corpus/table.sh tests/corpus/tshark.sh
TESTS += tests/corpus/scan_all.sh tests/corpus/same.sh

# Random bytes claim no factory protocol.
if HAVE_CMOCKA
check_PROGRAMS += tests/corpus/test_claims
TESTS += tests/corpus/test_claims
tests_corpus_test_claims_LDADD = $(UNIT_LDADD)
endif

# Found, missed and extra in every capture, against the other readings and tshark.
.PHONY: table
table: genba$(EXEEXT) tests/corpus/truth$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) bash $(top_srcdir)/tests/corpus/table.sh
