"""The official OSS SDK V2 as a client of a local server: buckets, their ACL and their configurations.

A configuration that was put comes back equal; one that was taken away is refused with its own code, or shown as it is
for a bucket that never had one.
"""

import datetime
import http.client
import json
from urllib.parse import urlsplit

import step

import alibabacloud_oss_v2 as oss
from oss_world import equal, main, show

UTC = datetime.timezone.utc
POLICY = json.dumps({"Version": "1", "Statement": [{"Effect": "Allow", "Action": ["oss:GetObject"], "Principal": ["*"],
                                                    "Resource": ["acs:oss:*:*:*/*"]}]})


def settings(bucket):
    """Name in the SDK, field of request and reply, what is put, code of a refusal or what is shown without one."""
    return [
        ("cors", "cors_configuration", oss.CORSConfiguration(cors_rules=[
            oss.CORSRule(allowed_origins=["http://a.example", "http://*.b.example"], allowed_methods=["PUT", "GET"],
                         allowed_headers=["x-oss-*", "content-type"], expose_headers=["etag", "x-oss-request-id"],
                         max_age_seconds=600),
            oss.CORSRule(allowed_origins=["*"], allowed_methods=["HEAD"])], response_vary=True),
         "NoSuchCORSConfiguration"),
        ("encryption", "server_side_encryption_rule", oss.ServerSideEncryptionRule(
            oss.ApplyServerSideEncryptionByDefault(
                kms_master_key_id="9468da86-3509-4f8d", kms_data_encryption="SM4", sse_algorithm="KMS")),
         "NoSuchServerSideEncryptionRule"),
        ("lifecycle", "lifecycle_configuration", lifecycle(), "NoSuchLifecycle"),
        ("logging", "bucket_logging_status", oss.BucketLoggingStatus(oss.LoggingEnabled(
            target_bucket=bucket, target_prefix="log-<&>/", logging_role="AliyunOSSLoggingDefaultRole")),
         oss.BucketLoggingStatus()),
        ("tags", "tagging", oss.Tagging(oss.TagSet([oss.Tag("k1", "v1"), oss.Tag("键 <&>", "值")])),
         oss.Tagging()),
        ("website", "website_configuration", website(), "NoSuchWebsiteConfiguration"),
        ("referer", "referer_configuration", oss.RefererConfiguration(
            allow_empty_referer=False, allow_truncate_query_string=True, truncate_path=True,
            referer_list=oss.RefererList(["http://www.aliyun.com", "https://*.aliyun?.com"]),
            referer_blacklist=oss.RefererBlacklist(["http://bad.example"])), None),
        ("request_payment", "request_payment_configuration", oss.RequestPaymentConfiguration("Requester"), None),
        ("transfer_acceleration", "transfer_acceleration_configuration",
         oss.TransferAccelerationConfiguration(True), None),
    ]


def lifecycle():
    day = datetime.datetime(2030, 2, 3, tzinfo=UTC)
    return oss.LifecycleConfiguration([
        oss.LifecycleRule(
            id="rule <1>", prefix="log/", status="Enabled", tags=[oss.Tag("k", "v")],
            expiration=oss.LifecycleRuleExpiration(days=100),
            transitions=[oss.LifecycleRuleTransition(days=30, storage_class="IA", is_access_time=False),
                         oss.LifecycleRuleTransition(days=60, storage_class="Archive")],
            abort_multipart_upload=oss.LifecycleRuleAbortMultipartUpload(days=7),
            noncurrent_version_expiration=oss.NoncurrentVersionExpiration(10),
            noncurrent_version_transitions=[oss.NoncurrentVersionTransition(noncurrent_days=5, storage_class="IA")],
            filter=oss.LifecycleRuleFilter(object_size_greater_than=500, object_size_less_than=64000,
                                           nots=[oss.LifecycleRuleNot(prefix="log/keep/")])),
        oss.LifecycleRule(id="2", prefix="tmp/", status="Disabled",
                          expiration=oss.LifecycleRuleExpiration(created_before_date=day))])


