//! The typed path beside the dynamic one: generated code with the same values must send the same request, and read the
//! same reply.
//!
//! The program that `main/typed.rs` writes and builds calls [`Run`] for each operation of its sample. Why an operation
//! is left out, and what the vendor's SDK would do, is a matter of the dynamic path.

mod loose;

use sanyun_catalog::{Catalog, Cloud, Operation as Fact, Type};
use sanyun_core::codec::{self, Field};
use sanyun_core::{Error, Operation, Response, Result, SeededChance};
use serde_json::{Map, Value, json};

use super::calls::{self, Given, Seen, Signing};
use super::values::Parameters;
use super::{compare, seed_of};
use crate::generate::Random;
use loose::Loose;

/// The operations of one cloud.
pub struct Run {
    catalog: &'static Catalog,
    seed: u64,
}

/// Neither path makes a request of the parameters.
pub(super) const REFUSED: &str = "refused";
/// Neither path reads the answer.
pub(super) const UNREAD: &str = "unread";
/// The answer is a stream in typed code.
pub(super) const STREAMED: &str = "streamed";

/// How an answer is written again; `None` where it is a stream.
pub type Write<O> = fn(&mut <O as Operation>::Output) -> Option<String>;

/// The request that reached the transport, and what became of the call.
type Sent<O> = (Option<Seen>, Result<Response<<O as Operation>::Output>>);

/// An answer that was written again, if it is no stream.
type Answer = std::result::Result<Option<String>, String>;

/// Writes an answer as JSON.
#[allow(clippy::unnecessary_wraps, reason = "a `Write`")]
pub fn json(answer: &mut dyn Field) -> Option<String> {
    Some(codec::to_json(answer))
}

impl Run {
    /// The cloud by its word in the catalog.
    #[allow(clippy::expect_used, reason = "the program was written for a cloud whose catalog could be read")]
    pub fn new(cloud: &str, seed: u64) -> Self {
        let cloud = Cloud::from_word(cloud).expect("a cloud");
        Self { catalog: Catalog::of(cloud).expect("the catalog in the program"), seed }
    }

    /// An operation of Huawei Cloud.
    pub fn huawei<O>(&self, service: &str, version: &str, write: Write<O>)
    where
        O: Operation<Cloud = sanyun_huawei::typed::Cloud> + Default,
    {
        self.compare(service, version, write, |given, operation: O| {
            given.send(async |settings| given.huawei(settings)?.call(operation).await)
        });
    }

    /// An action of Tencent Cloud.
    pub fn tencent<O>(&self, service: &str, version: &str, write: Write<O>)
    where
        O: Operation<Cloud = sanyun_tencent::typed::Cloud> + Default,
    {
        self.compare(service, version, write, |given, operation: O| {
            given.send(async |settings| given.tencent(settings)?.call(operation).await)
        });
    }

    /// An operation of Alibaba Cloud.
    pub fn alibaba<O>(&self, service: &str, version: &str, write: Write<O>)
    where
        O: Operation<Cloud = sanyun_alibaba::typed::Cloud> + Default,
    {
        self.compare(service, version, write, |given, operation: O| {
            given.send(async |settings| given.alibaba(settings, Signing::Default)?.call(operation).await)
        });
    }

    /// Makes both calls, and prints what differs as one line of JSON.
    #[allow(clippy::print_stdout, reason = "read by the program that started this one")]
    fn compare<O: Operation + Default>(
        &self,
        service: &str,
        version: &str,
        write: Write<O>,
        call: impl Fn(&Given, O) -> Sent<O>,
    ) {
        let place = format!("{service} {version} {}", O::API.name);
        let operation = self.catalog.operation(service, Some(version), O::API.name);
        let problems = match operation {
            Ok(operation) => problems(&operation, seed_of(self.seed, &place), write, call),
            Err(error) => vec![problem("catalog", "", json!(error.to_string()), Value::Null)],
        };
        println!("{}", json!({"place": place, "problems": problems}));
    }
}

/// What differs between the call of a typed operation and one by name.
fn problems<O: Operation + Default>(
    fact: &Fact<'_>,
    seed: u64,
    write: Write<O>,
    call: impl Fn(&Given, O) -> Sent<O>,
) -> Vec<Value> {
    let mut given = Given::new(fact, seed);
    let dynamic = calls::make(fact, seed, Signing::Default);
    let params = parameters(&given.parameters, codec::names(&mut O::default())).to_string();
    let answer_to = |given: &Given| {
        let mut operation = O::default();
        codec::operation_from_json(&mut operation, &params)?;
        let (request, outcome) = call(given, operation);
        Ok((request, outcome.map(|response| write(&mut response.into_inner())).map_err(|error| error.to_string())))
    };
    let mut found = match answer_to(&given) {
        Ok((request, answer)) => differences(fact, &dynamic, request.as_ref(), answer),
        Err::<_, Error>(error) => return vec![problem("parameters", "", json!(error.to_string()), json!(params))],
    };
    if found.is_empty() {
        let chance = SeededChance::new(seed);
        if let Some((sent, said)) = Loose::of(fact, given.body(), &Random::new(&chance)) {
            given.set_body(&sent);
            let answer = answer_to(&given).map_or_else(|error| Err(error.to_string()), |(_, answer)| answer);
            loose_differences(&mut found, answer, &with_headers(fact, &said, &dynamic.headers));
        }
    }
    found
}

/// What the answer to a loose reply says that it should not, or does not say.
fn loose_differences(found: &mut Vec<Value>, answer: Answer, said: &Value) {
    match answer.map(|text| text.map(|text| serde_json::from_str(&text))) {
        Ok(Some(Ok(typed))) => same_value(found, "(loose)", &typed, said),
        other => found.push(problem("loose reply", "", json!(format!("{other:?}")), said.clone())),
    }
}

