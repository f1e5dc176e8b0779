#!/usr/bin/env python3
"""Opens pages in one headless Chromium and looks at them as a reader's browser does.

browser.py CHROMIUM FOLDER [--axe FILE] [--keep] PAGE...

Nothing may be said on the console and nothing loaded; no sideways scrolling on a screen or a phone; no cut or
overlapping text in drawings; headings in order; links that lead somewhere; printed pages that hold something.
With axe-core's file, no serious or critical violation of accessibility either. FOLDER takes the browser's profile and,
with --keep, pictures and PDFs of all pages. The last line is "N passed, N failed, N skipped".
"""
import argparse, base64, json, os, pathlib, re, select, shutil, signal, subprocess, sys, time

# What a page tells of itself. A drawing may be as wide as its viewBox, and text in it 1 unit more.
LOOK = r"""(() => {
  const told = {};
  const name = e => e.tagName.toLowerCase() + (e.id ? '#' + e.id : '') + ' "' + e.textContent.trim().slice(0, 30) + '"';
  const levels = [...document.querySelectorAll('h1,h2,h3,h4,h5,h6')];
  told.headings = levels.filter((h, i) => h.tagName[1] - (i ? levels[i - 1].tagName[1] : 0) > 1).map(name);
  told.titles = document.querySelectorAll('h1').length;
  told.links = [...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href')).filter(h => h[0] != '#' ||
    !document.getElementById(decodeURIComponent(h.slice(1))));
  const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
  told.ids = ids.filter((id, i) => ids.indexOf(id) != i);
  told.labels = [...document.querySelectorAll('[aria-labelledby]')].map(e => e.getAttribute('aria-labelledby'))
    .filter(id => !document.getElementById(id));
  told.tables = [...document.querySelectorAll('th:not([scope])')].map(name);
  told.drawings = [...document.querySelectorAll('svg')].filter(s => s.getAttribute('role') != 'img' ||
    !s.getAttribute('aria-label').trim()).map(name);
  told.cut = [];
  told.overlaps = [];
  for (const svg of document.querySelectorAll('svg')) {
    const box = svg.viewBox.baseVal, texts = [...svg.querySelectorAll('text')].filter(t => t.textContent.trim());
    const boxes = texts.map(t => t.getBBox());
    boxes.forEach((b, i) => {
      if (b.x < box.x - 1 || b.y < box.y - 2 || b.x + b.width > box.x + box.width + 1 || b.y + b.height > box.y + box.height + 2)
        told.cut.push(name(texts[i]));
      for (let j = 0; j < i; j++) {
        const c = boxes[j], w = Math.min(b.x + b.width, c.x + c.width) - Math.max(b.x, c.x),
          h = Math.min(b.y + b.height, c.y + c.height) - Math.max(b.y, c.y);
        if (w > 1 && h > .35 * Math.min(b.height, c.height))
          told.overlaps.push(name(texts[i]) + ' on ' + name(texts[j]));
      }
    });
  }
  return told;
})()"""
WIDE = r"""(() => {
  const page = document.documentElement, wide = page.clientWidth;
  const inside = e => { for (; e; e = e.parentElement) if (getComputedStyle(e).overflowX != 'visible') return true; };
  const over = [...document.body.querySelectorAll('*')].filter(e => { const r = e.getBoundingClientRect();
    return r.width && r.right > wide + 1 && r.left > -1000 && !inside(e.parentElement) && !e.closest('svg svg, svg > *'); });
  return (page.scrollWidth > wide || over.length ? over : []).slice(0, 5).map(e => e.tagName.toLowerCase() + '.' +
    (e.getAttribute('class') || '') + ' to ' + Math.round(e.getBoundingClientRect().right) + ' "' +
    e.textContent.trim().slice(0, 40) + '"');
})()"""
AXE = r"""axe.run(document, {resultTypes: ['violations']}).then(r => r.violations
  .filter(v => v.impact == 'serious' || v.impact == 'critical')
  .map(v => v.id + ' (' + v.nodes.length + '): ' + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120) + ' ' +
    (n.any[0] ? n.any[0].message : '')).join(' | ')))"""


