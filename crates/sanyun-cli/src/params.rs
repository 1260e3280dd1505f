//! Parameters on the command line to the JSON of a call.
//!
//! `--Name value`, nested with dots: `--Filters.0.Name zone`. Names are those of the wire; case, `-` and `_` do not
//! matter where that leaves one name only. List items are numbered from 0 or from 1, as each cloud's users are used to,
//! without gaps. Several values of a list follow each other, or the option is repeated. Where a structure, a list or a
//! map is wanted, JSON is read, or the shorthand `Name=zone,Values=[a,b]`. `@FILE` and `file://FILE` stand for what is in
//! a file. A switch without a value is true. What does not fit is left to the catalog's check, which names the field and
//! the nearest known name.

mod names;
mod read;
mod shorthand;
mod source;
mod words;

use std::collections::BTreeMap;

use sanyun_catalog::{Cloud, Operation, Service, Type};
use sanyun_core::{Error, Result};
use serde_json::{Map, Value};

use names::Names;
pub(crate) use source::{expanded, file};
use words::{Given, group};

/// Parts may lie in each other this deep; the limit keeps the stack bounded.
const DEEPEST: usize = 64;

/// The parameters that the words behind an operation stand for. Without an operation, one that the catalog does not
/// know, names are taken as they are and values as JSON where they are JSON.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) for words that belong to no option, a value given twice or of
/// another form, and numbered items with gaps; [`ErrorKind::Io`](sanyun_core::ErrorKind::Io) for a file that cannot be
/// read.
pub(crate) fn to_json(operation: Option<&Operation<'_>>, words: &[String]) -> Result<Map<String, Value>> {
    let mut root = Vec::new();
    let names = operation.map_or(Names::Free(None), Names::of_operation);
    let service = operation.map(|operation| operation.service);
    for given in &group(words)? {
        let path = dotted(&given.name);
        let segments: Vec<&str> = path.split('.').collect();
        if segments.len() > DEEPEST {
            return Err(Error::input(format!("`--{}` lies too deep", given.name)).with_hint("give it as JSON"));
        }
        Parameter { service, given }.insert_member(&mut root, &names, &segments)?;
    }
    root.into_iter().map(|(name, node)| Ok((name.clone(), node.into_value(&name)?))).collect()
}

/// `Filters[0].Name` as `Filters.0.Name`.
fn dotted(name: &str) -> String {
    name.replace('[', ".").replace(']', "")
}

/// Parameters while they are put together.
#[derive(Debug)]
enum Node {
    Value(Value),
    Object(Vec<(String, Node)>),
    List(BTreeMap<u32, Node>),
}

impl Node {
    fn into_value(self, path: &str) -> Result<Value> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Object(members) => object(members, path),
            Self::List(items) => list(items, path),
        }
    }
}

fn object(members: Vec<(String, Node)>, path: &str) -> Result<Value> {
    let members = members.into_iter().map(|(name, node)| {
        let path = format!("{path}.{name}");
        Ok((name, node.into_value(&path)?))
    });
    members.collect::<Result<Map<_, _>>>().map(Value::Object)
}

/// Items in the order of their numbers, which begin at 0 or 1 and have no gaps: a gap is a slip of the pen.
fn list(items: BTreeMap<u32, Node>, path: &str) -> Result<Value> {
    let first = items.keys().next().copied().unwrap_or_default().min(1);
    if let Some((wanted, found)) = (first..).zip(items.keys()).find(|(wanted, found)| wanted != *found) {
        return Err(Error::input(format!("`{path}.{found}` is given, and `{path}.{wanted}` is not"))
            .with_hint("items of lists are numbered from 0 or from 1, without gaps"));
    }
    let items = items.into_iter().map(|(number, node)| node.into_value(&format!("{path}.{number}")));
    items.collect::<Result<Vec<_>>>().map(Value::Array)
}

/// One option on its way into the parameters.
struct Parameter<'o, 'a> {
    service: Option<Service<'a>>,
    given: &'o Given,
}

