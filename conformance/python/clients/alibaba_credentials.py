"""The official Alibaba Cloud credentials package, every type of it and the default chain, each with a call that the local
cloud verifies: ECS, and who it is by STS; synchronous and asynchronous."""

import json
import os
import pathlib
import subprocess
import sys
import time

import step

from alibaba import REFUSALS, describe
from alibaba_world import (BEARER_TOKEN, CREDENTIALS_URI, EXPIRED_TOKEN, INSTANCE_ROLE, KEY_PAIR_ID, MISSING, TEMPORARY,
                           arn, calls, folder, provider, refused)
from tls import Terminator

from alibabacloud_credentials.client import Client
from alibabacloud_credentials.models import Config
from alibabacloud_credentials.provider import CloudSSOCredentialsProvider
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

FAILURE = "UnretryableException"
USER, ROLE, MACHINE = ":root", ":assumed-role/reader/a-session", f":assumed-role/{INSTANCE_ROLE}/"


def credential(kind, **parameters):
    return Client(Config(type=kind, **parameters))


def keys(options):
    return {"access_key_id": options.ak, "access_key_secret": options.sk}


def temporary():
    return dict(zip(("access_key_id", "access_key_secret", "security_token"), TEMPORARY))


def role(options, source, name="reader", **more):
    return credential("ram_role_arn", **source, role_arn=arn(name), role_session_name="a-session",
                      sts_endpoint=options.endpoint, **more)


def oidc(options, token="an id token", name="a-provider", role_name="reader"):
    return credential("oidc_role_arn", role_arn=arn(role_name), oidc_provider_arn=provider(name),
                      oidc_token_file_path=str(folder({"token": token}) / "token"), role_session_name="a-session",
                      sts_endpoint=options.endpoint)


def machine(options, **more):
    return credential("ecs_ram_role", proxy=options.endpoint, **more)


def key_pair(options):
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                            serialization.NoEncryption()).decode()
    return credential("rsa_key_pair", public_key_id=KEY_PAIR_ID, private_key_file=str(folder({"key": pem}) / "key"),
                      sts_endpoint=options.endpoint)


def cloud_sso(options, token=BEARER_TOKEN):
    return Client(provider=CloudSSOCredentialsProvider(
        sign_in_url=f"{options.endpoint}/start/login", account_id="1", access_config="ac-1", access_token=token,
        access_token_expire=int(time.time()) + 3600))


def sources(steps, options):
    """Each type by itself."""
    given = {
        "access_key": (USER, lambda: credential("access_key", **keys(options))),
        "sts": (USER, lambda: credential("sts", **temporary())),
        "ram_role_arn": (ROLE, lambda: role(options, keys(options))),
        "ram_role_arn with temporary keys": (ROLE, lambda: role(options, temporary())),
        "ram_role_arn with everything": (ROLE, lambda: role(options, keys(options), role_session_expiration=900,
                                                            policy='{"Version":"1"}', external_id="外部")),
        "oidc_role_arn": (ROLE, lambda: oidc(options)),
        "ecs_ram_role": (MACHINE, lambda: machine(options, role_name=INSTANCE_ROLE)),
        "ecs_ram_role without a name": (MACHINE, lambda: machine(options)),
        "ecs_ram_role, version 2 only": (MACHINE, lambda: machine(options, disable_imds_v1=True)),
        "credentials_uri": (MACHINE, lambda: credential(
            "credentials_uri", credentials_uri=options.endpoint + CREDENTIALS_URI)),
        "bearer": (USER, lambda: credential("bearer", bearer_token=BEARER_TOKEN)),
        "cloud_sso": (":assumed-role/", lambda: cloud_sso(options)),
    }
    for name, (whose, made) in given.items():
        calls(steps, options, name, made, whose)
    # The older signatures carry each of them in other places.
    for name in ("access_key", "sts", "ram_role_arn", "bearer"):
        calls(steps, options, f"{name}, signature 1.0", given[name][1], signature_algorithm="v2")
    calls(steps, options, "ram_role_arn, SM3", given["ram_role_arn"][1], signature_algorithm="ACS3-HMAC-SM3")


