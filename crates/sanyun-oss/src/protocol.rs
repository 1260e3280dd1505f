//! OSS as the pipeline sees it.

use std::sync::Arc;

use http::{HeaderName, HeaderValue};
use sanyun_core::{
    Attempt, CallInfo, CallOptions, Endpoint, Protocol, Reply, Request, Result, ServiceError, Signature, Verdict,
};

use crate::crc::{CrcMismatch, combine};
use crate::endpoint::Addresses;
use crate::error;
use crate::input::Input;
use crate::product::Account;
use crate::shape;
use crate::sign::{self, SignatureVersion};

/// Headers of OSS that hold nothing secret.
const SHOWN_HEADERS: &[&str] = &[
    "x-oss-acl",
    "x-oss-content-sha256",
    "x-oss-date",
    "x-oss-delete-marker",
    "x-oss-ec",
    "x-oss-forbid-overwrite",
    "x-oss-hash-crc64ecma",
    "x-oss-next-append-position",
    "x-oss-object-acl",
    "x-oss-object-type",
    "x-oss-range-behavior",
    "x-oss-request-id",
    "x-oss-request-payer",
    "x-oss-server-side-encryption",
    "x-oss-server-time",
    "x-oss-storage-class",
    "x-oss-version-id",
];

const APPENDED_WRONG: &str = "the bytes are at the end of the object, and differ from those that were sent: \
                              store the object anew";

/// The settings of a client that its calls need.
#[derive(Debug)]
pub(crate) struct Oss {
    pub(crate) addresses: Addresses,
    pub(crate) account: Account,
    pub(crate) signature: SignatureVersion,
    pub(crate) additional_headers: Vec<HeaderName>,
    pub(crate) default_headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) checks_uploads: bool,
    pub(crate) checks_downloads: bool,
    pub(crate) keys: sign::v4::KeyCache,
}

impl Protocol for Oss {
    type Input = Input;

    fn info<'a>(&'a self, input: &'a Input) -> CallInfo<'a> {
        CallInfo {
            cloud: "oss",
            service: "oss",
            operation: input.operation.name,
            idempotent: input.operation.idempotent,
            signed: true,
            credential_kind: "",
            // What is compressed on the way has no checksum that could be compared.
            accepts_gzip: false,
            shown_headers: SHOWN_HEADERS,
        }
    }

    fn endpoints(&self, _: &Input, options: &CallOptions) -> Result<Arc<[Endpoint]>> {
        self.addresses.endpoints(options)
    }

    fn shape(&self, input: &Input, attempt: &Attempt<'_>) -> Result<Request> {
        shape::shape(self, input, attempt)
    }

    fn sign(&self, input: &Input, request: &mut Request, attempt: &Attempt<'_>) -> Result<Signature> {
        sign::sign(self, input, request, attempt)
    }

    fn judge(&self, input: &Input, reply: &Reply) -> Verdict {
        if !reply.status.is_success() || is_failed_callback(input, reply) {
            let error = error::read(reply);
            return if (input.answers)(&error) { Verdict::Success } else { error.into() };
        }
        match self.compare_sent(input, reply) {
            Ok(()) => Verdict::Success,
            // What was appended stays, and a second time is no remedy.
            Err(mismatch) if input.crc_before.is_some() => {
                Verdict::Broken(error::inconsistent(mismatch).with_retryable(false).with_hint(APPENDED_WRONG))
            }
            Err(mismatch) => Verdict::Broken(error::inconsistent(mismatch)),
        }
    }

    fn streams(&self, input: &Input, _: &Reply) -> bool {
        input.streams
    }

    fn request_id(&self, _: &Input, reply: &Reply) -> Option<String> {
        reply.header("x-oss-request-id").map(str::to_owned)
    }

    fn hint(&self, _: &Input, error: &ServiceError, signature: &Signature) -> Option<String> {
        error::hint(error, signature)
    }
}

impl Oss {
    /// Compares what was sent with what OSS says it got.
    fn compare_sent(&self, input: &Input, reply: &Reply) -> Result<(), CrcMismatch> {
        if !input.checks_sent() || !self.checks_uploads {
            return Ok(());
        }
        match (input.sent.get(&input.body), reply_crc(reply)) {
            (Some((crc, len)), Some(theirs)) => {
                let ours = input.crc_before.map_or(crc, |before| combine(before, crc, len));
                CrcMismatch::check(ours, theirs)
            }
            _ => Ok(()),
        }
    }
}

/// The CRC-64 that a reply tells of the whole object.
pub(crate) fn reply_crc(reply: &Reply) -> Option<u64> {
    reply.header("x-oss-hash-crc64ecma")?.trim().parse().ok()
}

/// Status 203 is how OSS says that the object is stored and the user's own server failed.
fn is_failed_callback(input: &Input, reply: &Reply) -> bool {
    reply.status.as_u16() == 203
        && input.operation.takes_callback()
        && (input.has_callback() || reply.text().contains("<Error>"))
}
