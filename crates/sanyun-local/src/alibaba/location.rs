//! The location service, version 2015-06-12: the host of a product in a region.

use sanyun_catalog::Catalog;
use serde_json::{Value, json};

use super::Call;
use super::refusal::Refusal;

/// `DescribeEndpoints`: the first endpoint that the catalog knows, or that the usual rule makes. There is none for a
/// product that the catalog does not know.
pub(super) fn describe_endpoints(call: &Call<'_>) -> Result<Value, Refusal> {
    let (region, code) = (call.parameter("Id"), call.parameter("ServiceCode"));
    for (name, value) in [("Id", region), ("ServiceCode", code)] {
        if value.is_empty() {
            return Err(Refusal::missing_parameter(name));
        }
    }
    let kind = match call.parameter("Type") {
        "" => "openAPI",
        kind => kind,
    };
    let found = host(code, region).map(|host| {
        // `SerivceCode` is the service's own spelling.
        json!({
            "Endpoint": host,
            "Id": region,
            "Namespace": "26842",
            "Protocols": {"Protocols": ["HTTP", "HTTPS"]},
            "SerivceCode": code,
            "Type": kind,
        })
    });
    Ok(json!({"Success": true, "Endpoints": {"Endpoint": found.into_iter().collect::<Vec<_>>()}}))
}

fn host(code: &str, region: &str) -> Option<String> {
    let is_meant = |name: &str| name.eq_ignore_ascii_case(code);
    let mut entries = Catalog::alibaba().services();
    let entry = entries.find(|entry| is_meant(entry.name()) || is_meant(entry.product()))?;
    let known = entry.open().ok()?.endpoints(region).unwrap_or_default();
    let usual = || format!("{}.{region}.aliyuncs.com", code.to_ascii_lowercase());
    Some(known.first().map_or_else(usual, |host| (*host).to_owned()))
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn hosts_are_those_of_the_catalog() {
        assert_eq!(host("ecs", "cn-hangzhou").as_deref(), Some("ecs-cn-hangzhou.aliyuncs.com"));
        assert_eq!(host("OCR", "cn-shanghai").as_deref(), Some("ocr.cn-shanghai.aliyuncs.com"));
        assert_eq!(host("no such product", "cn-hangzhou"), None);
    }
}
