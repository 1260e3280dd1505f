#![cfg(feature = "write")]

use super::*;
use crate::{Catalog, Cloud, Writer};

/// The rule of an operation with these parameters and this answer, in the written form.
fn rule(cloud: Cloud, name: &str, records: &str) -> Option<String> {
    let head = format!("S1\t{cloud}\techo\tv1\tv1\t\trest\n");
    let mut writer = Writer::new(cloud);
    writer.add(&format!("{head}O{name}\tGET\t/\t\t\t\t\t#Reply\n{records}")).unwrap();
    let catalog = Catalog::open(writer.finish().unwrap()).unwrap();
    let operation = catalog.operation("echo", None, name).unwrap();
    assert_eq!(operation.paging().map(|paging| paging.to_string()), recognise(&operation));
    recognise(&operation)
}

fn tencent(name: &str, params: &[&str], reply: &[&str]) -> Option<String> {
    rule(Cloud::Tencent, name, &lines(params, reply))
}

fn lines(params: &[&str], reply: &[&str]) -> String {
    let params = params.iter().map(|param| format!("Pq{}\n", param.replace(' ', "\t")));
    let fields = reply.iter().map(|field| format!("F{}\n", field.replace(' ', "\t")));
    let types = "TItem\nFid\ts\nFName\ts\nTWrap\nFItem\t[#Item]\nTPageInfo\nFnext_marker\ts\nFcurrent_count\ti\n\
                 TData\nFTotalCount\ti\nFList\t[#Item]\n";
    params.chain(["TReply\n".to_owned()]).chain(fields).chain([types.to_owned()]).collect()
}

#[test]
fn rules_are_read_as_they_are_written() {
    for text in [
        "o Offset InstanceSet #Limit =TotalCount",
        "p PageNumber Instances.Instance #PageSize +HasMore",
        "p0 page . #size",
        "m marker id vpcs #limit",
        "t NextToken NextToken Disks #MaxResults -ListOver",
    ] {
        assert_eq!(Paging::parse(text).unwrap().to_string(), text);
    }
    let paging = Paging::parse("t Token PageInfo.NextToken Disks -ListOver").unwrap();
    assert_eq!(paging.advance, Advance::Token { token: "Token", next: "PageInfo.NextToken" });
    assert_eq!((paging.advance.param(), paging.advance.as_str()), ("Token", "token"));
    assert_eq!((paging.items, paging.limit, paging.total), ("Disks", None, None));
    assert_eq!(paging.more, Some(More { path: "ListOver", when: false }));
    for text in ["", "o", "o Offset", "x a b", "t a b", "o a b c", "o a b #", "o a b  #c"] {
        assert_eq!(Paging::parse(text), None, "{text:?}");
    }
}

#[test]
fn offset_and_limit() {
    let found = tencent("DescribeInstances", &["Offset i", "Limit i"], &["InstanceSet [#Item]", "TotalCount i"]);
    assert_eq!(found.unwrap(), "o Offset InstanceSet #Limit =TotalCount");
    assert_eq!(tencent("DescribeInstances", &["Offset i"], &["InstanceSet [#Item]", "TotalCount i"]), None);
    assert_eq!(tencent("DescribeInstances", &["Offset i", "Limit i"], &["TotalCount i"]), None);
    // Many numbers are declared as strings; `from` as a string may be anything.
    assert!(tencent("ListItems", &["Offset s", "Limit s"], &["Items [#Item]"]).is_some());
    assert_eq!(tencent("ListItems", &["From s", "Limit i"], &["Items [#Item]"]), None);
}

#[test]
fn fields_of_the_body_are_parameters_too() {
    let records = "TAsk\nFOffset\ti\nFLimit\ti\nTReply\nFNames\t[s]\n";
    let head = "S1\ttencent\techo\tv1\tv1\t\ttc3\nOListNames\tPOST\t/\t\t\t\t#Ask\t#Reply\n";
    let mut writer = Writer::new(Cloud::Tencent);
    writer.add(&format!("{head}{records}")).unwrap();
    let catalog = Catalog::open(writer.finish().unwrap()).unwrap();
    let operation = catalog.operation("echo", None, "ListNames").unwrap();
    assert_eq!(operation.paging().unwrap().to_string(), "o Offset Names #Limit");
}

#[test]
fn page_number_and_size_with_a_nested_list() {
    let params = ["PageNumber i", "PageSize i"];
    let reply = ["Instances #Wrap", "TotalCount i", "RequestId s"];
    let found = rule(Cloud::Alibaba, "DescribeInstances", &lines(&params, &reply));
    assert_eq!(found.unwrap(), "p PageNumber Instances.Item #PageSize =TotalCount");
    let found = rule(Cloud::Alibaba, "QueryItems", &lines(&params, &["Data #Data", "HasNext b"]));
    assert_eq!(found.unwrap(), "p PageNumber Data.List #PageSize =Data.TotalCount +HasNext");
}

#[test]
fn a_token_is_preferred_over_numbers() {
    let params = ["PageNumber i", "PageSize i", "NextToken s", "MaxResults i"];
    let reply = ["Items [#Item]", "TotalCount i", "NextToken s"];
    let found = rule(Cloud::Alibaba, "DescribeItems", &lines(&params, &reply));
    assert_eq!(found.unwrap(), "t NextToken NextToken Items #PageSize");
    let found = tencent("DescribeLogs", &["Context s", "Limit i"], &["Results [#Item]", "Context s", "ListOver b"]);
    assert_eq!(found.unwrap(), "t Context Context Results #Limit -ListOver");
}

