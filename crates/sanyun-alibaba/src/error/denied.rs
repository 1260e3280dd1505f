//! Why a permission is missing.

use sanyun_core::Error;
use serde_json::Value;

/// The member `AccessDeniedDetail` of a refusal: which permission is missing, whose, and why. Texts are empty where the
/// answer does not have them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct AccessDenied {
    /// The permission, such as `ecs:DescribeInstances`.
    pub action: String,
    /// The name or id of who called.
    pub principal: String,
    /// The account that the caller belongs to.
    pub principal_owner: String,
    /// What the caller is, such as `SubUser` or `AssumedRoleUser`.
    pub principal_type: String,
    /// Why: nothing allows it, or something denies it.
    pub reason: DeniedReason,
    /// The kind of policy that decided, such as `AccountLevelIdentityBasedPolicy`.
    pub policy_type: String,
    /// A text that RAM's `DecodeDiagnosticMessage` explains.
    pub diagnostic: String,
}

/// Why a permission is missing (`NoPermissionType`).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum DeniedReason {
    /// No policy allows it.
    #[default]
    Implicit,
    /// A policy denies it.
    Explicit,
    /// Another word of the answer.
    Other(String),
}

impl AccessDenied {
    /// Reads it from an error; `None` if the error has none. It is a JSON object, or the text of one.
    pub fn of(error: &Error) -> Option<Self> {
        let service = error.service()?;
        let detail = service.detail("AccessDeniedDetail").or_else(|| service.detail("accessDeniedDetail"))?;
        Self::parse(detail)
    }

    pub(super) fn parse(detail: &str) -> Option<Self> {
        let members = match serde_json::from_str(detail).ok()? {
            Value::String(inner) => serde_json::from_str(&inner).ok()?,
            value => value,
        };
        let Value::Object(members) = members else { return None };
        let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self {
            action: text("AuthAction"),
            principal: text("AuthPrincipalDisplayName"),
            principal_owner: text("AuthPrincipalOwnerId"),
            principal_type: text("AuthPrincipalType"),
            reason: match &*text("NoPermissionType") {
                "ImplicitDeny" | "" => DeniedReason::Implicit,
                "ExplicitDeny" => DeniedReason::Explicit,
                other => DeniedReason::Other(other.to_owned()),
            },
            policy_type: text("PolicyType"),
            diagnostic: text("EncodedDiagnosticMessage"),
        })
    }
}

/// The page of the vendor's that explains an error (member `Recommend`), if the answer names one.
pub fn recommend(error: &Error) -> Option<&str> {
    error.service()?.detail("Recommend").filter(|link| !link.is_empty())
}
