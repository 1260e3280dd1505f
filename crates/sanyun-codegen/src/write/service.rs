//! The service.

use sanyun_catalog::{Cloud, Service};

use super::literal;

/// `VPC v3 of Huawei Cloud`.
pub(super) fn title(service: Service<'_>) -> String {
    let meta = service.meta();
    let cloud = match service.cloud() {
        Cloud::Huawei => "Huawei Cloud",
        Cloud::Tencent => "Tencent Cloud",
        Cloud::Alibaba => "Alibaba Cloud",
    };
    format!("{} {} of {cloud}", service.name().to_uppercase(), meta.api_version)
}

pub(super) fn text(service: Service<'_>) -> String {
    let meta = service.meta();
    let credentials = meta.credentials.join(",");
    let facts = [
        ("product", meta.product),
        ("endpoint_rule", meta.endpoint_rule),
        ("credentials", Some(credentials.as_str()).filter(|it| !it.is_empty())),
        ("derived_auth", meta.derived_auth),
        ("gateway", meta.gateway),
        ("settings", meta.settings),
    ];
    let mut text = format!("/// {}.\npub static SERVICE: sdk::Service = sdk::Service {{\n", title(service));
    for (name, value) in facts {
        text += &value.map(|value| format!("    {name}: {},\n", literal(value))).unwrap_or_default();
    }
    let name = format!("sdk::Service::new({}, {})", literal(service.name()), literal(meta.api_version));
    text + &regions(service) + &format!("    ..{name}\n}};\n")
}

fn regions(service: Service<'_>) -> String {
    let lines = service.regions().map(|region| format!("{} {}\n", region.id, region.endpoints.join(" ")));
    let lines: String = lines.collect();
    if lines.is_empty() {
        String::new()
    } else {
        format!("    regions: \"\\\n{}\",\n", lines.trim_end().escape_default().to_string().replace("\\n", "\n"))
    }
}