def website():
    return oss.WebsiteConfiguration(
        index_document=oss.IndexDocument(suffix="index.html", support_sub_dir=True, type=1),
        error_document=oss.ErrorDocument(key="error.html", http_status=404),
        routing_rules=oss.RoutingRules([oss.RoutingRule(
            rule_number=1,
            condition=oss.RoutingRuleCondition(
                key_prefix_equals="abc/", http_error_code_returned_equals=404,
                include_headers=[oss.RoutingRuleIncludeHeader(key="host", equals="test.oss-cn-beijing.aliyuncs.com")]),
            redirect=oss.RoutingRuleRedirect(
                redirect_type="Mirror", mirror_url="http://example.com/", mirror_follow_redirect=True,
                mirror_headers=oss.MirrorHeaders(
                    pass_all=True, passs=["a", "b"], removes=["c"],
                    sets=[oss.MirrorHeadersSet(key="k", value="v")])))]))


# --- buckets -------------------------------------------------------------------------------------

def life(world):
    client, bucket = world.client, world.bucket
    world.value("is_bucket_exist, none", lambda: client.is_bucket_exist(bucket), False)
    world.refused("GetBucketInfo, none", lambda: client.get_bucket_info(oss.GetBucketInfoRequest(bucket)),
                  404, "NoSuchBucket")
    world.create(acl="public-read", resource_group_id="rg-aek27tc", bucket_tagging="k1=v1&k2=v%202",
                 create_bucket_configuration=oss.CreateBucketConfiguration(
                     storage_class="IA", data_redundancy_type="ZRS"))
    world.value("is_bucket_exist", lambda: client.is_bucket_exist(bucket), True)
    world.expect("GetBucketInfo", lambda: client.get_bucket_info(oss.GetBucketInfoRequest(bucket)), info)
    world.expect("GetBucketLocation", lambda: client.get_bucket_location(oss.GetBucketLocationRequest(bucket)),
                 location="oss-cn-hangzhou")
    world.expect("GetBucketTags, of its making", lambda: client.get_bucket_tags(oss.GetBucketTagsRequest(bucket)),
                 tagging=oss.Tagging(oss.TagSet([oss.Tag("k1", "v1"), oss.Tag("k2", "v 2")])))
    world.expect("GetBucketResourceGroup", lambda: client.get_bucket_resource_group(
        oss.GetBucketResourceGroupRequest(bucket)), lambda reply: equal(
            reply.bucket_resource_group_configuration, {"resource_group_id": "rg-aek27tc"}))
    world.create(acl="public-read", create_bucket_configuration=oss.CreateBucketConfiguration(
        storage_class="IA", data_redundancy_type="ZRS"))
    world.refused("PutBucket, another storage class", lambda: client.put_bucket(oss.PutBucketRequest(bucket)),
                  409, "BucketAlreadyExists")
    world.clear()
    world.refused("DeleteBucket, again", lambda: client.delete_bucket(oss.DeleteBucketRequest(bucket)),
                  404, "NoSuchBucket")


def info(reply):
    found = reply.bucket_info
    equal(found, {"acl": "public-read", "storage_class": "IA", "data_redundancy_type": "ZRS",
                  "location": "oss-cn-hangzhou", "resource_group_id": "rg-aek27tc", "block_public_access": False})
    step.check(found.owner.id and found.extranet_endpoint and found.creation_date, f"{show(found)}")
    return show(found.owner)


def anonymous(world, key):
    """A plain GET without a signature: the status."""
    parts = urlsplit(world.options.endpoint)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request("GET", f"/{world.bucket}/{key}")
    return connection.getresponse().status


def acl(world):
    client, bucket = world.client, world.bucket
    for name, status in (("public-read-write", 200), ("public-read", 200), ("private", 403)):
        world.expect(f"PutBucketAcl {name}", lambda: client.put_bucket_acl(oss.PutBucketAclRequest(bucket, acl=name)))
        world.expect(f"GetBucketAcl {name}", lambda: client.get_bucket_acl(oss.GetBucketAclRequest(bucket)),
                     lambda reply: step.check(reply.owner.id, "no owner"), acl=name)
        world.value(f"GET without a key, {name}", lambda: anonymous(world, "a"), status)
    world.refused("PutBucketAcl, unknown", lambda: client.put_bucket_acl(oss.PutBucketAclRequest(bucket, acl="all")),
                  400, "InvalidArgument")


