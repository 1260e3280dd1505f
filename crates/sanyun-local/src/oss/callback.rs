//! Callbacks: the user's own server is told of a new object, and its answer becomes the answer. Only servers on this
//! machine are asked.

use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::time::Duration;

use http::StatusCode;
use sanyun_core::encode;
use serde_json::{Map, Value};
use tokio::task::spawn_blocking;

use super::Call;
use super::meta::Meta;
use super::refusal::Refusal;
use crate::answer::Answer;
use crate::arrival::header;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest answer that is passed on, in bytes.
const ANSWER_LIMIT: u64 = 1024 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";

/// What somebody wants to be told.
pub(super) struct Wish {
    /// The first that answers is asked.
    urls: Vec<String>,
    host: Option<String>,
    body: String,
    media_type: String,
    variables: Map<String, Value>,
}

/// The callback that a request asks for, in headers or in the query.
///
/// # Errors
/// `InvalidArgument` for one that cannot be understood.
pub(super) fn wish(call: &Call<'_>) -> Result<Option<Wish>, Refusal> {
    let given = |name: &str, parameter: &str| match call.head.header(name) {
        "" => call.parameter(parameter),
        value => value.to_owned(),
    };
    let (text, variables) = (given("x-oss-callback", "callback"), given("x-oss-callback-var", "callback-var"));
    if text.is_empty() {
        return Ok(None);
    }
    let invalid = |name: &str, text: &str| {
        Refusal::invalid_argument("The callback configuration is not json format.", name, text)
    };
    let object = |text: &str| match serde_json::from_slice(&encode::base64_decode(text)?).ok()? {
        Value::Object(members) => Some(members),
        _ => None,
    };
    let wish = object(&text).ok_or_else(|| invalid("x-oss-callback", &text))?;
    let variables = match variables.as_str() {
        "" => Map::new(),
        text => object(text).ok_or_else(|| invalid("x-oss-callback-var", text))?,
    };
    let member = |name: &str| wish.get(name).and_then(Value::as_str).map(str::to_owned);
    let (Some(urls), Some(body)) = (member("callbackUrl"), member("callbackBody")) else {
        return Err(invalid("x-oss-callback", &text));
    };
    Ok(Some(Wish {
        urls: urls.split(';').map(|url| url.trim().to_owned()).collect(),
        host: member("callbackHost"),
        body,
        media_type: member("callbackBodyType").unwrap_or_else(|| FORM.to_owned()),
        variables,
    }))
}

/// Tells the user's server of an object, and answers what it answers.
///
/// # Errors
/// `CallbackFailed` with status 203: the object is stored all the same.
pub(super) async fn ask(call: &Call<'_>, wish: Wish, meta: &Meta, stored: Answer) -> Result<Answer, Refusal> {
    let body = filled(&wish, |name| fact(call, meta, name));
    let answered = spawn_blocking(move || {
        let mut last = Err(io::Error::other("no URL"));
        for url in &wish.urls {
            last = post(url, &wish, &body);
            if last.is_ok() {
                break;
            }
        }
        last
    });
    let failed = |why: String| {
        let mut refusal =
            Refusal::new(StatusCode::NON_AUTHORITATIVE_INFORMATION, "CallbackFailed", why).cause("0007-00000203");
        for name in ["etag", "x-oss-hash-crc64ecma", "x-oss-version-id"] {
            let value = header(&stored.headers, name);
            if !value.is_empty() {
                refusal = refusal.header(name, value);
            }
        }
        Err(refusal)
    };
    match answered.await.map_err(io::Error::other).and_then(|answered| answered) {
        Ok((200, body)) => Ok(stored.header("content-type", "application/json").bytes(body)),
        Ok((status, _)) => failed(format!("Error status : {status}.")),
        Err(error) => failed(format!("Private address is forbidden to callback, or it does not answer: {error}.")),
    }
}

/// The system variables, as the API reference of Callback lists them.
fn fact(call: &Call<'_>, meta: &Meta, name: &str) -> Option<Value> {
    Some(match name {
        "bucket" => call.address.bucket.clone().into(),
        "object" => meta.key.as_str().into(),
        "etag" => meta.etag.as_str().into(),
        "size" => meta.size.into(),
        "mimeType" => header(&meta.headers, "content-type").into(),
        "crc64" => meta.crc64.to_string().into(),
        "contentMd5" => call.head.header("content-md5").into(),
        "clientIp" => "127.0.0.1".into(),
        "operation" if meta.kind == super::meta::Kind::Multipart => "CompleteMultipartUpload".into(),
        "operation" => "PutObject".into(),
        _ => return None,
    })
}