def not_accepted(steps, options):
    """What STS, the gateway and the metadata service refuse, each by the official exception."""
    identifier, secret, token = TEMPORARY
    client = {"error": "ClientException"}
    refused(steps, options, "wrong token", lambda: credential(
        "sts", access_key_id=identifier, access_key_secret=secret, security_token=token + "x"), describe,
        {**client, "code": "InvalidSecurityToken.MismatchWithAccessKey"})
    refused(steps, options, "wrong bearer token", lambda: credential("bearer", bearer_token="x"), describe,
            {**client, "code": "InvalidBearerToken"})
    given = {
        "missing role": (lambda: role(options, keys(options), MISSING), "EntityNotExist.Role"),
        "too long a duration": (lambda: role(options, keys(options), role_session_expiration=43201),
                                "InvalidParameter.DurationSeconds"),
        "expired id token": (lambda: oidc(options, EXPIRED_TOKEN), "AuthenticationFail.OIDCToken.Expired"),
        "missing provider": (lambda: oidc(options, name=MISSING), "EntityNotExist.OIDCProvider"),
        "a role that the machine does not have": (lambda: machine(options, role_name=MISSING), "HttpCode=404"),
        "a credentials URI that is none": (lambda: credential(
            "credentials_uri", credentials_uri=options.endpoint + "/no/such/object"), "http_code=404"),
        "CloudSSO, wrong access token": (lambda: cloud_sso(options, "x"), "InvalidAccessToken"),
    }
    for name, (made, message) in given.items():
        refused(steps, options, name, made, describe, {"error": FAILURE, "message": message})


def defects(steps, options):
    """What the official package cannot do, as it is (`docs/from-python/alibaba.md` has our way)."""
    refused(steps, options, "spec 9.7, 12.3: a key pair signs with HMAC over its PEM text", lambda: key_pair(options),
            describe, {"error": FAILURE, "message": "InvalidAccessKeyId.NotFound"})
    refused(steps, options, "spec 9.4, 12.2: a blank in the policy is signed as a plus sign",
            lambda: role(options, keys(options), policy='{"Version": "1"}'), describe,
            {"error": FAILURE, "message": "SignatureDoesNotMatch"})


