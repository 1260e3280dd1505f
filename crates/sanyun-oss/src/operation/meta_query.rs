//! The index of what is in a bucket.

operations! {
    GetMetaQueryStatus: Get bucket
        query ["metaQuery" = ""] type "application/xml" flags [md5] signs ["metaQuery"]
    -> GetMetaQueryStatusResult
        root "MetaQueryStatus" { meta_query_status: one(MetaQueryStatus) ".", }
    ;

    CloseMetaQuery: Post bucket
        query ["comp" = "delete", "metaQuery" = ""] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "comp"]
    -> none;

    DoMetaQuery: Post bucket
        query ["comp" = "query", "metaQuery" = ""] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "comp"]
        takes { mode: query text "mode", }
        xml may meta_query: MetaQuery "MetaQuery"
    -> DoMetaQueryResult
        root "" {
            files: one(MetaQueryFiles) "Files",
            aggregations: one(MetaQueryAggregations) "Aggregations",
            next_token: text "NextToken",
        }
    ;

    OpenMetaQuery: Post bucket
        query ["comp" = "add", "metaQuery" = ""] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "comp"]
        takes { mode: query text "mode", }
    -> none;

    CreateBucketMetadataConfiguration: Post bucket
        query ["metadataConfiguration" = ""] type "application/xml" flags [md5] signs ["metadataConfiguration"]
        xml may metadata_configuration: MetadataConfiguration "MetadataConfiguration"
    -> none;

    GetBucketMetadataConfiguration: Get bucket
        query ["metadataConfiguration" = ""] type "application/xml" flags [md5] signs ["metadataConfiguration"]
    -> GetBucketMetadataConfigurationResult
        root "GetBucketMetadataConfigurationResult" {
            metadata_configuration_result: one(MetadataConfigurationResult) "MetadataConfigurationResult",
        }
    ;

    DeleteBucketMetadataConfiguration: Delete bucket
        query ["metadataConfiguration" = ""] type "application/xml" flags [md5] signs ["metadataConfiguration"]
    -> none;

    UpdateBucketMetadataInventoryTableConfiguration: Put bucket
        query ["metadataInventoryTable" = ""] type "application/xml" flags [md5]
        signs ["metadataInventoryTable"]
        xml may inventory_table_configuration: InventoryTableConfiguration "InventoryTableConfiguration"
    -> none;

    UpdateBucketMetadataJournalTableConfiguration: Put bucket
        query ["metadataJournalTable" = ""] type "application/xml" flags [md5] signs ["metadataJournalTable"]
        xml may journal_table_configuration: JournalTableConfiguration "JournalTableConfiguration"
    -> none;

    DoMetaQueryAction: Post bucket
        query ["MetaQuery" = ""] type "application/xml" flags [md5] signs ["MetaQuery"]
        needs { action: query text "action", }
        raw bytes
    -> none;

    DoDataPipelineAction: Post service
        query ["dataPipeline" = ""] type "application/xml" flags [md5] signs ["dataPipeline"]
        needs { action: query text "action", }
        raw bytes
    -> none;
}

