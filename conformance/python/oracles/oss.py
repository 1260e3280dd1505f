"""OSS: the signers of `alibabacloud_oss_v2` and the requests of its client.

Requests are taken as the SDK gives them to its transport, keys byte for byte; the HTTP library
behind that transport removes dot segments from the path, which is not shown here.
"""

import base64
import datetime
import mimetypes
import re
from urllib.parse import urlsplit

import alibabacloud_oss_v2 as oss
from alibabacloud_oss_v2 import models
from alibabacloud_oss_v2.credentials import AnonymousCredentialsProvider, StaticCredentialsProvider
from alibabacloud_oss_v2.exceptions import OperationError
from alibabacloud_oss_v2.signer import SignerV1, SignerV4
from alibabacloud_oss_v2.signer.tables_v4 import TablesSignerV4
from alibabacloud_oss_v2.signer.vectors_v4 import VectorsSignerV4
from alibabacloud_oss_v2.types import Credentials, HttpClient, HttpRequest, OperationInput, SigningContext

from . import frozen
from .captured import Captured, base64_text, body_bytes, capture, sdk_headers

# Python's own table of types only: the files of the machine would change the guessed types.
mimetypes.init(files=[])

NOW = "2023-12-16T16:20:57Z"
seen = {}


def record(cls, name, member):
    """Keep what a method of a signer returned."""
    original = getattr(cls, name)

    def wrapped(self, *args, **kwargs):
        seen[member] = original(self, *args, **kwargs)
        return seen[member]

    setattr(cls, name, wrapped)


for signer_class in (SignerV4, VectorsSignerV4, TablesSignerV4):
    record(signer_class, "_calc_canonical_request", "canonical_request")
    record(signer_class, "_calc_signature", "signature")
    record(signer_class, "_calc_string_to_sign", "string_to_sign")
record(SignerV1, "_calc_string_to_sign", "string_to_sign")
record(SignerV1, "_calc_signature", "signature")


def text_or_base64(data):
    try:
        return {"body": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body_b64": base64_text(data)}


def sorted_query(url):
    """The encoded pairs of a URL's query, sorted."""
    query = urlsplit(url).query
    return sorted([name, value] for name, _, value in (pair.partition("=") for pair in query.split("&")) if query)


def target(url):
    """Scheme, host, raw path and sorted query of a URL; the path is not normalised."""
    scheme, host, path = re.match(r"([^:]+)://([^/?]*)([^?]*)", url).groups()
    return {"url": url, "scheme": scheme, "host": host, "path": path, "query": sorted_query(url)}


# --- the signers ---------------------------------------------------------------------------------

def signer(case, default):
    return {"vectors": lambda: VectorsSignerV4(account_id=case.get("account_id")),
            "tables": TablesSignerV4}.get(case.get("signer"), default)()


def signing_context(case, query):
    """A finished request with everything a signer needs to know about it."""
    frozen.set_text(case["time"])
    seen.clear()
    context = SigningContext(
        product=case.get("product"), region=case.get("region"), bucket=case["bucket"], key=case["key"],
        request=HttpRequest(case["method"], case["url"], headers=case["headers"]),
        credentials=Credentials(case["access_key_id"], case["access_key_secret"], case.get("security_token")),
        signing_time=frozen.parse(case["time"]), additional_headers=case.get("additional_headers"))
    context.sub_resource = case.get("sub_resource", [])
    context.auth_method_query = query
    if "expiration" in case:
        context.expiration_time = frozen.parse(case["expiration"])
    return context


def sign_header(case, default):
    context = signing_context(case, query=False)
    before = dict(context.request.headers)
    signer(case, default).sign(context)
    headers = context.request.headers
    changed = {k.lower(): v for k, v in headers.items() if before.get(k) != v}
    return {**seen, "authorization": headers["Authorization"], "headers_set": changed}


def sign_query(case, default):
    context = signing_context(case, query=True)
    signer(case, default).sign(context)
    out = {**seen, **target(context.request.url)}
    if default is SignerV1:
        out["signature"] = dict(out["query"])["Signature"]
    return out


# --- the client ----------------------------------------------------------------------------------

class CapturingHttpClient(HttpClient):
    def send(self, request, **_):
        raise Captured(request)

    def open(self):
        pass

    def close(self):
        pass


def client(config):
    """A client from the option names of the vectors, on the capturing transport."""
    spec = {"region": "cn-hangzhou", **config}
    key_id, secret = spec.pop("access_key_id", "ak"), spec.pop("access_key_secret", "sk")
    token = spec.pop("security_token", None)
    if spec.pop("anonymous", False):
        provider = AnonymousCredentialsProvider()
    else:
        provider = StaticCredentialsProvider(key_id, secret, token)
    return oss.Client(oss.Config(credentials_provider=provider, http_client=CapturingHttpClient(), **spec))


def start(case):
    frozen.set_text(case.get("now", NOW))
    seen.clear()
    return client(case.get("config", {}))


def with_error(run):
    """Turn an error into the vectors' form: class name and field, without the wrapper of the operation."""
    def wrapped(case):
        try:
            return run(case)
        except Exception as error:
            if isinstance(error, OperationError):
                error = error.kwargs["error"]
            out = {"error_type": type(error).__name__, "message": str(error)}
            out.update({k: v for k, v in getattr(error, "kwargs", {}).items() if k == "field"})
            return {"error": out}

    return wrapped


OPERATIONS = {"PutObject", "GetObject", "HeadObject", "DeleteObject", "ListObjectsV2",
              "PutBucket", "DeleteBucket", "ListBuckets"}
NESTED = {"create_bucket_configuration": models.CreateBucketConfiguration}


def request_model(operation, params):
    """The request object of an operation from its fields in snake_case."""
    fields = {k: NESTED[k](**v) if k in NESTED else special(v) for k, v in params.items()}
    return getattr(models, f"{operation}Request")(**fields)


def special(value):
    """Replace the `$b64` and `$time` notations."""
    if isinstance(value, dict) and "$b64" in value:
        return base64.b64decode(value["$b64"])
    if isinstance(value, dict) and "$time" in value:
        return frozen.parse(value["$time"])
    return value


def snake(operation):
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).lower()


