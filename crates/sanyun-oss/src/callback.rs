//! What OSS tells the user's own server when an object was stored (OSS API reference, "Callback").

use sanyun_core::{Error, Result, encode};
use serde_json::{Map, Value};

use crate::action::Action;
use crate::object::Stored;
use crate::ops::CompleteMultipartUploadResult;

/// Results of calls that may tell the user's own server.
pub trait CallsBack {}
impl CallsBack for Stored {}
impl CallsBack for CompleteMultipartUploadResult {}

impl<T: CallsBack> Action<T> {
    /// Lets OSS call the user's own server when the object is stored, and answer with what that says. Where it cannot be
    /// reached or does not answer with JSON, the call fails with `CallbackFailed` although the object is stored.
    pub fn callback(self, callback: &Callback) -> Self {
        match callback.headers() {
            Ok((callback, variables)) => {
                let action = self.set("x-oss-callback", &callback);
                if variables.is_empty() { action } else { action.set("x-oss-callback-var", &variables) }
            }
            Err(error) => self.fail(error),
        }
    }
}

/// A call to the user's own server, with what it is told.
///
/// ```no_run
/// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
/// use sanyun_oss::Callback;
/// let callback = Callback::new("https://app.example.com/stored")
///     .json_body(r#"{"key": ${object}, "size": ${size}, "user": ${x:user}}"#)
///     .variable("user", "li");
/// let stored = photos.put("a.jpg", "bytes").callback(&callback).await?;
/// println!("{}", String::from_utf8_lossy(stored.callback_result()));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, Default)]
pub struct Callback {
    urls: Vec<String>,
    host: Option<String>,
    body: String,
    body_type: Option<&'static str>,
    sni: Option<bool>,
    variables: Vec<(String, String)>,
}

/// The most addresses that a callback may name.
const MAX_URLS: usize = 5;

impl Callback {
    /// A callback to an address, which has to be reachable by OSS.
    pub fn new(url: impl Into<String>) -> Self {
        Self { urls: vec![url.into()], ..Self::default() }
    }

    /// A further address, which is called where those before cannot be reached; up to five in all.
    #[must_use]
    pub fn or_url(mut self, url: impl Into<String>) -> Self {
        self.urls.push(url.into());
        self
    }

    /// The `Host` of the call; that of the address if unset.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// What is sent, as a form: `bucket=${bucket}&object=${object}&user=${x:user}`. OSS puts in the values.
    #[must_use]
    pub fn form_body(mut self, template: impl Into<String>) -> Self {
        (self.body, self.body_type) = (template.into(), Some("application/x-www-form-urlencoded"));
        self
    }

    /// What is sent, as JSON: `{"object": ${object}, "user": ${x:user}}`. OSS puts in the values, with their quotes.
    #[must_use]
    pub fn json_body(mut self, template: impl Into<String>) -> Self {
        (self.body, self.body_type) = (template.into(), Some("application/json"));
        self
    }

    /// Whether OSS names the host when it opens TLS (SNI).
    #[must_use]
    pub fn sni(mut self, named: bool) -> Self {
        self.sni = Some(named);
        self
    }

    /// A value of one's own, which the body names as `${x:name}`. The name is in lower case, without `x:`.
    #[must_use]
    pub fn variable(mut self, name: impl AsRef<str>, value: impl Into<String>) -> Self {
        let name = name.as_ref();
        self.variables.push((["x:", name.strip_prefix("x:").unwrap_or(name)].concat(), value.into()));
        self
    }

    /// The values of the headers `x-oss-callback` and `x-oss-callback-var`, for calls that have no method for it; the
    /// second is empty without variables.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input): no body, no address or too many, or a variable whose name has
    /// capital letters.
    pub fn headers(&self) -> Result<(String, String)> {
        self.check()?;
        let mut members = Map::new();
        members.insert("callbackUrl".to_owned(), self.urls.join(";").into());
        if let Some(host) = &self.host {
            members.insert("callbackHost".to_owned(), host.as_str().into());
        }
        members.insert("callbackBody".to_owned(), self.body.as_str().into());
        members.extend(self.body_type.map(|kind| ("callbackBodyType".to_owned(), kind.into())));
        members.extend(self.sni.map(|named| ("callbackSNI".to_owned(), named.into())));
        let variables: Map<String, Value> =
            self.variables.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect();
        let variables = if variables.is_empty() { String::new() } else { in_base64(variables) };
        Ok((in_base64(members), variables))
    }

    /// What a form has instead of headers: `callback`, and a field for each variable.
    pub(crate) fn form_fields(&self) -> Result<Vec<(String, String)>> {
        let (callback, _) = self.headers()?;
        let variables = self.variables.iter().cloned();
        Ok(std::iter::once(("callback".to_owned(), callback)).chain(variables).collect())
    }

    fn check(&self) -> Result<()> {
        if self.body.is_empty() {
            return Err(Error::input("the callback has no body: OSS asks for one"));
        }
        if self.urls.len() > MAX_URLS || self.urls.iter().any(|url| url.is_empty() || url.contains(';')) {
            return Err(Error::input("a callback has one to five addresses, without semicolons"));
        }
        match self.variables.iter().find(|(name, _)| name.len() < 3 || name.bytes().any(|it| it.is_ascii_uppercase())) {
            Some((name, _)) => Err(Error::input(format!("variable `{name}` of the callback: names are in lower case"))),
            None => Ok(()),
        }
    }
}

fn in_base64(members: Map<String, Value>) -> String {
    encode::base64(Value::Object(members).to_string().as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> String {
        String::from_utf8(encode::base64_decode(text).unwrap()).unwrap()
    }

    #[test]
    fn headers_are_json_in_base64() {
        let callback = Callback::new("http://a.example/x").or_url("http://b.example/x").host("a.example");
        let callback = callback.form_body("o=${object}").sni(true).variable("user", "li").variable("x:n", "1");
        let (callback, variables) = callback.headers().unwrap();
        let body: Value = serde_json::from_str(&decoded(&callback)).unwrap();
        let expected = serde_json::json!({
            "callbackUrl": "http://a.example/x;http://b.example/x",
            "callbackHost": "a.example",
            "callbackBody": "o=${object}",
            "callbackBodyType": "application/x-www-form-urlencoded",
            "callbackSNI": true,
        });
        assert_eq!(body, expected);
        let variables: Value = serde_json::from_str(&decoded(&variables)).unwrap();
        assert_eq!(variables, serde_json::json!({"x:user": "li", "x:n": "1"}));
    }

    #[test]
    fn mistakes_are_told() {
        let good = || Callback::new("http://a.example").form_body("o=${object}");
        assert_eq!(good().headers().unwrap().1, "");
        assert!(Callback::new("http://a.example").headers().is_err());
        assert!(good().variable("User", "li").headers().is_err());
        assert!(good().variable("", "li").headers().is_err());
        assert!(good().or_url("http://b.example;http://c.example").headers().is_err());
        assert!((0..5).fold(good(), |callback, _| callback.or_url("http://b.example")).headers().is_err());
    }
}
