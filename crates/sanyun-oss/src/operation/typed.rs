//! Operations and structures as Rust types: what the notation of the tables makes.

use sanyun_core::codec::{self, Field};
use sanyun_core::{Error, Output, Result};
use serde_json::Value;

use super::{Model, Operation};
use crate::action::{Action, Asked, FromReply};
use crate::client::Client;
use crate::invoke;

/// A request as a value, for [`Client::call`]. Implemented by the types of [`ops`](crate::ops) and its like.
pub trait Request: codec::Record + Send {
    /// What it answers.
    type Output: FromReply;
    /// Its table.
    const OPERATION: &'static Operation;
}

/// A structure inside a body.
pub trait Structure: codec::Record {
    /// Its table.
    const MODEL: &'static Model;
}

impl Client {
    /// Makes a typed call.
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_oss::Client) -> sanyun_oss::Result<()> {
    /// use sanyun_oss::ops::{LifecycleConfiguration, LifecycleRule, LifecycleRuleExpiration, PutBucketLifecycle};
    ///
    /// let rule = LifecycleRule::new().prefix("tmp/").status("Enabled").expiration(LifecycleRuleExpiration::new().days(7));
    /// let rules = LifecycleConfiguration::new().rules([rule]);
    /// client.call(PutBucketLifecycle::new("photos").lifecycle_configuration(rules)).await?;
    /// # Ok(()) }
    /// ```
    pub fn call<R: Request>(&self, mut request: R) -> Action<R::Output> {
        let input = params(&mut request).and_then(|params| invoke::input(R::OPERATION, &params));
        Action::new(self.clone(), input)
    }
}

/// The parameters of a request as a call by name has them.
pub(super) fn params(request: &mut dyn Field) -> Result<Value> {
    serde_json::from_str(&codec::to_json(request)).map_err(|error| Error::input(format!("the parameters: {error}")))
}

/// A reply that is read from the fields of its operation's table.
pub trait FromFields: FromReply {
    /// Reads the fields.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) for a value that its member cannot have.
    fn from_fields(fields: Value) -> Result<Self>;
}

impl FromFields for Value {
    fn from_fields(fields: Value) -> Result<Self> {
        Ok(fields)
    }
}

/// Reads a reply by its operation's table.
pub(crate) fn read<T: FromFields>(output: Output, asked: &Asked) -> Result<T> {
    T::from_fields(Value::from_reply(output, asked)?)
}

/// Reads a structure.
pub(crate) fn structure<T: Field + Default>(fields: &Value) -> Result<T> {
    let mut value = T::default();
    codec::from_json(&mut value, &fields.to_string())?;
    Ok(value)
}

/// A name without the mark of raw identifiers.
pub(crate) const fn plain(name: &'static str) -> &'static str {
    match name.as_bytes() {
        [b'r', b'#', rest @ ..] => match std::str::from_utf8(rest) {
            Ok(name) => name,
            Err(_) => name,
        },
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::{CertificateConfiguration, GetBucketLifecycleResult, LifecycleConfiguration, PutBucketLifecycle};
    use crate::xml;

    fn lifecycle(text: &str) -> LifecycleConfiguration {
        let fields = xml::to_value(text, LifecycleConfiguration::MODEL).unwrap();
        structure(&Value::Object(fields)).unwrap()
    }

    #[test]
    fn what_is_not_known_goes_back_as_it_came() {
        let text = "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status>\
                    <New kind=\"x\"><Deep>&amp;</Deep></New></Rule><Other/></LifecycleConfiguration>";
        let mut rules = lifecycle(text);
        assert_eq!(rules.unknown_xml, ["<Other/>"]);
        rules.rules[0].id = Some("b".to_owned());
        let mut request = PutBucketLifecycle::new("photos").lifecycle_configuration(rules);
        let input = invoke::input(PutBucketLifecycle::OPERATION, &params(&mut request).unwrap()).unwrap();
        let body = input.checked().unwrap().body.as_bytes().unwrap().to_vec();
        assert_eq!(String::from_utf8(body).unwrap(), text.replace("<ID>a", "<ID>b"));
    }

    #[test]
    fn unknown_elements_cannot_end_the_one_around_them() {
        for text in ["</Rule><Rule>", "<a>", "text", "<a/><b/>", ""] {
            let mut rules = LifecycleConfiguration::new();
            rules.unknown_xml.push(text.to_owned());
            let mut request = PutBucketLifecycle::new("photos").lifecycle_configuration(rules);
            let input = invoke::input(PutBucketLifecycle::OPERATION, &params(&mut request).unwrap()).unwrap();
            assert!(input.checked().is_err(), "{text}");
        }
    }

    #[test]
    fn a_reply_becomes_a_structure() {
        let fields =
            serde_json::json!({"lifecycle_configuration": {"rules": [{"id": "a", "expiration": {"days": 7}}]}});
        let result = GetBucketLifecycleResult::from_fields(fields).unwrap();
        let rules = result.lifecycle_configuration.unwrap().rules;
        assert_eq!(rules[0].expiration.as_ref().unwrap().days, Some(7));
    }

    #[test]
    fn keys_are_not_shown() {
        let certificate = CertificateConfiguration::new().cert_id("493****").private_key("-----BEGIN");
        let shown = format!("{certificate:?}");
        assert!(shown.contains("493") && !shown.contains("BEGIN"), "{shown}");
    }
}
