//! The clouds of the tour: something is made and found again on each.

use sanyun_core::paging::Named;
use sanyun_core::{Call, Credential, Error, Response, Result};
use serde_json::{Value, json};

use super::guide::Guide;

const PROJECT: &str = "0123456789abcdef0123456789abcdef";

/// Huawei Cloud: a VPC.
///
/// # Errors
/// A call fails.
pub(super) async fn huawei(guide: &Guide) -> Result<()> {
    guide.heading("Huawei Cloud: a network (VPC)")?;
    let client = huawei_client(guide, guide.settings())?;
    let params = json!({"vpc": {"name": "tour", "cidr": "10.0.0.0/16"}});
    let made = client.invoke("vpc", "v2", "CreateVpc", params).await?;
    let id = text(&made, "/vpc/id");
    guide.step("CreateVpc", &format!("made VPC {id}, {}", text(&made, "/vpc/cidr")), !id.is_empty())?;
    let listed = client.invoke("vpc", "v2", "ListVpcs", json!({"limit": 100})).await?;
    let found = items(&listed, "/vpcs").any(|vpc| text(vpc, "/id") == id && text(vpc, "/cidr") == "10.0.0.0/16");
    guide.step("ListVpcs", "the VPC just made is in the list", found)
}

/// Tencent Cloud: two virtual machines.
///
/// # Errors
/// A call fails.
pub(super) async fn tencent(guide: &Guide) -> Result<()> {
    guide.heading("Tencent Cloud: two virtual machines (CVM)")?;
    let client = sanyun_tencent::Client::builder()
        .settings(guide.settings())
        .endpoint(guide.url())
        .region("ap-guangzhou")
        .language(sanyun_tencent::Language::English)
        .build()?;
    let call = |action: &str, params: Value| client.invoke("cvm", "2017-03-12", action, params);
    let zones = call("DescribeZones", json!({})).await?;
    let zone = text(&zones, "/ZoneSet/0/Zone").to_owned();
    let count = items(&zones, "/ZoneSet").count();
    guide.step("DescribeZones", &format!("{count} zones, the first is {zone}"), count > 0 && !zone.is_empty())?;
    let params = json!({
        "Placement": {"Zone": zone},
        "ImageId": "img-tour",
        "InstanceType": "S5.SMALL1",
        "InstanceCount": 2,
    });
    let made = call("RunInstances", params).await?;
    let ids: Vec<&str> = items(&made, "/InstanceIdSet").filter_map(Value::as_str).collect();
    guide.step("RunInstances", &format!("made {}", ids.join(" and ")), ids.len() == 2)?;
    let found = call("DescribeInstances", json!({"InstanceIds": ids})).await?;
    let same = items(&found, "/InstanceSet").count() == 2
        && items(&found, "/InstanceSet").all(|machine| ids.contains(&text(machine, "/InstanceId")));
    guide.step(
        "DescribeInstances",
        &format!("both are there, in {}", text(&found, "/InstanceSet/0/Placement/Zone")),
        same,
    )
}

/// Alibaba Cloud: a virtual machine.
///
/// # Errors
/// A call fails.
pub(super) async fn alibaba(guide: &Guide) -> Result<()> {
    guide.heading("Alibaba Cloud: a virtual machine (ECS)")?;
    let client = sanyun_alibaba::Client::builder()
        .settings(guide.settings())
        .endpoint(guide.url())
        .region("cn-hangzhou")
        .build()?;
    let call = |operation: &str, params: Value| -> Call<Value, Named> {
        client.invoke("ecs", "2014-05-26", operation, params)
    };
    let params = json!({
        "RegionId": "cn-hangzhou",
        "ImageId": "ubuntu_24_04_x64",
        "InstanceType": "ecs.g7.large",
        "Tag": [{"Key": "made-by", "Value": "tour"}],
    });
    let made = call("RunInstances", params).await?;
    let id = text(&made, "/InstanceIdSets/InstanceIdSet/0").to_owned();
    guide.step("RunInstances", &format!("made {id}"), !id.is_empty())?;
    let params = json!({"RegionId": "cn-hangzhou", "InstanceIds": json!([id]).to_string()});
    let found: Response<Value> = call("DescribeInstances", params).await?;
    let machine = found.pointer("/Instances/Instance/0").unwrap_or(&Value::Null);
    let meaning = format!("it is {} in {}", text(machine, "/Status"), text(machine, "/ZoneId"));
    guide.step("DescribeInstances", &meaning, text(machine, "/InstanceId") == id)
}

/// The same call with a secret key that is wrong, on purpose.
///
/// # Errors
/// Standard output cannot be written.
pub(super) async fn wrong_secret(guide: &Guide) -> Result<()> {
    guide.heading("On purpose: a wrong secret key")?;
    let credential = Credential::keys(sanyun_local::ACCESS_KEY, "not-the-secret-key");
    let client = huawei_client(guide, guide.settings_with(credential))?;
    let refused = client.invoke("vpc", "v2", "ListVpcs", json!({})).await.err();
    let code = refused.as_ref().and_then(Error::code).unwrap_or("nothing");
    let hint = refused.as_ref().and_then(Error::hint).unwrap_or_default();
    let as_it_should = code == "APIGW.0301" && !hint.is_empty();
    guide.step("ListVpcs", &format!("refused with {code}"), as_it_should)?;
    super::say(&format!("  {:18} hint: {hint}\n", ""))
}

fn huawei_client(guide: &Guide, settings: sanyun_core::Settings) -> Result<sanyun_huawei::Client> {
    sanyun_huawei::Client::builder()
        .settings(settings)
        .endpoint(guide.url())
        .region("cn-north-4")
        .project_id(PROJECT)
        .build()
}

/// A text in an answer; empty if there is none.
fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn items<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}
