//! Queries of a dataset's index.

use super::shared::{DatasetConfig, WorkflowParameters};

operations! {
    SimpleQuery: Post bucket
        query ["metaQuery" = "", "action" = "simpleQuery"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes {
            dataset_name: query text "datasetName",
            max_results: query int "maxResults",
            next_token: query text "nextToken",
            sort: query text "sort",
            order: query text "order",
            with_fields: query text "withFields",
            aggregations: query text "aggregations",
            query: query text "query",
            without_total_hits: query flag "withoutTotalHits",
        }
    -> SimpleQueryResult
        root "MetaQuery" {
            next_token: text "NextToken",
            total_hits: int "TotalHits",
            files: one(Files) "Files",
            aggregations: one(Aggregations) "Aggregations",
        }
    ;

    SemanticQuery: Post bucket
        query ["metaQuery" = "", "action" = "semanticQuery"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes {
            dataset_name: query text "datasetName",
            max_results: query int "maxResults",
            query: query text "query",
            with_fields: query text "withFields",
            media_types: query text "mediaTypes",
            source_uri: query text "sourceURI",
            simple_query: query text "simpleQuery",
        }
    -> SemanticQueryResult
        root "MetaQuery" { files: one(Files) "Files", }
    ;

    OpenMetaQuery: Post bucket
        query ["metaQuery" = "", "action" = "openMetaQuery"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes { mode: query text "mode", role: query text "role", }
    -> none;

    GetMetaQueryStatus: Post bucket
        query ["metaQuery" = "", "action" = "getMetaQueryStatus"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
    -> GetMetaQueryStatusResult
        root "MetaQueryStatus" { status: one(MetaQueryStatus) ".", }
    ;

    CloseMetaQuery: Post bucket
        query ["metaQuery" = "", "action" = "closeMetaQuery"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
    -> none;

    DoMetaQuery: Post bucket
        query ["metaQuery" = "", "action" = "doMetaQuery"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes { mode: query text "mode", }
    -> DoMetaQueryResult
        root "MetaQuery" {
            next_token: text "NextToken",
            total_hits: int "TotalHits",
            files: one(Files) "Files",
            aggregations: one(Aggregations) "Aggregations",
        }
    ;
}

structures! {
    Files "Files" {
        file: many(File) "File",
    }

    File "File" {
        owner_id: text "OwnerId",
        dataset_name: text "DatasetName",
        object_type: text "ObjectType",
        object_id: text "ObjectId",
        update_time: text "UpdateTime",
        create_time: text "CreateTime",
        uri: text "URI",
        oss_uri: text "OSSURI",
        filename: text "Filename",
        media_type: text "MediaType",
        content_type: text "ContentType",
        size: int "Size",
        file_hash: text "FileHash",
        file_modified_time: text "FileModifiedTime",
        file_create_time: text "FileCreateTime",
        file_access_time: text "FileAccessTime",
        produce_time: text "ProduceTime",
        lat_long: text "LatLong",
        timezone: text "Timezone",
        addresses: one(Addresses) "Addresses",
        travel_cluster_id: text "TravelClusterId",
        orientation: int "Orientation",
        figures: one(Figures) "Figures",
        figure_count: int "FigureCount",
        labels: one(Labels) "Labels",
        title: text "Title",
        image_width: int "ImageWidth",
        image_height: int "ImageHeight",
        exif: text "EXIF",
        image_score: one(ImageScore) "ImageScore",
        cropping_suggestions: one(CroppingSuggestions) "CroppingSuggestions",
        ocr_contents: one(OCRContentsWrapper) "OCRContents",
        video_width: int "VideoWidth",
        video_height: int "VideoHeight",
        video_streams: one(VideoStreams) "VideoStreams",
        subtitles: one(Subtitles) "Subtitles",
        audio_streams: one(AudioStreams) "AudioStreams",
        artist: text "Artist",
        album_artist: text "AlbumArtist",
        audio_covers: one(AudioCovers) "AudioCovers",
        composer: text "Composer",
        performer: text "Performer",
        language: text "Language",
        album: text "Album",
        page_count: int "PageCount",
        etag: text "ETag",
        cache_control: text "CacheControl",
        content_disposition: text "ContentDisposition",
        content_encoding: text "ContentEncoding",
        content_language: text "ContentLanguage",
        access_control_allow_origin: text "AccessControlAllowOrigin",
        access_control_request_method: text "AccessControlRequestMethod",
        server_side_encryption_customer_algorithm: text "ServerSideEncryptionCustomerAlgorithm",
        server_side_encryption: text "ServerSideEncryption",
        server_side_data_encryption: text "ServerSideDataEncryption",
        server_side_encryption_key_id: text "ServerSideEncryptionKeyId",
        oss_storage_class: text "OSSStorageClass",
        oss_crc64: text "OSSCRC64",
        object_acl: text "ObjectACL",
        content_md5: text "ContentMd5",
        oss_user_meta: one(OSSUserMeta) "OSSUserMeta",
        oss_tagging_count: int "OSSTaggingCount",
        oss_tagging: one(OSSTagging) "OSSTagging",
        oss_expiration: text "OSSExpiration",
        oss_version_id: text "OSSVersionId",
        oss_delete_marker: text "OSSDeleteMarker",
        oss_object_type: text "OSSObjectType",
        custom_id: text "CustomId",
        custom_labels: one(CustomLabels) "CustomLabels",
        stream_count: int "StreamCount",
        program_count: int "ProgramCount",
        format_name: text "FormatName",
        format_long_name: text "FormatLongName",
        start_time: float "StartTime",
        bitrate: int "Bitrate",
        duration: float "Duration",
        semantic_types: one(SemanticTypes) "SemanticTypes",
        elements: one(Elements) "Elements",
        scene_elements: one(SceneElements) "SceneElements",
        ocr_texts: text "OCRTexts",
        reason: text "Reason",
        object_status: text "ObjectStatus",
        insights: one(Insights) "Insights",
    }

    Addresses "Addresses" {
        address: many(Address) "Address",
    }

    Address "Address" {
        language: text "Language",
        address_line: text "AddressLine",
        country: text "Country",
        province: text "Province",
        city: text "City",
        district: text "District",
        township: text "Township",
    }

    Figures "Figures" {
        figure: many(Figure) "Figure",
    }

    Figure "Figure" {
        figure_id: text "FigureId",
        figure_confidence: float "FigureConfidence",
        figure_cluster_id: text "FigureClusterId",
        figure_cluster_confidence: float "FigureClusterConfidence",
        figure_type: text "FigureType",
        age: int "Age",
        age_sd: float "AgeSD",
        gender: text "Gender",
        gender_confidence: float "GenderConfidence",
        emotion: text "Emotion",
        emotion_confidence: float "EmotionConfidence",
        face_quality: float "FaceQuality",
        boundary: one(Boundary) "Boundary",
        mouth: text "Mouth",
        mouth_confidence: float "MouthConfidence",
        beard: text "Beard",
        beard_confidence: float "BeardConfidence",
        hat: text "Hat",
        hat_confidence: float "HatConfidence",
        mask: text "Mask",
        mask_confidence: float "MaskConfidence",
        glasses: text "Glasses",
        glasses_confidence: float "GlassesConfidence",
        sharpness: float "Sharpness",
        attractive: float "Attractive",
        head_pose: one(HeadPose) "HeadPose",
    }

    Boundary "Boundary" {
        width: int "Width",
        height: int "Height",
        left: int "Left",
        top: int "Top",
        polygon: many(PointInt64) "Polygon/PointInt64",
    }

    PointInt64 "PointInt64" {
        x: int "X",
        y: int "Y",
    }

    HeadPose "HeadPose" {
        pitch: float "Pitch",
        roll: float "Roll",
        yaw: float "Yaw",
    }

    Labels "Labels" {
        label: many(Label) "Label",
    }

    Label "Label" {
        language: text "Language",
        label_name: text "LabelName",
        label_level: int "LabelLevel",
        label_confidence: float "LabelConfidence",
        parent_label_name: text "ParentLabelName",
        centric_score: float "CentricScore",
        label_alias: text "LabelAlias",
        clips: one(Clips) "Clips",
    }

    Clips "Clips" {
        clip: many(Clip) "Clip",
    }

    Clip "Clip" {
        time_range: ints "TimeRange",
    }

    ImageScore "ImageScore" {
        overall_quality_score: float "OverallQualityScore",
    }

    CroppingSuggestions "CroppingSuggestions" {
        cropping_suggestion: many(CroppingSuggestion) "CroppingSuggestion",
    }

    CroppingSuggestion "CroppingSuggestion" {
        aspect_ratio: text "AspectRatio",
        confidence: float "Confidence",
        boundary: one(Boundary) "Boundary",
    }

    OCRContentsWrapper "OCRContents" {
        ocr_contents: many(OCRContents) "OCRContents",
    }

    OCRContents "OCRContents" {
        language: text "Language",
        contents: text "Contents",
        confidence: float "Confidence",
        boundary: one(Boundary) "Boundary",
    }

    VideoStreams "VideoStreams" {
        video_stream: many(VideoStream) "VideoStream",
    }

    VideoStream "VideoStream" {
        index: int "Index",
        language: text "Language",
        codec_name: text "CodecName",
        codec_long_name: text "CodecLongName",
        profile: text "Profile",
        codec_time_base: text "CodecTimeBase",
        codec_tag_string: text "CodecTagString",
        codec_tag: text "CodecTag",
        width: int "Width",
        height: int "Height",
        has_b_frames: int "HasBFrames",
        sample_aspect_ratio: text "SampleAspectRatio",
        display_aspect_ratio: text "DisplayAspectRatio",
        pixel_format: text "PixelFormat",
        level: int "Level",
        frame_rate: text "FrameRate",
        average_frame_rate: text "AverageFrameRate",
        time_base: text "TimeBase",
        start_time: float "StartTime",
        duration: float "Duration",
        bitrate: int "Bitrate",
        frame_count: int "FrameCount",
        rotate: text "Rotate",
        bit_depth: int "BitDepth",
        color_space: text "ColorSpace",
        color_range: text "ColorRange",
        color_transfer: text "ColorTransfer",
        color_primaries: text "ColorPrimaries",
    }

    Subtitles "Subtitles" {
        subtitle: many(SubtitleStream) "Subtitle",
    }

    SubtitleStream "SubtitleStream" {
        index: int "Index",
        language: text "Language",
        codec_name: text "CodecName",
        codec_long_name: text "CodecLongName",
        codec_tag_string: text "CodecTagString",
        codec_tag: text "CodecTag",
        start_time: float "StartTime",
        duration: float "Duration",
        bitrate: int "Bitrate",
        content: text "Content",
        width: int "Width",
        height: int "Height",
    }

    AudioStreams "AudioStreams" {
        audio_stream: many(AudioStream) "AudioStream",
    }

    AudioStream "AudioStream" {
        index: int "Index",
        language: text "Language",
        codec_name: text "CodecName",
        codec_long_name: text "CodecLongName",
        codec_time_base: text "CodecTimeBase",
        codec_tag_string: text "CodecTagString",
        codec_tag: text "CodecTag",
        time_base: text "TimeBase",
        start_time: float "StartTime",
        duration: float "Duration",
        bitrate: int "Bitrate",
        frame_count: int "FrameCount",
        lyric: text "Lyric",
        sample_format: text "SampleFormat",
        sample_rate: int "SampleRate",
        channels: int "Channels",
        channel_layout: text "ChannelLayout",
    }

    AudioCovers "AudioCovers" {
        audio_cover: many(Image) "AudioCover",
    }

    Image "Image" {
        image_width: int "ImageWidth",
        image_height: int "ImageHeight",
        exif: text "EXIF",
        image_score: one(ImageScore) "ImageScore",
        cropping_suggestions: one(CroppingSuggestions) "CroppingSuggestions",
        ocr_contents: one(OCRContentsWrapper) "OCRContents",
    }

    OSSUserMeta "OSSUserMeta" {
        user_meta: many(UserMeta) "UserMeta",
    }

    UserMeta "UserMeta" {
        key: text "Key",
        value: text "Value",
    }

    OSSTagging "OSSTagging" {
        tagging: many(Tagging) "Tagging",
    }

    Tagging "Tagging" {
        key: text "Key",
        value: text "Value",
    }

    CustomLabels "CustomLabels" {
        item: many(CustomLabel) "Item",
    }

    CustomLabel "Item" {
        key: text "Key",
        value: text "Value",
    }

    SemanticTypes "SemanticTypes" {
        semantic_type: texts "SemanticType",
    }

    Elements "Elements" {
        element: many(Element) "Element",
    }

    Element "Element" {
        element_contents: one(ElementContents) "ElementContents",
        object_id: text "ObjectId",
        element_type: text "ElementType",
        semantic_similarity: float "SemanticSimilarity",
        element_relations: one(ElementRelations) "ElementRelations",
    }

    ElementContents "ElementContents" {
        element_content: many(ElementContent) "ElementContent",
    }

    ElementContent "ElementContent" {
        r#type: text "Type",
        content: text "Content",
        url: text "Url",
        time_range: ints "TimeRange",
    }

    ElementRelations "ElementRelations" {
        element_relation: many(ElementRelation) "ElementRelation",
    }

    ElementRelation "ElementRelation" {
        r#type: text "Type",
        object_id: text "ObjectId",
    }

    SceneElements "SceneElements" {
        scene_element: many(SceneElement) "SceneElement",
    }

    SceneElement "SceneElement" {
        time_range: ints "TimeRange",
        frame_times: ints "FrameTimes",
        video_stream_index: int "VideoStreamIndex",
        labels: one(Labels) "Labels",
    }

    Insights "Insights" {
        video: one(VideoInsight) "Video",
        image: one(ImageInsight) "Image",
    }

    VideoInsight "Video" {
        caption: text "Caption",
        description: text "Description",
        multilingual_content: many(MultilingualContent) "MultilingualContent/Content",
    }

    MultilingualContent "Content" {
        language: text "Language",
        caption: text "Caption",
        description: text "Description",
    }

    ImageInsight "Image" {
        caption: text "Caption",
        description: text "Description",
        multilingual_content: many(MultilingualContent) "MultilingualContent/Content",
    }

    Aggregations "Aggregations" {
        aggregation: many(AggregationInfo) "Aggregation",
    }

    AggregationInfo "AggregationInfo" {
        field: text "Field",
        operation: text "Operation",
        value: float "Value",
        groups: one(Groups) "Groups",
    }

    Groups "Groups" {
        group: many(AggregationGroup) "Group",
    }

    AggregationGroup "AggregationGroup" {
        value: text "Value",
        count: int "Count",
    }

    MetaQueryStatus "MetaQueryStatus" {
        state: text "State",
        phase: text "Phase",
        create_time: text "CreateTime",
        update_time: text "UpdateTime",
        meta_query_mode: text "MetaQueryMode",
        workflow_parameters: one(WorkflowParameters) "WorkflowParameters",
        index_options: one(IndexOptions) "IndexOptions",
        route_rule: one(RouteRule) "RouteRule",
        notification_attributes: one(NotificationAttributes) "NotificationAttributes",
        dataset_config: one(DatasetConfig) "DatasetConfig",
        filters: one(Filters) "Filters",
    }

    IndexOptions "IndexOptions" {
        ignore_object_delete: text "IgnoreObjectDelete",
        ignore_events: one(IgnoreEvents) "IgnoreEvents",
    }

    IgnoreEvents "IgnoreEvents" {
        ignore_event: texts "IgnoreEvent",
    }

    RouteRule "RouteRule" {
        r#type: text "Type",
        auto_create_dataset: text "AutoCreateDataset",
        oss_tag_key: text "OSSTagKey",
    }

    NotificationAttributes "NotificationAttributes" {
        notifications: one(MetaQueryNotifications) "Notifications",
        with_fields: one(WithFields) "WithFields",
    }

    MetaQueryNotifications "Notifications" {
        notifications: many(MetaQueryNotification) "Notification",
    }

    MetaQueryNotification "Notification" {
        mns: text "MNS",
    }

    WithFields "WithFields" {
        with_field: texts "WithField",
    }

    Filters "Filters" {
        filter: texts "Filter",
    }
}
