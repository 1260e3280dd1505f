//! Buckets, and what lies in them.

use super::shared::Owner;

operations! {
    PutBucket: Put bucket
        type "application/xml" flags [md5]
        takes {
            acl: header text "x-oss-acl",
            resource_group_id: header text "x-oss-resource-group-id",
            bucket_tagging: header text "x-oss-bucket-tagging",
            agentic_bucket: header text "x-oss-agentic-bucket",
        }
        xml may create_bucket_configuration: CreateBucketConfiguration "CreateBucketConfiguration"
    -> none;

    DeleteBucket: Delete bucket
        type "application/xml" flags [md5]
    -> none;

    ListObjects: Get bucket
        query ["encoding-type" = "url"] type "application/octet-stream" flags [md5]
        takes {
            delimiter: query text "delimiter",
            encoding_type: query text "encoding-type",
            marker: query text "marker",
            max_keys: query int "max-keys",
            prefix: query text "prefix",
            request_payer: header text "x-oss-request-payer",
        }
    -> ListObjectsResult
        root "" {
            name: text "Name",
            prefix: key "Prefix",
            marker: key "Marker",
            max_keys: int "MaxKeys",
            delimiter: key "Delimiter",
            is_truncated: flag "IsTruncated",
            next_marker: key "NextMarker",
            encoding_type: text "EncodingType",
            contents: many(ObjectProperties) "Contents",
            common_prefixes: many(CommonPrefix) "CommonPrefixes",
        }
    ;

    PutBucketAcl: Put bucket
        query ["acl" = ""] flags [md5]
        takes { acl: header text "x-oss-acl", }
    -> none;

    GetBucketAcl: Get bucket
        query ["acl" = ""] flags [md5]
    -> GetBucketAclResult
        root "AccessControlPolicy" { owner: one(Owner) "Owner", acl: text "AccessControlList/Grant", }
    ;

    ListObjectsV2: Get bucket
        query ["encoding-type" = "url", "list-type" = "2"] type "application/octet-stream" flags [md5]
        takes {
            delimiter: query text "delimiter",
            start_after: query text "start-after",
            encoding_type: query text "encoding-type",
            continuation_token: query text "continuation-token",
            max_keys: query int "max-keys",
            prefix: query text "prefix",
            fetch_owner: query flag "fetch-owner",
            request_payer: header text "x-oss-request-payer",
        }
    -> ListObjectsV2Result
        root "" {
            name: text "Name",
            prefix: key "Prefix",
            continuation_token: key "ContinuationToken",
            max_keys: int "MaxKeys",
            delimiter: key "Delimiter",
            is_truncated: flag "IsTruncated",
            next_continuation_token: key "NextContinuationToken",
            encoding_type: text "EncodingType",
            contents: many(ObjectProperties) "Contents",
            common_prefixes: many(CommonPrefix) "CommonPrefixes",
            start_after: key "StartAfter",
            key_count: int "KeyCount",
        }
    ;

    GetBucketStat: Get bucket
        query ["stat" = ""] flags [md5]
    -> GetBucketStatResult
        root "BucketStat" {
            storage: int "Storage",
            object_count: int "ObjectCount",
            multi_part_upload_count: int "MultipartUploadCount",
            live_channel_count: int "LiveChannelCount",
            last_modified_time: int "LastModifiedTime",
            standard_storage: int "StandardStorage",
            standard_object_count: int "StandardObjectCount",
            infrequent_access_storage: int "InfrequentAccessStorage",
            infrequent_access_real_storage: int "InfrequentAccessRealStorage",
            infrequent_access_object_count: int "InfrequentAccessObjectCount",
            archive_storage: int "ArchiveStorage",
            archive_real_storage: int "ArchiveRealStorage",
            archive_object_count: int "ArchiveObjectCount",
            cold_archive_storage: int "ColdArchiveStorage",
            cold_archive_real_storage: int "ColdArchiveRealStorage",
            cold_archive_object_count: int "ColdArchiveObjectCount",
            deep_cold_archive_storage: int "DeepColdArchiveStorage",
            deep_cold_archive_real_storage: int "DeepColdArchiveRealStorage",
            deep_cold_archive_object_count: int "DeepColdArchiveObjectCount",
            delete_marker_count: int "DeleteMarkerCount",
        }
    ;

    GetBucketLocation: Get bucket
        query ["location" = ""] flags [md5]
    -> GetBucketLocationResult
        root "LocationConstraint" { location: text ".", }
    ;

    GetBucketInfo: Get bucket
        query ["bucketInfo" = ""] flags [md5]
    -> GetBucketInfoResult
        root "BucketInfo" { bucket_info: one(BucketInfo) "Bucket", }
    ;

    PutBucketVersioning: Put bucket
        query ["versioning" = ""] type "application/xml" flags [md5]
        xml may versioning_configuration: VersioningConfiguration "VersioningConfiguration"
    -> none;

    GetBucketVersioning: Get bucket
        query ["versioning" = ""] flags [md5]
    -> GetBucketVersioningResult
        root "VersioningConfiguration" { version_status: text "Status", }
    ;

    ListObjectVersions: Get bucket
        query ["encoding-type" = "url", "versions" = ""] type "application/octet-stream" flags [md5]
        takes {
            delimiter: query text "delimiter",
            key_marker: query text "key-marker",
            version_id_marker: query text "version-id-marker",
            max_keys: query int "max-keys",
            prefix: query text "prefix",
            encoding_type: query text "encoding-type",
            request_payer: header text "x-oss-request-payer",
        }
    -> ListObjectVersionsResult
        root "ListVersionsResult" {
            name: text "Name",
            key_marker: key "KeyMarker",
            next_key_marker: key "NextKeyMarker",
            version_id_marker: text "VersionIdMarker",
            next_version_id_marker: text "NextVersionIdMarker",
            prefix: key "Prefix",
            max_keys: int "MaxKeys",
            delimiter: key "Delimiter",
            is_truncated: flag "IsTruncated",
            encoding_type: text "EncodingType",
            version: many(ObjectVersionProperties) "Version",
            delete_marker: many(DeleteMarkerProperties) "DeleteMarker",
            common_prefixes: many(CommonPrefix) "CommonPrefixes",
        }
    ;
}

