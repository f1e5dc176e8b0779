/*
 * A Modbus server on libmodbus, for the lab: answers on ADDRESS, port 502, until it is ended. lab.sh builds it, as
 * genba itself does not need libmodbus.
 */
#include <modbus/modbus.h>
#include <stdio.h>
#include <unistd.h>

enum { VALUES = 100 };

static void serve(modbus_t *m, modbus_mapping_t *values)
{
	uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
	int n;
	while ((n = modbus_receive(m, request)) >= 0)
		if (n > 0 && modbus_reply(m, request, n, values) < 0)
			break;
}

int main(int argc, char **argv)
{
	modbus_t *m = argc == 2 ? modbus_new_tcp(argv[1], MODBUS_TCP_DEFAULT_PORT) : NULL;
	modbus_mapping_t *values = modbus_mapping_new(VALUES, VALUES, VALUES, VALUES);
	int listening = m && values ? modbus_tcp_listen(m, 4) : -1;
	if (listening < 0) {
		fprintf(stderr, "modbus_server: %s\n", argc == 2 ? "cannot listen" : "usage: modbus_server ADDRESS");
		return 2;
	}
	for (int i = 0; i < VALUES; i++)
		values->tab_registers[i] = (uint16_t)(1000 + i);
	while (modbus_tcp_accept(m, &listening) >= 0) {
		serve(m, values);
		modbus_close(m);
	}
	return 1;
}
