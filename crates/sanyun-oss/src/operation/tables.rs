//! Table buckets.

operations! {
    CreateNamespace: Put path "/namespaces/{arn}"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
        json { namespace: texts "namespace", }
    -> CreateNamespaceResult
        object { table_bucket_arn: text "tableBucketARN", namespace: texts "namespace", }
    ;

    DeleteNamespace: Delete path "/namespaces/{arn}/{ns}"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", namespace: path text "namespace", }
    -> none;

    GetNamespace: Get path "/namespaces/{arn}/{ns}"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", namespace: path text "namespace", }
    -> GetNamespaceResult
        object {
            namespace: texts "namespace",
            namespace_id: text "namespaceId",
            table_bucket_id: text "tableBucketId",
            owner_account_id: text "ownerAccountId",
            created_at: text "createdAt",
            created_by: text "createdBy",
        }
    ;

    ListNamespaces: Get path "/namespaces/{arn}"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
        takes {
            prefix: query text "prefix",
            continuation_token: query text "continuationToken",
            max_namespaces: query text "maxNamespaces",
        }
    -> ListNamespacesResult
        object {
            namespaces: many(NamespaceSummary) "namespaces",
            continuation_token: text "continuationToken",
        }
    ;

    CreateTable: Put path "/tables/{arn}/{ns}"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", namespace: query text "namespace", }
        json {
            name: text "name",
            format: text "format",
            metadata: one(TableMetadata) "metadata",
            encryption_configuration: one(EncryptionConfiguration) "encryptionConfiguration",
        }
    -> CreateTableResult
        object { table_arn: text "tableARN", version_token: text "versionToken", }
    ;

    DeleteTable: Delete path "/tables/{arn}/{ns}/{name}"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
        }
        takes { version_token: query text "versionToken", }
    -> none;

    GetTable: Get path "/get-table"
        type "application/json" flags [md5]
        takes {
            table_bucket_arn: query text "tableBucketARN",
            namespace: query text "namespace",
            name: query text "name",
            table_arn: query text "tableArn",
        }
    -> GetTableResult
        object {
            namespace: texts "namespace",
            name: text "name",
            r#type: text "type",
            table_arn: text "tableARN",
            created_at: text "createdAt",
            modified_at: text "modifiedAt",
            namespace_id: text "namespaceId",
            format: text "format",
            version_token: text "versionToken",
            metadata_location: text "metadataLocation",
            warehouse_location: text "warehouseLocation",
            created_by: text "createdBy",
            modified_by: text "modifiedBy",
            owner_account_id: text "ownerAccountId",
            table_bucket_id: text "tableBucketId",
        }
    ;

    ListTables: Get path "/tables/{arn}"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", namespace: query text "namespace", }
        takes {
            prefix: query text "prefix",
            continuation_token: query text "continuationToken",
            max_tables: query text "maxTables",
        }
    -> ListTablesResult
        object { tables: many(TableSummary) "tables", continuation_token: text "continuationToken", }
    ;

    RenameTable: Put path "/tables/{arn}/{ns}/{name}/rename"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
        }
        json {
            new_namespace_name: text "newNamespaceName",
            new_name: text "newName",
            version_token: text "versionToken",
        }
    -> none;

    CreateTableBucket: Put path "/buckets"
        type "application/json" flags [md5]
        json {
            name: text "name",
            encryption_configuration: one(EncryptionConfiguration) "encryptionConfiguration",
        }
    -> CreateTableBucketResult
        object { arn: text "arn", }
    ;

    DeleteTableBucket: Delete path "/buckets/{arn}"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
    -> none;

    GetTableBucket: Get path "/buckets/{arn}"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
    -> GetTableBucketResult
        object {
            arn: text "arn",
            name: text "name",
            owner_account_id: text "ownerAccountId",
            created_at: text "createdAt",
            table_bucket_id: text "tableBucketId",
            r#type: text "type",
        }
    ;

    ListTableBuckets: Get path "/buckets"
        type "application/json" flags [md5]
        takes {
            prefix: query text "prefix",
            continuation_token: query text "continuationToken",
            max_buckets: query text "maxBuckets",
        }
    -> ListTableBucketsResult
        object {
            table_buckets: many(TableBucketSummary) "tableBuckets",
            continuation_token: text "continuationToken",
        }
    ;

    DeleteTableBucketEncryption: Delete path "/buckets/{arn}/encryption"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
    -> none;

    GetTableBucketEncryption: Get path "/buckets/{arn}/encryption"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
    -> GetTableBucketEncryptionResult
        object { encryption_configuration: one(EncryptionConfiguration) "encryptionConfiguration", }
    ;

    PutTableBucketEncryption: Put path "/buckets/{arn}/encryption"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
        json { encryption_configuration: one(EncryptionConfiguration) "encryptionConfiguration", }
    -> none;

    GetTableBucketMaintenanceConfiguration: Get path "/buckets/{arn}/maintenance"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
    -> GetTableBucketMaintenanceConfigurationResult
        object { table_bucket_arn: text "tableBucketARN", configuration: text "configuration", }
    ;

    PutTableBucketMaintenanceConfiguration: Put path "/buckets/{arn}/maintenance/{type}"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", r#type: path text "type", }
        json { value: json "value", }
    -> none;

    DeleteTableBucketPolicy: Delete path "/buckets/{arn}/policy"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
    -> none;

    GetTableBucketPolicy: Get path "/buckets/{arn}/policy"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
    -> GetTableBucketPolicyResult
        object { resource_policy: text "resourcePolicy", }
    ;

    PutTableBucketPolicy: Put path "/buckets/{arn}/policy"
        type "application/json" flags [md5]
        needs { table_bucket_arn: path text "table_bucket_arn", }
        json { resource_policy: text "resourcePolicy", }
    -> none;

    GetTableEncryption: Get path "/tables/{arn}/{ns}/{name}/encryption"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
        }
    -> GetTableEncryptionResult
        object { encryption_configuration: one(EncryptionConfiguration) "encryptionConfiguration", }
    ;

    GetTableMaintenanceConfiguration: Get path "/tables/{arn}/{ns}/{name}/maintenance"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
        }
    -> GetTableMaintenanceConfigurationResult
        object { table_arn: text "tableARN", configuration: text "configuration", }
    ;

    PutTableMaintenanceConfiguration: Put path "/tables/{arn}/{ns}/{name}/maintenance/{type}"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
            r#type: path text "type",
        }
        json { value: json "value", }
    -> none;

    GetTableMaintenanceJobStatus: Get path "/tables/{arn}/{ns}/{name}/maintenance-job-status"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
        }
        takes { table_arn: header text "x-oss-table-arn", }
    -> GetTableMaintenanceJobStatusResult
        object { table_arn: text "tableARN", status: json "status", }
    ;

    GetTableMetadataLocation: Get path "/tables/{arn}/{ns}/{name}/metadata-location"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
        }
    -> GetTableMetadataLocationResult
        object {
            version_token: text "versionToken",
            metadata_location: text "metadataLocation",
            warehouse_location: text "warehouseLocation",
        }
    ;

    UpdateTableMetadataLocation: Put path "/tables/{arn}/{ns}/{name}/metadata-location"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
        }
        json { version_token: text "versionToken", metadata_location: text "metadataLocation", }
    -> UpdateTableMetadataLocationResult
        object {
            name: text "name",
            version_token: text "versionToken",
            metadata_location: text "metadataLocation",
            namespace: texts "namespace",
            table_arn: text "tableARN",
        }
    ;

    DeleteTablePolicy: Delete path "/tables/{arn}/{ns}/{name}/policy"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
        }
    -> none;

    GetTablePolicy: Get path "/tables/{arn}/{ns}/{name}/policy"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
        }
    -> GetTablePolicyResult
        object { resource_policy: text "resourcePolicy", }
    ;

    PutTablePolicy: Put path "/tables/{arn}/{ns}/{name}/policy"
        type "application/json" flags [md5]
        needs {
            table_bucket_arn: path text "table_bucket_arn",
            namespace: path text "namespace",
            name: path text "name",
        }
        json { resource_policy: text "resourcePolicy", }
    -> none;
}

