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
//! - **Identities of Huawei Cloud.** IAM gives tokens to [`USER_NAME`] of [`DOMAIN_NAME`], IAM and STS give temporary keys
//!   to tokens, agencies and identity providers, the ECS metadata service and pod identity to whoever asks
//!   ([`POD_TOKEN`]). They are good for calls until they expire by the local cloud's clock.
//! - **Identities of Tencent Cloud.** STS gives temporary keys of roles to keys, ID tokens and SAML assertions, the
//!   metadata service those of the machine's role ([`Builder::cvm_role`]).
//! - **Identities of Alibaba Cloud.** STS gives temporary keys of roles to keys, ID tokens, SAML assertions and
//!   [`KEY_PAIR_ID`], the metadata service those of the machine's role ([`Builder::ecs_role`]), a credentials URI, CloudSSO
//!   and OAuth others; [`BEARER_TOKEN`] stands in place of a signature.
//! - **One port for all clouds.** Which cloud a request is for is read from the request itself: see below.
//! - **What is kept.** Buckets and objects; VPCs of Huawei Cloud; CVM instances of Tencent Cloud; ECS instances of
//!   Alibaba Cloud: in [`Builder::data_dir`], or until the end of the process. An object that was acknowledged is whole
//!   after a kill at any moment.
//! - **What is made up.** The answer to every other operation: it fits the operation's response structure and is the
//!   same every time for the same request. A listing has five items, in pages as the request asks.
//! - **Faults.** [`Fault`] makes requests go wrong on purpose, for tests of retries: the next one, or by [`FaultRule`]
//!   those of one host or path.
//!
//! It listens on 127.0.0.1 only: the keys above are no secrets.
//!
//! # Which cloud a request is for
//!
//! Requests to 169.254.169.254, unsigned ones for a path of the metadata service, and `POST /v1/credentials` with a bare
//! token are for Huawei Cloud's instances and pods. Requests to metadata.tencentyun.com, and unsigned ones for
//! `/latest/meta-data/cam/security-credentials/`, are for Tencent Cloud's. Those to 100.100.100.200, unsigned ones for
//! `/latest/meta-data/ram/security-credentials/`, `PUT /latest/api/token` and `/_sanyun/alibaba/credentials`, and those of
//! CloudSSO and OAuth, are for Alibaba Cloud. For all others the first rule that applies decides:
//!
//! 1. `Authorization`: `SDK-…` and `V11-HMAC-SHA256` are Huawei's, `TC3-HMAC-SHA256` and `SKIP` Tencent's, `ACS3-…` and
//!    `acs …` Alibaba's, `OSS4-HMAC-SHA256` and `OSS …` of OSS;
//! 2. headers: `X-TC-Action` is Tencent's; `x-acs-action`, `x-acs-version` and `x-acs-bearer-token` are Alibaba's;
//!    `X-Sdk-Date` and `X-Auth-Token` are Huawei's;
//! 3. the query of a signed URL: `x-oss-signature-version`, or `OSSAccessKeyId` with `Signature`, is of OSS; `SecretId`
//!    is of Tencent's old signatures; `Action` with `Version` is of Alibaba's RPC signature 1.0;
//! 4. the host: `*.myhuaweicloud.com` (`.cn`, `.eu`), `*.tencentcloudapi.com`; of `*.aliyuncs.com` the names with a label
//!    `oss` or `oss-…` are of OSS, all others Alibaba's;
//! 5. a form posted to `/` without a query has its parameters in the body: `AccessKeyId`, `BearerToken`, `OIDCToken` or
//!    `SAMLProviderArn` there means Alibaba, anything else Tencent;
//! 6. a path that begins with `/v` and a digit is Huawei's (a call without credentials), and so is `/TENANT/scim/v2/…`;
//!    anything else is an anonymous request to OSS.
//!
//! Within Huawei Cloud, method and path name the operation; within Tencent Cloud the action, the version and the service
//! in the signature's scope; within Alibaba Cloud the action and the version, or method and path; within OSS the method,
//! the sub-resource and whether there are a bucket and a key. Where several operations fit, the host decides if it names
//! a service (`vpc.localhost:8700`), then the path with fewer placeholders, then the operation whose parameters fit best,
//! then the catalog's order. A bucket stands in the path (`/bucket/key`), or in front of
//! a host name of OSS or of `localhost`. A request line with a host (`GET http://host/path`, as one asks a proxy) counts
//! instead of `Host`, so that `http_proxy` may name the local cloud.
//!
//! # What is not checked
//!
//! Permissions, quotas, repeated nonces, and the lock that Huawei's gateway puts on a key after repeated failures. Calls of
//! Alibaba Cloud that ask for XML get what the operation usually answers.

mod access_log;
mod alibaba;
mod answer;
mod arrival;
mod choice;
mod control;
mod durable;
mod events;
mod exchange;
mod fault;
mod flat;
mod given;
mod huawei;
mod json;
mod keys;
mod listing;
mod local;
mod made_up;
mod metadata;
mod multipart;
mod oss;
mod paths;
mod pieces;
mod resources;
mod route;
mod seed;
mod server;
mod state;
#[cfg(test)]
mod sweep;
mod table;
mod template;
mod tencent;
mod wire;

pub use alibaba::{BEARER_TOKEN, KEY_PAIR_ID, KEY_PAIR_PRIVATE_KEY};
pub use fault::{Fault, FaultRule};
pub use huawei::{DOMAIN_NAME, POD_TOKEN, USER_NAME, USER_PASSWORD};
pub use keys::{ACCESS_KEY, SECRET_KEY, SESSION_ACCESS_KEY, SESSION_SECRET_KEY, SESSION_TOKEN};
pub use local::{Builder, Local};
pub use metadata::Metadata;
