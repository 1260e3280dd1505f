//! An example request of an operation: one that its check accepts.

use sanyun_catalog::{Flags, Operation, Place, Type, TypeDef, sample};
use serde_json::{Map, Value, json};

/// So many parameters, and members of a structure, are shown where none is required.
const SHOWN_PARAMETERS: usize = 3;
const SHOWN_MEMBERS: usize = 2;
/// Structures that are not required are shown down to this level.
const LEVELS: usize = 3;
/// Items of a page in an example.
const PAGE: u32 = 10;

/// The parameters of an example: all that are required, else some.
pub(super) fn request(operation: &Operation<'_>) -> Map<String, Value> {
    let candidates = candidates(operation);
    let mut example = Example { operation, open: Vec::new() };
    let mut spare = if candidates.iter().any(|it| it.required) { 0 } else { SHOWN_PARAMETERS };
    let mut request = Map::new();
    for Candidate { name, ty, required } in candidates {
        if !required && (spare == 0 || request.contains_key(&name)) {
            continue;
        }
        if let Some(value) = example.value(&ty, &name) {
            spare -= usize::from(!required);
            request.insert(name, value);
        }
    }
    request
}

/// Something that may stand in an example.
struct Candidate<'a> {
    name: String,
    ty: Type<'a>,
    required: bool,
}

/// Parameters and members of the body, but for those that somebody else sets: the signer, or whoever follows pages.
fn candidates<'a>(operation: &Operation<'a>) -> Vec<Candidate<'a>> {
    let turns = operation.paging().map(|paging| paging.advance.param());
    let shown = |name: &str, flags: Flags| flags.required() || !(flags.withdrawn() || Some(name) == turns);
    let candidate = |name: &str, ty: &Type<'a>, required| Candidate { name: name.to_owned(), ty: ty.clone(), required };
    let params =
        operation.params.iter().filter(|param| param.place != Place::Header || needed_header(operation, param.name));
    let mut all: Vec<Candidate<'a>> = params
        .filter(|param| shown(param.name, param.flags))
        .map(|param| candidate(param.name, &param.ty, param.flags.required()))
        .collect();
    let mut fields = operation.body_fields();
    // A name that is a parameter's too means both at once: then the body is given whole.
    if fields.iter().any(|field| operation.param(field.name).is_some()) {
        fields.clear();
    }
    let members = fields.iter().filter(|field| shown(field.name, field.flags));
    all.extend(members.map(|field| candidate(field.name, &field.ty, field.flags.required())));
    let whole = operation.body_with_content().filter(|_| fields.is_empty());
    all.extend(whole.map(|body| candidate("body", body, true)));
    let stream = operation.rare.stream_request.as_deref().filter(|name| operation.targets(name).len() == 1);
    all.extend(stream.map(|name| candidate(name, &Type::File, true)));
    all
}

/// Whether a header is the caller's business: one that the check misses.
fn needed_header(operation: &Operation<'_>, name: &str) -> bool {
    let missing = sanyun_catalog::check::check(operation, &json!({}));
    missing.problems.iter().any(|problem| problem.path == name)
}

fn is_region(name: &str) -> bool {
    let plain = name.replace(['-', '_'], "").to_ascii_lowercase();
    matches!(&*plain, "region" | "regionid")
}

struct Example<'o, 'a> {
    operation: &'o Operation<'a>,
    /// The structures around the present value.
    open: Vec<&'a str>,
}

impl<'a> Example<'_, 'a> {
    /// `None` for what would lie in itself for ever.
    fn value(&mut self, ty: &Type<'a>, name: &str) -> Option<Value> {
        match ty {
            Type::List(item) => Some(Value::Array(self.value(item, name).into_iter().collect())),
            Type::Map(item) => Some(json!({"key": self.value(item, name)?})),
            Type::Named(type_name) => match self.operation.service.type_def(type_name) {
                Some(TypeDef::Enum(it)) => it.values.first().cloned(),
                Some(TypeDef::Struct(it)) => {
                    let nests = self.open.contains(&it.name);
                    self.open.push(it.name);
                    let object = if nests { None } else { self.structure(&it) };
                    self.open.pop();
                    object
                }
                None => Some(json!({})),
            },
            Type::Int | Type::Uint if self.is_limit(name) => Some(json!(PAGE)),
            Type::String if self.is_limit(name) => Some(json!(PAGE.to_string())),
            Type::String if is_region(name) => Some(json!(crate::clouds::some_region(self.operation.service.cloud()))),
            plain => Some(sample::value(self.operation.service, plain, name, 1)),
        }
    }

    fn is_limit(&self, name: &str) -> bool {
        self.operation.paging().and_then(|paging| paging.limit) == Some(name)
    }

    fn structure(&mut self, it: &sanyun_catalog::Struct<'a>) -> Option<Value> {
        let some = self.open.len() < LEVELS && !it.fields.iter().any(|field| field.flags.required());
        let mut spare = if some { SHOWN_MEMBERS } else { 0 };
        let mut object = Map::new();
        for field in &it.fields {
            let required = field.flags.required();
            if !required && (spare == 0 || field.flags.withdrawn()) {
                continue;
            }
            match self.value(&field.ty, field.name) {
                Some(value) => {
                    spare -= usize::from(!required);
                    object.insert(field.name.to_owned(), value);
                }
                None if required => return None,
                None => {}
            }
        }
        Some(Value::Object(object))
    }
}
