"""What the scripts about Huawei Cloud's credentials share: an environment for one step, clients, and calls by both.

The names and texts are those that the local cloud knows (`sanyun local`).
"""

import contextlib
import os
import pathlib
import tempfile

from huawei_vpc import describe, vpcs
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkvpc import v2 as vpc
from huaweicloudsdkvpc.v2.vpc_async_client import VpcAsyncClient

USER, PASSWORD, DOMAIN = "sanyun-local-user", "sanyun-local-password", "sanyun-local"
POD_TOKEN, POD_PATH = "sanyun-local-pod-token", "/v1/credentials"
# What the local cloud does not accept.
EXPIRED_TOKEN, MISSING = "expired", "missing"
REGION = "cn-north-4"
PREFIXES = ("HUAWEICLOUD_", "HC_CONTAINER_")

FOLDER = pathlib.Path(os.environ["HOME"])


def file(name, content):
    """The path of a new file below the home folder."""
    path = FOLDER / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return str(path)


@contextlib.contextmanager
def environment(options, **variables):
    """These variables and no others of the vendor's; IAM and STS are the local cloud."""
    before = dict(os.environ)
    os.environ.update(HUAWEICLOUD_SDK_IAM_ENDPOINT=options.endpoint, HUAWEICLOUD_SDK_STS_ENDPOINT=options.endpoint)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def region(options):
    return Region(options.region, options.endpoint)


def build(options, client_class, credentials=None, config=None):
    """A client by region, which asks IAM for the project's or the account's id; without credentials it finds some."""
    builder = client_class.new_builder().with_region(region(options)).with_http_config(config or HttpConfig())
    return (builder.with_credentials(credentials) if credentials else builder).build()


def list_vpcs(options, credentials=None, config=None):
    return build(options, vpc.VpcClient, credentials, config).list_vpcs(vpc.ListVpcsRequest(limit=2))


def list_vpcs_async(options, credentials=None, config=None):
    client = build(options, VpcAsyncClient, credentials, config)
    return client.list_vpcs_async(vpc.ListVpcsRequest(limit=2)).result()


def both(steps, options, name, variables, credentials=lambda: None):
    """A call with these credentials by the synchronous and the asynchronous client."""
    for kind, call in (("sync", list_vpcs), ("async", list_vpcs_async)):
        with environment(options, **variables):
            steps.run(f"{name}, {kind}", lambda: call(options, credentials()), vpcs)


def refused(steps, options, name, variables, credentials, expected):
    with environment(options, **variables):
        steps.refused(name, lambda: list_vpcs(options, credentials()), describe, expected)


def static(options):
    return BasicCredentials(options.ak, options.sk)
