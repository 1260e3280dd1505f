"""Alibaba Cloud: facts from the packages `alibabacloud_<product><yyyymmdd>`.

`client.py` has one sending method an operation (and asynchronous and short forms of it, which are skipped),
`models.py` or `models/_*.py` the structures. Every statement of a sending method is compared with the forms known here.
"""

import ast
import re
from textwrap import dedent

from alibaba_models import Models, type_of
from facts import SCALARS, NotUnderstood, Operation, Version
from source import classes, docstring, methods, parsed

CLIENT = re.compile(r"alibabacloud_(\w+?)(\d{7,8}|_\d_\d)/client\.py")
SENDING = re.compile(r"\.Params\(|self\.do_r(pc|oa)request")
OLDEST = re.compile(r"self\.do_request(_with_action)?\(")
# A method that uploads files to the vendor's store before it sends.
UPLOADING = re.compile(r"AuthorizeFileUpload")


def versions(packages, report):
    """Yields every service version of the packages."""
    for package in packages.values():
        for path in sorted(package.paths()):
            found = CLIENT.fullmatch(path)
            if found:
                with report.catching("alibaba {} {}".format(*found.groups())):
                    yield ServiceVersion(package, path, *found.groups(), report).read()


# A dictionary that was filled entry by entry, and the request as a whole.
BUILT = re.compile(r"\w+\.(query|parse_to_map|to_map)\((query|body)\)")
WHOLE = re.compile(r"(\w+\.(query|parse_to_map|to_map)\()*request(\.to_map\(\))?\)*")


class ServiceVersion:
    def __init__(self, package, path, service, version, report):
        self.package, self.path, self.report = package, path, report
        self.facts = Version("alibaba", service, version.strip("_"), dashed(version), "acs3")
        self.facts.sources = [package.source()]
        self.models = Models(package, path.removesuffix("client.py"))
        self.operations, self.oldest = {}, False

    def read(self):
        source = self.package.read(self.path)
        gateway = re.search(r"^from (alibabacloud_gateway_\w+)\.", source, re.MULTILINE)
        self.facts.gateway = gateway.group(1) if gateway else ""
        ((_, client),) = classes(source, self.path)
        head, found = methods(client)
        parsed(head + "    pass")  # nothing but its name and a comment
        for name, asynchronous, text in found:
            if not asynchronous:
                with self.report.catching(f"{self.facts} {name}"):
                    self.method(name, text)
        self.facts.operations = list(self.operations.values())
        self.facts.types = self.models.used(self.facts.operations)
        return self.facts

    def method(self, name, text):
        if name == "__init__":
            Constructor(self.facts).read(parsed(dedent(text)))
        elif name.endswith("advance") and UPLOADING.search(text):
            self.advance(parsed(dedent(text)))
        elif SENDING.search(text):
            self.add(Sender(self, parsed(dedent(text)), text).read())
        elif OLDEST.search(text):
            self.oldest = True
            self.report.note(f"{self.facts} {name}", "an operation of the oldest form, left out")

    def add(self, operation):
        known = self.operations.setdefault(operation.name, operation)
        # One of the two methods of an operation streams events and sends the same request; the other says the rest.
        if "e" in known.flags and "e" not in operation.flags:
            self.operations[operation.name] = operation
        for one in (known, operation):
            one.flags |= (known.flags | operation.flags) & {"e"}
        if (known.method, known.path) != (operation.method, operation.path):
            raise NotUnderstood(f"{operation.name} comes twice with different paths")

    def advance(self, node):
        """A method that uploads files first and then sends their URLs."""
        if self.oldest:
            return self.report.note(f"{self.facts} {node.name}", "an upload of the oldest form, left out")
        (request,) = [argument for argument in node.args.args if argument.arg in ("request", "tmp_req")]
        operation = self.operation_of(node.name.removesuffix("advance"))
        uploads = list(self.models.files(class_name(request.annotation)))
        if operation is None or not uploads:
            raise NotUnderstood("an upload without an operation or without a file")
        operation.rare["upload"] = uploads

    def sent_with(self, version, operation):
        """The version that requests carry; the date in the package's name is only a hint."""
        if not self.operations:
            self.facts.api_version = version
        elif self.facts.api_version != version:
            raise NotUnderstood(f"{operation} is sent with version {version}, others with {self.facts.api_version}")

    def operation_of(self, method):
        plain = method.replace("_", "").lower()
        fits = [it for it in self.operations.values() if it.name.replace("_", "").lower() == plain]
        return fits[0] if len(fits) == 1 else None


