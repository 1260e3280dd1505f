//! Where our calls and those of the vendors' SDKs differ on purpose, with the reason. Whatever is not listed here is a
//! difference.

use sanyun_catalog::{Cloud, Operation, Place, Type, TypeDef};
use sanyun_core::encode;
use serde_json::{Value, json};

use super::typed;
use super::values::SIGNER_HEADERS;

/// A reason, and the operations it holds for.
type Rule = (&'static str, fn(&Operation<'_>) -> bool);

/// Operations that are not called by name, or that the vendor's package cannot call.
const LEFT_OUT: &[Rule] = &[
    ("the object store has a client of its own", |it| match it.service.cloud() {
        Cloud::Huawei => it.service.name() == "obs",
        Cloud::Alibaba => it.service.name() == "oss",
        Cloud::Tencent => false,
    }),
    ("goes through the product's own gateway", |it| {
        it.flags.gateway || it.service.cloud() == Cloud::Alibaba && it.params_in(Place::Host).next().is_some()
    }),
    ("called over a WebSocket", |it| it.rare.scheme.as_deref().is_some_and(|scheme| scheme.starts_with("ws"))),
    ("a part of the path that the sources give no value for", |it| !it.is_callable()),
    ("the body is raw bytes, sent with `Client::send`", |it| it.flags.octet_stream),
    ("a required file, sent with `Client::send`", needs_file),
    ("a body of BSON, which is not made of parameters", |it| consumes(it, "application/bson")),
    ("a body that is not made of parameters", |it| {
        it.service.cloud() == Cloud::Alibaba
            && !["formData", "json", "none", "byte", "binary"].iter().any(|known| consumes(it, known))
            && !it.consumes.is_empty()
    }),
    ("the vendor's credential of this service fetches a token first", |it| {
        it.service.meta().credentials.first() == Some(&"MeetingCredentials")
    }),
];

/// Why an operation is not called at all; `None` if it is.
pub fn operation(operation: &Operation<'_>) -> Option<&'static str> {
    LEFT_OUT.iter().find(|(_, holds)| holds(operation)).map(|(reason, _)| *reason)
}

fn consumes(operation: &Operation<'_>, kind: &str) -> bool {
    operation.consumes.first().is_some_and(|first| first.eq_ignore_ascii_case(kind))
}

fn needs_file(operation: &Operation<'_>) -> bool {
    let of_body = operation.body_fields();
    let is_file = |ty: &Type<'_>| ty.element() == &Type::File;
    of_body.iter().any(|field| field.flags.required() && is_file(&field.ty))
        || operation.params.iter().any(|param| param.flags.required() && is_file(&param.ty))
        || operation.body.as_ref().is_some_and(is_file)
}

/// Whether a member of the body is more than one plain value.
fn has_nested(operation: &Operation<'_>) -> bool {
    operation.body_fields().iter().any(|field| field.ty.is_compound() || field.ty == Type::Any)
}

fn operation_answers_with(operation: &Operation<'_>, member: &str) -> bool {
    let answer = operation.response.as_ref().and_then(|ty| operation.service.resolve(ty));
    answer.is_some_and(|answer| answer.as_struct().is_some_and(|it| it.field(member).is_some()))
}

/// Whether a structure that the operation reaches has a map of lists of structures.
fn has_map_of_lists(operation: &Operation<'_>) -> bool {
    let is_one = |ty: &Type<'_>| match ty {
        Type::Map(item) => matches!(&**item, Type::List(item) if item.name().is_some()),
        _ => false,
    };
    let params = operation.params.iter().map(|param| &param.ty);
    let mut open: Vec<&str> = params.chain(&operation.body).chain(&operation.response).filter_map(Type::name).collect();
    let mut seen = std::collections::BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(TypeDef::Struct(definition)) = operation.service.type_def(name).filter(|_| seen.insert(name)) {
            if definition.fields.iter().any(|field| is_one(&field.ty)) {
                return true;
            }
            open.extend(definition.fields.iter().filter_map(|field| field.ty.name()));
        }
    }
    false
}

