checksdir = $(pkgdatadir)/checks
dist_checks_DATA = \
	checks/broadcast.yaml \
	checks/clock-set.yaml \
	checks/controller-password.yaml \
	checks/controller-search.yaml \
	checks/database-readable.yaml \
	checks/dhcp-servers.yaml \
	checks/duplicate-address.yaml \
	checks/external-dns.yaml \
	checks/flat-network.yaml \
	checks/forced.yaml \
	checks/ftp-anonymous.yaml \
	checks/ftp-outside.yaml \
	checks/ftp-password.yaml \
	checks/http-basic.yaml \
	checks/internet-controller.yaml \
	checks/internet-engineering.yaml \
	checks/internet-inbound.yaml \
	checks/log-erased.yaml \
	checks/maintenance-router.yaml \
	checks/many-masters.yaml \
	checks/mode-changed.yaml \
	checks/mqtt-open.yaml \
	checks/no-authentication.yaml \
	checks/office-controller.yaml \
	checks/old-windows.yaml \
	checks/old-windows-embedded.yaml \
	checks/opc-classic.yaml \
	checks/opcua-open.yaml \
	checks/password-readable.yaml \
	checks/plc-program.yaml \
	checks/plc-stop.yaml \
	checks/private-phone.yaml \
	checks/program-read.yaml \
	checks/programmed-by-stranger.yaml \
	checks/rdp-weak.yaml \
	checks/refused-commands.yaml \
	checks/remote-outside-window.yaml \
	checks/remote-programming.yaml \
	checks/remote-screen.yaml \
	checks/remote-tool.yaml \
	checks/remote-tunnel-always.yaml \
	checks/remote-vpn.yaml \
	checks/second-io-master.yaml \
	checks/settings-changed.yaml \
	checks/smb1.yaml \
	checks/snmp-clear.yaml \
	checks/snmp-default.yaml \
	checks/ssh-old.yaml \
	checks/suspicious-traffic.yaml \
	checks/telnet.yaml \
	checks/tftp-files.yaml \
	checks/tls-certificate.yaml \
	checks/tls-old.yaml \
	checks/unanswered-polls.yaml \
	checks/unknown-devices.yaml \
	checks/vnc-open.yaml \
	checks/write-across.yaml

dist_check_SCRIPTS += tests/checks.sh
TESTS += tests/checks.sh
