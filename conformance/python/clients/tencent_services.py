"""Every sign method, several hosts, events, a file, raw bytes, retries and the region breaker by the official clients
of Tencent Cloud, synchronous and asynchronous."""

import json

import step

from tencent_cvm import REFUSALS, describe, zones
from tencent_world import (CVM, all_clients, closed_port, describe_zones, environment, generic, generic_async, profile,
                           proxied, refused, typed, wait)

from tencentcloud.common.circuit_breaker import STATE_CLOSED, STATE_OPEN
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile, RegionBreakerProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.common.retry import StandardRetryer
from tencentcloud.common.retry_async import StandardRetryer as AsyncStandardRetryer
from tencentcloud.cvm.v20170312 import models
from tencentcloud.hunyuan.v20230901 import models as hunyuan
from tencentcloud.hunyuan.v20230901.hunyuan_client import HunyuanClient
from tencentcloud.hunyuan.v20230901.hunyuan_client_async import HunyuanClient as AsyncHunyuanClient

METHODS = ("TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256")
CHAT, FILE, LOG = ("hunyuan", "2023-09-01"), ("cii", "2021-04-08"), ("cls", "2020-10-16")
# Bytes of every value, with what looks like a boundary: what a text decoder would spoil.
BYTES = b"\r\n--\r\n" + bytes(range(256)) * 1200
AS_FILE = {"IsMultipart": True, "BinaryParams": ["File"]}
# What the local cloud's events say.
WORDS = "Spring: 春天来了，万物复苏 🌸"


def keys(options):
    return Credential(options.ak, options.sk)


def unsigned(given):
    given.unsignedPayload = True
    return given


def with_id(reply):
    step.check(reply["Response"]["RequestId"], "no RequestId")
    return {"request_id": reply["Response"]["RequestId"]}


def signing(steps, options):
    """Every sign method with both HTTP methods, to the address and to the name that the SDK makes."""
    for name in METHODS:
        for method in ("POST", "GET"):
            for place, endpoint in (("address", True), ("name", False)):
                all_clients(steps, options, f"{name} {method} by {place}", lambda: keys(options), proxied(options),
                            lambda: profile(options, method, endpoint, signMethod=name))
    for method in ("POST", "GET"):
        all_clients(steps, options, f"unsigned payload {method}", lambda: keys(options),
                    given=lambda: unsigned(profile(options, method)))
    all_clients(steps, options, "English, an own request client", lambda: keys(options),
                given=lambda: profile(options, language="en-US", request_client="own,1.0;x"))
    all_clients(steps, options, "a regional host", lambda: keys(options), proxied(options), regional)


def regional():
    return ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint="cvm.ap-shanghai.tencentcloudapi.com"))


def chat(stream=True, text="hello"):
    return {"Model": "hunyuan-lite", "Messages": [{"Role": "user", "Content": text}], "Stream": stream}


def chat_request(**given):
    request = hunyuan.ChatCompletionsRequest()
    request._deserialize(chat(**given))
    return request


def typed_chat(options, request):
    client = HunyuanClient(keys(options), options.region, profile(options))
    reply = client.ChatCompletions(request)
    return list(reply) if request.Stream else reply


def typed_chat_async(options, request):
    async def call(client):
        reply = await client.ChatCompletions(request)
        return [event async for event in reply] if request.Stream else reply
    return wait(AsyncHunyuanClient(keys(options), options.region, profile(options)), call)


def common_chat(options, parameters):
    return list(generic(options, keys(options), service=CHAT).call_sse("ChatCompletions", parameters))


def common_chat_async(options, parameters):
    async def call(client):
        return [event async for event in await client.call_and_deserialize("ChatCompletions", parameters)]
    return wait(generic_async(options, keys(options), service=CHAT), call)


