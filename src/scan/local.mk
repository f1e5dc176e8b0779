libgenba_a_SOURCES += src/scan/scan.c src/scan/scan.h src/scan/child.c src/scan/sandbox.c
