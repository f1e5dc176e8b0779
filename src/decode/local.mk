libgenba_a_SOURCES += \
	src/decode/decode.c src/decode/decode.h \
	src/decode/fragment.c \
	src/decode/ip.c \
	src/decode/layer.h \
	src/decode/tunnel.c