def said(events):
    """The whole stream: what it says, how it ends, and ids and names of the events."""
    contents = [json.loads(event["data"]) for event in events[:-1]]
    words = "".join(content["Choices"][0]["Delta"]["Content"] for content in contents)
    step.check(words == WORDS and events[-1]["data"] == "[DONE]", f"events {events}")
    step.check([event["id"] for event in events] == ["1", "2", "3", "4"], f"ids {events}")
    step.check((events[0]["event"], events[0]["retry"]) == ("message", 3000), f"first {events[0]}")
    return {"events": len(events), "request_id": contents[0]["RequestId"]}


def ended_in_error(events):
    last = events[-1]
    error = json.loads(last["data"])["Response"]["Error"]
    step.check(last["event"] == "error" and error["Code"] == "InternalError", f"last {last}")
    return {"events": len(events), "code": error["Code"]}


def answered(reply):
    step.check(reply.RequestId and isinstance(reply.Choices, list), "no choices")
    return {"request_id": reply.RequestId}


def events(steps, options):
    steps.run("events, common", lambda: common_chat(options, chat()), said)
    calls = {"events, typed": lambda: typed_chat(options, chat_request()),
             "events, typed async": lambda: typed_chat_async(options, chat_request()),
             "events, common async": lambda: common_chat_async(options, chat())}
    for name, call in calls.items():
        steps.run(name, call, said)
    steps.run("events that end in an error", lambda: common_chat(options, chat(text="error")), ended_in_error)
    steps.run("the same call without events, typed", lambda: typed_chat(options, chat_request(stream=False)), answered)
    steps.run("the same call without events, typed async",
              lambda: typed_chat_async(options, chat_request(stream=False)), answered)


def upload(options, given=None):
    client = generic(options, keys(options), given, service=FILE)
    return client.call_json("UploadMedicalFile", {"File": BYTES, "FileURL": "http://三云/a b"}, options=dict(AS_FILE))


def upload_async(options, given=None):
    return wait(generic_async(options, keys(options), given, service=FILE), lambda client: client.call_and_deserialize(
        "UploadMedicalFile", {"File": BYTES, "FileURL": "http://三云/a b"}, opts=dict(AS_FILE)))


def log(options, given=None):
    client = generic(options, keys(options), given, service=LOG)
    return client.call_octet_stream("UploadLog", log_headers(), BYTES)


def log_async(options, given=None):
    return wait(generic_async(options, keys(options), given, service=LOG), lambda client: client.call_and_deserialize(
        "UploadLog", BYTES, headers=log_headers(), opts={"IsOctetStream": True}))


def log_headers():
    return {"X-CLS-TopicId": "a-topic", "X-CLS-HashKey": "0fffffffffffffffffffffffffffffff",
            "X-CLS-CompressType": "lz4"}


def bodies(steps, options):
    """A file in a form, and raw bytes."""
    calls = {"multipart": (upload, upload_async), "octet stream": (log, log_async)}
    for name, (call, call_async) in calls.items():
        for kind, given in (("signed", profile), ("unsigned payload", lambda options: unsigned(profile(options)))):
            steps.run(f"{name}, {kind}", lambda: call(options, given(options)), with_id)
            steps.run(f"{name}, {kind}, async", lambda: call_async(options, given(options)), with_id)
    # Forms are signed with TC3 whatever the sign method is.
    steps.run("multipart, sign method HmacSHA1",
              lambda: upload(options, profile(options, signMethod="HmacSHA1")), with_id)
    refusals = {"octet stream, sign method HmacSHA1": lambda: log(options, profile(options, signMethod="HmacSHA1")),
                "octet stream, GET": lambda: log(options, profile(options, "GET")),
                "multipart, GET": lambda: upload(options, profile(options, "GET"))}
    for name, call in refusals.items():
        steps.refused(name, call, describe, {"code": "ClientError"})