structures! {
    NamespaceSummary "NamespaceSummary" {
        namespace: texts "namespace",
        created_at: text "createdAt",
        created_by: text "createdBy",
        owner_account_id: text "ownerAccountId",
        namespace_id: text "namespaceId",
    }

    TableMetadata "TableMetadata" {
        iceberg: one(IcebergMetadata) "iceberg",
    }

    IcebergMetadata "IcebergMetadata" {
        schema: one(IcebergSchema) "schema",
        partition_spec: one(IcebergPartitionSpec) "partitionSpec",
        sort_order: one(IcebergSortOrder) "sortOrder",
        properties: json "properties",
    }

    IcebergSchema "IcebergSchema" {
        fields: many(SchemaField) "fields",
    }

    SchemaField "SchemaField" {
        name: text "name",
        r#type: text "type",
        required: flag "required",
    }

    IcebergPartitionSpec "IcebergPartitionSpec" {
        spec_id: int "specId",
        fields: many(IcebergPartitionField) "fields",
    }

    IcebergPartitionField "IcebergPartitionField" {
        source_id: int "sourceId",
        field_id: int "fieldId",
        name: text "name",
        transform: text "transform",
    }

    IcebergSortOrder "IcebergSortOrder" {
        fields: many(IcebergSortField) "fields",
    }

    IcebergSortField "IcebergSortField" {
        source_id: int "sourceId",
        direction: text "direction",
        null_order: text "nullOrder",
        transform: text "transform",
    }

    EncryptionConfiguration "EncryptionConfiguration" {
        sse_algorithm: text "sseAlgorithm",
        kms_key_arn: text "kmsKeyArn",
    }

    TableSummary "TableSummary" {
        namespace: texts "namespace",
        name: text "name",
        r#type: text "type",
        table_arn: text "tableARN",
        created_at: text "createdAt",
        modified_at: text "modifiedAt",
    }

    TableBucketSummary "TableBucketSummary" {
        arn: text "arn",
        name: text "name",
        owner_account_id: text "ownerAccountId",
        created_at: moment "createdAt",
        table_bucket_id: text "tableBucketId",
        r#type: text "type",
    }
}
