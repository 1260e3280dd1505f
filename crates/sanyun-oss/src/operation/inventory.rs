//! Lists of what is in a bucket, made regularly.

operations! {
    PutBucketInventory: Put bucket
        query ["inventory" = ""] type "application/xml" flags [md5] signs ["inventory", "inventoryId"]
        needs { inventory_id: query text "inventoryId", }
        xml may inventory_configuration: InventoryConfiguration "InventoryConfiguration"
    -> none;

    GetBucketInventory: Get bucket
        query ["inventory" = ""] type "application/xml" flags [md5] signs ["inventory", "inventoryId"]
        needs { inventory_id: query text "inventoryId", }
    -> GetBucketInventoryResult
        root "InventoryConfiguration" { inventory_configuration: one(InventoryConfiguration) ".", }
    ;

    ListBucketInventory: Get bucket
        query ["inventory" = ""] type "application/xml" flags [md5] signs ["inventory", "inventoryId"]
        takes { continuation_token: query text "continuation-token", }
    -> ListBucketInventoryResult
        root "ListInventoryConfigurationsResult" {
            list_inventory_configurations_result: one(ListInventoryConfigurationsResult) ".",
        }
    ;

    DeleteBucketInventory: Delete bucket
        query ["inventory" = ""] type "application/xml" flags [md5] signs ["inventory", "inventoryId"]
        needs { inventory_id: query text "inventoryId", }
    -> none;
}

structures! {
    InventoryConfiguration "InventoryConfiguration" {
        included_object_versions: text "IncludedObjectVersions",
        optional_fields: one(OptionalFields) "OptionalFields",
        id: text "Id",
        is_enabled: flag "IsEnabled",
        destination: one(InventoryDestination) "Destination",
        schedule: one(InventorySchedule) "Schedule",
        filter: one(InventoryFilter) "Filter",
        incremental_inventory: one(IncrementalInventory) "IncrementalInventory",
    }

    OptionalFields "OptionalFields" {
        fields: texts "Field",
    }

    InventoryDestination "Destination" {
        oss_bucket_destination: one(InventoryOSSBucketDestination) "OSSBucketDestination",
    }

    InventoryOSSBucketDestination "OSSBucketDestination" {
        format: text "Format",
        account_id: text "AccountId",
        role_arn: text "RoleArn",
        bucket: text "Bucket",
        prefix: text "Prefix",
        encryption: one(InventoryEncryption) "Encryption",
    }

    InventoryEncryption "Encryption" {
        sse_kms: one(SSEKMS) "SSE-KMS",
        sse_oss: text "SSE-OSS",
    }

    SSEKMS "SSE-KMS" {
        key_id: text "KeyId",
    }

    InventorySchedule "Schedule" {
        frequency: text "Frequency",
        day_of_month: int "DayOfMonth",
        auto_delete: flag "AutoDelete",
    }

    InventoryFilter "Filter" {
        lower_size_bound: int "LowerSizeBound",
        upper_size_bound: int "UpperSizeBound",
        storage_class: text "StorageClass",
        prefix: text "Prefix",
        last_modify_begin_time_stamp: int "LastModifyBeginTimeStamp",
        last_modify_end_time_stamp: int "LastModifyEndTimeStamp",
    }

    IncrementalInventory "IncrementalInventory" {
        is_enabled: flag "IsEnabled",
        schedule: one(IncrementInventorySchedule) "Schedule",
        optional_fields: one(OptionalFields) "OptionalFields",
    }

    IncrementInventorySchedule "Schedule" {
        frequency: int "Frequency",
    }

    ListInventoryConfigurationsResult "ListInventoryConfigurationsResult" {
        inventory_configurations: many(InventoryConfiguration) "InventoryConfiguration",
        is_truncated: flag "IsTruncated",
        next_continuation_token: text "NextContinuationToken",
    }
}
