//! Kind `proxy`: which proxy a client would go through.
//!
//! All names lead to this machine, to a port that nobody listens on: what could not be reached, the error names. User and
//! password are what a listener that stands in for the proxy is given.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, TcpListener};

use sanyun_core::{Endpoint, ErrorKind, Fixed, Http, Retry, encode};
use sanyun_tencent::{Client, Credential, Input};
use serde_json::{Value, json};

use super::world;
use crate::support::{member, same_json, some_text, text};

/// Runs a case.
pub(super) fn run(input: &Value, expected: &Value) -> Result<(), String> {
    let closed = listener()?.local_addr().map_err(shown)?;
    let failed = call(input, expected, closed)?;
    let message = failed.message();
    let through = message.strip_prefix("proxy: connecting to ").and_then(|rest| rest.split(": ").next());
    let proxy = match through {
        Some(place) => json!(format!("http://{}{place}", user(input, expected)?)),
        None if failed.kind() == ErrorKind::Connect => Value::Null,
        None => return Err(format!("an error of another kind: {failed}")),
    };
    same_json("proxy", &json!({ "proxy": proxy }), expected)
}

fn listener() -> Result<TcpListener, String> {
    TcpListener::bind("127.0.0.1:0").map_err(shown)
}

fn shown(error: std::io::Error) -> String {
    error.to_string()
}

/// The error of a call of which every name leads to `address`.
fn call(input: &Value, expected: &Value, address: SocketAddr) -> Result<sanyun_core::Error, String> {
    let mut world = Fixed::default();
    for (name, value) in member(input, "env").as_object().into_iter().flatten() {
        world = world.var(name, value.as_str().unwrap_or_default());
    }
    let mut http = Http::default().resolve(text(input, "host"), address);
    // The proxies that the case names, whether they are taken or not.
    let named = member(input, "env").as_object().into_iter().flatten().filter_map(|(_, value)| value.as_str());
    for url in named.chain(some_text(input, "explicit")).chain(some_text(expected, "proxy")) {
        let place = url.rsplit(['/', '@']).next().unwrap_or_default();
        if let Ok(proxy) = Endpoint::parse(place, Default::default()) {
            http = http.resolve(proxy.host(), address);
        }
    }
    if let Some(url) = some_text(input, "explicit") {
        http = http.proxy(url);
    }
    let client = Client::builder()
        .http(http)
        .world(world)
        .endpoint(format!("{}://{}", text(input, "scheme"), text(input, "host")))
        .credentials(Credential::keys("AKIDTEST", "secret"))
        .retry(Retry::none())
        .build()
        .map_err(world::shown)?;
    let call = client.send(Input::new("cvm", "2017-03-12", "DescribeZones"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(shown)?;
    match runtime.block_on(async { call.await }) {
        Ok(_) => Err("something answered".to_owned()),
        Err(error) => Ok(error),
    }
}

/// `user:password@`, as the proxy is told; nothing if it is not.
fn user(input: &Value, expected: &Value) -> Result<String, String> {
    let proxy = listener()?;
    let address = proxy.local_addr().map_err(shown)?;
    let told = std::thread::spawn(move || -> std::io::Result<Option<String>> {
        let (connection, _) = proxy.accept()?;
        let lines = BufReader::new(connection).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
        Ok(lines.filter_map(|line| line.split_once(": Basic ").map(|(_, value)| value.to_owned())).last())
    });
    call(input, expected, address)?;
    let told = told.join().map_err(|_| "the listener stopped".to_owned())?.map_err(shown)?;
    let decoded = told.map(|told| encode::base64_decode(&told).ok_or("bad base64")).transpose()?;
    Ok(decoded.map(|user| format!("{}@", String::from_utf8_lossy(&user))).unwrap_or_default())
}
