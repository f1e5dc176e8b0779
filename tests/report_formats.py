"""Looks at reports as other programs read them. report_formats.py CHECK FILE...; silent and 0 when all is well."""
import csv
import io
import json
import sys
import xml.etree.ElementTree
import zipfile

SIGNS = tuple("=+-@\t\r＝＋－＠")
problems = []


def expect(good, text):
    if not good:
        problems.append(text)


def check_csv(path):
    data = open(path, "rb").read()
    expect(data.startswith(b"\xef\xbb\xbf"), "no byte order mark")
    expect(data.endswith(b"\r\n"), "the last line has no CRLF")
    text = data.decode("utf-8-sig")
    expect("\r" not in text.replace("\r\n", ""), "a lone carriage return")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    expect(len(rows) > 1, "no rows")
    for i, row in enumerate(rows):
        expect(len(row) == len(rows[0]), f"row {i + 1} has {len(row)} of {len(rows[0])} cells")
        for cell in row:
            expect(not cell.lstrip(" \n").startswith(SIGNS), f"row {i + 1}: a live cell: {cell!r}")


def check_xlsx(path):
    """The file's parts are XML, no cell is a formula, no link leads anywhere, nothing but sheets is in it."""
    with zipfile.ZipFile(path) as book:
        expect(book.testzip() is None, "damaged")
        for name in book.namelist():
            text = book.read(name).decode()
            xml.etree.ElementTree.fromstring(text)
            expect(not any(ord(c) < 32 and c not in "\t\r\n" for c in text), f"{name}: a control character")
            if name.startswith("xl/worksheets/"):
                expect("<f>" not in text and "<f " not in text, f"{name}: a formula")
                expect("<hyperlink" not in text, f"{name}: a link")
            expect("macro" not in name and "external" not in name and "vba" not in name, f"{name}: not expected")


def check_book(path):
    """As openpyxl reads it."""
    import openpyxl
    book = openpyxl.load_workbook(path)
    expect(len(book.worksheets) == 6, f"{len(book.worksheets)} sheets")
    for sheet in book.worksheets:
        expect(len(sheet.title) <= 31, f"{sheet.title}: too long a name")
        expect(sheet.freeze_panes in ("A2", "B2"), f"{sheet.title}: the head is not frozen")
        expect(sheet.print_title_rows in ("1:1", "$1:$1"), f"{sheet.title}: the head is not repeated in print")
        expect(sheet.page_setup.orientation == "landscape", f"{sheet.title}: not landscape")
        expect(str(sheet.page_setup.paperSize) == "9", f"{sheet.title}: not A4")
        expect(sheet is book.worksheets[0] or sheet.auto_filter.ref, f"{sheet.title}: no filter")
        expect(sheet.max_row > 1, f"{sheet.title}: empty")
        for row in sheet.iter_rows():
            for cell in row:
                expect(cell.data_type in "sn", f"{sheet.title} {cell.coordinate}: {cell.data_type}")
                live = isinstance(cell.value, str) and cell.value.startswith(SIGNS)
                expect(not live or cell.number_format == "@", f"{sheet.title} {cell.coordinate}: becomes live when edited")
    actions = book.worksheets[4]
    lists = actions.data_validations.dataValidation
    expect(len(lists) == 1 and lists[0].type == "list", "the action plan has no list of states")


def check_schema(schema, *paths):
    import jsonschema
    with open(schema) as f:
        schema = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for path in paths:
        with open(path) as f:
            for e in validator.iter_errors(json.load(f)):
                expect(False, f"{path}: {'/'.join(map(str, e.absolute_path))}: {e.message[:300]}")


def check_closed(schema):
    """Every object says what it may hold."""
    def walk(x, at):
        if isinstance(x, dict):
            if x.get("type") == "object":
                expect("additionalProperties" in x, f"{at}: open")
                expect(not x.get("properties") or x["additionalProperties"] is False, f"{at}: open")
            for k, v in x.items():
                walk(v, f"{at}/{k}")
        elif isinstance(x, list):
            for i, v in enumerate(x):
                walk(v, f"{at}/{i}")
    with open(schema) as f:
        walk(json.load(f), "")


globals()["check_" + sys.argv[1]](*sys.argv[2:])
for line in problems[:10]:
    print(line, file=sys.stderr)
sys.exit(bool(problems))
