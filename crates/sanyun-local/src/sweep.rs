//! The whole catalog against the local cloud, without sockets: every operation is called by name with valid parameters,
//! its answer compared with the catalog, then called with broken ones.
//!
//! Usually 300 operations a cloud are drawn. `SANYUN_SWEEP=whole` takes all of them, `SANYUN_SWEEP_SEED` draws others;
//! both print what was found with `--nocapture`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod fit;
mod network;
mod requests;

use std::collections::BTreeMap;

use sanyun_catalog::paging::{Advance, Paging};
use sanyun_catalog::{Catalog, Cloud, Operation, Place, Type};
use sanyun_core::paging::{Listing, Named};
use sanyun_core::{Call, Credential, Error, ErrorKind, Retry};
use serde_json::{Map, Value, json};

use crate::made_up::{self, BYTES};
use crate::paths::key;
use crate::{ACCESS_KEY, Local, SECRET_KEY, alibaba, listing, seed, tencent};
use network::Network;

/// How many operations of a cloud are drawn.
const DRAWN: usize = 300;

/// Operations that keep what they are told, or answer with what there is: tests of their own look after them.
const KEPT: [&str; 34] = [
    "vpc ListVpcs",
    "vpc CreateVpc",
    "vpc ShowVpc",
    "vpc UpdateVpc",
    "vpc DeleteVpc",
    "iam KeystoneListProjects",
    "iam KeystoneListAuthDomains",
    "iam KeystoneListAuthProjects",
    "iam KeystoneCreateUserTokenByPassword",
    "iam KeystoneCreateUserTokenByPasswordAndMfa",
    "iam KeystoneCreateScopedToken",
    "iam KeystoneCreateAgencyToken",
    "iam KeystoneValidateToken",
    "iam CreateTokenWithIdToken",
    "iam CreateTemporaryAccessKeyByToken",
    "iam CreateTemporaryAccessKeyByAgency",
    "sts AssumeAgency",
    "sts AssumeAgencyWithOIDC",
    "sts GetCallerIdentity",
    "dsc CreateImageWatermark",
    "dsc ShowImageWatermark",
    "cvm RunInstances",
    "cvm DescribeInstances",
    "cvm TerminateInstances",
    "cvm DescribeRegions",
    "cvm DescribeZones",
    "ecs RunInstances",
    "ecs DescribeInstances",
    "ecs DeleteInstance",
    "sts AssumeRole",
    "sts AssumeRoleWithOIDC",
    "sts AssumeRoleWithSAML",
    "location DescribeEndpoints",
    "openplatform AuthorizeFileUpload",
];

/// Headers that belong to the message, whatever the catalog says.
const OF_MESSAGE: [&str; 5] = ["connection", "content-encoding", "content-length", "content-type", "transfer-encoding"];

/// The clients of the three clouds, all on one local cloud.
struct Clients {
    network: Network,
    huawei: sanyun_huawei::Client,
    tencent: sanyun_tencent::Client,
    alibaba: sanyun_alibaba::Client,
}

impl Clients {
    fn to(local: &Local) -> Self {
        let network = Network::to(local.state.clone());
        let keys = || Credential::keys(ACCESS_KEY, SECRET_KEY);
        let huawei = sanyun_huawei::Client::builder().endpoint(local.url()).project_id("p0").domain_id("d0");
        let huawei = huawei.region("cn-north-4");
        let tencent = sanyun_tencent::Client::builder().endpoint(local.url()).region("ap-guangzhou");
        let alibaba = sanyun_alibaba::Client::builder().endpoint(local.url()).region("cn-hangzhou");
        Self {
            huawei: huawei.credentials(keys()).retry(Retry::none()).transport(network.clone()).build().unwrap(),
            tencent: tencent.credentials(keys()).retry(Retry::none()).transport(network.clone()).build().unwrap(),
            alibaba: alibaba.credentials(keys()).retry(Retry::none()).transport(network.clone()).build().unwrap(),
            network,
        }
    }

