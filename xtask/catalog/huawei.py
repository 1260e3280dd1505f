"""Huawei Cloud: facts from the packages `huaweicloudsdk<service>`.

`vN/<x>_client.py` has one classmethod `_<op>_http_info` an operation, `vN/model/*.py` the structures, `vN/region/` the
endpoints. The files are generated and regular; every statement is compared with the forms known here.
"""

import ast
import re
from textwrap import dedent

from facts import SCALARS, Enum, NotUnderstood, Operation, Struct, Version, listed, mapped, reference
from source import classes, docstring, methods, parsed

CLIENT = re.compile(r"(huaweicloudsdk(\w+))/(v\d+)/[a-z0-9_]+_client\.py")
CLIENT_CLASS = re.compile(r"^class \w+\(Client\b", re.MULTILINE)
TYPES = {
    "str": "string", "int": "int", "long": "int", "float": "float", "bool": "bool", "object": "any", "dict": "any",
    "date": "date", "datetime": "datetime", "decimal.Decimal": "decimal", "bytes": "bytes", "file": "file",
    "FormFile": "file",
}
# What every `_http_info` method says, whatever the operation.
FIXED = re.compile(
    r"local_var_params = .*|(cname|body) = None|(collection_formats|path_params|header_params|form_params) = \{\}"
    r"|query_params = \[\]|if isinstance\(request, SdkStreamRequest\):\n    body = request\.get_file_stream\(\)"
    r"|http_info\['(cname|collection_formats|path_params|query_params|header_params|post_params|body|response_headers)'\]"
    r" = (cname|collection_formats|path_params|query_params|header_params|form_params|body|response_headers)|return http_info"
)


def versions(packages, report):
    """Yields every service version of the packages."""
    for package in packages.values():
        found = {CLIENT.fullmatch(path).groups() for path in package.paths() if CLIENT.fullmatch(path)}
        for module, service, version in sorted(found):
            with report.catching(f"huawei {service} {version}"):
                yield ServiceVersion(package, module, service, version, report).read()


