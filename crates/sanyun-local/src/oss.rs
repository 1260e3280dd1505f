//! Object storage, for real: buckets and objects in a folder.

mod address;
mod bucket;
mod condition;
mod list;
mod meta;
mod object;
mod range;
mod refusal;
mod store;
mod upload;
mod verify;
mod xml;

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use http::Method;
use sanyun_core::{encode, time};

pub(crate) use store::Store;

use address::Address;
use refusal::Refusal;
use store::Bucket;
use verify::Caller;

use crate::access_log::Note;
use crate::answer::Answer;
use crate::arrival::{ArrivingBody, Head};
use crate::state::State;

/// The region of a bucket whose maker named none.
const DEFAULT_REGION: &str = "cn-hangzhou";

/// A verified call.
struct Call<'a> {
    state: &'a Arc<State>,
    head: &'a Head,
    address: Address,
    caller: Caller,
    now_ms: u64,
}

/// What can be asked of the service, a bucket or an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    ListBuckets,
    PutBucket,
    DeleteBucket,
    GetBucketInfo,
    GetBucketLocation,
    GetBucketStat,
    GetBucketAcl,
    PutBucketAcl,
    ListObjects,
    ListObjectsV2,
    DeleteMultipleObjects,
    PutObject,
    CopyObject,
    GetObject,
    HeadObject,
    GetObjectMeta,
    GetObjectAcl,
    DeleteObject,
}

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Service,
    Bucket,
    Object,
}

/// Method, level and sub-resource of each operation; the first that fits is meant.
const ROUTES: [(Method, Level, &str, Operation); 17] = [
    (Method::GET, Level::Service, "", Operation::ListBuckets),
    (Method::PUT, Level::Bucket, "acl", Operation::PutBucketAcl),
    (Method::PUT, Level::Bucket, "", Operation::PutBucket),
    (Method::DELETE, Level::Bucket, "", Operation::DeleteBucket),
    (Method::GET, Level::Bucket, "bucketInfo", Operation::GetBucketInfo),
    (Method::GET, Level::Bucket, "location", Operation::GetBucketLocation),
    (Method::GET, Level::Bucket, "stat", Operation::GetBucketStat),
    (Method::GET, Level::Bucket, "acl", Operation::GetBucketAcl),
    (Method::GET, Level::Bucket, "list-type", Operation::ListObjectsV2),
    (Method::GET, Level::Bucket, "", Operation::ListObjects),
    (Method::POST, Level::Bucket, "delete", Operation::DeleteMultipleObjects),
    (Method::HEAD, Level::Object, "objectMeta", Operation::GetObjectMeta),
    (Method::HEAD, Level::Object, "", Operation::HeadObject),
    (Method::GET, Level::Object, "acl", Operation::GetObjectAcl),
    (Method::GET, Level::Object, "", Operation::GetObject),
    (Method::PUT, Level::Object, "", Operation::PutObject),
    (Method::DELETE, Level::Object, "", Operation::DeleteObject),
];

/// Query parameters that change what a request means; one that the chosen operation does not serve is refused, so that
/// `PUT /bucket?lifecycle` never makes a bucket.
const SUB_RESOURCES: [&str; 59] = [
    "accessmonitor",
    "accessPoint",
    "accessPointPolicy",
    "acl",
    "append",
    "asyncFetch",
    "bucketArchiveDirectRead",
    "bucketInfo",
    "callback",
    "cleanRestoredObject",
    "cloudboxes",
    "cname",
    "comp",
    "cors",
    "dataProcess",
    "delete",
    "encryption",
    "httpsConfig",
    "img",
    "inventory",
    "inventoryId",
    "legalHold",
    "lifecycle",
    "live",
    "location",
    "logging",
    "metaQuery",
    "objectMeta",
    "objectWorm",
    "partNumber",
    "policy",
    "policyStatus",
    "publicAccessBlock",
    "qos",
    "qosInfo",
    "referer",
    "regions",
    "replication",
    "requestPayment",
    "resourceGroup",
    "resourcePool",
    "restore",
    "retention",
    "rtc",
    "seal",
    "stat",
    "style",
    "symlink",
    "tagging",
    "transferAcceleration",
    "uploadId",
    "uploads",
    "versionId",
    "versioning",
    "versions",
    "website",
    "worm",
    "wormId",
    "x-oss-process",
];

