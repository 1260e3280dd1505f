"""What the scripts about Tencent Cloud share: an environment for one step, clients of every kind, calls by all of them.

The names and texts are those that the local cloud knows (`sanyun local`).
"""

import asyncio
import contextlib
import os
import pathlib
import socket
import tempfile
import urllib.request

import step

from tencent_cvm import common, describe, zones
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.common_client_async import CommonClient as AsyncCommonClient
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import models
from tencentcloud.cvm.v20170312.cvm_client import CvmClient
from tencentcloud.cvm.v20170312.cvm_client_async import CvmClient as AsyncCvmClient

TEMPORARY = ("sanyun-local-sts-ak", "sanyun-local-sts-sk", "sanyun-local-token")
# What the local cloud does not accept: an ID token, and the name of a role or a provider.
EXPIRED_TOKEN, MISSING = "expired", "missing"
CVM, STS = ("cvm", "2017-03-12"), ("sts", "2018-08-13")
# Where the default chain looks second.
CREDENTIALS = ".tencentcloud/credentials"

HOME = pathlib.Path(os.environ["HOME"])


def arn(role="reader"):
    return f"qcs::cam::uin/100000000001:roleName/{role}"


def folder(files):
    """A new home folder with these files, by their paths in it."""
    home = pathlib.Path(tempfile.mkdtemp(dir=HOME))
    for name, content in files.items():
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return home


@contextlib.contextmanager
def environment(**variables):
    """These variables in addition, for the time of one step."""
    before = dict(os.environ)
    os.environ.update(variables)
    # The role provider's HTTP library keeps the proxy of its first request.
    urllib.request.install_opener(None)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def closed_port():
    """Host and port of an address at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{one.getsockname()[1]}"


def proxied(options):
    """The local cloud as the proxy to Tencent Cloud's own names, the metadata service's among them."""
    return {"http_proxy": options.endpoint, **no_proxy(options)}


def isolated(options):
    """A machine without a metadata service: the proxy to it does not answer."""
    return {"http_proxy": "http://" + closed_port(), **no_proxy(options)}


def no_proxy(options):
    """The official SDK looks for host and port as a part of the text (spec 19.12), the libraries below it for hosts."""
    return {"no_proxy": f"{options.host},127.0.0.1,localhost"}


def profile(options, method="POST", endpoint=True, **more):
    """Plain http, to the local cloud by its address or to the name that the SDK makes."""
    http = HttpProfile(protocol="http", endpoint=options.host if endpoint else None, reqMethod=method)
    return ClientProfile(httpProfile=http, **more)


def wait(client, call):
    """The result of a call by an asynchronous client, which is closed after it."""
    async def run():
        async with client:
            return await call(client)
    return asyncio.run(run())


def typed(options, credential, given=None):
    return CvmClient(credential, options.region, given or profile(options))


def generic(options, credential, given=None, service=CVM):
    return CommonClient(*service, credential, options.region, given or profile(options))


def typed_async(options, credential, given=None):
    return AsyncCvmClient(credential, options.region, given or profile(options))


def generic_async(options, credential, given=None, service=CVM):
    return AsyncCommonClient(*service, credential, options.region, given or profile(options))


def describe_zones(options, credential, given=None):
    return typed(options, credential, given).DescribeZones(models.DescribeZonesRequest())


def describe_zones_async(options, credential, given=None):
    request = models.DescribeZonesRequest()
    return wait(typed_async(options, credential, given), lambda client: client.DescribeZones(request))


PARAMETERS = {"Limit": 5, "Filters": [{"Name": "zone", "Values": ["ap-guangzhou-3", "北京 +&="]}]}


def describe_instances(options, credential, given=None):
    return generic(options, credential, given).call_json("DescribeInstances", dict(PARAMETERS))


def describe_instances_async(options, credential, given=None):
    return wait(generic_async(options, credential, given),
                lambda client: client.call_and_deserialize("DescribeInstances", dict(PARAMETERS)))


CALLS = {
    "typed": (describe_zones, zones),
    "common": (describe_instances, common),
    "typed async": (describe_zones_async, zones),
    "common async": (describe_instances_async, common),
}


def all_clients(steps, options, name, credential, variables=None, given=lambda: None):
    """A call by each of the four clients, with a new credential each."""
    for kind, (call, check) in CALLS.items():
        with environment(**variables or {}):
            steps.run(f"{name}, {kind}", lambda: call(options, credential(), given()), check)


def refused(steps, options, name, credential, expected, variables=None, given=lambda: None):
    """The same with refusals."""
    for kind, (call, _) in CALLS.items():
        with environment(**variables or {}):
            steps.refused(f"{name}, {kind}", lambda: call(options, credential(), given()), describe, expected)


def identity(steps, options, name, credential, kind, variables=None):
    """Who the credential is, in the words of STS."""
    def checked(reply):
        content = reply["Response"]
        step.check(content["Type"] == kind, f"{content}")
        return {"arn": content["Arn"]}
    with environment(**variables or {}):
        steps.run(f"{name}, who it is",
                  lambda: generic(options, credential(), service=STS).call_json("GetCallerIdentity", {}), checked)