impl<'a> Parameter<'_, 'a> {
    fn insert_member(&self, members: &mut Vec<(String, Node)>, names: &Names<'a>, segments: &[&str]) -> Result<()> {
        let (name, ty, count) = names.find(segments);
        let at = members.iter().position(|(known, _)| *known == name);
        let old = at.map(|at| members.remove(at).1);
        let node = self.insert(old, ty.as_ref(), segments.get(count..).unwrap_or_default())?;
        members.insert(at.unwrap_or(members.len()), (name, node));
        Ok(())
    }

    /// The node with the values put into it, or below it if there are segments left.
    fn insert(&self, old: Option<Node>, ty: Option<&Type<'a>>, segments: &[&str]) -> Result<Node> {
        let Some((first, rest)) = segments.split_first() else {
            return if old.is_none() { self.value(ty).map(Node::Value) } else { Err(self.clash()) };
        };
        if let Some(number) = item_number(first, ty) {
            let mut items = match old {
                None => BTreeMap::new(),
                Some(Node::List(items)) => items,
                Some(_) => return Err(self.clash()),
            };
            let item_type = ty.and_then(|ty| if let Type::List(item) = ty { Some(&**item) } else { None });
            let node = self.insert(items.remove(&number), item_type, rest)?;
            items.insert(number, node);
            return Ok(Node::List(items));
        }
        self.has_members(ty, segments)?;
        let mut members = match old {
            None => Vec::new(),
            Some(Node::Object(members)) => members,
            Some(_) => return Err(self.clash()),
        };
        self.insert_member(&mut members, &Names::of_type(self.service, ty), segments)?;
        Ok(Node::Object(members))
    }

    /// Refuses names below what has none: `--Filters.Name` of a list, `--Limit.Name` of a number.
    fn has_members(&self, ty: Option<&Type<'a>>, segments: &[&str]) -> Result<()> {
        let Some(ty) = ty.filter(|ty| !self.is_object(ty) && **ty != Type::Any) else { return Ok(()) };
        let (name, below) = (dotted(&self.given.name), segments.join("."));
        let above = name.strip_suffix(&below).unwrap_or(&name).trim_end_matches('.');
        let error = Error::input(format!("`--{}`: `{above}` is {}", self.given.name, self.wanted(ty)));
        Err(match ty {
            Type::List(_) => {
                error.with_hint(format!("its items are numbered: `--{above}.{}.{below}`", self.first_item()))
            }
            _ => error.with_hint(format!("it is given whole: `--{above} value`")),
        })
    }

    fn clash(&self) -> Error {
        Error::input(format!("`--{}` gives again what another option has given", self.given.name))
    }

    fn first_item(&self) -> &'static str {
        self.service.map_or("0", |service| first_item(service.cloud()))
    }
}

/// The number of a list's item, where there is a list or might be one.
fn item_number(segment: &str, ty: Option<&Type<'_>>) -> Option<u32> {
    let numeric = segment.bytes().all(|byte| byte.is_ascii_digit());
    segment.parse().ok().filter(|_| numeric && matches!(ty, None | Some(Type::Any | Type::List(_))))
}

/// The number that the first item of a list has for the users of a cloud.
pub(crate) fn first_item(cloud: Cloud) -> &'static str {
    if cloud == Cloud::Tencent { "0" } else { "1" }
}

/// The names that may stand behind a path such as `Filters.0`; those of the operation behind an empty one.
pub(crate) fn names_below(operation: &Operation<'_>, path: &str) -> Vec<String> {
    match place(operation, path) {
        Below::Item => vec![first_item(operation.service.cloud()).to_owned()],
        Below::Names(Names::Known(names)) => names.into_iter().map(|(name, _)| name).collect(),
        Below::Names(Names::Free(_)) | Below::Nothing => Vec::new(),
    }
}

/// The type of what a path such as `Filters.0.Name` names.
pub(crate) fn type_at<'a>(operation: &Operation<'a>, path: &str) -> Option<Type<'a>> {
    let mut names = Names::of_operation(operation);
    let path = dotted(path);
    let all: Vec<&str> = path.split('.').collect();
    let mut segments = all.as_slice();
    loop {
        let (_, mut ty, count) = names.find(segments);
        segments = segments.get(count..).unwrap_or_default();
        while let (Some(Type::List(item)), Some((number, rest))) = (&ty, segments.split_first()) {
            item_number(number, ty.as_ref())?;
            (ty, segments) = (Some((**item).clone()), rest);
        }
        if segments.is_empty() {
            return ty;
        }
        names = Names::of_type(Some(operation.service), Some(&ty?));
    }
}

/// What may stand behind a path.
enum Below<'a> {
    /// The number of an item.
    Item,
    Names(Names<'a>),
    Nothing,
}

fn place<'a>(operation: &Operation<'a>, path: &str) -> Below<'a> {
    if path.is_empty() {
        return Below::Names(Names::of_operation(operation));
    }
    match type_at(operation, path) {
        Some(Type::List(_)) => Below::Item,
        Some(ty) => Below::Names(Names::of_type(Some(operation.service), Some(&ty))),
        None => Below::Nothing,
    }
}

/// Parameters of a file with those of the command line over them: objects are merged, anything else is replaced.
pub(crate) fn merge(under: &mut Map<String, Value>, over: Map<String, Value>) {
    for (name, value) in over {
        match (under.get_mut(&name), value) {
            (Some(Value::Object(under)), Value::Object(over)) => merge(under, over),
            (_, value) => {
                under.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
