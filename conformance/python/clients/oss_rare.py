"""The official OSS SDK V2 as a client of a local server: what is seldom used, and what the local server refuses."""

import step

import alibabacloud_oss_v2 as oss
from oss_buckets import configurations
from oss_world import equal, main, show

UNTIL = "2099-01-01T00:00:00.000Z"


def settings():
    """As in `oss_buckets`."""
    return [
        ("access_monitor", "access_monitor_configuration", oss.AccessMonitorConfiguration(status="Enabled"), None),
        ("archive_direct_read", "archive_direct_read_configuration", oss.ArchiveDirectReadConfiguration(True), None),
        ("https_config", "https_configuration", oss.HttpsConfiguration(
            tls=oss.TLS(enable=True, tls_versions=["TLSv1.2", "TLSv1.3"]),
            cipher_suite=oss.CipherSuite(enable=True, strong_cipher_suite=False, custom_cipher_suites=["A", "B"])),
         None),
        ("overwrite_config", "overwrite_configuration", oss.OverwriteConfiguration([oss.OverwriteRule(
            id="r", action="forbid", prefix="a/", suffix=".txt", principals=oss.OverwritePrincipals(["*"]))]),
         "NoSuchOverwriteConfiguration"),
        ("object_worm_configuration", "object_worm_configuration", oss.ObjectWormConfiguration(
            object_worm_enabled="Enabled", rule=oss.ObjectWormConfigurationRule(
                oss.ObjectWormConfigurationRuleDefaultRetention(mode="GOVERNANCE", days=1))),
         "NoSuchObjectWormConfiguration"),
        ("public_access_block", "public_access_block_configuration", oss.PublicAccessBlockConfiguration(True), None),
        ("resource_group", "bucket_resource_group_configuration",
         oss.BucketResourceGroupConfiguration("rg-aekz"), None),
        ("storage_quota", "quota_configuration", oss.QuotaConfiguration(storage_quota=100), None),
    ]


def log_fields(world):
    client, bucket = world.client, world.bucket
    wish = oss.UserDefinedLogFieldsConfiguration(
        header_set=oss.LoggingHeaderSet(["h1", "h2"]), param_set=oss.LoggingParamSet(["p1"]))

    def get():
        return client.get_user_defined_log_fields_config(oss.GetUserDefinedLogFieldsConfigRequest(bucket))

    world.refused("GetUserDefinedLogFieldsConfig, none", get, 404, "NoSuchUserDefinedLogFieldsConfig")
    world.expect("PutUserDefinedLogFieldsConfig", lambda: client.put_user_defined_log_fields_config(
        oss.PutUserDefinedLogFieldsConfigRequest(bucket, user_defined_log_fields_configuration=wish)))
    world.expect("GetUserDefinedLogFieldsConfig", get, user_defined_log_fields_configuration=wish)
    world.expect("DeleteUserDefinedLogFieldsConfig", lambda: client.delete_user_defined_log_fields_config(
        oss.DeleteUserDefinedLogFieldsConfigRequest(bucket)))
    world.refused("GetUserDefinedLogFieldsConfig, deleted", get, 404, "NoSuchUserDefinedLogFieldsConfig")


def styles(world):
    client, bucket = world.client, world.bucket
    for name in ("small", "tiny"):
        world.expect(f"PutStyle {name}", lambda: client.put_style(oss.PutStyleRequest(
            bucket, style_name=name, category="image", style=oss.StyleContent(f"image/resize,l_{len(name)}"))))
    world.expect("GetStyle", lambda: client.get_style(oss.GetStyleRequest(bucket, style_name="small")),
                 style=oss.StyleInfo(name="small", content="image/resize,l_5", category="image"))
    world.expect("ListStyle", lambda: client.list_style(oss.ListStyleRequest(bucket)), lambda reply: step.check(
        [style.name for style in reply.style_list.styles] == ["small", "tiny"], show(reply)))
    world.expect("DeleteStyle", lambda: client.delete_style(oss.DeleteStyleRequest(bucket, style_name="small")))
    world.refused("GetStyle, deleted", lambda: client.get_style(
        oss.GetStyleRequest(bucket, style_name="small")), 404, "NoSuchStyle")


def worm(world):
    client, bucket = world.client, f"{world.bucket}-worm"
    world.create(bucket)

    def initiate():
        return client.initiate_bucket_worm(oss.InitiateBucketWormRequest(
            bucket, initiate_worm_configuration=oss.InitiateWormConfiguration(1)))

    def get():
        return client.get_bucket_worm(oss.GetBucketWormRequest(bucket))

    world.refused("GetBucketWorm, none", get, 404, "NoSuchWORMConfiguration")
    world.expect("InitiateBucketWorm", initiate, lambda reply: step.check(reply.worm_id, "no id"))
    world.expect("AbortBucketWorm", lambda: client.abort_bucket_worm(oss.AbortBucketWormRequest(bucket)))
    made = world.expect("InitiateBucketWorm, again", initiate)
    world.expect("CompleteBucketWorm", lambda: client.complete_bucket_worm(
        oss.CompleteBucketWormRequest(bucket, worm_id=made.worm_id)))
    world.expect("ExtendBucketWorm", lambda: client.extend_bucket_worm(oss.ExtendBucketWormRequest(
        bucket, worm_id=made.worm_id, extend_worm_configuration=oss.ExtendWormConfiguration(2))))
    world.expect("GetBucketWorm", get, worm_configuration=oss.WormConfiguration(
        worm_id=made.worm_id, state="Locked", retention_period_in_days=2))
    world.clear(bucket)


