# src/report
libgenba_a_SOURCES += \
	src/report/mustache.c src/report/mustache.h src/report/escape.c \
	src/report/report.h src/report/build.h src/report/model.h src/report/model.c src/report/model_site.c src/report/model_change.c src/report/model_filter.c \
	src/report/view.h src/report/view.c src/report/view_front.c src/report/view_plan.c \
	src/report/view_results.c src/report/view_site.c src/report/view_voices.c src/report/view_requirements.c \
	src/report/mask.h src/report/mask.c src/report/mask_address.c src/report/mask_words.c src/report/mask_model.c \
	src/report/view_declared.c src/report/view_change.c src/report/library.h src/report/library.c \
	src/report/draw.c src/report/draw_map.c src/report/draw_time.c src/report/draw_traffic.c \
	src/report/format.c src/report/format.h \
	src/report/tables.c src/report/tables.h src/report/format_csv.c src/report/format_xlsx.c src/report/format_pdf.c \
	src/report/scratch.c src/report/mail.c src/report/mail.h
libgenba_a_SOURCES += src/report/sites.h src/report/sites.c src/report/view_sites.c

if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_mustache tests/unit/test_report tests/unit/test_mask
TESTS += tests/unit/test_mustache tests/unit/test_report tests/unit/test_mask
tests_unit_test_mask_LDADD = $(UNIT_LDADD)
tests_unit_test_mustache_LDADD = $(UNIT_LDADD)
tests_unit_test_report_SOURCES = tests/unit/test_report.c tests/unit/site.c tests/unit/site.h
tests_unit_test_report_LDADD = $(UNIT_LDADD)
EXTRA_DIST += tests/unit/report-model.json
endif
# It renders the made-up factory of tests/gen.
dist_check_SCRIPTS += tests/browser.sh tests/report.sh tests/report_formats.sh tests/mask.sh
TESTS += tests/browser.sh tests/report.sh tests/report_formats.sh tests/mask.sh
EXTRA_DIST += tests/browser.py tests/report_formats.py tests/mask.py
# Many sites side by side.
dist_check_SCRIPTS += tests/sites.sh
TESTS += tests/sites.sh
# All pages, and their accessibility with axe-core, which npm fetches.
.PHONY: browser
browser: genba$(EXEEXT) tests/gen/factory$(EXEEXT)
	$(AM_TESTS_ENVIRONMENT) GENBA_AXE=npm bash $(top_srcdir)/tests/browser.sh
