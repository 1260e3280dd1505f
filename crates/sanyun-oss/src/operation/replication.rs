//! Copies elsewhere: replication, redundancy.

operations! {
    CreateBucketDataRedundancyTransition: Post bucket
        query ["redundancyTransition" = ""] type "application/xml" flags [md5]
        signs ["redundancyTransition", "x-oss-target-redundancy-type"]
        needs { target_redundancy_type: query text "x-oss-target-redundancy-type", }
    -> CreateBucketDataRedundancyTransitionResult
        root "BucketDataRedundancyTransition" {
            bucket_data_redundancy_transition: one(BucketDataRedundancyTransition) ".",
        }
    ;

    GetBucketDataRedundancyTransition: Get bucket
        query ["redundancyTransition" = ""] type "application/xml" flags [md5]
        signs ["redundancyTransition", "x-oss-redundancy-transition-taskid"]
        needs { redundancy_transition_taskid: query text "x-oss-redundancy-transition-taskid", }
    -> GetBucketDataRedundancyTransitionResult
        root "BucketDataRedundancyTransition" {
            bucket_data_redundancy_transition: one(BucketDataRedundancyTransition) ".",
        }
    ;

    ListBucketDataRedundancyTransition: Get bucket
        query ["redundancyTransition" = ""] type "application/xml" flags [md5] signs ["redundancyTransition"]
    -> ListBucketDataRedundancyTransitionResult
        root "ListBucketDataRedundancyTransition" {
            list_bucket_data_redundancy_transition: one(BucketDataRedundancyTransitions) ".",
        }
    ;

    ListUserDataRedundancyTransition: Get service
        query ["redundancyTransition" = ""] type "application/xml" flags [md5] signs ["redundancyTransition"]
        takes { max_keys: query int "max-keys", continuation_token: query text "continuation-token", }
    -> ListUserDataRedundancyTransitionResult
        root "ListBucketDataRedundancyTransition" {
            list_bucket_data_redundancy_transition: one(BucketDataRedundancyTransitions) ".",
        }
    ;

    DeleteBucketDataRedundancyTransition: Delete bucket
        query ["redundancyTransition" = ""] type "application/xml" flags [md5]
        signs ["redundancyTransition", "x-oss-redundancy-transition-taskid"]
        needs { redundancy_transition_taskid: query text "x-oss-redundancy-transition-taskid", }
    -> none;

    PutBucketRtc: Put bucket
        query ["rtc" = ""] type "application/xml" flags [md5] signs ["rtc"]
        xml may rtc_configuration: RtcConfiguration "ReplicationRule"
    -> none;

    PutBucketReplication: Post bucket
        query ["comp" = "add", "replication" = ""] type "application/xml" flags [md5]
        signs ["replication", "comp"]
        xml may replication_configuration: ReplicationConfiguration "ReplicationConfiguration"
    -> PutBucketReplicationResult
        headers { replication_rule_id: text "x-oss-replication-rule-id", }
    ;

    GetBucketReplication: Get bucket
        query ["replication" = ""] type "application/xml" flags [md5] signs ["replication"]
    -> GetBucketReplicationResult
        root "ReplicationConfiguration" { replication_configuration: one(ReplicationConfiguration) ".", }
    ;

    GetBucketReplicationLocation: Get bucket
        query ["replicationLocation" = ""] type "application/xml" flags [md5] signs ["replicationLocation"]
    -> GetBucketReplicationLocationResult
        root "ReplicationLocation" { replication_location: one(ReplicationLocation) ".", }
    ;

    GetBucketReplicationProgress: Get bucket
        query ["replicationProgress" = ""] type "application/xml" flags [md5] signs ["replicationProgress"]
        needs { rule_id: query text "rule-id", }
    -> GetBucketReplicationProgressResult
        root "ReplicationProgress" { replication_progress: one(ReplicationProgress) ".", }
    ;

    DeleteBucketReplication: Post bucket
        query ["comp" = "delete", "replication" = ""] type "application/xml" flags [md5, idempotent]
        signs ["replication", "comp"]
        xml may replication_rules: ReplicationRules "ReplicationRules"
    -> none;
}

