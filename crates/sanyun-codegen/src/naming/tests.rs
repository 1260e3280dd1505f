#![allow(clippy::unwrap_used, reason = "tests")]

use super::*;

#[test]
fn fields_are_in_snake_case() {
    for (wire, expected) in [
        ("InstanceIds", "instance_ids"),
        ("VPCId", "vpc_id"),
        ("vpcID", "vpc_id"),
        ("instanceIDs", "instance_ids"),
        ("PublicIPs", "public_ips"),
        ("IPv6Address", "ipv6_address"),
        ("EnableIPv4", "enable_ipv4"),
        ("UIName", "ui_name"),
        ("Cpu2Core", "cpu2_core"),
        ("X-Auth-Token", "x_auth_token"),
        ("@type", "_type"),
        ("cidr_v6", "cidr_v6"),
        ("os-extended:volumes", "os_extended_volumes"),
        ("a--b", "a_b"),
        ("data_", "data_"),
        ("_id", "_id"),
        ("名", "n_"),
    ] {
        assert_eq!(field(wire), expected, "{wire}");
    }
}

#[test]
fn a_name_that_rust_refuses_is_changed() {
    for (wire, expected) in
        [("type", "type_"), ("Self", "self_"), ("gen", "gen_"), ("2fa", "n2fa"), ("95Peak", "n95_peak"), ("*", "n_")]
    {
        assert_eq!(field(wire), expected, "{wire}");
    }
}

#[test]
fn setters_keep_clear_of_methods() {
    for (name, expected) in [("limit", "limit"), ("new", "new_"), ("default", "default_"), ("type_", "type_")] {
        assert_eq!(setter(name), expected);
    }
}

#[test]
fn types_begin_with_a_capital_and_shadow_nothing() {
    for (wire, expected) in [
        ("Vpc", "Vpc"),
        ("ListVPCs", "ListVPCs"),
        ("addFoo", "AddFoo"),
        ("Show_demo-info", "ShowDemoInfo"),
        ("2DMap", "N2DMap"),
        ("Option", "Option_"),
        ("Result", "Result_"),
        ("Error", "Error"),
        ("default", "Default_"),
    ] {
        assert_eq!(type_name(wire), expected, "{wire}");
    }
}

#[test]
fn long_type_names_are_cut_and_stay_apart() {
    let long = "DescribeSomething".repeat(10);
    let [one, other] = [format!("{long}A"), format!("{long}B")].map(|wire| type_name(&wire));
    assert_eq!((one.len(), other.len()), (100, 100));
    assert!(one.starts_with("DescribeSomethingDescribe") && one != other);
    assert_eq!(type_name(&"A".repeat(100)), "A".repeat(100));
}

#[test]
fn constants_are_in_capitals() {
    for (value, expected) in [
        ("ACTIVE", "ACTIVE"),
        ("shutOff", "SHUT_OFF"),
        ("s6.large.2", "S6_LARGE_2"),
        ("2xlarge", "N2XLARGE"),
        ("10", "N10"),
        ("-1", "MINUS_1"),
        ("", "EMPTY"),
        ("*", "N_"),
    ] {
        assert_eq!(constant(value), expected, "{value}");
    }
}

#[test]
fn modules_are_named_as_services_and_versions() {
    for (name, expected) in [("vpc", "vpc"), ("ocr_api", "ocr_api"), ("swas-open", "swas_open"), ("5gmec", "n5gmec")] {
        assert_eq!(module(name), expected);
    }
    for (version, expected) in [("v3", "v3"), ("v20170312", "v20170312"), ("20140526", "v20140526")] {
        assert_eq!(version_module(version), expected);
    }
}

#[test]
fn names_that_fall_together_are_numbered() {
    let mut taken = Taken::default();
    let settled = ["uui", "uui", "id", "uui"].map(|name| taken.settle(name.to_owned(), "_"));
    assert_eq!(settled, ["uui", "uui_2", "id", "uui_3"]);
    assert_eq!((taken.own("body"), taken.own("id"), taken.own("id")), ("body".into(), "id_".into(), "id__".into()));
}
