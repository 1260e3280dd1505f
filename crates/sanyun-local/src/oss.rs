//! Object storage, for real: buckets and objects in a folder.

mod access_point;
mod address;
mod append;
mod attribute;
mod bucket;
mod callback;
mod chosen;
mod cname;
mod condition;
mod copy;
mod cors;
mod delete;
mod form;
mod info;
mod list;
mod listing;
mod meta;
mod multipart;
mod object;
mod parts;
mod policy;
mod range;
mod refusal;
mod replication;
mod restore;
mod route;
mod select;
mod setting;
mod store;
mod symlink;
mod tags;
mod upload;
mod vectors;
mod verify;
mod version;
mod worm;
mod xml;

use std::io;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sanyun_core::time;
use tokio::task::spawn_blocking;

pub(crate) use store::{BucketFacts, Store};

use address::{Address, VectorsHost};
use meta::{Meta, NULL_VERSION};
use refusal::Refusal;
use route::Route;
use store::{Bucket, Expect, StoreError, Versioning};
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

/// What somebody wants to do who may not be the bucket's owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// To read what is in a bucket: one object, whose own ACL counts too, or which there are.
    Read,
    /// To put something into a bucket, or to take it away.
    Write,
    /// What only the owner may.
    Own,
}

impl Access {
    fn of(operation: &str) -> Self {
        match operation {
            "GetObject" | "HeadObject" | "GetObjectMeta" | "GetSymlink" | "ListObjects" | "ListObjectsV2"
            | "SelectObject" => Self::Read,
            "PutObject"
            | "AppendObject"
            | "CopyObject"
            | "DeleteObject"
            | "InitiateMultipartUpload"
            | "UploadPart"
            | "UploadPartCopy"
            | "CompleteMultipartUpload"
            | "AbortMultipartUpload" => Self::Write,
            _ => Self::Own,
        }
    }
}

/// Answers a request.
pub(crate) async fn answer(state: &Arc<State>, head: &Head, body: &mut ArrivingBody, note: &mut Note) -> Answer {
    note.request_id = request_id(state);
    let answer = match VectorsHost::of(head) {
        Some(host) => vectors::answer(state, head, host, body, note).await,
        None => {
            let outcome = serve(state, head, body, note).await;
            let answer = outcome.unwrap_or_else(|refusal| refused(&refusal, head, note));
            cors::allowed(state, head, answer)
        }
    };
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
    let route = route::find(head, &address);
    if let Ok(route) = &route {
        note.operation = route.name.to_owned();
    }
    let named = route.as_ref().map_or("", |route| route.name);
    // A bucket that does not exist is told before a key that does not: so does the service.
    if let Some(bucket) = address.bucket.as_deref()
        && named != "PutBucket"
        && state.store.bucket(bucket).is_none()
    {
        return Err(Refusal::no_such_bucket(bucket));
    }
    if named == route::OPTION_OBJECT {
        return cors::preflight(state, head, &address);
    }
    let sub_resources = route.as_ref().map_or(&[][..], |route| route.sub_resources);
    let caller = verify::verify(state, head, &address, sub_resources)?;
    let since_1970 = state.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let call = Call { state, head, address, caller, now_ms: since_1970.as_millis() as u64 };
    let route = route?;
    // Who posts a form stands in the form; whoever makes a bucket is told there that it is somebody else's.
    if route.name == "PutBucket" {
        call.account()?;
    } else if route.name != route::POST_OBJECT {
        call.may(Access::of(route.name))?;
    }
    call.run(&route, body).await
}

/// Makes a bucket unless there is one of that name.
pub(crate) async fn make_bucket(store: &Arc<Store>, name: &'static str, facts: BucketFacts) -> io::Result<()> {
    let store = Arc::clone(store);
    let made = spawn_blocking(move || store.create_bucket(name, facts)).await.map_err(io::Error::other)?;
    match made {
        Ok(()) | Err(StoreError::BucketExists(_)) => Ok(()),
        Err(StoreError::Io(error)) => Err(error),
        Err(error) => Err(io::Error::other(format!("{error:?}"))),
    }
}

