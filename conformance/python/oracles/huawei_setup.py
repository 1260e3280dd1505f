"""Huawei Cloud: what an environment and files lead to, by the provider chain, the region tables and a typed client.

Each part is done as the vendor's documentation says, in a fresh process as far as the SDK can tell.
"""

import atexit
import contextlib
import importlib
import logging
import os
import pathlib
import shutil
import tempfile
import time
from urllib.parse import urlsplit

from .network import NETWORK  # first: the SDK's HTTP goes through it

import huaweicloudsdkcore.http.http_client as http_module
from huaweicloudsdkcore.auth.credentials import BasicCredentials, Credentials, GlobalCredentials
from huaweicloudsdkcore.auth.provider import CredentialProviderChain
from huaweicloudsdkcore.client import Client
from huaweicloudsdkcore.exceptions.exception_handler import DefaultExceptionHandler
from huaweicloudsdkcore.exceptions.exceptions import ConnectionException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.utils.six_utils import SingletonMeta

from . import frozen
from .huawei import InlineExecutor

# The SDK compares moments through the local time zone.
os.environ["TZ"] = "UTC"
time.tzset()
http_module.ThreadPoolExecutor = lambda **_: InlineExecutor()

PREFIXES = ("HUAWEICLOUD_", "HC_CONTAINER_")
# Where services hand out keys and ids.
IDENTITY_PATHS = {"/v3/projects", "/v3/auth/domains", "/v5/caller-identity", "/v3.0/OS-AUTH/id-token/tokens",
                  "/v3.0/OS-CREDENTIAL/securitytokens", "/v5/agencies/assume-with-oidc", "/pod/credentials",
                  "/meta-data/latest/api/token", "/openstack/latest/securitykey"}
ROOT = "{root}"
# Where the `ROOT` of a case is here.
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="sanyun-setups-"))
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)
logging.disable()  # the SDK reports every endpoint that is not reached


class Noted:
    """A provider of the chain that says when it was the one."""

    won = None

    def __init__(self, provider):
        self.provider = provider

    def get_credentials(self):
        found = self.provider.get_credentials()
        Noted.won = type(self.provider).__name__
        return found


@contextlib.contextmanager
def world(case):
    """The case's environment and files, and an SDK that remembers nothing."""
    for child in FOLDER.iterdir():
        shutil.rmtree(child) if child.is_dir() else child.unlink()
    for path, content in case["files"].items():
        file = pathlib.Path(path.replace(ROOT, str(FOLDER)))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.replace(ROOT, str(FOLDER)).encode("utf-8"))
    before = dict(os.environ)
    for name in list(os.environ):
        if name.startswith(PREFIXES) or name == "HOME":
            del os.environ[name]
    os.environ.update({name: value.replace(ROOT, str(FOLDER)) for name, value in case["env"].items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def fresh(case):
    """Forget what the SDK keeps for the whole process, and start the network's script anew."""
    SingletonMeta._instances.clear()
    Credentials._CACHE.clear()
    NETWORK.set(case["network"])
    Noted.won = None
    frozen.set_text(case["time"])


def failure(error):
    return {"error": type(error).__name__, "message": str(error).replace(str(FOLDER), ROOT)[:300]}


def part(case, work):
    """One part of the answer: what it found or why not, and what it sent on the way."""
    fresh(case)
    try:
        found = work(case)
    except Exception as error:  # the SDK raises every class there is
        found = failure(error)
    found["requests"] = list(NETWORK.sent)
    return found


def chain(case):
    make = CredentialProviderChain.get_basic if case["kind"] == "basic" else CredentialProviderChain.get_global
    made = make()
    made._providers = [Noted(provider) for provider in made._providers]
    return made


def http_client():
    return http_module.HttpClient(HttpConfig(), None, DefaultExceptionHandler(), Client()._logger)


def described(credentials):
    """Secrets included: they are made up, and the other side has to find the same."""
    return {"source": Noted.won, "ak": credentials.ak, "sk": credentials.sk,
            "security_token": credentials.security_token,
            "id": getattr(credentials, "project_id", None) or getattr(credentials, "domain_id", None)}


def find_credentials(case):
    found = chain(case).get_credentials()
    found.process_sts(http_client())  # what the first call does
    return described(found)


def package(case):
    """The vendor's module of the service version."""
    return importlib.import_module(f"huaweicloudsdk{case['service']}.{case['version']}")


def client_class(case):
    names = [name for name in dir(package(case)) if name.lower() == f"{case['service']}client"]
    return getattr(package(case), names[0])


def region(case):
    folder = f"huaweicloudsdk{case['service']}.{case['version']}.region.{case['service']}_region"
    module = importlib.import_module(folder)
    names = [name for name in dir(module) if name.lower() == f"{case['service']}region"]
    return getattr(module, names[0]).value_of(case["region"])


def call(client, case):
    """A call that reaches nobody: it goes to every endpoint there is."""
    method = getattr(client, case["method"])
    request = getattr(package(case), case["operation"] + "Request")()
    try:
        method(request)
    except ConnectionException:
        # One that failed on the way to its keys or ids is a failure.
        if urlsplit(NETWORK.sent[-1]["url"]).path in IDENTITY_PATHS:
            raise
        return
    raise RuntimeError("the call was answered")


def find_endpoints(case):
    given = BasicCredentials("ak", "sk", "p") if case["kind"] == "basic" else GlobalCredentials("ak", "sk", "d")
    client = client_class(case).new_builder().with_credentials(given).with_region(region(case)).build()
    call(client, case)
    return {"given": client._endpoints}


def make_call(case):
    found = chain(case).get_credentials()
    client = client_class(case).new_builder().with_credentials(found).with_region(region(case)).build()
    call(client, case)
    return described(client.get_credentials())


def setup(case):
    """Credentials, endpoints and one whole call."""
    with world(case):
        return {"credentials": part(case, find_credentials), "endpoints": part(case, find_endpoints),
                "call": part(case, make_call)}