class Browser:
    """Chromium at the other end of two pipes: no port, nothing that another program could reach."""

    def __init__(self, chromium, folder):
        to_read, self.to = os.pipe()
        self.of, of_write = os.pipe()
        # 3 and 4 are what the browser takes for its pipes; the shell puts them there.
        self.process = subprocess.Popen(
            ["sh", "-c", 'exec "$0" "$@" 3<&%d 4>&%d' % (to_read, of_write), chromium, "--headless", "--no-sandbox",
             "--remote-debugging-pipe", "--user-data-dir=%s/profile" % folder, "--no-first-run", "--disable-gpu",
             "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update",
             "--hide-scrollbars", "--force-color-profile=srgb", "about:blank"],
            pass_fds=(to_read, of_write), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=open(folder + "/chromium.log", "w"), start_new_session=True)
        os.close(to_read)
        os.close(of_write)
        self.rest, self.number, self.events, self.session = b"", 0, [], None

    def message(self, until):
        while b"\0" not in self.rest:
            wait = until - time.monotonic()
            if wait <= 0 or not select.select([self.of], [], [], wait)[0]:
                raise TimeoutError("Chromium does not answer")
            got = os.read(self.of, 1 << 20)
            if not got:
                raise EOFError("Chromium has ended")
            self.rest += got
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def call(self, method, seconds=30, **params):
        self.number += 1
        ask = {"id": self.number, "method": method, "params": params}
        if self.session:
            ask["sessionId"] = self.session
        whole = json.dumps(ask).encode() + b"\0"
        while whole:
            whole = whole[os.write(self.to, whole):]
        until = time.monotonic() + seconds
        while True:
            got = self.message(until)
            if got.get("id") == self.number:
                if "error" in got:
                    raise RuntimeError("%s: %s" % (method, got["error"]["message"]))
                return got["result"]
            self.events.append(got)

    def wait(self, event, seconds=30):
        until = time.monotonic() + seconds
        seen = 0
        while True:
            while seen < len(self.events):
                if self.events[seen].get("method") == event:
                    return
                seen += 1
            self.events.append(self.message(until))

    def value(self, expression, seconds=60):
        got = self.call("Runtime.evaluate", seconds, expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in got:
            raise RuntimeError(got["exceptionDetails"].get("exception", {}).get("description", "an exception"))
        return got["result"].get("value")

    def open(self):
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Log", "Network":
            self.call(domain + ".enable")

    def end(self):
        try:
            self.session = None
            self.call("Browser.close", 5)
            self.process.wait(5)
        except (OSError, EOFError, TimeoutError, RuntimeError, subprocess.TimeoutExpired):
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except OSError:
            pass
        self.process.wait()


passed = failed = skipped = 0


def ok(what, wrong):
    global passed, failed
    if wrong:
        failed += 1
        print("FAILED: %s: %s" % (what, "; ".join(map(str, wrong[:6])) if isinstance(wrong, list) else wrong))
    else:
        passed += 1


def console(event):
    params = event.get("params", {})
    if event.get("method") == "Log.entryAdded" and params["entry"]["level"] in ("warning", "error"):
        return params["entry"]["text"]
    if event.get("method") == "Runtime.consoleAPICalled" and params["type"] in ("warning", "error", "assert"):
        return str(params["args"])
    if event.get("method") == "Runtime.exceptionThrown":
        return params["exceptionDetails"]["text"]
    return None


def empty_pages(pdf, least):
    if not shutil.which("pdftotext"):
        return []
    text = subprocess.run(["pdftotext", "-enc", "UTF-8", pdf, "-"], capture_output=True, timeout=30).stdout
    pages = text.decode("utf-8", "replace").split("\f")[:-1]
    # The heads and feet of a page, three lines, are no content of it.
    return ["page %d" % n for n, page in enumerate(pages, 1) if len([l for l in page.splitlines() if l.strip()]) < least]


def look(browser, page, folder, axe, keep):
    name = pathlib.Path(page).stem
    url = pathlib.Path(page).resolve().as_uri()
    size = lambda wide, high: browser.call("Emulation.setDeviceMetricsOverride", width=wide, height=high,
                                           deviceScaleFactor=1, mobile=wide < 500)
    picture = lambda kind: keep and open("%s/%s.%s.png" % (folder, name, kind), "wb").write(base64.b64decode(
        browser.call("Page.captureScreenshot", 60, captureBeyondViewport=True, format="png")["data"]))
    browser.events.clear()
    size(1280, 900)
    if "errorText" in browser.call("Page.navigate", url=url):
        return ok(name + ": opens", "it does not")
    browser.wait("Page.loadEventFired")
    told = browser.value(LOOK)
    ok(name + ": one title", told["titles"] != 1 and "%d" % told["titles"])
    for key, what in (("headings", "headings in order"), ("links", "links lead somewhere"), ("ids", "an id once only"),
                      ("labels", "labels are there"), ("tables", "heads of tables say their direction"),
                      ("drawings", "drawings are described"), ("cut", "no text of a drawing is cut off"),
                      ("overlaps", "no text of a drawing on another")):
        ok("%s: %s" % (name, what), told[key])
    ok(name + ": no scrolling sideways on a screen", browser.value(WIDE))
    picture("screen")
    size(390, 844)
    ok(name + ": no scrolling sideways on a phone", browser.value(WIDE))
    picture("phone")
    if axe:
        for kind, wide in ("phone", 390), ("screen", 1280):
            size(wide, 900)
            if kind == "phone":
                browser.value(axe + "\n;undefined")
            ok("%s: axe-core, %s" % (name, kind), browser.value(AXE))
    size(1280, 900)
    pdf = "%s/%s.pdf" % (folder, name)
    with open(pdf, "wb") as file:
        file.write(base64.b64decode(browser.call("Page.printToPDF", 60, preferCSSPageSize=True, printBackground=True)["data"]))
    pages = len(re.findall(rb"/Type\s*/Page\b", open(pdf, "rb").read()))
    ok(name + ": prints", pages < 1 and "no pages")
    ok(name + ": no empty page in print", empty_pages(pdf, 4 if b"@bottom-left" in open(page, "rb").read() else 1))
    ok(name + ": nothing on the console", [c for c in map(console, browser.events) if c])
    ok(name + ": nothing is loaded", [e["params"]["request"]["url"] for e in browser.events
       if e.get("method") == "Network.requestWillBeSent" and e["params"]["request"]["url"].split("#")[0] != url
       and not e["params"]["request"]["url"].startswith("data:")])


def main():
    global failed
    parser = argparse.ArgumentParser()
    parser.add_argument("chromium")
    parser.add_argument("folder")
    parser.add_argument("--axe")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("pages", nargs="+")
    args = parser.parse_args()
    axe = open(args.axe, encoding="utf-8").read() if args.axe else None
    browser = Browser(args.chromium, args.folder)
    try:
        browser.open()
        for page in args.pages:
            start = time.monotonic()
            look(browser, page, args.folder, axe, args.keep)
            if args.keep:
                print("%s: %.1f s" % (page, time.monotonic() - start))
    except (OSError, EOFError, TimeoutError, RuntimeError) as e:
        failed += 1
        print("FAILED: %s" % e)
    finally:
        browser.end()
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    sys.exit(failed > 0)


main()