const BROKEN_CLASS: &str = "official: its class cannot write or read back what the catalog says";
const TWO_NAMES: &str = "official: one attribute is sent under two names";

/// A listed difference of a call: the reason, and the test of operation and problem.
type Listed = (&'static str, fn(&Operation<'_>, &Problem<'_>) -> bool);

/// One difference.
struct Problem<'a> {
    what: &'a str,
    place: &'a str,
    ours: &'a Value,
    official: &'a Value,
}

const LISTED: &[Listed] = &[
    ("the answer is a stream of bytes", |it, problem| it.flags.stream_response && problem.is_of_reply()),
    ("official: an answer that is an empty value is dropped", |it, problem| {
        let is_empty =
            matches!(problem.ours, Value::Bool(false)) || problem.ours == "" || problem.ours.as_f64() == Some(0.0);
        it.flags.response_root && problem.what == "value" && problem.place.is_empty() && is_empty
    }),
    ("official: a member named `status_code` is the status of the reply", |it, problem| {
        it.service.cloud() == Cloud::Huawei && problem.is_of_reply() && problem.place.ends_with("status_code")
    }),
    (
        "official: a value of an enumeration whose constant is written another way is read as an empty object",
        |it, problem| {
            let is_plain = problem.ours.is_string() || problem.ours.is_number();
            it.service.cloud() == Cloud::Huawei && problem.what == "value" && is_plain && problem.official == &json!({})
        },
    ),
    ("official: an answer of type `any` is given as text", |it, problem| {
        it.produces == Some("any") && problem.what == "value" && problem.place.is_empty()
    }),
    ("official: a text for a parameter of any type that is sent as JSON becomes `null`", |it, problem| {
        it.service.cloud() == Cloud::Alibaba && problem.what == "query" && problem.official == "null"
    }),
    ("official: a member named `body` receives the whole structure around it", |it, problem| {
        it.service.cloud() == Cloud::Huawei && problem.what == "value" && problem.place.ends_with(".body")
    }),
    ("official: `{project_id}` stays in the path of a service for the whole account", |it, problem| {
        let official = problem.official.as_str().unwrap_or_default();
        it.service.cloud() == Cloud::Huawei && problem.what == "url" && official.contains("{project_id}")
    }),
    ("official: what is nested deeper in a query is written in Python's notation", |it, problem| {
        let official = problem.official.as_str().unwrap_or_default();
        let is_pythons = official.contains("%3D%5B%27") || official.contains("=%7B%27");
        it.service.cloud() == Cloud::Huawei && problem.what == "query" && is_pythons
    }),
    ("official: a member that begins in lower case is written with a capital", |it, problem| {
        it.service.cloud() == Cloud::Tencent && problem.what == "value" && problem.place.ends_with("adAutoFixVul")
    }),
    ("official: the credential of this service knows no project", |it, problem| {
        it.service.meta().credentials.first() == Some(&"SMSApiCredentials") && problem.place == "x-project-id"
    }),
    ("the catalog does not say that it goes through the product's own gateway", |_, problem| {
        let message = problem.official.get("message").and_then(Value::as_str).unwrap_or_default();
        problem.what == "sending" && message.contains("modify_configuration")
    }),
    ("official: signs although the action needs no signature", |it, problem| {
        let is_signature = problem.what == "signature" || problem.place == "x-tc-token";
        it.service.cloud() == Cloud::Tencent && it.flags.unsigned && is_signature
    }),
    ("an answer with a member `Error` means an error, to both", |it, problem| {
        let has_error = operation_answers_with(it, "Error");
        it.service.cloud() == Cloud::Tencent && has_error && problem.what == "reading the reply"
    }),
    ("official: nested members of a form are sent as the names of their members", |it, problem| {
        consumes(it, "application/x-www-form-urlencoded") && problem.what == "body" && has_nested(it)
    }),
    ("official: nested members of a multipart body are written in Python's notation", |it, problem| {
        consumes(it, "multipart/form-data") && problem.what == "body" && has_nested(it)
    }),
    ("official: the parameters of the query are sent a second time, in the body", |it, problem| {
        it.service.cloud() == Cloud::Alibaba && problem.what == "body" && problem.has_query_in_body(it)
    }),
    (BROKEN_CLASS, |it, problem| {
        let failure = problem.official.get("error").and_then(Value::as_str).unwrap_or_default();
        let is_of_model = ["AttributeError", "KeyError"].contains(&failure) && problem.what == "reading the reply"
            || failure == "KeyError" && problem.official["at"].as_str().is_some_and(|at| at.starts_with("to_map"));
        it.service.cloud() == Cloud::Alibaba && is_of_model
    }),
    ("an empty answer is null here, and an empty text in the official SDK", |it, problem| {
        let is_empty = problem.ours.is_null() && problem.official == "";
        it.service.cloud() == Cloud::Alibaba && problem.what == "value" && problem.place.is_empty() && is_empty
    }),
    ("official: a map of lists of structures is read back under the key `k`", |it, problem| {
        let is_twin = problem.ours.is_null() || problem.official.is_null();
        it.service.cloud() == Cloud::Alibaba && problem.what == "value" && is_twin && has_map_of_lists(it)
    }),
    ("official: unset lists and maps of structures are sent as empty ones", |it, problem| {
        it.service.cloud() == Cloud::Alibaba && problem.differs_by_empty_members()
    }),
    ("official: white space around a parameter's name", |it, problem| {
        it.service.cloud() == Cloud::Alibaba && problem.what == "query" && problem.place.trim() != problem.place
    }),
    (TWO_NAMES, |it, problem| {
        let is_of_call = problem.what == "sending" || problem.place.eq_ignore_ascii_case("sourceSystem");
        it.service.cloud() == Cloud::Alibaba && it.name == "CreateDiagnosticReport" && is_of_call
    }),
    ("official: a host of its table ends in a tab", |it, problem| {
        let text = |value: &Value| value.as_str().unwrap_or_default().replace('\t', "");
        it.service.cloud() == Cloud::Alibaba && problem.what == "url" && text(problem.ours) == text(problem.official)
    }),
    ("official: no rule for the endpoint, and its one central host is wrong in most regions", |it, problem| {
        let is_place = problem.what == "url" || problem.what == "header" && problem.place == "host";
        is_place && it.service.meta().endpoint_rule.is_none_or(str::is_empty) && it.service.cloud() == Cloud::Alibaba
    }),
    ("a parameter named like one of signature 1.0, which the package signs with", |_, problem| {
        problem.what == "sending" && problem.ours.as_str().is_some_and(|text| text.contains("is set by the signature"))
    }),
];

