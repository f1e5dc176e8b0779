checksdir = $(pkgdatadir)/checks
dist_checks_DATA = \
	checks/brief-visitor.yaml \
	checks/broadcast.yaml \
	checks/camera-among-controllers.yaml \
	checks/changed-devices.yaml \
	checks/conduit-none.yaml \
	checks/cyclic-to-everybody.yaml \
	checks/dhcp-servers.yaml \
	checks/dual-homed.yaml \
	checks/duplicate-address.yaml \
	checks/external-dns.yaml \
	checks/flat-network.yaml \
	checks/ftp-anonymous.yaml \
	checks/ftp-outside.yaml \
	checks/ftp-password.yaml \
	checks/household-router.yaml \
	checks/http-basic.yaml \
	checks/internet-controller.yaml \
	checks/internet-engineering.yaml \
	checks/internet-inbound.yaml \
	checks/ipv6-unnoticed.yaml \
	checks/late-cycle.yaml \
	checks/line-to-line.yaml \
	checks/listed-not-seen.yaml \
	checks/machine-upload.yaml \
	checks/mail-at-machines.yaml \
	checks/many-masters.yaml \
	checks/new-devices.yaml \
	checks/no-authentication.yaml \
	checks/office-controller.yaml \
	checks/old-windows-embedded.yaml \
	checks/old-windows.yaml \
	checks/plc-program.yaml \
	checks/plc-stop.yaml \
	checks/polled-hard.yaml \
	checks/private-phone.yaml \
	checks/refused-connections.yaml \
	checks/relay-across.yaml \
	checks/remote-screen.yaml \
	checks/remote-tool.yaml \
	checks/remote-vpn.yaml \
	checks/retransmissions.yaml \
	checks/safety-reachable.yaml \
	checks/shared-file-server.yaml \
	checks/smb1.yaml \
	checks/telnet.yaml \
	checks/unanswered-polls.yaml \
	checks/undeclared-devices.yaml \
	checks/undeclared-network.yaml \
	checks/unknown-devices.yaml \
	checks/upnp-router.yaml \
	checks/write-across.yaml

dist_check_SCRIPTS += tests/checks.sh
TESTS += tests/checks.sh
