//! Which cloud a request is for. All clouds share one port, and the official SDKs are pointed at it by its address, so
//! the `Host` header alone says too little. The rule stands on the crate's page.

use http::Method;
use sanyun_core::encode;

use crate::arrival::Head;
use crate::{alibaba, huawei, tencent};

/// A cloud behind the one port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    Huawei,
    Tencent,
    Alibaba,
    Oss,
}

impl Site {
    /// The word in the access log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Huawei => "huawei",
            Self::Tencent => "tencent",
            Self::Alibaba => "alibaba",
            Self::Oss => "oss",
        }
    }
}

/// What a head says about the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    /// This cloud.
    To(Site),
    /// The body decides: see [`by_form`].
    ByForm,
}

/// Which cloud a request is for.
pub(crate) fn recognise(head: &Head) -> Route {
    if huawei::is_for_metadata(head) || huawei::is_for_pod(head) {
        return Route::To(Site::Huawei);
    }
    if tencent::is_for_metadata(head) {
        return Route::To(Site::Tencent);
    }
    if alibaba::is_for_instance(head) || alibaba::is_for_login(head) {
        return Route::To(Site::Alibaba);
    }
    let site = by_authorization(head.header("authorization"))
        .or_else(|| by_headers(head))
        .or_else(|| by_query(head))
        .or_else(|| by_host(&head.host_name()));
    match site {
        Some(site) => Route::To(site),
        None if is_plain_form(head) => Route::ByForm,
        None => Route::To(by_path(&head.path)),
    }
}

/// Which cloud a posted form is for.
pub(crate) fn by_form(form: &[u8]) -> Site {
    let text = String::from_utf8_lossy(form);
    // The last two stand in place of a signature.
    let marks = ["AccessKeyId", "BearerToken", "OIDCToken", "SAMLProviderArn"];
    if encode::pairs(&text).any(|(name, _)| marks.contains(&name)) { Site::Alibaba } else { Site::Tencent }
}

fn by_authorization(value: &str) -> Option<Site> {
    const SCHEMES: [(&str, Site); 8] = [
        ("SDK-", Site::Huawei),
        ("V11-HMAC-SHA256", Site::Huawei),
        ("TC3-HMAC-SHA256", Site::Tencent),
        ("SKIP", Site::Tencent),
        ("ACS3-", Site::Alibaba),
        ("acs ", Site::Alibaba),
        ("OSS4-HMAC-SHA256", Site::Oss),
        ("OSS ", Site::Oss),
    ];
    SCHEMES.iter().find(|(scheme, _)| value.starts_with(scheme)).map(|(_, site)| *site)
}

fn by_headers(head: &Head) -> Option<Site> {
    const MARKS: [(&str, Site); 6] = [
        ("x-tc-action", Site::Tencent),
        ("x-acs-action", Site::Alibaba),
        ("x-acs-version", Site::Alibaba),
        ("x-acs-bearer-token", Site::Alibaba),
        ("x-sdk-date", Site::Huawei),
        ("x-auth-token", Site::Huawei),
    ];
    MARKS.iter().find(|(name, _)| head.headers.contains_key(*name)).map(|(_, site)| *site)
}

fn by_query(head: &Head) -> Option<Site> {
    let has = |name: &str| encode::pairs(&head.query).any(|(key, _)| key == name);
    if has("x-oss-signature-version") || has("OSSAccessKeyId") && has("Signature") {
        Some(Site::Oss)
    } else if has("SecretId") {
        Some(Site::Tencent)
    } else if has("Action") && has("Version") {
        Some(Site::Alibaba)
    } else {
        None
    }
}

fn by_host(host: &str) -> Option<Site> {
    let under = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    if ["myhuaweicloud.com", "myhuaweicloud.cn", "myhuaweicloud.eu"].into_iter().any(under) {
        Some(Site::Huawei)
    } else if under("tencentcloudapi.com") {
        Some(Site::Tencent)
    } else if under("aliyuncs.com") {
        let of_oss = host.split('.').any(|label| label == "oss" || label.starts_with("oss-"));
        Some(if of_oss { Site::Oss } else { Site::Alibaba })
    } else {
        None
    }
}

fn is_plain_form(head: &Head) -> bool {
    head.method == Method::POST
        && head.path == "/"
        && head.query.is_empty()
        && head.media_type() == "application/x-www-form-urlencoded"
}