impl Problem<'_> {
    fn is_of_reply(&self) -> bool {
        ["value", "reading the reply", "reply header"].contains(&self.what)
    }

    /// Whether the official body has parameters of the query beside what ours has.
    fn has_query_in_body(&self, operation: &Operation<'_>) -> bool {
        let (ours, official) = (stripped(self.ours), stripped(self.official));
        let in_query = |name: &String| operation.params_in(Place::Query).any(|param| param.name == name);
        let is_ours = |(name, value): (&String, &Value)| ours.get(name) == Some(value) || in_query(name);
        official.as_object().is_some_and(|members| members.iter().all(is_ours))
    }

    /// Whether two texts are the same but for empty lists and objects in JSON: texts that are JSON, or forms with JSON in
    /// their values.
    fn differs_by_empty_members(&self) -> bool {
        let is_text = self.what == "query" || self.what == "body";
        is_text && stripped(self.ours) == stripped(self.official)
    }
}

/// What a text means without empty lists and objects; null if nothing is left.
fn stripped(text: &Value) -> Value {
    let text = text.as_str().unwrap_or_default();
    let json = |text: &str| serde_json::from_str::<Value>(text).ok().map(without_empty_members);
    let value = json(text).unwrap_or_else(|| {
        let pairs = encode::pairs(text).map(|(name, value)| {
            let value = encode::form_decode(value);
            (encode::form_decode(name), json(&value).unwrap_or(Value::String(value)))
        });
        without_empty_members(Value::Object(pairs.collect()))
    });
    if is_empty(&value) { Value::Null } else { value }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Array(items) if items.is_empty()) || value == &json!({})
}

