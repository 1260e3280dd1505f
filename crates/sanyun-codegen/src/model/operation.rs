//! An operation.

use sanyun_catalog::{Cloud, Flags, Operation as Fact, Type};

use super::facts::Uses;
use super::members::{Members, is_optional};
use super::{Facts, Member, Pages, Shape};

/// An operation as it is to be written.
pub(crate) struct Operation<'a> {
    /// The name in Rust.
    pub(crate) name: String,
    pub(crate) fact: Fact<'a>,
    pub(crate) members: Vec<Member>,
    /// The type of the answer in Rust.
    pub(crate) output: String,
    pub(crate) pages: Option<Pages<'a>>,
}

impl<'a> Operation<'a> {
    pub(crate) fn new(facts: &Facts<'a>, fact: &Fact<'a>) -> Self {
        Self {
            name: facts.operation_name(fact.name).to_owned(),
            members: members(facts, fact),
            output: output(facts, fact),
            pages: Pages::new(facts, fact),
            fact: fact.clone(),
        }
    }
}

fn members<'a>(facts: &Facts<'a>, fact: &Fact<'a>) -> Vec<Member> {
    let mut members = Members::default();
    for param in &fact.params {
        let style = param.style.map(|style| format!(",{}", style.as_str())).unwrap_or_default();
        let entry = format!("{}{style} {}", param.place.as_str(), param.name);
        let shape = Shape::new(facts, &param.ty, param.flags.sensitive());
        push(facts, &mut members, param.name, entry, shape, param.flags);
    }
    match facts.dissolved(fact) {
        Some(input) => {
            let place = part_place(facts.cloud(), fact);
            for field in &input.fields {
                let shape = part_shape(facts, fact, field.name, &field.ty, field.flags);
                push(facts, &mut members, field.name, format!("{place}{}", field.name), shape, field.flags);
            }
            if fact.flags.octet_stream {
                members.push_own("body", "stream".to_owned(), Shape::Body, true);
            }
        }
        None => push_body(facts, &mut members, fact),
    }
    members.list
}

fn push(facts: &Facts<'_>, members: &mut Members, name: &str, entry: String, shape: Shape, flags: Flags) {
    let uses = Uses { request: true, reply: false };
    let optional = is_optional(facts.cloud(), uses, flags, &shape);
    members.push(name, entry, shape, optional, false);
}

/// The whole body. What is sent as a stream has no type in some sources.
fn push_body(facts: &Facts<'_>, members: &mut Members, fact: &Fact<'_>) {
    let streams = fact.rare.stream_request.is_some();
    let optional = !fact.flags.body_required;
    match &fact.body {
        _ if streams => members.push_own("body", "stream".to_owned(), Shape::Body, optional),
        Some(ty) => members.push_own("body", "body".to_owned(), Shape::new(facts, ty, false), optional),
        None => {}
    }
}

/// Where the fields of a dissolved structure go: into a form, or to the cloud's one place.
fn part_place(cloud: Cloud, fact: &Fact<'_>) -> &'static str {
    let is_form = cloud != Cloud::Tencent || !fact.rare.multipart.is_empty();
    if is_form { "form " } else { "" }
}

/// Files of a form come with a name.
fn part_shape(facts: &Facts<'_>, fact: &Fact<'_>, name: &str, ty: &Type<'_>, flags: Flags) -> Shape {
    let is_file = *ty == Type::File || fact.rare.multipart.iter().any(|part| part == name);
    if is_file { Shape::File } else { Shape::new(facts, ty, flags.sensitive()) }
}

fn output(facts: &Facts<'_>, fact: &Fact<'_>) -> String {
    match &fact.response {
        _ if fact.flags.stream_response => "sdk::StreamBody".to_owned(),
        Some(ty) => Shape::new(facts, ty, false).rust(),
        None => "()".to_owned(),
    }
}
