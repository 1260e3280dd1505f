//! The members of an answer, whichever its form.

use serde_json::Value;

use super::xml;
use crate::shape::text;

/// Names and texts in the order of the answer.
#[derive(Debug, Default)]
pub(super) struct Members(Vec<(String, String)>);

/// Members that the error has fields for.
const FIELDS: &[&str] = &["Code", "code", "Message", "message", "RequestId", "requestId", "requestid"];

impl Members {
    /// `None` if the answer is neither an object nor a refusal in XML.
    pub(super) fn read(body: &str) -> Option<Self> {
        let value = match body.trim_start().as_bytes().first() {
            Some(b'{') => serde_json::from_str(body).ok()?,
            Some(b'<') => xml::read(body)?,
            _ => return None,
        };
        let Value::Object(members) = value else { return None };
        let present = members.into_iter().filter(|(_, value)| !value.is_null());
        Some(Self(present.map(|(name, value)| (name, text(&value))).collect()))
    }

    /// The first of these names that has a text.
    pub(super) fn get(&self, names: &[&str]) -> Option<&str> {
        let text_of = |wanted: &&str| self.0.iter().find(|(name, value)| name == wanted && !value.is_empty());
        names.iter().find_map(text_of).map(|(_, value)| &**value)
    }

    /// What the error has no field for, such as `HostId`, `Recommend` and `AccessDeniedDetail`.
    pub(super) fn others(self) -> impl Iterator<Item = (String, String)> {
        self.0.into_iter().filter(|(name, _)| !FIELDS.contains(&&**name))
    }
}
