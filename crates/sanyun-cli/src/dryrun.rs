//! `--dry-run`: the request as it would be sent, with what was signed, secrets masked.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use sanyun_core::{
    Body, BoxFuture, Context, Credential, CredentialSource, Error, Material, Preview, RequestView, Result, Secret,
    SourceError, encode, redact,
};
use serde_json::{Value, json};

use crate::options::Options;
use crate::terminal;

/// A credential source that remembers the secrets it gave out, so that they can be masked wherever they turn up.
pub(crate) struct Witness {
    source: Arc<dyn CredentialSource>,
    seen: Arc<Mutex<Vec<Secret>>>,
}

/// The secrets that a [`Witness`] has seen.
pub(crate) type Seen = Arc<Mutex<Vec<Secret>>>;

impl Witness {
    /// Watches a source.
    pub(crate) fn new(source: Arc<dyn CredentialSource>, seen: &Seen) -> Self {
        Self { source, seen: Arc::clone(seen) }
    }

    async fn watch(&self, context: &Context) -> Result<Credential, SourceError> {
        let credential = self.source.load(context).await?;
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match credential.material() {
            Material::Keys(keys) => seen.extend(std::iter::once(&keys.secret).chain(&keys.token).cloned()),
            Material::Bearer(token) => seen.push(token.clone()),
            Material::Anonymous => {}
        }
        drop(seen);
        Ok(credential)
    }
}

impl CredentialSource for Witness {
    fn name(&self) -> Cow<'_, str> {
        self.source.name()
    }

    fn load<'a>(&'a self, context: &'a Context) -> BoxFuture<'a, Result<Credential, SourceError>> {
        Box::pin(self.watch(context))
    }
}

/// A request without its secrets.
#[derive(Debug, PartialEq)]
pub(crate) struct Shown {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    /// Whether the body is shown as it is, but for masks, rather than described.
    body_is_text: bool,
    canonical_request: String,
    string_to_sign: String,
}

impl Shown {
    /// Masks a preview: what sounds like a secret, and every secret that was seen, however it is encoded.
    pub(crate) fn new(preview: &Preview, seen: &Seen) -> Self {
        let secrets = seen.lock().unwrap_or_else(PoisonError::into_inner);
        let scrub = |text: String| scrub(text, &secrets);
        let view = RequestView::new(&preview.request, &[]);
        let headers = preview.request.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.as_str().to_owned(), scrub(header(name.as_str(), &value)))
        });
        Self {
            method: view.method().to_string(),
            url: scrub(view.url()),
            headers: headers.collect(),
            body_is_text: preview.request.body.as_bytes().is_some_and(is_shown),
            body: scrub(preview.request.body.as_bytes().map_or_else(|| length(&preview.request.body), |_| view.body())),
            canonical_request: scrub(signed_text(&preview.signature.canonical_request)),
            string_to_sign: scrub(signed_text(&preview.signature.string_to_sign)),
        }
    }

    /// Prints it: for people, or in the format that was asked for.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn print(&self, options: &Options) -> Result<()> {
        if options.asks_format() {
            return options.print(&self.json());
        }
        terminal::print(&self.text()).map_err(|error| Error::io("writing the request", error))
    }

    /// For people.
    fn text(&self) -> String {
        let mut out = format!("{} {}\n", self.method, self.url);
        for (name, value) in &self.headers {
            let _ = writeln!(out, "{name}: {value}");
        }
        if !self.body.is_empty() {
            let _ = writeln!(out, "\n{}", self.body);
        }
        for (title, text) in [("canonical request", &self.canonical_request), ("string to sign", &self.string_to_sign)]
        {
            if !text.is_empty() {
                let _ = writeln!(out, "\n--- {title}\n{text}");
            }
        }
        let _ = writeln!(out, "\n--- curl (secrets masked)\n{}", self.curl());
        out
    }

    /// For programs.
    fn json(&self) -> Value {
        let headers: Value = self.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({
            "method": self.method,
            "url": self.url,
            "headers": headers,
            "body": self.body,
            "canonical_request": self.canonical_request,
            "string_to_sign": self.string_to_sign,
            "curl": self.curl(),
        })
    }

    /// A command line that sends the same, once the masks are filled in.
    fn curl(&self) -> String {
        let mut line = "curl --path-as-is --globoff".to_owned();
        match &*self.method {
            "HEAD" => line += " --head ",
            method => {
                let _ = write!(line, " -X {method} ");
            }
        }
        line += &shell_quoted(&self.url);
        for (name, value) in &self.headers {
            match &**name {
                // curl sets these itself.
                "host" | "content-length" => {}
                "accept-encoding" => line += " --compressed",
                // This is how curl is told to send an empty one.
                _ if value.is_empty() => {
                    let _ = write!(line, " -H {}", shell_quoted(&format!("{name};")));
                }
                _ => {
                    let _ = write!(line, " -H {}", shell_quoted(&format!("{name}: {value}")));
                }
            }
        }
        if self.body_is_text {
            let _ = write!(line, " --data-raw {}", shell_quoted(&self.body));
        } else if !self.body.is_empty() {
            line += " --data-binary @FILE";
        }
        line
    }
}

/// What is told of a body that is read from elsewhere.
fn length(body: &Body) -> String {
    body.len().map_or_else(|| "(a file)".to_owned(), |len| format!("({len} bytes of the file)"))
}

/// Whether the body is shown rather than described: JSON or a form.
fn is_shown(body: &[u8]) -> bool {
    !body.is_empty() && redact::body(body) != format!("({} bytes)", body.len())
}

