//! Operations on an object.

use super::bucket::{ACCESS_CONTROL_POLICY, REQUEST_PAYER};
use super::model::{Member, Model, flag, int, map, model, moment, text};
use super::models::{LEGAL_HOLD, RESTORE_REQUEST, RETENTION, TAG_SET, TAGGING};
use super::{Operation, Param, Place, ReplyBody, RequestBody, Target, Verb, header, query};

const XML: Option<&str> = Some("application/xml");
const VERSION_ID: Param = query("version_id", "versionId");
const FORBID_OVERWRITE: Param = header("forbid_overwrite", "x-oss-forbid-overwrite");
const TRAFFIC_LIMIT: Param = header("traffic_limit", "x-oss-traffic-limit");

/// What an object keeps beside its bytes.
pub(super) static STORED: &[Param] = &[
    header("storage_class", "x-oss-storage-class"),
    Param::new("metadata", "x-oss-meta-", Place::HeaderMap),
    header("cache_control", "cache-control"),
    header("content_disposition", "content-disposition"),
    header("content_encoding", "content-encoding"),
    header("content_length", "content-length"),
    header("content_md5", "content-md5"),
    header("content_type", "content-type"),
    header("expires", "expires"),
    header("server_side_encryption", "x-oss-server-side-encryption"),
    header("server_side_data_encryption", "x-oss-server-side-data-encryption"),
    header("server_side_encryption_key_id", "x-oss-server-side-encryption-key-id"),
    header("tagging", "x-oss-tagging"),
    FORBID_OVERWRITE,
    REQUEST_PAYER,
];

/// Until when an object must not be changed.
pub(super) static WORM: &[Param] = &[
    header("object_worm_retain_until_date", "x-oss-object-worm-retain-until-date"),
    header("object_worm_mode", "x-oss-object-worm-mode"),
    header("object_worm_legal_hold", "x-oss-object-worm-legal-hold"),
];

/// A call to the user's own server when the object is stored.
pub(super) static CALLBACK: &[Param] =
    &[header("callback", "x-oss-callback"), header("callback_var", "x-oss-callback-var")];

/// Conditions on the object that is read.
static CONDITIONS: &[Param] = &[
    header("if_match", "if-match"),
    header("if_none_match", "if-none-match"),
    header("if_modified_since", "if-modified-since"),
    header("if_unmodified_since", "if-unmodified-since"),
];

/// The object that is copied, and conditions on it.
pub(super) static COPY_SOURCE: &[Param] = &[
    Param::new("source_bucket", "", Place::CopySource),
    Param::new("source_key", "", Place::CopySource).required(),
    Param::new("source_version_id", "", Place::CopySource),
    header("if_match", "x-oss-copy-source-if-match"),
    header("if_none_match", "x-oss-copy-source-if-none-match"),
    header("if_modified_since", "x-oss-copy-source-if-modified-since"),
    header("if_unmodified_since", "x-oss-copy-source-if-unmodified-since"),
];

const REPLY_VERSION_ID: Member = text("version_id", "x-oss-version-id");
const REPLY_CRC: Member = text("hash_crc64", "x-oss-hash-crc64ecma");
const REPLY_ETAG: Member = text("etag", "etag");
const REPLY_MD5: Member = text("content_md5", "content-md5");
const REPLY_SSE: Member = text("server_side_encryption", "x-oss-server-side-encryption");
const REPLY_SSE_DATA: Member = text("server_side_data_encryption", "x-oss-server-side-data-encryption");
const REPLY_SSE_KEY: Member = text("server_side_encryption_key_id", "x-oss-server-side-encryption-key-id");

