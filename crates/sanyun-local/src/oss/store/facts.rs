//! What is known of a bucket.

use serde_json::{Value, json};

/// What is known of a bucket beside its objects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BucketFacts {
    /// The account that made it.
    pub(crate) owner: String,
    pub(crate) created_ms: u64,
    /// The region it was made in, such as `cn-hangzhou`.
    pub(crate) region: String,
    /// `private`, `public-read`, `public-read-write`.
    pub(crate) acl: String,
    /// `Standard`, `IA`, …
    pub(crate) storage_class: String,
    /// `LRS`, `ZRS`.
    pub(crate) redundancy: String,
}

impl BucketFacts {
    pub(super) fn to_json(&self) -> Value {
        json!({
            "owner": self.owner,
            "created_ms": self.created_ms,
            "region": self.region,
            "acl": self.acl,
            "storage_class": self.storage_class,
            "redundancy": self.redundancy,
        })
    }

    pub(super) fn from_json(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        Some(Self {
            owner: text("owner")?,
            created_ms: value.get("created_ms")?.as_u64()?,
            region: text("region")?,
            acl: text("acl")?,
            storage_class: text("storage_class")?,
            redundancy: text("redundancy")?,
        })
    }
}
