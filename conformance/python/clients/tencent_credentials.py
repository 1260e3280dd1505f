"""The official Tencent Cloud SDK with credentials from everywhere: environment, profile file, STS, the machine's role,
OIDC of TKE, and the default chain; typed and common client, synchronous and asynchronous."""

import time

import step

from tencent_cvm import REFUSALS
from tencent_world import (CREDENTIALS, EXPIRED_TOKEN, MISSING, STS, TEMPORARY, all_clients, arn, environment, folder,
                           generic, identity, isolated, proxied, refused)

from tencentcloud.common.credential import (Credential, CVMRoleCredential, DefaultCredentialProvider,
                                            DefaultTkeOIDCRoleArnProvider, EnvironmentVariableCredential,
                                            OIDCRoleArnCredential, ProfileCredential, STSAssumeRoleCredential)

SDK_ERROR = "TencentCloudSDKException"
USER, ROLE = "CAMUser", "CAMRole"


def keys(options):
    return {"TENCENTCLOUD_SECRET_ID": options.ak, "TENCENTCLOUD_SECRET_KEY": options.sk}


def home(text):
    """A home folder with this profile file."""
    return {"HOME": str(folder({CREDENTIALS: text}))}


def profile_file(options):
    return home(f"# keys\n[default]\nsecret_id = {options.ak}\nsecret_key: {options.sk}\n[other]\nsecret_id = x\n")


def tke(token="an id token", provider="a-provider"):
    files = folder({"token": token})
    return {"TKE_REGION": "ap-guangzhou", "TKE_PROVIDER_ID": provider, "TKE_ROLE_ARN": arn(),
            "TKE_WEB_IDENTITY_TOKEN_FILE": str(files / "token")}


# The clients inside these credentials use https unless the endpoint says otherwise. A scheme in it is put into `Host`
# and signed (spec 2, 19.12); the local cloud signs `Host` as it comes, so that they agree.
def assumed(options, role="reader", duration=7200):
    return STSAssumeRoleCredential(options.ak, options.sk, arn(role), "a-session", duration, options.endpoint)


def of_tke(options):
    credential = DefaultTkeOIDCRoleArnProvider().get_credentials()
    credential.endpoint = options.endpoint
    return credential


def oidc(options, provider="a-provider", token="an id token"):
    return OIDCRoleArnCredential("ap-guangzhou", provider, token, arn(), "a-session", 7200, options.endpoint)


def chain():
    return DefaultCredentialProvider().get_credential()


def chain_to_tke(options):
    credential = chain()
    credential.endpoint = options.endpoint
    return credential


def temporary(options, duration):
    """Temporary keys as a program gets and keeps them itself."""
    reply = generic(options, Credential(options.ak, options.sk), service=STS).call_json(
        "AssumeRole", {"RoleArn": arn(), "RoleSessionName": "a-session", "DurationSeconds": duration})["Response"]
    given = reply["Credentials"]
    return Credential(given["TmpSecretId"], given["TmpSecretKey"], given["Token"]), reply["ExpiredTime"]


def sources(steps, options):
    """Each source by itself."""
    role = CVMRoleCredential
    given = {
        "static keys": (USER, {}, lambda: Credential(options.ak, options.sk)),
        "static temporary keys": (USER, {}, lambda: Credential(*TEMPORARY)),
        "environment": (USER, keys(options), EnvironmentVariableCredential().get_credential),
        "profile file": (USER, profile_file(options), ProfileCredential().get_credential),
        "STS AssumeRole": (ROLE, {}, lambda: assumed(options)),
        "keys from AssumeRole, kept": (ROLE, {}, lambda: temporary(options, 900)[0]),
        "machine's role": (ROLE, proxied(options), role),
        "machine's role by name": (ROLE, proxied(options), lambda: role(role().get_role_name())),
        "TKE": (ROLE, tke(), lambda: of_tke(options)),
        "OIDC in code": (ROLE, {}, lambda: oidc(options)),
        "default chain: environment": (USER, {**keys(options), **home("[default]\n"), **tke()}, chain),
        "default chain: profile file": (USER, {**profile_file(options), **proxied(options), **tke()}, chain),
        "default chain: machine's role": (ROLE, {**proxied(options), **tke()}, chain),
        "default chain: TKE": (ROLE, {**isolated(options), **tke()}, lambda: chain_to_tke(options)),
    }
    for name, (kind, variables, credential) in given.items():
        all_clients(steps, options, name, credential, variables)
        identity(steps, options, name, credential, kind, variables)


