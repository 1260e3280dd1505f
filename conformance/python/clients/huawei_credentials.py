"""The official Huawei Cloud SDK with credentials from everywhere: environment, profile, federation, OIDC, pod
identity, metadata, and chains of them."""

import step

from huawei_vpc import PROJECT, REFUSALS
from huawei_world import (DOMAIN, EXPIRED_TOKEN, MISSING, POD_PATH, POD_TOKEN, both, build, environment, file,
                          refused, static)

from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkcore.auth.provider import (CredentialProviderChain, EnvCredentialProvider,
                                              MetadataCredentialProvider, OidcStsCredentialProvider,
                                              PodIdentityCredentialProvider, ProfileCredentialProvider)
from huaweicloudsdkiam import v3 as iam
from huaweicloudsdkiam.v3.iam_async_client import IamAsyncClient


def keys(options):
    return {"HUAWEICLOUD_SDK_AK": options.ak, "HUAWEICLOUD_SDK_SK": options.sk}


def idp(token="an id token"):
    return {"HUAWEICLOUD_SDK_IDP_ID": "an-idp", "HUAWEICLOUD_SDK_ID_TOKEN_FILE": file("id-token", token)}


def oidc(token="an id token", agency="an-agency"):
    return {"HUAWEICLOUD_OIDC_PROVIDER_URN": "iam::account:oidc-provider:a-provider",
            "HUAWEICLOUD_OIDC_AGENCY_URN": f"iam::account:agency:{agency}",
            "HUAWEICLOUD_OIDC_TOKEN_FILE": file("oidc-token", token)}


def pod(options, token=POD_TOKEN):
    return {"HC_CONTAINER_CREDENTIALS_FULL_URI": options.endpoint + POD_PATH,
            "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE": file("pod-token", token)}


def metadata(options):
    """The local cloud as the proxy through which the address of the metadata service is reached."""
    return {"http_proxy": options.endpoint, "no_proxy": "127.0.0.1,localhost"}