def stat(world):
    """One object, one upload under way."""
    client, bucket = world.client, world.bucket
    world.put("a", b"12345")
    world.put("ia", b"123", storage_class="IA")
    client.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(bucket, "b"))
    world.expect("GetBucketStat", lambda: client.get_bucket_stat(oss.GetBucketStatRequest(bucket)),
                 storage=8, object_count=2, multi_part_upload_count=1, standard_storage=5, standard_object_count=1,
                 infrequent_access_real_storage=3, infrequent_access_object_count=1, delete_marker_count=0)


def listing(world):
    client, names = world.client, [f"{world.bucket}-{n}" for n in range(5)]
    for n, name in enumerate(names):
        world.create(name, bucket_tagging=f"n={n}&of={world.bucket}")
    def request(**more):
        return oss.ListBucketsRequest(prefix=f"{world.bucket}-", **more)

    def listed(reply):
        return [entry.name for entry in reply.buckets or []]

    world.run("ListBuckets, pages of two",
              lambda: list(client.list_buckets_paginator(limit=2).iter_page(request())),
              lambda pages: step.check([listed(page) for page in pages] == [names[:2], names[2:4], names[4:]],
                                       f"{[listed(page) for page in pages]}") or {"pages": len(pages)})
    world.expect("ListBuckets, one page", lambda: client.list_buckets(request(max_keys=2, marker=names[0])),
                 lambda reply: step.check(listed(reply) == names[1:3], f"{listed(reply)}"),
                 marker=names[0], max_keys=2, is_truncated=True, next_marker=names[2], prefix=f"{world.bucket}-")
    world.expect("ListBuckets, entry", lambda: client.list_buckets(request(max_keys=1)), lambda reply: equal(
        reply.buckets[0], {"name": names[0], "location": "oss-cn-hangzhou", "region": "cn-hangzhou",
                           "storage_class": "Standard"}))
    world.expect("ListBuckets, tag", lambda: client.list_buckets(request(tag_key="n", tag_value="3")),
                 lambda reply: step.check(listed(reply) == names[3:4], f"{listed(reply)}"))
    world.expect("ListBuckets, tags", lambda: client.list_buckets(
        oss.ListBucketsRequest(tagging=f'"n":"4","of":"{world.bucket}"')),
        lambda reply: step.check(listed(reply) == names[4:], f"{listed(reply)}"))
    for name in names:
        world.clear(name)


def regions(world):
    def check(reply):
        found = {entry.region: entry for entry in reply.region_info}
        equal(found["oss-cn-hangzhou"], {"internet_endpoint": "oss-cn-hangzhou.aliyuncs.com",
                                         "internal_endpoint": "oss-cn-hangzhou-internal.aliyuncs.com",
                                         "accelerate_endpoint": "oss-accelerate.aliyuncs.com"})
        return {"regions": len(found)}

    world.expect("DescribeRegions", lambda: world.client.describe_regions(oss.DescribeRegionsRequest()), check)
    world.expect("DescribeRegions, one", lambda: world.client.describe_regions(
        oss.DescribeRegionsRequest(regions="oss-cn-hangzhou")), lambda reply: step.check(
            [entry.region for entry in reply.region_info] == ["oss-cn-hangzhou"], show(reply.region_info)))


# --- configurations ------------------------------------------------------------------------------

def configurations(world, all_settings):
    client, bucket = world.client, world.bucket

    def call(action, name, **more):
        verb, noun = action.capitalize(), "".join(part.capitalize() for part in name.split("_"))
        make = getattr(oss, f"{verb}Bucket{noun}Request")
        return lambda: getattr(client, f"{action}_bucket_{name}")(make(bucket, **more))

    for name, field, wish, without in all_settings:
        absent(world, f"get {name}, none", call("get", name), field, without)
        world.expect(f"put {name}", call("put", name, **{field: wish}))
        world.expect(f"get {name}", call("get", name), **{field: wish})
        if hasattr(client, f"delete_bucket_{name}"):
            world.expect(f"delete {name}", call("delete", name))
            absent(world, f"get {name}, deleted", call("get", name), field, without)
            world.expect(f"delete {name}, again", call("delete", name))


def malformed(world):
    world.refused("put cors, malformed", lambda: world.client.put_bucket_cors(oss.PutBucketCorsRequest(
        world.bucket, payload=b"<CORSConfiguration>")), 400, "MalformedXML")


