//! The envelope `{"Response": {…}}`, read without building the answer inside it: every reply is judged, and most are
//! large successes.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// The outermost object of a reply.
#[derive(Default)]
pub(super) struct Envelope {
    response: Loose<Answer>,
    code: Loose<Scalar>,
    code_desc: Loose<Scalar>,
    message: Loose<Scalar>,
}

/// What `Response` says about the request.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) error: Option<ErrorObject>,
    pub(super) request_id: Option<String>,
    #[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "it is only ever logged"))]
    pub(super) deprecated_warning: Option<String>,
    /// `Error` is there and is neither an object nor null.
    is_malformed: bool,
}

/// `Response.Error`.
#[derive(Default)]
pub(super) struct ErrorObject {
    pub(super) code: Option<String>,
    pub(super) message: Option<String>,
}

/// An error in the form of API 2.0.
pub(super) struct Legacy<'a> {
    pub(super) code: Cow<'a, str>,
    pub(super) message: &'a str,
}

impl Envelope {
    /// Reads a body; `None` if it is not a JSON object.
    pub(super) fn scan(body: &[u8]) -> Option<Self> {
        match serde_json::from_slice(super::without_mark(body)) {
            Ok(Loose::Object(envelope)) => Some(envelope),
            _ => None,
        }
    }

    /// The content of `Response`, if it is an object and well-formed.
    pub(super) fn answer(&self) -> Option<&Answer> {
        match &self.response {
            Loose::Object(answer) if !answer.is_malformed => Some(answer),
            _ => None,
        }
    }

    /// The error of an API 2.0 reply: an integer `code` other than 0, with `codeDesc` and `message` as texts.
    pub(super) fn legacy(&self) -> Option<Legacy<'_>> {
        let Loose::Scalar(Scalar::Integer(code)) = &self.code else { return None };
        let code = (*code != 0).then(|| match self.code_desc.text() {
            Some(text) if !text.is_empty() => Cow::Borrowed(text),
            _ => Cow::Owned(code.to_string()),
        })?;
        Some(Legacy { code, message: self.message.text().unwrap_or_default() })
    }
}

/// A plain value.
#[derive(Clone)]
pub(super) enum Scalar {
    Text(String),
    Integer(i128),
    Other,
}

/// A JSON value of which an object is read and anything else is kept roughly.
#[derive(Default)]
enum Loose<T> {
    #[default]
    Missing,
    Null,
    Object(T),
    Scalar(Scalar),
    List,
}

impl<T> Loose<T> {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Scalar(Scalar::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A text, or an integer as text: some services send codes as numbers.
    fn into_text(self) -> Option<String> {
        match self {
            Self::Scalar(Scalar::Text(text)) => Some(text),
            Self::Scalar(Scalar::Integer(number)) => Some(number.to_string()),
            _ => None,
        }
    }
}

/// An object that takes the members it knows out of a map.
trait Members: Default {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error>;
}

impl Members for Envelope {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "Response" => self.response = map.next_value()?,
            "code" => self.code = map.next_value()?,
            "codeDesc" => self.code_desc = map.next_value()?,
            "message" => self.message = map.next_value()?,
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

impl Members for Answer {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "Error" => {
                let error = map.next_value::<Loose<ErrorObject>>()?;
                self.is_malformed = matches!(error, Loose::Scalar(_) | Loose::List);
                self.error = match error {
                    Loose::Object(error) => Some(error),
                    _ => None,
                };
            }
            "RequestId" => self.request_id = map.next_value::<Loose<Scalar>>()?.into_text(),
            "DeprecatedWarning" => self.deprecated_warning = map.next_value::<Loose<Scalar>>()?.into_text(),
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

impl Members for ErrorObject {
    fn member<'de, A: MapAccess<'de>>(&mut self, name: &str, map: &mut A) -> Result<(), A::Error> {
        match name {
            "Code" => self.code = map.next_value::<Loose<Scalar>>()?.into_text(),
            "Message" => self.message = map.next_value::<Loose<Scalar>>()?.into_text(),
            _ => drop(map.next_value::<IgnoredAny>()?),
        }
        Ok(())
    }
}

/// A scalar is no object: all its members are skipped.
impl Default for Scalar {
    fn default() -> Self {
        Self::Other
    }
}

impl Members for Scalar {
    fn member<'de, A: MapAccess<'de>>(&mut self, _: &str, map: &mut A) -> Result<(), A::Error> {
        map.next_value::<IgnoredAny>().map(drop)
    }
}

impl<'de, T: Members> Deserialize<'de> for Loose<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LooseVisitor(PhantomData))
    }
}

struct LooseVisitor<T>(PhantomData<T>);

impl<'de, T: Members> Visitor<'de> for LooseVisitor<T> {
    type Value = Loose<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Loose<T>, E> {
        Ok(Loose::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Loose<T>, E> {
        Ok(Loose::Scalar(Scalar::Other))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Loose<T>, E> {
        Ok(Loose::Scalar(Scalar::Integer(number.into())))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Loose<T>, E> {
        Ok(Loose::Scalar(Scalar::Integer(number.into())))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Loose<T>, E> {
        Ok(Loose::Scalar(Scalar::Other))
    }

    fn visit_str<E>(self, text: &str) -> Result<Loose<T>, E> {
        Ok(Loose::Scalar(Scalar::Text(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Loose<T>, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Loose::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Loose<T>, A::Error> {
        let mut object = T::default();
        while let Some(name) = map.next_key::<Name<'de>>()? {
            object.member(&name.0, &mut map)?;
        }
        Ok(Loose::Object(object))
    }
}

/// A member's name, borrowed where it has no escapes.
struct Name<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Name<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl<'de> Visitor<'de> for NameVisitor {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(NameVisitor)
    }
}
