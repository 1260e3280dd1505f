//! Policies.

operations! {
    PutBucketPolicy: Put bucket
        query ["policy" = ""] type "application/xml" signs ["policy"]
        raw bytes
    -> none;

    GetBucketPolicy: Get bucket
        query ["policy" = ""] type "application/xml" flags [md5] signs ["policy"]
    -> GetBucketPolicyResult
        content body
    ;

    DeleteBucketPolicy: Delete bucket
        query ["policy" = ""] type "application/xml" flags [md5] signs ["policy"]
    -> none;

    GetBucketPolicyStatus: Get bucket
        query ["policyStatus" = ""] type "application/xml" flags [md5] signs ["policyStatus"]
    -> GetBucketPolicyStatusResult
        root "PolicyStatus" { policy_status: one(PolicyStatus) ".", }
    ;
}

structures! {
    PolicyStatus "PolicyStatus" {
        is_public: flag "IsPublic",
    }
}
