//! Operations on a bucket.

use super::model::{Model, flag, int, key, model, text};
use super::models::{
    BUCKET_INFO, COMMON_PREFIX, CREATE_BUCKET_CONFIGURATION, DELETE, DELETE_MARKER, DELETED, OBJECT, OWNER, VERSION,
    VERSIONING_CONFIGURATION,
};
use super::{Operation, Param, ReplyBody, RequestBody, Target, Verb, header, query};

pub(super) const REQUEST_PAYER: Param = header("request_payer", "x-oss-request-payer");

const XML: Option<&str> = Some("application/xml");
const OCTETS: Option<&str> = Some("application/octet-stream");

/// Who owns a bucket or an object, and who may read it.
pub(super) static ACCESS_CONTROL_POLICY: Model = Model {
    name: "AccessControlPolicy",
    members: &[model("owner", "Owner", &OWNER), text("acl", "AccessControlList/Grant")],
};

const fn on_bucket(name: &'static str, method: Verb) -> Operation {
    Operation { md5: true, ..Operation::new(name, method, Target::Bucket) }
}

operations! {
    PUT_BUCKET = Operation {
        content_type: XML,
        params: &[&[
            header("acl", "x-oss-acl"),
            header("resource_group_id", "x-oss-resource-group-id"),
            header("bucket_tagging", "x-oss-bucket-tagging"),
            header("agentic_bucket", "x-oss-agentic-bucket"),
        ]],
        body: RequestBody::Xml {
            param: "create_bucket_configuration",
            model: &CREATE_BUCKET_CONFIGURATION,
            required: false,
        },
        ..on_bucket("PutBucket", Verb::Put)
    };

    DELETE_BUCKET = Operation { content_type: XML, ..on_bucket("DeleteBucket", Verb::Delete) };

    LIST_OBJECTS = Operation {
        query: &[("encoding-type", "url")],
        content_type: OCTETS,
        params: &[&[
            query("delimiter", "delimiter"),
            query("encoding_type", "encoding-type"),
            query("marker", "marker"),
            query("max_keys", "max-keys"),
            query("prefix", "prefix"),
            REQUEST_PAYER,
        ]],
        reply_body: ReplyBody::Xml(&Model {
            name: "",
            members: &[
                text("name", "Name"),
                key("prefix", "Prefix"),
                key("marker", "Marker"),
                int("max_keys", "MaxKeys"),
                key("delimiter", "Delimiter"),
                flag("is_truncated", "IsTruncated"),
                key("next_marker", "NextMarker"),
                text("encoding_type", "EncodingType"),
                model("contents", "Contents", &OBJECT).list(),
                model("common_prefixes", "CommonPrefixes", &COMMON_PREFIX).list(),
            ],
        }),
        ..on_bucket("ListObjects", Verb::Get)
    };

    PUT_BUCKET_ACL = Operation {
        query: &[("acl", "")],
        params: &[&[header("acl", "x-oss-acl")]],
        ..on_bucket("PutBucketAcl", Verb::Put)
    };

    GET_BUCKET_ACL = Operation {
        query: &[("acl", "")],
        reply_body: ReplyBody::Xml(&ACCESS_CONTROL_POLICY),
        ..on_bucket("GetBucketAcl", Verb::Get)
    };

    LIST_OBJECTS_V2 = Operation {
        query: &[("encoding-type", "url"), ("list-type", "2")],
        content_type: OCTETS,
        params: &[&[
            query("delimiter", "delimiter"),
            query("start_after", "start-after"),
            query("encoding_type", "encoding-type"),
            query("continuation_token", "continuation-token"),
            query("max_keys", "max-keys"),
            query("prefix", "prefix"),
            query("fetch_owner", "fetch-owner"),
            REQUEST_PAYER,
        ]],
        reply_body: ReplyBody::Xml(&Model {
            name: "",
            members: &[
                text("name", "Name"),
                key("prefix", "Prefix"),
                key("continuation_token", "ContinuationToken"),
                int("max_keys", "MaxKeys"),
                key("delimiter", "Delimiter"),
                flag("is_truncated", "IsTruncated"),
                key("next_continuation_token", "NextContinuationToken"),
                text("encoding_type", "EncodingType"),
                model("contents", "Contents", &OBJECT).list(),
                model("common_prefixes", "CommonPrefixes", &COMMON_PREFIX).list(),
                key("start_after", "StartAfter"),
                int("key_count", "KeyCount"),
            ],
        }),
        ..on_bucket("ListObjectsV2", Verb::Get)
    };

    GET_BUCKET_STAT = Operation {
        query: &[("stat", "")],
        reply_body: ReplyBody::Xml(&Model {
            name: "BucketStat",
            members: &[
                int("storage", "Storage"),
                int("object_count", "ObjectCount"),
                int("multi_part_upload_count", "MultipartUploadCount"),
                int("live_channel_count", "LiveChannelCount"),
                int("last_modified_time", "LastModifiedTime"),
                int("standard_storage", "StandardStorage"),
                int("standard_object_count", "StandardObjectCount"),
                int("infrequent_access_storage", "InfrequentAccessStorage"),
                int("infrequent_access_real_storage", "InfrequentAccessRealStorage"),
                int("infrequent_access_object_count", "InfrequentAccessObjectCount"),
                int("archive_storage", "ArchiveStorage"),
                int("archive_real_storage", "ArchiveRealStorage"),
                int("archive_object_count", "ArchiveObjectCount"),
                int("cold_archive_storage", "ColdArchiveStorage"),
                int("cold_archive_real_storage", "ColdArchiveRealStorage"),
                int("cold_archive_object_count", "ColdArchiveObjectCount"),
                int("deep_cold_archive_storage", "DeepColdArchiveStorage"),
                int("deep_cold_archive_real_storage", "DeepColdArchiveRealStorage"),
                int("deep_cold_archive_object_count", "DeepColdArchiveObjectCount"),
                int("delete_marker_count", "DeleteMarkerCount"),
            ],
        }),
        ..on_bucket("GetBucketStat", Verb::Get)
    };

    GET_BUCKET_LOCATION = Operation {
        query: &[("location", "")],
        reply_body: ReplyBody::Xml(&Model { name: "LocationConstraint", members: &[text("location", ".")] }),
        ..on_bucket("GetBucketLocation", Verb::Get)
    };

    GET_BUCKET_INFO = Operation {
        query: &[("bucketInfo", "")],
        reply_body: ReplyBody::Xml(&Model {
            name: "BucketInfo",
            members: &[model("bucket_info", "Bucket", &BUCKET_INFO)],
        }),
        ..on_bucket("GetBucketInfo", Verb::Get)
    };

    PUT_BUCKET_VERSIONING = Operation {
        query: &[("versioning", "")],
        content_type: XML,
        body: RequestBody::Xml {
            param: "versioning_configuration",
            model: &VERSIONING_CONFIGURATION,
            required: false,
        },
        ..on_bucket("PutBucketVersioning", Verb::Put)
    };

    GET_BUCKET_VERSIONING = Operation {
        query: &[("versioning", "")],
        reply_body: ReplyBody::Xml(&Model {
            name: "VersioningConfiguration",
            members: &[text("version_status", "Status")],
        }),
        ..on_bucket("GetBucketVersioning", Verb::Get)
    };

    LIST_OBJECT_VERSIONS = Operation {
        query: &[("encoding-type", "url"), ("versions", "")],
        content_type: OCTETS,
        params: &[&[
            query("delimiter", "delimiter"),
            query("key_marker", "key-marker"),
            query("version_id_marker", "version-id-marker"),
            query("max_keys", "max-keys"),
            query("prefix", "prefix"),
            query("encoding_type", "encoding-type"),
            REQUEST_PAYER,
        ]],
        reply_body: ReplyBody::Xml(&Model {
            name: "ListVersionsResult",
            members: &[
                text("name", "Name"),
                key("key_marker", "KeyMarker"),
                key("next_key_marker", "NextKeyMarker"),
                text("version_id_marker", "VersionIdMarker"),
                text("next_version_id_marker", "NextVersionIdMarker"),
                key("prefix", "Prefix"),
                int("max_keys", "MaxKeys"),
                key("delimiter", "Delimiter"),
                flag("is_truncated", "IsTruncated"),
                text("encoding_type", "EncodingType"),
                model("version", "Version", &VERSION).list(),
                model("delete_marker", "DeleteMarker", &DELETE_MARKER).list(),
                model("common_prefixes", "CommonPrefixes", &COMMON_PREFIX).list(),
            ],
        }),
        ..on_bucket("ListObjectVersions", Verb::Get)
    };

    DELETE_MULTIPLE_OBJECTS = Operation {
        query: &[("delete", ""), ("encoding-type", "url")],
        content_type: XML,
        // What is deleted stays deleted.
        idempotent: true,
        params: &[&[
            query("encoding_type", "encoding-type"),
            REQUEST_PAYER,
            header("bypass_governance_retention", "x-oss-bypass-governance-retention"),
        ]],
        body: RequestBody::Xml { param: "delete", model: &DELETE, required: true },
        reply_body: ReplyBody::Xml(&Model {
            name: "DeleteResult",
            members: &[model("deleted_objects", "Deleted", &DELETED).list(), text("encoding_type", "EncodingType")],
        }),
        ..on_bucket("DeleteMultipleObjects", Verb::Post)
    };
}
