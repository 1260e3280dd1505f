//! Encryption by the service.

operations! {
    PutBucketEncryption: Put bucket
        query ["encryption" = ""] type "application/xml" flags [md5] signs ["encryption"]
        xml may server_side_encryption_rule: ServerSideEncryptionRule "ServerSideEncryptionRule"
    -> none;

    GetBucketEncryption: Get bucket
        query ["encryption" = ""] type "application/xml" flags [md5] signs ["encryption"]
    -> GetBucketEncryptionResult
        root "ServerSideEncryptionRule" { server_side_encryption_rule: one(ServerSideEncryptionRule) ".", }
    ;

    DeleteBucketEncryption: Delete bucket
        query ["encryption" = ""] type "application/xml" flags [md5] signs ["encryption"]
    -> none;
}

structures! {
    ServerSideEncryptionRule "ServerSideEncryptionRule" {
        apply_server_side_encryption_by_default: one(ApplyServerSideEncryptionByDefault) "ApplyServerSideEncryptionByDefault",
    }

    ApplyServerSideEncryptionByDefault "ApplyServerSideEncryptionByDefault" {
        kms_master_key_id: text "KMSMasterKeyID",
        kms_data_encryption: text "KMSDataEncryption",
        sse_algorithm: text "SSEAlgorithm",
    }
}
