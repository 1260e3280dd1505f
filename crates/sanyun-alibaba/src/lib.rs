//! Alibaba Cloud (without the object store OSS, which has a crate of its own).
//!
//! ```no_run
//! use sanyun_alibaba::{Client, Credential, Input};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> sanyun_alibaba::Result<()> {
//! // No I/O happens here. Without `credentials` the keys come from the environment at the first call.
//! let client = Client::builder().region("cn-hangzhou").credentials(Credential::keys("id", "secret")).build()?;
//!
//! // An operation of the catalog, by name. Its parameters are checked before anything is sent.
//! let reply = client.invoke("ecs", "2014-05-26", "DescribeInstances", json!({"RegionId": "cn-hangzhou"})).await?;
//! println!("{} instances ({})", reply["TotalCount"], reply.request_id());
//!
//! // Anything else, as the wire has it.
//! let call = Input::rpc("ecs", "2014-05-26", "DescribeRegions").query(json!({"AcceptLanguage": "en-US"}));
//! match client.send(call).await {
//!     Ok(reply) => println!("{}", reply["Regions"]),
//!     Err(error) => eprintln!("{error}\n{}", error.hint().unwrap_or_default()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! - [`Client`]: one for all products; [`Builder`]: its settings.
//! - [`Client::upload`]: files for operations that take the address of one; [`Client::download`]: replies that are files.
//! - [`Input`]: a call that needs no catalog, of RPC style (by name) or ROA style (by method and path).
//! - [`credentials`]: where keys come from; [`sign`]: the signatures as pure functions; [`endpoint`]: hosts.
//! - [`shape`]: flattening, array styles and upload forms; [`retry`]: the vendor's retry options; [`error`]: what else a
//!   refusal says.

mod client;
pub mod credentials;
pub mod endpoint;
pub mod error;
mod protocol;
pub mod retry;
pub mod shape;
pub mod sign;
pub mod typed;
mod upload;
#[cfg(feature = "websocket")]
pub mod websocket;

pub use client::{Builder, Client};
pub use http::Method;
pub use protocol::Alibaba;
pub use sanyun_core::{
    AccessLog, Backoff, Body, Call, Chain, Credential, CredentialSource, Endpoint, Error, ErrorKind, Event,
    EventStream, Http, Proxy, Response, Result, Retry, Scheme, Secret, TimeoutPhase, TlsVersion, Until, Wait,
    access_log, every, hook, paging,
};
pub use shape::{Input, ReplyType, Style};

// The modules of the services whose cargo features are on.
#[cfg(feature = "typed")]
include!(concat!(env!("OUT_DIR"), "/services.rs"));
