//! What Huawei Cloud answers when it refuses: the gateway in one shape, the services in three others.

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
    /// `{"error": {"message", "code"}}`: ECS and what stands behind it.
    Nested,
    /// `{"error": {"message", "code": 401, "title": "Unauthorized"}}`: IAM version 3, whose code is the status.
    Keystone,
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

    /// Somebody calls too often.
    pub(crate) fn throttled(limit: u32) -> Self {
        let message = format!(
            "The throttling threshold has been reached: policy user over ratelimit,limit:{limit},time:1 second"
        );
        Self::new(StatusCode::TOO_MANY_REQUESTS, "APIGW.0308", message, Shape::Gateway)
    }

    /// A token whose scope is not that of the path.
    pub(crate) fn other_tenant() -> Self {
        let message = "tenantId in token is not the same with in URL.";
        Self::new(StatusCode::BAD_REQUEST, "Common.0018", message, Shape::Nested)
    }

    /// IAM version 3 refuses.
    pub(crate) fn iam(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, status.as_str(), message, Shape::Keystone)
    }

    /// IAM version 3 does not know who calls.
    pub(crate) fn iam_unauthorized() -> Self {
        Self::iam(StatusCode::UNAUTHORIZED, "The request you have made requires authentication.")
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
            Shape::Nested => json!({"error": {"message": self.message, "code": self.code}}),
            Shape::Keystone => {
                let title = self.status.canonical_reason();
                json!({"error": {"message": self.message, "code": self.status.as_u16(), "title": title}})
            }
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
