//! What an answer holds outside its lists.

use crate::{Operation, Service, Type, TypeDef};

/// Structures are looked into this deep.
const MAX_DEPTH: usize = 4;

/// A value in the answer.
#[derive(Clone, Debug)]
pub(super) struct Value<'a> {
    /// Its path.
    pub(super) path: String,
    /// The path of the object around it. One that holds nothing but a list does not count:
    /// `Instances: {Instance: [...]}` is a list beside the fields beside `Instances`.
    pub(super) parent: String,
    /// Its name, plain: lower case, letters and digits only.
    pub(super) name: String,
    pub(super) ty: Type<'a>,
}

/// The lists and the plain values of an answer, the shallow ones first.
pub(super) struct Reply<'a> {
    pub(super) lists: Vec<Value<'a>>,
    pub(super) plain: Vec<Value<'a>>,
}

impl<'a> Reply<'a> {
    pub(super) fn of(operation: &Operation<'a>) -> Option<Reply<'a>> {
        let mut reply = Reply { lists: Vec::new(), plain: Vec::new() };
        let response = operation.response.as_ref()?;
        if let Type::List(item) = response {
            let ty = (**item).clone();
            reply.lists.push(Value { path: String::new(), parent: String::new(), name: String::new(), ty });
        }
        reply.object(operation.service, response, "", MAX_DEPTH);
        reply.lists.sort_by_key(|value| depth(&value.path));
        reply.plain.sort_by_key(|value| depth(&value.path));
        Some(reply)
    }

    fn object(&mut self, service: Service<'a>, ty: &Type<'a>, path: &str, depth: usize) {
        let Type::Named(name) = ty else { return };
        let Some(TypeDef::Struct(found)) = service.type_def(name) else { return };
        let wraps = found.fields.len() == 1;
        for field in found.fields.into_iter().filter(|field| !field.name.contains(['.', ' '])) {
            let parent = if wraps { around(path) } else { path }.to_owned();
            let path = if path.is_empty() { field.name.to_owned() } else { format!("{path}.{}", field.name) };
            match &field.ty {
                Type::List(item) => {
                    let ty = (**item).clone();
                    self.lists.push(Value { path, parent, name: plain(field.name), ty });
                }
                Type::Named(_) if depth > 1 => self.object(service, &field.ty, &path, depth - 1),
                Type::Map(_) | Type::Any | Type::Named(_) => {}
                ty => self.plain.push(Value { path, parent, name: plain(field.name), ty: ty.clone() }),
            }
        }
    }

    /// The shallowest value whose name is one of these, the first of them if several are as shallow.
    pub(super) fn named(&self, names: &[&str], fits: impl Fn(&Value<'a>) -> bool) -> Option<&Value<'a>> {
        let found = self.plain.iter().filter(|value| fits(value));
        let ranked = found.filter_map(|value| Some((names.iter().position(|name| *name == value.name)?, value)));
        ranked.min_by_key(|(rank, value)| (depth(&value.path), *rank)).map(|(_, value)| value)
    }
}

fn depth(path: &str) -> usize {
    path.matches('.').count() + usize::from(!path.is_empty())
}

/// The path of the object around the one at this path.
pub(super) fn around(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

/// Whether a path leads through another.
pub(super) fn within(path: &str, outer: &str) -> bool {
    outer.is_empty() || path.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// A name in lower case without anything but letters and digits.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}