/// The Identity Center's SCIM interface is the only one of Huawei Cloud without a signature and without a version in front.
fn by_path(path: &str) -> Site {
    let is_scim = path.split('/').skip(2).take(2).eq(["scim", "v2"]);
    let versioned = path.strip_prefix("/v").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    if versioned || is_scim { Site::Huawei } else { Site::Oss }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    fn head(method: Method, target: &str, headers: &[(&'static str, &'static str)]) -> Head {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Head { method, path: path.to_owned(), query: query.to_owned(), headers: map, authority: None }
    }

    #[test]
    fn every_rule_decides() {
        let get = |target, headers| recognise(&head(Method::GET, target, headers));
        for (target, headers, site) in [
            ("/b/k", &[("authorization", "SDK-HMAC-SHA256 Access=a")][..], Site::Huawei),
            ("/", &[("authorization", "V11-HMAC-SHA256 Credential=a")], Site::Huawei),
            ("/", &[("authorization", "TC3-HMAC-SHA256 Credential=a")], Site::Tencent),
            ("/", &[("authorization", "ACS3-HMAC-SHA256 Credential=a")], Site::Alibaba),
            ("/v1/k", &[("authorization", "OSS4-HMAC-SHA256 Credential=a")], Site::Oss),
            ("/v1/k", &[("authorization", "OSS ak:sig")], Site::Oss),
            ("/", &[("x-tc-action", "DescribeZones")], Site::Tencent),
            ("/", &[("x-acs-action", "DescribeRegions")], Site::Alibaba),
            ("/k", &[("x-auth-token", "t")], Site::Huawei),
            ("/b/k?x-oss-signature-version=OSS4-HMAC-SHA256", &[], Site::Oss),
            ("/b/k?OSSAccessKeyId=a&Expires=1&Signature=s", &[], Site::Oss),
            ("/?Action=A&SecretId=a&Version=2017-03-12", &[], Site::Tencent),
            ("/?Action=A&AccessKeyId=a&Version=2014-05-26", &[], Site::Alibaba),
            ("/", &[("host", "vpc.cn-north-4.myhuaweicloud.com")], Site::Huawei),
            ("/", &[("host", "cvm.tencentcloudapi.com:443")], Site::Tencent),
            ("/v1/x", &[("host", "bucket.oss-cn-hangzhou.aliyuncs.com")], Site::Oss),
            ("/v1/x", &[("host", "cn-hangzhou.oss.aliyuncs.com")], Site::Oss),
            ("/", &[("host", "ecs.aliyuncs.com")], Site::Alibaba),
            ("/v1/p/vpcs", &[("host", "127.0.0.1:1")], Site::Huawei),
            ("/t1/scim/v2/Users", &[("host", "127.0.0.1:1")], Site::Huawei),
            ("/vacation/photo.jpg", &[("host", "127.0.0.1:1")], Site::Oss),
            ("/openstack/latest/securitykey", &[("host", "127.0.0.1:1")], Site::Huawei),
            ("/openstack/latest/securitykey", &[("authorization", "OSS ak:sig")], Site::Oss),
            ("/anything", &[("host", "169.254.169.254")], Site::Huawei),
            ("/latest/meta-data/", &[("host", "metadata.tencentyun.com")], Site::Tencent),
            ("/latest/meta-data/cam/security-credentials/r", &[("host", "127.0.0.1:1")], Site::Tencent),
            ("/latest/meta-data/cam/security-credentials/r", &[("authorization", "OSS ak:sig")], Site::Oss),
            ("/latest/meta-data/placement", &[("host", "127.0.0.1:1")], Site::Oss),
            ("/anything", &[("host", "100.100.100.200")], Site::Alibaba),
            ("/latest/meta-data/ram/security-credentials/", &[("host", "127.0.0.1:1")], Site::Alibaba),
            ("/latest/meta-data/ram/security-credentials/", &[("authorization", "OSS ak:sig")], Site::Oss),
            ("/latest/api/token", &[("host", "127.0.0.1:1")], Site::Oss),
            ("/_sanyun/alibaba/credentials", &[("host", "127.0.0.1:1")], Site::Alibaba),
            ("/v1/anything", &[("host", "oauth.aliyun.com:443")], Site::Alibaba),
        ] {
            assert_eq!(get(target, headers), Route::To(site), "{target} {headers:?}");
        }
    }

    #[test]
    fn pods_show_a_bare_token() {
        let post = |value| recognise(&head(Method::POST, "/v1/credentials", &[("authorization", value)]));
        assert_eq!(post("token"), Route::To(Site::Huawei));
        assert_eq!(post("OSS ak:sig"), Route::To(Site::Oss));
    }

    #[test]
    fn logins_are_known_by_path_and_token() {
        let post = |path, headers| recognise(&head(Method::POST, path, headers));
        let bearer = [("authorization", "Bearer t")];
        for (path, headers, site) in [
            ("/cloud-credentials", &bearer[..], Site::Alibaba),
            ("/cloud-credentials", &[], Site::Oss),
            ("/v1/exchange", &bearer, Site::Alibaba),
            ("/v1/exchange", &[("x-auth-token", "t")], Site::Huawei),
            ("/v1/token", &[("content-type", "application/x-www-form-urlencoded")], Site::Alibaba),
            ("/v1/token", &[("content-type", "application/json")], Site::Huawei),
        ] {
            assert_eq!(post(path, headers), Route::To(site), "{path} {headers:?}");
        }
        assert_eq!(recognise(&head(Method::PUT, "/latest/api/token", &[])), Route::To(Site::Alibaba));
    }

    #[test]
    fn a_request_line_with_a_host_says_where_to() {
        let mut proxied = head(Method::GET, "/v1/x", &[("host", "127.0.0.1")]);
        proxied.authority = Some("bucket.oss-cn-hangzhou.aliyuncs.com:80".to_owned());
        assert_eq!(
            (recognise(&proxied), proxied.host_name().as_str()),
            (Route::To(Site::Oss), "bucket.oss-cn-hangzhou.aliyuncs.com")
        );
    }

    #[test]
    fn a_plain_form_is_looked_into() {
        let form = [("content-type", "application/x-www-form-urlencoded")];
        assert_eq!(recognise(&head(Method::POST, "/", &form)), Route::ByForm);
        assert_eq!(by_form(b"Action=A&SecretId=x"), Site::Tencent);
        assert_eq!(by_form(b"Action=A&AccessKeyId=x"), Site::Alibaba);
        assert_eq!(by_form(b"Action=A&OIDCToken=x"), Site::Alibaba);
    }
}
