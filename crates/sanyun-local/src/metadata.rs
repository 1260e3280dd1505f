//! The instance that the local cloud also is, as its metadata services show it: settings.

use std::time::Duration;

/// How long the keys of an instance or a pod live.
const KEY_LIFE: Duration = Duration::from_secs(6 * 60 * 60);

/// How the metadata services of an instance behave that the local cloud also is. See
/// [`Builder::metadata`](crate::Builder::metadata).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Metadata {
    /// Version 1 (no token) and version 2 (with one) of Huawei Cloud and Alibaba Cloud, as an instance has it unless
    /// somebody sets it otherwise.
    #[default]
    Both,
    /// Version 1 only: the request for a token is answered with 404.
    V1,
    /// Version 2 only: without a token the answer is 401, at Alibaba Cloud 403.
    V2,
    /// Both versions, but the instance has no agency, so that there are no keys: 401. At Tencent Cloud and Alibaba Cloud it
    /// has no role: 404.
    NoAgency,
}

/// What a builder says about the instance.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) metadata: Metadata,
    pub(crate) key_life: Duration,
    /// The role that an instance of Tencent Cloud has.
    pub(crate) role: String,
}

impl Default for Instance {
    fn default() -> Self {
        Self { metadata: Metadata::default(), key_life: KEY_LIFE, role: "sanyun-local-role".to_owned() }
    }
}