class ServiceVersion:
    def __init__(self, package, module, service, version, report):
        self.package, self.folder, self.report = package, f"{module}/{version}", report
        self.facts = Version("huawei", service, version, version, "rest")
        self.models = Models(package, f"{self.folder}/model/")

    def read(self):
        self.facts.sources = [self.package.source()]
        head, found = methods(self.client())
        parsed(head + "    pass")  # nothing but its name and a comment
        self.deprecated = {name for name, _, text in found if "warnings.warn(" in text}
        for name, _, text in found:
            self.method(name, text)
        self.regions()
        self.facts.types = self.models.used(self.facts.operations)
        return self.facts

    def client(self):
        """The text of the class whose first base is `Client`; others in the folder wrap it."""
        found = []
        for path in self.paths(r"[a-z0-9_]+(?<!_async)_client\.py"):
            source = self.package.read(path)
            if CLIENT_CLASS.search(source):
                found += [text for _, text in classes(source, path) if CLIENT_CLASS.match(text)]
        if len(found) != 1:
            raise NotUnderstood(f"{self.folder}: {len(found)} client classes")
        return found[0]

    def paths(self, form):
        return sorted(path for path in self.package.paths() if re.fullmatch(f"{self.folder}/{form}", path))

    def method(self, name, text):
        if name == "new_builder":
            self.builder(ast.unparse(parsed(dedent(text))))
        elif re.fullmatch(r"_\w+_http_info", name):
            self.facts.operations.append(self.operation(parsed(dedent(text))))

    def builder(self, text):
        kinds = set(re.findall(r"ClientBuilder\(cls(?:, '([^']*)')?\)", text))
        (kinds,) = kinds
        self.facts.credentials = (kinds or "BasicCredentials").split(",")
        derived = re.search(r"_with_derived_auth_service_name\('([^']*)'\)", text)
        self.facts.derived_auth = derived.group(1) if derived else ""

    def operation(self, node):
        reader = OperationReader(self, node)
        try:
            return reader.read()
        except (NotUnderstood, KeyError, ValueError) as error:
            self.report.problem(self.facts, f"{node.name}: {error!r}")
            return reader.facts

    def regions(self):
        for path in self.paths(r"region/[a-z0-9_]+_region\.py"):
            for node in ast.walk(ast.parse(self.package.read(path))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "Region":
                    self.facts.regions.append([ast.literal_eval(argument) for argument in node.args])


class OperationReader:
    """One `_<op>_http_info` method."""

    def __init__(self, version, node):
        self.version, self.node = version, node
        self.facts = Operation(node.name, "", "")
        self.response_headers = []

    def read(self):
        statements = iter(self.node.body)
        self.start(next(statements))
        for statement in statements:
            self.statement(statement)
        self.answer()
        return self.facts

    def start(self, statement):
        pairs = zip(statement.value.keys, statement.value.values)
        info = {key.value: value.value for key, value in pairs if isinstance(value, ast.Constant)}
        name = info["response_type"].removesuffix("Response")
        self.facts = Operation(name, info["method"], info["resource_path"])
        public = self.node.name.removeprefix("_").removesuffix("_http_info")
        if public in self.version.deprecated:
            self.facts.flags.add("d")
        self.request = self.version.models.read(name + "Request")
        self.response = self.version.models.read(info["response_type"])

    def statement(self, statement):
        text = ast.unparse(statement)
        if isinstance(statement, ast.If) and text.startswith("if '"):
            attribute = statement.test.left.value
            for inner in statement.body:
                self.mapping(attribute, ast.unparse(inner))
        elif text.startswith("response_headers = "):
            self.response_headers = ast.literal_eval(statement.value)
        elif text.startswith("auth_settings = "):
            settings = ast.literal_eval(statement.value)
            if settings:
                self.facts.rare["auth_settings"] = settings
        elif text.startswith("header_params['Content-Type'] = http_utils.select_header_content_type("):
            self.facts.consumes = ast.literal_eval(statement.value.args[0])
        elif not FIXED.fullmatch(text):
            raise NotUnderstood(text[:120])

    def mapping(self, attribute, text):
        value = rf"local_var_params\['{attribute}'\]"
        forms = [
            ("path", rf"path_params\['(.*)'\] = {value}"),
            ("query", rf"query_params\.append\(\('(.*)', {value}\)\)"),
            ("header", rf"header_params\['(.*)'\] = {value}"),
        ]
        for place, form in forms:
            found = re.fullmatch(form, text)
            if found:
                return self.param(place, found.group(1), attribute)
        style = re.fullmatch(r"collection_formats\['(.*)'\] = '(multi|csv)'", text)
        if style:
            # Behind the parameter of that name, unless that was left out.
            if self.facts.params and self.facts.params[-1][1] == style.group(1):
                self.facts.params[-1][4] = style.group(2)
        elif re.fullmatch(f"body = {value}", text):
            self.body(attribute)
        elif re.fullmatch(f"cname = {value}", text):
            self.param("host", self.request.wire.get(attribute), attribute)
        elif not re.fullmatch(rf"form_params\['.*'\] = {value}", text):
            raise NotUnderstood(text[:120])
        elif attribute in self.request.wire:
            raise NotUnderstood(f"{text[:120]}: a form field with an attribute of its own")

    def param(self, place, wire, attribute):
        if attribute not in self.request.wire:
            where = f"{self.version.facts} {self.facts.name}"
            self.version.report.note(where, f"{place} `{wire}`: no attribute `{attribute}`, left out")
            return
        kind, flags = self.request.field(attribute)
        self.facts.params.append([place, wire, kind, flags, ""])

    def body(self, attribute):
        kind, flags = self.request.field(attribute)
        self.facts.body = kind
        if "r" in flags:
            self.facts.flags.add("R")

    def answer(self):
        if "SdkStreamRequest" in self.request.bases:
            self.facts.rare["stream_request"] = "body"
        if "SdkStreamResponse" in self.response.bases:
            self.facts.flags.add("S")
        unused = set(self.request.wire) - self.request.used
        for attribute in sorted(unused):
            where = f"{self.version.facts} {self.facts.name}"
            self.version.report.note(where, f"attribute `{attribute}` of the request has no place")
        self.response.mark_headers(self.response_headers)
        self.facts.response_headers = [[wire, kind] for wire, kind, flags in self.response.fields() if "h" in flags]
        plain = [attribute for attribute in self.response.wire if attribute not in self.response.headers]
        if plain == ["body"]:
            self.facts.response = self.response.kinds["body"]
            self.facts.flags.add("r")
        elif self.response.wire:
            self.facts.response = "#" + self.response.name


class Models:
    """The structures of a service version, read when they are needed."""

    def __init__(self, package, folder):
        self.texts, self.known = {}, {}
        for path in sorted(package.paths()):
            if path.startswith(folder) and path.endswith(".py") and not path.endswith("/__init__.py"):
                self.texts.update(classes(package.read(path), path))

    def read(self, name):
        if name not in self.known:
            if name not in self.texts:
                raise NotUnderstood(f"no model class `{name}`")
            self.known[name] = Model(self.texts[name])
        return self.known[name]

    def used(self, operations):
        """Facts about the types that the operations reach, in the order of their files."""
        stack = [kind for operation in operations for kind in operation.types()]
        reached = set()
        while stack:
            name = reference(stack.pop())
            if name and name not in reached:
                reached.add(name)
                stack += [kind for _, kind, _ in self.read(name).fields()]
        return {name: self.read(name).facts() for name in self.texts if name in reached}


class Model:
    """One class: a structure, or an enumeration."""

    def __init__(self, text):
        head, found = methods(text)
        node = parsed(head + "".join(body for name, _, body in found if name == "__init__"))
        self.name, self.bases = node.name, [ast.unparse(base) for base in node.bases]
        self.kinds, self.wire = {}, {}  # attribute -> type, attribute -> wire name
        self.sensitive, self.required, self.constants, self.headers = [], set(), [], []
        self.used, self.xml = set(), ""
        for statement in node.body:
            self.statement(statement)
        if set(self.kinds) != set(self.wire):
            raise NotUnderstood(f"class `{self.name}`: types and wire names disagree")

    def statement(self, node):
        if isinstance(node, ast.Assign):
            self.assignment(node.targets[0].id, node.value)
        elif isinstance(node, ast.FunctionDef):
            self.constructor(node.body)
        elif docstring(node):
            pass
        elif ast.unparse(node).startswith("sensitive_list.append("):
            self.sensitive.append(node.value.args[0].value)
        else:
            raise NotUnderstood(f"class `{self.name}`: {ast.unparse(node)[:80]}")

    def assignment(self, name, value):
        value = ast.literal_eval(value)
        if name == "openapi_types":
            self.kinds = {attribute: type_of(text) for attribute, text in value.items()}
        elif name == "attribute_map":
            self.wire = value
        elif name == "sensitive_list":
            self.sensitive = value
        elif name == "xml_name":
            self.xml = value
        elif name == "discriminator_value_class_map":
            if value:
                raise NotUnderstood(f"class `{self.name}`: {name} = {value}")
        else:
            self.constants.append(value)

    def constructor(self, statements):
        """A discriminator names a field, but no class: the structure is a plain one."""
        for node in statements:
            text = ast.unparse(node)
            required = re.fullmatch(r"self\.(\w+) = (\w+)", text)
            if required and required.group(1) == required.group(2):
                self.required.add(required.group(1))
            elif not re.fullmatch(
                r"self\.\w+ = None|self\.discriminator = '\w+'|if (\w+) is not None:\n    self\.\1 = \1|super\(\)\.__init__\(\w*\)", text
            ) and not docstring(node):
                raise NotUnderstood(f"class `{self.name}`: {text[:80]}")

    def field(self, attribute):
        self.used.add(attribute)
        return self.kinds[attribute], self.flags(attribute)

    def flags(self, attribute):
        known = [("r", self.required), ("s", self.sensitive), ("h", self.headers)]
        return "".join(letter for letter, attributes in known if attribute in attributes)

    def mark_headers(self, names):
        self.headers = [attribute for attribute, wire in self.wire.items() if wire in names]

    def fields(self):
        return [[self.wire[attribute], kind, self.flags(attribute)] for attribute, kind in self.kinds.items()]

    def facts(self):
        if self.constants and not self.kinds:
            return Enum(self.name, base_of(self.constants), self.constants)
        structure = Struct(self.name, self.xml if self.xml != self.name else "")
        structure.fields = self.fields()
        return structure


def type_of(text):
    inner = re.fullmatch(r"list\[(.*)\]", text)
    if inner:
        return listed(type_of(inner.group(1)))
    inner = re.fullmatch(r"dict\(str, (.*)\)", text)
    if inner:
        return mapped(type_of(inner.group(1)))
    if text in TYPES:
        return SCALARS[TYPES[text]]
    if re.fullmatch(r"[A-Za-z_]\w*", text):
        return "#" + text
    raise NotUnderstood(f"type `{text}`")


def base_of(values):
    kinds = {str: "string", int: "int", float: "float", bool: "bool"}
    (base,) = {kinds[type(value)] for value in values}
    return SCALARS[base]
