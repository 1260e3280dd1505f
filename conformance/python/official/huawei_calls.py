"""Huawei Cloud: one call of a typed client, up to what it sends and what it reads."""

import base64
import datetime
import importlib
import json
import pathlib
import pkgutil
from concurrent.futures import Future
from types import SimpleNamespace

import requests_toolbelt.multipart.encoder as multipart
import simplejson
from huaweicloudsdkcore import client as core
from huaweicloudsdkcore.auth import credentials
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkcore.signer.signer import Signer
from huaweicloudsdkcore.utils.http_utils import sanitize_for_serialization

from oracles import frozen

from .sending import Answering, Text, outcome

core.str = Text
core.json = SimpleNamespace(
    loads=simplejson.loads,
    dumps=lambda value, **options: simplejson.dumps(value, **options, ensure_ascii=False, separators=(",", ":")))
url_of_sdk = Signer.process_request_uri
given = {}


def recording_url(request):
    """The URL as the SDK made it; the HTTP library then removes dot segments from the path."""
    url_of_sdk(request)
    given["url"] = request.url


Signer.process_request_uri = staticmethod(recording_url)


class InlineExecutor:
    """Signs at once instead of in a thread."""

    def submit(self, function, *args):
        future = Future()
        future.set_result(function(*args))
        return future


def call(service, case):
    frozen.set_unix(case["now"])
    given.clear()
    multipart.uuid4 = lambda: SimpleNamespace(hex=case["boundary"])
    adapter = Answering()
    adapter.reply = case["reply"]
    client = connect(service, case, adapter)
    request = build_request(service, case)

    def make():
        response = getattr(client, service.method)(request)
        return sanitize(response)

    def sent():
        facts = adapter.facts()
        return facts and {**facts, "url": given.get("url", facts["url"])}

    return outcome(make, sent)


def sanitize(response):
    """The answer as the model would write it itself; decimals keep their digits."""
    return json.loads(simplejson.dumps(sanitize_for_serialization(response), use_decimal=True, default=str))


def connect(service, case, adapter):
    builder = service.client.new_builder()
    kind = builder._credential_type[0]
    builder = builder.with_credentials(credential(service, kind, case))
    if case["region"]:
        builder = builder.with_region(region(service, case["region"]))
    else:
        builder = builder.with_endpoints([case["endpoint"]])
    client = builder.build()
    client._config.user_agent, client._agent = "", {"User-Agent": case["user_agent"]}
    client._http_client._executor = InlineExecutor()
    client._http_client._session.mount("https://", adapter)
    client._http_client._session.mount("http://", adapter)
    return client


def credential(service, kind, case):
    """A credential of the first kind that the client accepts. Kinds of the package's own know no account."""
    account = {"BasicCredentials": case["project_id"], "GlobalCredentials": case["domain_id"]}
    if kind not in account:
        (module,) = [found for found in pkgutil.iter_modules(importlib.import_module(service.package).__path__)
                     if found.name.endswith("_credentials")]
        cls = getattr(importlib.import_module(f"{service.package}.{module.name}"), kind)
        return cls(case["id"], case["secret"]) if issubclass(cls, credentials.Credentials) else cls()
    built = getattr(credentials, kind)(case["id"], case["secret"], account[kind])
    if case["token"]:
        built.security_token = case["token"]
    return built


def region(service, name):
    """A region from the table of the service's own package."""
    folder = importlib.import_module(f"{service.package}.region")
    for module in pkgutil.iter_modules(folder.__path__):
        found = importlib.import_module(f"{folder.__name__}.{module.name}")
        for value in vars(found).values():
            if isinstance(value, type) and hasattr(value, "value_of") and value is not Region:
                return value.value_of(name)
    raise LookupError(f"{service.package} has no table of regions")


def build_request(service, case):
    cls = service.cls(case["operation"] + "Request")
    values = {wire: value for _, wire, value in case["params"]}
    given = {}
    for attribute, wire in cls.attribute_map.items():
        kind = cls.openapi_types[attribute]
        if wire == "body" and case["body"] is not None:
            given[attribute] = build(service, kind, case["body"]["value"])
        elif wire in values:
            given[attribute] = build(service, kind, values[wire])
    # As a user writes it: with the values as arguments.
    return cls(**given)


def build(service, kind, value):
    """A value as an instance of the official classes; keys are wire names."""
    if value is None:
        return None
    if kind.startswith("list["):
        return [build(service, kind[5:-1], item) for item in value]
    if kind.startswith("dict("):
        inner = kind[5:-1].partition(",")[2].strip()
        return {key: build(service, inner, item) for key, item in value.items()}
    cls = service.model.__dict__.get(kind)
    if cls is None or not cls.openapi_types:
        return value
    attributes = {wire: attribute for attribute, wire in cls.attribute_map.items()}
    return cls(**{attributes[wire]: build(service, cls.openapi_types[attributes[wire]], item)
                  for wire, item in value.items()})
