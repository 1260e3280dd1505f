//! Vector buckets themselves.

use http::StatusCode;
use serde_json::{Value, json};

use super::{Call, document, done, gone, is, no_such_bucket};
use crate::answer::Answer;
use crate::json::{text, with};
use crate::oss::address::{invalid_bucket_name, is_bucket_name};
use crate::oss::iso_millis;
use crate::oss::refusal::Refusal;

/// Makes a bucket; one that is there stays as it is.
pub(super) async fn put(call: &Call<'_>) -> Result<Answer, Refusal> {
    let host = call.host.clone();
    let bucket = host.bucket.as_ref().ok_or_else(|| no_such_bucket(&host))?.clone();
    if !is_bucket_name(&bucket.name) || bucket.account.is_empty() {
        return Err(invalid_bucket_name(&bucket.name));
    }
    let row = json!({
        "name": bucket.name,
        "account": bucket.account,
        "region": host.region,
        "created_ms": call.now_ms,
        "resource_group": call.head.header("x-oss-resource-group-id"),
        "tagging": call.head.header("x-oss-bucket-tagging"),
        "indexes": [],
    });
    let add = move |rows: &mut Vec<Value>| match rows.iter().find(|row| text(row, "name") == bucket.name) {
        Some(existing) if is(existing, &host) => Ok(done()),
        Some(_) => Err(exists(&bucket.name)),
        None => {
            rows.push(row);
            Ok(done())
        }
    };
    call.change_all(add).await
}

fn exists(name: &str) -> Refusal {
    let message = "The requested bucket name is not available.";
    Refusal::new(StatusCode::CONFLICT, "BucketAlreadyExists", message).detail("BucketName", name)
}

pub(super) async fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    call.look(|row| Ok(document(&json!({ "BucketInfo": properties(row) })))).await
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let host = call.host.clone();
    let remove = move |rows: &mut Vec<Value>| {
        let row = rows.iter().find(|row| is(row, &host)).ok_or_else(|| no_such_bucket(&host))?;
        if row.get("indexes").and_then(Value::as_array).is_some_and(|indexes| !indexes.is_empty()) {
            let message = "The bucket has indexes. Please delete them and try again.";
            let refusal = Refusal::new(StatusCode::CONFLICT, "BucketNotEmpty", message);
            return Err(refusal.detail("BucketName", text(row, "name")));
        }
        rows.retain(|row| !is(row, &host));
        Ok(gone())
    };
    call.change_all(remove).await
}

pub(super) async fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let parameter = |name: &str| call.head.parameter(name).unwrap_or_default();
    let (prefix, marker, limit) = (parameter("prefix"), parameter("marker"), parameter("max-keys"));
    let count = if limit.is_empty() { Ok(100) } else { limit.parse::<usize>() };
    let count = count.ok().filter(|count| (1..=1000).contains(count));
    let count = count.ok_or_else(|| Refusal::invalid_argument("It must be from 1 to 1000.", "max-keys", &limit))?;
    let group = call.head.header("x-oss-resource-group-id").to_owned();
    let look = move |rows: &[Value]| {
        let mut fitting: Vec<_> = rows.iter().filter(|row| text(row, "name").starts_with(&prefix)).collect();
        fitting.retain(|row| text(row, "name") > marker.as_str());
        fitting.retain(|row| group.is_empty() || text(row, "resource_group") == group);
        fitting.sort_unstable_by_key(|row| text(row, "name"));
        let is_truncated = fitting.len() > count;
        fitting.truncate(count);
        let buckets: Vec<_> = fitting.iter().map(|row| properties(row)).collect();
        let result = json!({
            "Prefix": prefix,
            "Marker": marker,
            "MaxKeys": count,
            "IsTruncated": is_truncated,
            "Buckets": buckets,
        });
        let last = fitting.last().filter(|_| is_truncated);
        let result = last.map_or(result.clone(), |row| with(result, "NextMarker", text(row, "name")));
        Ok(document(&json!({ "ListAllMyBucketsResult": result })))
    };
    call.look_at_all(look).await
}

/// What is told of a bucket. It is named by its resource name.
fn properties(row: &Value) -> Value {
    let [name, account, region, group] =
        ["name", "account", "region", "resource_group"].map(|member| text(row, member));
    let created_ms = row.get("created_ms").and_then(Value::as_u64).unwrap_or_default();
    let properties = json!({
        "Name": format!("acs:ossvector:{region}:{account}:{name}"),
        "Location": format!("oss-{region}"),
        "Region": region,
        "CreationDate": iso_millis(created_ms),
        "ExtranetEndpoint": format!("{region}.oss-vectors.aliyuncs.com"),
        "IntranetEndpoint": format!("{region}-internal.oss-vectors.aliyuncs.com"),
    });
    if group.is_empty() { properties } else { with(properties, "ResourceGroupId", group) }
}
