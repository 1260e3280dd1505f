"""What the typed clients of all clouds need to be looked at: a transport that keeps the request and gives the case's
reply, and two listed accidents of the official code put right, so that everything behind them, the signature included,
can be compared to the byte: the layout of JSON (blanks, escapes) and booleans written as Python's `True`.
"""

import base64
import builtins
import json

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from oracles.captured import base64_text, body_bytes, sdk_headers


def compact(value, **options):
    """`json.dumps` in the layout of most other languages."""
    return json.dumps(value, **{**options, "ensure_ascii": False, "separators": (",", ":")})


class _AnyText(type):
    def __instancecheck__(cls, value):
        return isinstance(value, builtins.str)


class Text(builtins.str, metaclass=_AnyText):
    """Stands in for `str` in a module: booleans become `true` and `false`."""

    def __new__(cls, value="", *args, **kwargs):
        if value is True or value is False:
            return builtins.str(value).lower()
        return builtins.str(value, *args, **kwargs)


class Answering(BaseAdapter):
    """Stands in for the connection pool of a `requests` session."""

    def __init__(self):
        super().__init__()
        self.reply, self.sent = None, None

    def send(self, request, **_):
        self.sent = request
        response = requests.Response()
        response.status_code, response.reason = self.reply["status"], "OK"
        response.headers = CaseInsensitiveDict(self.reply["headers"])
        response.encoding = get_encoding_from_headers(response.headers)
        response._content, response._content_consumed = reply_bytes(self.reply), True
        response.url, response.request = request.url, request
        return response

    def close(self):
        pass

    def facts(self):
        """The request as it was sent; None if nothing was."""
        if self.sent is None:
            return None
        return {"method": self.sent.method, "url": self.sent.url, "headers": decoded(sdk_headers(self.sent.headers, keep=["user-agent"])),
                "body": base64_text(body_bytes(self.sent.body))}


def reply_bytes(reply):
    return base64.b64decode(reply["body"])


def decoded(headers):
    """Header values as text, whatever way the SDK got UTF-8 through its HTTP library."""
    def text(value):
        value = value.decode("latin-1") if isinstance(value, bytes) else str(value)
        try:
            return value.encode("latin-1").decode("utf-8")
        except UnicodeError:
            return value

    return {name: text(value) for name, value in headers.items()}


def outcome(make, sent):
    """Makes a call; what it sent is reported although reading the reply may fail."""
    try:
        value, failure = make(), None
    except Exception as error:  # the SDKs raise every class there is
        value, failure = None, {"error": type(error).__name__, "message": str(error)[:1000]}
    request = sent()
    if request is None:
        return failure or {"error": "NothingSent", "message": ""}
    return {"request": request, "value": value, "failure": failure}
