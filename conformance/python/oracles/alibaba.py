"""Alibaba Cloud: the OpenAPI client of `alibabacloud-tea-openapi` and its utilities."""

import base64
import hmac
import io
import json
from types import SimpleNamespace

from alibabacloud_credentials.models import CredentialModel
from alibabacloud_tea_openapi import utils
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.utils import Utils
from alibabacloud_tea_openapi.utils_models import Config, GlobalParameters, OpenApiRequest, Params
from darabonba.core import DaraCore
from darabonba.exceptions import RetryError
from darabonba.policy import retry as policies
from darabonba.policy.retry import RetryOptions
from darabonba.request import DaraRequest
from darabonba.runtime import ExtendsParameters, RuntimeOptions

from . import frozen
from .captured import Captured, base64_text, body_bytes, capture

ENDPOINT = "ecs.cn-hangzhou.aliyuncs.com"
seen = {}


def recording_hmac(key, message, digestmod):
    """Every HMAC signature of this SDK is one HMAC over the string to sign."""
    seen["string_to_sign"] = message.decode("utf-8")
    return hmac.new(key, message, digestmod)


def recording_rsa(plaintext, secret):
    seen["string_to_sign"] = plaintext.decode("utf-8")
    return rsa_of_sdk(plaintext, secret)


def recording_hash(raw, algorithm):
    """V3 hashes the payload first and the canonical request last."""
    seen["hashed"] = raw
    return hash_of_sdk(raw, algorithm)


def capturing_do_action(request, _):
    """Called with the finished request. Past this point there is only the HTTP library, which refuses
    header values with leading blanks and removes dot segments from the path."""
    if seen.pop("breaks_once", False):
        raise RetryError("scripted")
    raise Captured(request)


rsa_of_sdk, hash_of_sdk = utils.rsa_sign, Utils.hash
utils.rsa_sign = recording_rsa
utils.hmac = SimpleNamespace(new=recording_hmac)
Utils.hash = staticmethod(recording_hash)
Utils.get_nonce = staticmethod(lambda: seen["nonce"])
Utils._Utils__get_default_agent = staticmethod(lambda: seen["user_agent"])
DaraCore.do_action = staticmethod(capturing_do_action)
DaraCore.sleep = staticmethod(lambda milliseconds: None)