    fn call(
        &self,
        operation: &Operation<'static>,
        parameters: Map<String, Value>,
        checked: bool,
    ) -> Call<Value, Named> {
        let (service, version, name) = (operation.service.name(), operation.service.version(), operation.name);
        let parameters = Value::Object(parameters);
        match (operation.service.cloud(), checked) {
            (Cloud::Huawei, true) => self.huawei.invoke(service, version, name, parameters),
            (Cloud::Huawei, false) => self.huawei.invoke_unchecked(service, version, name, parameters),
            (Cloud::Tencent, true) => self.tencent.invoke(service, version, name, parameters),
            (Cloud::Tencent, false) => self.tencent.invoke_unchecked(service, version, name, parameters),
            (Cloud::Alibaba, true) => self.alibaba.invoke(service, version, name, parameters),
            (Cloud::Alibaba, false) => self.alibaba.invoke_unchecked(service, version, name, parameters),
        }
    }
}

/// Why an operation is not called, if it is not.
fn exception(operation: &Operation<'static>) -> Option<&'static str> {
    let alibaba = operation.service.cloud() == Cloud::Alibaba;
    let consumes = operation.consumes.first().copied().unwrap_or_default();
    let name = format!("{} {}", operation.service.name(), operation.name);
    let kept = KEPT.contains(&name.as_str()) || name == "ecs DescribeRegions";
    if kept && !(operation.service.cloud() == Cloud::Huawei && name.starts_with("ecs ")) {
        Some("keeps state")
    } else if operation.flags.gateway {
        Some("client: a gateway of the product's own")
    } else if operation.flags.octet_stream {
        Some("client: octet stream, not by name")
    } else if !operation.is_callable() {
        Some("client: a placeholder that nobody fills")
    } else if operation.rare.scheme.as_deref().is_some_and(|scheme| scheme.starts_with("ws")) {
        Some("client: called over a WebSocket")
    } else if requests::has_two_types(operation) {
        Some("client: one name in two places, with two types")
    } else if requests::has_list_in_path(operation) {
        Some("client: a list in the path")
    } else if requests::has_file(operation) {
        Some("client: files, not by name")
    } else if alibaba && operation.params_in(Place::Host).next().is_some() {
        Some("client: part of the host")
    } else if alibaba && matches!(consumes, "xml" | "protobuf" | "multiFormData")
        || matches!(consumes, "application/bson" | "application/octet-stream")
    {
        Some("client: body of a type that it does not write")
    } else {
        None
    }
}

/// What a sweep found: how often each thing was the case, and what must not be.
#[derive(Default)]
struct Report {
    counts: BTreeMap<String, usize>,
    wrong: Vec<String>,
}

impl Report {
    fn count(&mut self, what: &str) {
        *self.counts.entry(what.to_owned()).or_default() += 1;
    }

    fn wrong(&mut self, what: &str, operation: &Operation<'static>, why: impl std::fmt::Display) {
        let service = operation.service;
        self.count(&format!("WRONG {what}"));
        let mut why = format!("{what}: {} {} {}: {why}", service.name(), service.version(), operation.name);
        why.truncate(why.floor_char_boundary(400));
        self.wrong.push(why);
    }
}

/// The drawn operations, or all.
fn drawn(catalog: &'static Catalog) -> Vec<Operation<'static>> {
    if std::env::var("SANYUN_SWEEP").is_ok_and(|value| value == "whole") {
        return catalog.services().flat_map(|entry| entry.open().unwrap().all_operations()).collect();
    }
    let chosen = std::env::var("SANYUN_SWEEP_SEED").unwrap_or_default();
    let entries: Vec<_> = catalog.services().collect();
    let total: usize = entries.iter().map(|entry| entry.operation_count()).sum();
    let draw = |number: usize| {
        let at = seed::of(&[chosen.as_bytes(), &number.to_le_bytes()]) as usize % total;
        let mut before = 0;
        let entry = entries.iter().find(|entry| {
            before += entry.operation_count();
            at < before
        });
        let entry = entry.unwrap();
        let name = entry.operation_names().nth(at + entry.operation_count() - before).unwrap();
        entry.open().unwrap().operation(name).unwrap()
    };
    (0..DRAWN).map(draw).collect()
}

async fn sweep(catalog: &'static Catalog) {
    let local = Local::builder().start().await.unwrap();
    let clients = Clients::to(&local);
    let mut report = Report::default();
    for operation in drawn(catalog) {
        report.count("operations");
        match exception(&operation) {
            Some(reason) => report.count(&format!("excepted: {reason}")),
            None => examine(&clients, &operation, &mut report).await,
        }
    }
    println!("{}: {:#?}", catalog.cloud(), report.counts);
    for wrong in report.wrong.iter().take(200) {
        println!("{wrong}");
    }
    assert!(report.wrong.is_empty(), "{} wrong, such as {}", report.wrong.len(), report.wrong[0]);
    assert!(report.counts["answered"] > 0);
    local.shutdown().await;
}

async fn examine(clients: &Clients, operation: &Operation<'static>, report: &mut Report) {
    let seed = seed::of(&[operation.service.name().as_bytes(), operation.name.as_bytes()]);
    let valid = requests::valid(operation, seed);
    let streams = match operation.service.cloud() {
        Cloud::Tencent => tencent::always_streams(operation),
        Cloud::Alibaba => alibaba::always_streams(operation),
        _ => false,
    };
    if streams {
        report.count("answered");
        return events(clients.call(operation, valid, true), clients, operation, report).await;
    }
    // A bucket cannot stand in front of an address.
    let needs_host = operation.params_in(Place::Host).next().is_some();
    let call = clients.call(operation, valid.clone(), true);
    let call = if needs_host { at_host(call, operation) } else { call }.await;
    let own = format!("{} {}", operation.service.name(), operation.name);
    // On a bare address another operation of the same method and path may be as good.
    let (named, reply) = if call.is_ok() && clients.network.last().operation != own {
        report.count("taken for another one without a host name");
        (true, at_host(clients.call(operation, valid.clone(), true), operation).await)
    } else {
        (false, call)
    };
    // Broken ones may fit another operation of the same method and path.
    let named = named || operation.service.cloud() != Cloud::Tencent;
    let at = |call| if named { at_host(call, operation) } else { call };
    match reply {
        Err(error) => return report.wrong("not answered", operation, error),
        Ok(_) if clients.network.last().operation != own => {
            return report.count(TWIN);
        }
        Ok(reply) => match fits(clients, operation, &reply) {
            Ok(()) => report.count("answered"),
            Err(_) if has_twin(operation) => report.count(TWIN),
            Err(why) => report.wrong("answer", operation, why),
        },
    }
    if let Some(broken) = requests::incomplete(operation, &valid) {
        let error = at(clients.call(operation, broken, false)).await.err();
        if operation.service.cloud() == Cloud::Alibaba {
            report.count("incomplete and answered (the marks are not certain)");
        } else {
            refused(operation, error, "incomplete", report);
        }
    }
    if let Some(broken) = requests::of_wrong_type(operation, &valid) {
        refused(operation, at(clients.call(operation, broken, false)).await.err(), "of wrong type", report);
    }
    pages(&at, clients, operation, &valid, report).await;
    events(at(clients.call(operation, valid, true)), clients, operation, report).await;
}

const TWIN: &str = "excepted: same method, path and parameters as another one of its service";

/// Whether another operation of the service, of whichever version, has the same method and path.
fn has_twin(operation: &Operation<'static>) -> bool {
    let key = |operation: &Operation<'static>| {
        let path = operation.path;
        key::form_of_template(path).map(|form| key::hash(operation.method, path, form.placeholders))
    };
    let versions = operation.service.catalog().services().filter(|entry| entry.name() == operation.service.name());
    let all = versions.filter_map(|entry| entry.open().ok()).flat_map(|service| service.all_operations());
    operation.service.cloud() == Cloud::Huawei && all.filter(|other| key(other) == key(operation)).count() > 1
}

/// The same call to a host that names the service.
fn at_host(call: Call<Value, Named>, operation: &Operation<'static>) -> Call<Value, Named> {
    call.endpoint(&format!("http://{}.localhost", operation.service.name().replace('_', "-")))
}

fn fits(clients: &Clients, operation: &Operation<'static>, reply: &Value) -> Result<(), String> {
    let last = clients.network.last();
    let media_type = crate::arrival::header(&last.headers, "content-type").to_owned();
    let text = String::from_utf8_lossy(&last.body);
    for (name, _) in &operation.response_headers {
        if !last.headers.contains_key(*name) && !OF_MESSAGE.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(format!("header {name} is missing"));
        }
    }
    let kind = match operation.produces {
        _ if operation.flags.stream_response => "binary",
        Some(kind) => kind,
        None => "json",
    };
    match kind {
        _ if operation.method == "HEAD" && last.body.is_empty() => Ok(()),
        "binary" | "byte" if media_type == "application/octet-stream" && last.body == BYTES => Ok(()),
        "string" if media_type.starts_with("text/plain") && reply.is_string() => Ok(()),
        "none" if operation.response.is_none() && last.body.is_empty() => Ok(()),
        "xml" if text.starts_with('<') && reply.is_string() => Ok(()),
        "json" if media_type.ends_with("xml") => {
            sanyun_huawei::xml::from_text(&text).map(drop).map_err(|e| e.to_string())
        }
        "json" if operation.response.is_none() && last.body.is_empty() && last.status == 204 => Ok(()),
        "json" | "array" | "any" => {
            let value: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
            let value = match operation.service.cloud() {
                Cloud::Tencent => value["Response"].clone(),
                _ => value,
            };
            fit::fits(operation, &value)
        }
        "none" => fit::fits(operation, &serde_json::from_str(&text).unwrap_or_default()),
        kind => Err(format!("{kind}: {media_type}: {text}")),
    }
}

