//! One operation of a service version.

use crate::Cloud;
use crate::paging::Paging;
use crate::service::Service;
use crate::types::{Flags, Type};

/// Everything the catalog knows about one operation.
#[derive(Clone, Debug)]
pub struct Operation<'a> {
    /// The service version it belongs to.
    pub service: Service<'a>,
    /// Its name, as the vendor writes it.
    pub name: &'a str,
    /// The HTTP method in capitals.
    pub method: &'a str,
    /// The path with `{placeholders}`; it may carry a query string (Alibaba Cloud).
    pub path: &'a str,
    /// RPC or ROA; `None` where the cloud has one way of calling only.
    pub style: Option<CallStyle>,
    /// What the body may be: content types (Huawei Cloud), or one word such as
    /// `formData`, `json`, `xml`, `none`, `binary`, `byte`, `multiFormData`, `protobuf` (Alibaba Cloud).
    pub consumes: Vec<&'a str>,
    /// What the answer is: `json`, `none`, `xml`, `array`, `string`, `binary`, `byte`, `any` (Alibaba Cloud).
    pub produces: Option<&'a str>,
    /// The parameters, in the order of the source.
    pub params: Vec<Param<'a>>,
    /// The type of the body; `None` for operations without a body or with a body made of parameters.
    pub body: Option<Type<'a>>,
    /// The type of the answer; `None` for an empty answer or a stream.
    pub response: Option<Type<'a>>,
    /// Response headers that carry facts, with the type of their value.
    pub response_headers: Vec<(&'a str, Type<'a>)>,
    /// Yes-or-no facts.
    pub flags: OperationFlags,
    /// Facts that few operations have.
    pub rare: Rare,
    /// The rule of its pages, as it is written.
    pub(crate) paging: Option<&'a str>,
}

impl<'a> Operation<'a> {
    /// How its pages are asked for; `None` if it has none, or none that are known.
    pub fn paging(&self) -> Option<Paging<'a>> {
        self.paging.and_then(Paging::parse)
    }

    /// The parameter of that exact wire name. Where a path and a body parameter share a name, the first.
    pub fn param(&self, name: &str) -> Option<&Param<'a>> {
        self.params.iter().find(|param| param.name == name)
    }

    /// The parameters of one place.
    pub fn params_in(&self, place: Place) -> impl Iterator<Item = &Param<'a>> {
        self.params.iter().filter(move |param| param.place == place)
    }

    /// The names in braces in the path, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        placeholders(self.path)
    }

    /// Placeholders that no parameter fills: see [`Operation::credential_path`] and [`Operation::is_callable`].
    pub fn unfilled_placeholders(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.placeholders().filter(|name| !self.params_in(Place::Path).any(|param| param.name == *name))
    }

    /// Placeholders that the credential fills unless the caller does: `project_id` and `domain_id` of Huawei Cloud.
    pub fn credential_path(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.unfilled_placeholders().filter(|_| self.service.cloud() == Cloud::Huawei)
    }

    /// Whether everything in the path can be filled. A few operations of Alibaba Cloud have a placeholder that their
    /// sources give no value for.
    pub fn is_callable(&self) -> bool {
        self.unfilled_placeholders().count() == self.credential_path().count()
    }

    /// Whether it is sent without a signature, as Tencent Cloud and Alibaba Cloud say it in their own ways.
    pub fn is_unsigned(&self) -> bool {
        self.flags.unsigned || self.rare.auth.as_deref() == Some("Anonymous")
    }
}

fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

/// How an operation of Alibaba Cloud is addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CallStyle {
    /// By its name; the path is `/`.
    Rpc,
    /// By method and path.
    Roa,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Param<'a> {
    /// The wire name. A header name that ends in `*` stands for a family of headers: the value is a map
    /// whose keys replace the star.
    pub name: &'a str,
    /// Where it is sent.
    pub place: Place,
    /// The type of its value.
    pub ty: Type<'a>,
    /// Required, sensitive and the like.
    pub flags: Flags,
    /// How a compound value is written; `None` for the cloud's usual way.
    pub style: Option<ParamStyle>,
}

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the path, in place of `{name}`.
    Path,
    /// In the query string.
    Query,
    /// As a header.
    Header,
    /// As one entry of the body.
    Body,
    /// In front of the host name.
    Host,
}

impl Place {
    const ALL: [Place; 5] = [Place::Path, Place::Query, Place::Header, Place::Body, Place::Host];

    /// The place of that word, as [`as_str`](Self::as_str) writes it.
    pub fn named(word: &str) -> Option<Place> {
        Place::ALL.into_iter().find(|place| place.as_str() == word)
    }

    /// The word of the interchange form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Place::Path => "path",
            Place::Query => "query",
            Place::Header => "header",
            Place::Body => "body",
            Place::Host => "host",
        }
    }
}

/// How a compound value of a parameter is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ParamStyle {
    /// The key is repeated for each item.
    Multi,
    /// Declared as joined by commas; the vendor's SDK repeats the key (Huawei Cloud).
    Csv,
    /// Serialised as JSON.
    Json,
    /// Items joined by commas.
    Simple,
    /// Flattened to numbered keys in the body.
    Flat,
    /// A path argument that is not percent-encoded.
    Raw,
}

impl ParamStyle {
    const ALL: [ParamStyle; 6] =
        [ParamStyle::Multi, ParamStyle::Csv, ParamStyle::Json, ParamStyle::Simple, ParamStyle::Flat, ParamStyle::Raw];

    /// The style of that word, as [`as_str`](Self::as_str) writes it.
    pub fn named(word: &str) -> Option<ParamStyle> {
        ParamStyle::ALL.into_iter().find(|style| style.as_str() == word)
    }

    /// The word of the interchange form.
    pub const fn as_str(self) -> &'static str {
        match self {
            ParamStyle::Multi => "multi",
            ParamStyle::Csv => "csv",
            ParamStyle::Json => "json",
            ParamStyle::Simple => "simple",
            ParamStyle::Flat => "flat",
            ParamStyle::Raw => "raw",
        }
    }
}

/// Yes-or-no facts about an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OperationFlags {
    /// The vendor advises against it.
    pub deprecated: bool,
    /// The vendor has switched it off.
    pub offline: bool,
    /// Sent without a signature.
    pub unsigned: bool,
    /// The answer may be a stream of server-sent events.
    pub sse: bool,
    /// The answer is a stream of bytes.
    pub stream_response: bool,
    /// The body is raw bytes and the parameters travel in headers.
    pub octet_stream: bool,
    /// The answer is the value itself, not an object around it.
    pub response_root: bool,
    /// Goes through a gateway of the product with rules of its own.
    pub gateway: bool,
    /// The body must be given.
    pub body_required: bool,
}

/// Facts that few operations have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rare {
    /// Authentication kind other than the usual (`Anonymous`).
    pub auth: Option<String>,
    /// Authentication settings named by the source.
    pub auth_settings: Vec<String>,
    /// Scheme other than HTTPS (`HTTP`).
    pub scheme: Option<String>,
    /// A host of its own.
    pub endpoint: Option<String>,
    /// How a compound body is written.
    pub body_style: Option<String>,
    /// Parameters (URLs) that can be uploads through the vendor's store.
    pub upload: Vec<String>,
    /// Parameters sent as parts of a multipart body.
    pub multipart: Vec<String>,
    /// The parameter or body that is sent as a raw stream.
    pub stream_request: Option<String>,
}