structures! {
    CreateBucketConfiguration "CreateBucketConfiguration" {
        storage_class: text "StorageClass",
        data_redundancy_type: text "DataRedundancyType",
    }

    ObjectProperties "ObjectProperties" {
        key: key "Key",
        object_type: text "Type",
        size: int "Size",
        etag: text "ETag",
        last_modified: moment "LastModified",
        storage_class: text "StorageClass",
        owner: one(Owner) "Owner",
        restore_info: text "RestoreInfo",
        transition_time: text "TransitionTime",
    }

    CommonPrefix "CommonPrefix" {
        prefix: key "Prefix",
    }

    BucketInfo "Bucket" {
        name: text "Name",
        access_monitor: text "AccessMonitor",
        location: text "Location",
        creation_date: moment "CreationDate",
        extranet_endpoint: text "ExtranetEndpoint",
        intranet_endpoint: text "IntranetEndpoint",
        acl: text "AccessControlList/Grant",
        data_redundancy_type: text "DataRedundancyType",
        owner: one(Owner) "Owner",
        storage_class: text "StorageClass",
        resource_group_id: text "ResourceGroupId",
        sse_rule: one(SSERule) "ServerSideEncryptionRule",
        versioning: text "Versioning",
        transfer_acceleration: text "TransferAcceleration",
        cross_region_replication: text "CrossRegionReplication",
        bucket_policy: one(BucketPolicy) "BucketPolicy",
        comment: text "Comment",
        block_public_access: flag "BlockPublicAccess",
        bucket_resource_type: text "BucketResourceType",
        agentic_bucket_name: text "AgenticBucketName",
    }

    SSERule "ServerSideEncryptionRule" {
        kms_master_key_id: text "KMSMasterKeyID",
        sse_algorithm: text "SSEAlgorithm",
        kms_data_encryption: text "KMSDataEncryption",
    }

    BucketPolicy "BucketPolicy" {
        log_bucket: text "LogBucket",
        log_prefix: text "LogPrefix",
    }

    VersioningConfiguration "VersioningConfiguration" {
        status: text "Status",
    }

    ObjectVersionProperties "Version" {
        key: key "Key",
        version_id: text "VersionId",
        is_latest: flag "IsLatest",
        object_type: text "Type",
        size: int "Size",
        etag: text "ETag",
        last_modified: moment "LastModified",
        storage_class: text "StorageClass",
        owner: one(Owner) "Owner",
        restore_info: text "RestoreInfo",
        transition_time: text "TransitionTime",
    }

    DeleteMarkerProperties "DeleteMarker" {
        key: key "Key",
        version_id: text "VersionId",
        is_latest: flag "IsLatest",
        last_modified: moment "LastModified",
        owner: one(Owner) "Owner",
    }
}
