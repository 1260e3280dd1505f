"""Huawei Cloud: the signers of `huaweicloudsdkcore` and the request building of its client."""

import base64
import datetime
import pathlib
import tempfile
from concurrent.futures import Future

import requests_toolbelt.multipart.encoder as multipart
from huaweicloudsdkcore.auth.credentials import BasicCredentials, DerivedCredentials, GlobalCredentials
from huaweicloudsdkcore.client import Client
from huaweicloudsdkcore.exceptions.exception_handler import DefaultExceptionHandler
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkcore.http.http_client import HttpClient
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer import signer as signers

from . import frozen
from .captured import CapturingAdapter, base64_text, body_bytes, capture, sdk_headers

TIME = "%Y%m%dT%H%M%SZ"
seen = {}


def record(cls, name, keep):
    """Wrap a method of a signer so that `keep(arguments, result)` goes into `seen`."""
    original = getattr(cls, name)

    def wrapped(self, *args):
        result = original(self, *args)
        seen.update(keep(args, result))
        return result

    setattr(cls, name, wrapped)


record(signers.Signer, "_process_canonical_request",
       lambda args, result: {"canonical_request": result, "signed_headers": ";".join(args[1])})
for signer_class in (signers.Signer, signers.P256SHA256Signer):
    record(signer_class, "_sign_string_to_sign",
           lambda args, result: {"string_to_sign": args[0], "signature": result, "key": args[1]})


def record_url():
    """Keep the URL as the SDK made it; the HTTP library then removes dot segments from the path."""
    original = signers.Signer.process_request_uri

    def wrapped(request):
        original(request)
        seen["url_given"] = request.url

    signers.Signer.process_request_uri = staticmethod(wrapped)


record_url()


def as_text(headers):
    """Undo the signer's way of getting UTF-8 through an HTTP library that encodes headers as Latin-1."""
    def text(value):
        try:
            return value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return value

    return {name: text(value) for name, value in headers.items()}


def signing_facts():
    """What the last signature was made of."""
    facts = {k: seen[k] for k in ("canonical_request", "string_to_sign", "signature", "signed_headers")}
    facts["canonical_request_hash"] = facts["string_to_sign"].rsplit("\n", 1)[1]
    return facts


# --- kind `sign` ---------------------------------------------------------------------------------

SIGNERS = {cls._ALGORITHM: cls for cls in
           (signers.Signer, signers.SM3Signer, signers.DerivationAKSKSigner,
            signers.P256SHA256Signer, signers.SM2SM3Signer)}


def vector_body(body):
    """The body that the notation of the vectors stands for."""
    if body is None:
        return None
    if "text" in body:
        return body["text"]
    if "base64" in body:
        return base64.b64decode(body["base64"])
    return body["repeat"]["unit"] * body["repeat"]["count"]


def sign(case):
    """Sign a finished request."""
    frozen.set_text(case["time"], TIME)
    seen.clear()
    request = SdkRequest(
        method=case["method"], schema=case["scheme"], host=case["host"], resource_path=case["path"],
        query_params=[tuple(pair) for pair in case["query"]], header_params=dict(case["headers"]),
        body=vector_body(case["body"]))
    algorithm = case["algorithm"]
    signer = SIGNERS[algorithm](BasicCredentials(case["ak"], case["sk"]))
    derived = case.get("derived")
    if derived:
        signer.sign(request, derived["service"], derived["region"])
    else:
        signer.sign(request)

    headers = as_text(request.header_params)
    out = signing_facts()
    out.update(uri=request.uri, url=request.url, method=request.method, headers=headers,
               authorization=headers["Authorization"], body_b64=base64_text(body_bytes(request.body)))
    if derived:
        out["derived_key"] = seen["key"]
    if isinstance(signer, signers.P256SHA256Signer):
        hide_random_signature(out, signer)
    return out