/// Answers a request.
pub(crate) async fn answer(state: &Arc<State>, head: &Head, body: &mut ArrivingBody, note: &mut Note) -> Answer {
    note.request_id = request_id(state);
    let outcome = serve(state, head, body, note).await;
    let answer = outcome.unwrap_or_else(|refusal| refused(&refusal, head, note));
    answer.header("server", "AliyunOSS").header("x-oss-request-id", &note.request_id)
}

/// What OSS answers to somebody who calls too often.
pub(crate) fn throttled(state: &State, head: &Head, retry_after: Option<Duration>, note: &mut Note) -> Answer {
    note.request_id = request_id(state);
    let answer = refused(&Refusal::throttled(), head, note).header("x-oss-request-id", &note.request_id);
    match retry_after {
        Some(wait) => answer.header("retry-after", &wait.as_secs().to_string()),
        None => answer,
    }
}

fn request_id(state: &State) -> String {
    state.chance.hex32().to_uppercase().chars().take(24).collect()
}

fn refused(refusal: &Refusal, head: &Head, note: &mut Note) -> Answer {
    note.code = refusal.code.to_owned();
    refusal.answer(&note.request_id, head.host(), head.method == Method::HEAD)
}

async fn serve(state: &Arc<State>, head: &Head, body: &mut ArrivingBody, note: &mut Note) -> Result<Answer, Refusal> {
    let address = Address::of(head)?;
    let operation = operation(head, &address);
    if let Ok(operation) = operation {
        note.operation = format!("{operation:?}");
    }
    // A bucket that does not exist is told before a key that does not: so does the service.
    if let Some(bucket) = address.bucket.as_deref()
        && operation.as_ref().ok() != Some(&Operation::PutBucket)
        && state.store.bucket(bucket).is_none()
    {
        return Err(Refusal::no_such_bucket(bucket));
    }
    let caller = verify::verify(state, head, &address)?;
    let since_1970 = state.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let call = Call { state, head, address, caller, now_ms: since_1970.as_millis() as u64 };
    let operation = operation?;
    call.may(operation)?;
    call.run(operation, body).await
}

/// Finds the operation of a request.
fn operation(head: &Head, address: &Address) -> Result<Operation, Refusal> {
    let level = match (&address.bucket, &address.key) {
        (None, _) => Level::Service,
        (Some(_), None) => Level::Bucket,
        (Some(_), Some(_)) => Level::Object,
    };
    let names: Vec<_> = encode::pairs(&head.query).map(|(name, _)| encode::percent_decode(name)).collect();
    let has = |name: &str| names.iter().any(|known| known == name);
    let here = |(method, at, ..): &&(Method, Level, &str, Operation)| *method == head.method && *at == level;
    let found = ROUTES.iter().filter(here).find(|(_, _, sub, _)| sub.is_empty() || has(sub));
    let served = found.map_or("", |(_, _, sub, _)| *sub);
    if SUB_RESOURCES.iter().any(|sub| has(sub) && *sub != served) || head.headers.contains_key("x-oss-callback") {
        return Err(Refusal::not_implemented());
    }
    let Some((.., operation)) = found else { return Err(Refusal::method_not_allowed(head.method.as_str())) };
    let copies = *operation == Operation::PutObject && head.headers.contains_key("x-oss-copy-source");
    Ok(if copies { Operation::CopyObject } else { *operation })
}

