//! The service as a whole: its regions, an account's buckets.

use super::shared::Owner;

operations! {
    ListBuckets: Get service
        type "application/octet-stream" flags [md5]
        takes {
            marker: query text "marker",
            max_keys: query int "max-keys",
            prefix: query text "prefix",
            resource_group_id: header text "x-oss-resource-group-id",
            tag_key: query text "tag-key",
            tag_value: query text "tag-value",
            tagging: query text "tagging",
        }
    -> ListBucketsResult
        root "ListAllMyBucketsResult" {
            prefix: text "Prefix",
            marker: text "Marker",
            max_keys: int "MaxKeys",
            is_truncated: flag "IsTruncated",
            next_marker: text "NextMarker",
            owner: one(Owner) "Owner",
            buckets: many(BucketProperties) "Buckets/Bucket",
        }
    ;

    DescribeRegions: Get service
        query ["regions" = ""]
        takes { regions: query text "regions", }
    -> DescribeRegionsResult
        root "RegionInfoList" { region_info: many(RegionInfo) "RegionInfo", }
    ;

    ListCloudBoxes: Get service
        query ["cloudboxes" = ""] type "application/xml" flags [md5] signs ["cloudboxes"]
        takes {
            marker: query text "marker",
            max_keys: query int "max-keys",
            prefix: query text "prefix",
        }
    -> ListCloudBoxesResult
        root "ListCloudBoxResult" {
            prefix: text "Prefix",
            marker: text "Marker",
            max_keys: text "MaxKeys",
            is_truncated: flag "IsTruncated",
            next_marker: text "NextMarker",
            owner: one(Owner) "Owner",
            cloud_boxes: many(CloudBoxProperties) "CloudBoxes/CloudBox",
        }
    ;
}

structures! {
    CloudBoxProperties "CloudBox" {
        id: text "ID",
        name: text "Name",
        region: text "Region",
        control_endpoint: text "ControlEndpoint",
        data_endpoint: text "DataEndpoint",
        alias: text "Alias",
    }

    RegionInfo "RegionInfo" {
        region: text "Region",
        internet_endpoint: text "InternetEndpoint",
        internal_endpoint: text "InternalEndpoint",
        accelerate_endpoint: text "AccelerateEndpoint",
    }

    BucketProperties "BucketProperties" {
        name: text "Name",
        location: text "Location",
        creation_date: moment "CreationDate",
        storage_class: text "StorageClass",
        extranet_endpoint: text "ExtranetEndpoint",
        intranet_endpoint: text "IntranetEndpoint",
        region: text "Region",
        resource_group_id: text "ResourceGroupId",
    }
}
