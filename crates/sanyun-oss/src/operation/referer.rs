//! Sites that may link to a bucket.

operations! {
    PutBucketReferer: Put bucket
        query ["referer" = ""] type "application/xml" flags [md5] signs ["referer"]
        xml may referer_configuration: RefererConfiguration "RefererConfiguration"
    -> none;

    GetBucketReferer: Get bucket
        query ["referer" = ""] type "application/xml" flags [md5] signs ["referer"]
    -> GetBucketRefererResult
        root "RefererConfiguration" { referer_configuration: one(RefererConfiguration) ".", }
    ;
}

structures! {
    RefererConfiguration "RefererConfiguration" {
        allow_empty_referer: flag "AllowEmptyReferer",
        allow_truncate_query_string: flag "AllowTruncateQueryString",
        truncate_path: flag "TruncatePath",
        referer_list: one(RefererList) "RefererList",
        referer_blacklist: one(RefererBlacklist) "RefererBlacklist",
    }

    RefererList "RefererList" {
        referers: texts "Referer",
    }

    RefererBlacklist "RefererBlacklist" {
        referers: texts "Referer",
    }
}
