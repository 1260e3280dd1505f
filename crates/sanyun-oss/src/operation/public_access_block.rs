//! Whether anything may be public.

use super::shared::PublicAccessBlockConfiguration;

operations! {
    GetBucketPublicAccessBlock: Get bucket
        query ["publicAccessBlock" = ""] type "application/xml" flags [md5] signs ["publicAccessBlock"]
    -> GetBucketPublicAccessBlockResult
        root "PublicAccessBlockConfiguration" {
            public_access_block_configuration: one(PublicAccessBlockConfiguration) ".",
        }
    ;

    PutBucketPublicAccessBlock: Put bucket
        query ["publicAccessBlock" = ""] type "application/xml" flags [md5] signs ["publicAccessBlock"]
        xml may public_access_block_configuration: PublicAccessBlockConfiguration "PublicAccessBlockConfiguration"
    -> none;

    DeleteBucketPublicAccessBlock: Delete bucket
        query ["publicAccessBlock" = ""] type "application/xml" flags [md5] signs ["publicAccessBlock"]
    -> none;

    GetPublicAccessBlock: Get service
        query ["publicAccessBlock" = ""] type "application/xml" flags [md5] signs ["publicAccessBlock"]
    -> GetPublicAccessBlockResult
        root "PublicAccessBlockConfiguration" {
            public_access_block_configuration: one(PublicAccessBlockConfiguration) ".",
        }
    ;

    PutPublicAccessBlock: Put service
        query ["publicAccessBlock" = ""] type "application/xml" flags [md5] signs ["publicAccessBlock"]
        xml may public_access_block_configuration: PublicAccessBlockConfiguration "PublicAccessBlockConfiguration"
    -> none;

    DeletePublicAccessBlock: Delete service
        query ["publicAccessBlock" = ""] type "application/xml" flags [md5] signs ["publicAccessBlock"]
    -> none;
}
