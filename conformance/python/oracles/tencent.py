"""Tencent Cloud: the generic client of `tencentcloud-sdk-python-common`.

Clients are built with the case's profile: `sign_method`, `gateway` (the SDK's `apigw_endpoint`), `host`, `scheme`,
`method`, `language`, `unsigned_payload`.

`sign_tc3` takes two forms of input. With `params` (and `method`) the SDK serialises the parameters
itself, which is the client-level case; with `body`, `body_b64` or `query` the bytes are finished
and only signed and sent. `action` absent means: test the bare signing function.
"""

import base64
import datetime
import hashlib
import json
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlencode

import requests
from tencentcloud.common import abstract_client
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.http.request import RequestInternal
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from . import frozen
from .captured import CapturingAdapter, base64_text, body_bytes, capture, sdk_headers

seen = {}


class Finished(str):
    """Text that is already serialised: the SDK's serialisers return it unchanged."""

    def __deepcopy__(self, _):
        return self


def unless_finished(serialise):
    return lambda value: str(value) if isinstance(value, Finished) else serialise(value)


def recording_sha256(data):
    """The SDK hashes the payload first and the canonical request last."""
    seen.setdefault("hashed", []).append(data)
    return hashlib.sha256(data)


def recording_sign_tc3(secret_key, date, service, string_to_sign):
    seen["string_to_sign"] = string_to_sign
    seen["signature"] = sign_tc3_of_sdk(secret_key, date, service, string_to_sign)
    return seen["signature"]


sign_tc3_of_sdk = abstract_client.Sign.sign_tc3
abstract_client.Sign.sign_tc3 = staticmethod(recording_sign_tc3)
abstract_client.hashlib = SimpleNamespace(sha256=recording_sha256)
abstract_client.urlencode = unless_finished(urlencode)
abstract_client.json = SimpleNamespace(dumps=unless_finished(json.dumps), loads=json.loads)


class Drawn:
    """A UUID: as text it is the case's trace id, as 32 hex digits the case's boundary."""

    def __str__(self):
        return str(seen["trace_id"])

    @property
    def hex(self):
        return seen["boundary"]


def recording_sign(secret_key, string_to_sign, method):
    seen["string_to_sign"] = string_to_sign
    seen["signature"] = sign_of_sdk(secret_key, string_to_sign, method)
    return seen["signature"]


sign_of_sdk = abstract_client.Sign.sign
abstract_client.Sign.sign = staticmethod(recording_sign)
abstract_client.uuid = SimpleNamespace(uuid4=Drawn)
abstract_client.random = SimpleNamespace(randint=lambda least, most: seen["nonce"])

SESSION = requests.Session()
SESSION.mount("https://", CapturingAdapter())
SESSION.mount("http://", CapturingAdapter())


def client(case):
    """The generic client as a user builds it, on the capturing transport."""
    http = HttpProfile(protocol=case.get("scheme"), endpoint=case["host"], reqMethod=case["method"])
    http.apigw_endpoint = case.get("gateway")
    profile = ClientProfile(httpProfile=http, language=case.get("language") or "zh-CN",
                            signMethod=case.get("sign_method") or "TC3-HMAC-SHA256")
    profile.language = case.get("language")
    profile.unsignedPayload = case.get("unsigned_payload", False)
    credential = None
    if case["secret_id"] is not None:
        credential = Credential(case["secret_id"], case["secret_key"], case.get("token"))
    built = CommonClient(case["service"], case.get("version", ""), credential, case.get("region") or "", profile)
    built.request.conn._session = SESSION
    if "request_client" in case:
        built.request_client = case["request_client"]
    return built


def signing_facts():
    """What the last signature was made of; empty when nothing was signed."""
    if "signature" not in seen:
        return {}
    payload, canonical = seen["hashed"][0], seen["hashed"][-1]
    return {
        "payload_sha256": hashlib.sha256(payload).hexdigest(),
        "canonical_request": canonical.decode("utf-8"),
        "canonical_request_sha256": hashlib.sha256(canonical).hexdigest(),
        "string_to_sign": seen["string_to_sign"],
        "signature": seen["signature"],
    }


def begin(case):
    """What the case says about time and chance."""
    frozen.set_unix(case["timestamp"])
    seen.clear()
    seen.update({name: case.get(name) for name in ("trace_id", "boundary", "nonce")})


def sign_tc3(case):
    begin(case)
    if "action" not in case:
        return sign_finished(case)
    sent = capture(send, client(case), case)
    headers = sdk_headers(sent.headers)
    out = {"method": sent.method, "url": sent.url, "headers": headers, "authorization": headers["Authorization"],
           "body_b64": base64_text(body_bytes(sent.body))}
    out.update(signing_facts())
    return out


def send(built, case):
    """Make the call; it ends in `Captured`."""
    headers = dict(case.get("extra_headers") or {})
    if "body_b64" in case:
        return built.call_octet_stream(case["action"], headers, base64.b64decode(case["body_b64"]))
    options = {"SkipSign": True} if case.get("skip_sign") else {}
    return built.call_json(case["action"], parameters(case), headers=headers, options=options)


def parameters(case):
    if "params" in case:
        return case["params"]
    return Finished(case["query"] if case["method"] == "GET" else case["body"])


def multipart(case):
    begin(case)
    parameters = {name: base64.b64decode(part["b64"]) if "b64" in part else part["value"]
                  for name, part in case["params"].items()}
    options = {"IsMultipart": True, "BinaryParams": case["binary_params"]}
    if case.get("skip_sign"):
        options["SkipSign"] = True
    headers = dict(case.get("extra_headers") or {})
    sent = capture(client(case).call_json, case["action"], parameters, headers=headers, options=options)
    headers = sdk_headers(sent.headers)
    return {"content_type": headers["Content-Type"], "headers": headers, "authorization": headers["Authorization"],
            "body_b64": base64_text(body_bytes(sent.body)), **signing_facts()}


def sign_v1(case):
    begin(case)
    headers = dict(case.get("extra_headers") or {})
    sent = capture(client(case).call_json, case["action"], case["params"], headers=headers)
    url, _, query = sent.url.partition("?")
    encoded = query if sent.method == "GET" else body_bytes(sent.body).decode("utf-8")
    headers = sdk_headers(sent.headers)
    return {"string_to_sign": seen["string_to_sign"], "signature": seen["signature"], "encoded": encoded,
            "wire_params": dict(parse_qsl(encoded, keep_blank_values=True, strict_parsing=True)),
            "content_type": headers["Content-Type"], "url": url, "headers": headers}


def sign_finished(case):
    """The bare signing function over a request that nothing else touches."""
    request = RequestInternal(case["host"], case["method"], case["path"], data=case["body"])
    request.header = {"Content-Type": case["content_type"], "Host": case["host"],
                      "X-TC-Timestamp": str(case["timestamp"])}
    date = datetime.datetime.utcnow().strftime("%Y-%m-%d")
    signature = client(case)._get_tc3_signature(None, request, date, case["service"], case["secret_key"])
    return {**signing_facts(), "authorization": (
        f"TC3-HMAC-SHA256 Credential={case['secret_id']}/{date}/{case['service']}/tc3_request, "
        f"SignedHeaders=content-type;host, Signature={signature}")}


FLATTENER = CommonClient("cvm", "2017-03-12", None, "")


def serialize_query(case):
    flat = FLATTENER._fix_params(case["params"])
    return {"flat": [[k, str(v)] for k, v in flat.items()], "query": urlencode(flat)}


RUNNERS = {"sign_tc3": sign_tc3, "sign_v1": sign_v1, "multipart": multipart, "serialize_query": serialize_query}
