# The man page comes from the command tables of the program.
nodist_man_MANS = docs/genba.1
CLEANFILES += docs/genba.1
docs/genba.1: genba$(EXEEXT)
	@$(MKDIR_P) docs
	$(AM_V_GEN)LC_ALL=C.UTF-8 ./genba$(EXEEXT) --lang en man > $@.part && mv $@.part $@

dist_doc_DATA = README.md docs/ARCHITECTURE.md docs/ADDING-A-PROTOCOL.md docs/ADDING-A-CHECK.md docs/VIEWS.md docs/ZONES.md docs/METHOD.md docs/TEMPLATES.md \
	docs/PROTOCOLS.md docs/LIVE.md docs/NIGHTLY.md docs/example-run.yaml docs/report.schema.json
EXTRA_DIST += docs/report.png docs/terminal.png