def retries(steps, options):
    """A call that needs no repetition; with one, the SDK repeats what has succeeded (spec 12, 19.1)."""
    def given(retryer):
        return profile(options, retryer=retryer)
    steps.run("with retries", lambda: describe_zones(options, keys(options), given(StandardRetryer())), zones)
    client = generic_async(options, keys(options), given(AsyncStandardRetryer()), service=CVM)
    steps.run("with retries, async", lambda: wait(client, lambda one: one.call_and_deserialize("DescribeZones", {})),
              with_id)


def breaker(steps, options):
    dead = closed_port()
    # Neither the SDK nor the library below it goes to the first host through the proxy, but both do to the backup.
    with environment(http_proxy=options.endpoint, no_proxy=f"{dead},127.0.0.1"):
        fail_over(steps, options, dead)
    steps.refused("spec 15: no breaker in the asynchronous client",
                  lambda: wait(generic_async(options, keys(options), profile(options, disable_region_breaker=False)),
                               lambda one: one.call_and_deserialize("DescribeZones", {})),
                  describe, {"error": "AttributeError"})


def fail_over(steps, options, dead):
    """Five times no connection, then the backup region, then the first host again.

    What the official breaker cannot do (spec 11, 19.2): a failure comes out as an attribute error; 5xx and
    InternalError do not count; the backup gets the first host's `Host`, which is what is signed; octet streams and the
    asynchronous client have none."""
    http = HttpProfile(protocol="http", endpoint=dead)
    settings = RegionBreakerProfile("ap-shanghai.tencentcloudapi.com", timeout=60, max_requests=2)
    client = typed(options, keys(options), ClientProfile(
        httpProfile=http, disable_region_breaker=False, region_breaker_profile=settings))

    def call():
        return client.DescribeZones(models.DescribeZonesRequest())
    for number in range(1, 6):
        steps.refused(f"breaker: no connection {number}", call, describe, {"message": "status_code"})
    steps.run("breaker: the backup region", call, zones)
    steps.run("breaker: open", lambda: client.circuit_breaker.state, lambda state: is_state(state, STATE_OPEN))
    client.circuit_breaker.expiry = 0  # as after a minute
    http.endpoint = options.host
    for number in (1, 2):
        steps.run(f"breaker: half-open {number}", call, zones)
    steps.run("breaker: closed", lambda: client.circuit_breaker.state, lambda state: is_state(state, STATE_CLOSED))


def is_state(state, expected):
    step.check(state == expected, f"state {state}")
    return {"state": state}


def gateway(steps, options):
    """An API gateway restores the host that is signed; the local cloud is none (spec 2)."""
    http = HttpProfile(protocol="http")
    http.apigw_endpoint = options.host
    steps.refused("API gateway host", lambda: describe_zones(options, keys(options), ClientProfile(httpProfile=http)),
                  describe, {"code": "AuthFailure.SignatureFailure"})


def accepted(steps, options):
    signing(steps, options)
    events(steps, options)
    bodies(steps, options)
    retries(steps, options)
    gateway(steps, options)
    breaker(steps, options)


def spoiled(steps, options):
    expected = {"error": "TencentCloudSDKException", **REFUSALS[options.refusal]}
    for name in METHODS:
        for method in ("POST", "GET"):
            refused(steps, options, f"{name} {method}", lambda: keys(options), expected,
                    given=lambda: profile(options, method, signMethod=name))
    calls = {"multipart": upload, "multipart, async": upload_async,
             "octet stream": log, "octet stream, async": log_async,
             "events": lambda options: common_chat(options, chat()),
             "events, typed": lambda options: typed_chat(options, chat_request()),
             "events, typed async": lambda options: typed_chat_async(options, chat_request()),
             "events, common async": lambda options: common_chat_async(options, chat())}
    for name, call in calls.items():
        steps.refused(name, lambda: call(options), describe, expected)


def main():
    options = step.options(__doc__, region="ap-guangzhou")
    steps = step.Steps("tencent_services")
    (spoiled if options.refusal else accepted)(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