class Constructor:
    """`Client.__init__`: how endpoints are found."""

    FIXED = re.compile(
        r"super\((Client, self)?\)\.__init__\(config\)|self\.check_config\(config\)|(gateway_client|self\._client) = \w+\(\)"
        r"|self\._spi = (gateway_client|self\._client)"
    )

    def __init__(self, facts):
        self.facts, self.settings = facts, []

    def read(self, node):
        for statement in node.body:
            self.statement(statement)
        self.facts.settings = ",".join(self.settings)

    def statement(self, node):
        text = ast.unparse(node)
        target = text.partition(" = ")[0]
        if target == "self._endpoint_rule":
            self.facts.endpoint_rule = node.value.value
        elif target == "self._endpoint_map":
            hosts = ast.literal_eval(node.value)
            self.facts.regions = [[region.strip(), host.strip()] for region, host in hosts.items()]
        elif target in ("self._endpoint", "self._endpoint_host"):
            self.facts.product = node.value.args[0].value
        elif target == "self._product_id":
            self.settings.append(f"product_id={node.value.value}")
        elif target in ("self._signature_algorithm", "self._signature_version"):
            self.settings.append(f"{target.removeprefix('self._')}={node.value.value}")
        elif target == "self._disable_http_2":
            self.settings.append(f"disable_http_2={str(node.value.value).lower()}")
        elif not self.FIXED.fullmatch(text):
            raise NotUnderstood(text[:120])


