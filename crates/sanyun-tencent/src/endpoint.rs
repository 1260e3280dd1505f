//! Where a call goes. The region is not part of the host name: it travels in a header, and
//! `<service>.tencentcloudapi.com` resolves to the nearest site.

use std::sync::Arc;

use sanyun_core::{Endpoint, Error, Scheme};

/// The domain under which every service has its name.
pub const ROOT_DOMAIN: &str = "tencentcloudapi.com";
/// The domain inside Tencent Cloud's own network.
pub const INTERNAL_ROOT_DOMAIN: &str = "internal.tencentcloudapi.com";

/// The region identifiers that the vendor's SDKs know. New ones appear, so nothing is refused for not being listed.
pub const REGIONS: &[&str] = &[
    "ap-bangkok",
    "ap-beijing",
    "ap-chengdu",
    "ap-chongqing",
    "ap-guangzhou",
    "ap-guangzhou-open",
    "ap-hongkong",
    "ap-jakarta",
    "ap-mumbai",
    "ap-nanjing",
    "ap-seoul",
    "ap-shanghai",
    "ap-shanghai-fsi",
    "ap-shenzhen-fsi",
    "ap-singapore",
    "ap-tokyo",
    "eu-frankfurt",
    "eu-moscow",
    "na-ashburn",
    "na-siliconvalley",
    "na-toronto",
    "sa-saopaulo",
];

/// The client's settings about hosts.
#[derive(Debug)]
pub(crate) struct Hosts {
    scheme: Scheme,
    root_domain: String,
    /// The host of every call, whatever its service.
    endpoint: Option<Endpoint>,
    /// A gateway of the customer's in front of the API: connected to and named in `Host`, while the API's own host is
    /// signed.
    gateway: Option<Endpoint>,
    /// The domain under which services have their backup.
    backup: Option<String>,
}

impl Hosts {
    /// Reads the settings; an empty text counts as not set.
    pub(crate) fn new(
        scheme: Scheme,
        root_domain: Option<&str>,
        endpoint: Option<&str>,
        gateway: Option<&str>,
    ) -> Result<Self, Error> {
        let parse = |text: &str| Endpoint::parse(text, scheme);
        let root_domain = given(root_domain).unwrap_or(ROOT_DOMAIN).to_owned();
        // Checked once, with a service in front, so that calls can take it as it is.
        parse(&format!("cvm.{root_domain}"))
            .map_err(|_| Error::config(format!("`{root_domain}` is no root domain")))?;
        Ok(Self {
            scheme,
            root_domain,
            endpoint: given(endpoint).map(parse).transpose()?,
            gateway: given(gateway).map(parse).transpose()?,
            backup: None,
        })
    }

    /// With the domain of the backup region, which was checked before.
    pub(crate) fn with_backup(self, backup: Option<String>) -> Self {
        Self { backup, ..self }
    }

    /// The endpoint of a service in the backup region; none for a call that names its own.
    pub(crate) fn backup(&self, service: &str, of_call: Option<&Endpoint>) -> Option<Endpoint> {
        let domain = self.backup.as_deref().filter(|_| of_call.is_none())?;
        Some(Endpoint::new(self.scheme, [service, ".", domain].concat()))
    }

    /// The endpoint of the API itself: that of this call, of the client, of the action, of the service.
    fn api(&self, service: &str, of_action: Option<&str>, of_call: Option<&Endpoint>) -> Result<Endpoint, Error> {
        if let Some(endpoint) = of_call.or(self.endpoint.as_ref()) {
            return Ok(endpoint.clone());
        }
        match given(of_action) {
            Some(text) => Endpoint::parse(without_path(text), self.scheme),
            None => Ok(Endpoint::new(self.scheme, [service, ".", &self.root_domain].concat())),
        }
    }

    /// The endpoint to connect to.
    pub(crate) fn connect(
        &self,
        service: &str,
        of_action: Option<&str>,
        of_call: Option<&Endpoint>,
    ) -> Result<Arc<[Endpoint]>, Error> {
        match &self.gateway {
            // Who names an endpoint for one call means exactly that one.
            Some(gateway) if of_call.is_none() => Ok(Arc::new([gateway.clone()])),
            _ => Ok(Arc::new([self.api(service, of_action, of_call)?])),
        }
    }

