"""The official Huawei Cloud VPC SDK, versions 2 and 3, as a client of a local server."""

import step

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkvpc import v2, v3

PROJECT = "0123456789abcdef0123456789abcdef"
REFUSALS = {
    "wrong secret": {"status": 401, "code": "APIGW.0301", "message": "verify aksk signature fail"},
    "wrong key": {"status": 401, "code": "APIGW.0301", "message": "not exist"},
}


def connect(options, client_class=v2.VpcClient, config=None):
    """A client with an explicit endpoint and project id."""
    credentials = BasicCredentials(options.ak, options.sk, PROJECT)
    return client_class.new_builder().with_http_config(config or HttpConfig()) \
        .with_credentials(credentials).with_endpoint(options.endpoint).build()


def connect_region(options):
    """A client with a region only: building it asks IAM for the project id."""
    credentials = BasicCredentials(options.ak, options.sk).with_iam_endpoint(options.endpoint)
    return v2.VpcClient.new_builder().with_credentials(credentials) \
        .with_region(Region(options.region, options.endpoint)).build()


def vpcs(reply):
    step.check(reply.status_code == 200, f"status {reply.status_code}")
    step.check(isinstance(reply.vpcs, list), "no list of VPCs")
    return {"status": reply.status_code, "count": len(reply.vpcs)}


def vpcs_v3(reply):
    return {**vpcs(reply), "request_id": reply.request_id}


def one_vpc(reply):
    step.check(reply.vpc is not None and reply.vpc.id, "no VPC with an id")
    return {"status": reply.status_code, "id": reply.vpc.id, "name": reply.vpc.name, "cidr": reply.vpc.cidr}


def listed(reply, vpc_id, present):
    found = any(vpc.id == vpc_id for vpc in reply.vpcs)
    step.check(found == present, f"listed: {found}")
    return {**vpcs(reply), "listed": found}


def created(reply):
    step.check((reply.vpc.name, reply.vpc.cidr) == ("三云 vpc", "10.1.0.0/16"), "other name or range")
    return one_vpc(reply)


def describe(error):
    """The facts of an error; a failed project look-up only carries them in its text."""
    if isinstance(error, ClientRequestException):
        return {"status": error.status_code, "code": error.error_code, "message": error.error_msg,
                "request_id": error.request_id}
    return {"message": str(error)}


def accepted(steps, options):
    two, three = connect(options), connect(options, v3.VpcClient)
    steps.run("ListVpcs v2", lambda: two.list_vpcs(v2.ListVpcsRequest(limit=10)), vpcs)
    steps.run("ListVpcs v3", lambda: three.list_vpcs(v3.ListVpcsRequest(limit=10, name=["b", "a c"])), vpcs_v3)
    option = v2.CreateVpcOption(name="三云 vpc", cidr="10.1.0.0/16", description="100% + a&b")
    body = v2.CreateVpcRequestBody(vpc=option)
    reply = steps.run("CreateVpc v2", lambda: two.create_vpc(v2.CreateVpcRequest(body=body)), created)
    if reply is not None:
        lifecycle(steps, two, reply.vpc.id)
    region = steps.run("project look-up", lambda: connect_region(options),
                       lambda client: {"project_id": client.get_credentials().project_id})
    if region is not None:
        steps.run("ListVpcs v2 by region", lambda: region.list_vpcs(v2.ListVpcsRequest()), vpcs)


def lifecycle(steps, client, vpc_id):
    """Show, list and delete the VPC just created."""
    show = v2.ShowVpcRequest(vpc_id=vpc_id)
    steps.run("ShowVpc v2", lambda: client.show_vpc(show), created)
    steps.run("ListVpcs v2 after create", lambda: client.list_vpcs(v2.ListVpcsRequest()),
              lambda reply: listed(reply, vpc_id, True))
    steps.run("DeleteVpc v2", lambda: client.delete_vpc(v2.DeleteVpcRequest(vpc_id=vpc_id)),
              lambda reply: {"status": reply.status_code})
    steps.run("ListVpcs v2 after delete", lambda: client.list_vpcs(v2.ListVpcsRequest()),
              lambda reply: listed(reply, vpc_id, False))
    steps.refused("ShowVpc v2 after delete", lambda: client.show_vpc(show), describe, {"status": 404})


def refused(steps, options):
    expected = REFUSALS[options.refusal]
    two, three = connect(options), connect(options, v3.VpcClient)
    steps.refused("ListVpcs v2", lambda: two.list_vpcs(v2.ListVpcsRequest()), describe, expected)
    steps.refused("ListVpcs v3", lambda: three.list_vpcs(v3.ListVpcsRequest()), describe, expected)
    body = v2.CreateVpcRequestBody(vpc=v2.CreateVpcOption(name="n"))
    steps.refused("CreateVpc v2", lambda: two.create_vpc(v2.CreateVpcRequest(body=body)), describe, expected)
    steps.refused("project look-up", lambda: connect_region(options), describe, {"message": expected["code"]})


def main():
    options = step.options(__doc__, region="cn-north-4")
    steps = step.Steps("huawei_vpc")
    (refused if options.refusal else accepted)(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
