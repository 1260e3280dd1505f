//! What cannot be overwritten or deleted.

operations! {
    PutBucketObjectWormConfiguration: Put bucket
        query ["objectWorm" = ""] type "application/xml" flags [md5] signs ["objectWorm"]
        xml may object_worm_configuration: ObjectWormConfiguration "ObjectWormConfiguration"
    -> none;

    GetBucketObjectWormConfiguration: Get bucket
        query ["objectWorm" = ""] type "application/xml" flags [md5] signs ["objectWorm"]
    -> GetBucketObjectWormConfigurationResult
        root "ObjectWormConfiguration" { object_worm_configuration: one(ObjectWormConfiguration) ".", }
    ;

    PutBucketOverwriteConfig: Put bucket
        query ["overwriteConfig" = ""] type "application/xml" flags [md5] signs ["overwriteConfig"]
        xml may overwrite_configuration: OverwriteConfiguration "OverwriteConfiguration"
    -> none;

    GetBucketOverwriteConfig: Get bucket
        query ["overwriteConfig" = ""] type "application/xml" flags [md5] signs ["overwriteConfig"]
    -> GetBucketOverwriteConfigResult
        root "OverwriteConfiguration" { overwrite_configuration: one(OverwriteConfiguration) ".", }
    ;

    DeleteBucketOverwriteConfig: Delete bucket
        query ["overwriteConfig" = ""] type "application/xml" flags [md5] signs ["overwriteConfig"]
    -> none;

    InitiateBucketWorm: Post bucket
        query ["worm" = ""] type "application/xml" flags [md5] signs ["worm"]
        xml may initiate_worm_configuration: InitiateWormConfiguration "InitiateWormConfiguration"
    -> InitiateBucketWormResult
        headers { worm_id: text "x-oss-worm-id", }
    ;

    AbortBucketWorm: Delete bucket
        query ["worm" = ""] type "application/xml" flags [md5] signs ["worm"]
    -> none;

    CompleteBucketWorm: Post bucket
        type "application/xml" flags [md5] signs ["wormId"]
        needs { worm_id: query text "wormId", }
    -> none;

    ExtendBucketWorm: Post bucket
        query ["wormExtend" = ""] type "application/xml" flags [md5] signs ["wormExtend", "wormId"]
        needs { worm_id: query text "wormId", }
        xml may extend_worm_configuration: ExtendWormConfiguration "ExtendWormConfiguration"
    -> none;

    GetBucketWorm: Get bucket
        query ["worm" = ""] type "application/xml" flags [md5] signs ["worm"]
    -> GetBucketWormResult
        root "WormConfiguration" { worm_configuration: one(WormConfiguration) ".", }
    ;
}

structures! {
    ObjectWormConfiguration "ObjectWormConfiguration" {
        object_worm_enabled: text "ObjectWormEnabled",
        rule: one(ObjectWormConfigurationRule) "Rule",
    }

    ObjectWormConfigurationRule "Rule" {
        default_retention: one(ObjectWormConfigurationRuleDefaultRetention) "DefaultRetention",
    }

    ObjectWormConfigurationRuleDefaultRetention "DefaultRetention" {
        mode: text "Mode",
        days: int "Days",
        years: int "Years",
    }

    OverwriteConfiguration "OverwriteConfiguration" {
        rules: many(OverwriteRule) "Rule",
    }

    OverwriteRule "Rule" {
        action: text "Action",
        prefix: text "Prefix",
        suffix: text "Suffix",
        principals: one(OverwritePrincipals) "Principals",
        id: text "ID",
    }

    OverwritePrincipals "Principals" {
        principals: texts "Principal",
    }

    InitiateWormConfiguration "InitiateWormConfiguration" {
        retention_period_in_days: int "RetentionPeriodInDays",
    }

    ExtendWormConfiguration "ExtendWormConfiguration" {
        retention_period_in_days: int "RetentionPeriodInDays",
    }

    WormConfiguration "WormConfiguration" {
        worm_id: text "WormId",
        state: text "State",
        retention_period_in_days: int "RetentionPeriodInDays",
        creation_date: text "CreationDate",
        expiration_date: text "ExpirationDate",
    }
}
