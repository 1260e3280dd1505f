//! Datasets.

use super::shared::{DatasetConfig, WorkflowParameters};

operations! {
    CreateDataset: Post bucket
        query ["metaQuery" = "", "action" = "createDataset"] type "application/xml" flags [md5]
        signs ["metaQuery", "action"]
        takes {
            dataset_name: query text "datasetName",
            description: query text "description",
            workflow_parameters: query text "workflowParameters",
            dataset_config: query text "datasetConfig",
        }
    -> CreateDatasetResult
        root "CreateDatasetResponse" { dataset: one(Dataset) "Dataset", }
    ;

    GetDataset: Post bucket
        query ["metaQuery" = "", "action" = "getDataset"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes { dataset_name: query text "datasetName", with_statistics: query flag "withStatistics", }
    -> GetDatasetResult
        root "GetDatasetResponse" { dataset: one(Dataset) "Dataset", }
    ;

    UpdateDataset: Post bucket
        query ["metaQuery" = "", "action" = "updateDataset"] type "application/xml" flags [md5]
        signs ["metaQuery", "action"]
        takes {
            dataset_name: query text "datasetName",
            description: query text "description",
            workflow_parameters: query text "workflowParameters",
            dataset_config: query text "datasetConfig",
        }
    -> UpdateDatasetResult
        root "UpdateDatasetResponse" { dataset: one(Dataset) "Dataset", }
    ;

    DeleteDataset: Post bucket
        query ["metaQuery" = "", "action" = "deleteDataset"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes { dataset_name: query text "datasetName", }
    -> none;

    ListDatasets: Post bucket
        query ["metaQuery" = "", "action" = "listDatasets"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes {
            max_results: query int "maxResults",
            next_token: query text "nextToken",
            prefix: query text "prefix",
        }
    -> ListDatasetsResult
        root "ListDatasetsResponse" { datasets: one(Datasets) "Datasets", next_token: text "NextToken", }
    ;

    DeleteFileMeta: Post bucket
        query ["metaQuery" = "", "action" = "deleteFileMeta"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes { dataset_name: query text "datasetName", uri: query text "uri", }
    -> none;
}

structures! {
    Dataset "Dataset" {
        create_time: text "CreateTime",
        dataset_max_bind_count: int "DatasetMaxBindCount",
        dataset_max_entity_count: int "DatasetMaxEntityCount",
        dataset_max_file_count: int "DatasetMaxFileCount",
        dataset_max_relation_count: int "DatasetMaxRelationCount",
        dataset_max_total_file_size: int "DatasetMaxTotalFileSize",
        dataset_name: text "DatasetName",
        description: text "Description",
        file_count: int "FileCount",
        total_file_size: int "TotalFileSize",
        update_time: text "UpdateTime",
        workflow_parameters: one(WorkflowParameters) "WorkflowParameters",
        dataset_config: one(DatasetConfig) "DatasetConfig",
    }

    Datasets "Datasets" {
        dataset: many(Dataset) "Dataset",
    }
}