class Sender:
    """One method that sends a request."""

    FIXED = re.compile(
        r"(request|tmp_req)\.validate\(\)|\w+\.validate_model\(\w+\)"
        r"|(query|body|headers|host_map|real_headers|body_flat) = \{\}"
        r"|(request|headers) = \w+\.\w+Shrink(Request|Headers)\(\)|\w+\.convert\((tmp_req, request|tmp_header, headers)\)"
        r"|real_headers = headers\.common_headers|body = None"
        r"|body = \w+\.merge\((\{\}, )?body, \w+\.query\(body_flat\)\)|body = \{\*\*body, \*\*\w+\.query\(body_flat\)\}"
        # Reading the answer.
        r"|res = \w+\.\w+\(\)|return res|sse_resp = self\.\w+\(params, req, runtime\)|for resp in sse_resp:[\s\S]*"
        r"|if not \w+\.is_(null|unset)\(tmp\.get\('\w+'\)\):[\s\S]*"
    )
    # What the client of an old package asks before it sends one way or the other.
    SIGNATURE = re.compile(r"\w+\.is_unset\(self\._signature_version\) or not \w+\.equal_string\(self\._signature_version, 'v4'\)")
    GUARD = re.compile(r"not \w+\.is_(null|unset)\([\w.]+\)")
    ENCODERS = ("percent_encode", "get_encode_param", "get_encode_path")

    def __init__(self, version, node, text):
        self.version, self.models, self.node, self.text = version, version.models, node, text
        self.arguments = {argument.arg: argument.annotation for argument in node.args.args}
        self.facts = Operation(node.name, "", "")
        self.params, self.styles, self.encoded = [], {}, set()
        self.request = self.headers = None

    def read(self):
        self.facts.name = self.action()
        self.request = self.model("tmp_req") or self.model("request")
        self.headers = self.model("tmp_header") or self.model("headers")
        for statement in self.node.body:
            self.statement(statement)
        self.answer()
        self.facts.params = self.path_params() + self.params
        if "self.call_sseapi(" in self.text:
            self.facts.flags.add("e")
        if "self.execute(" in self.text and "self.call_api(" not in self.text:
            self.facts.flags.add("g")
        return self.facts

    def action(self):
        for node in ast.walk(self.node):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".Params"):
                return next(keyword.value.value for keyword in node.keywords if keyword.arg == "action")
            if isinstance(node, ast.Call) and "self.do_r" in ast.unparse(node.func) and isinstance(node.args[0], ast.Constant):
                return node.args[0].value
        raise NotUnderstood("no action")

    def model(self, argument):
        """The class of an argument; the oldest packages have no annotations."""
        if argument not in self.arguments:
            return None
        annotation = self.arguments[argument]
        if annotation is None:
            suffix = "Headers" if argument in ("headers", "tmp_header") else "Request"
            name = self.facts.name + suffix
            return self.models.read(name) if self.models.has(name) else None
        if ast.unparse(annotation).startswith("Dict["):
            return None
        return self.models.read(class_name(annotation))

    def statement(self, node):
        if isinstance(node, ast.If) and self.condition(node):
            return
        text = ast.unparse(node)
        if docstring(node):
            if "@deprecated" in text:
                self.facts.flags.add("d")
        elif self.FIXED.fullmatch(text):
            pass
        elif isinstance(node, ast.Return):
            self.sent(node.value)
        elif isinstance(node, ast.Assign):
            self.assignment(ast.unparse(node.targets[0]), node.value, text)
        else:
            raise NotUnderstood(text[:160])

    def condition(self, node):
        """Reads what stands behind a condition that is known."""
        test = ast.unparse(node.test)
        if not node.orelse and self.GUARD.fullmatch(test) or self.SIGNATURE.fullmatch(test):
            for inner in [*node.body, *node.orelse]:
                self.statement(inner)
            return True
        return False

    def assignment(self, target, value, text):
        entry = re.fullmatch(r"(query|body|body_flat|real_headers|host_map)\['(.*)'\]", target)
        if entry:
            self.entry(*entry.groups(), value, text)
        elif target in ("query", "body") and WHOLE.fullmatch(ast.unparse(value)):
            self.whole(target)
        elif target == "body" and re.fullmatch(r"request\.\w+", ast.unparse(value)):
            self.body(value.attr)
        elif target == "req":
            self.request_object(value)
        elif target == "params":
            self.call({keyword.arg: keyword.value for keyword in value.keywords})
        elif target == "tmp":
            self.sent(value)
        elif re.match(r"(request|headers)\.", target) and ".array_to_string_with_specified_style(" in text:
            attribute, _, style = value.args
            # Some packages turn a structure into a dictionary first.
            attribute = attribute.args[0] if isinstance(attribute, ast.Call) else attribute
            self.styles[target] = (attribute.attr, style.value)
        elif target in self.arguments and encoded_name(value, self.ENCODERS) == target:
            self.encoded.add(target)
        else:
            raise NotUnderstood(text[:160])

    def entry(self, target, wire, value, text):
        if target == "host_map":
            self.param("host", wire, type_of(self.arguments[value.id]), "r", "")
        elif target == "real_headers":
            attribute = re.search(r"headers\.(\w+)", text).group(1)
            if self.headers is None:
                self.version.report.note(self.place(), f"header `{wire}` without a class, left out")
            else:
                self.param("header", wire, *self.field("headers", attribute))
        elif re.fullmatch(r"request\.\w+", ast.unparse(value)):
            place = "query" if target == "query" else "body"
            kind, flags, style = self.field("request", value.attr)
            self.param(place, wire, kind, flags, style or ("flat" if target == "body_flat" else ""))
        else:
            raise NotUnderstood(text[:160])

    def place(self):
        return f"{self.version.facts} {self.facts.name}"

    def field(self, model, attribute):
        """Type, flags and style of an attribute of `request` or `headers`."""
        attribute, style = self.styles.get(f"{model}.{attribute}", (attribute, ""))
        return *getattr(self, model).field(attribute), style

    def param(self, place, wire, kind, flags, style):
        param = [place, wire, kind, flags, style]
        if param not in self.params:
            self.params.append(param)

    def request_object(self, call):
        for keyword in call.keywords:
            self.request_part(keyword.arg, ast.unparse(keyword.value))

    def request_part(self, part, text):
        attribute = re.fullmatch(r"(?:\w+\.\w+\()?(?:request|tmp_req)\.(\w+)\)?", text)
        if text in ("headers", "real_headers", "host_map", "body", "query") or BUILT.fullmatch(text):
            return
        if part in ("query", "body") and WHOLE.fullmatch(text):
            self.whole(part)
        elif part == "body" and attribute:
            self.body(attribute.group(1))
        elif part == "stream" and attribute:
            self.facts.rare["stream_request"] = self.request.wire[attribute.group(1)]
        else:
            raise NotUnderstood(f"{part} = {text[:120]}")

    def whole(self, place):
        """Every field of the request is a parameter of that place, except those that have a place already."""
        styles = {attribute: style for attribute, style in self.styles.values()}
        placed = {wire for _, wire, *_ in self.params}
        for attribute, wire in self.request.wire.items():
            if wire not in placed:
                self.param(place, wire, *self.request.field(attribute), styles.get(attribute, ""))
        if placed:
            self.version.report.note(self.place(), f"sends its query parameters in the {place} as well, listed once")

    def body(self, attribute):
        """One field of the request is the whole body."""
        kind, flags, style = self.field("request", attribute)
        self.facts.body = kind
        if "r" in flags:
            self.facts.flags.add("R")
        if style:
            self.facts.rare["body_style"] = style

    def call(self, arguments):
        """The arguments of `Params(...)`, also when they come from the older calls."""
        get = lambda key: arguments[key].value
        self.facts.method = get("method")
        self.facts.style = get("style")
        self.facts.consumes = [get("req_body_type")]
        self.facts.produces = get("body_type")
        self.path(arguments["pathname"])
        if get("protocol") != "HTTPS":
            self.facts.rare["scheme"] = get("protocol")
        if get("auth_type") != "AK":
            self.facts.rare["auth"] = get("auth_type")
        self.version.sent_with(get("version"), self.facts.name)

    def path(self, value):
        """A plain string or an f-string over arguments."""
        self.placeholders = []
        if isinstance(value, ast.Constant):
            self.facts.path = value.value
            return
        if isinstance(value, ast.BinOp):
            # The oldest packages: `'/gateway/%s' % gateway_id`.
            if value.left.value.count("%s") != 1:
                raise NotUnderstood(ast.unparse(value))
            self.facts.path = value.left.value.replace("%s", self.placeholder(value.right))
            return
        for part in value.values:
            self.facts.path += part.value if isinstance(part, ast.Constant) else self.placeholder(part.value)

    def placeholder(self, value):
        name = encoded_name(value, self.ENCODERS)
        encoded = not isinstance(value, ast.Name) or name in self.encoded
        self.placeholders.append((name, encoded))
        return "{" + name + "}"

    def path_params(self):
        params = []
        for name, encoded in self.placeholders:
            annotation = self.arguments[name]
            kind = type_of(annotation) if annotation else SCALARS["string"]
            param = ["path", name, kind, "r", "" if encoded else "raw"]
            if param not in params:
                params.append(param)
        return params

    def sent(self, value):
        """`return ...from_map(..., self.call_api(...))`; the older calls carry what `Params` does elsewhere."""
        for node in ast.walk(value):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                older = OLDER_CALLS.get(node.func.attr)
                if older and isinstance(node.args[0], ast.Constant):
                    names, fixed = older
                    constants = {key: ast.Constant(text) for key, text in fixed.items()}
                    self.call(dict(zip(names, node.args)) | constants)

    def answer(self):
        returned = self.node.returns
        if returned is None:
            name = self.facts.name + "Response"
        else:
            name = class_name(returned.slice.elts[0] if isinstance(returned, ast.Subscript) else returned)
        kinds = self.models.read(name).kinds
        if kinds.get("web_socket_client"):
            self.version.report.note(self.place(), "answers over a web socket, marked as a stream")
            self.facts.flags.add("S")
            return
        if kinds.get("body") == SCALARS["file"]:
            self.facts.flags.add("S")
        elif "body" in kinds:
            self.facts.response = kinds["body"]
        elif set(kinds) - {"headers", "status_code"}:
            # Events without data, and the oldest answers: the class itself.
            self.facts.response = "#" + name


OLDER_CALLS = {
    "do_rpcrequest": (
        ("action", "version", "protocol", "method", "auth_type", "body_type"),
        {"style": "RPC", "pathname": "/", "req_body_type": "formData"},
    ),
    "do_roarequest": (
        ("action", "version", "protocol", "method", "auth_type", "pathname", "body_type"),
        {"style": "ROA", "req_body_type": "json"},
    ),
    "do_roarequest_with_form": (
        ("action", "version", "protocol", "method", "auth_type", "pathname", "body_type"),
        {"style": "ROA", "req_body_type": "formData"},
    ),
}


def class_name(annotation):
    return ast.unparse(annotation).rpartition(".")[2]


def encoded_name(value, encoders):
    """The argument inside an encoder, or the argument itself."""
    if isinstance(value, ast.Name):
        return value.id
    if isinstance(value, ast.Call) and value.func.attr in encoders and isinstance(value.args[0], ast.Name):
        return value.args[0].id
    raise NotUnderstood(f"path part {ast.unparse(value)}")


def dashed(version):
    """`20140526` as the wire writes it: `2014-05-26`."""
    return f"{version[:4]}-{version[4:6]}-{version[6:]}" if len(version) == 8 else version.strip("_").replace("_", ".")
