"""The official Tencent Cloud CVM SDK, typed and generic client, as a client of a local server."""

import step

from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.cvm.v20170312 import models
from tencentcloud.cvm.v20170312.cvm_client import CvmClient

REFUSALS = {
    "wrong secret": {"code": "AuthFailure.SignatureFailure"},
    "wrong key": {"code": "AuthFailure.SecretIdNotFound"},
}


def profile(options, method="POST"):
    """Plain http; the endpoint is host and port without a scheme, because it is signed as given."""
    return ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=options.host, reqMethod=method))


def connect(options):
    """The typed client."""
    return CvmClient(Credential(options.ak, options.sk), options.region, profile(options))


def connect_common(options, method="POST"):
    """The generic client."""
    credential = Credential(options.ak, options.sk)
    return CommonClient("cvm", "2017-03-12", credential, options.region, profile(options, method))


def describe(error):
    if isinstance(error, TencentCloudSDKException):
        return {"code": error.code, "message": error.message, "request_id": error.requestId}
    return {"message": str(error)}


def with_id(reply, **details):
    step.check(reply.RequestId, "no RequestId")
    return {"request_id": reply.RequestId, **details}


def zones(reply):
    step.check(reply.ZoneSet, "no zones")
    return with_id(reply, count=reply.TotalCount, first=reply.ZoneSet[0].Zone)


def started(reply):
    step.check(len(reply.InstanceIdSet) == 2, f"instances: {reply.InstanceIdSet}")
    return with_id(reply, ids=reply.InstanceIdSet)


def run_request():
    request = models.RunInstancesRequest()
    request._deserialize({
        "InstanceChargeType": "POSTPAID_BY_HOUR", "InstanceType": "S5.MEDIUM2", "ImageId": "img-487zeit5",
        "Placement": {"Zone": "ap-guangzhou-3"}, "InstanceCount": 2, "InstanceName": "三云 & test",
    })
    return request


def instances_request(ids):
    request = models.DescribeInstancesRequest()
    request.InstanceIds = ids
    return request


def described(reply, ids):
    found = sorted(instance.InstanceId for instance in reply.InstanceSet)
    step.check(found == sorted(ids) and reply.TotalCount == len(ids), f"described {found}")
    names = sorted({instance.InstanceName for instance in reply.InstanceSet})
    return with_id(reply, count=reply.TotalCount, names=names)


def gone(reply):
    """Terminated instances are no longer described, or described as shutting down or terminated."""
    states = sorted(instance.InstanceState for instance in reply.InstanceSet)
    step.check("RUNNING" not in states and "PENDING" not in states, f"states {states}")
    return with_id(reply, count=reply.TotalCount, states=states)


def common(reply):
    content = reply["Response"]
    step.check(content["RequestId"] and isinstance(content["InstanceSet"], list), f"content {content}")
    return {"request_id": content["RequestId"], "count": content["TotalCount"]}


def accepted(steps, options):
    typed = connect(options)
    steps.run("DescribeZones", lambda: typed.DescribeZones(models.DescribeZonesRequest()), zones)
    reply = steps.run("RunInstances", lambda: typed.RunInstances(run_request()), started)
    if reply is not None:
        lifecycle(steps, typed, reply.InstanceIdSet)
    parameters = {"Limit": 5, "Filters": [{"Name": "zone", "Values": ["ap-guangzhou-3", "北京 +&="]}]}
    for method in ("POST", "GET"):
        generic = connect_common(options, method)
        steps.run(f"DescribeInstances generic {method}",
                  lambda: generic.call_json("DescribeInstances", parameters), common)


def lifecycle(steps, typed, ids):
    """Describe and terminate the instances just started."""
    steps.run("DescribeInstances", lambda: typed.DescribeInstances(instances_request(ids)),
              lambda reply: described(reply, ids))
    terminate = models.TerminateInstancesRequest()
    terminate.InstanceIds = ids
    steps.run("TerminateInstances", lambda: typed.TerminateInstances(terminate), with_id)
    steps.run("DescribeInstances after terminate", lambda: typed.DescribeInstances(instances_request(ids)), gone)


def refused(steps, options):
    expected = REFUSALS[options.refusal]
    typed = connect(options)
    steps.refused("DescribeZones", lambda: typed.DescribeZones(models.DescribeZonesRequest()), describe, expected)
    steps.refused("RunInstances", lambda: typed.RunInstances(run_request()), describe, expected)
    for method in ("POST", "GET"):
        generic = connect_common(options, method)
        steps.refused(f"DescribeInstances generic {method}",
                      lambda: generic.call_json("DescribeInstances", {"Limit": 1}), describe, expected)


def main():
    options = step.options(__doc__, region="ap-guangzhou")
    steps = step.Steps("tencent_cvm")
    (refused if options.refusal else accepted)(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
