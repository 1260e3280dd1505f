"""Tencent Cloud: `tencentcloud.<service>.<version>`, its model classes and its clients."""

import importlib
import re
import warnings

from tencentcloud.common.abstract_client import AbstractClient
from tencentcloud.common.abstract_model import AbstractModel

from .comparing import Comparison

# What the property of a member says about its type, and the types of the catalog that this can stand for.
SCALARS = {"string": "str", "int": "int", "uint": "int", "float": "float", "bool": "bool", "date": "str",
           "datetime": "str", "datetime-iso": "str", "file": "binary", "bytes": "binary"}


class Service:
    """One version of a service as the official package has it."""

    def __init__(self, case):
        self.package = f"tencentcloud.{case['service']}.{case['version']}"
        self.models = importlib.import_module(f"{self.package}.models")
        module = importlib.import_module(f"{self.package}.{case['service']}_client")
        (self.client,) = [value for value in vars(module).values()
                          if isinstance(value, type) and value.__module__ == module.__name__
                          and issubclass(value, AbstractClient)]

    def cls(self, name):
        return getattr(self.models, name)


def members(cls):
    """The members in their order: attribute without its underscore, which is the wire name too."""
    return [name[1:] for name in vars(cls()) if name != "_headers"]


def expression(cls, member):
    """The type that deserialising a document shows: a structure, a list of structures, or what `__init__` says."""
    one = deserialised(cls, member, {})
    if isinstance(one, AbstractModel):
        return "#" + type(one).__name__
    if one == []:
        (element,) = deserialised(cls, member, [{}])
        return "[#" + type(element).__name__ + "]"
    plain = re.search(rf":type {member}: (.+)", cls.__init__.__doc__)
    found = re.fullmatch(r"((?:list of )*)(\w+)( non-negative)?", plain.group(1).strip() if plain else "")
    if not found:
        return plain and plain.group(1)
    depth = found.group(1).count("list of ")
    return "[" * depth + found.group(2) + "]" * depth


def is_withdrawn(cls, member):
    """Whether the class warns when the member is looked at."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        getattr(cls(), member)
    return any("is deprecated" in str(warning.message) for warning in seen)


def deserialised(cls, member, value):
    built = cls()
    built._deserialize({member: value})
    return getattr(built, "_" + member)


def translated(expression):
    """A type of the catalog in the words of `expression`."""
    inner = expression.strip("[]")
    return expression.replace(inner, inner if inner.startswith("#") else SCALARS.get(inner, inner))


def structures(case):
    service, comparison = Service(case), Comparison(case)
    operation = comparison.operation
    comparison.same("method of the client", operation["name"], True, callable(getattr(service.client, operation["name"], None)))
    comparison.same("body", "", operation["body"], f"#{operation['name']}Request")
    comparison.same("answer", "", operation["response"], f"#{operation['name']}Response")
    comparison.same("version", "", case["api_version"], service.client._apiVersion)
    comparison.same("signing name", "", case["product"], service.client._service)
    for name, definition in case["types"].items():
        cls = service.cls(name)
        ours = {wire: translated(kind) for wire, kind, _ in definition["fields"]}
        withdrawn = {wire for wire, _, flags in definition["fields"] if "d" in flags}
        comparison.same_set("field names", name, ours, members(cls))
        for wire in ours.keys() & set(members(cls)):
            comparison.same("field", f"{name}.{wire}", ours[wire], expression(cls, wire))
            comparison.same("wire name", f"{name}.{wire}", wire, sent_as(cls, wire))
            comparison.same("withdrawn", f"{name}.{wire}", wire in withdrawn, is_withdrawn(cls, wire))
    return comparison.answer()


def sent_as(cls, member):
    """The name under which a member leaves the model."""
    built = cls()
    setattr(built, "_" + member, "value")
    (name,) = built._serialize()
    return name


def call(case):
    from . import tencent_calls
    return tencent_calls.call(Service(case), case)