/// The body with its `${variables}` filled in, each as the media type wants it: percent-encoded, or as JSON. One that is
/// not known is empty.
fn filled(wish: &Wish, fact: impl Fn(&str) -> Option<Value>) -> String {
    let (mut out, mut rest) = (String::new(), wish.body.as_str());
    while let Some((before, after)) = rest.split_once("${") {
        let Some((name, behind)) = after.split_once('}') else { break };
        out.push_str(before);
        let value = fact(name).or_else(|| wish.variables.get(name).cloned());
        out.push_str(&spelled(&wish.media_type, &value.unwrap_or_else(|| "".into())));
        rest = behind;
    }
    out.push_str(rest);
    out
}

fn spelled(media_type: &str, value: &Value) -> String {
    match value {
        value if media_type.starts_with("application/json") => value.to_string(),
        Value::String(text) if media_type.starts_with(FORM) => encode::percent(text).into_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Sends a request of HTTP/1.0, whose answer ends with the connection; gives its status and body. Blocks.
fn post(url: &str, wish: &Wish, body: &str) -> io::Result<(u16, Vec<u8>)> {
    let invalid = || io::Error::other("the URL is not http://host/…");
    let rest = url.strip_prefix("http://").unwrap_or(url);
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if url.starts_with("https://") || authority.is_empty() || path.contains(['\r', '\n', ' ']) {
        return Err(invalid());
    }
    let mut socket = TcpStream::connect_timeout(&local_address(authority)?, CONNECT_TIMEOUT)?;
    socket.set_read_timeout(Some(ANSWER_TIMEOUT))?;
    socket.set_write_timeout(Some(ANSWER_TIMEOUT))?;
    let host = wish.host.as_deref().filter(|host| !host.contains(['\r', '\n'])).unwrap_or(authority);
    let media_type = wish.media_type.replace(['\r', '\n'], "");
    let head = format!(
        "POST /{path} HTTP/1.0\r\nHost: {host}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\
         User-Agent: aliyun-oss-callback\r\nConnection: close\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes())?;
    socket.write_all(body.as_bytes())?;
    let mut answer = Vec::new();
    socket.take(ANSWER_LIMIT).read_to_end(&mut answer)?;
    let at = answer.windows(4).position(|window| window == b"\r\n\r\n").ok_or_else(invalid)?;
    let body = answer.split_off(at + 4);
    let status = answer.get(9..12).and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
    Ok((status.ok_or_else(invalid)?, body))
}

/// The address of a host on this machine.
fn local_address(authority: &str) -> io::Result<SocketAddr> {
    let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let named = if has_port { authority.to_owned() } else { format!("{authority}:80") };
    let host = named.rsplit_once(':').map_or("", |(host, _)| host).trim_matches(['[', ']']);
    // Names are not looked up: a server elsewhere is not asked, and nobody is told of it.
    if host != "localhost" && !host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()) {
        return Err(io::Error::other("only servers on this machine are asked"));
    }
    named.to_socket_addrs()?.find(|address| address.ip().is_loopback()).ok_or_else(|| io::Error::other("no address"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in() {
        let wish = |body: &str, media_type: &str| Wish {
            urls: Vec::new(),
            host: None,
            body: body.to_owned(),
            media_type: media_type.to_owned(),
            variables: Map::from_iter([("x:a".to_owned(), "1&2".into())]),
        };
        let fact = |name: &str| match name {
            "object" => Some("a b\"".into()),
            "size" => Some(7.into()),
            _ => None,
        };
        let form = filled(&wish("o=${object}&s=${size}&a=${x:a}&n=${none}&${", FORM), fact);
        assert_eq!(form, "o=a%20b%22&s=7&a=1%262&n=&${");
        let json = filled(&wish("{\"o\":${object},\"s\":${size},\"a\":${x:a}}", "application/json"), fact);
        assert_eq!(json, r#"{"o":"a b\"","s":7,"a":"1&2"}"#);
    }

    #[test]
    fn only_this_machine_is_asked() {
        for (authority, is_here) in
            [("127.0.0.1:80", true), ("[::1]:8080", true), ("10.0.0.1:80", false), ("a.com", false)]
        {
            assert_eq!(local_address(authority).is_ok(), is_here, "{authority}");
        }
    }
}
