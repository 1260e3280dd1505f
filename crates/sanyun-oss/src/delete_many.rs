//! Deleting many objects: as few calls as possible, and a summary that says what became of each.

use std::collections::HashSet;
use std::future::IntoFuture;

use sanyun_core::{BoxFuture, Error, Result};
use serde_json::{Value, json};

use crate::action::Action;
use crate::bucket::Bucket;
use crate::operation::Request as _;
use crate::ops::{DeleteMultipleObjects, DeleteMultipleObjectsResult, DeletedInfo, ObjectIdentifier};
use crate::xml::escape;

/// The most objects of one call.
const MAX_OBJECTS: usize = 1000;

/// The longest body of one call, in bytes, with room for what is around the keys: OSS takes 2 MiB.
const MAX_BODY_BYTES: usize = 1_900_000;

/// What stands around a key in the body.
const OBJECT_BYTES: usize = "<Object><Key></Key><VersionId></VersionId></Object>".len();

impl Bucket {
    /// Deletes objects, a thousand with one call. Keys are texts; a pair of texts is a key and a version. An object that does
    /// not exist counts as deleted.
    ///
    /// ```no_run
    /// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// let summary = photos.delete_many(["a.jpg", "b.jpg"]).await?;
    /// for failure in &summary.failed {
    ///     eprintln!("{:?}: {}", failure.object.key, failure.reason);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn delete_many<I>(&self, objects: I) -> DeleteMany
    where
        I: IntoIterator,
        I::Item: Into<ObjectIdentifier>,
    {
        let objects = objects.into_iter().map(Into::into).collect();
        DeleteMany { bucket: self.clone(), objects, bypasses_retention: false }
    }
}

impl From<&str> for ObjectIdentifier {
    fn from(key: &str) -> Self {
        Self::new().key(key)
    }
}

impl From<String> for ObjectIdentifier {
    fn from(key: String) -> Self {
        Self::new().key(key)
    }
}

impl<K: Into<String>, V: Into<String>> From<(K, V)> for ObjectIdentifier {
    fn from((key, version): (K, V)) -> Self {
        Self::new().key(key).version_id(version)
    }
}

/// Calls that delete many objects, one after the other. It does nothing until it is awaited.
#[derive(Clone, Debug)]
#[must_use = "it does nothing until it is awaited"]
pub struct DeleteMany {
    bucket: Bucket,
    objects: Vec<ObjectIdentifier>,
    bypasses_retention: bool,
}

/// What became of objects that were to be deleted.
#[derive(Debug, Default)]
#[must_use = "it says which objects were not deleted"]
pub struct DeleteSummary {
    /// Those that are gone, as OSS tells them, delete markers included.
    pub deleted: Vec<DeletedInfo>,
    /// Those that are not.
    pub failed: Vec<NotDeleted>,
    /// How many calls were made.
    pub calls: u32,
}

/// An object that was not deleted.
#[derive(Clone, Debug)]
pub struct NotDeleted {
    /// Which.
    pub object: ObjectIdentifier,
    /// Why: what the call failed with, or that OSS did not name it among those that it deleted.
    pub reason: String,
}

impl DeleteSummary {
    /// Whether everything is gone.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty()
    }
}

impl DeleteMany {
    /// Also deletes objects under governance retention, if the caller is allowed to.
    pub fn bypass_governance_retention(mut self) -> Self {
        self.bypasses_retention = true;
        self
    }

    /// Makes the calls. A call that fails does not keep the others from being made, unless nothing was deleted yet.
    async fn run(self) -> Result<DeleteSummary> {
        let mut summary = DeleteSummary::default();
        let mut left = self.objects.as_slice();
        while !left.is_empty() {
            let (batch, rest) = left.split_at(batch_len(left));
            match self.call(batch).await {
                Ok(reply) => summary.add(batch, reply.into_inner().deleted_objects),
                Err(error) if summary.calls == 0 => return Err(error),
                Err(error) => summary.add_failed(batch, &error),
            }
            summary.calls += 1;
            left = rest;
        }
        Ok(summary)
    }

    fn call(&self, batch: &[ObjectIdentifier]) -> Action<DeleteMultipleObjectsResult> {
        let objects = batch.iter().map(|object| match &object.version_id {
            Some(version) => json!({"key": object.key, "version_id": version}),
            None => json!({"key": object.key}),
        });
        let document = json!({"objects": objects.collect::<Vec<Value>>()});
        let call = self.bucket.whole(DeleteMultipleObjects::OPERATION).change(|input| {
            input.document = Some(document);
            Ok(())
        });
        if self.bypasses_retention { call.set("x-oss-bypass-governance-retention", "true") } else { call }
    }
}

/// How many objects the next call takes; at least one.
fn batch_len(objects: &[ObjectIdentifier]) -> usize {
    let mut room = MAX_BODY_BYTES;
    let fits = |object: &&ObjectIdentifier| {
        let key = object.key.as_deref().map_or(0, |key| escape(key).len());
        let bytes = OBJECT_BYTES + key + object.version_id.as_ref().map_or(0, String::len);
        let left = room.checked_sub(bytes);
        room = left.unwrap_or_default();
        left.is_some()
    };
    objects.iter().take(MAX_OBJECTS).take_while(fits).count().clamp(1, objects.len().max(1))
}

impl DeleteSummary {
    fn add(&mut self, batch: &[ObjectIdentifier], deleted: Vec<DeletedInfo>) {
        let gone: HashSet<_> = deleted.iter().map(|it| (it.key.as_deref(), it.version_id.as_deref())).collect();
        let is_kept = |object: &&ObjectIdentifier| {
            let (key, version) = (object.key.as_deref(), object.version_id.as_deref());
            // Without a version in the call, the reply may name the one of the marker.
            !gone.contains(&(key, version)) && (version.is_some() || !gone.iter().any(|(known, _)| *known == key))
        };
        let reason = "OSS does not name it among those that it deleted";
        let kept = batch.iter().filter(is_kept);
        self.failed.extend(kept.map(|object| NotDeleted { object: object.clone(), reason: reason.to_owned() }));
        self.deleted.extend(deleted);
    }

    fn add_failed(&mut self, batch: &[ObjectIdentifier], error: &Error) {
        let failures = batch.iter().map(|object| NotDeleted { object: object.clone(), reason: error.to_string() });
        self.failed.extend(failures);
    }
}

impl IntoFuture for DeleteMany {
    type Output = Result<DeleteSummary>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
