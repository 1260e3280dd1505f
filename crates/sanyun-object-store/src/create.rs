//! Writes that must not replace anything.

use object_store::Result;
use object_store::path::Path;
use sanyun_oss::Action;

use crate::{OssStore, error};

/// The header that makes a write fail if the object exists.
pub(crate) const FORBID_OVERWRITE: &str = "x-oss-forbid-overwrite";

impl OssStore {
    /// The call, made to fail if the object exists.
    ///
    /// # Errors
    /// The bucket keeps versions, or it cannot be told whether it does.
    pub(crate) async fn create<T>(&self, call: Action<T>) -> Result<Action<T>> {
        if self.unversioned.get().is_none() {
            self.ask_for_versions().await?;
        }
        Ok(call.header(FORBID_OVERWRITE, "true"))
    }

    async fn ask_for_versions(&self) -> Result<()> {
        let name = self.bucket.name();
        let info = self.bucket.info().await.map_err(|refused| error::of(name, explained(refused)))?;
        if info.versioning.as_deref().is_some_and(|state| !state.is_empty()) {
            return Err(versioned(name));
        }
        // Somebody else may have been told the same in the meantime.
        let _ = self.unversioned.set(());
        Ok(())
    }
}

/// Looks at what was created: an object with a version came to be without the condition.
pub(crate) fn verdict(location: &Path, version: Option<&str>) -> Result<()> {
    match version {
        None => Ok(()),
        Some(version) => Err(error::generic(format!(
            "`{location}` was written as version {version}, but OSS did not look whether it existed: the bucket keeps \
             versions"
        ))),
    }
}

fn explained(refused: sanyun_oss::Error) -> sanyun_oss::Error {
    match refused.code() {
        Some("AccessDenied") => refused.with_hint(
            "conditional writes need to know whether the bucket keeps versions: allow oss:GetBucketInfo, or use \
             `OssStore::assume_unversioned`",
        ),
        _ => refused,
    }
}

fn versioned(bucket: &str) -> object_store::Error {
    error::not_supported(format!(
        "bucket `{bucket}` keeps versions, or once did: OSS would write without looking whether the object exists"
    ))
}
