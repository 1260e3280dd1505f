//! Virtual private clouds of a project, the same ones through version 2 (whose paths begin with `/v1`) and version 3.

use std::net::Ipv4Addr;

use http::StatusCode;
use sanyun_core::time;
use serde_json::{Map, Value, json};

use super::Call;
use super::refusal::{Refusal, Shape};
use crate::answer::Answer;
use crate::json::{text, with};

/// A page is at most this long, and so it is by default.
const LIMIT: usize = 2000;

pub(super) fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let limit = match call.parameter("limit") {
        None => LIMIT,
        Some(text) => text.parse().ok().filter(|limit| *limit <= LIMIT).ok_or_else(|| invalid(call, "limit"))?,
    };
    let marker = call.parameter("marker");
    let filters = ["id", "name", "cidr", "enterprise_project_id"].map(|name| (name, call.parameters(name)));
    let fits = |row: &&Value| {
        filters.iter().all(|(name, wanted)| {
            let all = wanted.is_empty()
                || *name == "enterprise_project_id" && wanted.iter().any(|id| id == "all_granted_eps");
            all || wanted.iter().any(|value| value == text(row, name))
        })
    };
    let (rows, more) = call.state.resources.read(&table(call), |rows| {
        let after = marker.as_deref().and_then(|id| rows.iter().position(|row| text(row, "id") == id));
        let mut found = rows.iter().skip(after.map_or(0, |at| at + 1)).filter(fits);
        let page: Vec<Value> = found.by_ref().take(limit).map(|row| shown(call, row)).collect();
        (page, found.next().is_some())
    });
    let body = json!({"vpcs": rows});
    let body = if is_v3(call) { with(body, "page_info", page_info(&rows, more)) } else { body };
    Ok(answer(call, StatusCode::OK, body))
}

fn page_info(rows: &[Value], more: bool) -> Value {
    let id = |row: Option<&Value>| row.map(|row| text(row, "id").to_owned());
    let mut info = Map::new();
    if let Some(first) = id(rows.first()) {
        info.insert("previous_marker".to_owned(), first.into());
    }
    if let Some(last) = id(rows.last().filter(|_| more)) {
        info.insert("next_marker".to_owned(), last.into());
    }
    info.insert("current_count".to_owned(), rows.len().into());
    Value::Object(info)
}

pub(super) async fn create(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut row = json!({
        "id": call.state.chance.uuid(),
        "name": "",
        "description": "",
        "cidr": "",
        "enterprise_project_id": "0",
        "tags": [],
        "created_at": time::iso_extended(call.state.clock.now()),
    });
    overwrite(&mut row, wishes(call)?);
    let shown = shown(call, &row);
    call.state.resources.add(table(call), vec![row]).await?;
    let status = if is_v3(call) { StatusCode::CREATED } else { StatusCode::OK };
    Ok(answer(call, status, json!({"vpc": shown})))
}

pub(super) async fn update(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (id, wishes, missing) = (call.argument("vpc_id").to_owned(), wishes(call)?, not_found(call));
    let updated = call.state.resources.change(table(call), move |rows| {
        let row = rows.iter_mut().find(|row| text(row, "id") == id).ok_or(missing)?;
        overwrite(row, wishes);
        Ok::<_, Refusal>(row.clone())
    });
    let row = updated.await??;
    Ok(answer(call, StatusCode::OK, json!({"vpc": shown(call, &row)})))
}

/// What the request's body says about a VPC, checked, with the time of the change.
fn wishes(call: &Call<'_>) -> Result<Map<String, Value>, Refusal> {
    let body = call.json();
    let wishes = body.get("vpc").and_then(Value::as_object).ok_or_else(|| invalid(call, "vpc"))?;
    let mut kept = Map::new();
    for name in ["name", "description", "cidr", "enterprise_project_id", "tags"] {
        if let Some(value) = wishes.get(name).filter(|value| !value.is_null()) {
            let fits = match (name, value.as_str()) {
                ("tags", _) => value.is_array(),
                ("cidr", Some(cidr)) => cidr.is_empty() || is_network(cidr),
                ("name", Some(text)) => text.chars().count() <= 64,
                (_, text) => text.is_some(),
            };
            if !fits {
                return Err(invalid(call, name));
            }
            kept.insert(name.to_owned(), value.clone());
        }
    }
    kept.insert("updated_at".to_owned(), time::iso_extended(call.state.clock.now()).into());
    Ok(kept)
}