def retention(world):
    client, bucket, key = world.client, world.bucket, "kept"
    world.put(key)
    world.expect("PutObjectLegalHold", lambda: client.put_object_legal_hold(oss.PutObjectLegalHoldRequest(
        bucket, key, legal_hold=oss.LegalHold(status="OFF"))))
    world.expect("GetObjectLegalHold", lambda: client.get_object_legal_hold(
        oss.GetObjectLegalHoldRequest(bucket, key)), legal_hold=oss.LegalHold(status="OFF"))
    world.expect("PutObjectRetention", lambda: client.put_object_retention(oss.PutObjectRetentionRequest(
        bucket, key, retention=oss.Retention(mode="GOVERNANCE", retain_until_date=UNTIL))))
    world.expect("GetObjectRetention", lambda: client.get_object_retention(
        oss.GetObjectRetentionRequest(bucket, key)), retention=oss.Retention("GOVERNANCE", UNTIL))
    world.refused("DeleteObject, kept", lambda: client.delete_object(oss.DeleteObjectRequest(bucket, key)),
                  409, "FileImmutable")
    world.expect("DeleteObject, all the same", lambda: client.delete_object(
        oss.DeleteObjectRequest(bucket, key, bypass_governance_retention=True)))


def replication(world):
    client, bucket = world.client, world.bucket
    rule = oss.ReplicationRule(
        prefix_set=oss.ReplicationPrefixSet(["a/", "b/"]), action="ALL", historical_object_replication="enabled",
        destination=oss.ReplicationDestination(bucket="other", location="oss-cn-beijing", transfer_type="oss_acc"))
    made = world.expect("PutBucketReplication", lambda: client.put_bucket_replication(oss.PutBucketReplicationRequest(
        bucket, replication_configuration=oss.ReplicationConfiguration([rule]))))
    name = made.replication_rule_id or made.headers.get("x-oss-replication-rule-id")

    def get():
        return client.get_bucket_replication(oss.GetBucketReplicationRequest(bucket))

    world.expect("GetBucketReplication", get, lambda reply: equal(reply.replication_configuration, {"rules": [rule]}))
    world.expect("GetBucketReplicationProgress", lambda: client.get_bucket_replication_progress(
        oss.GetBucketReplicationProgressRequest(bucket, rule_id=name)), lambda reply: step.check(
            [one.id for one in reply.replication_progress.rules] == [name], show(reply)))
    world.expect("PutBucketRtc", lambda: client.put_bucket_rtc(oss.PutBucketRtcRequest(
        bucket, rtc_configuration=oss.RtcConfiguration(id=name, rtc=oss.ReplicationTimeControl("enabled")))))
    world.expect("GetBucketReplicationLocation", lambda: client.get_bucket_replication_location(
        oss.GetBucketReplicationLocationRequest(bucket)), lambda reply: step.check(
            "oss-cn-beijing" in reply.replication_location.locations, show(reply)))
    world.expect("DeleteBucketReplication", lambda: client.delete_bucket_replication(
        oss.DeleteBucketReplicationRequest(bucket, replication_rules=oss.ReplicationRules([name]))))
    world.refused("GetBucketReplication, deleted", get, 404, "NoSuchReplicationConfiguration")


def access_points(world):
    client, bucket, name = world.client, world.bucket, "ap-01"
    named = {"access_point_name": name}

    def get():
        return client.get_access_point(oss.GetAccessPointRequest(bucket, **named))

    world.refused("GetAccessPoint, none", get, 404, "NoSuchAccessPoint")
    made = world.expect("CreateAccessPoint", lambda: client.create_access_point(oss.CreateAccessPointRequest(
        bucket, create_access_point_configuration=oss.CreateAccessPointConfiguration(
            access_point_name=name, network_origin="vpc",
            vpc_configuration=oss.AccessPointVpcConfiguration("vpc-1")))),
        lambda reply: step.check(reply.access_point_arn and reply.alias, show(reply)))
    told = {**named, "bucket": bucket, "network_origin": "vpc", "alias": made.alias, "status": "enable",
            "vpc_configuration": oss.AccessPointVpcConfiguration("vpc-1")}
    world.expect("GetAccessPoint", get, lambda reply: step.check(reply.endpoints.public_endpoint, show(reply)),
                 access_point_arn=made.access_point_arn, **told)
    world.expect("ListAccessPoints", lambda: client.list_access_points(oss.ListAccessPointsRequest(bucket)),
                 lambda reply: equal(reply.access_points[0], told), is_truncated=False)
    policy_and_block(world, named)
    world.expect("DeleteAccessPoint", lambda: client.delete_access_point(
        oss.DeleteAccessPointRequest(bucket, **named)))
    world.refused("GetAccessPoint, deleted", get, 404, "NoSuchAccessPoint")