structures! {
    MetaQueryStatus "MetaQueryStatus" {
        create_time: text "CreateTime",
        update_time: text "UpdateTime",
        state: text "State",
        phase: text "Phase",
        meta_query_mode: text "MetaQueryMode",
    }

    MetaQuery "MetaQuery" {
        aggregations: one(MetaQueryAggregations) "Aggregations",
        next_token: text "NextToken",
        max_results: int "MaxResults",
        query: text "Query",
        sort: text "Sort",
        order: text "Order",
        media_types: one(MetaQueryMediaTypes) "MediaTypes",
        simple_query: text "SimpleQuery",
    }

    MetaQueryAggregations "Aggregations" {
        aggregations: many(MetaQueryAggregation) "Aggregation",
    }

    MetaQueryAggregation "Aggregation" {
        field: text "Field",
        operation: text "Operation",
        value: float "Value",
        groups: one(MetaQueryGroups) "Groups",
    }

    MetaQueryGroups "Groups" {
        groups: many(MetaQueryGroup) "Group",
    }

    MetaQueryGroup "Group" {
        value: text "Value",
        count: int "Count",
    }

    MetaQueryMediaTypes "MediaTypes" {
        media_type: texts "MediaType",
    }

    MetaQueryFiles "Files" {
        file: many(MetaQueryFile) "File",
    }

    MetaQueryFile "File" {
        file_modified_time: text "FileModifiedTime",
        etag: text "ETag",
        server_side_encryption: text "ServerSideEncryption",
        oss_tagging_count: int "OSSTaggingCount",
        oss_tagging: one(MetaQueryOSSTagging) "OSSTagging",
        oss_user_meta: one(MetaQueryOSSUserMeta) "OSSUserMeta",
        filename: text "Filename",
        size: int "Size",
        oss_object_type: text "OSSObjectType",
        oss_storage_class: text "OSSStorageClass",
        object_acl: text "ObjectACL",
        oss_crc64: text "OSSCRC64",
        server_side_encryption_customer_algorithm: text "ServerSideEncryptionCustomerAlgorithm",
        cache_control: text "CacheControl",
        content_disposition: text "ContentDisposition",
        content_type: text "ContentType",
        lat_long: text "LatLong",
        server_side_encryption_key_id: text "ServerSideEncryptionKeyId",
        video_height: int "VideoHeight",
        bitrate: int "Bitrate",
        meta_query_audio_streams: one(MetaQueryAudioStreams) "AudioStreams",
        meta_query_addresses: one(MetaQueryAddresses) "Addresses",
        uri: text "URI",
        access_control_request_method: text "AccessControlRequestMethod",
        image_width: int "ImageWidth",
        title: text "Title",
        access_control_allow_origin: text "AccessControlAllowOrigin",
        image_height: int "ImageHeight",
        album_artist: text "AlbumArtist",
        content_encoding: text "ContentEncoding",
        content_language: text "ContentLanguage",
        artist: text "Artist",
        performer: text "Performer",
        meta_query_video_streams: one(MetaQueryVideoStreams) "VideoStreams",
        produce_time: text "ProduceTime",
        video_width: int "VideoWidth",
        album: text "Album",
        media_type: text "MediaType",
        oss_expiration: text "OSSExpiration",
        server_side_data_encryption: text "ServerSideDataEncryption",
        composer: text "Composer",
        duration: float "Duration",
        meta_query_subtitles: one(MetaQuerySubtitles) "Subtitles",
        insights: one(MetaQueryRespFileInsights) "Insights",
    }

    MetaQueryOSSTagging "OSSTagging" {
        taggings: many(MetaQueryTagging) "Tagging",
    }

    MetaQueryTagging "MetaQueryTagging" {
        key: text "Key",
        value: text "Value",
    }

    MetaQueryOSSUserMeta "OSSUserMeta" {
        user_metas: many(MetaQueryUserMeta) "UserMeta",
    }

    MetaQueryUserMeta "UserMeta" {
        key: text "Key",
        value: text "Value",
    }

    MetaQueryAudioStreams "AudioStreams" {
        audio_stream: many(MetaQueryAudioStream) "AudioStream",
    }

    MetaQueryAudioStream "MetaQueryRespAudioStream" {
        bitrate: int "Bitrate",
        sample_rate: int "SampleRate",
        start_time: float "StartTime",
        duration: float "Duration",
        channels: int "Channels",
        language: text "Language",
        codec_name: text "CodecName",
    }

    MetaQueryAddresses "Addresses" {
        address: many(MetaQueryAddress) "Address",
    }

    MetaQueryAddress "MetaQueryRespAddress" {
        township: text "Township",
        address_line: text "AddressLine",
        city: text "City",
        country: text "Country",
        district: text "District",
        language: text "Language",
        province: text "Province",
    }

    MetaQueryVideoStreams "VideoStreams" {
        video_stream: many(MetaQueryVideoStream) "VideoStream",
    }

    MetaQueryVideoStream "MetaQueryRespVideoStream" {
        bitrate: int "Bitrate",
        frame_rate: text "FrameRate",
        start_time: float "StartTime",
        duration: float "Duration",
        frame_count: int "FrameCount",
        height: int "Height",
        width: int "Width",
        codec_name: text "CodecName",
        language: text "Language",
        bit_depth: int "BitDepth",
        pixel_format: text "PixelFormat",
        color_space: text "ColorSpace",
    }

    MetaQuerySubtitles "Subtitles" {
        subtitle: many(MetaQuerySubtitle) "Subtitle",
    }

    MetaQuerySubtitle "MetaQueryRespSubtitle" {
        codec_name: text "CodecName",
        language: text "Language",
        start_time: float "StartTime",
        duration: float "Duration",
    }

    MetaQueryRespFileInsights "MetaQueryRespFileInsights" {
        video: one(MetaQueryRespFileInsightsVideo) "Video",
        image: one(MetaQueryRespFileInsightsImage) "Image",
    }

    MetaQueryRespFileInsightsVideo "MetaQueryRespFileInsightsVideo" {
        caption: text "Caption",
        description: text "Description",
    }

    MetaQueryRespFileInsightsImage "MetaQueryRespFileInsightsImage" {
        caption: text "Caption",
        description: text "Description",
    }

    MetadataConfiguration "MetadataConfiguration" {
        journal_table_configuration: one(JournalTableConfiguration) "JournalTableConfiguration",
        inventory_table_configuration: one(InventoryTableConfiguration) "InventoryTableConfiguration",
    }

    JournalTableConfiguration "JournalTableConfiguration" {
        record_expiration: one(MetadataTableRecordExpiration) "RecordExpiration",
        encryption_configuration: one(MetadataTableEncryptionConfiguration) "EncryptionConfiguration",
    }

    MetadataTableRecordExpiration "RecordExpiration" {
        expiration: text "Expiration",
        days: int "Days",
    }

    MetadataTableEncryptionConfiguration "EncryptionConfiguration" {
        sse_algorithm: text "SseAlgorithm",
        kms_key_arn: text "KmsKeyArn",
    }

    InventoryTableConfiguration "InventoryTableConfiguration" {
        configuration_state: text "ConfigurationState",
        encryption_configuration: one(MetadataTableEncryptionConfiguration) "EncryptionConfiguration",
    }

    MetadataConfigurationResult "MetadataConfigurationResult" {
        destination_result: one(MetadataTableDestinationResult) "DestinationResult",
        journal_table_configuration_result: one(JournalTableConfigurationResult) "JournalTableConfigurationResult",
        inventory_table_configuration_result: one(InventoryTableConfigurationResult) "InventoryTableConfigurationResult",
    }

    MetadataTableDestinationResult "DestinationResult" {
        table_bucket_type: text "TableBucketType",
        table_bucket_arn: text "TableBucketArn",
        table_namespace: text "TableNamespace",
    }

    JournalTableConfigurationResult "JournalTableConfigurationResult" {
        table_status: text "TableStatus",
        table_name: text "TableName",
        table_arn: text "TableArn",
        record_expiration: one(MetadataTableRecordExpiration) "RecordExpiration",
        encryption_configuration: one(MetadataTableEncryptionConfiguration) "EncryptionConfiguration",
        error: one(MetadataTableError) "Error",
    }

    MetadataTableError "Error" {
        error_code: text "ErrorCode",
        error_message: text "ErrorMessage",
    }

    InventoryTableConfigurationResult "InventoryTableConfigurationResult" {
        configuration_state: text "ConfigurationState",
        table_status: text "TableStatus",
        table_name: text "TableName",
        table_arn: text "TableArn",
        encryption_configuration: one(MetadataTableEncryptionConfiguration) "EncryptionConfiguration",
        error: one(MetadataTableError) "Error",
    }
}
