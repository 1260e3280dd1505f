"""Alibaba Cloud: one call of a typed client, up to what it sends and what it reads."""

import inspect
import io
import typing
from types import SimpleNamespace

from alibabacloud_credentials.models import CredentialModel
from alibabacloud_openapi_util import client as older_utils
from alibabacloud_tea_openapi import utils
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config
from darabonba.core import DaraCore
from darabonba.response import DaraResponse
from darabonba.runtime import RuntimeOptions
from Tea.model import TeaModel

from oracles import frozen
from oracles.captured import base64_text, body_bytes

from .alibaba import wire_names
from .sending import Text, decoded, outcome, reply_bytes

utils.str = older_utils.str = Text
now = {}


def answering_do_action(request, _):
    """Called with the finished request; past this point there is only the HTTP library."""
    now["sent"] = request
    response = DaraResponse()
    response.status_code, response.status_message = now["reply"]["status"], "OK"
    response.headers = {name.lower(): value for name, value in now["reply"]["headers"].items()}
    response.body = io.BytesIO(reply_bytes(now["reply"]))
    return response


Utils.get_nonce = staticmethod(lambda: now["nonce"])
Utils._Utils__get_default_agent = staticmethod(lambda: now["user_agent"])
DaraCore.do_action = staticmethod(answering_do_action)


def call(service, case, instead=None):
    frozen.set_unix(case["now"])
    now.clear()
    now.update(reply=case["reply"], nonce=case["nonce"], user_agent=case["user_agent"])
    model = CredentialModel(type="sts" if case["token"] else "access_key", access_key_id=case["id"],
                            access_key_secret=case["secret"], security_token=case["token"])
    config = Config(credential=SimpleNamespace(get_credential=lambda: model), region_id=case["region"])
    client = service.client(config)
    arguments = build_arguments(service, case, instead)
    return outcome(lambda: body_of(service.method(client, **arguments)), sent)


def trial(service, request, others=None):
    """What a call with this request and these other arguments would send."""
    case = {"now": 0, "nonce": "", "user_agent": "", "token": "", "id": "id", "secret": "secret", "region": "cn-hangzhou",
            "reply": {"status": 200, "headers": {}, "body": ""}, "body": None, "params": []}
    given = {name: "x" for name in service.arguments if name not in ("self", "headers", "tmp_header", "runtime")}
    argument, _ = service.request()
    if argument:
        request.validate = lambda: None
        given[argument] = request
    call(service, case, {**given, **(others or {})})
    return sent()


def sent():
    request = now.get("sent")
    if request is None:
        return None
    return {"method": request.method, "url": DaraCore.compose_url(request), "headers": decoded(request.headers),
            "query": {name: value for name, value in request.query.items() if value is not None},
            "body": base64_text(body_bytes(request.body))}


def body_of(response):
    """The answer as the model writes it itself."""
    return plain(response.to_map().get("body"))


def plain(value):
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "read"):
        value = value.read()
    return base64_text(value) if isinstance(value, bytes) else value


def build_arguments(service, case, instead):
    """The arguments of the method: those of path and host by their names, request, headers and options."""
    placed = {"path": {}, "host": {}, "header": {}, "query": {}, "body": {}}
    for place, wire, value in case["params"]:
        placed[place][wire] = value
    arguments = {**placed["path"], **placed["host"]}
    argument, cls = service.request()
    if instead:
        arguments.update(instead)
    elif argument:
        arguments[argument] = build_request(cls, {**placed["query"], **placed["body"]}, case["body"])
    argument, cls = service.headers()
    if argument:
        arguments[argument] = build(cls, placed["header"]) if cls else dict(placed["header"])
    # An argument that no request carries; the structures' comparison proves it.
    idle = set(service.arguments) - set(arguments) - {"self", "runtime", "tmp_req", "request"}
    arguments.update({name: "idle" for name in idle})
    if "runtime" in service.arguments:
        hint = service.hints.get("runtime")
        arguments["runtime"] = (hint if inspect.isclass(hint) else RuntimeOptions)()
    return arguments


def build_request(cls, values, body):
    """A request of the official class from values by their wire names."""
    if body is not None:
        # The attribute that no parameter has is the whole body.
        (wire,) = [wire for wire in attributes(cls) if wire not in body["others"]]
        is_bytes = attributes(cls)[wire][1] is bytes
        values = {**values, wire: body["value"].encode() if is_bytes else body["value"]}
    return build(cls, values)


KNOWN = {}


def attributes(cls):
    """Attribute and type by wire name."""
    if cls not in KNOWN:
        KNOWN[cls] = {wires[0].strip(): (attribute, hint) for attribute, wires, hint in wire_names(cls)}
    return KNOWN[cls]


def build(hint, value):
    """A value as a user of the official classes writes it: instances made with arguments. Keys are wire names."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if value is None:
        return None
    if origin is typing.Union:
        return build(arguments[0], value)
    if origin is list:
        return [build(arguments[0], item) for item in value]
    if origin is dict:
        return {key: build(arguments[1], item) for key, item in value.items()}
    if not (inspect.isclass(hint) and issubclass(hint, TeaModel)):
        return value
    known = attributes(hint)
    return hint(**{known[wire][0]: build(known[wire][1], item) for wire, item in value.items()})