def absent(world, name, call, field, without):
    if isinstance(without, str):
        world.refused(name, call, 404, without)
    elif without is not None:
        world.expect(name, call, lambda reply: step.check(empty(getattr(reply, field)), show(getattr(reply, field))))


def empty(found):
    """Whether a configuration says nothing."""
    return not [value for value in show(found).values() if value not in ({}, [], "")]


def defaults(world):
    """What a bucket shows that nobody configured."""
    client, bucket = world.client, world.bucket
    world.expect("get request payment, none", lambda: client.get_bucket_request_payment(
        oss.GetBucketRequestPaymentRequest(bucket)),
        request_payment_configuration=oss.RequestPaymentConfiguration("BucketOwner"))
    world.expect("get referer, none", lambda: client.get_bucket_referer(oss.GetBucketRefererRequest(bucket)),
                 lambda reply: equal(reply.referer_configuration, {"allow_empty_referer": True}))
    world.refused("get transfer acceleration, none", lambda: client.get_bucket_transfer_acceleration(
        oss.GetBucketTransferAccelerationRequest(bucket)), 404, "NoSuchTransferAccelerationConfiguration")
    world.expect("get versioning, none", lambda: client.get_bucket_versioning(
        oss.GetBucketVersioningRequest(bucket)), lambda reply: step.check(not reply.version_status, "a status"))


def inventory(world):
    client, bucket = world.client, world.bucket

    def wish(name):
        return oss.InventoryConfiguration(
            id=name, is_enabled=True, included_object_versions="All",
            optional_fields=oss.OptionalFields(["Size", "LastModifiedDate"]),
            schedule=oss.InventorySchedule(frequency="Weekly"),
            filter=oss.InventoryFilter(prefix="filterPrefix/", lower_size_bound=1024, upper_size_bound=1048576),
            destination=oss.InventoryDestination(oss.InventoryOSSBucketDestination(
                format="CSV", account_id="1000", role_arn="acs:ram::1000:role/x", bucket="acs:oss:::other",
                prefix="p", encryption=oss.InventoryEncryption(sse_kms=oss.SSEKMS("key")))))

    def get(name):
        return lambda: client.get_bucket_inventory(oss.GetBucketInventoryRequest(bucket, inventory_id=name))

    def listed():
        return client.list_bucket_inventory(oss.ListBucketInventoryRequest(bucket))

    names = ["report1", "report2", "report3"]
    world.refused("GetBucketInventory, none", get("report1"), 404, "NoSuchInventory")
    for name in names:
        world.expect(f"PutBucketInventory {name}", lambda: client.put_bucket_inventory(
            oss.PutBucketInventoryRequest(bucket, inventory_id=name, inventory_configuration=wish(name))))
        world.expect(f"GetBucketInventory {name}", get(name), inventory_configuration=wish(name))
    world.expect("ListBucketInventory", listed, lambda reply: equal(
        reply.list_inventory_configurations_result,
        {"inventory_configurations": [wish(name) for name in names], "is_truncated": False}))
    for name in names:
        world.expect(f"DeleteBucketInventory {name}", lambda: client.delete_bucket_inventory(
            oss.DeleteBucketInventoryRequest(bucket, inventory_id=name)))
    world.refused("GetBucketInventory, deleted", get("report1"), 404, "NoSuchInventory")
    world.expect("ListBucketInventory, none", listed, lambda reply: step.check(
        not reply.list_inventory_configurations_result.inventory_configurations, "one is left"))


def policy(world):
    client, bucket = world.client, world.bucket

    def get():
        return client.get_bucket_policy(oss.GetBucketPolicyRequest(bucket))

    def public(expected):
        world.expect(f"GetBucketPolicyStatus {expected}", lambda: client.get_bucket_policy_status(
            oss.GetBucketPolicyStatusRequest(bucket)), policy_status=oss.PolicyStatus(expected))

    world.refused("GetBucketPolicy, none", get, 404, "NoSuchBucketPolicy")
    public(False)
    world.expect("PutBucketPolicy", lambda: client.put_bucket_policy(oss.PutBucketPolicyRequest(bucket, body=POLICY)))
    world.expect("GetBucketPolicy", get, body=POLICY)
    public(True)
    world.expect("DeleteBucketPolicy", lambda: client.delete_bucket_policy(oss.DeleteBucketPolicyRequest(bucket)))
    world.refused("GetBucketPolicy, deleted", get, 404, "NoSuchBucketPolicy")
    world.refused("PutBucketPolicy, no JSON", lambda: client.put_bucket_policy(
        oss.PutBucketPolicyRequest(bucket, body="{")), 400, "InvalidPolicyDocument")


