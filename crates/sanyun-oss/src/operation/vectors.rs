//! Vector buckets.

operations! {
    PutVectorBucket: Put bucket
        type "application/json" flags [md5]
        takes {
            resource_group_id: header text "x-oss-resource-group-id",
            bucket_tagging: header text "x-oss-bucket-tagging",
        }
    -> none;

    GetVectorBucket: Get bucket
        query ["bucketInfo" = ""] flags [md5]
    -> GetVectorBucketResult
        object { bucket_info: one(BucketInfo) "BucketInfo", }
    ;

    DeleteVectorBucket: Delete bucket
        type "application/json" flags [md5]
    -> none;

    ListVectorBuckets: Get service
        type "application/octet-stream" flags [md5]
        takes {
            marker: query text "marker",
            max_keys: query int "max-keys",
            prefix: query text "prefix",
            resource_group_id: header text "x-oss-resource-group-id",
        }
    -> ListVectorBucketsResult
        object {
            prefix: text "ListAllMyBucketsResult/Prefix",
            marker: text "ListAllMyBucketsResult/Marker",
            max_keys: int "ListAllMyBucketsResult/MaxKeys",
            is_truncated: flag "ListAllMyBucketsResult/IsTruncated",
            next_marker: text "ListAllMyBucketsResult/NextMarker",
            buckets: many(BucketProperties) "ListAllMyBucketsResult/Buckets",
        }
    ;

    PutBucketLogging: Put bucket
        query ["logging" = ""] type "application/json" flags [md5] signs ["logging"]
        json { bucket_logging_status: one(BucketLoggingStatus) "BucketLoggingStatus", }
    -> none;

    GetBucketLogging: Get bucket
        query ["logging" = ""] type "application/json" flags [md5] signs ["logging"]
    -> GetBucketLoggingResult
        object { bucket_logging_status: one(BucketLoggingStatus) "BucketLoggingStatus", }
    ;

    DeleteBucketLogging: Delete bucket
        query ["logging" = ""] type "application/json" flags [md5] signs ["logging"]
    -> none;

    PutBucketPolicy: Put bucket
        query ["policy" = ""] type "application/json" signs ["policy"]
        raw bytes
    -> none;

    GetBucketPolicy: Get bucket
        query ["policy" = ""] type "application/json" flags [md5] signs ["policy"]
    -> GetBucketPolicyResult
        content body
    ;

    DeleteBucketPolicy: Delete bucket
        query ["policy" = ""] type "application/json" flags [md5] signs ["policy"]
    -> none;

    PutVectorIndex: Post bucket
        query ["putVectorIndex" = ""] type "application/json" flags [md5]
        json {
            data_type: text "dataType",
            dimension: int "dimension",
            distance_metric: text "distanceMetric",
            index_name: text "indexName",
            metadata: json "metadata",
        }
    -> none;

    GetVectorIndex: Post bucket
        query ["getVectorIndex" = ""] type "application/json" flags [md5, idempotent]
        json { index_name: text "indexName", }
    -> GetVectorIndexResult
        object { index: json "index", }
    ;

    ListVectorIndexes: Post bucket
        query ["listVectorIndexes" = ""] type "application/json" flags [md5, idempotent]
        json {
            max_results: int "maxResults",
            next_token: text "nextToken",
            prefix: text "prefix",
        }
    -> ListVectorIndexesResult
        object { indexes: jsons "indexes", next_token: text "nextToken", }
    ;

    DeleteVectorIndex: Post bucket
        query ["deleteVectorIndex" = ""] type "application/json" flags [md5, idempotent]
        json { index_name: text "indexName", }
    -> none;

    PutVectorIndexFusion: Post bucket
        query ["putVectorIndexFusion" = ""] type "application/json" flags [md5]
        json {
            index_name: text "indexName",
            mode: text "mode",
            schema_configuration: json "schemaConfiguration",
        }
    -> none;

    PutVectors: Post bucket
        query ["putVectors" = ""] type "application/json" flags [md5, idempotent]
        json { index_name: text "indexName", vectors: jsons "vectors", }
    -> none;

    GetVectors: Post bucket
        query ["getVectors" = ""] type "application/json" flags [md5, idempotent]
        json {
            index_name: text "indexName",
            keys: texts "keys",
            return_data: flag "returnData",
            return_metadata: flag "returnMetadata",
        }
    -> GetVectorsResult
        object { vectors: jsons "vectors", }
    ;

    ListVectors: Post bucket
        query ["listVectors" = ""] type "application/json" flags [md5, idempotent]
        json {
            index_name: text "indexName",
            max_results: int "maxResults",
            next_token: text "nextToken",
            return_data: flag "returnData",
            return_metadata: flag "returnMetadata",
            segment_count: int "segmentCount",
            segment_index: int "segmentIndex",
        }
    -> ListVectorsResult
        object { next_token: text "nextToken", vectors: jsons "vectors", }
    ;

    DeleteVectors: Post bucket
        query ["deleteVectors" = ""] type "application/json" flags [md5, idempotent]
        json { index_name: text "indexName", keys: texts "keys", }
    -> none;

    QueryVectors: Post bucket
        query ["queryVectors" = ""] type "application/json" flags [md5, idempotent]
        json {
            filter: json "filter",
            index_name: text "indexName",
            query_vector: json "queryVector",
            return_distance: flag "returnDistance",
            return_metadata: flag "returnMetadata",
            top_k: int "topK",
        }
    -> QueryVectorsResult
        object { vectors: jsons "vectors", }
    ;

    QueryVectorsFusion: Post bucket
        query ["queryVectorsFusion" = ""] type "application/json" flags [md5, idempotent]
        json {
            index_name: text "indexName",
            knn: json "knn",
            limit: int "limit",
            next_token: text "nextToken",
            partition_keys: texts "partitionKeys",
            query: json "query",
            retriever: json "retriever",
            return_metadata: flag "returnMetadata",
            return_metadata_fields: texts "returnMetadataFields",
            sort: jsons "sort",
        }
    -> QueryVectorsFusionResult
        object { next_token: text "nextToken", vectors: jsons "vectors", }
    ;
}

structures! {
    BucketInfo "BucketInfo" {
        name: text "Name",
        location: text "Location",
        creation_date: moment "CreationDate",
        extranet_endpoint: text "ExtranetEndpoint",
        intranet_endpoint: text "IntranetEndpoint",
        region: text "Region",
        resource_group_id: text "ResourceGroupId",
    }

    BucketProperties "BucketProperties" {
        name: text "Name",
        location: text "Location",
        creation_date: moment "CreationDate",
        extranet_endpoint: text "ExtranetEndpoint",
        intranet_endpoint: text "IntranetEndpoint",
        region: text "Region",
        resource_group_id: text "ResourceGroupId",
    }

    BucketLoggingStatus "BucketLoggingStatus" {
        logging_enabled: one(LoggingEnabled) "LoggingEnabled",
    }

    LoggingEnabled "LoggingEnabled" {
        target_bucket: text "TargetBucket",
        target_prefix: text "TargetPrefix",
        logging_role: text "LoggingRole",
    }
}
