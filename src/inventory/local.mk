# src/inventory
libgenba_a_SOURCES += src/inventory/inventory.h src/inventory/resolve.h \
	src/inventory/arena.c src/inventory/bind.c src/inventory/devices.c src/inventory/evidence.c \
	src/inventory/kind.c src/inventory/kind_protocols.c src/inventory/kind_table.c \
	src/inventory/kind_table_it.c src/inventory/links.c src/inventory/os.c \
	src/inventory/os_table.c src/inventory/oui.c src/inventory/resolve.c src/inventory/segment.c src/inventory/traffic.c src/inventory/unite.c


if HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_inventory tests/unit/test_kind tests/unit/test_os tests/unit/test_oui
TESTS += tests/unit/test_inventory tests/unit/test_kind tests/unit/test_os tests/unit/test_oui
tests_unit_test_inventory_SOURCES = tests/unit/test_inventory.c tests/unit/inventory_wire.h
tests_unit_test_inventory_LDADD = $(UNIT_LDADD)
tests_unit_test_kind_SOURCES = tests/unit/test_kind.c tests/unit/inventory_wire.h
tests_unit_test_kind_LDADD = $(UNIT_LDADD)
tests_unit_test_os_SOURCES = tests/unit/test_os.c tests/unit/inventory_wire.h
tests_unit_test_os_LDADD = $(UNIT_LDADD)
tests_unit_test_oui_LDADD = $(UNIT_LDADD)
endif