def kept(steps, options):
    """One credential for several calls keeps its keys until they must be renewed."""
    for name, credential, variables in (("STS AssumeRole", lambda: assumed(options), {}),
                                        ("TKE", lambda: of_tke(options), tke()),
                                        ("machine's role", CVMRoleCredential, proxied(options))):
        with environment(**variables):
            one = credential()
            steps.run(f"{name}, kept", lambda: [one.get_credential_info() for _ in range(3)], same)


def same(found):
    step.check(len(set(found)) == 1 and all(found[0]), "other keys every time")
    return {"times": len(found)}


def not_accepted(steps, options):
    """What STS and the gateway refuse, each by the official exception."""
    identifier, secret, token = TEMPORARY
    failure = {"error": SDK_ERROR, "code": "AuthFailure.TokenFailure"}
    refused(steps, options, "wrong token", lambda: Credential(identifier, secret, token + "x"), failure)
    refused(steps, options, "temporary keys without their token", lambda: Credential(identifier, secret), failure)
    refused(steps, options, "missing role", lambda: assumed(options, MISSING),
            {"error": SDK_ERROR, "code": "ResourceNotFound.RoleNotFound"})
    refused(steps, options, "too long a duration", lambda: assumed(options, duration=43201),
            {"error": SDK_ERROR, "code": "InvalidParameter.OverTimeError"})
    expected = {"error": SDK_ERROR, "code": "InvalidParameter.WebIdentityTokenError"}
    refused(steps, options, "TKE, expired id token", lambda: of_tke(options), expected, tke(EXPIRED_TOKEN))
    refused(steps, options, "OIDC, missing provider", lambda: oidc(options, MISSING), expected)
    refused(steps, options, "key with a blank", lambda: Credential(options.ak + " ", options.sk),
            {"error": SDK_ERROR, "code": "InvalidCredential"})


def defects(steps, options):
    """What the official SDK cannot do, as it is (`docs/from-python/tencent.md` has our way)."""
    identifier, secret, token = TEMPORARY
    variables = {"TENCENTCLOUD_SECRET_ID": identifier, "TENCENTCLOUD_SECRET_KEY": secret, "TENCENTCLOUD_TOKEN": token}
    refused(steps, options, "spec 10.1: the environment's token is not used",
            EnvironmentVariableCredential().get_credential, {"code": "AuthFailure.TokenFailure"}, variables)
    refused(steps, options, "spec 10.2, 19.7: profile file without [default]",
            lambda: ProfileCredential().get_credential(), {"error": "AttributeError"}, home("[other]\nsecret_id = x\n"))
    refused(steps, options, "spec 10.6, 19.7: a chain that finds nothing", chain,
            {"error": "OSError", "message": "TKE_REGION"}, isolated(options))
    refused(steps, options, "spec 10.4, 19.6: a role that the machine does not have",
            lambda: CVMRoleCredential(MISSING), {"message": "NoneType"}, proxied(options))


def expired(steps, options, credential, at):
    """Keys whose time is over by now, or nearly; it was told in whole seconds."""
    while time.time() <= at + 1:
        time.sleep(0.1)
    refused(steps, options, "expired temporary keys", lambda: credential,
            {"error": SDK_ERROR, "code": "AuthFailure.TokenFailure"})


def accepted(steps, options):
    short_lived = temporary(options, 1)
    sources(steps, options)
    kept(steps, options)
    not_accepted(steps, options)
    defects(steps, options)
    expired(steps, options, *short_lived)


def spoiled(steps, options):
    """Keys that are wrong, from each source that passes them on or calls STS with them."""
    expected = {"error": SDK_ERROR, **REFUSALS[options.refusal]}
    given = {
        "static keys": ({}, lambda: Credential(options.ak, options.sk)),
        "environment": (keys(options), EnvironmentVariableCredential().get_credential),
        "profile file": (profile_file(options), ProfileCredential().get_credential),
        "STS AssumeRole": ({}, lambda: assumed(options)),
        "default chain: environment": (keys(options), chain),
        "default chain: profile file": (profile_file(options), chain),
    }
    for name, (variables, credential) in given.items():
        refused(steps, options, name, credential, expected, variables)


def main():
    options = step.options(__doc__, region="ap-guangzhou")
    steps = step.Steps("tencent_credentials")
    (spoiled if options.refusal else accepted)(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
