"""What the scripts about Alibaba Cloud share: files, clients of every kind, calls by all of them.

The names and texts are those that the local cloud knows (`sanyun local`).
"""

import asyncio
import os
import pathlib
import tempfile

import step

from alibaba_ecs import regions
from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client as Ecs
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.models import Config

TEMPORARY = ("sanyun-local-sts-ak", "sanyun-local-sts-sk", "sanyun-local-token")
BEARER_TOKEN = "sanyun-local-bearer-token"
KEY_PAIR_ID = "sanyun-local-key-pair"
INSTANCE_ROLE = "sanyun-local-role"
# What the local cloud does not accept: an ID token, and the name of a role or a provider.
EXPIRED_TOKEN, MISSING = "expired", "missing"
CREDENTIALS_URI = "/_sanyun/alibaba/credentials"

HOME = pathlib.Path(os.environ["HOME"])


def arn(role="reader"):
    return f"acs:ram::100000000001:role/{role}"


def provider(name="a-provider"):
    return f"acs:ram::100000000001:oidc-provider/{name}"


def folder(files):
    """A new home folder with these files, by their paths in it."""
    home = pathlib.Path(tempfile.mkdtemp(dir=HOME))
    for name, content in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return home


def config(options, credential, **more):
    """Plain http to the local cloud, with a credential object."""
    return Config(credential=credential, protocol="http", endpoint=options.host, region_id=options.region, **more)


def describe_regions(given):
    return Ecs(given).describe_regions(models.DescribeRegionsRequest())


def describe_regions_async(given):
    return asyncio.run(Ecs(given).describe_regions_async(models.DescribeRegionsRequest()))


CALLS = {"sync": describe_regions, "async": describe_regions_async}


def calls(steps, options, name, credential, whose=None, **more):
    """A call of ECS by each client with a new credential each, and who it is in the words of STS."""
    for kind, call in CALLS.items():
        steps.run(f"{name}, {kind}", lambda: call(config(options, credential(), **more)), regions)
    if whose:
        steps.run(f"{name}, who it is", lambda: Sts(config(options, credential(), **more)).get_caller_identity(),
                  lambda reply: identity(reply, whose))


def identity(reply, whose):
    step.check(whose in reply.body.arn, reply.body.arn)
    return {"arn": reply.body.arn, "type": reply.body.identity_type}


def refused(steps, options, name, credential, describe, expected, **more):
    """The same with refusals."""
    for kind, call in CALLS.items():
        steps.refused(f"{name}, {kind}", lambda: call(config(options, credential(), **more)), describe, expected)