    /// The host to sign where it differs from the `Host` header: behind a gateway, if that is where the request goes.
    pub(crate) fn signed_host(
        &self,
        at: &Endpoint,
        service: &str,
        of_action: Option<&str>,
        of_call: Option<&Endpoint>,
    ) -> Result<Option<String>, Error> {
        if self.gateway.as_ref() != Some(at) || of_call.is_some() {
            return Ok(None);
        }
        Ok(Some(self.api(service, of_action, None)?.authority().to_owned()))
    }
}

fn given(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// The endpoint of an action comes from the API's description, where it may carry a path, which says nothing.
fn without_path(text: &str) -> &str {
    let start = text.find("://").map_or(0, |at| at + 3);
    let end = text.get(start..).and_then(|rest| rest.find(['/', '?', '#'])).map_or(text.len(), |at| start + at);
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connect(hosts: &Hosts, of_action: Option<&str>) -> String {
        hosts.connect("es", of_action, None).unwrap()[0].to_string()
    }

    #[test]
    fn the_first_rule_that_says_something_wins() {
        let plain = Hosts::new(Scheme::Https, Some(""), Some(" "), None).unwrap();
        assert_eq!(connect(&plain, None), "https://es.tencentcloudapi.com");
        assert_eq!(
            connect(&plain, Some("https://es.ai.tencentcloudapi.com:444/v1?x")),
            "https://es.ai.tencentcloudapi.com:444"
        );
        assert_eq!(connect(&plain, Some("es.ai.tencentcloudapi.com")), "https://es.ai.tencentcloudapi.com");
        let named = Hosts::new(Scheme::Https, None, Some("HTTP://Local:80/"), None).unwrap();
        assert_eq!(connect(&named, Some("https://es.ai.tencentcloudapi.com")), "http://Local:80");
        let internal = Hosts::new(Scheme::Http, Some(INTERNAL_ROOT_DOMAIN), None, None).unwrap();
        assert_eq!(connect(&internal, None), "http://es.internal.tencentcloudapi.com");
    }

    #[test]
    fn one_calls_endpoint_beats_everything() {
        let hosts = Hosts::new(Scheme::Https, None, Some("a.example"), Some("g.example")).unwrap();
        let own = Endpoint::new(Scheme::Http, "127.0.0.1:8080");
        assert_eq!(hosts.connect("es", None, Some(&own)).unwrap()[0], own);
        assert_eq!(hosts.signed_host(&own, "es", None, Some(&own)).unwrap(), None);
    }

    #[test]
    fn behind_a_gateway_the_api_is_signed() {
        let hosts = Hosts::new(Scheme::Https, None, None, Some("gw.example")).unwrap();
        assert_eq!(connect(&hosts, None), "https://gw.example");
        let gateway = Endpoint::new(Scheme::Https, "gw.example");
        assert_eq!(hosts.signed_host(&gateway, "cvm", None, None).unwrap().as_deref(), Some("cvm.tencentcloudapi.com"));
        // The backup stands in front of it.
        let hosts = hosts.with_backup(Some("ap-guangzhou.tencentcloudapi.com".to_owned()));
        let backup = hosts.backup("cvm", None).unwrap();
        assert_eq!(backup.to_string(), "https://cvm.ap-guangzhou.tencentcloudapi.com");
        assert_eq!(hosts.signed_host(&backup, "cvm", None, None).unwrap(), None);
        assert_eq!(hosts.backup("cvm", Some(&gateway)), None, "who names an endpoint means that one");
    }

    #[test]
    fn what_would_be_dropped_is_refused() {
        for text in ["cvm.tencentcloudapi.com/path", "u:p@h", "h?x=1", "ftp://h", "h//"] {
            assert!(Hosts::new(Scheme::Https, None, Some(text), None).is_err(), "{text}");
            assert!(Hosts::new(Scheme::Https, None, None, Some(text)).is_err(), "{text}");
        }
        assert!(Hosts::new(Scheme::Https, Some("https://tencentcloudapi.com"), None, None).is_err());
        let plain = Hosts::new(Scheme::Https, None, None, None).unwrap();
        assert!(plain.connect("es", Some("https://user@h/path"), None).is_err());
    }
}
