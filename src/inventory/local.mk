# src/inventory
libgenba_a_SOURCES += src/inventory/inventory.h src/inventory/resolve.h \
	src/inventory/arena.c src/inventory/bind.c src/inventory/devices.c src/inventory/evidence.c \
	src/inventory/kind.c src/inventory/kind_table.c src/inventory/links.c src/inventory/oui.c \
	src/inventory/resolve.c src/inventory/segment.c src/inventory/traffic.c src/inventory/unite.c

