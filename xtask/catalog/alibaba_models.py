"""The structures of an Alibaba Cloud package."""

import ast
import re

from facts import SCALARS, NotUnderstood, Struct, listed, mapped, reference

TYPES = {
    "str": "string", "int": "int", "float": "float", "bool": "bool", "bytes": "bytes", "BinaryIO": "file",
    "Any": "any", "dict": "any",
}
REQUIRED = "This parameter is required."


class Models:
    """The structures of a package, read when they are needed."""

    def __init__(self, package, folder):
        self.nodes, self.known = {}, {}
        for path in sorted(package.paths()):
            if re.fullmatch(rf"{folder}models(\.py|/_(?!_init)\w+\.py)", path):
                self.index(path, package.read(path))

    def index(self, path, source):
        lines = source.splitlines()
        for node in ast.parse(source).body:
            if isinstance(node, ast.ClassDef):
                self.nodes[node.name] = (node, lines)
            elif not isinstance(node, (ast.Import, ast.ImportFrom, ast.Expr)):
                raise NotUnderstood(f"{path}: {ast.unparse(node)[:80]}")

    def has(self, name):
        return name in self.nodes

    def read(self, name):
        if name not in self.known:
            if name not in self.nodes:
                raise NotUnderstood(f"no model class `{name}`")
            self.known[name] = Model(*self.nodes[name])
        return self.known[name]

    def files(self, name, seen=()):
        """Where a request for an upload has files, by the names that the plain request has there: `Tasks[].ImageURL`."""
        for wire, kind, _ in self.read(name).fields():
            inner = reference(kind)
            if kind == SCALARS["file"]:
                yield wire.removesuffix("Object")
            elif inner and inner not in seen:
                steps = wire + "[]" * kind.count("[")
                yield from (f"{steps}.{path}" for path in self.files(inner, (*seen, name)))

    def used(self, operations):
        """Facts about the types that the operations reach, in the order of the files."""
        stack = [kind for operation in operations for kind in operation.types()]
        reached = set()
        while stack:
            name = reference(stack.pop())
            if name and name not in reached:
                reached.add(name)
                stack += [kind for _, kind, _ in self.read(name).fields()]
        return {name: self.read(name).facts() for name in self.nodes if name in reached}


class Model:
    """One class."""

    def __init__(self, node, lines):
        self.name, self.lines = node.name, lines
        self.kinds, self.wire, self.required = {}, {}, set()
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                self.method(method)
        missing = set(self.kinds) - set(self.wire)
        if missing:
            raise NotUnderstood(f"class `{self.name}`: no wire name of {sorted(missing)}")

    def method(self, node):
        if node.name == "__init__":
            self.constructor(node)
        elif node.name == "from_map":
            for statement in node.body:
                self.wire_name(statement)
        elif node.name == "validate":
            self.required |= set(re.findall(r"self\.validate_required\(self\.(\w+)", ast.unparse(node)))

    def constructor(self, node):
        arguments = node.args.args[1:]
        self.kinds = {argument.arg: type_of(argument.annotation) for argument in arguments}
        for statement in node.body:
            assigned = re.fullmatch(r"self\.(\w+) = (\w+)", ast.unparse(statement))
            if assigned and self.marked_required(statement.lineno):
                self.required.add(assigned.group(1))

    def marked_required(self, line):
        """Whether the comment block directly above the line says so."""
        above = line - 2
        while above >= 0 and self.lines[above].lstrip().startswith("#"):
            if self.lines[above].strip().lstrip("#").strip() == REQUIRED:
                return True
            above -= 1
        return False

    def wire_name(self, statement):
        if not isinstance(statement, ast.If):
            return
        text = ast.unparse(statement)
        wire = re.match(r"if m\.get\((['\"])(.*?)\1\) is not None:", text)
        attribute = re.search(r"self\.(\w+)", text)
        if wire is None or attribute is None:
            raise NotUnderstood(f"class `{self.name}`: {text[:80]}")
        self.wire[attribute.group(1)] = ast.literal_eval(wire.group(1) + wire.group(2) + wire.group(1))

    def field(self, attribute):
        """Type and flags of an attribute."""
        return self.kinds[attribute], "r" if attribute in self.required else ""

    def fields(self):
        return [[self.wire[attribute], *self.field(attribute)] for attribute in self.kinds]

    def facts(self):
        structure = Struct(self.name)
        structure.fields = self.fields()
        return structure


def type_of(annotation):
    """The type expression of an annotation."""
    if isinstance(annotation, ast.Subscript):
        outer = ast.unparse(annotation.value)
        if outer == "List":
            return listed(type_of(annotation.slice))
        if outer == "Dict" and ast.unparse(annotation.slice.elts[0]) == "str":
            return mapped(type_of(annotation.slice.elts[1]))
    elif isinstance(annotation, (ast.Name, ast.Attribute)):
        name = ast.unparse(annotation).rpartition(".")[2]
        return SCALARS[TYPES[name]] if name in TYPES else "#" + name
    raise NotUnderstood(f"type {ast.unparse(annotation) if annotation else None}")
