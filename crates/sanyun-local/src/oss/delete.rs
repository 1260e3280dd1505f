//! Deleting objects: one, or many at once.

use std::sync::Arc;

use http::StatusCode;

use super::listing::Spelling;
use super::meta::{Kind, Meta, NULL_VERSION};
use super::object::{blocking, with_version};
use super::refusal::Refusal;
use super::store::{Bucket, Entry, Expect, Versioning};
use super::worm::Guard;
use super::xml::Xml;
use super::{Call, document, read_document};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;
use crate::state::State;

/// The most keys one DeleteMultipleObjects takes.
const COUNT_LIMIT: usize = 1000;

/// What deleting did.
#[derive(Default)]
struct Deleted {
    /// Whether a marker was set or taken away.
    marker: bool,
    /// The version that was removed, or the marker that was set.
    version: String,
}

/// What deleting needs on a blocking thread.
struct Deletion {
    state: Arc<State>,
    bucket: Arc<Bucket>,
    guard: Guard,
    now_ms: u64,
}

impl Deletion {
    fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        let state = Arc::clone(call.state);
        Ok(Self { state, bucket: call.bucket()?, guard: Guard::of(call), now_ms: call.now_ms })
    }

    fn delete(&self, objects: &[(String, Option<String>)]) -> Result<Vec<Deleted>, Refusal> {
        let versioning = self.bucket.versioning();
        let mut removals = Vec::new();
        for (key, version) in objects {
            match version {
                Some(version) => removals.push((key.as_str(), version.as_str())),
                None if versioning == Versioning::Never => removals.push((key.as_str(), NULL_VERSION)),
                None => {}
            }
        }
        for (key, version) in &removals {
            self.guard.may_remove(&self.bucket, key, version)?;
        }
        let mut removed = self.bucket.remove(&removals)?.into_iter();
        let keeps = versioning != Versioning::Never;
        let one = |(key, version): &(String, Option<String>)| match version {
            None if keeps => self.mark(key, versioning),
            _ => Ok(gone(removed.next().flatten(), version.as_deref())),
        };
        objects.iter().map(one).collect()
    }

    /// Sets a marker in front of the versions of a key.
    fn mark(&self, key: &str, versioning: Versioning) -> Result<Deleted, Refusal> {
        let version = match versioning {
            Versioning::Enabled => self.state.chance.hex32(),
            _ => NULL_VERSION.to_owned(),
        };
        self.guard.may_remove(&self.bucket, key, &version)?;
        let meta = Meta {
            key: key.to_owned(),
            kind: Kind::DeleteMarker,
            modified_ms: self.now_ms,
            order: self.bucket.next_order(self.now_ms),
            version,
            ..Meta::default()
        };
        self.bucket.publish(self.state.store.draft()?, &meta, None, Expect::Anything)?;
        Ok(Deleted { marker: true, version: meta.version })
    }
}

fn gone(removed: Option<Entry>, version: Option<&str>) -> Deleted {
    let marker = removed.is_some_and(|entry| entry.is_marker());
    Deleted { marker, version: version.unwrap_or_default().to_owned() }
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let deletion = Deletion::of(call)?;
    let objects = [(call.key()?.to_owned(), call.version())];
    let deleted = blocking(move || deletion.delete(&objects)).await?.pop().unwrap_or_default();
    let answer = Answer::new(StatusCode::NO_CONTENT);
    let answer = if deleted.marker { answer.header("x-oss-delete-marker", "true") } else { answer };
    match deleted.version.as_str() {
        "" => Ok(answer),
        version => Ok(with_version(answer, &*call.bucket()?, version)),
    }
}

pub(super) async fn delete_objects(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wishes = read_document(call, body, "Delete").await?;
    let spelling = Spelling::of(call)?;
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let named = wishes.children.iter().filter(|child| child.name == "Object");
    let objects: Vec<_> =
        named.map(|object| (object.text_of("Key").to_owned(), some(object.text_of("VersionId")))).collect();
    if objects.is_empty() || objects.len() > COUNT_LIMIT || objects.iter().any(|(key, _)| key.is_empty()) {
        return Err(Refusal::malformed_xml());
    }
    let quiet = wishes.text_of("Quiet").eq_ignore_ascii_case("true");
    let deletion = Deletion::of(call)?;
    let done = blocking(move || deletion.delete(&objects).map(|done| (objects, done))).await?;

    let mut xml = Xml::new("DeleteResult");
    spelling.tell(&mut xml);
    for ((key, version), deleted) in done.0.iter().zip(done.1).filter(|_| !quiet) {
        xml.open("Deleted").leaf("Key", &spelling.of_text(key));
        xml.leaf_unless_empty("VersionId", version.as_deref().unwrap_or_default());
        if deleted.marker {
            xml.leaf("DeleteMarker", "true").leaf("DeleteMarkerVersionId", &deleted.version);
        }
        xml.close();
    }
    Ok(document(xml))
}