class Chain:
    """The default chain in processes of their own."""

    def __init__(self, steps, options):
        self.steps, self.options = steps, options
        self.by_name = Terminator(options, "aliyuncs.com").trusting
        self.oauth = Terminator(options, "aliyun.com").trusting

    def found(self, files, variables, metadata=False):
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ALIBABA_CLOUD_")}
        environment.update(HOME=str(folder(files)), **variables)
        # Only this address goes through the proxy.
        environment.update({"http_proxy": self.options.endpoint} if metadata else
                           {"ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"})
        environment["no_proxy"] = "127.0.0.1"
        script = pathlib.Path(__file__).with_name("alibaba_default.py")
        done = subprocess.run([sys.executable, script, self.options.host], env=environment, capture_output=True,
                              text=True, check=True)
        return json.loads(done.stdout.splitlines()[-1])

    def run(self, name, source, whose, files, variables, metadata=False):
        def checked(reply):
            step.check(source in reply.get("provider", "") and whose in reply["arn"], f"{reply}")
            return reply
        self.steps.run(f"default chain: {name}", lambda: self.found(files, variables, metadata), checked)

    def all(self):
        options = self.options
        variables = {"ALIBABA_CLOUD_ACCESS_KEY_ID": options.ak, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": options.sk}
        token = dict(zip(variables | {"ALIBABA_CLOUD_SECURITY_TOKEN": ""}, TEMPORARY))
        ini, cli = ".alibabacloud/credentials.ini", ".aliyun/config.json"
        pair = f"access_key_id = {options.ak}\naccess_key_secret = {options.sk}\n"
        static = {ini: f"[default]\nenable = true\ntype = access_key\n{pair}[other]\ntype = access_key\n{pair}"}
        self.run("environment", "default/env", USER, static, variables)
        self.run("environment with a token", "default/env", USER, {}, token)
        self.run("INI file", "default/profile/static_ak", USER, static, {})
        self.run("INI file, another section", "default/profile/static_ak", USER, static,
                 {"ALIBABA_CLOUD_PROFILE": "other"})
        path = folder({"mine": static[ini]}) / "mine"
        self.run("INI file elsewhere", "default/profile/static_ak", USER, {},
                 {"ALIBABA_CLOUD_CREDENTIALS_FILE": str(path)})
        roles = {ini: f"[default]\ntype = ram_role_arn\n{pair}role_arn = {arn()}\nrole_session_name = a-session\n"}
        self.run("INI file, ram_role_arn", "default/profile/ram_role_arn", ROLE, roles, self.by_name)
        self.run("INI file, ecs_ram_role", "default/profile/ecs_ram_role", MACHINE,
                 {ini: f"[default]\ntype = ecs_ram_role\nrole_name = {INSTANCE_ROLE}\n"}, {}, metadata=True)
        for name, source, whose, profile, more, metadata in self.profiles():
            text = json.dumps({"current": "mine", "profiles": [{"name": "mine", "region_id": "cn-hangzhou", **profile}]})
            self.run(f"CLI profile, {name}", f"default/cli_profile/{source}", whose, {cli: text}, more, metadata)
        self.run("OIDC", "default/oidc_role_arn", ROLE, {}, {
            "ALIBABA_CLOUD_ROLE_ARN": arn(), "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": provider(),
            "ALIBABA_CLOUD_OIDC_TOKEN_FILE": str(folder({"token": "an id token"}) / "token"),
            "ALIBABA_CLOUD_ROLE_SESSION_NAME": "a-session", **self.by_name})
        self.run("machine", "default/ecs_ram_role", MACHINE, {}, {}, metadata=True)
        self.run("credentials URI", "default/credential_uri", MACHINE, {},
                 {"ALIBABA_CLOUD_CREDENTIALS_URI": options.endpoint + CREDENTIALS_URI})

    def profiles(self):
        pair = {"access_key_id": self.options.ak, "access_key_secret": self.options.sk}
        token = dict(zip(("access_key_id", "access_key_secret", "sts_token"), TEMPORARY))
        reader = {"ram_role_arn": arn(), "ram_session_name": "a-session"}
        command = f"cat {folder({'keys': json.dumps({'mode': 'AK', **pair})}) / 'keys'}"
        sso = {"cloud_sso_sign_in_url": f"{self.options.endpoint}/start/login", "cloud_sso_account_id": "1",
               "cloud_sso_access_config": "ac-1", "access_token": BEARER_TOKEN,
               "cloud_sso_access_token_expire": int(time.time()) + 3600}
        login = {"oauth_site_type": "CN", "oauth_refresh_token": "a-refresh-token", "oauth_access_token": "over",
                 "oauth_access_token_expire": 1}
        return [
            ("AK", "static_ak", USER, {"mode": "AK", **pair}, {}, False),
            ("StsToken", "static_sts", USER, {"mode": "StsToken", **token}, {}, False),
            ("RamRoleArn", "ram_role_arn", ROLE, {"mode": "RamRoleArn", **pair, **reader}, self.by_name, False),
            ("EcsRamRole", "ecs_ram_role", MACHINE, {"mode": "EcsRamRole", "ram_role_name": INSTANCE_ROLE}, {}, True),
            ("External", "external", USER, {"mode": "External", "process_command": command}, {}, False),
            ("CloudSSO", "cloud_sso", ":assumed-role/", {"mode": "CloudSSO", **sso}, {}, False),
            ("OAuth", "oauth", ":assumed-role/", {"mode": "OAuth", **login}, self.oauth, False),
        ]

    def refused(self, name, files, variables, message):
        def call():
            reply = self.found(files, variables)
            step.check("error" not in reply, reply.get("message"))
        self.steps.refused(f"default chain: {name}", call, lambda error: {"message": str(error)}, {"message": message})


def accepted(steps, options):
    sources(steps, options)
    not_accepted(steps, options)
    defects(steps, options)
    chain = Chain(steps, options)
    chain.all()
    chain.refused("nothing", {}, {}, "unable to load credentials from any of the providers")


def spoiled(steps, options):
    """Keys that are wrong, from each source that passes them on or calls STS with them."""
    expected = REFUSALS[options.refusal]
    refused(steps, options, "access_key", lambda: credential("access_key", **keys(options)), describe,
            {"error": "ClientException", **expected})
    refused(steps, options, "ram_role_arn", lambda: role(options, keys(options)), describe,
            {"error": FAILURE, "message": expected["code"]})
    chain = Chain(steps, options)
    variables = {"ALIBABA_CLOUD_ACCESS_KEY_ID": options.ak, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": options.sk}
    message = {"SignatureDoesNotMatch": "Specified signature is not matched"}
    chain.refused("environment", {}, variables, message.get(expected["code"], "Specified access key is not found"))


def main():
    options = step.options(__doc__, region="cn-hangzhou")
    steps = step.Steps("alibaba_credentials")
    (spoiled if options.refusal else accepted)(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