fn refused(operation: &Operation<'static>, error: Option<Error>, what: &str, report: &mut Report) {
    let Some(error) = error else {
        let is_xml = operation.consumes.first().is_some_and(|kind| kind.ends_with("xml"));
        return match has_twin(operation) {
            _ if is_xml => report.count(&format!("{what}: XML is not looked into")),
            true => report.count(&format!("{what}: fits another one of the same method and path")),
            false => report.wrong(what, operation, "not refused"),
        };
    };
    if matches!(error.kind(), ErrorKind::Input) {
        return report.count(&format!("{what}: the client cannot send it"));
    }
    let Some(service) = error.service() else { return report.wrong(what, operation, error) };
    let expected: (u16, &[&str]) = match operation.service.cloud() {
        Cloud::Huawei => (400, &["APIGW.0201"]),
        Cloud::Tencent => (200, &["MissingParameter", "InvalidParameter"]),
        Cloud::Alibaba => (400, &["InvalidParameter", "MissingParameter"]),
    };
    let fits = service.status() == expected.0 && expected.1.contains(&service.code()) && service.request_id().is_some();
    if fits { report.count(&format!("{what}: refused")) } else { report.wrong(what, operation, error) }
}

/// The loop over pages of two ends, with all items.
async fn pages(
    at: &impl Fn(Call<Value, Named>) -> Call<Value, Named>,
    clients: &Clients,
    operation: &Operation<'static>,
    valid: &Map<String, Value>,
    report: &mut Report,
) {
    let Some(paging) = operation.paging() else { return };
    let mut given = valid.clone();
    let required = |name: &str| {
        let fields = operation.body_fields();
        let param = operation.param(name).is_some_and(|param| param.flags.required());
        param || fields.iter().any(|field| field.name == name && field.flags.required())
    };
    given.retain(|name, _| !listing::is_of_paging(&paging, name) || required(name));
    if let Some(limit) = paging.limit {
        let text = operation.targets(limit).iter().any(|target| *target.ty() == Type::String);
        given.insert(limit.to_owned(), if text { json!("2") } else { json!(2) });
    }
    for (name, value) in &mut given {
        if Some(name.as_str()) != paging.limit && listing::is_of_paging(&paging, name) {
            *value = first(&paging, name, operation);
        }
    }
    let mut pages = at(clients.call(operation, given.clone(), true)).pages();
    let named = Named::new(Value::Object(given), {
        let rule = sanyun_catalog::calls::paging_rule(operation);
        move || rule
    });
    let (mut items, mut count) = (Vec::new(), 0);
    while let Some(page) = pages.next().await {
        match page {
            Ok(page) => items.extend(named.take_items(&mut page.into_inner())),
            Err(error) => return report.wrong("pages", operation, error),
        }
        count += 1;
        if count > 6 {
            return report.wrong("pages", operation, "they do not end");
        }
    }
    let repeated = items.iter().enumerate().any(|(at, item)| item.is_object() && items[..at].contains(item));
    if items.len() == listing::TOTAL && !(repeated && items[0].as_object().is_some_and(|item| item.len() > 3)) {
        report.count(&format!("pages: by {}", paging.advance.as_str()));
    } else {
        report.wrong("pages", operation, format!("{} items on {count} pages by {paging}", items.len()));
    }
}

