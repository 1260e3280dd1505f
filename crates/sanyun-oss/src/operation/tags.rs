//! Tags of a bucket.

use super::shared::Tagging;

operations! {
    PutBucketTags: Put bucket
        query ["tagging" = ""] type "application/xml" flags [md5] signs ["tagging"]
        xml may tagging: Tagging "Tagging"
    -> none;

    GetBucketTags: Get bucket
        query ["tagging" = ""] type "application/xml" flags [md5] signs ["tagging"]
    -> GetBucketTagsResult
        root "Tagging" { tagging: one(Tagging) ".", }
    ;

    DeleteBucketTags: Delete bucket
        query ["tagging" = ""] type "application/xml" flags [md5] signs ["tagging"]
    -> none;
}
