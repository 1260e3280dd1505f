use sanyun_core::{ErrorKind, Fixed};

use super::*;

fn resolver(vars: &[(&str, &str)]) -> Resolver {
    let fixed = vars.iter().fold(Fixed::default(), |fixed, (name, text)| fixed.var(*name, *text));
    Resolver::new(Arc::new(fixed))
}

fn shown(endpoints: &[Endpoint]) -> Vec<String> {
    endpoints.iter().map(ToString::to_string).collect()
}

#[test]
fn the_catalogs_table_comes_before_the_rule() {
    let resolver = resolver(&[]);
    let find = |service, region| shown(&resolver.endpoints(service, "", Some(region)).unwrap());
    assert_eq!(find("vpc", "cn-north-4"), ["https://vpc.cn-north-4.myhuaweicloud.com"]);
    assert_eq!(find("iam", "eu-west-101"), ["https://iam.eu-west-101.myhuaweicloud.eu"]);
    assert_eq!(find("some-new-service", "cn-north-4"), ["https://some-new-service.cn-north-4.myhuaweicloud.com"]);
}

#[test]
fn the_environment_comes_before_the_catalog() {
    let resolver = resolver(&[
        ("HUAWEICLOUD_SDK_REGION_VPC_CN_NORTH_4", " http://a:1 , b.example,"),
        ("HUAWEICLOUD_SDK_REGION_MY_SERVICE_NEW_PLACE_1", "c.example"),
        ("HUAWEICLOUD_SDK_REGION_ECS_CN_NORTH_4", " "),
    ]);
    let find = |service, region| shown(&resolver.endpoints(service, "", Some(region)).unwrap());
    assert_eq!(find("vpc", "cn-north-4"), ["http://a:1", "https://b.example"]);
    assert_eq!(find("my-service", "new-place-1"), ["https://c.example"]);
    assert_eq!(find("ecs", "cn-north-4"), ["https://ecs.cn-north-4.myhuaweicloud.com"]);
}

#[test]
fn what_was_found_is_remembered() {
    let resolver = resolver(&[]);
    let first = resolver.endpoints("vpc", "v2", Some("cn-north-4")).unwrap();
    assert!(Arc::ptr_eq(&first, &resolver.endpoints("vpc", "v2", Some("cn-north-4")).unwrap()));
    assert!(!Arc::ptr_eq(&first, &resolver.endpoints("vpc", "v3", Some("cn-north-4")).unwrap()));
}

#[test]
fn an_unknown_region_suggests_the_nearest() {
    let resolver = resolver(&[]);
    for service in ["vpc", "some-new-service"] {
        let error = resolver.endpoints(service, "", Some("cn-nort-4")).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("did you mean `cn-north-4`"), "{error}");
        assert!(error.hint().unwrap().contains("_CN_NORT_4"), "{error:?}");
    }
}

#[test]
fn without_a_region_only_iam_answers() {
    let resolver = resolver(&[]);
    assert_eq!(shown(&resolver.endpoints("iam", "v3", None).unwrap()), ["https://iam.myhuaweicloud.com"]);
    assert!(resolver.endpoints("vpc", "", None).unwrap_err().hint().unwrap().contains("region"));
}

#[test]
fn a_broken_variable_is_named() {
    let resolver = resolver(&[("HUAWEICLOUD_SDK_REGION_VPC_CN_NORTH_4", "ftp://a")]);
    assert!(resolver.endpoints("vpc", "", Some("cn-north-4")).unwrap_err().to_string().contains("ftp://a"));
}

#[test]
fn a_label_cannot_make_another_host() {
    let endpoints = [parse("obs.cn-north-4.myhuaweicloud.com").unwrap()];
    assert_eq!(
        shown(&with_label(&endpoints, "bucket-1").unwrap()),
        ["https://bucket-1.obs.cn-north-4.myhuaweicloud.com"]
    );
    for label in ["", "evil.example/", "a@b", "a:1", "a b", "桶"] {
        assert!(with_label(&endpoints, label).is_err(), "{label}");
    }
    assert!(with_label(&[parse("http://[::1]:80").unwrap()], "bucket").is_err());
}

#[test]
fn iam_and_sts_have_endpoints_of_their_own() {
    let none = Fixed::default();
    assert_eq!(iam_endpoint(Some("nowhere"), &none).unwrap().host(), "iam.myhuaweicloud.com");
    assert_eq!(sts_endpoint(Some("eu-west-0"), &none).unwrap().host(), "sts.cn-north-4.myhuaweicloud.com");
    let given = Fixed::default().var("HUAWEICLOUD_SDK_IAM_ENDPOINT", "http://iam.corp:80");
    assert_eq!(iam_endpoint(Some("cn-north-4"), &given).unwrap().to_string(), "http://iam.corp:80");
}
