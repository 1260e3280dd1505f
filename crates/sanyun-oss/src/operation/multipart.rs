//! Uploads in parts.

operations! {
    InitiateMultipartUpload: Post object
        query ["uploads" = "", "encoding-type" = "url"] flags [md5, guesses_type]
        takes {
            encoding_type: query text "encoding-type",
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
            request_payer: header text "x-oss-request-payer",
            object_worm_retain_until_date: header text "x-oss-object-worm-retain-until-date",
            object_worm_mode: header text "x-oss-object-worm-mode",
            object_worm_legal_hold: header text "x-oss-object-worm-legal-hold",
            disable_auto_detect_mime_type: no_type_guess flag "",
        }
    -> InitiateMultipartUploadResult
        root "InitiateMultipartUploadResult" {
            bucket: text "Bucket",
            key: key "Key",
            upload_id: text "UploadId",
            encoding_type: text "EncodingType",
        }
    ;

    UploadPart: Put object
        flags [checks_crc]
        needs { part_number: query text "partNumber", upload_id: query text "uploadId", }
        takes {
            content_md5: header text "content-md5",
            content_length: header int "content-length",
            traffic_limit: header int "x-oss-traffic-limit",
            request_payer: header text "x-oss-request-payer",
        }
        raw bytes
    -> UploadPartResult
        headers {
            content_md5: text "content-md5",
            etag: text "etag",
            hash_crc64: text "x-oss-hash-crc64ecma",
        }
    ;

    UploadPartCopy: Put object
        flags [md5]
        needs {
            part_number: query text "partNumber",
            upload_id: query text "uploadId",
            source_key: copy_source text "",
        }
        takes {
            source_bucket: copy_source text "",
            source_version_id: copy_source text "",
            source_range: header text "x-oss-copy-source-range",
            if_match: header text "x-oss-copy-source-if-match",
            if_none_match: header text "x-oss-copy-source-if-none-match",
            if_modified_since: header text "x-oss-copy-source-if-modified-since",
            if_unmodified_since: header text "x-oss-copy-source-if-unmodified-since",
            traffic_limit: header int "x-oss-traffic-limit",
            request_payer: header text "x-oss-request-payer",
        }
    -> UploadPartCopyResult
        headers { source_version_id: text "x-oss-copy-source-version-id", }
        root "CopyPartResult" { last_modified: moment "LastModified", etag: text "ETag", }
    ;

    CompleteMultipartUpload: Post object
        query ["encoding-type" = "url"] flags [md5]
        needs { upload_id: query text "uploadId", }
        takes {
            acl: header text "x-oss-object-acl",
            complete_all: header text "x-oss-complete-all",
            callback: header text "x-oss-callback",
            callback_var: header text "x-oss-callback-var",
            forbid_overwrite: header flag "x-oss-forbid-overwrite",
            encoding_type: query text "encoding-type",
            request_payer: header text "x-oss-request-payer",
        }
        xml may complete_multipart_upload: CompletedMultipartUpload "CompleteMultipartUpload"
    -> CompleteMultipartUploadResult
        headers { hash_crc64: text "x-oss-hash-crc64ecma", version_id: text "x-oss-version-id", }
        root "" {
            bucket: text "Bucket",
            key: key "Key",
            location: text "Location",
            etag: text "ETag",
            encoding_type: text "EncodingType",
        }
        content callback_result
    ;

    AbortMultipartUpload: Delete object
        flags [md5]
        needs { upload_id: query text "uploadId", }
        takes { request_payer: header text "x-oss-request-payer", }
    -> none;

    ListMultipartUploads: Get bucket
        query ["encoding-type" = "url", "uploads" = ""] flags [md5]
        takes {
            delimiter: query text "delimiter",
            encoding_type: query text "encoding-type",
            key_marker: query text "key-marker",
            max_uploads: query int "max-uploads",
            prefix: query text "prefix",
            upload_id_marker: query text "upload-id-marker",
            request_payer: header text "x-oss-request-payer",
        }
    -> ListMultipartUploadsResult
        root "ListMultipartUploadsResult" {
            encoding_type: text "EncodingType",
            bucket: text "Bucket",
            key_marker: key "KeyMarker",
            upload_id_marker: text "UploadIdMarker",
            next_key_marker: key "NextKeyMarker",
            next_upload_id_marker: text "NextUploadIdMarker",
            delimiter: key "Delimiter",
            prefix: key "Prefix",
            max_uploads: int "MaxUploads",
            is_truncated: flag "IsTruncated",
            uploads: many(Upload) "Upload",
        }
    ;

    ListParts: Get object
        query ["encoding-type" = "url"] flags [md5]
        needs { upload_id: query text "uploadId", }
        takes {
            encoding_type: query text "encoding-type",
            max_parts: query int "max-parts",
            part_number_marker: query text "part-number-marker",
            request_payer: header text "x-oss-request-payer",
        }
    -> ListPartsResult
        root "ListPartsResult" {
            encoding_type: text "EncodingType",
            bucket: text "Bucket",
            key: key "Key",
            upload_id: text "UploadId",
            part_number_marker: int "PartNumberMarker",
            next_part_number_marker: int "NextPartNumberMarker",
            max_parts: int "MaxParts",
            is_truncated: flag "IsTruncated",
            storage_class: text "StorageClass",
            client_encryption_key: text "ClientEncryptionKey",
            client_encryption_start: text "ClientEncryptionStart",
            client_encryption_cek_alg: text "ClientEncryptionCekAlg",
            client_encryption_wrap_alg: text "ClientEncryptionWrapAlg",
            client_encryption_data_size: int "ClientEncryptionDataSize",
            client_encryption_part_size: int "ClientEncryptionPartSize",
            parts: many(Part) "Part",
        }
    ;
}

structures! {
    CompletedMultipartUpload "CompleteMultipartUpload" {
        parts: many(UploadedPart) "Part",
    }

    Upload "Upload" {
        key: key "Key",
        upload_id: text "UploadId",
        initiated: moment "Initiated",
    }

    Part "Part" {
        part_number: int "PartNumber",
        etag: text "ETag",
        last_modified: moment "LastModified",
        size: int "Size",
        hash_crc64: text "HashCrc64ecma",
    }

    UploadedPart "Part" {
        part_number: int "PartNumber",
        etag: text "ETag",
    }
}