/// The parameters as a typed operation has them: its body is a member of its own, or dissolved into its members.
fn parameters(given: &Parameters, names: &[&str]) -> Value {
    let mut members: Map<_, _> = given.placed.iter().map(|(_, name, value)| (name.clone(), value.clone())).collect();
    match &given.body {
        Some(body) if names.contains(&"body") => drop(members.insert("body".to_owned(), body.clone())),
        Some(Value::Object(fields)) => members.extend(fields.clone()),
        _ => {}
    }
    members.into()
}

fn problem(what: &str, place: &str, typed: Value, dynamic: Value) -> Value {
    json!({"what": what, "where": place, "typed": typed, "dynamic": dynamic})
}

fn differences(fact: &Fact<'_>, dynamic: &calls::Ours, request: Option<&Seen>, answer: Answer) -> Vec<Value> {
    let (Some(ours), Some(theirs)) = (request, &dynamic.request) else {
        return match (request, &dynamic.request, answer, &dynamic.value) {
            (None, None, Err(error), Err(other)) if error == *other => {
                vec![problem(REFUSED, "", json!(error), json!(other))]
            }
            (_, _, answer, value) => vec![problem("sending", "", json!(answer.err()), json!(value.as_ref().err()))],
        };
    };
    let mut found = of_requests(ours, theirs);
    match (answer, &dynamic.value) {
        (Err(error), Err(other)) if error == *other => found.push(problem(UNREAD, "", json!(error), json!(other))),
        (Ok(None), _) => found.push(problem(STREAMED, "", Value::Null, Value::Null)),
        (Ok(Some(text)), Ok(value)) => match serde_json::from_str(&text) {
            Ok(typed) => same_value(&mut found, "", &typed, &with_headers(fact, value, &dynamic.headers)),
            Err(error) => found.push(problem("value", "", json!(error.to_string()), json!(text))),
        },
        (answer, value) => found.push(problem("reading the reply", "", json!(answer), json!(value))),
    }
    found
}

fn of_requests(typed: &Seen, dynamic: &Seen) -> Vec<Value> {
    let mut found = Vec::new();
    let mut same = |what: &str, place: &str, typed: &str, dynamic: &str| {
        if typed != dynamic {
            found.push(problem(what, place, json!(typed), json!(dynamic)));
        }
    };
    same("method", "", &typed.method, &dynamic.method);
    same("url", "", &typed.place, &dynamic.place);
    same("query", "", &typed.query, &dynamic.query);
    same("body", "", &String::from_utf8_lossy(&typed.body), &String::from_utf8_lossy(&dynamic.body));
    let names = typed.headers.keys().chain(dynamic.headers.keys().filter(|name| !typed.headers.contains_key(*name)));
    // Signature and digest differ wherever anything else does.
    let of_others = |name: &str| ["authorization", "x-acs-content-sha256", "x-sdk-content-sha256"].contains(&name);
    let (late, plain): (Vec<_>, Vec<_>) = names.partition(|name| of_others(name.as_str()));
    plain
        .iter()
        .for_each(|name| same("header", name.as_str(), typed.header(name.as_str()), dynamic.header(name.as_str())));
    if found.is_empty() {
        let differ = late.iter().filter(|name| typed.header(name.as_str()) != dynamic.header(name.as_str()));
        let text = |seen: &Seen, name: &str| json!(seen.header(name));
        found
            .extend(differ.map(|name| {
                problem("header", name.as_str(), text(typed, name.as_str()), text(dynamic, name.as_str()))
            }));
    }
    found
}

/// What the dynamic path gives beside the body is a member in typed answers.
fn with_headers(fact: &Fact<'_>, value: &Value, headers: &[(String, String)]) -> Value {
    let mut value = value.clone();
    if value.is_null() && !headers.is_empty() {
        value = json!({});
    }
    if let Some(members) = value.as_object_mut() {
        for (name, text) in headers {
            let ty = fact.response_headers.iter().find(|(known, _)| known == name).map(|(_, ty)| ty);
            let is_plain = matches!(ty, Some(Type::Bool | Type::Int | Type::Uint));
            let value = serde_json::from_str(text).ok().filter(|_| is_plain);
            members.entry(name.clone()).or_insert_with(|| value.unwrap_or_else(|| json!(text)));
        }
    }
    value
}

/// Compares what an answer says; what is nothing counts as absent.
fn same_value(found: &mut Vec<Value>, path: &str, typed: &Value, dynamic: &Value) {
    match (typed, dynamic) {
        (Value::Object(typed), Value::Object(dynamic)) => {
            for name in typed.keys().chain(dynamic.keys().filter(|name| !typed.contains_key(*name))) {
                let null = Value::Null;
                let (typed, dynamic) = (typed.get(name).unwrap_or(&null), dynamic.get(name).unwrap_or(&null));
                same_value(found, &format!("{path}.{name}"), typed, dynamic);
            }
        }
        (Value::Array(typed), Value::Array(dynamic)) if typed.len() == dynamic.len() => {
            for (at, (typed, dynamic)) in typed.iter().zip(dynamic).enumerate() {
                same_value(found, &format!("{path}[{at}]"), typed, dynamic);
            }
        }
        _ if typed == dynamic || compare::same_number(typed, dynamic) => {}
        _ if compare::is_nothing(typed) && compare::is_nothing(dynamic) => {}
        _ => found.push(problem("value", path, typed.clone(), dynamic.clone())),
    }
}

#[cfg(test)]
mod tests;
