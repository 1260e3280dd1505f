//! Elastic Compute Service, version 2014-05-26: instances started, described and deleted, without a machine behind them.

use http::StatusCode;
use sanyun_core::time;
use serde_json::{Value, json};

use super::Call;
use super::refusal::Refusal;
use crate::json::text;

const REGIONS: [(&str, &str); 12] = [
    ("cn-hangzhou", "China (Hangzhou)"),
    ("cn-shanghai", "China (Shanghai)"),
    ("cn-beijing", "China (Beijing)"),
    ("cn-shenzhen", "China (Shenzhen)"),
    ("cn-qingdao", "China (Qingdao)"),
    ("cn-zhangjiakou", "China (Zhangjiakou)"),
    ("cn-chengdu", "China (Chengdu)"),
    ("cn-hongkong", "China (Hong Kong)"),
    ("ap-southeast-1", "Singapore"),
    ("ap-northeast-1", "Japan (Tokyo)"),
    ("us-west-1", "US (Silicon Valley)"),
    ("eu-central-1", "Germany (Frankfurt)"),
];

pub(super) fn describe_regions() -> Value {
    let region = |(id, name): &(&str, &str)| json!({"RegionId": id, "LocalName": name, "RegionEndpoint": format!("ecs.{id}.aliyuncs.com"), "Status": "available"});
    json!({"Regions": {"Region": REGIONS.iter().map(region).collect::<Vec<_>>()}})
}

pub(super) async fn run_instances(call: &Call<'_>) -> Result<Value, Refusal> {
    let amount = number(call, "Amount", 1)?;
    if !(1..=100).contains(&amount) {
        return Err(Refusal::bad("InvalidAmount.NotFound", "The specified Amount is not between 1 and 100."));
    }
    required(call, "RegionId")?;
    if call.parameter("LaunchTemplateId").is_empty() && call.parameter("LaunchTemplateName").is_empty() {
        required(call, "ImageId")?;
        required(call, "InstanceType")?;
    }
    if is_true(call, "DryRun") {
        let message = "The request would have succeeded, but the DryRun parameter was used.";
        return Err(Refusal::bad("DryRunOperation", message));
    }
    let rows: Vec<_> = (0..amount).map(|number| instance(call, number)).collect();
    let ids: Vec<_> = rows.iter().map(|row| text(row, "InstanceId").to_owned()).collect();
    call.state.resources.add(table(call), rows).await?;
    Ok(json!({"InstanceIdSets": {"InstanceIdSet": ids}}))
}

/// An instance as the request wants it, with the service's own values for what it leaves open.
fn instance(call: &Call<'_>, number: usize) -> Value {
    let given = |name: &str, usual: &str| match call.parameter(name) {
        "" => usual.to_owned(),
        value => value.to_owned(),
    };
    let bits = call.state.chance.next_u64();
    let id = format!("i-{}", letters(bits, 20));
    let zone = given("ZoneId", &format!("{}-b", call.parameter("RegionId")));
    let address = format!("172.16.{}.{}", bits >> 8 & 255, bits & 255);
    json!({
        "InstanceId": id,
        "InstanceName": given("InstanceName", &id),
        "HostName": given("HostName", &format!("{}{number:03}", letters(bits, 8))),
        "Description": given("Description", ""),
        "RegionId": call.parameter("RegionId"),
        "ZoneId": zone,
        "ImageId": given("ImageId", ""),
        "InstanceType": given("InstanceType", "ecs.g6.large"),
        "InstanceChargeType": given("InstanceChargeType", "PostPaid"),
        "InternetChargeType": given("InternetChargeType", "PayByTraffic"),
        "Status": "Running",
        "OSType": "linux",
        "OSName": "Alibaba Cloud Linux",
        "Cpu": 2,
        "Memory": 8192,
        "SerialNumber": call.state.chance.uuid(),
        "CreationTime": time::iso_extended(call.state.clock.now()),
        "StartTime": time::iso_extended(call.state.clock.now()),
        "DeletionProtection": is_true(call, "DeletionProtection"),
        "InstanceNetworkType": "vpc",
        "SecurityGroupIds": {"SecurityGroupId": listed(call, "SecurityGroupId")},
        "VpcAttributes": {
            "VpcId": "",
            "VSwitchId": given("VSwitchId", ""),
            "PrivateIpAddress": {"IpAddress": [address]},
        },
        "PublicIpAddress": {"IpAddress": []},
        "Tags": {"Tag": tags(call)},
    })
}

/// A parameter that is given once, or as a list of numbered ones.
fn listed(call: &Call<'_>, name: &str) -> Vec<String> {
    let one = call.parameters.get(name).into_iter();
    let prefix = format!("{name}s.");
    one.chain(call.parameters.iter().filter(|(key, _)| key.starts_with(&prefix)).map(|(_, value)| value))
        .cloned()
        .collect()
}

fn tags(call: &Call<'_>) -> Vec<Value> {
    let key = |number: usize| call.parameters.get(&format!("Tag.{number}.Key"));
    let keys = (1..=20).filter_map(|number| Some((number, key(number)?)));
    keys.map(|(number, key)| json!({"TagKey": key, "TagValue": call.parameter(&format!("Tag.{number}.Value"))}))
        .collect()
}

