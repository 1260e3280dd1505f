//! Requests from other sites.

operations! {
    PutBucketCors: Put bucket
        query ["cors" = ""] type "application/xml" flags [md5] signs ["cors"]
        xml may cors_configuration: CORSConfiguration "CORSConfiguration"
    -> none;

    GetBucketCors: Get bucket
        query ["cors" = ""] type "application/xml" flags [md5] signs ["cors"]
    -> GetBucketCorsResult
        root "CORSConfiguration" { cors_configuration: one(CORSConfiguration) ".", }
    ;

    DeleteBucketCors: Delete bucket
        query ["cors" = ""] type "application/xml" flags [md5] signs ["cors"]
    -> none;

    OptionObject: Options object
        type "application/xml" flags [md5]
        takes {
            origin: header text "origin",
            access_control_request_method: header text "access-control-request-method",
            access_control_request_headers: header text "access-control-request-headers",
        }
    -> OptionObjectResult
        headers {
            access_control_allow_origin: text "access-control-allow-origin",
            access_control_allow_methods: text "access-control-allow-methods",
            access_control_allow_headers: text "access-control-allow-headers",
            access_control_expose_headers: text "access-control-expose-headers",
            access_control_max_age: int "access-control-max-age",
        }
    ;
}

structures! {
    CORSConfiguration "CORSConfiguration" {
        cors_rules: many(CORSRule) "CORSRule",
        response_vary: flag "ResponseVary",
    }

    CORSRule "CORSRule" {
        allowed_origins: texts "AllowedOrigin",
        allowed_methods: texts "AllowedMethod",
        allowed_headers: texts "AllowedHeader",
        expose_headers: texts "ExposeHeader",
        max_age_seconds: int "MaxAgeSeconds",
    }
}
