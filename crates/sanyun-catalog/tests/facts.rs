//! Facts looked up by hand in the vendors' packages (releases as in `xtask/catalog/packages.lock`).
#![cfg(all(feature = "huawei", feature = "tencent", feature = "alibaba"))]

use sanyun_catalog::{CallStyle, Catalog, Operation, ParamStyle, Place, TypeDef};

/// `place name type flags style`, one a parameter.
fn params(operation: &Operation<'_>) -> Vec<String> {
    let style = |style: Option<ParamStyle>| style.map(ParamStyle::as_str).unwrap_or("-");
    let line = operation.params.iter().map(|it| {
        format!("{} {} {} {} {}", it.place.as_str(), it.name, it.ty, it.flags, style(it.style)).replace("  ", " - ")
    });
    line.collect()
}

/// `name type flags`, one a field.
fn fields(definition: Option<TypeDef<'_>>) -> Vec<String> {
    let found = definition.as_ref().and_then(TypeDef::as_struct).map(|it| it.fields.as_slice()).unwrap_or_default();
    found.iter().map(|it| format!("{} {} {}", it.name, it.ty, it.flags).trim_end().to_owned()).collect()
}

#[test]
fn huawei_vpc_v3_list_vpcs() {
    let operation = Catalog::huawei().service("vpc", Some("v3")).unwrap().operation("ListVpcs").unwrap();
    assert_eq!((operation.method, operation.path), ("GET", "/v3/{project_id}/vpc/vpcs"));
    assert_eq!(
        params(&operation),
        [
            "query limit int - -",
            "query marker string - -",
            "query id [string] - multi",
            "query enterprise_project_id string - -",
            "query name [string] - multi",
            "query description [string] - multi",
            "query cidr [string] - multi",
        ]
    );
    // Nothing but the credential fills the project.
    assert_eq!(operation.unfilled_placeholders().collect::<Vec<_>>(), ["project_id"]);
    assert_eq!(operation.consumes, ["application/json"]);
    assert!(operation.body.is_none() && operation.style.is_none());
    assert_eq!(
        fields(operation.service.type_def("ListVpcsResponse")),
        ["request_id string", "vpcs [#Vpc]", "page_info #PageInfo"]
    );
}

#[test]
fn huawei_vpc_v2_delete_vpc() {
    let operation = Catalog::huawei().operation("vpc", Some("v2"), "DeleteVpc").unwrap();
    assert_eq!((operation.method, operation.path), ("DELETE", "/v1/{project_id}/vpcs/{vpc_id}"));
    assert_eq!(params(&operation), ["path vpc_id string r -"]);
    assert!(operation.response.is_none());
}

#[test]
fn huawei_iam_tells_credentials_regions_and_response_headers() {
    let iam = Catalog::huawei().service("iam", Some("v3")).unwrap();
    let meta = iam.meta();
    assert_eq!(meta.credentials, ["GlobalCredentials", "BasicCredentials", "IamCredentials"]);
    assert_eq!((meta.protocol, meta.api_version, meta.derived_auth), ("rest", "v3", None));
    assert_eq!((meta.sources[0].package, meta.sources[0].release), ("huaweicloudsdkiam", "3.1.219"));
    assert_eq!(iam.endpoints("ap-southeast-1").unwrap(), ["https://iam.ap-southeast-1.myhuaweicloud.com"]);
    assert_eq!(iam.endpoints("moon-1"), None);
    assert_eq!(iam.regions().count(), 28);

    let operation = iam.operation("KeystoneCreateUserTokenByPassword").unwrap();
    assert_eq!(operation.response_headers.len(), 1);
    assert_eq!(operation.response_headers[0].0, "X-Subject-Token");
}

#[test]
fn huawei_marks_what_is_sensitive() {
    let fields = fields(Catalog::huawei().service("ecs", None).unwrap().type_def("TemplateOsProfile"));
    assert!(fields.contains(&"user_data string s".to_owned()), "{fields:?}");
    assert!(fields.contains(&"key_name string s".to_owned()), "{fields:?}");
}