def policy_and_block(world, named):
    client, bucket, policy = world.client, world.bucket, '{"Version":"1","Statement":[]}'

    def get():
        return client.get_access_point_policy(oss.GetAccessPointPolicyRequest(bucket, **named))

    world.refused("GetAccessPointPolicy, none", get, 404, "NoSuchAccessPointPolicy")
    world.expect("PutAccessPointPolicy", lambda: client.put_access_point_policy(
        oss.PutAccessPointPolicyRequest(bucket, body=policy, **named)))
    world.expect("GetAccessPointPolicy", get, body=policy)
    world.expect("DeleteAccessPointPolicy", lambda: client.delete_access_point_policy(
        oss.DeleteAccessPointPolicyRequest(bucket, **named)))
    block = oss.PublicAccessBlockConfiguration(True)
    world.expect("PutAccessPointPublicAccessBlock", lambda: client.put_access_point_public_access_block(
        oss.PutAccessPointPublicAccessBlockRequest(bucket, public_access_block_configuration=block, **named)))
    world.expect("GetAccessPointPublicAccessBlock", lambda: client.get_access_point_public_access_block(
        oss.GetAccessPointPublicAccessBlockRequest(bucket, **named)), public_access_block_configuration=block)
    world.expect("DeleteAccessPointPublicAccessBlock", lambda: client.delete_access_point_public_access_block(
        oss.DeleteAccessPointPublicAccessBlockRequest(bucket, **named)))


def cname_tokens(world):
    client, bucket, domain = world.client, world.bucket, "token.example.com"

    def get():
        return client.get_cname_token(oss.GetCnameTokenRequest(bucket, cname=domain))

    world.refused("GetCnameToken, none", get, 404, "NoSuchCnameToken")
    made = world.expect("CreateCnameToken", lambda: client.create_cname_token(oss.CreateCnameTokenRequest(
        bucket, bucket_cname_configuration=oss.BucketCnameConfiguration(oss.Cname(domain)))),
        lambda reply: equal(reply.cname_token, {"cname": domain, "bucket": bucket}))
    world.expect("GetCnameToken", get, cname_token=made.cname_token)


def account(world):
    client = world.client
    wish = oss.PublicAccessBlockConfiguration(True)

    def get():
        return client.get_public_access_block(oss.GetPublicAccessBlockRequest())

    world.expect("PutPublicAccessBlock", lambda: client.put_public_access_block(
        oss.PutPublicAccessBlockRequest(public_access_block_configuration=wish)))
    world.expect("GetPublicAccessBlock", get, public_access_block_configuration=wish)
    world.expect("DeletePublicAccessBlock", lambda: client.delete_public_access_block(
        oss.DeletePublicAccessBlockRequest()))
    world.expect("GetPublicAccessBlock, deleted", get,
                 public_access_block_configuration=oss.PublicAccessBlockConfiguration(False))
    world.expect("ListCloudBoxes", lambda: client.list_cloud_boxes(oss.ListCloudBoxesRequest()),
                 lambda reply: step.check(not reply.cloud_boxes, show(reply)))


def not_served(world):
    client, bucket = world.client, world.bucket
    for name, call in (
            ("OpenMetaQuery", lambda: client.open_meta_query(oss.OpenMetaQueryRequest(bucket))),
            ("GetMetaQueryStatus", lambda: client.get_meta_query_status(oss.GetMetaQueryStatusRequest(bucket))),
            ("CloseMetaQuery", lambda: client.close_meta_query(oss.CloseMetaQueryRequest(bucket))),
            ("GetBucketMetadataConfiguration", lambda: client.get_bucket_metadata_configuration(
                oss.GetBucketMetadataConfigurationRequest(bucket))),
            ("ListBucketDataRedundancyTransition", lambda: client.list_bucket_data_redundancy_transition(
                oss.ListBucketDataRedundancyTransitionRequest(bucket))),
            ("DoDataPipelineAction", lambda: client.do_data_pipeline_action(
                oss.DoDataPipelineActionRequest(action="listDataPipelineConfigurations")))):
        world.refused(name, call, 501, "NotImplemented")


def accepted(world):
    world.create()
    configurations(world, settings())
    log_fields(world)
    styles(world)
    worm(world)
    retention(world)
    replication(world)
    access_points(world)
    cname_tokens(world)
    account(world)
    not_served(world)
    world.clear()


def calls(client, bucket):
    yield "GetBucketHttpsConfig", lambda: client.get_bucket_https_config(oss.GetBucketHttpsConfigRequest(bucket))
    yield "ListStyle", lambda: client.list_style(oss.ListStyleRequest(bucket))
    yield "GetBucketWorm", lambda: client.get_bucket_worm(oss.GetBucketWormRequest(bucket))
    yield "GetPublicAccessBlock", lambda: client.get_public_access_block(oss.GetPublicAccessBlockRequest())
    yield "GetBucketReplication", lambda: client.get_bucket_replication(oss.GetBucketReplicationRequest(bucket))


if __name__ == "__main__":
    main("oss_rare", __doc__, accepted, calls)
