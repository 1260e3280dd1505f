//! What Alibaba Cloud answers when it refuses.

use std::io;

use http::StatusCode;
use sanyun_catalog::check::{Problem, ProblemKind};
use serde_json::json;

use crate::answer::Answer;
use crate::arrival::BodyError;

/// An error of Alibaba Cloud.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    pub(crate) code: &'static str,
    message: String,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// 400 with a code.
    pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    /// No operation of that name and version, or no such path.
    pub(crate) fn not_found(action: &str) -> Self {
        let message = if action.is_empty() {
            "Specified api is not found, please check your url and method.".to_owned()
        } else {
            format!("Specified api is not found, please check your url and method. ({action})")
        };
        Self::new(StatusCode::NOT_FOUND, "InvalidAction.NotFound", message)
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        let message =
            format!("The input parameter \"{name}\" that is mandatory for processing this request is not supplied.");
        Self::bad("MissingParameter", message)
    }

    pub(crate) fn invalid_parameter(name: &str) -> Self {
        Self::bad("InvalidParameter", format!("The specified parameter \"{name}\" is not valid."))
    }

    /// A parameter does not fit.
    pub(crate) fn parameter(problem: &Problem) -> Self {
        match problem.kind {
            ProblemKind::Missing { .. } => Self::missing_parameter(&problem.path),
            _ => Self::invalid_parameter(&problem.path),
        }
    }

    /// The reply. `host` is the request's.
    pub(crate) fn answer(&self, request_id: &str, host: &str) -> Answer {
        let advice = format!("https://api.aliyun.com/troubleshoot?q={}&requestId={request_id}", self.code);
        let body = json!({
            "RequestId": request_id,
            "HostId": host,
            "Code": self.code,
            "Message": self.message,
            "Recommend": advice,
        });
        Answer::json(self.status, &body).header("content-type", "application/json;charset=utf-8")
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Broken => Self::bad("InvalidRequest", "The request body could not be read."),
            BodyError::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestBodyTooLarge", "The request body is too large.")
            }
        }
    }
}

/// The disk failed.
impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        let message = format!("The request processing has failed due to some unknown error. ({error})");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
    }
}