def special(value):
    """Replace the `$base64` notation by bytes."""
    if isinstance(value, list):
        return [special(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$base64" in value:
        return base64.b64decode(value["$base64"])
    return {k: special(v) for k, v in value.items()}


def client(case):
    spec = {"endpoint": ENDPOINT, **case["config"]}
    if "global_parameters" in spec:
        spec["global_parameters"] = GlobalParameters(**spec["global_parameters"])
    credential = case["credential"]
    if credential is not None:
        model = CredentialModel(**credential)
        spec["credential"] = SimpleNamespace(get_credential=lambda: model)
    if "retried_after_ms" in case:
        backoff = {"policy": "Fixed", "period": case["retried_after_ms"]}
        condition = {"maxAttempts": 2, "exception": ["RetryError"], "backoff": backoff}
        spec["retry_options"] = RetryOptions({"retryCondition": [condition]})
    return Client(Config(**spec))


def runtime(case):
    extends = case.get("runtime", {}).get("extends_parameters")
    return RuntimeOptions(extends_parameters=ExtendsParameters(**extends) if extends else None)


def open_api_request(spec):
    stream = spec.get("stream_base64")
    return OpenApiRequest(headers=spec.get("headers"), query=spec.get("query"), body=special(spec.get("body")),
                          stream=io.BytesIO(base64.b64decode(stream)) if stream is not None else None)


def send(case):
    """Make the call on the capturing transport and return the SDK's request object and its outcome."""
    frozen.set_text(case["clock"])
    seen.clear()
    seen.update(nonce=case["nonce"], user_agent=case["user_agent"], breaks_once="retried_after_ms" in case)
    request = capture(client(case).call_api, Params(**case["params"]), open_api_request(case["request"]),
                      runtime(case))
    data = body_bytes(request.body)
    out = {"method": request.method, "protocol": request.protocol, "pathname": request.pathname,
           "url": DaraCore.compose_url(request), "query": request.query, "headers": request.headers,
           "body_b64": base64_text(data)}
    out.update(body_members(request.body, data))
    return request, out


def body_members(body, data):
    """`body` as text where it is text, else `body_base64`; null where there is none."""
    if body is None:
        return {"body": None}
    try:
        return {"body": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_base64": base64_text(data)}


# --- signature V3 --------------------------------------------------------------------------------

def v3_facts(authorization):
    """What the last V3 signature was made of."""
    _, _, tail = authorization.partition("SignedHeaders=")
    signed_headers, _, signature = tail.partition(",Signature=")
    return {"canonical_request": seen["hashed"].decode("utf-8"), "string_to_sign": seen["string_to_sign"],
            "signed_headers": signed_headers, "signature": signature, "authorization": authorization}


def minimal(request, case):
    """The same request signed by the SDK's own signer over the documented headers only."""
    documented = DaraRequest()
    documented.method, documented.pathname, documented.query = request.method, request.pathname, request.query
    documented.headers = {k: v for k, v in request.headers.items() if is_documented(k.lower())}
    algorithm = case["config"].get("signature_algorithm") or "ACS3-HMAC-SHA256"
    credential = case["credential"]
    return v3_facts(Utils.get_authorization(
        documented, algorithm, request.headers["x-acs-content-sha256"],
        credential["access_key_id"], credential["access_key_secret"]))


def is_documented(name):
    return name.startswith("x-acs-") or name in ("host", "content-type")


def call_v3(case):
    request, out = send(case)
    authorization = request.headers.get("Authorization")
    if authorization is not None:
        out.update(v3_facts(authorization))
        out["minimal"] = minimal(request, case)
    return out


def sign_v3(case):
    seen.clear()
    request = DaraRequest()
    request.method, request.pathname = case["method"], case["pathname"]
    request.query, request.headers = case["query"], case["headers"]
    return v3_facts(Utils.get_authorization(
        request, case["algorithm"], case["payload_hash"], case["access_key_id"], case["access_key_secret"]))


# --- signatures 1.0 ------------------------------------------------------------------------------

def call_rpc(case):
    request, out = send(case)
    if "string_to_sign" in seen:
        out.update(string_to_sign=seen["string_to_sign"], signature=request.query["Signature"])
    return out


def call_roa(case):
    request, out = send(case)
    if "string_to_sign" in seen:
        out.update(string_to_sign=seen["string_to_sign"], authorization=request.headers["authorization"])
    return out


# --- retry ---------------------------------------------------------------------------------------

def retry(case):
    """Every attempt ends with the case's failure; the SDK tells each attempt of the wait before it."""
    failure, waits = case["exceptions"][0], []

    def failing_do_action(request, _):
        waits.append(int(request.headers.get("x-acs-retry-delay", 0)))
        if len(waits) >= case["cap_attempts"]:
            raise Captured(request)
        return failed(failure)

    options = case["retry_options"]
    config = {"retry_options": None if options is None else RetryOptions(options)}
    credential = {"type": "access_key", "access_key_id": "id", "access_key_secret": "secret"}
    policies.random = SimpleNamespace(randint=lambda least, most: most if case["rand"] == "max" else least)
    seen.update(nonce="fixed-nonce", user_agent="agent")
    DaraCore.do_action = staticmethod(failing_do_action)
    try:
        client({"config": config, "credential": credential}).call_api(RETRIED, OpenApiRequest(), RuntimeOptions())
    except TypeError:
        raise
    except Exception:  # what it ends with is compared by `error_parse`
        pass
    finally:
        DaraCore.do_action = staticmethod(capturing_do_action)
    return {"attempts": len(waits), "delay_before_attempt_ms": waits}


RETRIED = Params(action="RunInstances", version="2014-05-26", protocol="HTTPS", pathname="/", method="POST",
                 auth_type="AK", style="RPC", req_body_type="formData", body_type="json")


def failed(failure):
    """The answer, or the broken connection, behind an exception of that name."""
    if failure["name"] == "RetryError":
        raise RetryError("scripted")
    wait = failure.get("retry_after")
    return SimpleNamespace(
        status_code=500 if failure["name"] == "ServerException" else 400,
        headers={} if wait is None else {"x-acs-retry-after": str(wait)},
        body=json.dumps({"Code": failure.get("code"), "Message": "m", "RequestId": "r"}).encode("utf-8"))


# --- flattening ----------------------------------------------------------------------------------

FLATTEN = {
    "query": lambda case, value: Utils.query(value),
    "form": lambda case, value: Utils.to_form(value),
    "array_to_string": lambda case, value:
        Utils.array_to_string_with_specified_style(value, case["prefix"], case["style"]),
    "map_to_flat_style": lambda case, value: Utils.map_to_flat_style(value),
    "encode_path": lambda case, value: Utils.get_encode_path(value),
    "encode_param": lambda case, value: Utils.get_encode_param(value),
}


def flatten(case):
    return FLATTEN[case["fn"]](case, special(case["value"]))


RUNNERS = {"call_v3": call_v3, "call_rpc": call_rpc, "call_roa": call_roa, "sign_v3": sign_v3, "retry": retry,
           "flatten": flatten}