/// Whether somebody who has nothing but a URL can read what it names; `None` if it names no object in a bucket of this
/// store.
pub(crate) async fn readable(state: &Arc<State>, url: &str) -> Option<bool> {
    let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"))?;
    let (host, target) = rest.split_once('/')?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers = HeaderMap::from_iter([(HOST, HeaderValue::from_str(host).ok()?)]);
    let (path, query) = (format!("/{path}"), query.to_owned());
    let head = Head { method: Method::GET, path, query, headers, authority: None };
    let address = Address::of(&head).ok()?;
    let known =
        address.key.is_some() && address.bucket.as_deref().is_some_and(|name| state.store.bucket(name).is_some());
    if !known || !Address::has_bucket_in_host(&head) {
        return None;
    }
    let look = async {
        let caller = verify::verify(state, &head, &address, &[])?;
        let call = Call { state, head: &head, address, caller, now_ms: 0 };
        call.may(Access::Read)?;
        object::head(&call).await
    };
    Some(look.await.is_ok())
}

impl Call<'_> {
    async fn run(&self, route: &Route, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
        match route.name {
            "ListBuckets" => bucket::list_buckets(self),
            "DescribeRegions" => info::regions(self),
            "ListCloudBoxes" => info::cloud_boxes(self),
            "PutBucket" => bucket::create(self, body).await,
            "DeleteBucket" => bucket::delete(self).await,
            "GetBucketInfo" => info::info(self),
            "GetBucketLocation" => info::location(self),
            "GetBucketStat" => info::stat(self).await,
            "GetBucketAcl" => bucket::get_acl(self),
            "PutBucketAcl" => bucket::put_acl(self).await,
            "GetBucketVersioning" => version::get_versioning(self),
            "PutBucketVersioning" => version::put_versioning(self, body).await,
            "ListObjects" => listing::list_objects(self),
            "ListObjectsV2" => listing::list_objects_v2(self),
            "ListObjectVersions" => version::list(self),
            "DeleteMultipleObjects" => delete::delete_objects(self, body).await,
            route::POST_OBJECT => form::post(self, body).await,
            "PutObject" => object::put(self, body).await,
            "CopyObject" => copy::copy(self).await,
            "GetObject" => object::get(self).await,
            "HeadObject" => object::head(self).await,
            "GetObjectMeta" => object::get_meta(self).await,
            "DeleteObject" => delete::delete(self).await,
            "AppendObject" => append::append(self, body).await,
            "SealAppendObject" => append::seal(self).await,
            "GetObjectAcl" => attribute::get_acl(self).await,
            "PutObjectAcl" => attribute::put_acl(self).await,
            "GetObjectTagging" => tags::get(self).await,
            "PutObjectTagging" => tags::put(self, body).await,
            "DeleteObjectTagging" => tags::delete(self).await,
            "GetObjectRetention" => attribute::get_retention(self).await,
            "PutObjectRetention" => attribute::put_retention(self, body).await,
            "GetObjectLegalHold" => attribute::get_legal_hold(self).await,
            "PutObjectLegalHold" => attribute::put_legal_hold(self, body).await,
            "RestoreObject" => restore::restore(self, body).await,
            "CleanRestoredObject" => restore::clean(self).await,
            "PutSymlink" => symlink::put(self).await,
            "GetSymlink" => symlink::get(self).await,
            "InitiateMultipartUpload" => multipart::initiate(self).await,
            "UploadPart" => parts::put(self, body).await,
            "UploadPartCopy" => parts::copy(self).await,
            "CompleteMultipartUpload" => multipart::complete(self, body).await,
            "AbortMultipartUpload" => multipart::abort(self).await,
            "ListParts" => parts::list(self),
            "ListMultipartUploads" => multipart::list(self),
            "SelectObject" | "ProcessObject" | "CreateSelectObjectMeta" => select::select(self, body).await,
            "PutCname" | "DeleteCname" | "ListCname" | "CreateCnameToken" | "GetCnameToken" => {
                cname::answer(self, route.name, body).await
            }
            "CreateAccessPoint" | "GetAccessPoint" | "ListAccessPoints" | "DeleteAccessPoint" => {
                access_point::answer(self, route.name, body).await
            }
            "InitiateBucketWorm" | "AbortBucketWorm" | "CompleteBucketWorm" | "ExtendBucketWorm" | "GetBucketWorm" => {
                worm::answer(self, route.name, body).await
            }
            "PutBucketReplication"
            | "DeleteBucketReplication"
            | "GetBucketReplication"
            | "GetBucketReplicationLocation"
            | "GetBucketReplicationProgress" => replication::answer(self, route.name, body).await,
            _ => setting::answer(self, route, body).await,
        }
    }

    /// Whether the caller may do that: everything with buckets of the own account, and with those of others what their
    /// ACL allows to the world. An object that the ACL of its bucket keeps from the world may have an ACL of its own, which
    /// is looked at when it is opened.
    fn may(&self, access: Access) -> Result<(), Refusal> {
        let Some(bucket) = self.address.bucket.as_deref().and_then(|name| self.state.store.bucket(name)) else {
            return self.account().map(drop);
        };
        let reads_object = access == Access::Read && self.address.key.is_some();
        if self.owns(&bucket) || reads_object || is_public(&bucket.facts().acl, access) {
            return Ok(());
        }
        Err(Refusal::access_denied("You have no right to access this object because of bucket acl."))
    }

    /// Whether the caller may read an object of a bucket; `None` for one that is not there.
    fn may_read(&self, bucket: &Bucket, object: Option<&Meta>) -> Result<(), Refusal> {
        let facts = bucket.facts();
        let acl = object.map_or("default", |meta| &meta.acl);
        let acl = if acl == "default" { &facts.acl } else { acl };
        if self.owns(bucket) || is_public(acl, Access::Read) {
            return Ok(());
        }
        let of = if object.is_some_and(|meta| meta.acl != "default") { "object" } else { "bucket" };
        Err(Refusal::access_denied(&format!("You have no right to access this object because of {of} acl.")))
    }

    fn owns(&self, bucket: &Bucket) -> bool {
        self.caller.account.as_deref() == Some(bucket.facts().owner.as_str())
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

    /// The version that is asked for; `None` for the newest.
    fn version(&self) -> Option<String> {
        self.head.parameter("versionId").filter(|version| !version.is_empty())
    }

    /// What must be there for a new object to be published. In a bucket that keeps versions nothing is overwritten.
    fn expect(&self, bucket: &Bucket) -> Expect {
        let forbids = self.head.header("x-oss-forbid-overwrite").eq_ignore_ascii_case("true");
        if forbids && bucket.versioning() == Versioning::Never { Expect::Absent } else { Expect::Anything }
    }

    /// The id of a new version in a bucket.
    fn new_version(&self, bucket: &Bucket) -> String {
        match bucket.versioning() {
            Versioning::Enabled => self.state.chance.hex32(),
            _ => NULL_VERSION.to_owned(),
        }
    }
}