/// What the replies of GetObject and HeadObject tell; either sends what applies.
static DESCRIPTION: &[Member] = &[
    int("content_length", "content-length"),
    text("content_range", "content-range"),
    text("content_type", "content-type"),
    REPLY_ETAG,
    moment("last_modified", "last-modified"),
    REPLY_MD5,
    map("metadata", "x-oss-meta-"),
    text("cache_control", "cache-control"),
    text("content_disposition", "content-disposition"),
    text("content_encoding", "content-encoding"),
    text("expires", "expires"),
    REPLY_CRC,
    text("storage_class", "x-oss-storage-class"),
    text("object_type", "x-oss-object-type"),
    REPLY_VERSION_ID,
    int("tagging_count", "x-oss-tagging-count"),
    REPLY_SSE,
    REPLY_SSE_DATA,
    REPLY_SSE_KEY,
    int("next_append_position", "x-oss-next-append-position"),
    text("expiration", "x-oss-expiration"),
    text("restore", "x-oss-restore"),
    text("process_status", "x-oss-process-status"),
    flag("delete_marker", "x-oss-delete-marker"),
    text("request_charged", "x-oss-request-charged"),
    text("allow_origin", "access-control-allow-origin"),
    text("allow_methods", "access-control-allow-methods"),
    text("allow_age", "access-control-allow-age"),
    text("allow_headers", "access-control-allow-headers"),
    text("expose_headers", "access-control-expose-headers"),
    moment("transition_time", "x-oss-transition-time"),
    text("sealed_time", "x-oss-sealed-time"),
    text("object_worm_retain_until_date", "x-oss-object-worm-retain-until-date"),
    text("object_worm_mode", "x-oss-object-worm-mode"),
    text("object_worm_legal_hold", "x-oss-object-worm-legal-hold"),
];

const fn on_object(name: &'static str, method: Verb) -> Operation {
    Operation::new(name, method, Target::Object)
}

