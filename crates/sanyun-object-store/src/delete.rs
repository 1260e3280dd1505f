//! Deleting, a thousand objects a call.

use std::collections::HashSet;

use futures_util::stream::{self, BoxStream, StreamExt as _};
use object_store::Result;
use object_store::path::Path;
use sanyun_oss::ops::{Delete, DeleteMultipleObjects, ObjectIdentifier};

use crate::{OssStore, error};

/// The most that one call deletes.
const BATCH: usize = 1000;

/// How many calls run at the same time.
const LANES: usize = 4;

/// What became of each path, in the order of the paths.
pub(crate) fn stream(store: OssStore, locations: BoxStream<'static, Result<Path>>) -> BoxStream<'static, Result<Path>> {
    let batches = locations.chunks(BATCH);
    batches.map(move |batch| store.clone().delete_batch(batch)).buffered(LANES).flat_map(stream::iter).boxed()
}

impl OssStore {
    /// Errors of the batch stay where they are.
    async fn delete_batch(self, batch: Vec<Result<Path>>) -> Vec<Result<Path>> {
        let paths: Vec<&Path> = batch.iter().flatten().collect();
        let outcome = match paths.as_slice() {
            [] => return batch,
            [path] => self.bucket().delete(path.as_ref()).await.map(|_| HashSet::from([path.to_string()])),
            _ => self.delete_all(&paths).await,
        };
        let verdict = |path: Path| match &outcome {
            Ok(deleted) if deleted.contains(path.as_ref()) => Ok(path),
            Ok(_) => Err(error::generic(format!("OSS did not say that `{path}` is deleted"))),
            Err(refused) => Err(error::of(path, refused.without_source())),
        };
        batch.into_iter().map(|path| path.and_then(verdict)).collect()
    }

    /// The keys that OSS says it deleted.
    async fn delete_all(&self, paths: &[&Path]) -> sanyun_oss::Result<HashSet<String>> {
        let objects: Vec<_> = paths.iter().map(|path| ObjectIdentifier::new().key(path.as_ref())).collect();
        let request = DeleteMultipleObjects::new(self.bucket().name()).delete(Delete::new().objects(objects));
        let reply = self.bucket().client().call(request).await?.into_inner();
        Ok(reply.deleted_objects.into_iter().filter_map(|deleted| deleted.key).collect())
    }
}
