//! Cloud virtual machines, version 2017-03-12: started, described and terminated, without a machine behind them.

use sanyun_core::time;
use serde_json::{Value, json};

use super::Call;
use super::refusal::Refusal;
use crate::json::text;

/// The regions of the public cloud that the vendor's own SDK names.
const REGIONS: [(&str, &str); 15] = [
    ("ap-guangzhou", "South China (Guangzhou)"),
    ("ap-shanghai", "East China (Shanghai)"),
    ("ap-nanjing", "East China (Nanjing)"),
    ("ap-beijing", "North China (Beijing)"),
    ("ap-chengdu", "Southwest China (Chengdu)"),
    ("ap-chongqing", "Southwest China (Chongqing)"),
    ("ap-hongkong", "Hong Kong, Macau and Taiwan (Hong Kong)"),
    ("ap-singapore", "Southeast Asia (Singapore)"),
    ("ap-bangkok", "Southeast Asia (Bangkok)"),
    ("ap-jakarta", "Southeast Asia (Jakarta)"),
    ("ap-seoul", "Northeast Asia (Seoul)"),
    ("ap-tokyo", "Northeast Asia (Tokyo)"),
    ("na-siliconvalley", "Western US (Silicon Valley)"),
    ("na-ashburn", "Eastern US (Virginia)"),
    ("eu-frankfurt", "Europe (Frankfurt)"),
];
/// How many zones every region has here.
const ZONES: usize = 4;

pub(super) fn describe_regions() -> Value {
    let region = |(id, name): &(&str, &str)| json!({"Region": id, "RegionName": name, "RegionState": "AVAILABLE"});
    json!({"TotalCount": REGIONS.len(), "RegionSet": REGIONS.iter().map(region).collect::<Vec<_>>()})
}

pub(super) fn describe_zones(call: &Call<'_>) -> Value {
    let region = region(call);
    let at = REGIONS.iter().position(|(id, _)| *id == region).unwrap_or(REGIONS.len());
    let zone = |number: usize| {
        json!({
            "Zone": format!("{region}-{number}"),
            "ZoneName": format!("{region} Zone {number}"),
            "ZoneId": ((at + 1) * 10_000 + number).to_string(),
            "ZoneState": "AVAILABLE",
        })
    };
    json!({"TotalCount": ZONES, "ZoneSet": (1..=ZONES).map(zone).collect::<Vec<_>>()})
}

pub(super) async fn run_instances(call: &Call<'_>) -> Result<Value, Refusal> {
    let given = &call.parameters;
    let count = given.get("InstanceCount").and_then(Value::as_u64).unwrap_or(1);
    if !(1..=100).contains(&count) {
        return Err(Refusal::new(
            "InvalidParameterValue.Range",
            "The value of parameter `InstanceCount` is not between 1 and 100.",
        ));
    }
    if given.get("DryRun").and_then(Value::as_bool) == Some(true) {
        return Err(Refusal::new(
            "DryRunOperation",
            "The request would have succeeded, but the DryRun parameter was used.",
        ));
    }
    let rows: Vec<_> = (0..count).map(|_| instance(call)).collect();
    let ids: Vec<_> = rows.iter().map(|row| text(row, "InstanceId").to_owned()).collect();
    call.state.resources.add(table(call), rows).await?;
    Ok(json!({"InstanceIdSet": ids}))
}

/// A machine as the request wants it, with the service's own values for what it leaves open.
fn instance(call: &Call<'_>) -> Value {
    let given = |name: &str, usual: Value| call.parameters.get(name).cloned().unwrap_or(usual);
    let placement = |name: &str| call.parameters.get("Placement").and_then(|placement| placement.get(name)).cloned();
    let uuid = call.state.chance.uuid();
    let id: String = call.state.chance.hex32().chars().take(8).collect();
    let host = u64::from_str_radix(&id, 16).unwrap_or(0);
    json!({
        "Placement": {
            "Zone": placement("Zone"),
            "ProjectId": placement("ProjectId").unwrap_or_else(|| json!(0)),
        },
        "InstanceId": format!("ins-{id}"),
        "InstanceType": given("InstanceType", json!("S1.SMALL1")),
        "CPU": 1,
        "Memory": 1,
        "RestrictState": "NORMAL",
        "InstanceName": given("InstanceName", json!("Unnamed")),
        "InstanceChargeType": given("InstanceChargeType", json!("POSTPAID_BY_HOUR")),
        "SystemDisk": given("SystemDisk", json!({"DiskType": "CLOUD_PREMIUM", "DiskSize": 50})),
        "DataDisks": given("DataDisks", json!([])),
        "PrivateIpAddresses": [format!("10.{}.{}.{}", host >> 16 & 255, host >> 8 & 255, host & 255)],
        "PublicIpAddresses": [],
        "InternetAccessible": given("InternetAccessible", json!({"InternetMaxBandwidthOut": 0})),
        "VirtualPrivateCloud": given("VirtualPrivateCloud", json!({"VpcId": "", "SubnetId": "", "AsVpcGateway": false})),
        "ImageId": given("ImageId", json!("img-487zeit5")),
        "RenewFlag": null,
        "CreatedTime": time::iso_extended(call.state.clock.now()),
        "ExpiredTime": null,
        "OsName": "TencentOS Server",
        "SecurityGroupIds": given("SecurityGroupIds", json!([])),
        "LoginSettings": {},
        "InstanceState": "RUNNING",
        "Tags": tags(call),
        "StopChargingMode": "NOT_APPLICABLE",
        "Uuid": uuid,
        "LatestOperation": "RunInstances",
        "LatestOperationState": "SUCCESS",
        "IsolatedSource": "NOTISOLATED",
        "DisableApiTermination": given("DisableApiTermination", json!(false)),
    })
}

