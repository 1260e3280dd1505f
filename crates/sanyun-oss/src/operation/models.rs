//! The structures that operations share (OSS API reference, "Bucket" and "Object" operations).

use super::model::{Model, flag, int, key, model, moment, text};

pub(super) static OWNER: Model =
    Model { name: "Owner", members: &[text("id", "ID"), text("display_name", "DisplayName")] };

pub(super) static BUCKET: Model = Model {
    name: "BucketProperties",
    members: &[
        text("name", "Name"),
        text("location", "Location"),
        moment("creation_date", "CreationDate"),
        text("storage_class", "StorageClass"),
        text("extranet_endpoint", "ExtranetEndpoint"),
        text("intranet_endpoint", "IntranetEndpoint"),
        text("region", "Region"),
        text("resource_group_id", "ResourceGroupId"),
    ],
};

pub(super) static REGION: Model = Model {
    name: "RegionInfo",
    members: &[
        text("region", "Region"),
        text("internet_endpoint", "InternetEndpoint"),
        text("internal_endpoint", "InternalEndpoint"),
        text("accelerate_endpoint", "AccelerateEndpoint"),
    ],
};

pub(super) static CLOUD_BOX: Model = Model {
    name: "CloudBox",
    members: &[
        text("id", "ID"),
        text("name", "Name"),
        text("region", "Region"),
        text("control_endpoint", "ControlEndpoint"),
        text("data_endpoint", "DataEndpoint"),
        text("alias", "Alias"),
    ],
};

pub(super) static CREATE_BUCKET_CONFIGURATION: Model = Model {
    name: "CreateBucketConfiguration",
    members: &[text("storage_class", "StorageClass"), text("data_redundancy_type", "DataRedundancyType")],
};

pub(super) static OBJECT: Model = Model {
    name: "ObjectProperties",
    members: &[
        key("key", "Key"),
        text("object_type", "Type"),
        int("size", "Size"),
        text("etag", "ETag"),
        moment("last_modified", "LastModified"),
        text("storage_class", "StorageClass"),
        model("owner", "Owner", &OWNER),
        text("restore_info", "RestoreInfo"),
        text("transition_time", "TransitionTime"),
    ],
};

pub(super) static COMMON_PREFIX: Model = Model { name: "CommonPrefix", members: &[key("prefix", "Prefix")] };

pub(super) static SSE_RULE: Model = Model {
    name: "ServerSideEncryptionRule",
    members: &[
        text("kms_master_key_id", "KMSMasterKeyID"),
        text("sse_algorithm", "SSEAlgorithm"),
        text("kms_data_encryption", "KMSDataEncryption"),
    ],
};

pub(super) static BUCKET_POLICY: Model =
    Model { name: "BucketPolicy", members: &[text("log_bucket", "LogBucket"), text("log_prefix", "LogPrefix")] };

pub(super) static BUCKET_INFO: Model = Model {
    name: "Bucket",
    members: &[
        text("name", "Name"),
        text("access_monitor", "AccessMonitor"),
        text("location", "Location"),
        moment("creation_date", "CreationDate"),
        text("extranet_endpoint", "ExtranetEndpoint"),
        text("intranet_endpoint", "IntranetEndpoint"),
        text("acl", "AccessControlList/Grant"),
        text("data_redundancy_type", "DataRedundancyType"),
        model("owner", "Owner", &OWNER),
        text("storage_class", "StorageClass"),
        text("resource_group_id", "ResourceGroupId"),
        model("sse_rule", "ServerSideEncryptionRule", &SSE_RULE),
        text("versioning", "Versioning"),
        text("transfer_acceleration", "TransferAcceleration"),
        text("cross_region_replication", "CrossRegionReplication"),
        model("bucket_policy", "BucketPolicy", &BUCKET_POLICY),
        text("comment", "Comment"),
        flag("block_public_access", "BlockPublicAccess"),
        text("bucket_resource_type", "BucketResourceType"),
        text("agentic_bucket_name", "AgenticBucketName"),
    ],
};

pub(super) static VERSIONING_CONFIGURATION: Model =
    Model { name: "VersioningConfiguration", members: &[text("status", "Status")] };

pub(super) static VERSION: Model = Model {
    name: "Version",
    members: &[
        key("key", "Key"),
        text("version_id", "VersionId"),
        flag("is_latest", "IsLatest"),
        text("object_type", "Type"),
        int("size", "Size"),
        text("etag", "ETag"),
        moment("last_modified", "LastModified"),
        text("storage_class", "StorageClass"),
        model("owner", "Owner", &OWNER),
        text("restore_info", "RestoreInfo"),
        text("transition_time", "TransitionTime"),
    ],
};

pub(super) static DELETE_MARKER: Model = Model {
    name: "DeleteMarker",
    members: &[
        key("key", "Key"),
        text("version_id", "VersionId"),
        flag("is_latest", "IsLatest"),
        moment("last_modified", "LastModified"),
        model("owner", "Owner", &OWNER),
    ],
};

pub(super) static TAG: Model = Model { name: "Tag", members: &[text("key", "Key"), text("value", "Value")] };

pub(super) static TAG_SET: Model = Model { name: "TagSet", members: &[model("tags", "Tag", &TAG).list()] };

pub(super) static TAGGING: Model = Model { name: "Tagging", members: &[model("tag_set", "TagSet", &TAG_SET)] };

pub(super) static OBJECT_IDENTIFIER: Model =
    Model { name: "Object", members: &[text("key", "Key"), text("version_id", "VersionId")] };

// `Quiet` first: the order of the vendor's examples.
pub(super) static DELETE: Model =
    Model { name: "Delete", members: &[flag("quiet", "Quiet"), model("objects", "Object", &OBJECT_IDENTIFIER).list()] };

pub(super) static DELETED: Model = Model {
    name: "Deleted",
    members: &[
        key("key", "Key"),
        text("version_id", "VersionId"),
        flag("delete_marker", "DeleteMarker"),
        text("delete_marker_version_id", "DeleteMarkerVersionId"),
    ],
};

pub(super) static JOB_PARAMETERS: Model = Model { name: "JobParameters", members: &[text("tier", "Tier")] };

pub(super) static RESTORE_REQUEST: Model = Model {
    name: "RestoreRequest",
    members: &[int("days", "Days"), model("job_parameters", "JobParameters", &JOB_PARAMETERS)],
};

pub(super) static RETENTION: Model =
    Model { name: "Retention", members: &[text("mode", "Mode"), text("retain_until_date", "RetainUntilDate")] };

pub(super) static LEGAL_HOLD: Model = Model { name: "LegalHold", members: &[text("status", "Status")] };

pub(super) static UPLOADED_PART: Model =
    Model { name: "Part", members: &[int("part_number", "PartNumber"), text("etag", "ETag")] };

pub(super) static COMPLETE_MULTIPART_UPLOAD: Model =
    Model { name: "CompleteMultipartUpload", members: &[model("parts", "Part", &UPLOADED_PART).list()] };

pub(super) static UPLOAD: Model = Model {
    name: "Upload",
    members: &[key("key", "Key"), text("upload_id", "UploadId"), moment("initiated", "Initiated")],
};

pub(super) static PART: Model = Model {
    name: "Part",
    members: &[
        int("part_number", "PartNumber"),
        text("etag", "ETag"),
        moment("last_modified", "LastModified"),
        int("size", "Size"),
        text("hash_crc64", "HashCrc64ecma"),
    ],
};
