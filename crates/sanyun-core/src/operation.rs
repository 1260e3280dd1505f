//! Typed operations: what generated code says about them.

use crate::codec::{self, Field, Record};
use crate::error::{Error, Result};
use crate::pipeline::Output;
use crate::reply::StreamBody;

/// An operation as a value: its parameters, what it answers, and how it is called. Generated code implements it.
pub trait Operation: Record + Send + Sync + 'static {
    /// The cloud it belongs to; only that cloud's client takes it.
    type Cloud;
    /// What it answers.
    type Output: Decoded;
    /// How it is called.
    const API: Api;
}

/// How an operation is called: facts of the catalog, in the words of the catalog.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Api {
    /// The service it belongs to.
    pub service: &'static Service,
    /// Its name.
    pub name: &'static str,
    /// The HTTP method.
    pub method: &'static str,
    /// The path with `{placeholders}`.
    pub path: &'static str,
    /// RPC or ROA (Alibaba Cloud).
    pub style: Style,
    /// What the body may be: content types separated by bars (Huawei Cloud), or one word (Alibaba Cloud).
    pub consumes: &'static str,
    /// What the answer is, in one word (Alibaba Cloud).
    pub produces: &'static str,
    /// Whether the answer is the value itself, not an object around it (Huawei Cloud).
    pub response_root: bool,
    /// Response headers that are members of the answer.
    pub response_headers: &'static [&'static str],
    /// Whether it is sent without a signature.
    pub unsigned: bool,
    /// Whether parameters travel as headers beside a raw body (Tencent Cloud).
    pub octet_stream: bool,
    /// Whether it goes through a gateway of the product with rules of its own (Alibaba Cloud).
    pub gateway: bool,
    /// How a compound body is written; empty for the usual way.
    pub body_style: &'static str,
    /// The root element of an XML body (Huawei Cloud).
    pub xml_root: &'static str,
    /// A scheme other than HTTPS.
    pub scheme: &'static str,
    /// A host of its own.
    pub endpoint: &'static str,
}

/// How an operation is addressed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Style {
    /// By method and path.
    #[default]
    Roa,
    /// By its name.
    Rpc,
}

impl Api {
    /// An operation without rare facts; the others are set by struct update.
    pub const fn new(service: &'static Service, name: &'static str, method: &'static str, path: &'static str) -> Self {
        Self {
            service,
            name,
            method,
            path,
            style: Style::Roa,
            consumes: "",
            produces: "",
            response_root: false,
            response_headers: &[],
            unsigned: false,
            octet_stream: false,
            gateway: false,
            body_style: "",
            xml_root: "",
            scheme: "",
            endpoint: "",
        }
    }
}

/// A version of a service: facts of the catalog.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Service {
    /// Its name in the catalog: `vpc`, `cvm`, `ecs`.
    pub name: &'static str,
    /// The version as the wire writes it: `v3`, `2017-03-12`.
    pub version: &'static str,
    /// The product id (Alibaba Cloud) or the name used when signing (Tencent Cloud).
    pub product: &'static str,
    /// `regional`, `central` or nothing (Alibaba Cloud).
    pub endpoint_rule: &'static str,
    /// Kinds of credential, separated by commas (Huawei Cloud).
    pub credentials: &'static str,
    /// The name of the service for the derived signature (Huawei Cloud).
    pub derived_auth: &'static str,
    /// The product-specific gateway (Alibaba Cloud).
    pub gateway: &'static str,
    /// Other settings of the vendor's client, `key=value` separated by commas (Alibaba Cloud).
    pub settings: &'static str,
    /// One line a region: its id (or `default`), a blank, its endpoints separated by blanks.
    pub regions: &'static str,
}

/// A line of [`Service::regions`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Region {
    /// The region's id, or `default`.
    pub id: &'static str,
    endpoints: &'static str,
}

impl Region {
    /// Hosts or URLs, to be tried in order.
    pub fn endpoints(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.endpoints.split(' ')
    }
}

impl Service {
    /// A service of which only the name and version matter.
    pub const fn new(name: &'static str, version: &'static str) -> Self {
        Self {
            name,
            version,
            product: "",
            endpoint_rule: "",
            credentials: "",
            derived_auth: "",
            gateway: "",
            settings: "",
            regions: "",
        }
    }

    /// The table of regions.
    pub fn regions(&self) -> impl Iterator<Item = Region> + use<> {
        let lines = self.regions.lines().filter_map(|line| line.split_once(' '));
        lines.map(|(id, endpoints)| Region { id, endpoints })
    }
}

/// Where a reply's value stands.
#[derive(Clone, Copy, Debug)]
pub enum Json<'a> {
    /// The text is the value.
    Whole(&'a str),
    /// The value is a member of the object in the text.
    Member(&'a str, &'static str),
    /// The value is a member if the text is an object that has it, else the text.
    MemberOrWhole(&'a str, &'static str),
}

/// What an operation can answer: a value read from JSON, or the open body.
pub trait Decoded: Sized + Send + 'static {
    /// Whether the body is given to the caller as it arrives.
    const STREAMS: bool = false;

    /// Makes the value of a reply, which `read` reads.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode), naming the member that is wrong.
    fn decode(api: &Api, output: &mut Output, read: Read) -> Result<Self>;
}

/// How a cloud's crate reads a reply into a value: the part that is the same for all operations, compiled once.
pub type Read = fn(&Api, &Output, &mut dyn Field) -> Result<()>;

impl<T: Field + Default + Send + 'static> Decoded for T {
    #[inline]
    fn decode(api: &Api, output: &mut Output, read: Read) -> Result<Self> {
        let mut value = T::default();
        read(api, output, &mut value)?;
        Ok(value)
    }
}

/// Reads a value from the headers that the operation names and from the text in which the cloud's crate found it. For the
/// clouds' crates.
///
/// # Errors
/// [`ErrorKind::Decode`](crate::ErrorKind::Decode), naming the member that is wrong.
pub fn read_reply(api: &Api, output: &Output, json: Json<'_>, value: &mut dyn Field) -> Result<()> {
    // Headers first, so that a member of the body wins over the header of its name.
    for name in api.response_headers {
        if let Some(text) = output.reply.header(name) {
            let object = serde_json::Value::Object([((*name).to_owned(), text.into())].into_iter().collect());
            codec::from_json(value, &object.to_string())?;
        }
    }
    match json {
        Json::Whole(text) => codec::from_json(value, text),
        Json::Member(text, name) if codec::from_json_member(value, text, name)? => Ok(()),
        Json::Member(_, name) => Err(Error::decode(format!("the reply has no member `{name}`"))),
        Json::MemberOrWhole(text, name)
            if text.trim_start().starts_with('{') && codec::from_json_member(value, text, name)? =>
        {
            Ok(())
        }
        Json::MemberOrWhole(text, _) => codec::from_json(value, text),
    }
}

impl Decoded for StreamBody {
    const STREAMS: bool = true;

    fn decode(_: &Api, output: &mut Output, _: Read) -> Result<Self> {
        output.take_stream()
    }
}