/// The tags for machines in the request's list of tag specifications.
fn tags(call: &Call<'_>) -> Value {
    let specifications = call.parameters.get("TagSpecification").and_then(Value::as_array);
    let of_machines = specifications.into_iter().flatten().filter(|one| text(one, "ResourceType") == "instance");
    of_machines.filter_map(|one| one.get("Tags")?.as_array().cloned()).flatten().collect()
}

pub(super) fn describe_instances(call: &Call<'_>) -> Result<Value, Refusal> {
    let number = |name: &str, usual: u64| call.parameters.get(name).and_then(Value::as_u64).unwrap_or(usual);
    let (offset, limit) = (number("Offset", 0), number("Limit", 20));
    if !(1..=100).contains(&limit) {
        return Err(Refusal::new(
            "InvalidParameterValue.Limit",
            "The value of parameter `Limit` is not between 1 and 100.",
        ));
    }
    let ids = list(&call.parameters, "InstanceIds");
    let filters = filters(call)?;
    let (total, page) = call.state.resources.read(&table(call), |rows| {
        let asked = |row: &&Value| ids.is_empty() || ids.contains(&text(row, "InstanceId"));
        let fits = |row: &&Value| filters.iter().all(|(member, values)| values.contains(&member(row)));
        let found: Vec<_> = rows.iter().filter(asked).filter(fits).collect();
        let (offset, limit) = (usize::try_from(offset).unwrap_or(usize::MAX), limit as usize);
        let page: Vec<Value> = found.iter().skip(offset).take(limit).map(|row| (*row).clone()).collect();
        (found.len(), page)
    });
    Ok(json!({"TotalCount": total, "InstanceSet": page}))
}

/// How a filter reads the value it compares.
type Member = fn(&Value) -> &str;

/// The filters that are understood.
const FILTERS: [(&str, Member); 7] = [
    ("zone", |row| row.get("Placement").map_or("", |placement| text(placement, "Zone"))),
    ("instance-id", |row| text(row, "InstanceId")),
    ("instance-name", |row| text(row, "InstanceName")),
    ("instance-state", |row| text(row, "InstanceState")),
    ("instance-type", |row| text(row, "InstanceType")),
    ("instance-charge-type", |row| text(row, "InstanceChargeType")),
    ("uuid", |row| text(row, "Uuid")),
];

fn filters<'a>(call: &'a Call<'_>) -> Result<Vec<(Member, Vec<&'a str>)>, Refusal> {
    let given = call.parameters.get("Filters").and_then(Value::as_array);
    let read = |filter: &'a Value| {
        let name = text(filter, "Name");
        let known = FILTERS.iter().find(|(known, _)| *known == name);
        let (_, member) =
            known.ok_or_else(|| Refusal::new("InvalidFilter", format!("The filter `{name}` is not supported.")))?;
        Ok((*member, list(filter, "Values")))
    };
    given.into_iter().flatten().map(read).collect()
}

pub(super) async fn terminate_instances(call: &Call<'_>) -> Result<Value, Refusal> {
    let ids: Vec<String> = list(&call.parameters, "InstanceIds").into_iter().map(str::to_owned).collect();
    let terminated = call.state.resources.change(table(call), move |rows| {
        let is_missing = |id: &&String| !rows.iter().any(|row| text(row, "InstanceId") == *id);
        if let Some(id) = ids.iter().find(is_missing) {
            let message = format!("The instance `{id}` does not exist.");
            return Err(Refusal::new("InvalidInstanceId.NotFound", message));
        }
        rows.retain(|row| !ids.iter().any(|id| id == text(row, "InstanceId")));
        Ok(())
    });
    terminated.await??;
    Ok(json!({}))
}

fn list<'a>(value: &'a Value, name: &str) -> Vec<&'a str> {
    let items = value.get(name).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The request's region, or the first one of the table.
fn region<'a>(call: &'a Call<'_>) -> &'a str {
    if call.region.is_empty() { "ap-guangzhou" } else { &call.region }
}

fn table(call: &Call<'_>) -> String {
    format!("tencent/cvm/{}/{}", call.account, region(call))
}
