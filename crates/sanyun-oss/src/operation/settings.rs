//! Settings of a bucket that are a value or two.

operations! {
    PutBucketAccessMonitor: Put bucket
        query ["accessmonitor" = ""] type "application/xml" flags [md5]
        xml may access_monitor_configuration: AccessMonitorConfiguration "AccessMonitorConfiguration"
    -> none;

    GetBucketAccessMonitor: Get bucket
        query ["accessmonitor" = ""] type "application/xml" flags [md5]
    -> GetBucketAccessMonitorResult
        root "AccessMonitorConfiguration" {
            access_monitor_configuration: one(AccessMonitorConfiguration) ".",
        }
    ;

    GetBucketArchiveDirectRead: Get bucket
        query ["bucketArchiveDirectRead" = ""] type "application/xml" flags [md5]
        signs ["bucketArchiveDirectRead"]
    -> GetBucketArchiveDirectReadResult
        root "ArchiveDirectReadConfiguration" {
            archive_direct_read_configuration: one(ArchiveDirectReadConfiguration) ".",
        }
    ;

    PutBucketArchiveDirectRead: Put bucket
        query ["bucketArchiveDirectRead" = ""] type "application/xml" flags [md5]
        signs ["bucketArchiveDirectRead"]
        xml may archive_direct_read_configuration: ArchiveDirectReadConfiguration "ArchiveDirectReadConfiguration"
    -> none;

    GetBucketHttpsConfig: Get bucket
        query ["httpsConfig" = ""] type "application/xml" flags [md5] signs ["httpsConfig"]
    -> GetBucketHttpsConfigResult
        root "HttpsConfiguration" { https_configuration: one(HttpsConfiguration) ".", }
    ;

    PutBucketHttpsConfig: Put bucket
        query ["httpsConfig" = ""] type "application/xml" flags [md5] signs ["httpsConfig"]
        xml may https_configuration: HttpsConfiguration "HttpsConfiguration"
    -> none;

    PutBucketRequestPayment: Put bucket
        query ["requestPayment" = ""] type "application/xml" flags [md5] signs ["requestPayment"]
        xml may request_payment_configuration: RequestPaymentConfiguration "RequestPaymentConfiguration"
    -> none;

    GetBucketRequestPayment: Get bucket
        query ["requestPayment" = ""] type "application/xml" flags [md5] signs ["requestPayment"]
    -> GetBucketRequestPaymentResult
        root "RequestPaymentConfiguration" {
            request_payment_configuration: one(RequestPaymentConfiguration) ".",
        }
    ;

    GetBucketResourceGroup: Get bucket
        query ["resourceGroup" = ""] type "application/xml" flags [md5] signs ["resourceGroup"]
    -> GetBucketResourceGroupResult
        root "BucketResourceGroupConfiguration" {
            bucket_resource_group_configuration: one(BucketResourceGroupConfiguration) ".",
        }
    ;

    PutBucketResourceGroup: Put bucket
        query ["resourceGroup" = ""] type "application/xml" flags [md5] signs ["resourceGroup"]
        xml may bucket_resource_group_configuration: BucketResourceGroupConfiguration "BucketResourceGroupConfiguration"
    -> none;

    PutBucketStorageQuota: Put bucket
        query ["quota" = ""] type "application/xml" flags [md5] signs ["quota"]
        xml may quota_configuration: QuotaConfiguration "QuotaConfiguration"
    -> none;

    GetBucketStorageQuota: Get bucket
        query ["quota" = ""] type "application/xml" flags [md5] signs ["quota"]
    -> GetBucketStorageQuotaResult
        root "QuotaConfiguration" { quota_configuration: one(QuotaConfiguration) ".", }
    ;

    DeleteBucketStorageQuota: Delete bucket
        query ["quota" = ""] type "application/xml" flags [md5] signs ["quota"]
    -> none;

    PutBucketTransferAcceleration: Put bucket
        query ["transferAcceleration" = ""] type "application/xml" flags [md5] signs ["transferAcceleration"]
        xml may transfer_acceleration_configuration: TransferAccelerationConfiguration "TransferAccelerationConfiguration"
    -> none;

    GetBucketTransferAcceleration: Get bucket
        query ["transferAcceleration" = ""] type "application/xml" flags [md5] signs ["transferAcceleration"]
    -> GetBucketTransferAccelerationResult
        root "TransferAccelerationConfiguration" {
            transfer_acceleration_configuration: one(TransferAccelerationConfiguration) ".",
        }
    ;
}

structures! {
    AccessMonitorConfiguration "AccessMonitorConfiguration" {
        status: text "Status",
    }

    ArchiveDirectReadConfiguration "ArchiveDirectReadConfiguration" {
        enabled: flag "Enabled",
    }

    HttpsConfiguration "HttpsConfiguration" {
        tls: one(TLS) "TLS",
        cipher_suite: one(CipherSuite) "CipherSuite",
    }

    TLS "TLS" {
        enable: flag "Enable",
        tls_versions: texts "TLSVersion",
    }

    CipherSuite "CipherSuite" {
        enable: flag "Enable",
        strong_cipher_suite: flag "StrongCipherSuite",
        custom_cipher_suites: texts "CustomCipherSuite",
        tls13_custom_cipher_suites: texts "TLS13CustomCipherSuite",
    }

    RequestPaymentConfiguration "RequestPaymentConfiguration" {
        payer: text "Payer",
    }

    BucketResourceGroupConfiguration "BucketResourceGroupConfiguration" {
        resource_group_id: text "ResourceGroupId",
    }

    QuotaConfiguration "QuotaConfiguration" {
        storage_quota: int "StorageQuota",
        mode: text "Mode",
        current_usage: int "CurrentUsage",
    }

    TransferAccelerationConfiguration "TransferAccelerationConfiguration" {
        enabled: flag "Enabled",
    }
}