/// A header's value; of `Authorization` all but the signature.
fn header(name: &str, value: &str) -> String {
    // These headers say how it was signed.
    let harmless =
        ["x-acs-signature-nonce", "x-acs-signature-method", "x-acs-signature-version", "x-acs-signature-type"];
    if name == "authorization" {
        return authorization(value);
    }
    if redact::is_secret_name(name) && !harmless.contains(&name) { redact::MASK.to_owned() } else { value.to_owned() }
}

fn authorization(value: &str) -> String {
    let Some(at) = value.to_ascii_lowercase().find("signature=") else {
        let scheme = value.split(' ').next().filter(|_| value.contains(' '));
        return scheme.map_or_else(|| redact::MASK.to_owned(), |scheme| format!("{scheme} {}", redact::MASK));
    };
    let (before, rest) = value.split_at(at + "signature=".len());
    let after = rest.find([',', ' ']).and_then(|end| rest.get(end..)).unwrap_or_default();
    format!("{before}{}{after}", redact::MASK)
}

/// A canonical request or string to sign: its header lines and its query.
fn signed_text(text: &str) -> String {
    let lines = text.split('\n').map(|line| match line.split_once(':') {
        Some((name, value)) if is_header_name(name) => format!("{name}:{}", header(name, value)),
        _ if line.contains('=') => redact::query(line),
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn is_header_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// The text with every secret masked, plain and percent-encoded once or twice.
fn scrub(mut text: String, secrets: &[Secret]) -> String {
    // Anything shorter is no secret, and masking it would only garble the rest.
    for secret in secrets.iter().map(Secret::expose).filter(|secret| secret.len() >= 6) {
        let once = encode::percent(secret);
        for form in [secret, &once, &encode::percent(&once)] {
            text = text.replace(form, redact::MASK);
        }
    }
    text
}

/// The text as one word of a POSIX shell.
pub(crate) fn shell_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use sanyun_core::http::{HeaderName, Method};
    use sanyun_core::{Endpoint, Request, Scheme, Signature};

    use super::*;

    fn preview() -> Preview {
        let endpoint = Endpoint::new(Scheme::Https, "example.com");
        let mut request = Request::new(Method::POST, endpoint, "/it's");
        request.query = "Limit=1&SecurityToken=to%2Bken".to_owned();
        for (name, value) in [
            ("authorization", "ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=host,Signature=0123abcd"),
            ("x-security-token", "to+ken"),
            ("x-acs-signature-nonce", "n-1"),
            ("x-odd", "sec/ret"),
            ("content-type", "application/json; charset=utf-8"),
        ] {
            request.set_header(HeaderName::from_static(name), value).unwrap();
        }
        request.body = Body::from(r#"{"adminPass":"p","name":"sec/ret"}"#);
        let canonical_request =
            "POST\n/it's\nLimit=1&SecurityToken=to%2Bken\nhost:example.com\nx-security-token:to+ken\n\nhost;x\nhash";
        let signature = Signature {
            canonical_request: canonical_request.to_owned(),
            string_to_sign: "ALGORITHM\nPOST&%2F&Token%3Dto%252Bken".to_owned(),
        };
        Preview { request, signature }
    }

    fn seen() -> Seen {
        Arc::new(Mutex::new(vec!["sec/ret".into(), "to+ken".into()]))
    }

    #[test]
    fn everything_but_the_secrets_is_shown() {
        let shown = Shown::new(&preview(), &seen()).text();
        let expected = "\
POST https://example.com/it's?Limit=1&SecurityToken=***
authorization: ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=host,Signature=***
x-security-token: ***
x-acs-signature-nonce: n-1
x-odd: ***
content-type: application/json; charset=utf-8

{\"adminPass\":\"***\",\"name\":\"***\"}

--- canonical request
POST
/it's
Limit=1&SecurityToken=***
host:example.com
x-security-token:***

host;x
hash

--- string to sign
ALGORITHM
POST&%2F&Token%3D***

--- curl (secrets masked)
curl --path-as-is --globoff -X POST 'https://example.com/it'\\''s?Limit=1&SecurityToken=***' \
-H 'authorization: ACS3-HMAC-SHA256 Credential=ak,SignedHeaders=host,Signature=***' -H 'x-security-token: ***' \
-H 'x-acs-signature-nonce: n-1' -H 'x-odd: ***' -H 'content-type: application/json; charset=utf-8' \
--data-raw '{\"adminPass\":\"***\",\"name\":\"***\"}'
";
        assert_eq!(shown, expected);
    }

    #[test]
    fn no_secret_is_in_the_json_either() {
        let shown = Shown::new(&preview(), &seen()).json().to_string();
        for secret in ["sec/ret", "to+ken", "to%2Bken", "to%252Bken", "0123abcd"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }

    #[test]
    fn what_is_too_short_for_a_secret_garbles_nothing() {
        let seen = Arc::new(Mutex::new(vec!["e".into(), "short".into()]));
        assert_eq!(scrub("https://shortest".to_owned(), &seen.lock().unwrap()), "https://shortest");
    }

    #[test]
    fn bytes_are_described() {
        let mut preview = preview();
        preview.request.body = Body::from(vec![0, 1, 2]);
        let shown = Shown::new(&preview, &seen());
        assert_eq!(shown.body, "(3 bytes)");
        assert!(shown.curl().ends_with(" --data-binary @FILE"), "{}", shown.curl());
    }

    #[test]
    fn authorizations_of_every_kind_lose_their_signature() {
        assert_eq!(authorization("OSS ak:sig="), "OSS ***");
        assert_eq!(
            authorization("OSS4-HMAC-SHA256 Credential=ak/x, Signature=abc"),
            "OSS4-HMAC-SHA256 Credential=ak/x, Signature=***"
        );
        assert_eq!(authorization("A Signature=abc, SignedHeaders=x"), "A Signature=***, SignedHeaders=x");
        assert_eq!(authorization("token"), "***");
    }
}
