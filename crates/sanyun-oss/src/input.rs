//! One call as data: an operation and what is given to it.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, SystemTime};

use http::{HeaderName, HeaderValue};
use sanyun_core::{Body, Error, Result, ServiceError, header_value};
use serde_json::Value;

use crate::crc::SentCrc;
use crate::name;
use crate::operation::{Operation, RequestBody, Target};
use crate::post_policy::Form;
use crate::select;
use crate::xml;

/// One call of OSS, put together by hand: for operations that have no method of their own. Names on the wire are used.
///
/// ```
/// use sanyun_oss::{Input, operation};
/// # fn example() -> sanyun_oss::Result<Input> {
/// let operation = operation::find("GetBucketAcl").ok_or_else(|| sanyun_oss::Error::input("no such operation"))?;
/// let input = Input::new(operation).bucket("photos").header("x-oss-request-payer", "requester")?;
/// # Ok(input) }
/// # assert!(example().is_ok());
/// ```
#[derive(Clone)]
pub struct Input {
    pub(crate) operation: &'static Operation,
    pub(crate) bucket: Option<String>,
    pub(crate) key: Option<String>,
    /// What stands at the placeholders of the operation's path.
    pub(crate) path: Vec<(&'static str, String)>,
    pub(crate) query: Vec<(Cow<'static, str>, String)>,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) body: Body,
    /// What the body becomes, by the operation's table.
    pub(crate) document: Option<Value>,
    /// Whether the `Content-Type` is guessed where the operation does so.
    pub(crate) guesses_type: bool,
    /// Until when the URL is good, if it is signed instead of the headers.
    pub(crate) expiry: Option<Expiry>,
    /// Whether the reply's body goes to the caller as it arrives.
    pub(crate) streams: bool,
    /// The refusals that are answers to this call.
    pub(crate) answers: fn(&ServiceError) -> bool,
    pub(crate) sent: SentCrc,
    /// The checksum of what the object holds already, if the body is appended to it.
    pub(crate) crc_before: Option<u64>,
    /// The form that is signed instead of a request.
    pub(crate) form: Option<Form>,
}

/// Until when a presigned URL is good.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Expiry {
    /// This long after it is signed.
    After(Duration),
    /// Until then.
    At(SystemTime),
}

impl Input {
    /// A call of an operation, without anything yet.
    pub fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            bucket: None,
            key: None,
            path: Vec::new(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::empty(),
            document: None,
            guesses_type: operation.guesses_type,
            expiry: None,
            streams: false,
            answers: |_| false,
            sent: SentCrc::default(),
            crc_before: None,
            form: None,
        }
    }

    /// The bucket.
    #[must_use]
    pub fn bucket(mut self, name: impl Into<String>) -> Self {
        self.bucket = Some(name.into());
        self
    }

    /// The object's key. It is sent as it is.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets a query parameter, replacing one of the same name. Name and value are given unencoded.
    #[must_use]
    pub fn query(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.set_query(name.into(), value.into());
        self
    }

    /// Sets a header, replacing one of the same name.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) if the name is none, or the value has a control character.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self> {
        let name = HeaderName::try_from(name).map_err(|_| Error::input(format!("`{name}` is not a header name")))?;
        self.set_header(name, value)?;
        Ok(self)
    }

    /// The body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    pub(crate) fn set_query(&mut self, name: Cow<'static, str>, value: String) {
        match self.query.iter_mut().find(|(known, _)| *known == name) {
            Some(known) => known.1 = value,
            None => self.query.push((name, value)),
        }
    }

    pub(crate) fn set_header(&mut self, name: HeaderName, value: &str) -> Result<()> {
        let value = header_value(&name, value)?;
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value));
        Ok(())
    }

    /// Whether the call sends this header.
    pub(crate) fn has_header(&self, name: &str) -> bool {
        self.headers.iter().any(|(known, _)| known.as_str() == name)
    }

    /// Whether the call sends this query parameter.
    pub(crate) fn has_query(&self, name: &str) -> bool {
        self.query.iter().any(|(known, _)| known == name)
    }

    /// Whether the reply's checksum is compared with what was sent.
    pub(crate) fn checks_sent(&self) -> bool {
        self.operation.checks_crc || self.crc_before.is_some()
    }

    /// Whether the reply tells what the user's own server answered.
    pub(crate) fn has_callback(&self) -> bool {
        self.has_header("x-oss-callback") || self.has_query("callback") || self.has_query("x-oss-callback")
    }

    /// Checks bucket and key (all that has to be there is there, and OSS allows it) and writes the body.
    pub(crate) fn checked(mut self) -> Result<Self> {
        let missing = |what: &str| Error::input(format!("`{what}` is missing"));
        // What is missing is told before what is wrong.
        let on_object = self.operation.target == Target::Object;
        if !matches!(self.operation.target, Target::Service | Target::Path) {
            let bucket = self.bucket.as_deref().ok_or_else(|| missing("bucket"))?;
            let key = self.key.as_deref().filter(|_| on_object);
            if on_object && key.is_none() {
                return Err(missing("key"));
            }
            name::check_bucket(bucket)?;
            key.map_or(Ok(()), name::check_key)?;
        }
        if let (Some(document), RequestBody::Xml { root, model, .. }) = (&self.document, self.operation.body) {
            self.body = xml::to_xml(document, select::meta_root(&self, root), model)?.into();
        }
        Ok(self)
    }
}

/// Shows what is called on what, never headers, query or body: they may hold secrets.
impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Input({} oss://{}", self.operation.name, self.bucket.as_deref().unwrap_or_default())?;
        if let Some(key) = &self.key {
            write!(f, "/{key}")?;
        }
        f.write_str(")")
    }
}