operations! {
    PUT_OBJECT = Operation {
        guesses_type: true,
        checks_crc: true,
        params: &[&[header("acl", "x-oss-object-acl"), TRAFFIC_LIMIT], STORED, CALLBACK, WORM],
        body: RequestBody::Raw,
        reply_headers: &[REPLY_MD5, REPLY_ETAG, REPLY_CRC, REPLY_VERSION_ID],
        reply_body: ReplyBody::Text("callback_result"),
        ..on_object("PutObject", Verb::Put)
    };

    HEAD_OBJECT = Operation {
        params: &[&[VERSION_ID, REQUEST_PAYER], CONDITIONS],
        reply_headers: DESCRIPTION,
        ..on_object("HeadObject", Verb::Head)
    };

    GET_OBJECT = Operation {
        params: &[
            &[
                query("response_cache_control", "response-cache-control"),
                query("response_content_disposition", "response-content-disposition"),
                query("response_content_encoding", "response-content-encoding"),
                query("response_content_language", "response-content-language"),
                query("response_content_type", "response-content-type"),
                query("response_expires", "response-expires"),
                VERSION_ID,
                query("process", "x-oss-process"),
                header("range_header", "range"),
                header("range_behavior", "x-oss-range-behavior"),
                TRAFFIC_LIMIT,
                REQUEST_PAYER,
                header("accept_encoding", "accept-encoding"),
            ],
            CONDITIONS,
        ],
        reply_headers: DESCRIPTION,
        reply_body: ReplyBody::Raw,
        ..on_object("GetObject", Verb::Get)
    };

    APPEND_OBJECT = Operation {
        query: &[("append", "")],
        guesses_type: true,
        params: &[
            &[query("position", "position").required(), header("acl", "x-oss-object-acl"), TRAFFIC_LIMIT],
            STORED,
        ],
        body: RequestBody::Raw,
        reply_headers: &[
            REPLY_VERSION_ID,
            REPLY_CRC,
            int("next_position", "x-oss-next-append-position"),
            REPLY_SSE,
            REPLY_SSE_DATA,
            REPLY_SSE_KEY,
        ],
        ..on_object("AppendObject", Verb::Post)
    };

    COPY_OBJECT = Operation {
        md5: true,
        params: &[
            &[
                header("acl", "x-oss-object-acl"),
                TRAFFIC_LIMIT,
                header("metadata_directive", "x-oss-metadata-directive"),
                header("tagging_directive", "x-oss-tagging-directive"),
            ],
            COPY_SOURCE,
            STORED,
            WORM,
        ],
        reply_headers: &[
            REPLY_VERSION_ID,
            REPLY_CRC,
            text("source_version_id", "x-oss-copy-source-version-id"),
            REPLY_SSE,
            REPLY_SSE_DATA,
            REPLY_SSE_KEY,
        ],
        reply_body: ReplyBody::Xml(&Model {
            name: "",
            members: &[moment("last_modified", "LastModified"), text("etag", "ETag")],
        }),
        ..on_object("CopyObject", Verb::Put)
    };

    DELETE_OBJECT = Operation {
        md5: true,
        params: &[&[
            VERSION_ID,
            REQUEST_PAYER,
            header("bypass_governance_retention", "x-oss-bypass-governance-retention"),
        ]],
        reply_headers: &[REPLY_VERSION_ID, flag("delete_marker", "x-oss-delete-marker")],
        ..on_object("DeleteObject", Verb::Delete)
    };

    GET_OBJECT_META = Operation {
        query: &[("objectMeta", "")],
        params: &[&[VERSION_ID, REQUEST_PAYER]],
        reply_headers: &[
            int("content_length", "content-length"),
            REPLY_ETAG,
            moment("last_modified", "last-modified"),
            moment("last_access_time", "x-oss-last-access-time"),
            REPLY_VERSION_ID,
            REPLY_CRC,
            moment("transition_time", "x-oss-transition-time"),
        ],
        ..on_object("GetObjectMeta", Verb::Head)
    };

    RESTORE_OBJECT = Operation {
        query: &[("restore", "")],
        content_type: XML,
        // Asking again while the object is being restored changes nothing.
        idempotent: true,
        params: &[&[VERSION_ID, REQUEST_PAYER]],
        body: RequestBody::Xml { param: "restore_request", model: &RESTORE_REQUEST, required: false },
        reply_headers: &[REPLY_VERSION_ID, text("restore_priority", "x-oss-object-restore-priority")],
        ..on_object("RestoreObject", Verb::Post)
    };

    PUT_OBJECT_ACL = Operation {
        query: &[("acl", "")],
        params: &[&[VERSION_ID, header("acl", "x-oss-object-acl").required(), REQUEST_PAYER]],
        reply_headers: &[REPLY_VERSION_ID],
        ..on_object("PutObjectAcl", Verb::Put)
    };

    GET_OBJECT_ACL = Operation {
        query: &[("acl", "")],
        params: &[&[VERSION_ID, REQUEST_PAYER]],
        reply_headers: &[REPLY_VERSION_ID],
        reply_body: ReplyBody::Xml(&ACCESS_CONTROL_POLICY),
        ..on_object("GetObjectAcl", Verb::Get)
    };

    PUT_SYMLINK = Operation {
        query: &[("symlink", "")],
        md5: true,
        params: &[&[
            header("target", "x-oss-symlink-target").required(),
            header("acl", "x-oss-object-acl"),
            header("storage_class", "x-oss-storage-class"),
            Param::new("metadata", "x-oss-meta-", Place::HeaderMap),
            FORBID_OVERWRITE,
            REQUEST_PAYER,
        ]],
        reply_headers: &[REPLY_VERSION_ID],
        ..on_object("PutSymlink", Verb::Put)
    };

    GET_SYMLINK = Operation {
        query: &[("symlink", "")],
        md5: true,
        params: &[&[VERSION_ID, REQUEST_PAYER]],
        reply_headers: &[
            REPLY_VERSION_ID,
            text("target", "x-oss-symlink-target"),
            REPLY_ETAG,
            map("metadata", "x-oss-meta-"),
        ],
        ..on_object("GetSymlink", Verb::Get)
    };

    PUT_OBJECT_TAGGING = Operation {
        query: &[("tagging", "")],
        md5: true,
        params: &[&[VERSION_ID, REQUEST_PAYER]],
        body: RequestBody::Xml { param: "tagging", model: &TAGGING, required: true },
        reply_headers: &[REPLY_VERSION_ID],
        ..on_object("PutObjectTagging", Verb::Put)
    };

    GET_OBJECT_TAGGING = Operation {
        query: &[("tagging", "")],
        md5: true,
        params: &[&[VERSION_ID, REQUEST_PAYER]],
        reply_headers: &[REPLY_VERSION_ID],
        reply_body: ReplyBody::Xml(&Model { name: "Tagging", members: &[model("tag_set", "TagSet", &TAG_SET)] }),
        ..on_object("GetObjectTagging", Verb::Get)
    };

    DELETE_OBJECT_TAGGING = Operation {
        query: &[("tagging", "")],
        md5: true,
        params: &[&[VERSION_ID, REQUEST_PAYER]],
        reply_headers: &[REPLY_VERSION_ID],
        ..on_object("DeleteObjectTagging", Verb::Delete)
    };

    PROCESS_OBJECT = Operation {
        query: &[("x-oss-process", "")],
        md5: true,
        params: &[&[REQUEST_PAYER]],
        body: RequestBody::Text { param: "process", wire: "x-oss-process" },
        reply_body: ReplyBody::Json(&Model {
            name: "",
            members: &[
                text("bucket", "bucket"),
                int("file_size", "fileSize"),
                text("key", "object"),
                text("process_status", "status"),
            ],
        }),
        ..on_object("ProcessObject", Verb::Post)
    };

    ASYNC_PROCESS_OBJECT = Operation {
        query: &[("x-oss-async-process", "")],
        md5: true,
        params: &[&[REQUEST_PAYER]],
        body: RequestBody::Text { param: "process", wire: "x-oss-async-process" },
        reply_body: ReplyBody::Json(&Model {
            name: "",
            members: &[text("event_id", "EventId"), text("task_id", "TaskId"), text("process_request_id", "RequestId")],
        }),
        ..on_object("AsyncProcessObject", Verb::Post)
    };

    CLEAN_RESTORED_OBJECT = Operation {
        query: &[("cleanRestoredObject", "")],
        md5: true,
        content_type: XML,
        sub_resources: &["cleanRestoredObject"],
        ..on_object("CleanRestoredObject", Verb::Post)
    };

    SEAL_APPEND_OBJECT = Operation {
        query: &[("seal", "")],
        md5: true,
        content_type: XML,
        sub_resources: &["seal"],
        params: &[&[query("position", "position").required()]],
        reply_headers: &[text("sealed_time", "x-oss-sealed-time")],
        ..on_object("SealAppendObject", Verb::Post)
    };

    PUT_OBJECT_RETENTION = Operation {
        query: &[("retention", "")],
        sub_resources: &["retention"],
        params: &[&[VERSION_ID, header("bypass_governance_retention", "x-oss-bypass-governance-retention")]],
        body: RequestBody::Xml { param: "retention", model: &RETENTION, required: false },
        ..on_object("PutObjectRetention", Verb::Put)
    };

    GET_OBJECT_RETENTION = Operation {
        query: &[("retention", "")],
        sub_resources: &["retention"],
        params: &[&[VERSION_ID]],
        reply_body: ReplyBody::Xml(&Model { name: "Retention", members: &[model("retention", ".", &RETENTION)] }),
        ..on_object("GetObjectRetention", Verb::Get)
    };

    PUT_OBJECT_LEGAL_HOLD = Operation {
        query: &[("legalHold", "")],
        sub_resources: &["legalHold"],
        params: &[&[VERSION_ID]],
        body: RequestBody::Xml { param: "legal_hold", model: &LEGAL_HOLD, required: false },
        ..on_object("PutObjectLegalHold", Verb::Put)
    };

    GET_OBJECT_LEGAL_HOLD = Operation {
        query: &[("legalHold", "")],
        sub_resources: &["legalHold"],
        params: &[&[VERSION_ID]],
        reply_body: ReplyBody::Xml(&Model { name: "LegalHold", members: &[model("legal_hold", ".", &LEGAL_HOLD)] }),
        ..on_object("GetObjectLegalHold", Verb::Get)
    };
}
