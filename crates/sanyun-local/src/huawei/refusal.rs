//! What Huawei Cloud answers when it refuses: the gateway in one shape, the services in two others.

use std::io;

use http::StatusCode;
use sanyun_catalog::check::Problem;
use serde_json::json;

use crate::answer::Answer;
use crate::arrival::BodyError;

/// An error of Huawei Cloud.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    pub(crate) code: String,
    message: String,
    shape: Shape,
}

/// How the error is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// `{"error_code", "error_msg", "request_id"}`: the gateway and newer services.
    Gateway,
    /// `{"code", "message"}`: older services.
    Plain,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>, shape: Shape) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), shape }
    }

    /// The gateway does not know who calls.
    pub(crate) fn unauthorized(reason: &str) -> Self {
        let message = format!("Incorrect IAM authentication information: {reason}");
        Self::new(StatusCode::UNAUTHORIZED, "APIGW.0301", message, Shape::Gateway)
    }

    /// No operation has this method and path.
    pub(crate) fn no_such_api() -> Self {
        let message = "The API does not exist or has not been published in the environment";
        Self::new(StatusCode::NOT_FOUND, "APIGW.0101", message, Shape::Gateway)
    }

    /// The request is not what the operation takes.
    pub(crate) fn bad_request(why: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "APIGW.0201", format!("Bad request: {why}"), Shape::Gateway)
    }

    /// A parameter does not fit. Every service has codes of its own for that; this one is the gateway's.
    pub(crate) fn parameter(problem: &Problem) -> Self {
        Self::bad_request(&problem.to_string())
    }

    /// The reply.
    pub(crate) fn answer(&self, request_id: &str) -> Answer {
        let body = match self.shape {
            Shape::Gateway => {
                json!({"error_msg": self.message, "error_code": self.code, "request_id": request_id})
            }
            Shape::Plain => json!({"code": self.code, "message": self.message}),
        };
        Answer::json(self.status, &body)
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        let (status, message) = match error {
            BodyError::Broken => (StatusCode::BAD_REQUEST, "API request error"),
            BodyError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "Request entity too large"),
        };
        Self::new(status, "APIGW.0201", message, Shape::Gateway)
    }
}

/// The disk failed.
impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        let message = format!("Backend unavailable ({error})");
        Self::new(StatusCode::BAD_GATEWAY, "APIGW.0202", message, Shape::Gateway)
    }
}