fn without_empty_members(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let stripped = members.into_iter().map(|(name, value)| (name, without_empty_members(value)));
            stripped.filter(|(_, value)| !is_empty(value)).collect()
        }
        Value::Array(items) => items.into_iter().map(without_empty_members).collect(),
        plain => plain,
    }
}

/// Why a difference between our call and the official one is none; `None` if it is one.
pub fn call(operation: &Operation<'_>, problem: &Value) -> Option<&'static str> {
    let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default();
    let problem =
        Problem { what: text("what"), place: text("where"), ours: &problem["ours"], official: &problem["official"] };
    LISTED.iter().find(|(_, holds)| holds(operation, &problem)).map(|(reason, _)| *reason)
}

/// Why a difference between the catalog and the model classes is none; `None` if it is one.
pub fn structure(operation: &Operation<'_>, problem: &Value) -> Option<&'static str> {
    let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default();
    let place = (operation.service.cloud(), operation.service.name(), operation.name);
    match place {
        (Cloud::Huawei, "iotda", _) if text("message").contains("No module named") => {
            Some("official: the package imports a module that does not exist")
        }
        (Cloud::Huawei, "geip", "ListGeipPools" | "ListAccessSites") if text("what") == "parameter names" => {
            Some("official: the attribute `code` is sent nowhere")
        }
        (Cloud::Alibaba, ..) if text("error") == "AttributeError" && text("message").contains(".models' has no") => {
            Some("official: an annotation names a class that the package does not have")
        }
        (Cloud::Alibaba, ..)
            if ["AttributeError", "KeyError"].contains(&text("error")) && text("at").contains("map") =>
        {
            Some(BROKEN_CLASS)
        }
        (Cloud::Alibaba, "ecs", "CreateDiagnosticReport") if text("what") == "field names" => Some(TWO_NAMES),
        (Cloud::Tencent, "cwp", _) if text("what") == "wire name" && text("where").ends_with(".hadAutoFixVul") => {
            Some("official: a member that begins in lower case is written with a capital")
        }
        (Cloud::Alibaba, "sls", "StopElasticsearchIngestion") if text("what") == "answer" => {
            Some("official: the class of a stream's events, which is no body")
        }
        (Cloud::Alibaba, "microgw", "GetAuthTicketById") if text("what") == "types of headers" => {
            Some("official: a class of headers that no call sends")
        }
        (Cloud::Alibaba, ..) if text("what") == "reads what it writes" && has_map_of_lists(operation) => {
            Some("official: a map of lists of structures is read back under the key `k`")
        }
        _ => None,
    }
}

/// Why an operation that is called by name is not compared with generated code; `None` if it is.
pub fn typed_operation(operation: &Operation<'_>) -> Option<&'static str> {
    let is_signers = |name: &str| SIGNER_HEADERS.contains(&&*name.to_ascii_lowercase());
    let mut headers = operation.params_in(Place::Header).filter(|param| param.flags.required());
    let found = operation.service.cloud() == Cloud::Huawei && headers.any(|param| is_signers(param.name));
    found.then_some("a required header that the signer sets, left out of calls by name")
}

/// Why a difference between generated code and a call by name is none; `None` if it is one.
pub fn typed(problem: &Value) -> Option<&'static str> {
    match problem.get("what").and_then(Value::as_str)? {
        typed::REFUSED => Some("refused by both paths with the same words"),
        typed::UNREAD => Some("an answer with a member `Error` means an error, to both"),
        typed::STREAMED => Some("the answer is a stream: only the request is compared"),
        _ => None,
    }
}
