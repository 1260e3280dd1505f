//! Access logs.

operations! {
    PutBucketLogging: Put bucket
        query ["logging" = ""] type "application/xml" flags [md5] signs ["logging"]
        xml may bucket_logging_status: BucketLoggingStatus "BucketLoggingStatus"
    -> none;

    GetBucketLogging: Get bucket
        query ["logging" = ""] type "application/xml" flags [md5] signs ["logging"]
    -> GetBucketLoggingResult
        root "BucketLoggingStatus" { bucket_logging_status: one(BucketLoggingStatus) ".", }
    ;

    DeleteBucketLogging: Delete bucket
        query ["logging" = ""] type "application/xml" flags [md5] signs ["logging"]
    -> none;

    PutUserDefinedLogFieldsConfig: Put bucket
        query ["userDefinedLogFieldsConfig" = ""] type "application/xml" flags [md5]
        signs ["userDefinedLogFieldsConfig"]
        xml may user_defined_log_fields_configuration: UserDefinedLogFieldsConfiguration "UserDefinedLogFieldsConfiguration"
    -> none;

    GetUserDefinedLogFieldsConfig: Get bucket
        query ["userDefinedLogFieldsConfig" = ""] type "application/xml" flags [md5]
        signs ["userDefinedLogFieldsConfig"]
    -> GetUserDefinedLogFieldsConfigResult
        root "UserDefinedLogFieldsConfiguration" {
            user_defined_log_fields_configuration: one(UserDefinedLogFieldsConfiguration) ".",
        }
    ;

    DeleteUserDefinedLogFieldsConfig: Delete bucket
        query ["userDefinedLogFieldsConfig" = ""] type "application/xml" flags [md5]
        signs ["userDefinedLogFieldsConfig"]
    -> none;
}

structures! {
    BucketLoggingStatus "BucketLoggingStatus" {
        logging_enabled: one(LoggingEnabled) "LoggingEnabled",
    }

    LoggingEnabled "LoggingEnabled" {
        target_bucket: text "TargetBucket",
        target_prefix: text "TargetPrefix",
        logging_role: text "LoggingRole",
    }

    UserDefinedLogFieldsConfiguration "UserDefinedLogFieldsConfiguration" {
        header_set: one(LoggingHeaderSet) "HeaderSet",
        param_set: one(LoggingParamSet) "ParamSet",
    }

    LoggingHeaderSet "HeaderSet" {
        headers: texts "header",
    }

    LoggingParamSet "ParamSet" {
        parameters: texts "parameter",
    }
}