def cname(world):
    client, bucket = world.client, world.bucket

    def listed(expected):
        world.expect(f"ListCname {expected}", lambda: client.list_cname(oss.ListCnameRequest(bucket)),
                     lambda reply: step.check([entry.domain for entry in reply.cnames or []] == expected
                                              and all(entry.status == "Enabled" for entry in reply.cnames or []),
                                              show(reply.cnames))
                     or step.check(reply.owner, "no owner"), bucket=bucket)

    def change(request, domain):
        return request(bucket, bucket_cname_configuration=oss.BucketCnameConfiguration(oss.Cname(domain)))

    domain = f"{bucket}.example.com"
    listed([])
    world.expect("PutCname", lambda: client.put_cname(change(oss.PutCnameRequest, domain)))
    listed([domain])
    world.expect("DeleteCname", lambda: client.delete_cname(change(oss.DeleteCnameRequest, domain)))
    listed([])


def cors(world):
    """The answer to what a browser asks first."""
    client, bucket = world.client, world.bucket

    def ask(origin, method):
        return lambda: client.option_object(oss.OptionObjectRequest(
            bucket, "k", origin=origin, access_control_request_method=method,
            access_control_request_headers="x-oss-test,content-type"))

    world.refused("OptionObject, no rules", ask("http://x.b.example", "PUT"), 403, "AccessForbidden")
    world.expect("put cors", lambda: client.put_bucket_cors(oss.PutBucketCorsRequest(
        bucket, cors_configuration=settings(bucket)[0][2])))
    world.expect("OptionObject", ask("http://x.b.example", "PUT"),
                 access_control_allow_origin="http://x.b.example", access_control_allow_methods="PUT, GET",
                 access_control_allow_headers="x-oss-test,content-type",
                 access_control_expose_headers="etag, x-oss-request-id", access_control_max_age=600)
    world.refused("OptionObject, other origin", ask("http://c.example", "PUT"), 403, "AccessForbidden")
    world.refused("OptionObject, other method", ask("http://x.b.example", "DELETE"), 403, "AccessForbidden")


# --- runs ----------------------------------------------------------------------------------------

def accepted(world):
    life(world)
    world.create()
    listing(world)
    stat(world)
    acl(world)
    regions(world)
    defaults(world)
    configurations(world, settings(world.bucket))
    malformed(world)
    inventory(world)
    policy(world)
    cname(world)
    cors(world)
    world.clear()


def calls(client, bucket):
    yield "GetBucketAcl", lambda: client.get_bucket_acl(oss.GetBucketAclRequest(bucket))
    yield "GetBucketInfo", lambda: client.get_bucket_info(oss.GetBucketInfoRequest(bucket))
    yield "PutBucketTags", lambda: client.put_bucket_tags(oss.PutBucketTagsRequest(
        bucket, tagging=oss.Tagging(oss.TagSet([oss.Tag("k", "v")]))))
    yield "GetBucketLifecycle", lambda: client.get_bucket_lifecycle(oss.GetBucketLifecycleRequest(bucket))
    yield "PutBucketPolicy", lambda: client.put_bucket_policy(oss.PutBucketPolicyRequest(bucket, body=POLICY))
    yield "DeleteBucketWebsite", lambda: client.delete_bucket_website(oss.DeleteBucketWebsiteRequest(bucket))
    yield "GetBucketInventory", lambda: client.get_bucket_inventory(
        oss.GetBucketInventoryRequest(bucket, inventory_id="x"))
    yield "ListCname", lambda: client.list_cname(oss.ListCnameRequest(bucket))
    yield "DescribeRegions", lambda: client.describe_regions(oss.DescribeRegionsRequest())
    yield "DeleteBucket", lambda: client.delete_bucket(oss.DeleteBucketRequest(bucket))


if __name__ == "__main__":
    main("oss_buckets", __doc__, accepted, calls)