pub(super) fn describe_instances(call: &Call<'_>) -> Result<Value, Refusal> {
    required(call, "RegionId")?;
    let ids = ids(call)?;
    let (page_number, page_size) = (number(call, "PageNumber", 1)?, number(call, "PageSize", 10)?);
    let by_token = !call.parameter("MaxResults").is_empty() || !call.parameter("NextToken").is_empty();
    let size = if by_token { number(call, "MaxResults", 10)? } else { page_size };
    if !(1..=100).contains(&size) || page_number == 0 {
        return Err(Refusal::bad("InvalidParameter.PageSize", "The specified page is not valid."));
    }
    let start = if by_token { number(call, "NextToken", 0)? } else { (page_number - 1).saturating_mul(size) };
    let filters = ["RegionId", "ZoneId", "InstanceName", "Status", "ImageId", "InstanceType", "InstanceChargeType"];
    let (total, page) = call.state.resources.read(&table(call), |rows| {
        let fits = |row: &&Value| {
            let asked = ids.as_ref().is_none_or(|ids| ids.iter().any(|id| id == text(row, "InstanceId")));
            asked
                && filters.iter().all(|name| {
                    matches!(call.parameter(name), "" | "*") || matches_name(text(row, name), call.parameter(name))
                })
        };
        let found: Vec<_> = rows.iter().filter(fits).collect();
        let page: Vec<Value> = found.iter().skip(start).take(size).map(|row| (*row).clone()).collect();
        (found.len(), page)
    });
    let next = if by_token && start + page.len() < total { (start + page.len()).to_string() } else { String::new() };
    Ok(json!({
        "TotalCount": total,
        "PageNumber": page_number,
        "PageSize": page_size,
        "NextToken": next,
        "Instances": {"Instance": page},
    }))
}

/// Names may have a star at either end.
fn matches_name(name: &str, pattern: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(_), Some(_)) => name.contains(pattern.trim_matches('*')),
        (Some(end), None) => name.ends_with(end),
        (None, Some(start)) => name.starts_with(start),
        (None, None) => name == pattern,
    }
}

/// The ids of `InstanceIds`, a JSON list; `None` if it is not given.
fn ids(call: &Call<'_>) -> Result<Option<Vec<String>>, Refusal> {
    let given = call.parameter("InstanceIds");
    if given.is_empty() {
        return Ok(None);
    }
    let malformed = || {
        Refusal::bad(
            "InvalidInstanceIds.Malformed",
            "The amount of specified InstanceIds exceeds the limit, or they are no JSON list.",
        )
    };
    let ids: Value = serde_json::from_str(given).map_err(|_| malformed())?;
    let ids: Option<Vec<_>> = ids
        .as_array()
        .filter(|ids| ids.len() <= 100)
        .and_then(|ids| ids.iter().map(|id| id.as_str().map(str::to_owned)).collect());
    ids.map(Some).ok_or_else(malformed)
}

pub(super) async fn delete_instance(call: &Call<'_>) -> Result<Value, Refusal> {
    required(call, "InstanceId")?;
    let (id, force) = (call.parameter("InstanceId").to_owned(), is_true(call, "Force"));
    let deleted = call.state.resources.change(table(call), move |rows| {
        let missing = || {
            Refusal::new(
                StatusCode::NOT_FOUND,
                "InvalidInstanceId.NotFound",
                "The specified InstanceId does not exist.",
            )
        };
        let at = rows.iter().position(|row| text(row, "InstanceId") == id).ok_or_else(missing)?;
        let is_running = rows.get(at).is_some_and(|row| text(row, "Status") == "Running");
        if is_running && !force {
            let message = "The current status of the resource does not support this operation.";
            return Err(Refusal::new(StatusCode::FORBIDDEN, "IncorrectInstanceStatus", message));
        }
        rows.remove(at);
        Ok(())
    });
    deleted.await??;
    Ok(json!({}))
}

fn required(call: &Call<'_>, name: &str) -> Result<(), Refusal> {
    if call.parameter(name).is_empty() { Err(Refusal::missing_parameter(name)) } else { Ok(()) }
}

/// The vendor's Python SDK writes `True`.
fn is_true(call: &Call<'_>, name: &str) -> bool {
    call.parameter(name).eq_ignore_ascii_case("true")
}

fn number(call: &Call<'_>, name: &str, usual: usize) -> Result<usize, Refusal> {
    match call.parameter(name) {
        "" => Ok(usual),
        text => text
            .parse()
            .map_err(|_| Refusal::bad("InvalidParameter", format!("The specified parameter \"{name}\" is not valid."))),
    }
}

/// `count` lower-case letters and digits made of random bits.
fn letters(bits: u64, count: usize) -> String {
    let mut mixed = bits;
    let letter = |_| {
        mixed = mixed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from_digit((mixed >> 33) as u32 % 36, 36).unwrap_or('0')
    };
    (0..count).map(letter).collect()
}

fn table(call: &Call<'_>) -> String {
    format!("alibaba/ecs/{}", call.account)
}

#[cfg(test)]
mod tests {
    use super::{letters, matches_name};

    #[test]
    fn names_match_patterns() {
        for (name, pattern, fits) in
            [("ab", "ab", true), ("ab", "a*", true), ("ab", "*b", true), ("abc", "*b*", true), ("ab", "b", false)]
        {
            assert_eq!(matches_name(name, pattern), fits, "{name} {pattern}");
        }
    }

    #[test]
    fn ids_differ() {
        assert_ne!(letters(1, 20), letters(2, 20));
        assert_eq!(letters(1, 20).len(), 20);
    }
}
