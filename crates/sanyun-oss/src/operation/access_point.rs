//! Access points.

use super::shared::PublicAccessBlockConfiguration;

operations! {
    CreateAccessPoint: Put bucket
        query ["accessPoint" = ""] type "application/xml" flags [md5] signs ["accessPoint"]
        xml may create_access_point_configuration: CreateAccessPointConfiguration "CreateAccessPointConfiguration"
    -> CreateAccessPointResult
        root "CreateAccessPointResult" { access_point_arn: text "AccessPointArn", alias: text "Alias", }
    ;

    GetAccessPoint: Get bucket
        query ["accessPoint" = ""] type "application/xml" flags [md5] signs ["accessPoint"]
        needs { access_point_name: header text "x-oss-access-point-name", }
    -> GetAccessPointResult
        root "GetAccessPointResult" {
            account_id: text "AccountId",
            network_origin: text "NetworkOrigin",
            access_point_arn: text "AccessPointArn",
            status: text "Status",
            creation_date: text "CreationDate",
            access_point_name: text "AccessPointName",
            bucket: text "Bucket",
            endpoints: one(Endpoints) "Endpoints",
            public_access_block_configuration: one(PublicAccessBlockConfiguration) "PublicAccessBlockConfiguration",
            vpc_configuration: one(AccessPointVpcConfiguration) "VpcConfiguration",
            alias: text "Alias",
        }
    ;

    ListAccessPoints: Get bucket
        query ["accessPoint" = ""] type "application/xml" flags [md5] signs ["accessPoint"]
        takes { max_keys: query int "max-keys", continuation_token: query text "continuation-token", }
    -> ListAccessPointsResult
        root "ListAccessPointsResult" {
            access_points: many(AccessPoint) "AccessPoints/AccessPoint",
            max_keys: int "MaxKeys",
            is_truncated: flag "IsTruncated",
            next_continuation_token: text "NextContinuationToken",
            account_id: text "AccountId",
        }
    ;

    DeleteAccessPoint: Delete bucket
        query ["accessPoint" = ""] type "application/xml" flags [md5] signs ["accessPoint"]
        needs { access_point_name: header text "x-oss-access-point-name", }
    -> none;

    PutAccessPointPolicy: Put bucket
        query ["accessPointPolicy" = ""] type "application/xml" signs ["accessPointPolicy"]
        takes { access_point_name: header text "x-oss-access-point-name", }
        raw bytes
    -> none;

    GetAccessPointPolicy: Get bucket
        query ["accessPointPolicy" = ""] type "application/xml" flags [md5] signs ["accessPointPolicy"]
        needs { access_point_name: header text "x-oss-access-point-name", }
    -> GetAccessPointPolicyResult
        content body
    ;

    DeleteAccessPointPolicy: Delete bucket
        query ["accessPointPolicy" = ""] type "application/xml" flags [md5] signs ["accessPointPolicy"]
        needs { access_point_name: header text "x-oss-access-point-name", }
    -> none;

    PutAccessPointPublicAccessBlock: Put bucket
        query ["publicAccessBlock" = ""] type "application/xml" flags [md5]
        signs ["publicAccessBlock", "x-oss-access-point-name"]
        needs { access_point_name: query text "x-oss-access-point-name", }
        xml may public_access_block_configuration: PublicAccessBlockConfiguration "PublicAccessBlockConfiguration"
    -> none;

    GetAccessPointPublicAccessBlock: Get bucket
        query ["publicAccessBlock" = ""] type "application/xml" flags [md5]
        signs ["publicAccessBlock", "x-oss-access-point-name"]
        takes { access_point_name: query text "x-oss-access-point-name", }
    -> GetAccessPointPublicAccessBlockResult
        root "PublicAccessBlockConfiguration" {
            public_access_block_configuration: one(PublicAccessBlockConfiguration) ".",
        }
    ;

    DeleteAccessPointPublicAccessBlock: Delete bucket
        query ["publicAccessBlock" = ""] type "application/xml" flags [md5]
        signs ["publicAccessBlock", "x-oss-access-point-name"]
        takes { access_point_name: query text "x-oss-access-point-name", }
    -> none;
}

structures! {
    CreateAccessPointConfiguration "CreateAccessPointConfiguration" {
        access_point_name: text "AccessPointName",
        network_origin: text "NetworkOrigin",
        vpc_configuration: one(AccessPointVpcConfiguration) "VpcConfiguration",
    }

    AccessPointVpcConfiguration "VpcConfiguration" {
        vpc_id: text "VpcId",
    }

    Endpoints "Endpoints" {
        public_endpoint: text "PublicEndpoint",
        internal_endpoint: text "InternalEndpoint",
    }

    AccessPoint "AccessPoint" {
        network_origin: text "NetworkOrigin",
        vpc_configuration: one(AccessPointVpcConfiguration) "VpcConfiguration",
        status: text "Status",
        bucket: text "Bucket",
        access_point_name: text "AccessPointName",
        alias: text "Alias",
    }
}