structures! {
    BucketDataRedundancyTransition "BucketDataRedundancyTransition" {
        bucket: text "Bucket",
        task_id: text "TaskId",
        status: text "Status",
        create_time: text "CreateTime",
        start_time: text "StartTime",
        end_time: text "EndTime",
        process_percentage: int "ProcessPercentage",
        estimated_remaining_time: int "EstimatedRemainingTime",
    }

    BucketDataRedundancyTransitions "ListBucketDataRedundancyTransition" {
        bucket_data_redundancy_transition: many(BucketDataRedundancyTransition) "BucketDataRedundancyTransition",
        is_truncated: flag "IsTruncated",
        next_continuation_token: text "NextContinuationToken",
    }

    RtcConfiguration "RtcConfiguration" {
        rtc: one(ReplicationTimeControl) "RTC",
        id: text "ID",
    }

    ReplicationTimeControl "RTC" {
        status: text "Status",
    }

    ReplicationConfiguration "ReplicationConfiguration" {
        rules: many(ReplicationRule) "Rule",
    }

    ReplicationRule "Rule" {
        source_selection_criteria: one(ReplicationSourceSelectionCriteria) "SourceSelectionCriteria",
        rtc: one(ReplicationTimeControl) "RTC",
        destination: one(ReplicationDestination) "Destination",
        historical_object_replication: text "HistoricalObjectReplication",
        sync_role: text "SyncRole",
        status: text "Status",
        encryption_configuration: one(ReplicationEncryptionConfiguration) "EncryptionConfiguration",
        id: text "ID",
        prefix_set: one(ReplicationPrefixSet) "PrefixSet",
        action: text "Action",
    }

    ReplicationSourceSelectionCriteria "SourceSelectionCriteria" {
        sse_kms_encrypted_objects: one(SseKmsEncryptedObjects) "SseKmsEncryptedObjects",
    }

    SseKmsEncryptedObjects "SseKmsEncryptedObjects" {
        status: text "Status",
    }

    ReplicationDestination "Destination" {
        bucket: text "Bucket",
        location: text "Location",
        transfer_type: text "TransferType",
    }

    ReplicationEncryptionConfiguration "EncryptionConfiguration" {
        replica_kms_key_id: text "ReplicaKmsKeyID",
    }

    ReplicationPrefixSet "PrefixSet" {
        prefixs: texts "Prefix",
    }

    ReplicationLocation "ReplicationLocation" {
        locations: texts "Location",
        location_transfer_type_constraint: one(LocationTransferTypeConstraint) "LocationTransferTypeConstraint",
        locationrtc_constraint: one(LocationRTCConstraint) "LocationRTCConstraint",
    }

    LocationTransferTypeConstraint "LocationTransferTypeConstraint" {
        location_transfer_types: many(LocationTransferType) "LocationTransferType",
    }

    LocationTransferType "LocationTransferType" {
        location: text "Location",
        transfer_types: one(TransferTypes) "TransferTypes",
    }

    TransferTypes "TransferTypes" {
        types: texts "Type",
    }

    LocationRTCConstraint "LocationRTCConstraint" {
        locations: texts "Location",
    }

    ReplicationProgress "ReplicationProgress" {
        rules: many(ReplicationProgressRule) "Rule",
    }

    ReplicationProgressRule "ReplicationProgressRule" {
        historical_object_replication: text "HistoricalObjectReplication",
        progress: one(ReplicationProgressInformation) "Progress",
        id: text "ID",
        prefix_set: one(ReplicationPrefixSet) "PrefixSet",
        action: text "Action",
        destination: one(ReplicationDestination) "Destination",
        status: text "Status",
    }

    ReplicationProgressInformation "Progress" {
        historical_object: text "HistoricalObject",
        new_object: text "NewObject",
    }

    ReplicationRules "ReplicationRules" {
        ids: texts "ID",
    }
}
