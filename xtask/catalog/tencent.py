"""Tencent Cloud: facts from `tccli` (services) and `tencentcloud-sdk-python` (how they are sent).

`tccli/services/<service>/v<date>/api.json` has the operations and structures, `tencentcloud/<service>/v<date>/` the
host, the name used when signing, the way each operation is sent, and the error codes.
"""

import ast
import json
import re

from facts import SCALARS, NotUnderstood, Operation, Struct, Version, listed

DEFINITIONS = re.compile(r"tccli/services/([^/]+)/(v\d{8})/api\.json")
MEMBERS = {
    "int64": "int", "uint64": "uint", "string": "string", "float": "float", "bool": "bool", "date": "date",
    "datetime": "datetime", "datetime_iso": "datetime-iso", "binary": "bytes",
}
STATUS = {None: "", "online": "", "deprecated": "d", "offline": "o"}
ACTION_KEYS = {"input", "output", "status", "skip_sign", "name", "document"}
MEMBER_KEYS = {"name", "type", "member", "required", "output_required", "value_allowed_null", "disabled", "document", "example"}


def versions(packages, report):
    """Yields every service version of the packages `tccli` and `tencentcloud-sdk-python`."""
    tccli, sdk = packages["tccli"], packages["tencentcloud-sdk-python"]
    for path in sorted(tccli.paths()):
        found = DEFINITIONS.fullmatch(path)
        if found:
            with report.catching("tencent {} {}".format(*found.groups())):
                yield version(tccli, sdk, *found.groups(), report)


def version(tccli, sdk, service, date, report):
    api = json.loads(tccli.read(f"tccli/services/{service}/{date}/api.json"))
    facts = Version("tencent", service, date, api["metadata"]["apiVersion"], "tc3")
    facts.sources = [tccli.source(), sdk.source()]
    facts.types = {name: structure(name, it) for name, it in api["objects"].items()}
    facts.operations = [operation(name, it) for name, it in api["actions"].items()]
    client = Client(facts, sdk, service, date, report)
    client.read()
    return facts


def operation(name, action):
    refuse_unknown_keys(action, ACTION_KEYS, name)
    facts = Operation(name, "POST", "/")
    facts.body, facts.response = "#" + action["input"], "#" + action["output"]
    facts.flags.update(STATUS[action.get("status")])
    if action.get("skip_sign"):
        facts.flags.add("u")
    return facts


def structure(name, definition):
    facts = Struct(name)
    for member in definition["members"]:
        refuse_unknown_keys(member, MEMBER_KEYS, name)
        flags = [("r", "required"), ("o", "output_required"), ("n", "value_allowed_null"), ("d", "disabled")]
        letters = "".join(letter for letter, key in flags if member.get(key))
        facts.fields.append([member["name"], member_type(member), letters])
    return facts


def member_type(member):
    name = member["member"]
    kind = SCALARS[MEMBERS[name]] if name in MEMBERS else "#" + name
    return listed(kind) if member["type"] == "list" else kind


def refuse_unknown_keys(found, known, where):
    unknown = set(found) - known
    if unknown:
        raise NotUnderstood(f"{where}: unknown keys {sorted(unknown)}")


class Client:
    """Reads `<service>_client.py`: host, signing name, and how each operation is sent."""

    def __init__(self, facts, sdk, service, date, report):
        self.facts, self.sdk, self.report = facts, sdk, report
        self.folder = f"tencentcloud/{service}/{date}"
        self.path = f"{self.folder}/{service}_client.py"
        self.operations = {operation.name: operation for operation in facts.operations}

    def read(self):
        if not self.sdk.has(self.path):
            self.report.problem(self.facts, f"no file {self.path}: host and way of sending unknown")
            return
        tree = ast.parse(self.sdk.read(self.path))
        (client,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        for node in client.body:
            if isinstance(node, ast.Assign):
                self.constant(node.targets[0].id, node.value.value)
            elif isinstance(node, ast.FunctionDef):
                self.method(node)
            else:
                raise NotUnderstood(f"{self.path}: {ast.unparse(node)[:80]}")
        self.facts.errors = error_codes(self.sdk, f"{self.folder}/errorcodes.py")

    def constant(self, name, value):
        if name == "_endpoint":
            self.facts.regions = [["default", value]]
        elif name == "_service":
            self.facts.product = value
        elif name != "_apiVersion" or value != self.facts.api_version:
            raise NotUnderstood(f"{self.path}: {name} = {value!r}")

    def method(self, node):
        operation = self.operations.get(node.name)
        if operation is None:
            self.report.note(self.facts, f"{node.name} is in the SDK and not in tccli")
            return
        for statement in sending(node):
            self.statement(operation, statement)

    def statement(self, operation, statement):
        text = ast.unparse(statement)
        plain = [
            r"params = request\._serialize\(\)",
            r"headers = request\.headers",
            rf"body = self\.call\('{operation.name}', params, headers=headers\)",
            rf"body = self\.call\('{operation.name}', params, options=options, headers=headers\)",
            r"response = json\.loads\(body\)",
            rf"model = models\.{operation.name}Response\(\)",
            r"model\._deserialize\(response\['Response'\]\)",
            r"return model",
            r"params = \{'X-CLS-' \+ key: value for key, value in params\.items\(\)\}",
        ]
        if any(re.fullmatch(form, text) for form in plain):
            return
        if re.fullmatch(rf"return self\._call_and_deserialize\('{operation.name}', params, models\.{operation.name}Response, .*\)", text):
            operation.flags.add("e")
        elif re.fullmatch(rf"response = self\.call_octet_stream\('{operation.name}', params, body\)", text):
            operation.flags.add("O")
        elif text.startswith("options = "):
            options(operation, statement.value)
        else:
            raise NotUnderstood(f"{self.path}: {operation.name}: {text[:120]}")


def sending(method):
    """The statements inside the `try` of a method, with the older `options` statements around it."""
    for node in method.body:
        if isinstance(node, ast.Try):
            yield from node.body
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            yield node


def options(operation, value):
    for key, option in zip(value.keys, value.values):
        text = ast.unparse(option)
        host = re.fullmatch(r"'%s://([a-z0-9.-]+)' % self\.profile\.httpProfile\.scheme", text)
        if key.value == "IsMultipart" and text == "True":
            continue
        if key.value == "BinaryParams":
            operation.rare["multipart"] = ast.literal_eval(option)
        elif key.value == "Endpoint" and host:
            operation.rare["endpoint"] = host.group(1)
        elif key.value == "SkipSign" and text == "True" and "u" in operation.flags:
            continue
        else:
            raise NotUnderstood(f"{operation.name}: option {key.value} = {text}")


def error_codes(sdk, path):
    if not sdk.has(path):
        return []
    tree = ast.parse(sdk.read(path))
    return [node.value.value for node in tree.body if isinstance(node, ast.Assign)]
