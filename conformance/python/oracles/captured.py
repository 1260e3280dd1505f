"""A transport that ends the call instead of sending: it raises `Captured` with the request.

`Captured` is no `Exception`, so the error handling and the retries of the SDKs let it pass.
"""

import base64

from requests.adapters import BaseAdapter

# Headers that belong to the HTTP library, not to the SDK.
LIBRARY_HEADERS = {"accept", "accept-encoding", "connection", "content-length", "transfer-encoding", "user-agent"}


class Captured(BaseException):
    """Carries the request an SDK was about to send."""

    def __init__(self, request):
        super().__init__()
        self.request = request


class CapturingAdapter(BaseAdapter):
    """Stands in for the connection pool of a `requests` session."""

    def send(self, request, **_):
        raise Captured(request)

    def close(self):
        pass


def capture(call, *args, **kwargs):
    """The request that `call` would have sent."""
    try:
        call(*args, **kwargs)
    except Captured as captured:
        return captured.request
    raise RuntimeError("the call ended without sending a request")


def sdk_headers(headers, keep=()):
    """The headers an SDK set itself, in order."""
    dropped = LIBRARY_HEADERS - set(keep)
    return {k: v for k, v in headers.items() if v is not None and k.lower() not in dropped}


def body_bytes(body):
    """The bytes of a body in any form an SDK hands to its transport."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8")
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if hasattr(body, "read"):
        return body.read()
    return b"".join(body)


def base64_text(data):
    """Standard Base64 as text."""
    return base64.b64encode(data).decode("ascii")