def request(case):
    """One call; the answer to an operation that is not covered is `NotImplementedError`."""
    if case.get("client", "oss") != "oss" or case["operation"] not in OPERATIONS:
        raise NotImplementedError(case["operation"])
    return request_of_basic_operation(case)


@with_error
def request_of_basic_operation(case):
    call = getattr(start(case), snake(case["operation"]))
    sent = capture(call, request_model(case["operation"], case["params"]))
    data = body_bytes(sent.body)
    headers = sdk_headers(sent.headers, keep=["content-length", "accept-encoding"])
    out = {"method": sent.method, **target(sent.url), "headers": {k.lower(): v for k, v in headers.items()}, **seen}
    out["body_type"] = body_type(data)
    if data:
        out.update(text_or_base64(data))
    return out


def body_type(data):
    if not data:
        return "none"
    return "xml" if data.startswith(b"<") else "bytes"


@with_error
def presign(case):
    options = {}
    if "expires_seconds" in case:
        options["expires"] = datetime.timedelta(seconds=case["expires_seconds"])
    if "expiration" in case:
        options["expiration"] = frozen.parse(case["expiration"])
    result = start(case).presign(request_model(case["operation"], case["params"]), **options)
    expiration = result.expiration and result.expiration.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"method": result.method, **target(result.url), **seen, "expiration": expiration,
            "signed_headers": {k.lower(): v for k, v in result.signed_headers.items()}}


STYLES = {1: "virtual", 2: "path", 3: "cname", 4: "virtual-alias"}


@with_error
def endpoint(case):
    inner = start(case)._client
    call = OperationInput(op_name="GetObject", method="GET", bucket=case["bucket"], key=case["key"])
    inner.verify_operation(call, inner._options)
    context = inner.build_request_context(call, inner._options, inner._inner)
    return {"url": context.request.url, "address_style": STYLES[inner._options.address_style],
            "product": context.product, "region": context.region}


RUNNERS = {
    "sign_v4": lambda case: sign_header(case, SignerV4),
    "sign_v1": lambda case: sign_header(case, SignerV1),
    "presign_v4": lambda case: sign_query(case, SignerV4),
    "presign_v1": lambda case: sign_query(case, SignerV1),
    "request": request,
    "presign": presign,
    "endpoint": endpoint,
}
