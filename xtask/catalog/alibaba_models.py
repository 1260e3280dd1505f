"""The structures of an Alibaba Cloud package."""

import ast
import re

from facts import SCALARS, NotUnderstood, Struct, listed, mapped, reference
from source import classes, docstring, methods, parsed

TYPES = {
    "str": "string", "int": "int", "float": "float", "bool": "bool", "bytes": "bytes", "BinaryIO": "file",
    "Any": "any", "dict": "any",
}
REQUIRED = "This parameter is required."
WIRE = re.compile(r"(?:m|map)\.get\((['\"].*['\"])\) is not None")


class Models:
    """The structures of a package, read when they are needed."""

    def __init__(self, package, folder):
        self.texts, self.known = {}, {}
        for path in sorted(package.paths()):
            if re.fullmatch(rf"{folder}models(\.py|/_(?!_init)\w+\.py)", path):
                self.index(path, package.read(path))

    def index(self, path, source):
        for name, text in classes(source, path):
            if name in self.texts:
                raise NotUnderstood(f"{path}: class `{name}` stands there twice")
            self.texts[name] = text

    def has(self, name):
        return name in self.texts

    def read(self, name):
        if name not in self.known:
            if name not in self.texts:
                raise NotUnderstood(f"no model class `{name}`")
            self.known[name] = Model(self.texts[name], self)
        return self.known[name]

    def type_of(self, annotation):
        return type_of(annotation, self.class_called)

    def class_called(self, name):
        """Where a class would end like a keyword, its definition has no underscore there and its uses have one."""
        plain = name.rstrip("_")
        return plain if name not in self.texts and plain in self.texts else name

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
        return {name: self.read(name).facts() for name in self.texts if name in reached}


class Model:
    """One class."""

    READ = ("__init__", "from_map", "validate")

    def __init__(self, text, models):
        self.models = models
        head, found = methods(text)
        text = head + "".join(body for name, _, body in found if name in self.READ)
        node, self.lines = parsed(text), text.splitlines()
        self.name = node.name
        self.kinds, self.wire, self.required = {}, {}, set()
        for method in node.body:
            if isinstance(method, ast.FunctionDef):
                self.method(method)
            elif not docstring(method):
                raise NotUnderstood(f"class `{self.name}`: {ast.unparse(method)[:80]}")
        missing = set(self.kinds) - set(self.wire)
        if missing:
            raise NotUnderstood(f"class `{self.name}`: no wire name of {sorted(missing)}")

    def method(self, node):
        if node.name == "__init__":
            self.constructor(node)
        elif node.name == "from_map":
            for statement in node.body:
                self.wire_name(statement)
        else:
            self.required |= set(re.findall(r"self\.validate_required\(self\.(\w+)", ast.unparse(node)))

    def constructor(self, node):
        annotations = {argument.arg: argument.annotation for argument in node.args.args[1:]}
        for statement in node.body:
            attribute = assigned(statement)
            if attribute is None:
                continue
            if annotations[attribute] is None:
                annotations[attribute] = self.type_comment(statement.lineno)
            if self.marked_required(statement.lineno):
                self.required.add(attribute)
        self.kinds = {attribute: self.models.type_of(annotation) for attribute, annotation in annotations.items()}

    def type_comment(self, line):
        """The oldest packages have no annotations, but comments: `self.page = page  # type: int`."""
        comment = re.search(r"# type: (.*)$", self.lines[line - 1])
        return ast.parse(comment.group(1), mode="eval").body if comment else None

    def marked_required(self, line):
        """Whether the comment block directly above the line says so."""
        above = line - 2
        while above >= 0 and self.lines[above].lstrip().startswith("#"):
            if self.lines[above].strip().lstrip("#").strip() == REQUIRED:
                return True
            above -= 1
        return False

    def wire_name(self, statement):
        """`if m.get('Wire') is not None: self.attribute = …`, also through a loop."""
        if not isinstance(statement, ast.If):
            return
        wire = WIRE.fullmatch(ast.unparse(statement.test))
        attributes = {node.attr for inner in statement.body for node in ast.walk(inner) if of_self(node)}
        if wire is None or len(attributes) != 1:
            raise NotUnderstood(f"class `{self.name}`: {ast.unparse(statement)[:80]}")
        self.wire[attributes.pop()] = ast.literal_eval(wire.group(1))

    def field(self, attribute):
        """Type and flags of an attribute."""
        return self.kinds[attribute], "r" if attribute in self.required else ""

    def fields(self):
        return [[self.wire[attribute], *self.field(attribute)] for attribute in self.kinds]

    def facts(self):
        structure = Struct(self.name)
        structure.fields = self.fields()
        return structure


def assigned(statement):
    """The attribute of `self.attribute = argument`."""
    if isinstance(statement, ast.Assign) and of_self(statement.targets[0]) and isinstance(statement.value, ast.Name):
        return statement.targets[0].attr
    return None


def of_self(node):
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def type_of(annotation, known=lambda name: name):
    """The type expression of an annotation; `known` says what a class is called."""
    if isinstance(annotation, ast.Subscript):
        outer = ast.unparse(annotation.value)
        if outer == "List":
            return listed(type_of(annotation.slice, known))
        if outer == "Dict" and ast.unparse(annotation.slice.elts[0]) == "str":
            return mapped(type_of(annotation.slice.elts[1], known))
    elif isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        # A class that is not yet defined, because it is the one around.
        return type_of(ast.parse(annotation.value, mode="eval").body, known)
    elif isinstance(annotation, (ast.Name, ast.Attribute)):
        name = annotation.id if isinstance(annotation, ast.Name) else annotation.attr
        return SCALARS[TYPES[name]] if name in TYPES else "#" + known(name)
    raise NotUnderstood(f"type {ast.unparse(annotation) if annotation else None}")
