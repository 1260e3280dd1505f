//! Structures that several operations share.

structures! {
    WorkflowParameters "WorkflowParameters" {
        workflow_parameters: many(WorkflowParameter) "WorkflowParameter",
    }

    WorkflowParameter "WorkflowParameter" {
        name: text "Name",
        value: text "Value",
    }

    DatasetConfig "DatasetConfig" {
        reverse_image: one(ReverseImageConfig) "ReverseImage",
        insights: one(InsightsConfig) "Insights",
        smart_cluster: one(SmartClusterConfig) "SmartCluster",
    }

    ReverseImageConfig "ReverseImage" {
        image: one(EnableConfig) "Image",
        video: one(EnableConfig) "Video",
    }

    EnableConfig "EnableConfig" {
        enable: text "Enable",
    }

    InsightsConfig "Insights" {
        language: text "Language",
        image: one(InsightsImageConfig) "Image",
        video: one(InsightsVideoConfig) "Video",
    }

    InsightsImageConfig "Image" {
        caption: one(InsightsCaptionConfig) "Caption",
        label: one(InsightsImageLabelConfig) "Label",
    }

    InsightsCaptionConfig "Caption" {
        enable: text "Enable",
        prompt: text "Prompt",
    }

    InsightsImageLabelConfig "Label" {
        system: one(EnableConfig) "System",
        user_defined: one(InsightsLabelUserDefinedConfig) "UserDefined",
    }

    InsightsLabelUserDefinedConfig "UserDefined" {
        enable: text "Enable",
        mode: text "Mode",
        labels: one(InsightsLabels) "Labels",
    }

    InsightsLabels "Labels" {
        label: many(InsightsLabelItem) "Label",
    }

    InsightsLabelItem "Label" {
        name: text "Name",
        description: text "Description",
    }

    InsightsVideoConfig "Video" {
        caption: one(InsightsVideoCaptionConfig) "Caption",
        label: one(InsightsVideoLabelConfig) "Label",
        multi_stream: one(EnableConfig) "MultiStream",
    }

    InsightsVideoCaptionConfig "Caption" {
        enable: text "Enable",
        prompt: text "Prompt",
        person_reference: one(EnableConfig) "PersonReference",
    }

    InsightsVideoLabelConfig "Label" {
        system: one(EnableConfig) "System",
        user_defined: one(InsightsLabelUserDefinedConfig) "UserDefined",
        highlight: one(InsightsLabelHighlightConfig) "Highlight",
    }

    InsightsLabelHighlightConfig "Highlight" {
        enable: text "Enable",
        labels: one(InsightsLabels) "Labels",
    }

    SmartClusterConfig "SmartCluster" {
        figure: one(SmartClusterFigureConfig) "Figure",
    }

    SmartClusterFigureConfig "Figure" {
        auto_generate: text "AutoGenerate",
        auto_clustering: text "AutoClustering",
        min_entity_count: int "MinEntityCount",
        enabled_features: texts "EnabledFeatures",
    }
}
