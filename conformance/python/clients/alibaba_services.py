"""The official Alibaba Cloud core client (`alibabacloud_tea_openapi`) with what is not plain RPC: signatures of every kind
in both styles, STS by its own client, events, bytes, the location service, and the names of regions through a proxy."""

import asyncio
import json
import pathlib

import step
from alibaba import REFUSALS, describe
from alibaba_world import KEY_PAIR_ID, MISSING, arn

from alibabacloud_sts20150401 import models as sts
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.client import Client
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from darabonba.runtime import RuntimeOptions

SIGNATURES = ("v2", "ACS3-HMAC-SHA256", "ACS3-HMAC-SM3")
PRIVATE_KEY = pathlib.Path(__file__).parents[3] / "crates/sanyun-local/src/alibaba/key_pair.pem"


def config(options, **more):
    given = {"access_key_id": options.ak, "access_key_secret": options.sk, "protocol": "http",
             "endpoint": options.host, "region_id": options.region}
    return Config(**{**given, **more})


def operation(version, action, style="RPC", path="/", method="POST", body="formData", answer="json"):
    return Params(action=action, version=version, protocol="HTTPS", pathname=path, method=method, auth_type="AK",
                  style=style, req_body_type=body, body_type=answer)


REGIONS = operation("2014-05-26", "DescribeRegions")
CLUSTERS = operation("2015-12-15", "DescribeClustersV1", "ROA", "/api/v1/clusters", "GET", "json")
CHAT = operation("2025-05-07", "ChatMessages")
QUESTION = {"Query": "春天 & summer"}


def call(given, params, query=None):
    return Client(given).call_api(params, OpenApiRequest(query=query or {}), RuntimeOptions())


def call_async(given, params, query=None):
    return asyncio.run(Client(given).call_api_async(params, OpenApiRequest(query=query or {}), RuntimeOptions()))


CALLS = {"sync": call, "async": call_async}


def answered(*names):
    def checked(reply):
        step.check(reply["statusCode"] == 200, f"{reply}")
        step.check(all(name in reply["body"] for name in names), f"{reply['body']}")
        return {"names": sorted(reply["body"])}
    return checked


def signatures(steps, options):
    for kind, make in CALLS.items():
        for name in SIGNATURES:
            given = config(options, signature_algorithm=name)
            steps.run(f"RPC, {name}, {kind}", lambda: make(given, REGIONS, {"AcceptLanguage": "zh-CN"}),
                      answered("Regions", "RequestId"))
            # With the library below the asynchronous client a request without a body has a content type all the same, which
            # is not signed and should be.
            if (name, kind) == ("v2", "async"):
                steps.refused("ROA, v2, async: a content type that is not signed", lambda: make(given, CLUSTERS), describe,
                              {"code": "SignatureDoesNotMatch", "message": "application/octet-stream"})
                continue
            steps.run(f"ROA, {name}, {kind}", lambda: make(given, CLUSTERS, {"name": "三云 +&="}), answered("clusters"))
        pair = config(options, access_key_id=KEY_PAIR_ID, access_key_secret=PRIVATE_KEY.read_text(),
                      signature_algorithm="ACS3-RSA-SHA256")
        steps.run(f"RPC, ACS3-RSA-SHA256, {kind}", lambda: make(pair, REGIONS), answered("Regions"))


def assume(role="reader", seconds=900):
    return sts.AssumeRoleRequest(role_arn=arn(role), role_session_name="a-session", duration_seconds=seconds,
                                 policy='{"Version": "1", "Statement": []}')


