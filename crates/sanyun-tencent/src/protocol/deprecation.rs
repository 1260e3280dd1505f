//! A warning, once an action, that Tencent Cloud is going to remove it.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use sanyun_core::Reply;

use crate::error;
use crate::shape::Input;

/// The actions that were warned about.
#[derive(Default)]
pub(crate) struct Deprecations(Mutex<HashSet<String>>);

impl Deprecations {
    /// Warns if the reply says that its action is going to be removed and nobody has been told yet.
    pub(super) fn warn(&self, input: &Input, reply: &Reply) {
        if let Some(warning) = self.news(input, reply) {
            tracing::warn!(service = input.service, action = input.action, "deprecated: {warning}");
        }
    }

    /// What the reply says about its action's end, if nobody has been told yet.
    fn news(&self, input: &Input, reply: &Reply) -> Option<String> {
        let warning = error::deprecation(reply)?;
        let action = format!("{} {} {}", input.service, input.version, input.action);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(action).then_some(warning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_announced_once() {
        let reply = |body: &'static str| Reply::new(http::StatusCode::OK, http::HeaderMap::new(), body);
        let (plain, warning) = (reply(r#"{"Response":{}}"#), reply(r#"{"Response":{"DeprecatedWarning":"use V2"}}"#));
        let input = |action: &str| Input::new("cvm", "2017-03-12", action);
        let told = Deprecations::default();
        assert_eq!(told.news(&input("A"), &plain), None);
        assert_eq!(told.news(&input("A"), &warning).as_deref(), Some("use V2"));
        assert_eq!(told.news(&input("A"), &warning), None);
        assert_eq!(told.news(&input("B"), &warning).as_deref(), Some("use V2"));
    }
}
