//! Objects.

use super::shared::{Owner, TagSet, Tagging};

operations! {
    PutObject: Put object
        flags [guesses_type, checks_crc]
        takes {
            acl: header text "x-oss-object-acl",
            storage_class: header text "x-oss-storage-class",
            metadata: headers map "x-oss-meta-",
            cache_control: header text "cache-control",
            content_disposition: header text "content-disposition",
            content_encoding: header text "content-encoding",
            content_length: header int "content-length",
            content_md5: header text "content-md5",
            content_type: header text "content-type",
            expires: header text "expires",
            server_side_encryption: header text "x-oss-server-side-encryption",
            server_side_data_encryption: header text "x-oss-server-side-data-encryption",
            server_side_encryption_key_id: header text "x-oss-server-side-encryption-key-id",
            tagging: header text "x-oss-tagging",
            callback: header text "x-oss-callback",
            callback_var: header text "x-oss-callback-var",
            forbid_overwrite: header flag "x-oss-forbid-overwrite",
            traffic_limit: header int "x-oss-traffic-limit",
            request_payer: header text "x-oss-request-payer",
            object_worm_retain_until_date: header text "x-oss-object-worm-retain-until-date",
            object_worm_mode: header text "x-oss-object-worm-mode",
            object_worm_legal_hold: header text "x-oss-object-worm-legal-hold",
        }
        raw bytes
    -> PutObjectResult
        headers {
            content_md5: text "content-md5",
            etag: text "etag",
            hash_crc64: text "x-oss-hash-crc64ecma",
            version_id: text "x-oss-version-id",
        }
        content callback_result
    ;

    HeadObject: Head object
        takes {
            version_id: query text "versionId",
            if_match: header text "if-match",
            if_none_match: header text "if-none-match",
            if_modified_since: header text "if-modified-since",
            if_unmodified_since: header text "if-unmodified-since",
            request_payer: header text "x-oss-request-payer",
        }
    -> HeadObjectResult
        headers {
            content_length: int "content-length",
            content_type: text "content-type",
            etag: text "etag",
            last_modified: moment "last-modified",
            content_md5: text "content-md5",
            metadata: map "x-oss-meta-",
            cache_control: text "cache-control",
            content_disposition: text "content-disposition",
            content_encoding: text "content-encoding",
            expires: text "expires",
            hash_crc64: text "x-oss-hash-crc64ecma",
            storage_class: text "x-oss-storage-class",
            object_type: text "x-oss-object-type",
            version_id: text "x-oss-version-id",
            tagging_count: int "x-oss-tagging-count",
            server_side_encryption: text "x-oss-server-side-encryption",
            server_side_data_encryption: text "x-oss-server-side-data-encryption",
            server_side_encryption_key_id: text "x-oss-server-side-encryption-key-id",
            next_append_position: int "x-oss-next-append-position",
            expiration: text "x-oss-expiration",
            restore: text "x-oss-restore",
            process_status: text "x-oss-process-status",
            request_charged: text "x-oss-request-charged",
            allow_origin: text "access-control-allow-origin",
            allow_methods: text "access-control-allow-methods",
            allow_age: text "access-control-allow-age",
            allow_headers: text "access-control-allow-headers",
            expose_headers: text "access-control-expose-headers",
            transition_time: text "x-oss-transition-time",
            sealed_time: text "x-oss-sealed-time",
            object_worm_retain_until_date: text "x-oss-object-worm-retain-until-date",
            object_worm_mode: text "x-oss-object-worm-mode",
            object_worm_legal_hold: text "x-oss-object-worm-legal-hold",
        }
    ;

    GetObject: Get object
        takes {
            if_match: header text "if-match",
            if_none_match: header text "if-none-match",
            if_modified_since: header text "if-modified-since",
            if_unmodified_since: header text "if-unmodified-since",
            range_header: header text "range",
            range_behavior: header text "x-oss-range-behavior",
            response_cache_control: query text "response-cache-control",
            response_content_disposition: query text "response-content-disposition",
            response_content_encoding: query text "response-content-encoding",
            response_content_language: query text "response-content-language",
            response_content_type: query text "response-content-type",
            response_expires: query text "response-expires",
            version_id: query text "versionId",
            traffic_limit: header int "x-oss-traffic-limit",
            process: query text "x-oss-process",
            request_payer: header text "x-oss-request-payer",
            accept_encoding: header text "accept-encoding",
        }
    -> stream
        headers {
            content_length: int "content-length",
            content_range: text "content-range",
            content_type: text "content-type",
            etag: text "etag",
            last_modified: moment "last-modified",
            content_md5: text "content-md5",
            metadata: map "x-oss-meta-",
            cache_control: text "cache-control",
            content_disposition: text "content-disposition",
            content_encoding: text "content-encoding",
            expires: text "expires",
            hash_crc64: text "x-oss-hash-crc64ecma",
            storage_class: text "x-oss-storage-class",
            object_type: text "x-oss-object-type",
            version_id: text "x-oss-version-id",
            tagging_count: int "x-oss-tagging-count",
            server_side_encryption: text "x-oss-server-side-encryption",
            server_side_data_encryption: text "x-oss-server-side-data-encryption",
            server_side_encryption_key_id: text "x-oss-server-side-encryption-key-id",
            next_append_position: int "x-oss-next-append-position",
            expiration: text "x-oss-expiration",
            restore: text "x-oss-restore",
            process_status: text "x-oss-process-status",
            delete_marker: flag "x-oss-delete-marker",
            sealed_time: text "x-oss-sealed-time",
            object_worm_retain_until_date: text "x-oss-object-worm-retain-until-date",
            object_worm_mode: text "x-oss-object-worm-mode",
            object_worm_legal_hold: text "x-oss-object-worm-legal-hold",
        }
    ;

    AppendObject: Post object
        query ["append" = ""] flags [guesses_type]
        needs { position: query text "position", }
        takes {
            acl: header text "x-oss-object-acl",
            storage_class: header text "x-oss-storage-class",
            metadata: headers map "x-oss-meta-",
            cache_control: header text "cache-control",
            content_disposition: header text "content-disposition",
            content_encoding: header text "content-encoding",
            content_length: header int "content-length",
            content_md5: header text "content-md5",
            content_type: header text "content-type",
            expires: header text "expires",
            server_side_encryption: header text "x-oss-server-side-encryption",
            server_side_data_encryption: header text "x-oss-server-side-data-encryption",
            server_side_encryption_key_id: header text "x-oss-server-side-encryption-key-id",
            tagging: header text "x-oss-tagging",
            forbid_overwrite: header flag "x-oss-forbid-overwrite",
            traffic_limit: header int "x-oss-traffic-limit",
            request_payer: header text "x-oss-request-payer",
        }
        raw bytes
    -> AppendObjectResult
        headers {
            version_id: text "x-oss-version-id",
            hash_crc64: text "x-oss-hash-crc64ecma",
            next_position: int "x-oss-next-append-position",
            server_side_encryption: text "x-oss-server-side-encryption",
            server_side_data_encryption: text "x-oss-server-side-data-encryption",
            server_side_encryption_key_id: text "x-oss-server-side-encryption-key-id",
        }
    ;

    CopyObject: Put object
        flags [md5]
        needs { source_key: copy_source text "", }
        takes {
            source_bucket: copy_source text "",
            source_version_id: copy_source text "",
            if_match: header text "x-oss-copy-source-if-match",
            if_none_match: header text "x-oss-copy-source-if-none-match",
            if_modified_since: header text "x-oss-copy-source-if-modified-since",
            if_unmodified_since: header text "x-oss-copy-source-if-unmodified-since",
            acl: header text "x-oss-object-acl",
            storage_class: header text "x-oss-storage-class",
            metadata: headers map "x-oss-meta-",
            cache_control: header text "cache-control",
            content_disposition: header text "content-disposition",
            content_encoding: header text "content-encoding",
            content_length: header int "content-length",
            content_md5: header text "content-md5",
            content_type: header text "content-type",
            expires: header text "expires",
            metadata_directive: header text "x-oss-metadata-directive",
            server_side_encryption: header text "x-oss-server-side-encryption",
            server_side_data_encryption: header text "x-oss-server-side-data-encryption",
            server_side_encryption_key_id: header text "x-oss-server-side-encryption-key-id",
            tagging: header text "x-oss-tagging",
            tagging_directive: header text "x-oss-tagging-directive",
            forbid_overwrite: header flag "x-oss-forbid-overwrite",
            traffic_limit: header int "x-oss-traffic-limit",
            request_payer: header text "x-oss-request-payer",
            object_worm_retain_until_date: header text "x-oss-object-worm-retain-until-date",
            object_worm_mode: header text "x-oss-object-worm-mode",
            object_worm_legal_hold: header text "x-oss-object-worm-legal-hold",
        }
    -> CopyObjectResult
        headers {
            version_id: text "x-oss-version-id",
            hash_crc64: text "x-oss-hash-crc64ecma",
            source_version_id: text "x-oss-copy-source-version-id",
            server_side_encryption: text "x-oss-server-side-encryption",
            server_side_data_encryption: text "x-oss-server-side-data-encryption",
            server_side_encryption_key_id: text "x-oss-server-side-encryption-key-id",
        }
        root "" { last_modified: moment "LastModified", etag: text "ETag", }
    ;

    DeleteObject: Delete object
        flags [md5]
        takes {
            version_id: query text "versionId",
            request_payer: header text "x-oss-request-payer",
            bypass_governance_retention: header flag "x-oss-bypass-governance-retention",
        }
    -> DeleteObjectResult
        headers { version_id: text "x-oss-version-id", delete_marker: flag "x-oss-delete-marker", }
    ;

    DeleteMultipleObjects: Post bucket
        query ["delete" = "", "encoding-type" = "url"] type "application/xml" flags [md5, idempotent]
        takes {
            encoding_type: query text "encoding-type",
            request_payer: header text "x-oss-request-payer",
            bypass_governance_retention: header flag "x-oss-bypass-governance-retention",
        }
        xml must delete: Delete "Delete"
    -> DeleteMultipleObjectsResult
        root "DeleteResult" {
            deleted_objects: many(DeletedInfo) "Deleted",
            encoding_type: text "EncodingType",
        }
    ;

    GetObjectMeta: Head object
        query ["objectMeta" = ""]
        takes { version_id: query text "versionId", request_payer: header text "x-oss-request-payer", }
    -> GetObjectMetaResult
        headers {
            content_length: int "content-length",
            etag: text "etag",
            last_modified: moment "last-modified",
            last_access_time: moment "x-oss-last-access-time",
            version_id: text "x-oss-version-id",
            hash_crc64: text "x-oss-hash-crc64ecma",
            transition_time: text "x-oss-transition-time",
        }
    ;

    RestoreObject: Post object
        query ["restore" = ""] type "application/xml" flags [idempotent]
        takes { version_id: query text "versionId", request_payer: header text "x-oss-request-payer", }
        xml may restore_request: RestoreRequest "RestoreRequest"
    -> RestoreObjectResult
        headers {
            version_id: text "x-oss-version-id",
            restore_priority: text "x-oss-object-restore-priority",
        }
    ;

    PutObjectAcl: Put object
        query ["acl" = ""]
        needs { acl: header text "x-oss-object-acl", }
        takes { version_id: query text "versionId", request_payer: header text "x-oss-request-payer", }
    -> PutObjectAclResult
        headers { version_id: text "x-oss-version-id", }
    ;

    GetObjectAcl: Get object
        query ["acl" = ""]
        takes { version_id: query text "versionId", request_payer: header text "x-oss-request-payer", }
    -> GetObjectAclResult
        headers { version_id: text "x-oss-version-id", }
        root "AccessControlPolicy" { acl: text "AccessControlList/Grant", owner: one(Owner) "Owner", }
    ;

    PutSymlink: Put object
        query ["symlink" = ""] flags [md5]
        needs { target: header text "x-oss-symlink-target", }
        takes {
            acl: header text "x-oss-object-acl",
            storage_class: header text "x-oss-storage-class",
            metadata: headers map "x-oss-meta-",
            forbid_overwrite: header flag "x-oss-forbid-overwrite",
            request_payer: header text "x-oss-request-payer",
        }
    -> PutSymlinkResult
        headers { version_id: text "x-oss-version-id", }
    ;

    GetSymlink: Get object
        query ["symlink" = ""] flags [md5]
        takes { version_id: query text "versionId", request_payer: header text "x-oss-request-payer", }
    -> GetSymlinkResult
        headers {
            version_id: text "x-oss-version-id",
            target: text "x-oss-symlink-target",
            etag: text "etag",
            metadata: map "x-oss-meta-",
        }
    ;

    PutObjectTagging: Put object
        query ["tagging" = ""] flags [md5]
        takes { version_id: query text "versionId", request_payer: header text "x-oss-request-payer", }
        xml must tagging: Tagging "Tagging"
    -> PutObjectTaggingResult
        headers { version_id: text "x-oss-version-id", }
    ;

    GetObjectTagging: Get object
        query ["tagging" = ""] flags [md5]
        takes { version_id: query text "versionId", request_payer: header text "x-oss-request-payer", }
    -> GetObjectTaggingResult
        headers { version_id: text "x-oss-version-id", }
        root "Tagging" { tag_set: one(TagSet) "TagSet", }
    ;

    DeleteObjectTagging: Delete object
        query ["tagging" = ""] flags [md5]
        takes { version_id: query text "versionId", request_payer: header text "x-oss-request-payer", }
    -> DeleteObjectTaggingResult
        headers { version_id: text "x-oss-version-id", }
    ;

    ProcessObject: Post object
        query ["x-oss-process" = ""] flags [md5]
        takes { request_payer: header text "x-oss-request-payer", }
        form process "x-oss-process"
    -> ProcessObjectResult
        object {
            bucket: text "bucket",
            file_size: int "fileSize",
            key: text "object",
            process_status: text "status",
        }
    ;

    AsyncProcessObject: Post object
        query ["x-oss-async-process" = ""] flags [md5]
        takes { request_payer: header text "x-oss-request-payer", }
        form process "x-oss-async-process"
    -> AsyncProcessObjectResult
        object {
            event_id: text "EventId",
            task_id: text "TaskId",
            process_request_id: text "RequestId",
        }
    ;

    CleanRestoredObject: Post object
        query ["cleanRestoredObject" = ""] type "application/xml" flags [md5] signs ["cleanRestoredObject"]
    -> none;

    SealAppendObject: Post object
        query ["seal" = ""] type "application/xml" flags [md5] signs ["seal"]
        needs { position: query int "position", }
    -> SealAppendObjectResult
        headers { sealed_time: text "x-oss-sealed-time", }
    ;
}

structures! {
    Delete "Delete" {
        quiet: flag "Quiet",
        objects: many(ObjectIdentifier) "Object",
    }

    ObjectIdentifier "Object" {
        key: text "Key",
        version_id: text "VersionId",
    }

    DeletedInfo "Deleted" {
        key: key "Key",
        version_id: text "VersionId",
        delete_marker: flag "DeleteMarker",
        delete_marker_version_id: text "DeleteMarkerVersionId",
    }

    RestoreRequest "RestoreRequest" {
        days: int "Days",
        job_parameters: one(JobParameters) "JobParameters",
    }

    JobParameters "JobParameters" {
        tier: text "Tier",
    }
}
