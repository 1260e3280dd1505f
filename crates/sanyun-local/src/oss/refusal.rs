//! What OSS answers when it refuses: an XML document, which a reply to HEAD carries in the header `x-oss-err`.

use std::io;

use http::StatusCode;
use sanyun_core::encode;

use super::store::StoreError;
use super::xml::Xml;
use crate::answer::Answer;
use crate::arrival::BodyError;

/// An error of OSS.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    message: String,
    /// The number by which the vendor's error pages are found (`EC`), where it is known.
    cause: &'static str,
    details: Vec<(&'static str, String)>,
    headers: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), cause: "", details: Vec::new(), headers: Vec::new() }
    }

    /// Sets the vendor's error number.
    pub(crate) fn cause(mut self, number: &'static str) -> Self {
        self.cause = number;
        self
    }

    /// Adds an element.
    pub(crate) fn detail(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.details.push((name, value.into()));
        self
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn no_such_bucket(bucket: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchBucket", "The specified bucket does not exist.")
            .cause("0015-00000101")
            .detail("BucketName", bucket)
    }

    pub(crate) fn no_such_key(key: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchKey", "The specified key does not exist.")
            .cause("0026-00000001")
            .detail("Key", key)
    }

    pub(crate) fn no_such_version(key: &str, version: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NoSuchVersion", "The specified version does not exist.")
            .detail("Key", key)
            .detail("VersionId", version)
    }

    pub(crate) fn no_such_upload(id: &str) -> Self {
        let message = "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.";
        Self::new(StatusCode::NOT_FOUND, "NoSuchUpload", message).cause("0042-00000002").detail("UploadId", id)
    }

    pub(crate) fn object_exists() -> Self {
        let message = "The object you specified already exists and can not be overwritten.";
        Self::new(StatusCode::CONFLICT, "FileAlreadyExists", message)
    }

    pub(crate) fn access_denied(message: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "AccessDenied", message)
    }

    pub(crate) fn invalid_argument(message: impl Into<String>, name: &str, value: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InvalidArgument", message)
            .detail("ArgumentName", name)
            .detail("ArgumentValue", value)
    }

    /// Somebody calls too often.
    pub(crate) fn throttled() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "QpsLimitExceeded",
            "The number of requests a second exceeds the limit.",
        )
    }

    pub(crate) fn malformed_xml() -> Self {
        let message = "The XML you provided was not well-formed or did not validate against our published schema.";
        Self::new(StatusCode::BAD_REQUEST, "MalformedXML", message)
    }

    pub(crate) fn not_implemented() -> Self {
        let message = "A header or query you provided implies functionality that is not implemented.";
        Self::new(StatusCode::NOT_IMPLEMENTED, "NotImplemented", message)
    }

    pub(crate) fn method_not_allowed(method: &str) -> Self {
        let message = "The specified method is not allowed against this resource.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message).detail("Method", method)
    }

    /// The reply. `host` is the request's, `head` whether it was HEAD.
    pub(crate) fn answer(&self, request_id: &str, host: &str, head: bool) -> Answer {
        let bodyless = head || self.status == StatusCode::NOT_MODIFIED;
        let document = self.document(request_id, host);
        let mut answer = Answer::new(self.status);
        if bodyless {
            answer = answer.header("x-oss-err", &encode::base64(document.as_bytes()));
        } else {
            answer = answer.header("content-type", "application/xml").bytes(document);
        }
        if !self.cause.is_empty() {
            answer = answer.header("x-oss-ec", self.cause);
        }
        self.headers.iter().fold(answer, |answer, (name, value)| answer.header(name, value))
    }

    fn document(&self, request_id: &str, host: &str) -> String {
        let mut xml = Xml::new("Error");
        xml.leaf("Code", self.code).leaf("Message", &self.message).leaf("RequestId", request_id).leaf("HostId", host);
        for (name, value) in &self.details {
            xml.leaf(name, value);
        }
        if !self.cause.is_empty() {
            xml.leaf("EC", self.cause);
        }
        xml.finish()
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let conflict = |code, message: &str| Self::new(StatusCode::CONFLICT, code, message);
        match error {
            StoreError::Io(error) => error.into(),
            StoreError::ObjectExists => Self::object_exists(),
            StoreError::ObjectChanged => {
                conflict("OperationAborted", "Somebody else changed the object at the same time. Please try again.")
            }
            StoreError::NoSuchUpload => Self::no_such_upload(""),
            StoreError::NoSuchBucket | StoreError::BucketExists(_) => Self::no_such_bucket(""),
            StoreError::BucketNotEmpty => conflict("BucketNotEmpty", "The bucket you tried to delete is not empty."),
        }
    }
}

/// The disk failed, or the server did.
impl From<io::Error> for Refusal {
    fn from(error: io::Error) -> Self {
        let message = format!("We encountered an internal error. Please try again. ({error})");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalError", message)
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Broken => {
                let message =
                    "Your socket connection to the server was not read from or written to within the timeout period.";
                Self::new(StatusCode::BAD_REQUEST, "RequestTimeout", message)
            }
            BodyError::TooLarge => {
                let message = "Your proposed upload exceeds the maximum allowed size.";
                Self::new(StatusCode::BAD_REQUEST, "EntityTooLarge", message)
            }
        }
    }
}
