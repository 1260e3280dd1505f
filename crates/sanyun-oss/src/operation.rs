//! Operations as data: what one call of the service consists of. Everything that sends, reads or checks a call works
//! from these tables, so that a further operation is a further entry.

#[macro_use]
mod define;

pub(crate) mod access_point;
pub(crate) mod agentic;
pub(crate) mod bucket;
pub(crate) mod cname;
pub(crate) mod cors;
pub(crate) mod data_process;
pub(crate) mod encryption;
pub(crate) mod inventory;
pub(crate) mod lifecycle;
pub(crate) mod logging;
pub(crate) mod meta_query;
pub(crate) mod model;
pub(crate) mod multipart;
pub(crate) mod object;
pub(crate) mod pages;
pub(crate) mod policy;
pub(crate) mod public_access_block;
pub(crate) mod referer;
pub(crate) mod replication;
pub(crate) mod retention;
pub(crate) mod select;
pub(crate) mod service;
pub(crate) mod settings;
pub(crate) mod shared;
pub(crate) mod style;
pub(crate) mod tables;
pub(crate) mod tags;
pub(crate) mod typed;
pub(crate) mod vectors;
pub(crate) mod website;
pub(crate) mod worm;

use http::Method;

pub use model::{Kind, Member, Model};
pub use pages::OperationPages;
pub use typed::{FromFields, Request, Structure};

/// One operation of OSS.
#[derive(Debug)]
pub struct Operation {
    /// Its name, such as `PutObject`.
    pub name: &'static str,
    /// The method.
    pub method: Verb,
    /// What it acts on.
    pub target: Target,
    /// The path with `{placeholders}`, where it is not made of bucket and key; empty otherwise.
    pub path: &'static str,
    /// Query parameters that are always sent; one of the caller with the same name replaces it.
    pub query: &'static [(&'static str, &'static str)],
    /// The `Content-Type` that is always sent.
    pub content_type: Option<&'static str>,
    /// Whether `Content-MD5` is sent.
    pub md5: bool,
    /// Whether `Content-Type` is guessed from the key's ending.
    pub guesses_type: bool,
    /// Whether the CRC-64 of what was sent is compared with the reply's.
    pub checks_crc: bool,
    /// Whether sending it twice does no more than sending it once.
    pub idempotent: bool,
    /// Query parameters that signature V1 covers beyond those it always covers.
    pub sub_resources: &'static [&'static str],
    /// What can be given beside bucket, key and body, in groups that operations share.
    pub params: &'static [&'static [Param]],
    /// What the body is made of.
    pub body: RequestBody,
    /// The headers that its reply has, with their names in lower case.
    pub reply_headers: &'static [Member],
    /// The body that its reply has.
    pub reply_body: ReplyBody,
}

/// The method of an operation.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verb {
    /// `GET`
    Get,
    /// `HEAD`
    Head,
    /// `PUT`
    Put,
    /// `POST`
    Post,
    /// `DELETE`
    Delete,
    /// `OPTIONS`
    Options,
}

impl From<Verb> for Method {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Get => Self::GET,
            Verb::Head => Self::HEAD,
            Verb::Put => Self::PUT,
            Verb::Post => Self::POST,
            Verb::Delete => Self::DELETE,
            Verb::Options => Self::OPTIONS,
        }
    }
}

/// What an operation acts on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Target {
    /// The whole service: no bucket.
    Service,
    /// A bucket.
    Bucket,
    /// An object in a bucket.
    Object,
    /// What the operation's path says.
    Path,
}

/// One parameter of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// The name in calls by name, such as `storage_class`.
    pub name: &'static str,
    /// The name on the wire, such as `x-oss-storage-class`.
    pub wire: &'static str,
    /// Where it is sent.
    pub place: Place,
    /// Whether a call without it is refused.
    pub required: bool,
}