/// What a required parameter of paging has to be on the first page.
fn first(paging: &Paging<'_>, name: &str, operation: &Operation<'static>) -> Value {
    let plain = made_up::plain(name);
    let number = match paging.advance {
        Advance::Page { number, first } if number == name => first,
        _ if plain.contains("offset") || plain.contains("start") => 0,
        _ if plain.contains("size") || plain.contains("max") || plain.contains("limit") => 2,
        Advance::Offset { offset } if offset == name => 0,
        _ => 1,
    };
    let is_text = operation.targets(name).iter().any(|target| *target.ty() == Type::String);
    match paging.advance {
        Advance::Token { token: param, .. } | Advance::Marker { marker: param, .. } if param == name && is_text => {
            "".into()
        }
        Advance::Token { token: param, .. } | Advance::Marker { marker: param, .. } if param == name => 0.into(),
        _ if is_text => number.to_string().into(),
        _ => number.into(),
    }
}

/// Events for whoever asks for them.
async fn events(call: Call<Value, Named>, clients: &Clients, operation: &Operation<'static>, report: &mut Report) {
    if !operation.flags.sse || operation.response.is_none() {
        return;
    }
    // Our clients read one JSON answer; what counts is what arrived.
    let _ = call.header("accept", "text/event-stream").await;
    let last = clients.network.last();
    let text = String::from_utf8_lossy(&last.body).into_owned();
    let data = text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or_default();
    let value: Value = serde_json::from_str(data).unwrap_or_default();
    let is_stream = crate::arrival::header(&last.headers, "content-type").starts_with("text/event-stream");
    // Clients of Alibaba Cloud read every event as JSON.
    let end = if operation.service.cloud() == Cloud::Alibaba { "\n\n" } else { "data: [DONE]\n\n" };
    match fit::fits(operation, &value) {
        Ok(()) if is_stream && text.ends_with(end) => report.count("events"),
        Ok(()) => report.wrong("events", operation, text),
        Err(why) => report.wrong("events", operation, why),
    }
}

