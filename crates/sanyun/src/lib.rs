//! Sanyun (三云, "three clouds"): one SDK for Huawei Cloud, Tencent Cloud, Alibaba Cloud and OSS.
//!
//! One client per cloud, any operation by its name, checked against the catalog before anything is sent:
//!
//! ```
//! use sanyun::prelude::*;
//! use sanyun::{oss, tencent};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // The local cloud stands in for the real ones here; leave `endpoint` out to call those.
//! let local = sanyun_local::Local::builder().start().await?;
//! let key = Credential::keys(sanyun_local::ACCESS_KEY, sanyun_local::SECRET_KEY);
//!
//! // Nothing is sent yet. Without `credentials` the cloud's own chain is asked at the first call.
//! let client = tencent::Client::builder()
//!     .region("ap-guangzhou")
//!     .endpoint(local.url())
//!     .credentials(key.clone())
//!     .build()?;
//! let zones = client.invoke("cvm", "2017-03-12", "DescribeZones", json!({})).await?;
//! println!("{} zones, request {}", zones["TotalCount"], zones.request_id());
//!
//! // A mistake is told before anything is sent, with what was probably meant.
//! let error = client.invoke("cvm", "2017-03-12", "DescribeInstances", json!({"Limti": 1})).await.unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Input);
//! assert!(error.to_string().contains("did you mean `Limit`"));
//!
//! // Objects: every key arrives byte for byte, every checksum is compared.
//! let client = oss::Client::builder().region("cn-hangzhou").endpoint(local.url()).credentials(key).build()?;
//! let photos = client.bucket("photos");
//! photos.create().await?;
//! photos.put("a//b/../云.txt", "hello").await?;
//! assert_eq!(photos.get("a//b/../云.txt").await?.bytes().await?, "hello");
//! # local.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Where things are
//!
//! - [`huawei`], [`tencent`], [`alibaba`]: a client each, with the same names in the same places. [`oss`]: buckets and
//!   objects.
//! - What they share stands here: [`Call`] with the options of one call, [`Response`], [`Error`] with
//!   [`kind`](Error::kind) and [`hint`](Error::hint), [`Credential`], [`Http`], [`Retry`], [`Body`], hooks.
//! - [`prelude`]: what most programs need of it.
//! - `local` (a feature): the three clouds on 127.0.0.1, embedded, for tests.
//!
//! # Features
//!
//! | feature | default | what it adds |
//! |---|---|---|
//! | `huawei`, `tencent`, `alibaba`, `oss` | yes | a cloud |
//! | `tls-ring` | yes | TLS by ring |
//! | `tls-aws-lc` | no | TLS by aws-lc-rs, instead of ring or beside it |
//! | `blocking` | no | `Call::block`, for programs without an async runtime |
//! | `tracing` | no | spans with OpenTelemetry's HTTP names |
//! | `elliptic` | no | Huawei Cloud's signatures on elliptic curves, P-256 and SM2 |
//! | `encryption` | no | OSS objects that are encrypted before they are sent |
//! | `websocket` | no | Alibaba Cloud's operations over WebSockets |
//! | `object-store` | no | OSS as an `object_store::ObjectStore`, for DataFusion and its like |
//! | `local` | no | the local cloud |

#[cfg(feature = "alibaba")]
pub use sanyun_alibaba as alibaba;
#[cfg(feature = "huawei")]
pub use sanyun_huawei as huawei;
#[cfg(feature = "local")]
pub use sanyun_local as local;
#[cfg(feature = "object-store")]
pub use sanyun_object_store as object_store;
#[cfg(feature = "oss")]
pub use sanyun_oss as oss;
#[cfg(feature = "tencent")]
pub use sanyun_tencent as tencent;

pub use sanyun_core::{
    AccessLog, AttemptOutcome, AttemptView, Backoff, Body, BoxFuture, BreakerChange, BreakerPolicy, BreakerState,
    ByteStream, Call, CallInfo, CallOptions, CallOutcome, Chain, Chance, Clock, Context, Credential, CredentialSource,
    Endpoint, Error, ErrorKind, Event, EventStream, Fixed, Hook, Http, Keys, ManualClock, Material, Preview, Progress,
    Proxy, Reply, ReplyView, Request, RequestView, Response, Result, Retry, Scheme, Secret, SeededChance, ServiceClass,
    ServiceError, Settings, Side, Signature, SourceError, StreamBody, SystemChance, SystemClock, TimeoutPhase,
    TlsVersion, Transport, TransportError, TransportErrorKind, Until, Wait, access_log, every, hook, http, paging,
    redact,
};

pub mod prelude {
    //! What most programs need: `use sanyun::prelude::*;`.

    pub use crate::{Body, Call, Credential, Error, ErrorKind, Http, Response, Retry, Secret, every};
}

/// The programs of the README compile, and the one of the local cloud's page runs.
#[cfg(all(doctest, feature = "huawei", feature = "tencent", feature = "alibaba", feature = "oss"))]
mod readme {
    #[doc = include_str!("../../../README.md")]
    mod english {}

    #[doc = include_str!("../../../README.zh-CN.md")]
    mod chinese {}

    #[cfg(feature = "local")]
    #[doc = include_str!("../../../docs/local.md")]
    mod local_cloud {}

    #[cfg(all(feature = "local", feature = "object-store"))]
    #[doc = include_str!("../../../docs/object-store.md")]
    mod object_store {}
}
