//! Huawei Cloud: any operation of any service, called by name or by path.
//!
//! ```
//! use sanyun_huawei::{Client, Credential, ErrorKind};
//! use serde_json::json;
//!
//! # fn main() -> sanyun_huawei::Result<()> {
//! let client = Client::builder()
//!     .region("cn-north-4")
//!     .credentials(Credential::keys("access-key-id", "secret-key"))
//!     .project_id("0123456789abcdef0123456789abcdef")
//!     .build()?;
//!
//! // A call does nothing until it is awaited; `preview` shapes and signs it without sending.
//! let call = client.invoke("vpc", "v2", "ListVpcs", json!({"limit": 1}));
//! # let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
//! # runtime.block_on(async {
//! let preview = call.preview().await?;
//! assert_eq!(
//!     preview.request.url(),
//!     "https://vpc.cn-north-4.myhuaweicloud.com/v1/0123456789abcdef0123456789abcdef/vpcs?limit=1"
//! );
//!
//! // What does not fit the operation is an error before anything is sent.
//! let error = client.invoke("vpc", "v2", "ListVpcs", json!({"limits": 1})).await.unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Input);
//! assert!(error.to_string().contains("did you mean `limit`?"));
//! # Ok(())
//! # })
//! # }
//! ```
//!
//! - [`Client`]: built from region or endpoint, credentials and [`Settings`]; calls by name ([`Client::invoke`]) or by
//!   path ([`Client::send`] with an [`Input`]).
//! - [`credentials`]: where keys come from: environment, profile, metadata service, identity providers, agencies, and
//!   the chain that is asked when code names none.
//! - [`endpoint`]: where a service answers in a region.
//! - [`sign`]: the signatures as pure functions, for clients and for servers.
//! - [`error`]: a refusal as a [`ServiceError`] with advice.
//!
//! Two kinds of services: those with regions act for a *project* (`project_id`), those of the whole account for a
//! *domain* (`domain_id`). Both ids come from the credential, the client's builder or a parameter of the call; if none of
//! them tells, IAM is asked before the first call ([`Builder::project_id`]).

mod client;
pub mod credentials;
pub mod endpoint;
pub mod error;
mod identity;
mod protocol;
mod shape;
pub mod sign;
pub mod typed;

pub use client::{Builder, Client};
pub use sanyun_core::{
    AccessLog, Backoff, Body, Call, CallOptions, Chain, Credential, CredentialSource, Endpoint, Error, ErrorKind, Hook,
    Http, Preview, Progress, Proxy, Request, Response, Result, Retry, Secret, ServiceError, Settings, StreamBody,
    TimeoutPhase, TlsVersion, Until, Wait, access_log, every, hook, paging,
};
pub use shape::{Account, Input, Part, bson, xml};

// The modules of the services whose cargo features are on.
#[cfg(feature = "typed")]
include!(concat!(env!("OUT_DIR"), "/services.rs"));
