//! Where a product is found that the catalog does not know.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use http::Method;
use sanyun_core::{Endpoint, Error, Result};
use serde_json::json;

use super::Client;
use crate::endpoint::Place;
use crate::shape::Input;
use crate::sign::SignatureVersion;

/// The location service's own host.
const HOST: &str = "location-readonly.aliyuncs.com";
/// How long an answer counts.
const KEPT: Duration = Duration::from_secs(3600);

/// Endpoints by product and region, with the time when they were asked for.
#[derive(Default)]
pub(super) struct Located(Mutex<HashMap<(String, String), (Endpoint, Duration)>>);

impl Located {
    fn get(&self, key: &(String, String), now: Duration) -> Option<Endpoint> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|(_, since)| now.saturating_sub(*since) < KEPT).map(|(endpoint, _)| endpoint.clone())
    }

    fn keep(&self, key: (String, String), endpoint: &Endpoint, now: Duration) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, since)| now.saturating_sub(*since) < KEPT);
        known.insert(key, (endpoint.clone(), now));
    }
}

impl Client {
    /// The endpoint of a product in a region (empty for the client's). What the client was given or the catalog knows is
    /// not asked for; for any other product the vendor's location service is, once an hour. Calls never ask it on their
    /// own: give what it says to [`Input::endpoint`].
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_alibaba::Client) -> sanyun_core::Result<()> {
    /// use sanyun_alibaba::Input;
    ///
    /// let endpoint = client.locate("brandnew", "cn-hangzhou").await?;
    /// let reply = client.send(Input::rpc("brandnew", "2026-01-01", "DescribeThings").endpoint(endpoint)).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) if there is no region or the product has no endpoint there,
    /// and what the call to the location service returns.
    pub async fn locate(&self, product: &str, region: &str) -> Result<Endpoint> {
        let protocol = &self.protocol;
        if let Some(own) = &protocol.endpoint {
            return Ok(own.clone());
        }
        let region = if region.is_empty() { &*protocol.region } else { region };
        if let Ok(place) = Place::in_catalog(product, "") {
            return place.endpoint(region, &protocol.route);
        }
        if region.is_empty() {
            return Err(Error::config(format!("`{product}` cannot be located without a region")));
        }
        let key = (product.to_ascii_lowercase(), region.to_owned());
        let now = self.pipeline.context().clock.elapsed();
        if let Some(known) = self.located.get(&key, now) {
            return Ok(known);
        }
        let endpoint = self.ask_location(product, region).await?;
        self.located.keep(key, &endpoint, now);
        Ok(endpoint)
    }

    async fn ask_location(&self, product: &str, region: &str) -> Result<Endpoint> {
        let scheme = self.protocol.route.scheme;
        let call = Input::rpc("location", "2015-06-12", "DescribeEndpoints")
            .method(Method::GET)
            .signature(SignatureVersion::V1)
            .endpoint(Endpoint::parse(HOST, scheme)?)
            .query(json!({"Id": region, "ServiceCode": product, "Type": "openAPI"}));
        let reply = self.send(call).await?;
        let host = reply.pointer("/Endpoints/Endpoint/0/Endpoint").and_then(serde_json::Value::as_str);
        match host.map(str::trim).filter(|host| !host.is_empty()) {
            Some(host) => Endpoint::parse(host, scheme),
            None => Err(nowhere(product, region)),
        }
    }
}

fn nowhere(product: &str, region: &str) -> Error {
    Error::config(format!("the location service knows no endpoint of `{product}` in `{region}`"))
        .with_hint("check both names, or give the endpoint")
}