impl Param {
    pub(crate) const fn new(name: &'static str, wire: &'static str, place: Place) -> Self {
        Self { name, wire, place, required: false }
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// In the query.
    Query,
    /// As a header.
    Header,
    /// As a header for each entry of a map; the wire name is their common beginning.
    HeaderMap,
    /// In the path, at the placeholder of this name.
    Path,
    /// As a part of `x-oss-copy-source`.
    CopySource,
    /// Not sent: `true` keeps the `Content-Type` from being guessed.
    NoTypeGuess,
}

/// What the body of a request is made of.
#[derive(Clone, Copy, Debug)]
pub enum RequestBody {
    /// Nothing.
    None,
    /// The bytes given with the call.
    Raw,
    /// XML of a parameter.
    Xml {
        /// The parameter's name.
        param: &'static str,
        /// The outermost element.
        root: &'static str,
        /// Its structure.
        model: &'static Model,
        /// Whether a call without it is refused.
        required: bool,
    },
    /// A JSON object of the parameters that are its members.
    Json(&'static Model),
    /// The text `name=value` of a parameter, as it is.
    Text {
        /// The parameter's name.
        param: &'static str,
        /// The name in front of the equals sign.
        wire: &'static str,
    },
}

/// What the body of a reply holds.
#[derive(Clone, Copy, Debug)]
pub enum ReplyBody {
    /// Nothing, or nothing of interest.
    None,
    /// The object's bytes.
    Raw,
    /// The frames of a query's answer: rows and what stands at their end.
    Frames,
    /// Text that becomes one field, if it is not empty.
    Text(&'static str),
    /// XML whose elements become fields. A name of the model that is not empty must be the outermost element's.
    Xml(&'static Model),
    /// The same, unless the call asked for a callback: then it is the text that the user's own server answered, which
    /// becomes the field `callback_result`.
    XmlOrCallback(&'static Model),
    /// A JSON object whose members become fields.
    Json(&'static Model),
}

impl Operation {
    pub(crate) const fn new(name: &'static str, method: Verb, target: Target) -> Self {
        let idempotent = !matches!(method, Verb::Post);
        Self {
            name,
            method,
            target,
            path: "",
            query: &[],
            content_type: None,
            md5: false,
            guesses_type: false,
            checks_crc: false,
            idempotent,
            sub_resources: &[],
            params: &[],
            body: RequestBody::None,
            reply_headers: &[],
            reply_body: ReplyBody::None,
        }
    }

    /// All parameters, in the order of the vendor's reference.
    pub fn params(&self) -> impl Iterator<Item = &'static Param> {
        self.params.iter().copied().flatten()
    }

    /// Whether its reply may be a failure although the object was stored: the callback that the call asked for failed.
    pub fn takes_callback(&self) -> bool {
        self.params().any(|param| param.wire == "x-oss-callback")
    }
}

/// The products that speak OSS's protocol, each with operations of its own.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Product {
    /// Objects in buckets.
    #[default]
    Oss,
    /// Vector buckets.
    Vectors,
    /// Table buckets.
    Tables,
    /// Data processing: pipelines, datasets and their queries.
    DataProcess,
    /// Agentic buckets and bucket spaces.
    Agentic,
}

/// The tables of a product.
type Tables = &'static [&'static Operation];

static VECTORS: &[Tables] = &[vectors::ALL];

static TABLES: &[Tables] = &[tables::ALL];

static AGENTIC: &[Tables] = &[agentic::ALL];

static OSS: &[Tables] = &[
    service::ALL,
    bucket::ALL,
    object::ALL,
    multipart::ALL,
    retention::ALL,
    select::ALL,
    access_point::ALL,
    cname::ALL,
    cors::ALL,
    encryption::ALL,
    inventory::ALL,
    lifecycle::ALL,
    logging::ALL,
    meta_query::ALL,
    policy::ALL,
    public_access_block::ALL,
    referer::ALL,
    replication::ALL,
    settings::ALL,
    style::ALL,
    tags::ALL,
    website::ALL,
    worm::ALL,
];

impl Product {
    /// All operations of the product that are known.
    pub fn operations(self) -> impl Iterator<Item = &'static Operation> {
        let tables = match self {
            Self::Oss => OSS,
            Self::Vectors => VECTORS,
            Self::Tables => TABLES,
            Self::DataProcess => data_process::TABLES,
            Self::Agentic => AGENTIC,
        };
        tables.iter().flat_map(|table| table.iter()).copied()
    }

    /// An operation by its name, such as `GetBucketAcl`. The case of letters matters.
    pub fn operation(self, name: &str) -> Option<&'static Operation> {
        self.operations().find(|operation| operation.name == name)
    }
}

/// An operation on objects and buckets by its name, such as `GetBucketAcl`. The case of letters matters.
pub fn find(name: &str) -> Option<&'static Operation> {
    Product::Oss.operation(name)
}

/// All operations on objects and buckets that are known.
pub fn all() -> impl Iterator<Item = &'static Operation> {
    Product::Oss.operations()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRODUCTS: [Product; 5] =
        [Product::Oss, Product::Vectors, Product::Tables, Product::DataProcess, Product::Agentic];

    fn everything() -> impl Iterator<Item = &'static Operation> {
        PRODUCTS.into_iter().flat_map(Product::operations)
    }

    #[test]
    fn names_are_unique() {
        for product in PRODUCTS {
            let mut names: Vec<_> = product.operations().map(|operation| operation.name).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count);
        }
        for operation in everything() {
            let mut params: Vec<_> = operation.params().map(|param| param.name).collect();
            let count = params.len();
            params.sort_unstable();
            params.dedup();
            assert_eq!(params.len(), count, "{}", operation.name);
        }
    }

    #[test]
    fn headers_are_lower_case() {
        for operation in everything() {
            for member in operation.reply_headers {
                assert_eq!(member.wire, member.wire.to_ascii_lowercase(), "{}", operation.name);
            }
        }
    }
}
