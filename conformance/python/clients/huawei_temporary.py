"""Temporary keys and tokens by the official IAM client: for a token, through an agency, and tokens themselves."""

import step

from huawei_vpc import REFUSALS, describe
from huawei_world import DOMAIN, MISSING, PASSWORD, USER, both, build, environment, static

from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
from huaweicloudsdkiam import v3 as iam
from huaweicloudsdkiam.v3.iam_credentials import IamCredentials


def client(options, credentials):
    """An IAM client by endpoint, as one has it without a region."""
    return iam.IamClient.new_builder().with_credentials(credentials).with_endpoint(options.endpoint).build()


def account_client(options):
    return client(options, GlobalCredentials(options.ak, options.sk, "an-account"))


def log_in(options, scope=None, password=PASSWORD):
    """A token for name and password; nothing has to be signed."""
    user = iam.PwdPasswordUser(domain=iam.PwdPasswordUserDomain(name=DOMAIN), name=USER, password=password)
    identity = iam.PwdIdentity(methods=["password"], password=iam.PwdPassword(user=user))
    body = iam.KeystoneCreateUserTokenByPasswordRequestBody(auth=iam.PwdAuth(identity=identity, scope=scope))
    request = iam.KeystoneCreateUserTokenByPasswordRequest(body=body)
    return client(options, IamCredentials()).keystone_create_user_token_by_password(request)


def of_project(options):
    return iam.AuthScope(project=iam.AuthScopeProject(name=options.region))


def of_account():
    return iam.AuthScope(domain=iam.AuthScopeDomain(name=DOMAIN))


def keys_by_token(options, token):
    auth = iam.TokenAuth(identity=iam.TokenAuthIdentity(
        methods=["token"], token=iam.IdentityToken(id=token, duration_seconds=900)))
    body = iam.CreateTemporaryAccessKeyByTokenRequestBody(auth=auth)
    request = iam.CreateTemporaryAccessKeyByTokenRequest(body=body)
    return client(options, IamCredentials(token)).create_temporary_access_key_by_token(request)


def keys_by_agency(options, agency="an-agency"):
    role = iam.IdentityAssumerole(agency_name=agency, domain_name=DOMAIN, duration_seconds=3600)
    auth = iam.AgencyAuth(identity=iam.AgencyAuthIdentity(methods=["assume_role"], assume_role=role))
    body = iam.CreateTemporaryAccessKeyByAgencyRequestBody(auth=auth)
    request = iam.CreateTemporaryAccessKeyByAgencyRequest(body=body)
    return account_client(options).create_temporary_access_key_by_agency(request)


def token_of(reply):
    step.check(bool(reply.x_subject_token), "no token in the header")
    return {"status": reply.status_code, "user": reply.token.user.name}


def temporary(reply):
    found = reply.credential
    step.check(all([found.access, found.secret, found.securitytoken, found.expires_at]), "keys are not whole")
    return {"status": reply.status_code, "access": found.access}


def domains(reply):
    step.check([domain.name for domain in reply.domains] == [DOMAIN], "not the account's name")
    return {"domains": len(reply.domains)}


def projects(reply):
    step.check(len(reply.projects) > 0, "no projects")
    return {"projects": len(reply.projects)}


def used(steps, options, name, reply):
    """Calls with temporary keys; a wrong security token is noticed."""
    if reply is None:
        return
    found = reply.credential

    def credentials():
        return BasicCredentials(found.access, found.secret).with_security_token(found.securitytoken)

    both(steps, options, f"{name}, used", {}, credentials)
    spoiled = BasicCredentials(found.access, found.secret, "p").with_security_token("another")
    with environment(options):
        steps.refused(f"{name}, another security token",
                      lambda: build(options, iam.IamClient, spoiled).keystone_list_auth_domains(
                          iam.KeystoneListAuthDomainsRequest()),
                      describe, {"error": "ClientRequestException", "status": 401})


def accepted(steps, options):
    token = steps.run("log in, project", lambda: log_in(options, of_project(options)), token_of)
    whole = steps.run("log in, account", lambda: log_in(options, of_account()), token_of)
    if token is not None:
        reply = steps.run("CreateTemporaryAccessKeyByToken",
                          lambda: keys_by_token(options, token.x_subject_token), temporary)
        used(steps, options, "keys for a token", reply)
    reply = steps.run("CreateTemporaryAccessKeyByAgency", lambda: keys_by_agency(options), temporary)
    used(steps, options, "keys through an agency", reply)
    if whole is not None:
        by_token = client(options, IamCredentials(whole.x_subject_token))
        steps.run("token instead of a signature",
                  lambda: by_token.keystone_list_auth_domains(iam.KeystoneListAuthDomainsRequest()), domains)
        steps.run("token, projects",
                  lambda: by_token.keystone_list_auth_projects(iam.KeystoneListAuthProjectsRequest()), projects)
    not_accepted(steps, options)


def not_accepted(steps, options):
    refusal = {"error": "ClientRequestException"}
    steps.refused("wrong password", lambda: log_in(options, of_account(), "another"), describe,
                  {**refusal, "status": 401})
    steps.refused("missing agency", lambda: keys_by_agency(options, MISSING), describe, {**refusal, "status": 404})
    steps.refused("unknown token", lambda: keys_by_token(options, "no token"), describe, {**refusal, "status": 401})
    stranger = client(options, IamCredentials("no token"))
    steps.refused("unknown token instead of a signature",
                  lambda: stranger.keystone_list_auth_domains(iam.KeystoneListAuthDomainsRequest()), describe,
                  {**refusal, "status": 401})


def spoiled(steps, options):
    expected = REFUSALS[options.refusal]
    steps.refused("CreateTemporaryAccessKeyByAgency", lambda: keys_by_agency(options), describe, expected)
    with environment(options):
        steps.refused("KeystoneListProjects",
                      lambda: account_client(options).keystone_list_projects(iam.KeystoneListProjectsRequest()),
                      describe, expected)
        steps.refused("project look-up", lambda: build(options, iam.IamClient, static(options)), describe,
                      {"message": expected["code"]})


def main():
    options = step.options(__doc__, region="cn-north-4")
    steps = step.Steps("huawei_temporary")
    (spoiled if options.refusal else accepted)(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
