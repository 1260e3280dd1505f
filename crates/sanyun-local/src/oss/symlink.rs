//! Symbolic links: objects that stand for others of the same bucket.

use std::sync::Arc;

use http::StatusCode;

use super::Call;
use super::address::decode;
use super::attribute::opened;
use super::meta::{Kind, Meta};
use super::object::{self, blocking, with_version};
use super::refusal::Refusal;
use super::store::OpenObject;
use super::upload::Upload;
use super::worm::Guard;
use crate::answer::Answer;

/// The rare fact of a link: the key it points to, percent-encoded as it came.
pub(super) const TARGET: &str = "symlink-target";
const HEADER: &str = "x-oss-symlink-target";

pub(super) async fn put(call: &Call<'_>) -> Result<Answer, Refusal> {
    let target = call.head.header(HEADER).to_owned();
    let is_key = decode(&target).is_some_and(|key| !key.is_empty() && key.len() <= 1023);
    if !is_key {
        return Err(Refusal::invalid_argument("The target of the symbolic link is no key.", HEADER, &target));
    }
    let bucket = call.bucket()?;
    let mut meta = Meta { kind: Kind::Symlink, ..object::new_meta(call, &call.head.headers)? };
    meta.set_fact(TARGET, &target);
    let expect = call.expect(&bucket);
    object::may_publish(&bucket, &meta, expect)?;
    let guard = Guard::of(call);
    let store = Arc::clone(&call.state.store);
    let meta = blocking(move || {
        let upload = Upload::begin(&store)?;
        upload.sums().describe(&mut meta, 0);
        meta.order = bucket.next_order(meta.modified_ms);
        guard.may_remove(&bucket, &meta.key, &meta.version)?;
        bucket.publish(upload.draft, &meta, None, expect)?;
        Ok(meta)
    })
    .await?;
    object::stored(call, &meta)
}

pub(super) async fn get(call: &Call<'_>) -> Result<Answer, Refusal> {
    let meta = opened(call).await?;
    if meta.kind != Kind::Symlink {
        let message = "The object you specified is not a symlink.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "NotSymlink", message));
    }
    let mut answer = object::with_checksums(Answer::new(StatusCode::OK), &meta);
    answer.headers.extend(meta.headers.clone());
    let answer = answer.header(HEADER, meta.fact(TARGET)).header("last-modified", &object::http_date(meta.modified_ms));
    Ok(with_version(answer, &*call.bucket()?, &meta.version))
}

/// Opens what a link points to; gives also what is said of it, which is of the link as far as the name goes and of the
/// target as far as the data go.
pub(super) async fn follow(call: &Call<'_>, link: Meta) -> Result<(OpenObject, Meta), Refusal> {
    let bucket = call.bucket()?;
    let key = decode(link.fact(TARGET)).unwrap_or_default();
    let found = blocking(move || Ok(bucket.open_object(&key, None)?)).await?;
    let found = found.filter(|object| object.meta.kind != Kind::DeleteMarker).ok_or_else(|| {
        let message = "The target object of the symlink does not exist.";
        Refusal::new(StatusCode::NOT_FOUND, "SymlinkTargetNotExist", message)
    })?;
    if found.meta.kind == Kind::Symlink {
        let message = "The target object of the symlink is a symlink.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "InvalidTargetType", message));
    }
    let shown = Meta {
        modified_ms: link.modified_ms.max(found.meta.modified_ms),
        kind: Kind::Symlink,
        version: link.version,
        ..found.meta.clone()
    };
    Ok((found, shown))
}
