//! Operations on objects that are uploaded in parts.

use super::bucket::REQUEST_PAYER;
use super::model::{Model, flag, int, key, model, moment, text};
use super::models::{COMPLETE_MULTIPART_UPLOAD, PART, UPLOAD};
use super::object::{CALLBACK, COPY_SOURCE, STORED, WORM};
use super::{Operation, Param, Place, ReplyBody, RequestBody, Target, Verb, header, query};

const UPLOAD_ID: Param = query("upload_id", "uploadId").required();
const PART_NUMBER: Param = query("part_number", "partNumber").required();
const ENCODING_TYPE: Param = query("encoding_type", "encoding-type");
const TRAFFIC_LIMIT: Param = header("traffic_limit", "x-oss-traffic-limit");

operations! {
    INITIATE_MULTIPART_UPLOAD = Operation {
        query: &[("uploads", ""), ("encoding-type", "url")],
        md5: true,
        guesses_type: true,
        params: &[
            &[
                ENCODING_TYPE,
                Param::new("disable_auto_detect_mime_type", "", Place::NoTypeGuess),
            ],
            STORED,
            WORM,
        ],
        reply_body: ReplyBody::Xml(&Model {
            name: "InitiateMultipartUploadResult",
            members: &[
                text("bucket", "Bucket"),
                key("key", "Key"),
                text("upload_id", "UploadId"),
                text("encoding_type", "EncodingType"),
            ],
        }),
        ..Operation::new("InitiateMultipartUpload", Verb::Post, Target::Object)
    };

    UPLOAD_PART = Operation {
        checks_crc: true,
        params: &[&[
            PART_NUMBER,
            UPLOAD_ID,
            header("content_md5", "content-md5"),
            header("content_length", "content-length"),
            TRAFFIC_LIMIT,
            REQUEST_PAYER,
        ]],
        body: RequestBody::Raw,
        reply_headers: &[
            text("content_md5", "content-md5"),
            text("etag", "etag"),
            text("hash_crc64", "x-oss-hash-crc64ecma"),
        ],
        ..Operation::new("UploadPart", Verb::Put, Target::Object)
    };

    UPLOAD_PART_COPY = Operation {
        md5: true,
        params: &[
            &[
                PART_NUMBER,
                UPLOAD_ID,
                header("source_range", "x-oss-copy-source-range"),
                TRAFFIC_LIMIT,
                REQUEST_PAYER,
            ],
            COPY_SOURCE,
        ],
        reply_headers: &[text("source_version_id", "x-oss-copy-source-version-id")],
        reply_body: ReplyBody::Xml(&Model {
            name: "CopyPartResult",
            members: &[moment("last_modified", "LastModified"), text("etag", "ETag")],
        }),
        ..Operation::new("UploadPartCopy", Verb::Put, Target::Object)
    };

    COMPLETE_UPLOAD = Operation {
        query: &[("encoding-type", "url")],
        md5: true,
        params: &[
            &[
                UPLOAD_ID,
                ENCODING_TYPE,
                header("acl", "x-oss-object-acl"),
                header("complete_all", "x-oss-complete-all"),
                header("forbid_overwrite", "x-oss-forbid-overwrite"),
                REQUEST_PAYER,
            ],
            CALLBACK,
        ],
        body: RequestBody::Xml {
            param: "complete_multipart_upload",
            model: &COMPLETE_MULTIPART_UPLOAD,
            required: false,
        },
        reply_headers: &[text("hash_crc64", "x-oss-hash-crc64ecma"), text("version_id", "x-oss-version-id")],
        reply_body: ReplyBody::XmlOrCallback(&Model {
            name: "",
            members: &[
                text("bucket", "Bucket"),
                key("key", "Key"),
                text("location", "Location"),
                text("etag", "ETag"),
                text("encoding_type", "EncodingType"),
            ],
        }),
        ..Operation::new("CompleteMultipartUpload", Verb::Post, Target::Object)
    };

    ABORT_MULTIPART_UPLOAD = Operation {
        md5: true,
        params: &[&[UPLOAD_ID, REQUEST_PAYER]],
        ..Operation::new("AbortMultipartUpload", Verb::Delete, Target::Object)
    };

    LIST_MULTIPART_UPLOADS = Operation {
        query: &[("encoding-type", "url"), ("uploads", "")],
        md5: true,
        params: &[&[
            query("delimiter", "delimiter"),
            ENCODING_TYPE,
            query("key_marker", "key-marker"),
            query("max_uploads", "max-uploads"),
            query("prefix", "prefix"),
            query("upload_id_marker", "upload-id-marker"),
            REQUEST_PAYER,
        ]],
        reply_body: ReplyBody::Xml(&Model {
            name: "ListMultipartUploadsResult",
            members: &[
                text("encoding_type", "EncodingType"),
                text("bucket", "Bucket"),
                key("key_marker", "KeyMarker"),
                text("upload_id_marker", "UploadIdMarker"),
                key("next_key_marker", "NextKeyMarker"),
                text("next_upload_id_marker", "NextUploadIdMarker"),
                key("delimiter", "Delimiter"),
                key("prefix", "Prefix"),
                int("max_uploads", "MaxUploads"),
                flag("is_truncated", "IsTruncated"),
                model("uploads", "Upload", &UPLOAD).list(),
            ],
        }),
        ..Operation::new("ListMultipartUploads", Verb::Get, Target::Bucket)
    };

    LIST_PARTS = Operation {
        query: &[("encoding-type", "url")],
        md5: true,
        params: &[&[
            UPLOAD_ID,
            ENCODING_TYPE,
            query("max_parts", "max-parts"),
            query("part_number_marker", "part-number-marker"),
            REQUEST_PAYER,
        ]],
        reply_body: ReplyBody::Xml(&Model {
            name: "ListPartsResult",
            members: &[
                text("encoding_type", "EncodingType"),
                text("bucket", "Bucket"),
                key("key", "Key"),
                text("upload_id", "UploadId"),
                int("part_number_marker", "PartNumberMarker"),
                int("next_part_number_marker", "NextPartNumberMarker"),
                int("max_parts", "MaxParts"),
                flag("is_truncated", "IsTruncated"),
                text("storage_class", "StorageClass"),
                text("client_encryption_key", "ClientEncryptionKey"),
                text("client_encryption_start", "ClientEncryptionStart"),
                text("client_encryption_cek_alg", "ClientEncryptionCekAlg"),
                text("client_encryption_wrap_alg", "ClientEncryptionWrapAlg"),
                int("client_encryption_data_size", "ClientEncryptionDataSize"),
                int("client_encryption_part_size", "ClientEncryptionPartSize"),
                model("parts", "Part", &PART).list(),
            ],
        }),
        ..Operation::new("ListParts", Verb::Get, Target::Object)
    };
}
