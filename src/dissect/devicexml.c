/*
 * Descriptions of devices in XML: UPnP (UPnP Device Architecture 1.1, 2.3), ONVIF
 * (Device Management, GetDeviceInformation), and web services on devices (Devices
 * Profile for Web Services, 5.1: ThisDevice and ThisModel; Windows adds its names).
 *
 *   <root xmlns="urn:schemas-upnp-org:device-1-0"> … <manufacturer>…</manufacturer>
 *   <tds:GetDeviceInformationResponse> <tds:Manufacturer>…</tds:Manufacturer> <tds:Model>…
 *   <… xmlns:wsdp="http://schemas.xmlsoap.org/ws/2006/02/devprof"> … <wsdp:Manufacturer>…
 */
#include "dissect/devicexml.h"

#include <stdio.h>

#include "base/text.h"
#include "dissect/xml.h"

enum form { UPNP, ONVIF, WSD, FORMS };

static const char *const marks[FORMS] = { "urn:schemas-upnp-org:device-1-0", "GetDeviceInformationResponse", "/devprof" };

static const struct { enum form form; const char *element; enum attr field; const char *source; } fields[] = {
	{ UPNP, "manufacturer", ATTR_VENDOR, "upnp.description.manufacturer" },
	{ UPNP, "modelName", ATTR_MODEL, "upnp.description.modelName" },
	{ UPNP, "modelNumber", ATTR_PRODUCT_CODE, "upnp.description.modelNumber" },
	{ UPNP, "modelDescription", ATTR_DESCRIPTION, "upnp.description.modelDescription" },
	{ UPNP, "serialNumber", ATTR_SERIAL, "upnp.description.serialNumber" },
	{ UPNP, "friendlyName", ATTR_NAME, "upnp.description.friendlyName" },
	{ ONVIF, "Manufacturer", ATTR_VENDOR, "onvif.device_information.Manufacturer" },
	{ ONVIF, "Model", ATTR_MODEL, "onvif.device_information.Model" },
	{ ONVIF, "FirmwareVersion", ATTR_FIRMWARE, "onvif.device_information.FirmwareVersion" },
	{ ONVIF, "SerialNumber", ATTR_SERIAL, "onvif.device_information.SerialNumber" },
	{ ONVIF, "HardwareId", ATTR_HARDWARE, "onvif.device_information.HardwareId" },
	{ WSD, "Manufacturer", ATTR_VENDOR, "wsd.metadata.Manufacturer" },
	{ WSD, "ModelName", ATTR_MODEL, "wsd.metadata.ModelName" },
	{ WSD, "ModelNumber", ATTR_PRODUCT_CODE, "wsd.metadata.ModelNumber" },
	{ WSD, "FirmwareVersion", ATTR_FIRMWARE, "wsd.metadata.FirmwareVersion" },
	{ WSD, "SerialNumber", ATTR_SERIAL, "wsd.metadata.SerialNumber" },
	{ WSD, "FriendlyName", ATTR_NAME, "wsd.metadata.FriendlyName" },
};

/* "KENSA-PC/Workgroup:WORKGROUP", "KENSA-PC/Domain:KOUJOU". */
static void computer(struct dissect *d, struct cur v)
{
	char text[OBS_TEXT + 1], place[OBS_TEXT + 1];
	if (!text_wire(cur_here(&v), cur_left(&v), text, sizeof text))
		return;
	char *slash = strchr(text, '/'), *colon = slash ? strchr(slash, ':') : NULL;
	if (slash)
		*slash = 0;
	dissect_attr(d, ATTR_HOSTNAME, text, "wsd.metadata.Computer");
	if (!colon)
		return;
	snprintf(place, sizeof place, "%s %.200s", strncmp(slash + 1, "Domain", 6) == 0 ? "domain" : "workgroup", colon + 1);
	dissect_attr(d, ATTR_LOCATION, place, "wsd.metadata.Computer");
}

void device_description(struct dissect *d, struct cur body)
{
	enum form form = UPNP;
	struct cur v, x = body;
	while (form < FORMS && !head_find(&x, marks[form]))
		form++;
	x = body;
	if (form == WSD && xml_element(&x, "Computer", &v)) {
		computer(d, v);   /* the rest is about the program of Windows that answers */
		return;
	}
	for (size_t i = 0; form < FORMS && i < sizeof fields / sizeof *fields; i++) {
		x = body;
		if (fields[i].form == form && xml_element(&x, fields[i].element, &v))
			dissect_attr_bytes(d, fields[i].field, cur_here(&v), cur_left(&v), fields[i].source);
	}
}
