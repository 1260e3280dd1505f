"""A network that answers from a script, for every `requests` session of the process, the SDK's own included.

The script maps `METHOD /path` to replies, which are given one after the other; the last stays. What it
does not name cannot be reached: the name does not resolve.
"""

import json
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError

# Headers that say who asks and for whom; the others belong to a library or to the signature.
TELLING = ("x-idp-id", "x-security-token", "x-project-id", "x-domain-id", "x-metadata-token",
           "x-metadata-token-ttl-seconds")


class Network:
    """The script, and what was sent since it was set."""

    def __init__(self):
        self.set({})

    def set(self, script):
        self.script = {route: list(replies) for route, replies in script.items()}
        self.sent = []

    def reply(self, request):
        parts = urlsplit(request.url)
        route = f"{request.method} {parts.path}"
        self.sent.append(shown(request))
        replies = self.script.get(route)
        if not replies:
            raise unreachable(request)
        found = replies.pop(0) if len(replies) > 1 else replies[0]
        if found is None:
            raise unreachable(request)
        return response(request, found)


NETWORK = Network()
HTTPAdapter.send = lambda self, request, **_: NETWORK.reply(request)


def unreachable(request):
    text = "Failed to establish a new connection: [Errno -2] Name or service not known"
    return requests.exceptions.ConnectionError(MaxRetryError(None, request.url, NewConnectionError(None, text)))


def response(request, reply):
    made = requests.Response()
    made.status_code = reply["status"]
    made.headers = requests.structures.CaseInsensitiveDict(reply.get("headers", {}))
    made._content = reply["body"].encode("utf-8")
    made.encoding = "utf-8"
    made.request, made.url = request, request.url
    return made


def shown(request):
    """One request, as far as it tells where keys come from and what they are for."""
    headers = {name.lower(): text(value) for name, value in request.headers.items()}
    kept = {name: headers[name] for name in TELLING if name in headers}
    if "authorization" in headers:
        kept["authorization"] = headers["authorization"].split(", SignedHeaders", 1)[0]
    return {"method": request.method, "url": request.url, "headers": kept, "body": body(request.body)}


def text(value):
    return value.decode("utf-8") if isinstance(value, bytes) else value


def body(data):
    return json.loads(data) if data else None
