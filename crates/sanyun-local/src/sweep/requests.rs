//! Parameters that an operation takes, and parameters that it does not.

use sanyun_catalog::{Field, Operation, Param, ParamStyle, Place, Type, TypeDef, sample};
use serde_json::{Map, Value};

use crate::made_up::is_stream;
use crate::seed;

/// Headers that are the client's own.
const OWN_HEADERS: [&str; 15] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "date",
    "expect",
    "host",
    "transfer-encoding",
    "x-acs-security-token",
    "x-auth-token",
    "x-domain-id",
    "x-project-id",
    "x-sdk-date",
    "x-security-token",
];

/// Parameters that the older signature of Alibaba Cloud sets itself.
const OWN_PARAMETERS: [&str; 2] = ["SecurityToken", "AccessKeyId"];

/// Whether a part of the path is a list, which no client can write.
pub(crate) fn has_list_in_path(operation: &Operation<'static>) -> bool {
    operation.params_in(Place::Path).any(|param| matches!(param.ty, Type::List(_) | Type::Map(_)))
}

/// Whether a parameter is the content of a file.
pub(crate) fn has_file(operation: &Operation<'static>) -> bool {
    let is_file = |ty: &Type<'_>| *ty.element() == Type::File;
    operation.params.iter().any(|param| is_file(&param.ty))
        || operation.body_fields().iter().any(|field| is_file(&field.ty))
}

/// Whether the one value that a name has cannot be right in two places.
pub(crate) fn has_two_types(operation: &Operation<'static>) -> bool {
    let fields = operation.body_fields();
    let params = &operation.params;
    let clashes = |param: &Param<'_>| {
        fields.iter().any(|field| field.name == param.name && field.ty != param.ty)
            || params.iter().any(|other| other.name == param.name && other.ty != param.ty)
    };
    params.iter().any(clashes)
}

/// What is required and, by chance, some of the rest. Nothing that leads to another page.
pub(crate) fn valid(operation: &Operation<'static>, seed: u64) -> Map<String, Value> {
    let paging = operation.paging();
    let mut given = Map::new();
    let mut add = |name: &str, ty: &Type<'_>, required: bool, in_text: bool| {
        let number = seed::of(&[name.as_bytes(), &seed.to_le_bytes()]);
        let leads = paging.as_ref().is_some_and(|paging| paging.advance.param() == name);
        let own = OWN_PARAMETERS.contains(&name);
        if required || !leads && !own && number.is_multiple_of(2) {
            let mut value = sample::value(operation.service, ty, name, number);
            if in_text && value.as_str().map_or(*ty == Type::Any, |text| text.contains(['/', ' '])) {
                value = "plain".into();
            }
            // Our clients read one answer, no stream of events.
            if is_stream(name) && value == Value::Bool(true) {
                value = false.into();
            }
            if !value.is_null() {
                given.insert(name.to_owned(), value);
            }
        }
    };
    for Param { name, place, ty, flags, .. } in &operation.params {
        let own = *place == Place::Header && OWN_HEADERS.contains(&name.to_ascii_lowercase().as_str());
        if !own {
            let in_text = matches!(place, Place::Path | Place::Header);
            add(name, ty, flags.required() || *place == Place::Path, in_text);
        }
    }
    let fields = operation.body_fields();
    for Field { name, ty, flags } in &fields {
        add(name, ty, flags.required(), false);
    }
    if let Some(body) = operation.body.as_ref().filter(|_| fields.is_empty()) {
        add("body", body, true, false);
    }
    // A part of the path that is sent as it is begins with a slash.
    for param in operation.params_in(Place::Path).filter(|param| param.style == Some(ParamStyle::Raw)) {
        given.insert(param.name.to_owned(), "/plain/text".into());
    }
    if let Some(name) = &operation.rare.stream_request {
        given.insert(name.clone(), "content".into());
    }
    given
}

/// Without something that is required and does not stand in the path; `None` if nothing is.
pub(crate) fn incomplete(operation: &Operation<'static>, valid: &Map<String, Value>) -> Option<Map<String, Value>> {
    let params = operation.params.iter().filter(|param| {
        let own = param.place == Place::Header && OWN_HEADERS.contains(&param.name.to_ascii_lowercase().as_str());
        param.flags.required() && !matches!(param.place, Place::Path | Place::Host) && !own
    });
    let fields = operation.body_fields().into_iter().filter(|field| field.flags.required());
    let names: Vec<_> = params.map(|param| param.name).chain(fields.map(|field| field.name)).collect();
    let in_path = |name: &str| operation.params_in(Place::Path).any(|param| param.name == name);
    let name = names.into_iter().find(|name| valid.contains_key(*name) && !in_path(name))?;
    let mut broken = valid.clone();
    broken.remove(name);
    is_refused(operation, &broken).then_some(broken)
}

/// With a value of another type; `None` if every parameter takes any text.
pub(crate) fn of_wrong_type(operation: &Operation<'static>, valid: &Map<String, Value>) -> Option<Map<String, Value>> {
    let is_text = |ty: &Type<'_>| is_number(ty) || is_base(operation, ty, is_number);
    let params = operation.params.iter().filter(|param| param.place != Place::Host && is_text(&param.ty));
    let names = params.filter(|param| !(param.place == Place::Header && OWN_HEADERS.contains(&param.name)));
    let fields = operation.body_fields().into_iter();
    let fields = fields.filter(|field| is_text(&field.ty) || matches!(field.ty, Type::List(_) | Type::Named(_)));
    let mut names = names.map(|param| param.name).chain(fields.map(|field| field.name));
    let mut broken = valid.clone();
    let name = names.find(|name| operation.targets(name).len() == 1)?;
    broken.insert(name.to_owned(), "not-a-value".into());
    // An enumeration of texts takes any text, with a warning.
    is_refused(operation, &broken).then_some(broken)
}

/// Whether the catalog says that this cannot be sent. What Alibaba Cloud may miss is not certain.
fn is_refused(operation: &Operation<'static>, given: &Map<String, Value>) -> bool {
    let found = sanyun_catalog::check::check(operation, &Value::Object(given.clone()));
    !found.is_ok() || operation.service.cloud() == sanyun_catalog::Cloud::Alibaba
}

fn is_number(ty: &Type<'_>) -> bool {
    matches!(ty, Type::Int | Type::Uint | Type::Float | Type::Bool)
}

fn is_base(operation: &Operation<'static>, ty: &Type<'_>, fits: impl Fn(&Type<'_>) -> bool) -> bool {
    matches!(operation.service.resolve(ty), Some(TypeDef::Enum(known)) if fits(&known.base))
}
