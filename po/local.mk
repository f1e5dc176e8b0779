# The Japanese catalogue of the strings in C. It is built where a program that
# runs out of its build tree looks for it (src/base/path.c).
jamodir = $(localedir)/ja/LC_MESSAGES
nodist_jamo_DATA = po/ja/LC_MESSAGES/genba.mo
EXTRA_DIST += po/ja.po
CLEANFILES += po/ja/LC_MESSAGES/genba.mo po/genba.pot

po/ja/LC_MESSAGES/genba.mo: po/ja.po
	@$(MKDIR_P) po/ja/LC_MESSAGES
	$(AM_V_GEN)$(MSGFMT) -c -o $@ $(top_srcdir)/po/ja.po

# Every string of the sources into po/ja.po; then translate what is empty there.
.PHONY: update-po
update-po:
	@$(MKDIR_P) po
	cd $(top_srcdir) && find src -name '*.c' -o -name '*.h' | LC_ALL=C sort | \
		$(XGETTEXT) -f - -o '$(abs_top_builddir)/po/genba.pot' \
		--from-code=UTF-8 --keyword=_ --keyword=N_ --add-location=file --package-name=genba --foreign-user
	msgmerge -q --update --backup=none --no-fuzzy-matching --add-location=file $(top_srcdir)/po/ja.po po/genba.pot
	@sed -i '/^"POT-Creation-Date/d; /^#~/d' $(top_srcdir)/po/ja.po
	@msgfmt --statistics -o /dev/null $(top_srcdir)/po/ja.po
