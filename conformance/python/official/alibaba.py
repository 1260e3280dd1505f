"""Alibaba Cloud: `alibabacloud_<product><date>`, its model classes and its clients."""

import importlib
import inspect
import io
import re
import typing

from Tea.model import TeaModel

from .comparing import Comparison

SCALARS = {str: "string", int: "int", float: "float", bool: "bool", bytes: "bytes", dict: "any",
           typing.BinaryIO: "file", typing.Any: "any"}


class Service:
    """One version of a product as the official package has it."""

    def __init__(self, case):
        self.package = case["unpack"].strip("/")
        self.models = importlib.import_module(f"{self.package}.models")
        self.client = importlib.import_module(f"{self.package}.client").Client
        name = case["operation"]["name"] if isinstance(case["operation"], dict) else case["operation"]
        self.name, self.method = name, self.find(name)
        self.arguments = inspect.signature(self.method).parameters
        self.hints = typing.get_type_hints(self.method)

    def find(self, action):
        """The method that sends an action itself, not as a stream of events."""
        senders = {"call_api", "do_rpcrequest", "do_roarequest", "do_roarequest_with_form", "execute"}
        found = {}
        for name, method in vars(self.client).items():
            code = getattr(method, "__code__", None)
            if code is None or inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method):
                continue
            if action in code.co_consts and senders & set(code.co_names) and not name.endswith("_advance"):
                found[plain(name.removesuffix("with_options"))] = method
        # Another action may have a parameter of this name.
        method = found.get(plain(action)) or next(iter(found.values()), None)
        if method is None:
            raise LookupError(f"no method of {self.package} sends {action}")
        return method

    def request(self):
        """The class of the request and the name of its argument, if the method has one."""
        for argument in ("tmp_req", "request"):
            if argument in self.arguments:
                return argument, self.hints.get(argument) or getattr(self.models, self.name + "Request")
        return None, None

    def headers(self):
        """The name of the argument for headers and its class; no class if it is a dictionary."""
        for argument in ("tmp_header", "headers"):
            if argument in self.arguments:
                hint = self.hints.get(argument) or getattr(self.models, self.name + "Headers", None)
                return argument, hint if isinstance(hint, type) and issubclass(hint, TeaModel) else None
        return None, None

    def response(self):
        """The class of the answer's body; None if there is none."""
        cls = self.hints.get("return") or getattr(self.models, self.name + "Response")
        return hints_of(cls).get("body")


def plain(name):
    return re.sub(r"[\W_]", "", name).lower()


def hints_of(cls):
    """The arguments of a class with their types, in their order."""
    hints = typing.get_type_hints(cls.__init__) or said(cls)
    return {name: hints.get(name) for name in inspect.signature(cls.__init__).parameters if name != "self"}


def said(cls):
    """The types that the oldest packages write into comments."""
    names = {**vars(typing), **vars(importlib.import_module(cls.__module__))}
    comments = re.findall(r"self\.(\w+) = \w+ +# type: (.+)", inspect.getsource(cls.__init__))
    return {attribute: eval(text, names) for attribute, text in comments}  # the vendor's own class names


def expression(hint):
    """An annotation as a type expression of the catalog."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is list:
        return "[" + expression(arguments[0]) + "]"
    if origin is dict:
        return "{" + expression(arguments[1]) + "}"
    if origin is typing.Union:  # `x: T = None` before Python 3.11 said so
        return expression(arguments[0])
    return SCALARS.get(hint) or "#" + hint.__name__


def sample(hint, depth=0):
    """A value of an annotated type with one element in every list and map."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Union:
        return sample(arguments[0], depth)
    if origin is list:
        return [sample(arguments[0], depth + 1)]
    if origin is dict:
        return {"key": sample(arguments[1], depth + 1)}
    plain = {str: "value", int: 7, float: 0.5, bool: True, bytes: b"bytes", dict: {"any": 1}, typing.Any: "any",
             typing.BinaryIO: io.BytesIO(b"file")}
    return plain[hint] if hint in plain else hint()


def wire_names(cls):
    """Wire name of every attribute, as `to_map` shows it."""
    baseline = cls().to_map() or {}
    for attribute, hint in hints_of(cls).items():
        built = cls()
        setattr(built, attribute, sample(hint))
        sent = built.to_map()
        changed = [name for name in sent if name not in baseline or sent[name] != baseline[name]]
        yield attribute, changed, hint


def comes_back(cls, attribute, wire, hint):
    """Whether `from_map` reads the wire name into the same attribute, with the same type."""
    built = cls()
    setattr(built, attribute, sample(hint))
    read = cls().from_map({wire: built.to_map().get(wire)})
    return shape(getattr(read, attribute)) == shape(getattr(built, attribute))


def shape(value):
    if isinstance(value, list):
        return [shape(item) for item in value]
    if isinstance(value, dict):
        return {name: shape(item) for name, item in value.items()}
    return type(value).__name__


