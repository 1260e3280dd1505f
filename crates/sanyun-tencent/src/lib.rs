//! Tencent Cloud: call any action of any service.
//!
//! ```
//! use sanyun_tencent::{Client, Credential};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> sanyun_tencent::Result<()> {
//! let client = Client::builder()
//!     .region("ap-guangzhou")
//!     .credentials(Credential::keys("AKIDexample", "example-key"))
//!     .build()?; // nothing is sent, no runtime is needed
//!
//! # async fn send(client: &Client) -> sanyun_tencent::Result<()> {
//! let zones = client.invoke("cvm", "2017-03-12", "DescribeZones", json!({})).await?;
//! println!("{} zones, request {}", zones["TotalCount"], zones.request_id());
//! # Ok(())
//! # }
//!
//! // A dry run: the request as it would leave, signed.
//! let dry = client.invoke("cvm", "2017-03-12", "DescribeZones", json!({})).preview().await?;
//! assert_eq!(dry.request.url(), "https://cvm.tencentcloudapi.com/");
//! assert_eq!(dry.request.header("x-tc-region"), "ap-guangzhou");
//! # Ok(())
//! # }
//! ```
//!
//! - [`Client::invoke`] finds the action in the catalog and checks the parameters before anything is sent;
//!   [`Client::send`] sends what it is given.
//! - Without `.credentials(…)` a client asks its chain: the environment (`TENCENTCLOUD_SECRET_ID`,
//!   `TENCENTCLOUD_SECRET_KEY`, `TENCENTCLOUD_TOKEN`), the profile file `~/.tencentcloud/credentials`, the role of the
//!   machine, the identity of the pod; see [`credentials`], which has more sources.
//! - What a [`Call`] can be told (time-outs, headers, region, retries) is the same on every cloud.
//! - Answers that are streams of events are read with [`Client::events`]; a body of raw bytes is sent with
//!   [`Client::invoke_octet_stream`].
//! - [`retry`] has the vendor's retry policies beside our own, [`error::official_code`] the codes that the vendor's SDKs
//!   give to errors of the client.
//! - [`sign`] and [`endpoint`] are pure and public: a server that checks signatures uses them too.

mod breaker;
pub mod client;
pub mod credentials;
pub mod endpoint;
pub mod error;
mod protocol;
pub mod retry;
pub mod shape;
pub mod sign;
pub mod typed;

pub use breaker::RegionBreaker;
pub use client::{Builder, Client};
pub use sanyun_core::{
    AccessLog, Backoff, Body, BreakerPolicy, BreakerState, Call, CallOptions, Chain, Chance, Clock, Credential,
    CredentialSource, Endpoint, Error, ErrorKind, Event, EventStream, Fixed, Hook, Http, Preview, Proxy, Response,
    Result, Retry, Scheme, Secret, ServiceClass, ServiceError, Side, TimeoutPhase, TlsVersion, Transport, Until, Wait,
    access_log, every, hook, paging,
};
pub use shape::{Input, Language, Part};
pub use sign::SignatureMethod;

// The modules of the services whose cargo features are on.
#[cfg(feature = "typed")]
include!(concat!(env!("OUT_DIR"), "/services.rs"));
