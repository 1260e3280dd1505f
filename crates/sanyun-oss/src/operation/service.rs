//! Operations on the service as a whole.

use super::model::{Model, flag, int, model, text};
use super::models::{BUCKET, CLOUD_BOX, OWNER, REGION};
use super::{Operation, ReplyBody, Target, Verb, header, query};

operations! {
    LIST_BUCKETS = Operation {
        md5: true,
        content_type: Some("application/octet-stream"),
        params: &[&[
            query("marker", "marker"),
            query("max_keys", "max-keys"),
            query("prefix", "prefix"),
            query("tag_key", "tag-key"),
            query("tag_value", "tag-value"),
            query("tagging", "tagging"),
            header("resource_group_id", "x-oss-resource-group-id"),
        ]],
        reply_body: ReplyBody::Xml(&Model {
            name: "ListAllMyBucketsResult",
            members: &[
                text("prefix", "Prefix"),
                text("marker", "Marker"),
                int("max_keys", "MaxKeys"),
                flag("is_truncated", "IsTruncated"),
                text("next_marker", "NextMarker"),
                model("owner", "Owner", &OWNER),
                model("buckets", "Buckets/Bucket", &BUCKET).list(),
            ],
        }),
        ..Operation::new("ListBuckets", Verb::Get, Target::Service)
    };

    DESCRIBE_REGIONS = Operation {
        query: &[("regions", "")],
        params: &[&[query("regions", "regions")]],
        reply_body: ReplyBody::Xml(&Model {
            name: "RegionInfoList",
            members: &[model("region_info", "RegionInfo", &REGION).list()],
        }),
        ..Operation::new("DescribeRegions", Verb::Get, Target::Service)
    };

    LIST_CLOUD_BOXES = Operation {
        query: &[("cloudboxes", "")],
        md5: true,
        content_type: Some("application/xml"),
        params: &[&[query("marker", "marker"), query("max_keys", "max-keys"), query("prefix", "prefix")]],
        reply_body: ReplyBody::Xml(&Model {
            name: "ListCloudBoxResult",
            members: &[
                text("prefix", "Prefix"),
                text("marker", "Marker"),
                text("max_keys", "MaxKeys"),
                flag("is_truncated", "IsTruncated"),
                text("next_marker", "NextMarker"),
                model("owner", "Owner", &OWNER),
                model("cloud_boxes", "CloudBoxes/CloudBox", &CLOUD_BOX).list(),
            ],
        }),
        ..Operation::new("ListCloudBoxes", Verb::Get, Target::Service)
    };
}
