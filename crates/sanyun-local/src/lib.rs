//! Huawei Cloud, Tencent Cloud, Alibaba Cloud and OSS on 127.0.0.1.
//!
//! A local cloud checks every signature the way the real gateways do, refuses with their codes and texts, answers every
//! operation of the catalog with an answer that fits, and keeps objects for real in a folder. The vendors' own SDKs work
//! against it unchanged.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use sanyun_local::{ACCESS_KEY, Local, SECRET_KEY};
//!
//! let local = Local::builder().start().await?;
//! let huawei = sanyun_huawei::Client::builder()
//!     .endpoint(local.url())
//!     .credentials(sanyun_core::Credential::keys(ACCESS_KEY, SECRET_KEY))
//!     .project_id("0123456789abcdef0123456789abcdef")
//!     .build()?;
//! let reply = huawei.invoke("vpc", "v2", "ListVpcs", serde_json::json!({"limit": 1})).await?;
//! assert_eq!(reply["vpcs"], serde_json::json!([]));
//! local.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! - **Keys.** [`ACCESS_KEY`] with [`SECRET_KEY`] and, for temporary credentials, [`SESSION_ACCESS_KEY`] with
//!   [`SESSION_SECRET_KEY`] and [`SESSION_TOKEN`] are always known. [`Builder::key`] adds more.
//! - **One port for all clouds.** Which cloud a request is for is read from the request itself: its `Authorization`, its
//!   headers, the query of a signed URL, its host, in this order; `docs/local.md` has the whole rule.
//! - **What is kept.** Buckets and objects; VPCs of Huawei Cloud; CVM instances of Tencent Cloud; ECS instances of
//!   Alibaba Cloud: in [`Builder::data_dir`], or until the end of the process. An object that was acknowledged is whole
//!   after a kill at any moment.
//! - **What is made up.** The answer to every other operation: it fits the operation's response structure and is the
//!   same every time for the same request.
//! - **Faults.** [`Fault`] makes one request go wrong on purpose, for tests of retries.
//!
//! It listens on 127.0.0.1 only: the keys above are no secrets.

mod access_log;
mod alibaba;
mod answer;
mod arrival;
mod durable;
mod exchange;
mod fault;
mod huawei;
mod keys;
mod local;
mod oss;
mod paths;
mod pieces;
mod resources;
mod route;
mod seed;
mod server;
mod state;
mod tencent;

pub use fault::Fault;
pub use keys::{ACCESS_KEY, SECRET_KEY, SESSION_ACCESS_KEY, SESSION_SECRET_KEY, SESSION_TOKEN};
pub use local::{Builder, Local};