def hide_random_signature(out, signer):
    """The elliptic-curve signatures differ from call to call; keep what is the same every time."""
    out["authorization_prefix"] = out.pop("authorization").rsplit("Signature=", 1)[0] + "Signature="
    out["private_key"] = format(signer._derive_key(), "064x")
    del out["headers"]["Authorization"], out["signature"]


# --- kind `build_request` ------------------------------------------------------------------------

class InlineExecutor:
    """Signs at once instead of in a thread."""

    def submit(self, function, *args):
        future = Future()
        future.set_result(function(*args))
        return future


def capturing_http_client():
    client = HttpClient(HttpConfig(), None, DefaultExceptionHandler(), Client()._logger)
    client._executor = InlineExecutor()
    client._session.mount("https://", CapturingAdapter())
    client._session.mount("http://", CapturingAdapter())
    return client


HTTP = capturing_http_client()
FILES = tempfile.TemporaryDirectory()


def special(value):
    """Replace the `$datetime`, `$date` and `$file` notations."""
    if isinstance(value, list):
        return [special(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "$datetime" in value:
        return datetime.datetime.fromisoformat(value["$datetime"])
    if "$date" in value:
        return datetime.date.fromisoformat(value["$date"])
    if "$file" in value:
        return form_file(value["$file"])
    return {k: special(v) for k, v in value.items()}


def form_file(spec):
    path = pathlib.Path(FILES.name, spec["name"])
    path.write_bytes(base64.b64decode(spec["base64"]))
    return FormFile(str(path), spec.get("content_type"))


def credentials(spec):
    if spec["type"] == "basic":
        built = BasicCredentials(spec["ak"], spec["sk"], spec.get("project_id"))
    else:
        built = GlobalCredentials(spec["ak"], spec["sk"], spec.get("domain_id"))
    built.security_token = spec.get("security_token")
    derived = spec.get("derived")
    if derived:
        default = DerivedCredentials.get_default_derived_predicate()
        built.with_derived_predicate(default if derived["predicate"] == "default" else lambda _: True)
        built._derived_auth_service_name, built._region_id = derived["service"], derived["region"]
    return built


def client(case):
    """A client as `ClientBuilder` makes it, on the capturing transport."""
    spec = dict(case["config"])
    prefix = spec.pop("user_agent_prefix")
    built = Client().with_credentials(credentials(case["credential"])).with_config(HttpConfig(**spec))
    built.with_endpoints([case["endpoint"]])
    built._http_client = HTTP
    built.get_agent()["User-Agent"] = prefix
    return built


def build_request(case):
    """Let a client build, sign and send one call."""
    frozen.set_text(case["time"], TIME)
    seen.clear()
    multipart.uuid4 = lambda: Boundary(case.get("boundary"))
    body = special(case["body"])  # held here: a `FormFile` closes its file when it is dropped
    sent = capture(
        client(case).do_http_request, case["method"], case["resource_path"],
        path_params=special(case["path_params"]),
        query_params=[(k, special(v)) for k, v in case["query_params"]],
        header_params=special(case["header_params"]), body=body, cname=case["cname"],
        collection_formats=case["collection_formats"])
    headers = as_text(sdk_headers(sent.headers, keep=["user-agent"]))
    data = body_bytes(sent.body)
    out = {"method": sent.method, "url": sent.url, "body": body_notation(data), "body_b64": base64_text(data),
           "url_given": seen["url_given"], "authorization": headers.pop("Authorization"), "headers": headers}
    out.update(signing_facts() if "signature" in seen else {"canonical_request": None})
    return out


def body_notation(data):
    """A body in the notation of the vectors."""
    try:
        return {"text": data.decode("utf-8")} if data else None
    except UnicodeDecodeError:
        return {"base64": base64_text(data)}


class Boundary:
    """Looks like a UUID to the multipart encoder."""

    def __init__(self, hex):
        self.hex = hex


def setup(case):
    """What an environment and files lead to; the packages it needs are loaded only then."""
    from . import huawei_setup

    return huawei_setup.setup(case)


RUNNERS = {"sign": sign, "build_request": build_request, "setup": setup}
