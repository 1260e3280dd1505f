//! Agentic buckets.

operations! {
    CreateAgenticBucket: Put bucket
        query ["agenticBucket" = ""] type "application/xml" flags [md5]
        xml may create_agentic_bucket_configuration: CreateAgenticBucketConfiguration "CreateAgenticBucketConfiguration"
    -> none;

    DeleteAgenticBucket: Delete bucket
        query ["agenticBucket" = ""] type "application/xml" flags [md5]
    -> none;

    GetAgenticBucket: Get bucket
        query ["agenticBucket" = ""] type "application/xml" flags [md5]
    -> GetAgenticBucketResult
        root "AgenticBucketInfo" { agentic_bucket_info: one(AgenticBucketInfo) ".", }
    ;

    ListAgenticBuckets: Get service
        query ["agenticBucket" = ""] type "application/xml" flags [md5]
        takes { continuation_token: query text "continuation-token", max_keys: query int "max-keys", }
    -> ListAgenticBucketsResult
        root "ListAgenticBucketsResult" {
            region: text "Region",
            owner: text "Owner",
            continuation_token: text "ContinuationToken",
            next_continuation_token: text "NextContinuationToken",
            is_truncated: flag "IsTruncated",
            agentic_buckets: many(AgenticBucketSummary) "AgenticBuckets/AgenticBucket",
        }
    ;

    PutAgenticBucketStatus: Put bucket
        query ["agenticBucket" = "", "status" = ""] type "application/xml" flags [md5]
        xml may agentic_bucket_status: AgenticBucketStatus "AgenticBucketStatus"
    -> none;

    ListBucketSpaces: Get bucket
        query ["agenticBucket" = "", "bucketSpace" = ""] type "application/xml" flags [md5]
        takes {
            prefix: query text "prefix",
            continuation_token: query text "continuation-token",
            start_after: query text "start-after",
            max_keys: query int "max-keys",
        }
    -> ListBucketSpacesResult
        root "ListBucketSpacesResult" {
            owner: one(Owner) "Owner",
            bucket_spaces: many(BucketSpaceSummary) "BucketSpaces/BucketSpace",
            prefix: text "Prefix",
            max_keys: int "MaxKeys",
            continuation_token: text "ContinuationToken",
            next_continuation_token: text "NextContinuationToken",
            start_after: text "StartAfter",
            is_truncated: flag "IsTruncated",
        }
    ;

    PutAgenticBucketAcl: Put bucket
        query ["agenticBucket" = "", "acl" = ""] type "application/xml" flags [md5]
        takes { acl: header text "x-oss-acl", }
    -> none;

    GetAgenticBucketAcl: Get bucket
        query ["agenticBucket" = "", "acl" = ""] type "application/xml" flags [md5]
    -> GetAgenticBucketAclResult
        root "AccessControlPolicy" { owner: one(Owner) "Owner", acl: text "AccessControlList/Grant", }
    ;

    PutAgenticBucketEncryption: Put bucket
        query ["agenticBucket" = "", "encryption" = ""] type "application/xml" flags [md5]
        xml may server_side_encryption_rule: ServerSideEncryptionRule "ServerSideEncryptionRule"
    -> none;

    GetAgenticBucketEncryption: Get bucket
        query ["agenticBucket" = "", "encryption" = ""] type "application/xml" flags [md5]
    -> GetAgenticBucketEncryptionResult
        root "ServerSideEncryptionRule" { server_side_encryption_rule: one(ServerSideEncryptionRule) ".", }
    ;

    DeleteAgenticBucketEncryption: Delete bucket
        query ["agenticBucket" = "", "encryption" = ""] type "application/xml" flags [md5]
    -> none;

    PutAgenticBucketPolicy: Put bucket
        query ["agenticBucket" = "", "policy" = ""] type "application/json" flags [md5]
        raw bytes
    -> none;

    GetAgenticBucketPolicy: Get bucket
        query ["agenticBucket" = "", "policy" = ""] type "application/xml" flags [md5]
    -> GetAgenticBucketPolicyResult
        content body
    ;

    DeleteAgenticBucketPolicy: Delete bucket
        query ["agenticBucket" = "", "policy" = ""] type "application/xml" flags [md5]
    -> none;

    PutAgenticBucketPublicAccessBlock: Put bucket
        query ["agenticBucket" = "", "publicAccessBlock" = ""] type "application/xml" flags [md5]
        xml may public_access_block_configuration: PublicAccessBlockConfiguration "PublicAccessBlockConfiguration"
    -> none;

    GetAgenticBucketPublicAccessBlock: Get bucket
        query ["agenticBucket" = "", "publicAccessBlock" = ""] type "application/xml" flags [md5]
    -> GetAgenticBucketPublicAccessBlockResult
        root "PublicAccessBlockConfiguration" {
            public_access_block_configuration: one(PublicAccessBlockConfiguration) ".",
        }
    ;

    DeleteAgenticBucketPublicAccessBlock: Delete bucket
        query ["agenticBucket" = "", "publicAccessBlock" = ""] type "application/xml" flags [md5]
    -> none;

    PutAgenticBucketStorageQuota: Put bucket
        query ["agenticBucket" = "", "quota" = ""] type "application/xml" flags [md5]
        xml may quota_configuration: QuotaConfiguration "QuotaConfiguration"
    -> none;

    GetAgenticBucketStorageQuota: Get bucket
        query ["agenticBucket" = "", "quota" = ""] type "application/xml" flags [md5]
    -> GetAgenticBucketStorageQuotaResult
        root "QuotaConfiguration" { quota_configuration: one(QuotaConfiguration) ".", }
    ;

    DeleteAgenticBucketStorageQuota: Delete bucket
        query ["agenticBucket" = "", "quota" = ""] type "application/xml" flags [md5]
    -> none;

    PutAgenticBucketVersioning: Put bucket
        query ["agenticBucket" = "", "versioning" = ""] type "application/xml" flags [md5]
        xml may versioning_configuration: VersioningConfiguration "VersioningConfiguration"
    -> none;

    GetAgenticBucketVersioning: Get bucket
        query ["agenticBucket" = "", "versioning" = ""] type "application/xml" flags [md5]
    -> GetAgenticBucketVersioningResult
        root "VersioningConfiguration" { version_status: text "Status", }
    ;
}

