"""Does a masked report hold anything that names a device? mask.py DEVICES.json [EXTRA...] -- REPORT...

Every address, name and serial number of four characters (five digits) and more is searched for, in any case of letters: as a word, from
eight characters on anywhere. What stays by design is no leak: an original that is part of a vendor's, model's, version's
or protocol's name.
"""
import html
import ipaddress
import json
import re
import sys

STAYS = ('vendor', 'model', 'firmware', 'hardware', 'os', 'mode', 'kind', 'role')
NAMES = ('name', 'hostname', 'serial', 'location', 'description', 'mac', 'ipv4', 'ipv6')
# Words of the report itself, which devices in the tests' captures are called, too.
HOUSE = {'internet', 'office', 'operations', 'control', 'unknown', 'local', 'collector', 'mirror', 'none', 'client', 'controller', '127.0.0.1', '::1'}


def main():
    split = sys.argv.index('--')
    devices = json.load(open(sys.argv[1]))
    originals, stays = set(sys.argv[2:split]), set(HOUSE)
    for d in devices['devices']:
        for field in STAYS + ('mac_vendor',):
            stays.add(d.get(field) or '')
        for p in d['protocols'] + d['candidates']:
            stays.add(p['name'])
        for field in ('ipv4', 'ipv6', 'macs', 'hostnames'):
            originals.update(d[field])
        for field in ('name', 'serial'):
            originals.add(d[field] or '')
        for e in d['evidence']:
            if e['field'] in NAMES:
                originals.add(e['value'])
            elif e['field'] in STAYS:
                stays.add(e['value'])
    for c in devices['captures']:
        originals.add(c['file'] or '')
        originals.add(c['digest'] or '')
    for host in list(originals):
        if re.fullmatch(r'[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+', host) and re.search(r'\.[A-Za-z]', host):
            originals.update(host.split('.', 1))
    stays = '\n'.join(stays).lower()
    left = sorted(o for o in originals if len(o) >= (5 if o.isdigit() else 4) and o.lower() not in stays)
    for o in originals:
        try:
            a = ipaddress.ip_address(o)
        except ValueError:
            continue
        if a.version == 4 and not (a.is_multicast or a.is_loopback or a.is_unspecified):
            left.append(o.rsplit('.', 1)[0] + '.0/24')
    leaks = 0
    for path in sys.argv[split + 1:]:
        text = open(path, encoding='utf-8').read()
        # what a reader of the page, or a parser of the JSON, gets
        text = html.unescape(text) if path.endswith('.html') else text
        if path.endswith('.json'):
            text = json.dumps(json.loads(text), ensure_ascii=False).replace('\\\\', '\\')
        if path.endswith('.md'):
            text = re.sub(r'\\(.)', r'\1', text)
        low = re.sub(r'\s+', ' ', text.lower())
        for o in left:
            o = re.sub(r'\s+', ' ', o.lower())
            if o in low and (len(o) >= 8 or re.search(r'(?<![a-z0-9_])' + re.escape(o) + r'(?![a-z0-9_])', low)):
                at = low.index(o)
                print(f'{path}: {o!r} in {low[max(0, at - 40):at + 60]!r}')
                leaks += 1
    print(f'{len(left)} originals, {leaks} found')
    sys.exit(leaks > 0 or not left)


main()
