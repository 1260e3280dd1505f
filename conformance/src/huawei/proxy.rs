//! Kind `proxy`: a proxy's URL, made of its parts.

use sanyun_core::transport::HttpTransport;
use sanyun_core::{Fixed, Http, Proxy};
use serde_json::{Value, json};

use crate::support::{member, same_json, some_text, text};

/// Without a host there is no proxy.
pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let url = match some_text(input, "proxy_host") {
        None => Value::Null,
        Some(host) => {
            let proxy = proxy(host, input);
            let http = Http::default().proxy(proxy.clone());
            HttpTransport::new(&http, &Fixed::default()).map_err(|error| error.to_string())?;
            proxy.url().expose().into()
        }
    };
    same_json("proxy", &json!({"https_proxy_url": url}), expected)
}

fn proxy(host: &str, input: &Value) -> Proxy {
    let mut proxy = Proxy::new(host);
    if let Some(scheme) = some_text(input, "proxy_protocol") {
        proxy = proxy.scheme(scheme.to_owned());
    }
    if let Some(port) = member(input, "proxy_port").as_u64() {
        proxy = proxy.port(port as u16);
    }
    match (some_text(input, "proxy_user"), some_text(input, "proxy_password")) {
        (Some(user), Some(_)) => proxy.credentials(user, text(input, "proxy_password")),
        (Some(user), None) => proxy.user(user),
        (None, _) => proxy,
    }
}