structures! {
    CreateAgenticBucketConfiguration "CreateAgenticBucketConfiguration" {
        storage_class: text "StorageClass",
        data_redundancy_type: text "DataRedundancyType",
    }

    AgenticBucketInfo "AgenticBucketInfo" {
        name: text "Name",
        owner: text "Owner",
        region: text "Region",
        storage_class: text "StorageClass",
        data_redundancy_type: text "DataRedundancyType",
        status: text "Status",
        bucket_resource_type: text "BucketResourceType",
        create_time: text "CreateTime",
        acl: text "ACL",
        public_access_block: text "PublicAccessBlock",
        server_side_encryption_rule: one(ServerSideEncryptionRule) "ServerSideEncryptionRule",
        versioning: text "Versioning",
        bucket_policy: text "BucketPolicy",
    }

    ServerSideEncryptionRule "ServerSideEncryptionRule" {
        apply_server_side_encryption_by_default: one(ApplyServerSideEncryptionByDefault) "ApplyServerSideEncryptionByDefault",
    }

    ApplyServerSideEncryptionByDefault "ApplyServerSideEncryptionByDefault" {
        kms_master_key_id: text "KMSMasterKeyID",
        kms_data_encryption: text "KMSDataEncryption",
        sse_algorithm: text "SSEAlgorithm",
    }

    AgenticBucketSummary "AgenticBucket" {
        name: text "Name",
        storage_class: text "StorageClass",
        data_redundancy_type: text "DataRedundancyType",
        create_time: text "CreateTime",
    }

    Owner "Owner" {
        id: text "ID",
        display_name: text "DisplayName",
    }

    BucketSpaceSummary "BucketSpace" {
        name: text "Name",
        location: text "Location",
        creation_date: text "CreationDate",
        storage_class: text "StorageClass",
    }

    PublicAccessBlockConfiguration "PublicAccessBlockConfiguration" {
        block_public_access: flag "BlockPublicAccess",
    }

    QuotaConfiguration "QuotaConfiguration" {
        storage_quota: int "StorageQuota",
        mode: text "Mode",
        current_usage: int "CurrentUsage",
    }

    VersioningConfiguration "VersioningConfiguration" {
        status: text "Status",
    }

    AgenticBucketStatus "AgenticBucketStatus" {
        status: text "Status",
    }
}
