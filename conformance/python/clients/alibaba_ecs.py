"""The official Alibaba Cloud ECS SDK as a client of a local server."""

import json

import step
from alibaba import REFUSALS, config, describe

from alibabacloud_ecs20140526 import models
from alibabacloud_ecs20140526.client import Client


def connect(options, **more):
    return Client(config(options, **more))


def with_id(reply, **details):
    step.check(reply.status_code == 200 and reply.body.request_id, f"status {reply.status_code}, no request id")
    return {"status": reply.status_code, "request_id": reply.body.request_id, **details}


def regions(reply):
    return with_id(reply, count=len(reply.body.regions.region))


def started(reply):
    ids = reply.body.instance_id_sets.instance_id_set
    step.check(len(ids) == 2, f"instances {ids}")
    return with_id(reply, ids=ids)


def run_request(options):
    return models.RunInstancesRequest(
        region_id=options.region, image_id="aliyun_3_x64_20G_alibase_20240528.vhd", instance_type="ecs.g6.large",
        amount=2, instance_name="三云 & test", password="a b+c*d~e/%",
        tag=[models.RunInstancesRequestTag(key="env", value="生产 1"), models.RunInstancesRequestTag(key="k2")])


def instances_request(options, ids):
    return models.DescribeInstancesRequest(region_id=options.region, instance_ids=json.dumps(ids))


def described(reply, ids):
    found = sorted(instance.instance_id for instance in reply.body.instances.instance)
    step.check(found == sorted(ids) and reply.body.total_count == len(ids), f"described {found}")
    return with_id(reply, count=reply.body.total_count)


def accepted(steps, options):
    client = connect(options)
    steps.run("DescribeRegions", lambda: client.describe_regions(models.DescribeRegionsRequest()), regions)
    reply = steps.run("RunInstances", lambda: client.run_instances(run_request(options)), started)
    if reply is not None:
        lifecycle(steps, client, options, reply.body.instance_id_sets.instance_id_set)


def lifecycle(steps, client, options, ids):
    """Describe the two instances just started and delete them one after the other."""
    steps.run("DescribeInstances", lambda: client.describe_instances(instances_request(options, ids)),
              lambda reply: described(reply, ids))
    for number, left in ((0, ids[1:]), (1, [])):
        delete = models.DeleteInstanceRequest(instance_id=ids[number], force=True)
        steps.run(f"DeleteInstance {number + 1}", lambda: client.delete_instance(delete), with_id)
        steps.run(f"DescribeInstances after delete {number + 1}",
                  lambda: client.describe_instances(instances_request(options, ids)),
                  lambda reply: described(reply, left))


def refused(steps, options):
    expected = REFUSALS[options.refusal]
    client = connect(options)
    steps.refused("DescribeRegions", lambda: client.describe_regions(models.DescribeRegionsRequest()),
                  describe, expected)
    steps.refused("RunInstances", lambda: client.run_instances(run_request(options)), describe, expected)
    steps.refused("DeleteInstance",
                  lambda: client.delete_instance(models.DeleteInstanceRequest(instance_id="i-1")), describe, expected)


def main():
    options = step.options(__doc__, region="cn-hangzhou")
    steps = step.Steps("alibaba_ecs")
    (refused if options.refusal else accepted)(steps, options)
    steps.finish()


if __name__ == "__main__":
    main()