fn overwrite(row: &mut Value, wishes: Map<String, Value>) {
    if let Value::Object(row) = row {
        row.extend(wishes);
    }
}

pub(super) fn show(call: &Call<'_>) -> Result<Answer, Refusal> {
    let id = call.argument("vpc_id");
    let found = call
        .state
        .resources
        .read(&table(call), |rows| rows.iter().find(|row| text(row, "id") == id).map(|row| shown(call, row)));
    let vpc = found.ok_or_else(|| not_found(call))?;
    Ok(answer(call, StatusCode::OK, json!({"vpc": vpc})))
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (id, missing) = (call.argument("vpc_id").to_owned(), not_found(call));
    let deleted = call.state.resources.change(table(call), move |rows| {
        let at = rows.iter().position(|row| text(row, "id") == id).ok_or(missing)?;
        rows.remove(at);
        Ok::<_, Refusal>(())
    });
    deleted.await??;
    Ok(Answer::new(StatusCode::NO_CONTENT))
}

fn table(call: &Call<'_>) -> String {
    format!("huawei/vpc/{}/{}", call.account, call.argument("project_id"))
}

fn is_v3(call: &Call<'_>) -> bool {
    call.operation.service.version() == "v3"
}

/// A row as its version shows it.
fn shown(call: &Call<'_>, row: &Value) -> Value {
    let mut vpc = row.clone();
    let v3 = is_v3(call);
    let more = if v3 {
        json!({
            "status": "ACTIVE",
            "project_id": call.argument("project_id"),
            "extend_cidrs": [],
            "cloud_resources": [{"resource_type": "routetable", "resource_count": 1}],
        })
    } else {
        json!({
            "status": "OK",
            "tenant_id": call.argument("project_id"),
            "routes": [],
        })
    };
    if let (Value::Object(vpc), Value::Object(more)) = (&mut vpc, more) {
        vpc.retain(|name, _| v3 || name != "tags");
        vpc.extend(more);
    }
    vpc
}

/// Version 3 repeats the request's id in every answer.
fn answer(call: &Call<'_>, status: StatusCode, body: Value) -> Answer {
    let body = if is_v3(call) { with(body, "request_id", call.request_id.as_str()) } else { body };
    Answer::json(status, &body)
}

fn invalid(call: &Call<'_>, parameter: &str) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "VPC.0101", format!("Param is invalid. ({parameter})"), shape(call))
}

fn not_found(call: &Call<'_>) -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "VPC.0003", "VPC does not exist.", shape(call))
}

fn shape(call: &Call<'_>) -> Shape {
    if is_v3(call) { Shape::Gateway } else { Shape::Plain }
}

/// Whether a text is an IPv4 network from /8 to /28, such as `10.1.0.0/16`.
fn is_network(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let (Ok(address), Ok(bits)) = (address.parse::<Ipv4Addr>(), bits.parse::<u32>()) else { return false };
    (8..=28).contains(&bits) && address.to_bits().trailing_zeros() >= 32 - bits
}

#[cfg(test)]
mod tests {
    use super::is_network;

    #[test]
    fn networks() {
        for (text, fits) in [
            ("10.0.0.0/8", true),
            ("192.168.1.0/24", true),
            ("10.1.0.0/8", false),
            ("10.0.0.0/29", false),
            ("10.0.0.0", false),
            ("x/8", false),
            ("0.0.0.0/8", true),
        ] {
            assert_eq!(is_network(text), fits, "{text}");
        }
    }
}
