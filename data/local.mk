# data

EXTRA_DIST += data/cip-vendors.tsv data/cip-device-types.tsv data/bacnet-vendors.tsv

# Units of scheduled jobs: among the documentation, unless configure was told where the system keeps them.
nodist_systemdsystemunit_DATA = data/systemd/genba@.service
dist_systemdsystemunit_DATA = data/systemd/genba@.timer data/systemd/genba-daily@.timer
EXTRA_DIST += data/systemd/genba@.service.in
CLEANFILES += data/systemd/genba@.service
data/systemd/genba@.service: data/systemd/genba@.service.in Makefile
	@$(MKDIR_P) data/systemd
	$(AM_V_GEN)sed 's#[@]bindir[@]#$(bindir)#' $(top_srcdir)/data/systemd/genba@.service.in > $@
dist_check_SCRIPTS += tests/systemd.sh
TESTS += tests/systemd.sh