def own_client(steps, options):
    """STS by its own client: what it gives out is good for a call."""
    def used(reply):
        keys = reply.body.credentials
        given = config(options, access_key_id=keys.access_key_id, access_key_secret=keys.access_key_secret,
                       security_token=keys.security_token)
        found = Sts(given).get_caller_identity().body
        step.check(found.identity_type == "AssumedRoleUser" and found.arn == reply.body.assumed_role_user.arn, found.arn)
        return {"arn": found.arn, "expiration": keys.expiration}
    client = Sts(config(options))
    steps.run("AssumeRole", lambda: client.assume_role(assume()), used)
    steps.run("AssumeRole, async", lambda: asyncio.run(client.assume_role_async(assume())), used)
    expected = {"error": "ClientException", "status": 404, "code": "EntityNotExist.Role"}
    steps.refused("AssumeRole, missing role", lambda: client.assume_role(assume(MISSING)), describe, expected)
    steps.refused("AssumeRole, missing role, async", lambda: asyncio.run(client.assume_role_async(assume(MISSING))),
                  describe, expected)
    steps.refused("AssumeRole, too short a life", lambda: client.assume_role(assume(seconds=899)), describe,
                  {"error": "ClientException", "status": 400, "code": "InvalidParameter.DurationSeconds"})


def events(given):
    return list(Client(given).call_sseapi(CHAT, OpenApiRequest(query=QUESTION), RuntimeOptions()))


def events_async(given):
    async def collect():
        found = Client(given).call_sseapi_async(CHAT, OpenApiRequest(query=QUESTION), RuntimeOptions())
        return [event async for event in found]
    return asyncio.run(collect())


def streamed(found):
    """Three events with the same answer; the second came in several lines."""
    events = [one.event for one in found]
    step.check([event.id for event in events] == ["1", "2", "3"], f"{[event.id for event in events]}")
    answers = [json.loads(event.data) for event in events]
    step.check(all(answer == answers[0] and answer["RequestId"] for answer in answers), f"{answers}")
    return {"events": len(found), "names": sorted(answers[0])}


def services(steps, options):
    given = config(options)
    steps.run("ChatMessages", lambda: events(given), streamed)
    steps.run("ChatMessages, async", lambda: events_async(given), streamed)
    endpoints = operation("2015-06-12", "DescribeEndpoints", method="GET")
    query = {"Id": "cn-hangzhou", "ServiceCode": "ecs", "Type": "openAPI"}

    def located(reply):
        found = reply["body"]["Endpoints"]["Endpoint"][0]
        step.check(found["Endpoint"] == "ecs-cn-hangzhou.aliyuncs.com" and found["SerivceCode"] == "ecs", f"{found}")
        return {"endpoint": found["Endpoint"]}
    proxied = config(options, endpoint="location-readonly.aliyuncs.com", http_proxy=options.endpoint)
    for kind, make in CALLS.items():
        steps.run(f"location service by its own name, {kind}", lambda: make(proxied, endpoints, query), located)
        steps.run(f"location service, signature 1.0, {kind}",
                  lambda: make(config(options, signature_algorithm="v2"), endpoints, query), located)
        for host in ("ecs-cn-hangzhou.aliyuncs.com", "ecs.ap-southeast-1.aliyuncs.com"):
            steps.run(f"{host} through a proxy, {kind}",
                      lambda: make(config(options, endpoint=host, http_proxy=options.endpoint), REGIONS),
                      answered("Regions"))


def refused(steps, options):
    expected = {"error": "ClientException", **REFUSALS[options.refusal]}
    for name in SIGNATURES:
        for kind, make in CALLS.items():
            given = config(options, signature_algorithm=name)
            steps.refused(f"RPC, {name}, {kind}", lambda: make(given, REGIONS), describe, expected)
            steps.refused(f"ROA, {name}, {kind}", lambda: make(given, CLUSTERS), describe, expected)
    steps.refused("AssumeRole", lambda: Sts(config(options)).assume_role(assume()), describe, expected)
    # It raises a plain exception whatever the status: spec 8.2.
    steps.refused("ChatMessages", lambda: events(config(options)), describe, {"code": expected["code"]})


def main():
    options = step.options(__doc__, region="cn-hangzhou")
    steps = step.Steps("alibaba_services")
    if options.refusal:
        refused(steps, options)
    else:
        signatures(steps, options)
        own_client(steps, options)
        services(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