def compare_class(comparison, name, cls, ours, counts=lambda attribute: True):
    """One class, field by field; `ours` gives type and flags by wire name. An attribute that the catalog does not have
    is no difference if it does not count: requests have some that no call sends."""
    official = {}
    required = required_by(cls)
    for attribute, changed, hint in wire_names(cls):
        # Two packages have white space around a name.
        wire = changed[0].strip() if len(changed) == 1 else str(changed)
        if wire not in ours and not counts(attribute):
            comparison.checked["never sent"] = comparison.checked.get("never sent", 0) + 1
            continue
        official[wire] = (expression(hint), attribute)
        comparison.same("reads what it writes", f"{name}.{wire}", True, comes_back(cls, attribute, changed[0], hint))
    comparison.same_set("field names", name, ours, official)
    for wire in ours.keys() & official.keys():
        kind, attribute = official[wire]
        comparison.same("field", f"{name}.{wire}", ours[wire][0], kind)
        comparison.same("required", f"{name}.{wire}", "r" in ours[wire][1], attribute in required)


def required_by(cls):
    """The attributes without which `validate` refuses, and those that the comment above their assignment calls so."""
    hints = hints_of(cls)
    found = set()
    if "validate_required" in getattr(cls.validate, "__code__", None).co_names:
        for attribute in hints:
            built = cls(**{name: sample(hint) for name, hint in hints.items() if name != attribute})
            try:
                built.validate()
            except Exception:  # the SDK's own class, or the lack of an attribute of a list's element
                found.add(attribute)
        whole = cls(**{name: sample(hint) for name, hint in hints.items()})
        try:
            whole.validate()
        except Exception:
            found = {attribute for attribute in hints if re.search(
                rf"validate_required\(self\.{attribute},", inspect.getsource(cls.validate))}
    source = inspect.getsource(cls.__init__).splitlines()
    for number, line in enumerate(source):
        assigned = re.fullmatch(r"\s+self\.(\w+) = (\w+)(  #.*)?", line)
        above = number - 1
        while assigned and source[above].lstrip().startswith("#"):
            if source[above].strip().lstrip("#").strip() == "This parameter is required.":
                found.add(assigned.group(1))
            above -= 1
    return found


def structures(case):
    service, comparison = Service(case), Comparison(case)
    operation = comparison.operation
    params = {place: {} for place in ("path", "query", "header", "body", "host")}
    for param in operation["params"]:
        params[param["in"]][param["name"]] = (param["type"], param["flags"])
    compare_request(comparison, service, operation, params)
    _, headers = service.headers()
    if headers is not None:
        # Headers are named by the method that sends them; the calls compare those.
        own = [expression(hint) for name, hint in hints_of(headers).items() if name != "common_headers"]
        comparison.same_set("types of headers", "", [kind for kind, _ in params["header"].values()], own)
    body = service.response()
    # A stream has no type in the catalog, but a flag.
    answer = None if body is None or body is typing.BinaryIO and operation["stream"] else expression(body)
    comparison.same("answer", "", operation["response"], answer)
    for name, definition in case["types"].items():
        cls = getattr(service.models, name)
        compare_class(comparison, name, cls, {wire: (kind, flags) for wire, kind, flags in definition["fields"]})
    return comparison.answer()


def compare_request(comparison, service, operation, params):
    fixed = {"self", "request", "tmp_req", "headers", "tmp_header", "runtime"}
    places = {**params["path"], **params["host"]}
    given = {name: expression(service.hints.get(name, str)) for name in service.arguments
             if name not in fixed and (name in places or argument_is_sent(service, name))}
    comparison.same_set("arguments", "", [f"{name} {kind}" for name, (kind, _) in places.items()],
                        [f"{name} {kind}" for name, kind in given.items()])
    _, cls = service.request()
    ours = {**params["query"], **params["body"]}
    if operation["body"] or operation["stream_request"]:
        # One attribute is the whole body; the catalog does not keep its name.
        rest = [(wires[0], expression(hint)) for _, wires, hint in wire_names(cls) if wires[0] not in ours]
        comparison.same("whole body", "", 1, len(rest))
        kind = operation["body"] or "file"
        ours.update({wire: (kind, "r" if operation["body_required"] else "") for wire, _ in rest})
    if cls is not None:
        compare_class(comparison, cls.__name__, cls, ours, lambda attribute: is_sent(service, cls, attribute))
    else:
        comparison.same_set("parameters without a request", "", ours, [])


def is_sent(service, cls, attribute):
    """Whether a call with this attribute set sends anything else than one without."""
    from . import alibaba_calls
    built = cls(**{attribute: sample(hints_of(cls)[attribute])})
    return alibaba_calls.trial(service, cls()) != alibaba_calls.trial(service, built)


def argument_is_sent(service, name):
    """Whether the value of an argument makes a difference to what is sent."""
    from . import alibaba_calls
    _, cls = service.request()
    request = cls() if cls else None
    return alibaba_calls.trial(service, request) != alibaba_calls.trial(service, request, {name: "other"})


def call(case):
    from . import alibaba_calls
    return alibaba_calls.call(Service(case), case)
