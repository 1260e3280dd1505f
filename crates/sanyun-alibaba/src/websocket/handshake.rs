//! From a call to an open connection.

use std::time::Duration;

use http::header::{
    CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use http::{HeaderName, Method};
use sanyun_core::transport::Connection;
use sanyun_core::{Call, Error, Output, Result, Retry, StreamBody, encode, hash};

use super::SubProtocol;
use crate::client::Client;
use crate::shape::Input;

/// The session that a graceful reconnect goes on with, and the one that a reply names.
const SESSION_ID: HeaderName = HeaderName::from_static("x-acs-ws-session-id");

/// What RFC 6455 appends to the key.
const SUFFIX: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/// Opens the same connection as often as needed, each time with a new signature.
pub(super) struct Handshake {
    pub(super) client: Client,
    pub(super) input: Input,
    pub(super) protocol: SubProtocol,
    pub(super) timeout: Duration,
}

/// An open connection and what the server said about it.
pub(super) struct Opened {
    pub(super) connection: Connection,
    pub(super) session_id: Option<String>,
    pub(super) request_id: String,
}

impl Handshake {
    /// Opens a connection, as often tried as the client's retry policy says.
    pub(super) async fn open(&self) -> Result<Opened> {
        self.opened(self.call(None)).await
    }

    /// Opens a connection once more, tried once; `session` is the one to go on with.
    pub(super) async fn open_again(&self, session: Option<&str>) -> Result<Opened> {
        self.opened(self.call(session).retry(Retry::none())).await
    }

    async fn opened(&self, call: Call<Connection>) -> Result<Opened> {
        let opened = call.attempt_timeout(self.timeout).await?;
        let session_id = opened.header(SESSION_ID.as_str()).filter(|id| !id.is_empty()).map(str::to_owned);
        let request_id = opened.request_id().to_owned();
        Ok(Opened { connection: opened.into_inner(), session_id, request_id })
    }

    fn call(&self, session: Option<&str>) -> Call<Connection> {
        let chance = &self.client.pipeline().context().chance;
        let random = [chance.next_u64().to_be_bytes(), chance.next_u64().to_be_bytes()].concat();
        let (key, protocol) = (encode::base64(&random), self.protocol);
        let input = self.input(session, &key);
        self.client.streamed(input, move |output| switched(output, &key, protocol))
    }

    fn input(&self, session: Option<&str>, key: &str) -> Result<Input> {
        if self.input.has_body() {
            return Err(Error::input("a WebSocket handshake has no body: give parameters in the query"));
        }
        let input = self.input.again().method(Method::GET);
        let session = session.map(|session| (SESSION_ID, session));
        let headers = [
            (CONNECTION, "Upgrade"),
            (UPGRADE, "websocket"),
            (SEC_WEBSOCKET_VERSION, "13"),
            (SEC_WEBSOCKET_KEY, key),
            (SEC_WEBSOCKET_PROTOCOL, self.protocol.as_str()),
        ];
        let headers = headers.into_iter().chain(session);
        headers.fold(input, |input, (name, value)| input.header(name.as_str(), value)).checked()
    }
}

/// The connection, if the server has understood what it was asked.
fn switched(output: &mut Output, key: &str, protocol: SubProtocol) -> Result<Connection> {
    let Some(connection) = output.stream.take().and_then(StreamBody::into_connection) else {
        let status = output.reply.status.as_u16();
        return Err(Error::decode(format!("the server answered with HTTP {status} instead of a WebSocket")));
    };
    let accepted = encode::base64(&hash::sha1(format!("{key}{SUFFIX}").as_bytes()));
    if output.reply.header(SEC_WEBSOCKET_ACCEPT.as_str()) != Some(&accepted) {
        return Err(Error::decode("the server's `Sec-WebSocket-Accept` does not answer our key"));
    }
    match output.reply.header(SEC_WEBSOCKET_PROTOCOL.as_str()) {
        Some(other) if other != protocol.as_str() => {
            Err(Error::decode(format!("the server chose the sub-protocol `{other}`, not `{}`", protocol.as_str())))
        }
        _ => Ok(connection),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use sanyun_core::{Chance, Credential, Fixed, ManualClock, Retry, time};
    use serde_json::json;

    use super::*;

    /// What the vendor's client sent (alibabacloud-tea-openapi 0.4.6, websocket-client 1.9.2), with its key and nonce. It
    /// has besides `Origin: http://127.0.0.1:52541`, which nobody checks here, and writes the blank of the query as `+`,
    /// which its signature does not.
    const OFFICIAL: &[(&str, &str)] = &[
        ("Upgrade", "websocket"),
        ("Host", "127.0.0.1:52541"),
        ("Sec-WebSocket-Key", "0HIk95lnpH9EAHPG432Zbw=="),
        ("Sec-WebSocket-Version", "13"),
        ("Connection", "Upgrade"),
        ("x-acs-version", "2024-01-01"),
        ("x-acs-action", "Chat"),
        ("user-agent", "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2"),
        ("x-acs-date", "2026-11-21T20:05:01Z"),
        ("x-acs-signature-nonce", "1231d7c71fea26a57b32fd41b8d187fd"),
        ("accept", "application/json"),
        ("sec-websocket-protocol", "awap"),
        ("x-acs-content-sha256", hash::EMPTY_SHA256),
        ("x-acs-credentials-provider", "static_ak"),
        (
            "Authorization",
            "ACS3-HMAC-SHA256 Credential=testId,SignedHeaders=accept;host;sec-websocket-protocol;user-agent;\
             x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;\
             x-acs-version,Signature=c149510f89fa9b169222fe4170aaef20344b7e2e7c7915a1fd93bc5814ea081e",
        ),
    ];

    fn official(name: &str) -> &'static str {
        OFFICIAL.iter().find(|(known, _)| *known == name).unwrap().1
    }

    /// Numbers in the order of their drawing.
    struct Drawn(Mutex<std::vec::IntoIter<u64>>);

    impl Chance for Drawn {
        fn next_u64(&self) -> u64 {
            self.0.lock().unwrap().next().unwrap()
        }
    }

    #[tokio::test]
    async fn the_handshake_is_that_of_the_vendors_client() {
        let key = encode::base64_decode(official("Sec-WebSocket-Key")).unwrap();
        let mut drawn: Vec<_> = key.chunks(8).map(|eight| u64::from_be_bytes(eight.try_into().unwrap())).collect();
        let (first, second) = official("x-acs-signature-nonce").split_at(16);
        drawn.extend([first, second].map(|half| u64::from_str_radix(half, 16).unwrap()));
        let client = Client::builder()
            .endpoint("http://127.0.0.1:52541")
            .credentials(Credential::keys("testId", "a-secret"))
            .clock(ManualClock::at(time::parse_rfc3339(official("x-acs-date")).unwrap()))
            .chance(Drawn(Mutex::new(drawn.into_iter())))
            .retry(Retry::none())
            .header("user-agent", official("user-agent"))
            .header("x-acs-credentials-provider", "static_ak")
            .sign_all_headers(true)
            .world(Fixed::default())
            .build()
            .unwrap();
        let input =
            Input::roa("chat", "2024-01-01", "Chat", Method::GET, "/chat/1").query(json!({"a": "ü", "b": "x y"}));
        let handshake = Handshake { client, input, protocol: SubProtocol::Awap, timeout: Duration::MAX };
        let sent = handshake.call(None).preview().await.unwrap().request;
        assert_eq!((sent.method.as_str(), &*sent.target()), ("GET", "/chat/1?a=%C3%BC&b=x%20y"));
        for (name, value) in OFFICIAL {
            assert_eq!(sent.header(name), *value, "{name}");
        }
        assert_eq!(sent.headers.len(), OFFICIAL.len());
    }
}