#[tokio::test]
async fn huawei() {
    sweep(Catalog::huawei()).await;
}

#[tokio::test]
async fn tencent() {
    sweep(Catalog::tencent()).await;
}

#[tokio::test]
async fn alibaba() {
    sweep(Catalog::alibaba()).await;
}

/// One unknown operation of every service version.
#[tokio::test]
async fn unknown_operations_are_refused() {
    let local = Local::builder().start().await.unwrap();
    let clients = Clients::to(&local);
    for entry in Catalog::huawei().services() {
        let input = sanyun_huawei::Input::get(entry.name(), "/v1/{project_id}/no/such/path/here/at/all");
        let error = clients.huawei.send(input).await.unwrap_err();
        assert_eq!((error.service().unwrap().status(), error.code()), (404, Some("APIGW.0101")));
    }
    for entry in Catalog::tencent().services() {
        let call = clients.tencent.invoke_unchecked(entry.name(), entry.version(), "DescribeNoSuchThing", json!({}));
        let error = call.await.unwrap_err();
        assert_eq!((error.service().unwrap().status(), error.code()), (200, Some("InvalidAction")), "{entry:?}");
    }
    for entry in Catalog::alibaba().services() {
        let input = sanyun_alibaba::Input::rpc(entry.name(), entry.api_version(), "DescribeNoSuchThing");
        let error = clients.alibaba.send(input).await.unwrap_err();
        assert_eq!((error.service().unwrap().status(), error.code()), (404, Some("InvalidAction.NotFound")));
    }
}
