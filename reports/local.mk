# reports
reportsdir = $(pkgdatadir)/reports
dist_reports_DATA = reports/strings.yaml
templatesdir = $(reportsdir)/templates
dist_templates_DATA = \
	reports/templates/report.html reports/templates/meta.html reports/templates/mark.html reports/templates/style.html reports/templates/summary.html \
	reports/templates/differences.html reports/templates/changes.html reports/templates/plan.html reports/templates/domains.html \
	reports/templates/findings.html reports/templates/finding.html reports/templates/devices.html \
	reports/templates/conduits.html reports/templates/limits.html reports/templates/exceptions.html \
	reports/templates/requirements.html reports/templates/details.html reports/templates/action.html reports/templates/data_action.html \
	reports/templates/action_body.html \
	reports/templates/answers.html reports/templates/method.html reports/templates/voices.html \
	reports/templates/requirements.txt reports/templates/requirements.md \
	reports/templates/report.txt reports/templates/finding.txt reports/templates/action.txt \
	reports/templates/report.md reports/templates/finding.md reports/templates/action.md \
	reports/templates/sites.html reports/templates/sites.md \
	reports/templates/mail.txt reports/templates/mail.html