/// Whether an ACL allows the world that.
fn is_public(acl: &str, access: Access) -> bool {
    match access {
        Access::Read => matches!(acl, "public-read" | "public-read-write"),
        Access::Write => acl == "public-read-write",
        Access::Own => false,
    }
}

/// A reply with an XML document.
fn document(xml: xml::Xml) -> Answer {
    Answer::new(StatusCode::OK).header("content-type", "application/xml").bytes(xml.finish())
}

/// The largest XML document of a request: a thousand keys of the longest kind fit.
const DOCUMENT_LIMIT: usize = 4 * 1024 * 1024;

/// Reads a request's XML document, whose outermost element must have this name.
///
/// # Errors
/// `MalformedXML`, or `InvalidDigest` if it is not what `Content-MD5` says.
async fn read_document(call: &Call<'_>, body: &mut ArrivingBody, root: &str) -> Result<xml::Element, Refusal> {
    let bytes = read_body(call, body).await?;
    xml::parse(&bytes).filter(|element| element.name == root).ok_or_else(Refusal::malformed_xml)
}

/// Reads a small body.
async fn read_body(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Bytes, Refusal> {
    let bytes = body.collect(DOCUMENT_LIMIT).await?;
    upload::check_md5(&sanyun_core::hash::md5(&bytes), call.head.header("content-md5"))?;
    Ok(bytes)
}

/// `2023-12-16T16:20:57.123Z`.
fn iso_millis(ms: u64) -> String {
    let mut text = time::iso_extended(time::from_unix((ms / 1000) as i64));
    text.pop();
    text.push_str(&format!(".{:03}Z", ms % 1000));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_written() {
        assert_eq!(iso_millis(1_702_743_657_005), "2023-12-16T16:20:57.005Z");
    }
}
