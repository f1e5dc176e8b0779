# The real captures, where they are: what is found in them, and that it is found again.
check_PROGRAMS += tests/corpus/truth
tests_corpus_truth_LDADD = $(JANSSON_LIBS)
dist_check_SCRIPTS += tests/corpus/scan_all.sh tests/corpus/same.sh
TESTS += tests/corpus/scan_all.sh tests/corpus/same.sh