#[test]
fn tencent_cvm_describe_instances() {
    let cvm = Catalog::tencent().service("cvm", Some("2017-03-12")).unwrap();
    assert_eq!((cvm.meta().product, cvm.meta().protocol), (Some("cvm"), "tc3"));
    assert_eq!(cvm.endpoints("default").unwrap(), ["cvm.tencentcloudapi.com"]);
    assert!(cvm.error_codes().any(|code| code == "AuthFailure.CamRoleNameAuthenticateFailed"));
    assert_eq!(cvm.error_codes().count(), 422);

    let operation = cvm.operation("DescribeInstances").unwrap();
    assert_eq!((operation.method, operation.path), ("POST", "/"));
    assert!(operation.params.is_empty());
    let body = cvm.resolve(operation.body.as_ref().unwrap());
    assert_eq!(fields(body), ["InstanceIds [string]", "Filters [#Filter]", "Offset int", "Limit int"]);
    assert_eq!(
        fields(cvm.type_def("LoginSettings")),
        ["Password string", "KeyIds [string] n", "KeepImageLogin string"]
    );
}

#[test]
fn tencent_operations_that_are_sent_differently() {
    let catalog = Catalog::tencent();
    let flags = |service, name| catalog.operation(service, None, name).unwrap().flags;
    assert!(flags("sts", "AssumeRoleWithSAML").unsigned && !flags("sts", "AssumeRole").unsigned);
    assert!(flags("hunyuan", "ChatCompletions").sse);
    assert!(flags("cls", "UploadLog").octet_stream);
    let cii = catalog.service("cii", Some("v20210408")).unwrap();
    let multipart = |name: &&str| !cii.operation(name).unwrap().rare.multipart.is_empty();
    assert_eq!(cii.operations().filter(multipart).collect::<Vec<_>>(), ["DescribeQualityScore", "UploadMedicalFile"]);
}

#[test]
fn alibaba_ecs_run_command() {
    let ecs = Catalog::alibaba().service("ecs", None).unwrap();
    assert_eq!(ecs.endpoints("cn-hangzhou").unwrap(), ["ecs-cn-hangzhou.aliyuncs.com"]);
    assert_eq!((ecs.meta().endpoint_rule, ecs.meta().api_version), (Some("regional"), "2014-05-26"));
    let operation = ecs.operation("RunCommand").unwrap();
    assert_eq!((operation.method, operation.path, operation.style), ("POST", "/", Some(CallStyle::Rpc)));
    assert_eq!((operation.consumes.as_slice(), operation.produces), (["formData"].as_slice(), Some("json")));
    assert!(operation.params.iter().all(|param| param.place == Place::Query));
    let parameters = operation.param("Parameters").unwrap();
    assert_eq!((parameters.ty.to_string(), parameters.style), ("{any}".to_owned(), Some(ParamStyle::Json)));
    assert!(operation.param("CommandContent").unwrap().flags.required());
    assert!(!operation.param("WorkingDir").unwrap().flags.required());
}

#[test]
fn alibaba_operations_that_are_sent_differently() {
    let sts = Catalog::alibaba().service("sts", None).unwrap();
    assert!(
        sts.operation("AssumeRoleWithOIDC").unwrap().is_unsigned()
            && !sts.operation("AssumeRole").unwrap().is_unsigned()
    );
    assert_eq!(sts.operation("AssumeRoleWithOIDC").unwrap().rare.auth.as_deref(), Some("Anonymous"));
    let ocr = Catalog::alibaba().operation("ocr", None, "RecognizeBankCard").unwrap();
    assert_eq!(ocr.rare.upload, ["ImageURL"]);
    assert_eq!(params(&ocr), ["body ImageURL string r -"]);
}

/// The reference extraction counted these (`xtask/catalog/expected.tsv`).
#[test]
fn counts_of_whole_service_versions() {
    for (catalog, service, version, operations, types, regions) in [
        (Catalog::huawei(), "ecs", "v2", 106, 338, 33),
        (Catalog::huawei(), "iam", "v3", 150, 371, 28),
        (Catalog::huawei(), "iam", "v5", 89, 145, 28),
        (Catalog::huawei(), "vpc", "v2", 122, 224, 34),
        (Catalog::huawei(), "vpc", "v3", 110, 219, 34),
        (Catalog::tencent(), "cvm", "v20170312", 106, 286, 1),
        (Catalog::tencent(), "sts", "v20180813", 7, 17, 1),
        (Catalog::alibaba(), "ecs", "20140526", 380, 1295, 35),
        (Catalog::alibaba(), "ocr", "20191230", 18, 84, 0),
        (Catalog::alibaba(), "sts", "20150401", 4, 12, 32),
    ] {
        let found = catalog.service(service, Some(version)).unwrap();
        let counts = (found.operations().count(), found.types().count(), found.regions().count());
        assert_eq!(counts, (operations, types, regions), "{found:?}");
    }
}
