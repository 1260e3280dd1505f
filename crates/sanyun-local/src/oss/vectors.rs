//! Vector buckets, which have host names of their own (`<bucket>-<account>.<region>.oss-vectors.aliyuncs.com`), JSON
//! instead of XML, and indexes of vectors instead of objects.
//!
//! Which number an account has is what its client says: it stands in the host and in the signature, and it belongs to the
//! bucket's name. A bucket is one row of the table of the caller's account in [`Resources`](crate::resources::Resources), its configurations, indexes
//! and vectors included, so that every change is one step for readers and for the disk.

mod bucket;
mod filter;
mod index;
mod query;
mod setting;
mod vector;
mod wish;

use std::io;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use http::{Method, StatusCode};
use sanyun_core::encode;
use sanyun_oss::operation::{Operation, Place, Product, Target};
use serde_json::{Map, Value, json};
use tokio::task::spawn_blocking;

use super::address::{VectorBucket, VectorsHost};
use super::refusal::Refusal;
use super::{upload, verify, xml};
use crate::access_log::Note;
use crate::answer::{Answer, AnswerBody};
use crate::arrival::{ArrivingBody, Head};
use crate::json::text;
use crate::state::State;

/// The largest body: 500 vectors of 4096 dimensions with some digits each.
const BODY_LIMIT: usize = 32 * 1024 * 1024;

/// A verified call about vector buckets.
struct Call<'a> {
    state: &'a State,
    head: &'a Head,
    host: VectorsHost,
    account: String,
    now_ms: u64,
}

/// Answers a request to a host of vector buckets.
pub(super) async fn answer(
    state: &Arc<State>,
    head: &Head,
    host: VectorsHost,
    body: &mut ArrivingBody,
    note: &mut Note,
) -> Answer {
    let outcome = serve(state, head, host, body, note).await;
    outcome.unwrap_or_else(|refusal| refused(&refusal, head, note))
}

async fn serve(
    state: &State,
    head: &Head,
    host: VectorsHost,
    body: &mut ArrivingBody,
    note: &mut Note,
) -> Result<Answer, Refusal> {
    let operation = operation(head, &host);
    if let Ok(operation) = operation {
        note.operation = operation.name.to_owned();
    }
    let caller = verify::of_vectors(state, head, &host)?;
    let (Some(account), Some(_)) = (caller.account, caller.region) else {
        return Err(Refusal::access_denied("Vector buckets want a request with signature V4."));
    };
    let since_1970 = state.clock.now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let call = Call { state, head, host, account, now_ms: since_1970.as_millis() as u64 };
    call.run(operation?.name, body).await
}

/// The operation of a request. A query parameter that it does not have is never overlooked: it would mean something else.
fn operation(head: &Head, host: &VectorsHost) -> Result<&'static Operation, Refusal> {
    let target = if host.bucket.is_some() { Target::Bucket } else { Target::Service };
    let given: Vec<_> = encode::pairs(&head.query).map(|(name, _)| encode::percent_decode(name)).collect();
    let has = |name: &str| given.iter().any(|known| known == name);
    let fits = |known: &&Operation| {
        head.path == "/"
            && Method::from(known.method) == head.method
            && known.target == target
            && known.query.iter().all(|(name, _)| has(name))
    };
    let best = Product::Vectors.operations().filter(fits).max_by_key(|known| known.query.len());
    let Some(best) = best else {
        return Err(match given.is_empty() {
            true => Refusal::method_not_allowed(head.method.as_str()),
            false => Refusal::not_implemented(),
        });
    };
    let knows = |name: &str| {
        name.starts_with("x-oss-")
            || best.query.iter().any(|(own, _)| *own == name)
            || best.params().any(|param| param.place == Place::Query && param.wire == name)
    };
    if given.iter().all(|name| knows(name)) { Ok(best) } else { Err(Refusal::not_implemented()) }
}

