//! Copies inside the bucket.

use object_store::path::Path;
use object_store::{CopyMode, Error, ObjectStoreExt as _, Result};
use sanyun_oss::ops::CopyObject;

use crate::{OssStore, create, error};

impl OssStore {
    pub(crate) async fn copy_object(&self, from: &Path, to: &Path, mode: CopyMode) -> Result<()> {
        let creates = mode == CopyMode::Create;
        let call = self.bucket().client().call(CopyObject::new(self.bucket().name(), to.as_ref(), from.as_ref()));
        let call = if creates { self.create(call).await?.call().idempotent(false) } else { call.call() };
        let version = match call.await {
            Ok(copied) => copied.into_inner().version_id,
            Err(refused) if refused.code() == Some("EntityTooLarge") => self.copy_parts(from, to, creates).await?,
            Err(refused) => return Err(error::of(subject(&refused, from, to), refused)),
        };
        if creates { create::verdict(to, version.as_deref()) } else { Ok(()) }
    }

    /// Copies an object that OSS does not copy at once; gives the version of the copy.
    async fn copy_parts(&self, from: &Path, to: &Path, creates: bool) -> Result<Option<String>> {
        let mut copy = self.bucket().copy_from(self.bucket().name(), from.as_ref(), to.as_ref());
        if creates {
            copy = copy.header(create::FORBID_OVERWRITE, "true");
        }
        match copy.threshold(0).disable_shallow_copy().await {
            Ok(copied) => Ok(copied.version_id),
            // The object may be the one that an earlier attempt has put there.
            Err(refused) if refused.code() == Some(error::EXISTS) && refused.attempts() > 1 => {
                Err(error::generic(refused))
            }
            Err(refused) => Err(error::of(subject(&refused, from, to), refused)),
        }
    }

    pub(crate) async fn rename_object(&self, from: &Path, to: &Path, mode: CopyMode) -> Result<()> {
        if from == to {
            return self.rename_to_itself(from, mode).await;
        }
        self.copy_object(from, to, mode).await?;
        self.delete(from).await
    }

    /// The object is where it should be, and must not be deleted.
    async fn rename_to_itself(&self, path: &Path, mode: CopyMode) -> Result<()> {
        self.head(path).await?;
        match mode {
            CopyMode::Overwrite => Ok(()),
            CopyMode::Create => {
                Err(Error::AlreadyExists { path: path.to_string(), source: "source and target are one".into() })
            }
        }
    }
}

/// Which of the two objects a refusal is about.
fn subject<'a>(refused: &sanyun_oss::Error, from: &'a Path, to: &'a Path) -> &'a Path {
    match refused.code() {
        Some(error::EXISTS) => to,
        _ => from,
    }
}
