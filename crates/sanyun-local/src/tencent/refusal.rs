//! What Tencent Cloud answers when it refuses: `{"Response": {"Error": {"Code", "Message"}, "RequestId"}}`.

use std::io;

use crate::arrival::BodyError;

/// An error of Tencent Cloud.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(crate) fn invalid_action(action: &str) -> Self {
        Self::new("InvalidAction", format!("The action `{action}` does not exist."))
    }

    /// Somebody calls too often.
    pub(crate) fn throttled(limit: u32) -> Self {
        let message = format!(
            "Your current request times equals to `{}` in a second, which exceeds the frequency limit `{limit}` for a \
             second. Please reduce the frequency of calls.",
            limit.saturating_add(1)
        );
        Self::new("RequestLimitExceeded", message)
    }

    pub(crate) fn no_such_version(version: &str) -> Self {
        Self::new("NoSuchVersion", format!("The version `{version}` of the API does not exist."))
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Broken => Self::new("InvalidRequest", "The request body could not be read."),
            BodyError::TooLarge => Self::new("RequestSizeLimitExceeded", "The request exceeds the limit of 10 MB."),
        }
    }
}

/// The disk failed.
impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        Self::new("InternalError", format!("An internal error has occurred: {error}."))
    }
}
