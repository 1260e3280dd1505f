//! Operations.

use sanyun_catalog::paging::Advance;
use sanyun_catalog::{CallStyle, Cloud, Service};

use super::layout::list;
use super::literal;
use super::record::Record;
use crate::model::{Operation, Pages};

pub(super) fn text(service: Service<'_>, it: &Operation<'_>) -> String {
    let record = Record { name: &it.name, members: &it.members, extra: None };
    let mut parts = vec![
        documentation(service, it) + &deprecation(it) + &record.declaration(),
        record.construction(),
        record.default(),
        record.codec(),
        call(service, it),
    ];
    parts.extend(it.pages.as_ref().map(|pages| paging(it, pages)));
    parts.extend([record.debug(), record.equality()]);
    parts.join("\n")
}

/// The HTTP line with the vendor's page, and what must be given.
fn documentation(service: Service<'_>, it: &Operation<'_>) -> String {
    let (method, path) = (it.fact.method, it.fact.path);
    let line = match service.cloud() {
        Cloud::Tencent => it.fact.name.to_owned(),
        _ if it.fact.style == Some(CallStyle::Rpc) => format!("{method} {}", it.fact.name),
        _ => format!("{method} {path}"),
    };
    let mut text = format!("/// `{line}` ([documentation]({}))\n", link(service, it.fact.name));
    let required = it.members.iter().filter(|member| !member.optional).map(|member| format!("`{}`", member.name));
    let required: Vec<String> = required.collect();
    if !required.is_empty() {
        text += &format!("///\n/// Required: {}.\n", required.join(", "));
    }
    text
}

fn link(service: Service<'_>, operation: &str) -> String {
    let meta = service.meta();
    let (name, version) = (service.name(), meta.api_version);
    match service.cloud() {
        Cloud::Huawei => format!(
            "https://console.huaweicloud.com/apiexplorer/#/openapi/{}/doc?api={operation}&version={version}",
            name.to_uppercase()
        ),
        Cloud::Tencent => format!(
            "https://console.cloud.tencent.com/api/explorer?Product={name}&Version={version}&Action={operation}"
        ),
        Cloud::Alibaba => {
            format!("https://api.aliyun.com/document/{}/{version}/{operation}", meta.product.unwrap_or(name))
        }
    }
}

fn deprecation(it: &Operation<'_>) -> String {
    let note = match it.fact.flags {
        flags if flags.offline => "the vendor has switched it off",
        flags if flags.deprecated => "the vendor advises against it",
        _ => return String::new(),
    };
    format!("#[deprecated(note = {note:?})]\n")
}

/// How it is called.
fn call(service: Service<'_>, it: &Operation<'_>) -> String {
    let Operation { name, output, fact, .. } = it;
    let facts = ["&SERVICE".to_owned(), literal(fact.name), literal(fact.method), literal(fact.path)];
    let rare = rare_facts(service.cloud(), it);
    let api = match rare.as_slice() {
        [] => list("    const API: sdk::Api = sdk::Api::new(", &facts, ");"),
        rare => {
            let lines: String = rare.iter().map(|fact| format!("        {fact},\n")).collect();
            let usual = list("        ..sdk::Api::new(", &facts, ")");
            format!("    const API: sdk::Api = sdk::Api {{\n{lines}{usual}    }};\n")
        }
    };
    format!("impl sdk::Operation for {name} {{\n    type Cloud = sdk::Cloud;\n    type Output = {output};\n{api}}}\n")
}

/// Facts that differ from what [`sanyun_core::Api::new`] sets.
fn rare_facts(cloud: Cloud, it: &Operation<'_>) -> Vec<String> {
    let fact = &it.fact;
    let consumes = fact.consumes.join("|");
    let headers: Vec<String> = fact.response_headers.iter().map(|(name, _)| literal(name)).collect();
    let texts = [
        ("consumes", consumes.as_str(), if cloud == Cloud::Huawei { "application/json" } else { "" }),
        // Where the generated code falls back on the operation's name, nothing is said.
        ("xml_root", if consumes.contains("xml") { fact.xml_root() } else { "" }, ""),
        ("produces", fact.produces.unwrap_or_default(), ""),
        ("body_style", fact.rare.body_style.as_deref().unwrap_or_default(), ""),
        ("scheme", fact.rare.scheme.as_deref().unwrap_or_default(), ""),
        ("endpoint", fact.rare.endpoint.as_deref().unwrap_or_default(), ""),
    ];
    let flags = [
        ("response_root", fact.flags.response_root),
        ("unsigned", fact.is_unsigned()),
        ("octet_stream", fact.flags.octet_stream),
        ("gateway", fact.flags.gateway),
    ];
    let mut rare = Vec::new();
    rare.extend((fact.style == Some(CallStyle::Rpc)).then(|| "style: sdk::Style::Rpc".to_owned()));
    let differing = texts.iter().filter(|(_, value, usual)| value != usual);
    rare.extend(differing.map(|(name, value, _)| format!("{name}: {}", literal(value))));
    rare.extend((!headers.is_empty()).then(|| format!("response_headers: &[{}]", headers.join(", "))));
    rare.extend(flags.iter().filter(|(_, is_set)| *is_set).map(|(name, _)| format!("{name}: true")));
    rare
}

/// How its pages are asked for.
fn paging(it: &Operation<'_>, pages: &Pages<'_>) -> String {
    let name = &it.name;
    let Pages { rule, item, list } = pages;
    let (items, advance) = (literal(rule.items), advance(&rule.advance));
    let more = rule.more.map(|more| format!("({}, {})", literal(more.path), more.when));
    let [limit, total, more] = [rule.limit.map(literal), rule.total.map(literal), more]
        .map(|it| it.map_or("None".to_owned(), |it| format!("Some({it})")));
    format!(
        "impl sdk::Paged for {name} {{
    type Item = {item};
    const PAGING: sdk::Paging = sdk::Paging {{
        advance: {advance},
        items: {items},
        limit: {limit},
        total: {total},
        more: {more},
    }};

    #[inline]
    fn items(page: &mut Self::Output) -> Option<&mut Vec<Self::Item>> {{
        {list}
    }}
}}
"
    )
}

fn advance(rule: &Advance<'_>) -> String {
    match rule {
        Advance::Offset { offset } => format!("sdk::Advance::Offset {{ offset: {offset:?} }}"),
        Advance::Page { number, first } => format!("sdk::Advance::Page {{ number: {number:?}, first: {first} }}"),
        Advance::Marker { marker, field } => {
            format!("sdk::Advance::Marker {{ marker: {marker:?}, field: {field:?} }}")
        }
        Advance::Token { token, next } => format!("sdk::Advance::Token {{ token: {token:?}, next: {next:?} }}"),
    }
}
