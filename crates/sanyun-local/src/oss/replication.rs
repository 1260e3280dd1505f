//! Replication rules of a bucket: kept and listed; nothing is copied anywhere.

use http::StatusCode;

use super::info::region_names;
use super::refusal::Refusal;
use super::setting::store;
use super::store::Bucket;
use super::xml::{self, Element, Xml};
use super::{Call, document, iso_millis, read_document};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

pub(super) async fn answer(call: &Call<'_>, operation: &str, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    match operation {
        "PutBucketReplication" => put(call, body).await,
        "DeleteBucketReplication" => {
            let wish = read_document(call, body, "ReplicationRules").await?;
            for id in wish.children.iter().filter(|child| child.name == "ID").map(|child| child.text.trim()) {
                find(&bucket, id)?;
                store(call, &key(id), None).await?;
            }
            Ok(Answer::new(StatusCode::OK))
        }
        "GetBucketReplication" => list(&bucket),
        "GetBucketReplicationProgress" => progress(call, &find(&bucket, &call.parameter("rule-id"))?),
        _ => {
            let mut xml = Xml::new("ReplicationLocation");
            for name in region_names() {
                xml.leaf("Location", &name);
            }
            Ok(document(xml))
        }
    }
}

fn key(id: &str) -> String {
    format!("replication/{id}")
}

fn find(bucket: &Bucket, id: &str) -> Result<Element, Refusal> {
    let found = bucket.settings.get(&key(id)).and_then(|text| xml::parse(text.as_bytes()));
    let message = "The BucketReplicationRule you specified does not exist.";
    found.ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "NoSuchReplicationRule", message))
}

async fn put(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = read_document(call, body, "ReplicationConfiguration").await?;
    let rule = wish.child("Rule").ok_or_else(Refusal::malformed_xml)?;
    let id = match rule.text_of("ID") {
        "" => call.state.chance.hex32(),
        given => given.to_owned(),
    };
    let mut xml = Xml::new("Rule");
    xml.leaf("ID", &id).leaf("Status", "doing");
    for child in rule.children.iter().filter(|child| child.name != "ID") {
        xml.element(child);
    }
    store(call, &key(&id), Some(xml.finish())).await?;
    Ok(Answer::new(StatusCode::OK).header("x-oss-replication-rule-id", &id))
}

fn list(bucket: &Bucket) -> Result<Answer, Refusal> {
    let rules = bucket.settings.below(&key(""));
    if rules.is_empty() {
        let message = "The bucket you specified does not have replication configuration.";
        return Err(Refusal::new(StatusCode::NOT_FOUND, "NoSuchReplicationConfiguration", message));
    }
    let mut xml = Xml::new("ReplicationConfiguration");
    for rule in rules.iter().filter_map(|(_, text)| xml::parse(text.as_bytes())) {
        xml.element(&rule);
    }
    Ok(document(xml))
}

/// There is nothing to copy that was not copied.
fn progress(call: &Call<'_>, rule: &Element) -> Result<Answer, Refusal> {
    let mut xml = Xml::new("ReplicationProgress");
    xml.open("Rule");
    for child in &rule.children {
        xml.element(child);
    }
    xml.open("Progress").leaf("HistoricalObject", "1.0").leaf("NewObject", &iso_millis(call.now_ms));
    Ok(document(xml))
}