impl Call<'_> {
    async fn run(&self, operation: Operation, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
        match operation {
            Operation::ListBuckets => bucket::list_buckets(self),
            Operation::PutBucket => bucket::create(self, body).await,
            Operation::DeleteBucket => bucket::delete(self).await,
            Operation::GetBucketInfo => bucket::info(self),
            Operation::GetBucketLocation => bucket::location(self),
            Operation::GetBucketStat => bucket::stat(self),
            Operation::GetBucketAcl => bucket::get_acl(self),
            Operation::PutBucketAcl => bucket::put_acl(self).await,
            Operation::ListObjects => bucket::list_objects(self),
            Operation::ListObjectsV2 => bucket::list_objects_v2(self),
            Operation::DeleteMultipleObjects => bucket::delete_objects(self, body).await,
            Operation::PutObject => object::put(self, body).await,
            Operation::CopyObject => object::copy(self).await,
            Operation::GetObject => object::get(self).await,
            Operation::HeadObject => object::head(self).await,
            Operation::GetObjectMeta => object::get_meta(self).await,
            Operation::GetObjectAcl => object::get_acl(self).await,
            Operation::DeleteObject => object::delete(self).await,
        }
    }

    /// Whether the caller may do that: everything with buckets of the own account, and with those of others what their
    /// ACL allows to the world.
    fn may(&self, operation: Operation) -> Result<(), Refusal> {
        let Some(bucket) = self.address.bucket.as_deref().and_then(|name| self.state.store.bucket(name)) else {
            return self.account().map(drop);
        };
        let facts = bucket.facts();
        if self.caller.account.as_deref() == Some(facts.owner.as_str()) || operation == Operation::PutBucket {
            return self.account().map(drop);
        }
        let reads = matches!(
            operation,
            Operation::GetObject
                | Operation::HeadObject
                | Operation::GetObjectMeta
                | Operation::ListObjects
                | Operation::ListObjectsV2
        );
        let writes = matches!(operation, Operation::PutObject | Operation::DeleteObject);
        match facts.acl.as_str() {
            "public-read" | "public-read-write" if reads => Ok(()),
            "public-read-write" if writes => Ok(()),
            _ => Err(Refusal::access_denied("You have no right to access this object because of bucket acl.")),
        }
    }

    /// Whether the caller may read objects of a bucket.
    fn may_read(&self, bucket: &Bucket) -> Result<(), Refusal> {
        let facts = bucket.facts();
        if self.caller.account.as_deref() == Some(facts.owner.as_str()) || facts.acl.starts_with("public-") {
            return Ok(());
        }
        Err(Refusal::access_denied("You have no right to access this object because of bucket acl."))
    }

    /// Who calls.
    fn account(&self) -> Result<&str, Refusal> {
        let anonymous = || Refusal::access_denied("Anonymous access is forbidden for this operation.");
        self.caller.account.as_deref().ok_or_else(anonymous)
    }

    fn bucket(&self) -> Result<Arc<Bucket>, Refusal> {
        let name = self.address.bucket.as_deref().unwrap_or_default();
        self.state.store.bucket(name).ok_or_else(|| Refusal::no_such_bucket(name))
    }

    fn key(&self) -> Result<&str, Refusal> {
        self.address.key.as_deref().ok_or_else(|| Refusal::method_not_allowed(self.head.method.as_str()))
    }

    /// A query parameter, decoded; empty if it is missing.
    fn parameter(&self, name: &str) -> String {
        self.head.parameter(name).unwrap_or_default()
    }

    fn forbids_overwrite(&self) -> bool {
        self.head.header("x-oss-forbid-overwrite").eq_ignore_ascii_case("true")
    }
}

/// `2023-12-16T16:20:57.123Z`.
fn iso_millis(ms: u64) -> String {
    let mut text = time::iso_extended(time::from_unix((ms / 1000) as i64));
    text.pop();
    text.push_str(&format!(".{:03}Z", ms % 1000));
    text
}

#[cfg(test)]
mod tests;
