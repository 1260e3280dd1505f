"""Facts about one service version, and the line records they are written as (docs/catalog.md)."""

import contextlib
import json
import re

SCHEMA = 1

# Scalar types of the record form, by the names of the interchange form.
SCALARS = {
    "string": "s", "int": "i", "uint": "u", "float": "f", "decimal": "D", "bool": "b", "bytes": "B", "file": "F",
    "date": "d", "datetime": "t", "datetime-iso": "T", "any": "j",
}

PLACES = {"path": "p", "query": "q", "header": "h", "body": "b", "host": "H"}


class NotUnderstood(Exception):
    """A form in the source that the importer does not know."""


class Report:
    """What an import has to say; nothing is dropped without a line here."""

    def __init__(self):
        self.problems = []  # the import is not complete
        self.notes = []  # known defects of the source

    def problem(self, where, reason):
        self.problems.append(one_line(f"{where}: {reason}"))

    def note(self, where, reason):
        self.notes.append(one_line(f"{where}: {reason}"))

    @contextlib.contextmanager
    def catching(self, where):
        """Turns whatever goes wrong inside into a problem, so that the rest is still imported."""
        try:
            yield
        except Exception as error:
            self.problem(where, f"{type(error).__name__}: {error}")


def one_line(text):
    return re.sub(r"\s+", " ", text)


class Struct:
    def __init__(self, name, xml="", discriminator=""):
        self.name, self.xml, self.discriminator = name, xml, discriminator
        self.fields = []  # [wire, type, flags]

    def types(self):
        return [kind for _, kind, _ in self.fields]

    def lines(self):
        yield line("T", self.name, self.xml, self.discriminator)
        for wire, kind, flags in self.fields:
            yield line("F", wire, kind, flags)


class Enum:
    def __init__(self, name, base, values):
        self.name, self.base, self.values = name, base, values

    def types(self):
        return []

    def lines(self):
        yield line("E", self.name, self.base, *(json.dumps(value, ensure_ascii=False) for value in self.values))


class Operation:
    def __init__(self, name, method, path):
        self.name, self.method, self.path = name, method, path
        self.style = ""  # RPC or ROA
        self.consumes = []
        self.produces = ""
        self.params = []  # [place, wire, type, flags, style]
        self.body = ""
        self.response = ""
        self.response_headers = []  # [wire, type]
        self.flags = set()  # letters
        self.rare = {}

    def types(self):
        kinds = [self.body, self.response]
        kinds += [param[2] for param in self.params]
        return kinds + [kind for _, kind in self.response_headers]

    def lines(self):
        flags = "".join(letter for letter in "doueSOrgR" if letter in self.flags)
        rare = json.dumps(self.rare, ensure_ascii=False, separators=(",", ":")) if self.rare else ""
        consumes = "|".join(self.consumes)
        yield line("O", self.name, self.method, self.path, self.style, consumes, self.produces, self.body,
                   self.response, flags, rare)
        for place, wire, kind, flags, style in self.params:
            yield line("P", PLACES[place] + wire, kind, flags, style)
        for wire, kind in self.response_headers:
            yield line("H", wire, kind)


class Version:
    """One version of one service."""

    def __init__(self, cloud, service, version, api_version, protocol):
        self.cloud, self.service, self.version, self.api_version = cloud, service, version, api_version
        self.protocol = protocol
        self.product = self.endpoint_rule = self.gateway = self.settings = ""
        self.credentials, self.derived_auth = [], ""
        self.sources = []  # [package, release, licence]
        self.regions = []  # [id, endpoint...]
        self.operations = []
        self.types = {}  # name -> Struct or Enum
        self.errors = []

    def __str__(self):
        return f"{self.cloud} {self.service} {self.version}"

    def reachable(self):
        """Names of the types that some operation reaches."""
        seen, stack = set(), [kind for operation in self.operations for kind in operation.types()]
        while stack:
            name = reference(stack.pop())
            if name and name not in seen:
                if name not in self.types:
                    raise NotUnderstood(f"type `{name}` is used and not defined")
                seen.add(name)
                stack.extend(self.types[name].types())
        return seen

    def lines(self):
        credentials = ",".join(self.credentials) + ("|" + self.derived_auth if self.derived_auth else "")
        yield line("S", SCHEMA, self.cloud, self.service, self.version, self.api_version, self.product, self.protocol,
                   self.endpoint_rule, credentials, self.gateway, self.settings)
        for source in self.sources:
            yield line("K", *source)
        for region in self.regions:
            yield line("R", *region)
        for operation in self.operations:
            yield from operation.lines()
        reachable = self.reachable()
        for name, definition in self.types.items():
            if name in reachable:
                yield from definition.lines()
        for code in self.errors:
            yield line("X", code)


def line(kind, *cells):
    """One record; trailing empty cells are left out."""
    cells = [str(cell) for cell in cells]
    for cell in cells:
        if re.search(r"[\t\n\r\0]", cell):
            raise NotUnderstood(f"a cell holds a control character: {cell!r}")
    while cells and cells[-1] == "":
        cells.pop()
    return kind + "\t".join(cells)


def reference(kind):
    """The name at the innermost place of a type expression, or None."""
    inner = kind.strip("[]{}")
    return inner[1:] if inner.startswith("#") else None


def listed(kind):
    return f"[{kind}]"


def mapped(kind):
    return f"{{{kind}}}"