#[test]
fn a_token_that_only_comes_back_needs_a_limit_or_a_flag() {
    assert_eq!(tencent("DescribeLogs", &["Context s"], &["Results [#Item]", "Context s"]), None);
    // A secret is no token of pages.
    assert_eq!(tencent("DescribeLogs", &["AccessToken s", "Limit i"], &["Logs [#Item]", "AccessToken s"]), None);
    assert_eq!(tencent("ListUsers", &["Marker s", "MaxItems i"], &["Users [#Item]", "Marker s"]), None);
    let found = tencent("ListUsers", &["Marker s", "MaxItems i"], &["Users [#Item]", "Marker s", "IsTruncated b"]);
    assert_eq!(found.unwrap(), "t Marker Marker Users #MaxItems +IsTruncated");
}

#[test]
fn a_marker_comes_from_the_answer_or_from_the_last_item() {
    let params = ["marker s", "limit i"];
    let found = rule(Cloud::Huawei, "ListVpcs", &lines(&params, &["vpcs [#Item]", "page_info #PageInfo"]));
    assert_eq!(found.unwrap(), "t marker page_info.next_marker vpcs #limit");
    let found = rule(Cloud::Huawei, "ListVpcs", &lines(&params, &["vpcs [#Item]", "vpcs_links [#Item]"]));
    assert_eq!(found.unwrap(), "m marker id vpcs #limit");
    assert_eq!(rule(Cloud::Huawei, "ListVpcs", &lines(&params, &["vpcs [s]"])), None);
    assert_eq!(rule(Cloud::Alibaba, "ListVpcs", &lines(&params, &["vpcs [#Item]"])), None);
}

#[test]
fn among_several_lists_the_one_that_is_asked_for() {
    let found = |name, lists: &[&str]| {
        let rule = tencent(name, &["Offset i", "Limit i"], lists)?;
        Paging::parse(&rule).map(|paging| paging.items.to_owned())
    };
    let item = |name, lists| found(name, lists).unwrap();
    assert_eq!(item("DescribeRules", &["Healths [#Item]", "Rules [#Item]"]), "Rules");
    assert_eq!(item("ListUsersInOrgNode", &["OrgNodeChildUserInfo [#Item]", "UserInfo [#Item]"]), "UserInfo");
    assert_eq!(item("ListVpcEndpointUsers", &["UserARNs [#Item]", "Users [#Item]"]), "Users");
    assert_eq!(item("ListDashboard", &["dashboardItems [#Item]", "dashboards [s]"]), "dashboardItems");
    assert_eq!(item("DescribeFwSwitch", &["FwList [#Item]", "Data [#Item]"]), "Data");
    assert_eq!(item("DescribeFwSwitch", &["FailData [#Item]", "FwList [#Item]"]), "FwList");
    assert_eq!(found("DescribeDesktops", &["PaidDesktops [#Item]", "PostPaidDesktops [#Item]"]), None);
    assert_eq!(found("DescribeThings", &["A [#Item]", "B [#Item]"]), None);
    assert_eq!(found("DescribeThings", &["ErrorArgs [s]"]), None);
}

#[test]
fn operations_that_change_something_have_no_pages() {
    assert_eq!(tencent("ModifyItems", &["Offset i", "Limit i"], &["Items [#Item]", "TotalCount i"]), None);
}

#[test]
fn an_answer_that_is_the_list_itself() {
    let records = "OListAliases\tGET\t/\t\t\t\t\t[#Item]\tr\nPqoffset\ti\nPqlimit\ti\nTItem\nFid\ts\n";
    let mut writer = Writer::new(Cloud::Huawei);
    writer.add(&format!("S1\thuawei\techo\tv1\tv1\t\trest\n{records}")).unwrap();
    let catalog = Catalog::open(writer.finish().unwrap()).unwrap();
    let operation = catalog.operation("echo", None, "ListAliases").unwrap();
    let paging = operation.paging().unwrap();
    assert_eq!((paging.items, paging.advance), ("", Advance::Offset { offset: "offset" }));
}

#[test]
fn the_table_corrects_what_is_recognised() {
    let table = "# comment\nhuawei\techo\tv1\tListA\tp0 page a #size\nhuawei\techo\tv1\tListB\tnone\n";
    let overrides = Overrides::read(table, Cloud::Huawei).unwrap();
    let rule = overrides.rule("echo", "v1", "ListA").unwrap().unwrap();
    assert_eq!(rule.advance, Advance::Page { number: "page", first: 0 });
    assert_eq!(overrides.rule("echo", "v1", "ListB"), Some(None));
    assert_eq!(overrides.rule("echo", "v1", "ListC"), None);
    assert_eq!(overrides.operations("echo", "v1").count(), 2);
    assert_eq!(Overrides::read(table, Cloud::Tencent).unwrap().operations("echo", "v1").count(), 0);
    for bad in ["huawei\techo\tv1\tListA\n", "huawei\techo\tv1\tListA\tx y\n", "moon\techo\tv1\tListA\tnone\n"] {
        assert!(Overrides::read(bad, Cloud::Huawei).is_err(), "{bad}");
    }
    for cloud in Cloud::ALL {
        assert!(Overrides::new(cloud).is_ok());
    }
}
