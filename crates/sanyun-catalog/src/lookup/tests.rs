use crate::{Catalog, LookupError};

#[test]
fn services_are_found_as_people_write_them() {
    let found = |name| Catalog::alibaba().service(name, None).unwrap().name();
    for name in ["ecs", "Ecs", "ECS", "e-cs", "E_C_S"] {
        assert_eq!(found(name), "ecs", "{name}");
    }
    assert_eq!(Catalog::tencent().service("CVM", None).unwrap().name(), "cvm");
}

#[test]
fn versions_are_found_as_people_write_them() {
    for version in ["2014-05-26", "20140526", "v20140526"] {
        assert_eq!(Catalog::alibaba().service("ecs", Some(version)).unwrap().version(), "20140526");
    }
    for version in ["2017-03-12", "20170312", "v20170312", "V2017-03-12"] {
        assert_eq!(Catalog::tencent().service("cvm", Some(version)).unwrap().version(), "v20170312");
    }
    for version in ["v2", "V2", "2"] {
        assert_eq!(Catalog::huawei().service("vpc", Some(version)).unwrap().version(), "v2");
    }
}

#[test]
fn without_a_version_the_newest_whole_one_is_taken() {
    assert_eq!(Catalog::huawei().service("vpc", None).unwrap().version(), "v3");
    assert_eq!(Catalog::huawei().service("iam", None).unwrap().version(), "v5");
    assert_eq!(Catalog::tencent().service("cii", None).unwrap().version(), "v20210408");
    // A newer version with less than half of the operations (2016-03-14) is a side line.
    assert_eq!(Catalog::alibaba().service("ecs", None).unwrap().version(), "20140526");
}

#[test]
fn an_operation_without_a_version_is_taken_from_the_newest_that_has_it() {
    let version = |name| Catalog::huawei().operation("vpc", None, name).unwrap().service.version();
    assert_eq!(version("ListVpcs"), "v3");
    assert_eq!(version("ListSubnets"), "v2");
    assert!(Catalog::huawei().operation("vpc", Some("v3"), "ListSubnets").is_err());
}

#[test]
fn unknown_services_and_versions_name_what_there_is() {
    let error = Catalog::huawei().service("vcp", None).unwrap_err();
    assert!(error.to_string().starts_with("huawei has no service `vcp` in the catalog; did you mean `"), "{error}");
    assert!(error.to_string().contains("`vpc`"), "{error}");
    let error = Catalog::huawei().service("vpc", Some("v9")).unwrap_err();
    assert_eq!(error.to_string(), "huawei vpc has no version `v9`; known: v2, v3");
    let error = Catalog::tencent().service("cvm", Some("2000-01-01")).unwrap_err();
    assert_eq!(error.to_string(), "tencent cvm has no version `2000-01-01`; known: 2017-03-12");
    let error = Catalog::huawei().service("quantum-computing", None).unwrap_err();
    assert_eq!(error.to_string(), "huawei has no service `quantum-computing` in the catalog");
}

#[test]
fn operations_are_forgiving_in_case_only() {
    let cvm = Catalog::tencent().service("cvm", None).unwrap();
    assert_eq!(cvm.operation("describeinstances").unwrap().name, "DescribeInstances");
    let error = cvm.operation("DescribeInstanes").unwrap_err();
    assert_eq!(
        error.to_string(),
        "tencent cvm 2017-03-12 has no operation `DescribeInstanes`; did you mean `DescribeInstances`?"
    );
}

#[test]
fn an_operation_of_another_service_is_pointed_out() {
    let error = Catalog::huawei().service("vpc", Some("v3")).unwrap().operation("ListServersDetails").unwrap_err();
    let LookupError::UnknownOperation { elsewhere, .. } = &error else { panic!("{error}") };
    assert_eq!(elsewhere, &[("ecs".to_owned(), "v2".to_owned())]);
    assert!(error.to_string().ends_with("; ecs v2 has it"), "{error}");
}
