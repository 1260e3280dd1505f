//! The small call that is measured on each cloud: the same one that `conformance/python/bench_client.py` makes.

use std::hint::black_box;
use std::sync::Arc;

use http::HeaderMap;
use sanyun_core::{Credential, Prepared, Preview, Request};
use serde_json::json;

/// The pair of the bench's local cloud.
pub(crate) const ACCESS_KEY: &str = "sanyun-local-ak";
/// Its secret.
pub(crate) const SECRET_KEY: &str = "sanyun-local-sk";

/// The clouds, by the names of the Python programs.
pub(crate) const CLOUDS: [&str; 4] = ["huawei", "tencent", "alibaba", "oss"];

/// The bucket and object of the OSS call.
const BUCKET: &str = "sanyun-bench";
const OBJECT: &str = "small";

/// A client of one cloud, ready to make its call.
#[derive(Clone)]
pub(crate) struct Target {
    client: Client,
    prepared: Arc<Prepared>,
}

#[derive(Clone)]
enum Client {
    Huawei(sanyun_huawei::Client),
    Tencent(sanyun_tencent::Client),
    Alibaba(sanyun_alibaba::Client),
    Oss(sanyun_oss::Bucket),
}

impl Target {
    /// A client that calls `endpoint`. Must be made inside a runtime.
    pub(crate) async fn new(cloud: &str, endpoint: &str) -> Self {
        let keys = Credential::keys(ACCESS_KEY, SECRET_KEY);
        let client = match cloud {
            "huawei" => Client::Huawei(
                sanyun_huawei::Client::builder()
                    .region("cn-north-4")
                    .project_id("0123456789abcdef0123456789abcdef")
                    .endpoint(endpoint)
                    .credentials(keys)
                    .build()
                    .expect("a client"),
            ),
            "tencent" => Client::Tencent(
                sanyun_tencent::Client::builder()
                    .region("ap-guangzhou")
                    .endpoint(endpoint)
                    .credentials(keys)
                    .build()
                    .expect("a client"),
            ),
            "alibaba" => Client::Alibaba(
                sanyun_alibaba::Client::builder()
                    .region("cn-hangzhou")
                    .endpoint(endpoint)
                    .credentials(keys)
                    .build()
                    .expect("a client"),
            ),
            _ => Client::Oss(
                sanyun_oss::Client::builder()
                    .region("cn-hangzhou")
                    .endpoint(endpoint)
                    .credentials(keys)
                    .build()
                    .expect("a client")
                    .bucket(BUCKET),
            ),
        };
        let prepared = client.prepare().await;
        Self { client, prepared: Arc::new(prepared) }
    }

    /// Makes what the call needs on the server.
    pub(crate) async fn make_ready(&self) {
        if let Client::Oss(bucket) = &self.client {
            bucket.create().await.expect("a bucket");
            bucket.put(OBJECT, "small").await.expect("an object");
        }
    }

    /// One call from its parameters, as generated code makes it: no look-up by name.
    pub(crate) async fn call(&self) {
        match &self.client {
            Client::Huawei(client) => drop(black_box(client.send(huawei()).await.expect("a reply"))),
            Client::Tencent(client) => drop(black_box(client.send(tencent()).await.expect("a reply"))),
            Client::Alibaba(client) => drop(black_box(client.send(alibaba()).await.expect("a reply"))),
            Client::Oss(bucket) => drop(black_box(bucket.head(OBJECT).await.expect("a reply"))),
        }
    }

    /// The same call by name, through the catalog; OSS has no names.
    pub(crate) async fn invoke(&self) {
        match &self.client {
            Client::Huawei(client) => {
                let call = client.invoke("vpc", "v2", "ListVpcs", json!({"limit": 10}));
                drop(black_box(call.await.expect("a reply")));
            }
            Client::Tencent(client) => {
                let call = client.invoke("cvm", "2017-03-12", "DescribeInstances", json!({}));
                drop(black_box(call.await.expect("a reply")));
            }
            Client::Alibaba(client) => {
                let call = client.invoke("ecs", "2014-05-26", "DescribeInstances", json!({"RegionId": "cn-hangzhou"}));
                drop(black_box(call.await.expect("a reply")));
            }
            Client::Oss(_) => self.call().await,
        }
    }

    /// The call's request, signed now.
    pub(crate) fn preview(&self) -> Preview {
        self.prepared.sign(self.unsigned()).expect("a signed request")
    }

    /// The call's request before it is signed.
    pub(crate) fn unsigned(&self) -> Request {
        self.prepared.shape().expect("a request")
    }

    /// Signs a copy of an unsigned request.
    pub(crate) fn sign(&self, request: Request) -> Preview {
        self.prepared.sign(request).expect("a signed request")
    }

    /// The headers of a request signed now, from a copy of an unsigned one.
    pub(crate) fn signed_headers(&self, unsigned: &Request) -> HeaderMap {
        self.sign(unsigned.clone()).request.headers
    }
}

impl Client {
    async fn prepare(&self) -> Prepared {
        let prepared = match self {
            Self::Huawei(client) => client.send(huawei()).prepare().await,
            Self::Tencent(client) => client.send(tencent()).prepare().await,
            Self::Alibaba(client) => client.send(alibaba()).prepare().await,
            Self::Oss(bucket) => bucket.head(OBJECT).call().prepare().await,
        };
        prepared.expect("a call")
    }
}

fn huawei() -> sanyun_huawei::Input {
    sanyun_huawei::Input::get("vpc", "/v1/{project_id}/vpcs").operation("ListVpcs").query("limit", 10)
}

fn tencent() -> sanyun_tencent::Input {
    sanyun_tencent::Input::new("cvm", "2017-03-12", "DescribeInstances").json("{}")
}

fn alibaba() -> sanyun_alibaba::Input {
    sanyun_alibaba::Input::rpc("ecs", "2014-05-26", "DescribeInstances").query(json!({"RegionId": "cn-hangzhou"}))
}
