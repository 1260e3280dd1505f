//! A bucket as a website.

operations! {
    GetBucketWebsite: Get bucket
        query ["website" = ""] type "application/xml" flags [md5] signs ["website"]
    -> GetBucketWebsiteResult
        root "WebsiteConfiguration" { website_configuration: one(WebsiteConfiguration) ".", }
    ;

    PutBucketWebsite: Put bucket
        query ["website" = ""] type "application/xml" flags [md5] signs ["website"]
        xml may website_configuration: WebsiteConfiguration "WebsiteConfiguration"
    -> none;

    DeleteBucketWebsite: Delete bucket
        query ["website" = ""] type "application/xml" flags [md5] signs ["website"]
    -> none;
}

structures! {
    WebsiteConfiguration "WebsiteConfiguration" {
        index_document: one(IndexDocument) "IndexDocument",
        error_document: one(ErrorDocument) "ErrorDocument",
        routing_rules: one(RoutingRules) "RoutingRules",
    }

    IndexDocument "IndexDocument" {
        suffix: text "Suffix",
        support_sub_dir: flag "SupportSubDir",
        r#type: int "Type",
    }

    ErrorDocument "ErrorDocument" {
        key: text "Key",
        http_status: int "HttpStatus",
    }

    RoutingRules "RoutingRules" {
        routing_rules: many(RoutingRule) "RoutingRule",
    }

    RoutingRule "RoutingRule" {
        rule_number: int "RuleNumber",
        condition: one(RoutingRuleCondition) "Condition",
        redirect: one(RoutingRuleRedirect) "Redirect",
        lua_config: one(RoutingRuleLuaConfig) "LuaConfig",
    }

    RoutingRuleCondition "Condition" {
        key_suffix_equals: text "KeySuffixEquals",
        http_error_code_returned_equals: int "HttpErrorCodeReturnedEquals",
        include_headers: many(RoutingRuleIncludeHeader) "IncludeHeader",
        key_prefix_equals: text "KeyPrefixEquals",
    }

    RoutingRuleIncludeHeader "IncludeHeader" {
        key: text "Key",
        equals: text "Equals",
        starts_with: text "StartsWith",
        ends_with: text "EndsWith",
    }

    RoutingRuleRedirect "Redirect" {
        mirror_url: text "MirrorURL",
        replace_key_with: text "ReplaceKeyWith",
        enable_replace_prefix: flag "EnableReplacePrefix",
        pass_query_string: flag "PassQueryString",
        mirror_headers: one(MirrorHeaders) "MirrorHeaders",
        http_redirect_code: int "HttpRedirectCode",
        mirror_sni: flag "MirrorSNI",
        protocol: text "Protocol",
        replace_key_prefix_with: text "ReplaceKeyPrefixWith",
        redirect_type: text "RedirectType",
        mirror_pass_query_string: flag "MirrorPassQueryString",
        host_name: text "HostName",
        mirror_follow_redirect: flag "MirrorFollowRedirect",
        mirror_check_md5: flag "MirrorCheckMd5",
        mirror_pass_original_slashes: flag "MirrorPassOriginalSlashes",
        mirror_allow_video_snapshot: flag "MirrorAllowVideoSnapshot",
        mirror_async_status: int "MirrorAsyncStatus",
        mirror_taggings: one(MirrorTaggings) "MirrorTaggings",
        mirror_auth: one(MirrorAuth) "MirrorAuth",
        mirror_dst_region: text "MirrorDstRegion",
        mirror_dst_vpc_id: text "MirrorDstVpcId",
        mirror_tunnel_id: text "MirrorTunnelId",
        mirror_role: text "MirrorRole",
        mirror_using_role: flag "MirrorUsingRole",
        mirror_return_headers: one(MirrorReturnHeaders) "MirrorReturnHeaders",
        mirror_proxy_pass: flag "MirrorProxyPass",
        mirror_is_express_tunnel: flag "MirrorIsExpressTunnel",
        mirror_dst_slave_vpc_id: text "MirrorDstSlaveVpcId",
        mirror_allow_head_object: flag "MirrorAllowHeadObject",
        transparent_mirror_response_codes: text "TransparentMirrorResponseCodes",
        mirror_save_oss_meta: flag "MirrorSaveOssMeta",
        mirror_allow_get_image_info: flag "MirrorAllowGetImageInfo",
        mirror_url_probe: text "MirrorURLProbe",
        mirror_url_slave: text "MirrorURLSlave",
        mirror_user_last_modified: flag "MirrorUserLastModified",
        mirror_switch_all_errors: flag "MirrorSwitchAllErrors",
        mirror_multi_alternates: one(MirrorMultiAlternates) "MirrorMultiAlternates",
    }

    MirrorHeaders "MirrorHeaders" {
        pass_all: flag "PassAll",
        passs: texts "Pass",
        removes: texts "Remove",
        sets: many(MirrorHeadersSet) "Set",
    }

    MirrorHeadersSet "Set" {
        key: text "Key",
        value: text "Value",
    }

    MirrorTaggings "MirrorTaggings" {
        taggings: many(MirrorTagging) "Taggings",
    }

    MirrorTagging "Taggings" {
        key: text "Key",
        value: text "Value",
    }

    MirrorAuth "MirrorAuth" {
        access_key_id: text "AccessKeyId",
        access_key_secret: text "AccessKeySecret",
        auth_type: text "AuthType",
        region: text "Region",
    }

    MirrorReturnHeaders "MirrorReturnHeaders" {
        return_headers: many(ReturnHeader) "ReturnHeader",
    }

    ReturnHeader "ReturnHeader" {
        value: text "Value",
        key: text "Key",
    }

    MirrorMultiAlternates "MirrorMultiAlternates" {
        mirror_multi_alternates: many(MirrorMultiAlternate) "MirrorMultiAlternate",
    }

    MirrorMultiAlternate "MirrorMultiAlternate" {
        mirror_multi_alternate_number: int "MirrorMultiAlternateNumber",
        mirror_multi_alternate_url: text "MirrorMultiAlternateURL",
        mirror_multi_alternate_vpc_id: text "MirrorMultiAlternateVpcId",
        mirror_multi_alternate_dst_region: text "MirrorMultiAlternateDstRegion",
    }

    RoutingRuleLuaConfig "LuaConfig" {
        script: text "Script",
    }
}
