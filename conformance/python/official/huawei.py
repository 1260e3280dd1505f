"""Huawei Cloud: `huaweicloudsdk<service>.<version>`, its model classes and its clients."""

import importlib

from huaweicloudsdkcore.client import Client
from huaweicloudsdkcore.sdk_stream_response import SdkStreamResponse
from huaweicloudsdkcore.utils import http_utils

from .comparing import Comparison

SCALARS = {"str": "string", "int": "int", "long": "int", "float": "float", "bool": "bool", "object": "any",
           "dict": "any", "date": "date", "datetime": "datetime", "decimal.Decimal": "decimal", "bytes": "bytes",
           "file": "file", "FormFile": "file"}


class Service:
    """One version of a service as the official package has it."""

    def __init__(self, case):
        self.package = f"{case['unpack'].strip('/')}.{case['version']}"
        self.module = importlib.import_module(self.package)
        self.model = importlib.import_module(f"{self.package}.model")
        operation = case["operation"]["name"] if isinstance(case["operation"], dict) else case["operation"]
        self.client, self.http_info, self.method = self.find(operation + "Response")

    def find(self, response):
        """The client with the operation of this response class, and the names of its two methods."""
        for value in vars(self.module).values():
            is_client = isinstance(value, type) and issubclass(value, Client) and not value.__name__.endswith("AsyncClient")
            for name in dir(value) if is_client else ():
                if name.endswith("_http_info") and response in getattr(value, name).__func__.__code__.co_consts:
                    return value, name, name.removeprefix("_").removesuffix("_http_info")
        raise LookupError(f"no client of {self.package} has an operation that answers with {response}")

    def cls(self, name):
        return getattr(self.model, name)


def expression(kind):
    """A type of `openapi_types` as a type expression of the catalog."""
    if kind.startswith("list["):
        return "[" + expression(kind[5:-1]) + "]"
    if kind.startswith("dict("):
        return "{" + expression(kind[5:-1].partition(",")[2].strip()) + "}"
    return SCALARS.get(kind, "#" + kind)


def fields(cls):
    """Attribute, wire name, type expression and the flags that a class knows, in their order."""
    required, sensitive = required_by(cls), set(cls.sensitive_list)
    for attribute, kind in cls.openapi_types.items():
        flags = ("r" if attribute in required else "") + ("s" if attribute in sensitive else "")
        yield attribute, cls.attribute_map[attribute], expression(kind), flags


def required_by(cls):
    """The attributes that `__init__` sets although nothing was given."""
    seen = set()

    class Watched(cls):
        def __setattr__(self, name, value):
            seen.add(name)
            super().__setattr__(name, value)

    # An answer that is a stream wants the stream.
    Watched(*[None] if issubclass(cls, SdkStreamResponse) else [])
    return seen & set(cls.openapi_types)


# --- kind `structures` ----------------------------------------------------------------------------

def structures(case):
    service, comparison = Service(case), Comparison(case)
    request = service.cls(case["operation"]["name"] + "Request")
    compare_request(service, comparison, request)
    compare_response(service, comparison)
    for name, definition in case["types"].items():
        compare_type(comparison, definition, name, service.cls(name), comparison.case["response_headers_of"].get(name))
    return comparison.answer()


def compare_request(service, comparison, cls):
    """Calls `_x_http_info` with a request whose every attribute is set, and compares where each of them goes."""
    operation = comparison.operation
    request = cls()
    marks = {attribute: f"value of {attribute}" for attribute in cls.openapi_types}
    for attribute, mark in marks.items():
        setattr(request, attribute, mark)
    info = getattr(service.client, service.http_info)(request)
    comparison.same("method", "", operation["method"], info["method"])
    comparison.same("path", "", operation["path"], info["resource_path"])
    placed = dict(places(info, marks, cls))
    official = {}
    for attribute, wire, kind, flags in fields(cls):
        # The client writes its own content type over a parameter of that name.
        unplaced = "header" if wire == "Content-Type" else "nowhere"
        place, sent = placed.get(attribute, (unplaced, wire))
        official[place, sent] = (kind, flags, info["collection_formats"].get(sent, ""))
    body = official.pop(("body", "body"), (None, "", ""))
    ours = {(param["in"], param["name"]): (param["type"], param["flags"], param.get("style", ""))
            for param in operation["params"]}
    comparison.same("body", "", operation["body"], body[0])
    comparison.same_set("parameter names", "", map(str, ours), map(str, official))
    for key in ours.keys() & official.keys():
        comparison.same("parameter", str(key), ours[key], official[key])
    comparison.same("content type", "", http_utils.select_header_content_type(operation["consumes"]) or "",
                    info["header_params"].get("Content-Type", "") if body[0] else
                    http_utils.select_header_content_type(operation["consumes"]) or "")
    comparison.same_set("response headers", "", operation["response_headers"], set(info["response_headers"]) &
                        set(service.cls(info["response_type"]).attribute_map.values()))


def places(info, marks, cls):
    """The attribute behind every mark that `http_info` carries: place and wire name."""
    attributes = {mark: attribute for attribute, mark in marks.items()}
    for place, pairs in (("path", info["path_params"].items()), ("query", info["query_params"]),
                         ("header", info["header_params"].items())):
        for wire, mark in pairs:
            if mark in attributes:
                yield attributes[mark], (place, wire)
    if info["cname"] in attributes:
        attribute = attributes[info["cname"]]
        yield attribute, ("host", cls.attribute_map[attribute])
    if info["body"] in attributes:
        yield attributes[info["body"]], ("body", "body")


def compare_response(service, comparison):
    operation = comparison.operation
    cls = service.cls(operation["name"] + "Response")
    attributes = [field for field in fields(cls) if field[1] not in operation["response_headers"]]
    if operation["response_root"]:
        comparison.same("root answer", "", [operation["response"]], [kind for _, _, kind, _ in attributes])
    elif operation["response"] is None:
        comparison.same("empty answer", "", [], [wire for _, wire, _, _ in attributes if not operation["stream"]
                                                if wire not in operation["response_headers"]])
    else:
        comparison.same("answer", "", operation["response"], "#" + cls.__name__)


def compare_type(comparison, definition, name, cls, headers):
    """One structure or enumeration, field by field."""
    if definition["kind"] == "enum":
        comparison.same_set("values", name, map(str, definition["values"]), map(str, enum_values(cls)))
        return
    official = {wire: (kind, flags + ("h" if headers and wire in headers else ""))
                for _, wire, kind, flags in fields(cls)}
    ours = {wire: (kind, flags) for wire, kind, flags in definition["fields"]}
    comparison.same("field names", name, list(ours), list(official))
    for wire in ours.keys() & official.keys():
        comparison.same("field", f"{name}.{wire}", ours[wire], official[wire])


def enum_values(cls):
    """The constants of an enumeration; those of a class of strings carry their own text."""
    found = []
    for name, value in vars(cls).items():
        if name.startswith("__") or name in ("sensitive_list", "openapi_types", "attribute_map", "IS_ENUM"):
            continue
        if not callable(value) and not isinstance(value, (property, classmethod, staticmethod)):
            found.append(value)
    return found


def call(case):
    from . import huawei_calls
    return huawei_calls.call(Service(case), case)
