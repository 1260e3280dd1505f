use sanyun_core::{ErrorKind, Fixed};

use super::*;

fn resolver(vars: &[(&str, &str)]) -> Resolver {
    let fixed = vars.iter().fold(Fixed::default(), |fixed, (name, text)| fixed.var(*name, *text));
    resolver_of(Given::default(), fixed)
}

fn resolver_of(given: Given, world: Fixed) -> Resolver {
    let world = Arc::new(world);
    Resolver::new(given, world.clone(), world)
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

const FILE: &str =
    "VPC:\n- id: cn-north-4\n  endpoint: file.example\nnew-service:\n- id: new-region-1\n  endpoints: [a, b]\n";

#[test]
fn the_file_comes_behind_the_environment_and_before_the_catalog() {
    let world = Fixed::default().file("/r", FILE).var("HUAWEICLOUD_SDK_REGIONS_FILE", "/r");
    let found = |world: &Fixed, service, region| {
        shown(&resolver_of(Given::default(), world.clone()).endpoints(service, "", Some(region)).unwrap())
    };
    assert_eq!(found(&world, "vpc", "cn-north-4"), ["https://file.example"]);
    assert_eq!(found(&world, "new-service", "new-region-1"), ["https://a", "https://b"]);
    assert_eq!(found(&world, "vpc", "cn-north-1"), ["https://vpc.cn-north-1.myhuaweicloud.com"]);
    let world = world.var("HUAWEICLOUD_SDK_REGION_VPC_CN_NORTH_4", "variable.example");
    assert_eq!(found(&world, "vpc", "cn-north-4"), ["https://variable.example"]);
}

#[test]
fn a_broken_file_is_told_at_every_call_that_needs_it() {
    let world = Fixed::default().file("/r", "VPC: x").var("HUAWEICLOUD_SDK_REGIONS_FILE", "/r");
    let resolver = resolver_of(Given::default(), world);
    for _ in 0..2 {
        let error = resolver.endpoints("ecs", "", Some("cn-north-4")).unwrap_err();
        assert!(error.to_string().contains("/r, line 1"), "{error}");
    }
}

#[test]
fn a_private_cloud_is_known_by_its_domain() {
    let given = Given::read(&[], Some(".hcs.corp.")).unwrap();
    let resolver = resolver_of(given, Fixed::default());
    assert_eq!(shown(&resolver.endpoints("vpc", "", Some("here-1")).unwrap()), ["https://vpc.here-1.hcs.corp"]);
    let iam = resolver.authority(Authority::Iam, Some("here-1"), None, false).unwrap().unwrap();
    assert_eq!(shown(&iam.endpoints), ["https://iam.here-1.hcs.corp"]);
    assert!(Given::read(&[], Some("a/b")).is_err());
}

#[test]
fn several_endpoints_of_a_service_are_kept_in_order() {
    let pair = |service: &str, endpoint: &str| (service.to_owned(), endpoint.to_owned());
    let given = Given::read(&[pair("ecs", "a"), pair("vpc", "v"), pair("ECS", "http://b")], None).unwrap();
    let resolver = resolver_of(given, Fixed::default());
    assert_eq!(shown(resolver.given("Ecs").unwrap()), ["https://a", "http://b"]);
    assert!(resolver.given("iam").is_none());
    assert!(Given::read(&[pair("ecs", "ftp://a")], None).is_err());
}

#[test]
fn iam_is_named_on_four_levels() {
    let world = Fixed::default().var("HUAWEICLOUD_SDK_IAM_ENDPOINT", "variable");
    let code = Given::read(&[("iam".to_owned(), "code".to_owned())], None).unwrap();
    let find = |given: Given, world: Fixed, own: Option<&str>, isolated| {
        let found = resolver_of(given, world).authority(Authority::Iam, Some("cn-north-4"), own, isolated).unwrap();
        found.map(|found| (shown(&found.endpoints).concat(), found.named))
    };
    let some = |endpoint: &str, named| Some((format!("https://{endpoint}"), named));
    assert_eq!(find(code, world.clone(), Some("own"), true), some("code", true));
    assert_eq!(find(Given::default(), world.clone(), Some("own"), true), some("own", true));
    assert_eq!(find(Given::default(), world, None, true), some("variable", true));
    assert_eq!(find(Given::default(), Fixed::default(), None, true), None);
    let table = some("iam.cn-north-4.myhuaweicloud.com", false);
    assert_eq!(find(Given::default(), Fixed::default(), None, false), table);
}
