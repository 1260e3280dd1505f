//! What happens to objects when they get old.

use super::shared::Tag;

operations! {
    PutBucketLifecycle: Put bucket
        query ["lifecycle" = ""] type "application/xml" flags [md5] signs ["lifecycle"]
        takes { allow_same_action_overlap: header text "x-oss-allow-same-action-overlap", }
        xml may lifecycle_configuration: LifecycleConfiguration "LifecycleConfiguration"
    -> none;

    GetBucketLifecycle: Get bucket
        query ["lifecycle" = ""] type "application/xml" flags [md5] signs ["lifecycle"]
    -> GetBucketLifecycleResult
        root "LifecycleConfiguration" { lifecycle_configuration: one(LifecycleConfiguration) ".", }
    ;

    DeleteBucketLifecycle: Delete bucket
        query ["lifecycle" = ""] type "application/xml" flags [md5] signs ["lifecycle"]
    -> none;
}

structures! {
    LifecycleConfiguration "LifecycleConfiguration" {
        rules: many(LifecycleRule) "Rule",
    }

    LifecycleRule "Rule" {
        tags: many(Tag) "Tag",
        noncurrent_version_expiration: one(NoncurrentVersionExpiration) "NoncurrentVersionExpiration",
        filter: one(LifecycleRuleFilter) "Filter",
        id: text "ID",
        expiration: one(LifecycleRuleExpiration) "Expiration",
        transitions: many(LifecycleRuleTransition) "Transition",
        noncurrent_version_transitions: many(NoncurrentVersionTransition) "NoncurrentVersionTransition",
        atime_base: int "AtimeBase",
        prefix: text "Prefix",
        status: text "Status",
        abort_multipart_upload: one(LifecycleRuleAbortMultipartUpload) "AbortMultipartUpload",
    }

    NoncurrentVersionExpiration "NoncurrentVersionExpiration" {
        noncurrent_days: int "NoncurrentDays",
    }

    LifecycleRuleFilter "Filter" {
        object_size_greater_than: int "ObjectSizeGreaterThan",
        object_size_less_than: int "ObjectSizeLessThan",
        nots: many(LifecycleRuleNot) "Not",
    }

    LifecycleRuleNot "Not" {
        prefix: text "Prefix",
        tag: one(Tag) "Tag",
    }

    LifecycleRuleExpiration "Expiration" {
        created_before_date: moment "CreatedBeforeDate",
        days: int "Days",
        expired_object_delete_marker: flag "ExpiredObjectDeleteMarker",
    }

    LifecycleRuleTransition "Transition" {
        created_before_date: day "CreatedBeforeDate",
        days: int "Days",
        storage_class: text "StorageClass",
        is_access_time: flag "IsAccessTime",
        return_to_std_when_visit: flag "ReturnToStdWhenVisit",
        allow_small_file: flag "AllowSmallFile",
    }

    NoncurrentVersionTransition "NoncurrentVersionTransition" {
        is_access_time: flag "IsAccessTime",
        return_to_std_when_visit: flag "ReturnToStdWhenVisit",
        allow_small_file: flag "AllowSmallFile",
        noncurrent_days: int "NoncurrentDays",
        storage_class: text "StorageClass",
    }

    LifecycleRuleAbortMultipartUpload "AbortMultipartUpload" {
        days: int "Days",
        created_before_date: moment "CreatedBeforeDate",
    }
}
