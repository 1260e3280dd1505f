//! Pipelines.

operations! {
    PutDataPipelineConfiguration: Post service
        query ["dataPipeline" = "", "action" = "putDataPipelineConfiguration"] type "application/xml"
        flags [md5] signs ["dataPipeline", "action"]
        takes { data_pipeline_name: query text "dataPipelineName", role: query text "role", }
    -> none;

    GetDataPipelineConfiguration: Post service
        query ["dataPipeline" = "", "action" = "getDataPipelineConfiguration"] type "application/xml"
        flags [idempotent] signs ["dataPipeline", "action"]
        takes { data_pipeline_name: query text "dataPipelineName", }
    -> GetDataPipelineConfigurationResult
        root "DataPipelineConfiguration" { configuration: one(DataPipelineConfiguration) ".", }
    ;

    DeleteDataPipelineConfiguration: Post service
        query ["dataPipeline" = "", "action" = "deleteDataPipelineConfiguration"] type "application/xml"
        flags [idempotent] signs ["dataPipeline", "action"]
        takes { data_pipeline_name: query text "dataPipelineName", }
    -> none;

    ListDataPipelineConfigurations: Post service
        query ["dataPipeline" = "", "action" = "listDataPipelineConfigurations"] type "application/xml"
        flags [idempotent] signs ["dataPipeline", "action"]
        takes {
            max_results: query int "maxResults",
            prefix: query text "prefix",
            next_token: query text "nextToken",
            input_bucket: query text "inputBucket",
        }
    -> ListDataPipelineConfigurationsResult
        root "ListDataPipelineConfigurationsResult" {
            data_pipeline_configurations: one(DataPipelineConfigurations) "DataPipelineConfigurations",
            next_token: text "NextToken",
        }
    ;

    PauseDataPipeline: Post service
        query ["dataPipeline" = "", "action" = "pauseDataPipeline"] type "application/xml"
        signs ["dataPipeline", "action"]
        takes { data_pipeline_name: query text "dataPipelineName", }
    -> none;

    RestartDataPipeline: Post service
        query ["dataPipeline" = "", "action" = "restartDataPipeline"] type "application/xml"
        signs ["dataPipeline", "action"]
        takes { data_pipeline_name: query text "dataPipelineName", }
    -> none;
}

structures! {
    DataPipelineConfiguration "DataPipelineConfiguration" {
        data_pipeline_name: text "DataPipelineName",
        data_pipeline_description: text "DataPipelineDescription",
        data_pipeline_role: text "DataPipelineRole",
        status: text "Status",
        phase: text "Phase",
        data_pipeline_embedding_configuration: one(DataPipelineEmbeddingConfiguration) "DataPipelineEmbeddingConfiguration",
        destination: one(DataPipelineDestination) "Destination",
        data_pipeline_error: one(DataPipelineError) "DataPipelineError",
        create_time: text "CreateTime",
        sources: many(DataPipelineSource) "Sources",
        model_tier: text "ModelTier",
        data_pipeline_data_process_configuration: one(DataPipelineDataProcessConfiguration) "DataPipelineDataProcessConfiguration",
    }

    DataPipelineEmbeddingConfiguration "DataPipelineEmbeddingConfiguration" {
        embedding_provider: text "EmbeddingProvider",
        api_key: secret "ApiKey",
        model: text "Model",
        fps: float "FPS",
    }

    DataPipelineDestination "Destination" {
        vector_bucket_name: text "VectorBucketName",
        vector_key_prefix: text "VectorKeyPrefix",
        vector_index_names: texts "VectorIndexNames",
        object_tag_to_metadata: texts "ObjectTagToMetadata",
        usermeta_to_metadata: texts "UsermetaToMetadata",
        image_embedding: one(ImageEmbedding) "ImageEmbedding",
        image_text_embedding: one(ImageTextEmbedding) "ImageTextEmbedding",
        video_frame_embedding: one(VideoFrameEmbedding) "VideoFrameEmbedding",
        video_text_embedding: one(VideoTextEmbedding) "VideoTextEmbedding",
        document_chunk_embedding: one(DocumentChunkEmbedding) "DocumentChunkEmbedding",
    }

    ImageEmbedding "ImageEmbedding" {
        bucket: text "Bucket",
        index_name: text "IndexName",
        prefix: text "Prefix",
    }

    ImageTextEmbedding "ImageTextEmbedding" {
        bucket: text "Bucket",
        index_name: text "IndexName",
        prefix: text "Prefix",
    }

    VideoFrameEmbedding "VideoFrameEmbedding" {
        bucket: text "Bucket",
        index_name: text "IndexName",
        prefix: text "Prefix",
    }

    VideoTextEmbedding "VideoTextEmbedding" {
        bucket: text "Bucket",
        index_name: text "IndexName",
        prefix: text "Prefix",
    }

    DocumentChunkEmbedding "DocumentChunkEmbedding" {
        bucket: text "Bucket",
        index_name: text "IndexName",
        prefix: text "Prefix",
    }

    DataPipelineError "DataPipelineError" {
        error_mode: text "ErrorMode",
        error_bucket: text "ErrorBucket",
        error_prefix: text "ErrorPrefix",
    }

    DataPipelineSource "Sources" {
        input_bucket: text "InputBucket",
        input_data_scope: text "InputDataScope",
        ignore_delete: flag "IgnoreDelete",
        filter_configuration: one(DataPipelineSourceFilterConfiguration) "FilterConfiguration",
    }

    DataPipelineSourceFilterConfiguration "FilterConfiguration" {
        prefix_set: texts "PrefixSet",
        object_media_types: texts "ObjectMediaTypes",
    }

    DataPipelineDataProcessConfiguration "DataPipelineDataProcessConfiguration" {
        search_mode: text "SearchMode",
        insights: one(DataPipelineInsights) "Insights",
    }

    DataPipelineInsights "Insights" {
        image: one(InsightsImage) "Image",
        video: one(InsightsVideo) "Video",
    }

    InsightsImage "Image" {
        caption: one(InsightsCaption) "Caption",
    }

    InsightsCaption "Caption" {
        prompt: text "Prompt",
    }

    InsightsVideo "Video" {
        caption: one(InsightsCaption) "Caption",
        frame_embedding: one(InsightsFrameEmbedding) "FrameEmbedding",
    }

    InsightsFrameEmbedding "FrameEmbedding" {
        snapshot: one(InsightsSnapshot) "Snapshot",
    }

    InsightsSnapshot "Snapshot" {
        mode: text "Mode",
        interval: float "Interval",
        number: int "Number",
    }

    DataPipelineConfigurations "DataPipelineConfigurations" {
        data_pipeline_configuration: many(DataPipelineConfiguration) "DataPipelineConfiguration",
    }
}