def profile(text, name="own-credentials"):
    return {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": file(name, text)}


def sections(options):
    """Both sections with keys, as the documentation shows it."""
    pair = f"ak = {options.ak}\nsk = {options.sk}\n"
    return f"# keys\n[basic]\n{pair}\n[global]\n{pair}"


def federated_sections(options):
    lines = f"idp_id = an-idp\nid_token_file = {file('profile-token', 'an id token')}\n" \
            f"iam_endpoint = {options.endpoint}\n"
    return f"[basic]\n{lines}[global]\n{lines}"


def listed_domains(reply):
    step.check([domain.name for domain in reply.domains] == [DOMAIN], "not the account's name")
    return {"domains": len(reply.domains)}


def account(steps, options, name, variables, credentials=lambda: None):
    """A call of a global service by both clients."""
    request = iam.KeystoneListAuthDomainsRequest()
    calls = {"sync": lambda: build(options, iam.IamClient, credentials()).keystone_list_auth_domains(request),
             "async": lambda: build(options, IamAsyncClient, credentials())
             .keystone_list_auth_domains_async(request).result()}
    for kind, call in calls.items():
        with environment(options, **variables):
            steps.run(f"{name}, {kind}", call, listed_domains)


def sources(steps, options):
    """Each source by itself, for a regional and for a global service."""
    given = {
        "environment keys": (keys(options), EnvCredentialProvider),
        "environment identity provider": (idp(), EnvCredentialProvider),
        "profile keys": (profile(sections(options), "keys"), ProfileCredentialProvider),
        "profile identity provider": (profile(federated_sections(options), "idp"), ProfileCredentialProvider),
        "OIDC": (oidc(), OidcStsCredentialProvider),
        "pod identity": (pod(options), PodIdentityCredentialProvider),
        "metadata": (metadata(options), MetadataCredentialProvider),
    }
    for name, (variables, provider) in given.items():
        both(steps, options, name, variables, provider.get_basic().get_credentials)
        account(steps, options, f"{name}, global", variables, provider.get_global().get_credentials)


def federation(steps, options):
    """An identity provider named in code."""
    def basic():
        return BasicCredentials().with_idp_id("an-idp").with_id_token_file(file("code-token", "an id token")) \
            .with_iam_endpoint(options.endpoint)

    def whole():
        return GlobalCredentials().with_idp_id("an-idp").with_id_token_file(file("code-token", "an id token")) \
            .with_iam_endpoint(options.endpoint)

    both(steps, options, "federation in code", {}, basic)
    account(steps, options, "federation in code, global", {}, whole)


def chains(steps, options):
    """The chains that there are, and one of one's own."""
    both(steps, options, "no credentials given, keys in the environment", keys(options))
    both(steps, options, "no credentials given, OIDC in the environment", oidc())
    chain = CredentialProviderChain.get_basic
    both(steps, options, "default chain: environment", keys(options), lambda: chain().get_credentials())
    both(steps, options, "default chain: profile", profile(sections(options)), lambda: chain().get_credentials())
    both(steps, options, "default chain: metadata", metadata(options), lambda: chain().get_credentials())
    own = CredentialProviderChain([PodIdentityCredentialProvider.get_basic(), EnvCredentialProvider.get_basic()])
    both(steps, options, "own chain: the second", keys(options), own.get_credentials)
    both(steps, options, "own chain: the first", {**keys(options), **pod(options)}, own.get_credentials)
    account(steps, options, "default chain, global: profile", profile(sections(options)),
            lambda: CredentialProviderChain.get_global().get_credentials())


def not_accepted(steps, options):
    """Tokens and agencies that identity services refuse, each by its own exception."""
    # With an id of the project, or the look-up of it would hide the structured error.
    project = {"HUAWEICLOUD_SDK_PROJECT_ID": PROJECT}
    provider = EnvCredentialProvider.get_basic()
    refused(steps, options, "expired id token", {**idp(EXPIRED_TOKEN), **project}, provider.get_credentials,
            {"error": "ClientRequestException", "status": 401, "code": "IAM.0001"})
    missing = {**idp(), **project, "HUAWEICLOUD_SDK_IDP_ID": MISSING}
    refused(steps, options, "unknown identity provider", missing, provider.get_credentials,
            {"error": "ClientRequestException", "status": 404, "code": "IAM.0004"})
    provider = OidcStsCredentialProvider.get_basic()
    refused(steps, options, "OIDC, expired id token", oidc(EXPIRED_TOKEN), provider.get_credentials,
            {"error": "SdkException", "message": "failed to get credential from oidc sts"})
    refused(steps, options, "OIDC, missing agency", oidc(agency=MISSING), provider.get_credentials,
            {"error": "SdkException", "message": "404"})
    refused(steps, options, "pod identity, wrong token", pod(options, "another"),
            PodIdentityCredentialProvider.get_basic().get_credentials,
            {"error": "SdkException", "message": "failed to get credential from pod identity"})
    refused(steps, options, "profile without the section", profile("[global]\nak = a\nsk = s\n", "half"),
            ProfileCredentialProvider.get_basic().get_credentials,
            {"error": "ApiValueError", "message": "credential type 'basic' does not exist"})


def accepted(steps, options):
    sources(steps, options)
    federation(steps, options)
    chains(steps, options)
    not_accepted(steps, options)


def spoiled(steps, options):
    """Keys that are wrong, from each source that only passes them on."""
    expected = {"message": REFUSALS[options.refusal]["code"]}
    refused(steps, options, "environment keys", keys(options),
            EnvCredentialProvider.get_basic().get_credentials, expected)
    refused(steps, options, "profile keys", profile(sections(options)),
            ProfileCredentialProvider.get_basic().get_credentials, expected)
    refused(steps, options, "keys in code", {}, lambda: static(options), expected)


def main():
    options = step.options(__doc__, region="cn-north-4")
    steps = step.Steps("huawei_credentials")
    (spoiled if options.refusal else accepted)(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
