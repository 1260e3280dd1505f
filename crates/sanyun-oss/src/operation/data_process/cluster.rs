//! Clusters that are made by what files show.

operations! {
    CreateSmartCluster: Post bucket
        query ["metaQuery" = "", "action" = "createSmartCluster"] type "application/xml" flags [md5]
        signs ["metaQuery", "action"]
        takes {
            dataset_name: query text "datasetName",
            name: query text "name",
            description: query text "description",
            cluster_type: query text "clusterType",
            rules: query text "rules",
            notification: query text "notification",
        }
    -> CreateSmartClusterResult
        root "CreateSmartClusterResponse" { object_id: text "ObjectId", }
    ;

    GetSmartCluster: Post bucket
        query ["metaQuery" = "", "action" = "getSmartCluster"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes { dataset_name: query text "datasetName", object_id: query text "objectId", }
    -> GetSmartClusterResult
        root "GetSmartClusterResponse" { smart_cluster: one(SmartClusterInfo) "SmartCluster", }
    ;

    UpdateSmartCluster: Post bucket
        query ["metaQuery" = "", "action" = "updateSmartCluster"] type "application/xml" flags [md5]
        signs ["metaQuery", "action"]
        takes {
            dataset_name: query text "datasetName",
            object_id: query text "objectId",
            name: query text "name",
            description: query text "description",
            rules: query text "rules",
            rule: query text "rule",
            notification: query text "notification",
        }
    -> UpdateSmartClusterResult
        root "UpdateSmartClusterResponse" { object_id: text "ObjectId", }
    ;

    DeleteSmartCluster: Post bucket
        query ["metaQuery" = "", "action" = "deleteSmartCluster"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes { dataset_name: query text "datasetName", object_id: query text "objectId", }
    -> none;

    ListSmartClusters: Post bucket
        query ["metaQuery" = "", "action" = "listSmartClusters"] type "application/xml" flags [md5, idempotent]
        signs ["metaQuery", "action"]
        takes {
            dataset_name: query text "datasetName",
            max_results: query int "maxResults",
            next_token: query text "nextToken",
            cluster_type: query text "clusterType",
            rule_types: query text "ruleTypes",
        }
    -> ListSmartClustersResult
        root "ListSmartClustersResponse" {
            smart_clusters: one(SmartClusters) "SmartClusters",
            next_token: text "NextToken",
        }
    ;
}

structures! {
    SmartClusterInfo "SmartCluster" {
        object_id: text "ObjectId",
        cluster_type: text "ClusterType",
        name: text "Name",
        description: text "Description",
        reason: text "Reason",
        create_time: text "CreateTime",
        update_time: text "UpdateTime",
        rules: one(Rules) "Rules",
        notification: one(SmartClusterNotificationInfo) "Notification",
    }

    Rules "Rules" {
        rule: many(SmartClusterRule) "Rule",
    }

    SmartClusterRule "Rule" {
        rule_type: text "RuleType",
        base_uris: texts "BaseURIs",
        keywords: texts "Keywords",
        sensitivity: float "Sensitivity",
    }

    SmartClusterNotificationInfo "Notification" {
        mns: one(SmartClusterMNS) "MNS",
    }

    SmartClusterMNS "MNS" {
        topic_name: text "TopicName",
    }

    SmartClusters "SmartClusters" {
        smart_cluster: many(SmartClusterInfo) "SmartCluster",
    }
}