/// An error as vector buckets write it: what others say in XML, in JSON.
fn refused(refusal: &Refusal, head: &Head, note: &mut Note) -> Answer {
    note.code = refusal.code.to_owned();
    let answer = refusal.answer(&note.request_id, head.host(), false);
    let AnswerBody::Bytes(document) = &answer.body else { return answer };
    let fields = xml::parse(document).unwrap_or_default().children.into_iter();
    let fields: Map<_, _> = fields.map(|field| (field.name, Value::from(field.text))).collect();
    let body = json!({ "Error": fields }).to_string();
    answer.header("content-type", "application/json").bytes(body)
}

impl Call<'_> {
    async fn run(&self, operation: &str, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
        match operation {
            "PutVectorBucket" => bucket::put(self).await,
            "GetVectorBucket" => bucket::get(self).await,
            "DeleteVectorBucket" => bucket::delete(self).await,
            "ListVectorBuckets" => bucket::list(self).await,
            "PutBucketLogging" => setting::put_logging(self, body).await,
            "GetBucketLogging" => setting::get_logging(self).await,
            "DeleteBucketLogging" => setting::delete(self, setting::LOGGING).await,
            "PutBucketPolicy" => setting::put_policy(self, body).await,
            "GetBucketPolicy" => setting::get_policy(self).await,
            "DeleteBucketPolicy" => setting::delete(self, setting::POLICY).await,
            "PutVectorIndex" => index::put(self, body).await,
            "GetVectorIndex" => index::get(self, body).await,
            "ListVectorIndexes" => index::list(self, body).await,
            "DeleteVectorIndex" => index::delete(self, body).await,
            "PutVectors" => vector::put(self, body).await,
            "GetVectors" => vector::get(self, body).await,
            "ListVectors" => vector::list(self, body).await,
            "DeleteVectors" => vector::delete(self, body).await,
            "QueryVectors" => query::query(self, body).await,
            _ => Err(Refusal::not_implemented()),
        }
    }

    /// The name of the table of the account's buckets.
    fn table(&self) -> String {
        format!("oss/vectors/{}", self.account)
    }

    /// Looks at the account's buckets, on a thread where that may take its time.
    async fn look_at_all<T: Send + 'static>(
        &self,
        look: impl FnOnce(&[Value]) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (resources, table) = (self.state.resources.clone(), self.table());
        spawn_blocking(move || resources.read(&table, look)).await.map_err(io::Error::other)?
    }

    /// Looks at the bucket.
    async fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Value) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let host = self.host.clone();
        let find = move |rows: &[Value]| {
            let row = rows.iter().find(|row| is(row, &host));
            look(row.ok_or_else(|| no_such_bucket(&host))?)
        };
        self.look_at_all(find).await
    }

    /// Changes the account's buckets. What refuses must not have changed anything yet.
    async fn change_all<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Vec<Value>) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.state.resources.change(self.table(), change).await?
    }

    /// Changes the bucket. What refuses must not have changed anything yet.
    async fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Value) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let host = self.host.clone();
        let find = move |rows: &mut Vec<Value>| {
            let row = rows.iter_mut().find(|row| is(row, &host));
            change(row.ok_or_else(|| no_such_bucket(&host))?)
        };
        self.change_all(find).await
    }

    /// Reads the body, which must be what `Content-MD5` says.
    async fn read(&self, body: &mut ArrivingBody) -> Result<Bytes, Refusal> {
        let bytes = body.collect(BODY_LIMIT).await?;
        upload::check_md5(&sanyun_core::hash::md5(&bytes), self.head.header("content-md5"))?;
        Ok(bytes)
    }
}

/// Whether a row is the bucket that a host names.
fn is(row: &Value, host: &VectorsHost) -> bool {
    let named = |bucket: &VectorBucket| text(row, "name") == bucket.name && text(row, "account") == bucket.account;
    text(row, "region") == host.region && host.bucket.as_ref().is_some_and(named)
}

fn no_such_bucket(host: &VectorsHost) -> Refusal {
    Refusal::no_such_bucket(host.bucket.as_ref().map_or("", |bucket| &bucket.name))
}

/// A reply without a document.
fn done() -> Answer {
    Answer::new(StatusCode::OK)
}

/// A reply with a document.
fn document(value: &Value) -> Answer {
    Answer::json(StatusCode::OK, value)
}

/// What is gone, or was never there.
fn gone() -> Answer {
    Answer::new(StatusCode::NO_CONTENT)
}
