"""Tencent Cloud: one call of a typed client, up to what it sends and what it reads."""

import json
from types import SimpleNamespace
from urllib.parse import urlencode

import requests
from tencentcloud.common import abstract_client
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from oracles import frozen

from .sending import Answering, compact, outcome

abstract_client.json = SimpleNamespace(dumps=compact, loads=json.loads)


class Chosen:
    """Looks like a UUID: text for the trace, digits for the boundary."""

    def __init__(self, trace, boundary):
        self.trace, self.hex = trace, boundary

    def __str__(self):
        return self.trace


def call(service, case):
    frozen.set_unix(case["now"])
    abstract_client.uuid = SimpleNamespace(uuid4=lambda: Chosen(case["trace_id"], case["boundary"]))
    adapter = Answering()
    adapter.reply = case["reply"]
    session = requests.Session()
    session.mount("https://", adapter)
    client = connect(service, case)
    client.request.conn._session = session
    request = service.cls(case["operation"] + "Request")()
    request._deserialize(case["body"]["value"] if case["body"] else {})

    def make():
        return getattr(client, case["operation"])(request)._serialize(allow_none=True)

    return outcome(make, adapter.facts)


def connect(service, case):
    credential = Credential(case["id"], case["secret"], case["token"])
    client = service.client(credential, case["region"], ClientProfile(httpProfile=HttpProfile(), language="zh-CN"))
    client.request_client = case["request_client"]
    return client
