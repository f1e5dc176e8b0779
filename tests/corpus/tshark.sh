#!/bin/bash
# tshark.sh CAPTURE: an independent reading of a capture by tshark, as JSON: frames of each protocol, and what devices say
# of themselves, each fact with its sender, the first frame and how many frames hold it. Needs tshark (4.0.17 was used).
set -u
capture=$1
# Kind of fact, and its fields.
kinds='fins omron.command omron.controller.model omron.controller.version
pn_dcp pn_dcp.suboption_device_nameofstation pn_dcp.suboption_device_devicevendorvalue pn_dcp.suboption_vendor_id pn_dcp.suboption_device_id
pn_io pn_io.cminitiator_station_name
lldp lldp.chassis.id lldp.tlv.system.name lldp.tlv.system.desc lldp.mgn.addr.ip4 lldp.media.model lldp.media.manufacturer lldp.media.sn lldp.media.hardware lldp.media.firmware lldp.media.software
cdp cdp.deviceid cdp.platform cdp.software_version cdp.portid
ntlmssp ntlmssp.challenge.target_info.nb_computer_name ntlmssp.challenge.target_info.dns_computer_name ntlmssp.auth.hostname ntlmssp.negotiate.callingworkstation
smb smb.native_os
browser browser.server browser.os_major browser.mb_server
mdns dns.resp.name dns.a
dhcp dhcp.hw.mac_addr dhcp.ip.your dhcp.option.dhcp dhcp.option.hostname dhcp.fqdn.name dhcp.option.vendor_class_id
ssdp_http http.server http.user_agent http.request.method
snmp snmp.name snmp.value.octets
hart_ip hart_ip.pt.rsp.tag
opcua opcua.ProductUri
goose goose.goID goose.gocbRef
sv sv.svID
vnc vnc.desktop_name
rdp rdp.client.name
mqtt mqtt.clientid
modbus_devid modbus.object_id modbus.object_str_value
modbus modbus.func_code
s7_param s7comm.param.func
s7_szl s7comm.szl.xy11.0001.index s7comm.szl.xy11.0001.anz s7comm.szl.xy11.0001.ausbg s7comm.szl.xy11.0001.ausbe s7comm.szl.001c.0001.name s7comm.szl.001c.0002.name s7comm.szl.001c.0005.serialn s7comm.szl.001c.0007.cputypname
cip_class_service cip.service
cip_identity cip.id.vendor_id cip.id.major_rev cip.id.minor_rev cip.id.serial_number cip.id.product_name
enip_list_identity enip.lir.vendor enip.lir.revision enip.lir.serial enip.lir.name
dnp3 dnp3.al.func
iec104 iec60870_asdu.typeid
bacnet bacapp.confirmed_service'
fields=(frame.number eth.src ip.src ipv6.src frame.protocols dcerpc.dg_if_id)
while read -r _ rest; do
	for f in $rest; do fields+=("$f"); done
done <<<"$kinds"
arguments=()
for f in "${fields[@]}"; do arguments+=(-e "$f"); done
name=${capture##*/}
{
	printf 'kinds\n%s\n.\n' "$kinds"
	tshark -n -r "$capture" -T fields -E separator=/t -E occurrence=a -E aggregator=$'\x02' "${arguments[@]}" 2>/dev/null
} | LC_ALL=C awk -v file="$name" '
function quoted(s,   i, c, out) {
	out = ""
	gsub(/\\/, "\\\\", s); gsub(/"/, "\\\"", s); gsub(/\t/, "\\t", s)
	gsub(/[\001-\010\013-\037]/, " ", s)
	return "\"" s "\""
}
function list(s,   n, a, i, out) {
	n = split(s, a, "\002")
	if (n < 2)
		return quoted(s)
	out = "["
	for (i = 1; i <= n; i++)
		out = out ((i > 1) ? "," : "") quoted(a[i])
	return out "]"
}
BEGIN { part = 0; fields = 6 }
part == 0 && $0 == "kinds" { part = 1; next }
part == 1 && $0 == "." { part = 2; FS = "\t"; next }
part == 1 { kind[++n] = $1; from[n] = fields; for (i = 2; i <= NF; i++) field[++fields] = $i; to[n] = fields; next }
part == 2 {
	split($0, v, "\t")
	packets++
	gsub(/cipio/, "enip:cipio", v[5])   # implicit messages are EtherNet/IP, too
	# which of the two interfaces of PROFINET a call is for does not stand among the protocols
	if (v[6] ~ /dea0000[12]-6c97-11d1-8271/)
		v[5] = v[5] (v[6] ~ /dea00001/ ? ":pn_io_device" : ":pn_io_controller")
	layers = split(v[5], layer, ":")
	for (i = 1; i <= layers; i++) {
		if (!(layer[i] in frames))
			order[++protocols] = layer[i]
		if (last[layer[i]] != packets)
			frames[layer[i]]++
		last[layer[i]] = packets
	}
	split(v[2], mac, "\002")
	nip = split(v[3], ip, "\002")
	address = nip ? ip[nip] : v[4]
	for (k = 1; k <= n; k++) {
		body = ""
		for (i = from[k] + 1; i <= to[k]; i++)
			if (v[i] != "")
				body = body ",\"" field[i] "\":" list(v[i])
		if (body == "")
			continue
		key = k SUBSEP mac[1] SUBSEP address body
		if (!(key in first)) {
			first[key] = v[1]
			keys[++total] = key
			text[key] = "{\"src_mac\":" quoted(mac[1]) ",\"src_ip\":" quoted(address) body
		}
		count[key]++
	}
}
END {
	link = ("nflog" in frames) ? "nflog" : ("radiotap" in frames) ? "ieee-802-11-radiotap" : ("mstp" in frames) ? "bacnet-ms-tp" : ""
	printf "{\"file\":%s,\"packets\":%d,\"link_type\":\"%s\",\"io_phs\":{", quoted(file), packets, link
	for (i = 1; i <= protocols; i++)
		printf "%s%s:%d", (i > 1 ? "," : ""), quoted(order[i]), frames[order[i]]
	printf "},\"protocols\":{\"ot\":{}},\"facts\":{"
	some = 0
	for (k = 1; k <= n; k++) {
		some2 = 0
		for (i = 1; i <= total; i++) {
			split(keys[i], part_of, SUBSEP)
			if (part_of[1] != k)
				continue
			printf "%s%s%s,\"frames\":%d,\"first_frame\":%d}", (some ? "," : ""), \
				(some2 ? "" : quoted(kind[k]) ":["), text[keys[i]], count[keys[i]], first[keys[i]]
			some = some2 = 1
		}
		if (some2)
			printf "]"
	}
	print "}}"
}'
