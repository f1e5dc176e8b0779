questionnairesdir = $(pkgdatadir)/questionnaires
dist_questionnaires_DATA = \
	questionnaires/full-c.yaml \
	questionnaires/full-d1.yaml \
	questionnaires/full-d2.yaml \
	questionnaires/full-r.yaml \
	questionnaires/full-gaz.yaml \
	questionnaires/full-h.yaml \
	questionnaires/profile.yaml \
	questionnaires/quick.yaml \
	questionnaires/sheet.html
benchmarksdir = $(questionnairesdir)/benchmarks
dist_benchmarks_DATA = \
	questionnaires/benchmarks/meti-2017.yaml
EXTRA_DIST += tests/data/sample-answers.yaml
