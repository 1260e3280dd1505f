//! Parameters on the command line to the JSON of a call.
//!
//! `--Name value`, nested with dots: `--Filters.0.Name zone`. Names are those of the wire; case, `-` and `_` do not
//! matter where that leaves one name only. List items are numbered from 0 or from 1, as each cloud's users are used to,
//! without gaps. Several values of a list follow each other, or the option is repeated. Where a structure, a list or a
//! map is wanted, JSON is read. A switch without a value is true. What does not fit is left to the catalog's check,
//! which names the field and the nearest known name.

use std::collections::BTreeMap;

use sanyun_catalog::{Cloud, Field, Operation, Service, Type, TypeDef};
use sanyun_core::{Error, Result};
use serde_json::{Map, Value};

/// One option and the values behind it.
#[derive(Debug, PartialEq)]
struct Given {
    name: String,
    values: Vec<String>,
}

/// The parameters that the words behind an operation stand for. Without an operation, one that the catalog does not
/// know, names are taken as they are and values as JSON where they are JSON.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) for words that belong to no option, a value given twice, wrong
/// JSON, and numbered items with gaps.
pub(crate) fn to_json(operation: Option<&Operation<'_>>, words: &[String]) -> Result<Map<String, Value>> {
    let mut root = Vec::new();
    let names = operation.map_or(Names::Free(None), Names::of_operation);
    let service = operation.map(|operation| operation.service);
    for given in &group(words)? {
        let segments: Vec<&str> = given.name.split('.').collect();
        Parameter { service, given }.insert_member(&mut root, &names, &segments)?;
    }
    root.into_iter().map(|(name, node)| Ok((name.clone(), node.into_value(&name)?))).collect()
}

/// The words as options with their values; an option that is repeated has all its values.
fn group(words: &[String]) -> Result<Vec<Given>> {
    let mut options: Vec<Given> = Vec::new();
    let mut last = None;
    for word in words {
        if let Some(option) = word.strip_prefix("--") {
            let (name, value) = option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value)));
            if name.is_empty() {
                return Err(Error::input(format!("`{word}` names no parameter")));
            }
            let at = options.iter().position(|known| known.name == name).unwrap_or(options.len());
            if at == options.len() {
                options.push(Given { name: name.to_owned(), values: Vec::new() });
            } else if options.get(at).is_some_and(|known| known.values.is_empty()) {
                return Err(Error::input(format!("`--{name}` is given twice")));
            }
            push(&mut options, at, value);
            // `--Name=value` is complete.
            last = value.is_none().then_some(at);
        } else if let Some(at) = last {
            push(&mut options, at, Some(word));
        } else {
            return Err(Error::input(format!("`{word}` belongs to no parameter"))
                .with_hint("parameters are written `--Name value`"));
        }
    }
    Ok(options)
}

fn push(options: &mut [Given], at: usize, value: Option<&str>) {
    if let Some(option) = options.get_mut(at) {
        option.values.extend(value.map(str::to_owned));
    }
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

/// The names that an object may have.
enum Names<'a> {
    Known(Vec<(&'a str, Type<'a>)>),
    /// Any, with this type.
    Free(Option<Type<'a>>),
}

impl<'a> Names<'a> {
    /// Those that may stand first: parameters, fields of the body, `body` for the whole body, and what the credential
    /// fills otherwise.
    fn of_operation(operation: &Operation<'a>) -> Self {
        let params = operation.params.iter().map(|param| (param.name, param.ty.clone()));
        let fields = operation.body_fields().into_iter().map(|field| (field.name, field.ty));
        let body = operation.body.iter().map(|ty| ("body", ty.clone()));
        let placeholders = operation.unfilled_placeholders().map(|name| (name, Type::String));
        Self::Known(params.chain(fields).chain(body).chain(placeholders).collect())
    }

    fn of_type(service: Option<Service<'a>>, ty: Option<&Type<'a>>) -> Self {
        match ty {
            Some(Type::Map(item)) => Self::Free(Some((**item).clone())),
            Some(named) => match service.and_then(|service| service.resolve(named)) {
                Some(TypeDef::Struct(it)) => {
                    Self::Known(it.fields.into_iter().map(|Field { name, ty, .. }| (name, ty)).collect())
                }
                _ => Self::Free(None),
            },
            None => Self::Free(None),
        }
    }

    /// The member that the first segments name, and how many they are: some wire names have dots in them.
    fn find(&self, segments: &[&str]) -> (String, Option<Type<'a>>, usize) {
        let first = segments.first().copied().unwrap_or_default().to_owned();
        match self {
            Self::Free(ty) => (first, ty.clone(), 1),
            Self::Known(names) => {
                let named = |count: usize| segments.get(..count).and_then(|name| same_name(names, &name.join(".")));
                let found = (1..=segments.len()).rev().find_map(|count| Some((named(count)?, count)));
                found.map_or((first, None, 1), |((name, ty), count)| ((*name).to_owned(), Some(ty.clone()), count))
            }
        }
    }
}

/// The name itself, else the only one that differs in case, else the only one that differs in `-` and `_` too.
fn same_name<'n, 'a>(names: &'n [(&'a str, Type<'a>)], wanted: &str) -> Option<&'n (&'a str, Type<'a>)> {
    let plain = |name: &str| name.replace(['-', '_'], "").to_ascii_lowercase();
    let wanted_plain = plain(wanted);
    let fits: [&dyn Fn(&str) -> bool; 3] =
        [&|name| name == wanted, &|name| name.eq_ignore_ascii_case(wanted), &|name| plain(name) == wanted_plain];
    fits.iter().find_map(|fits| {
        let mut found = names.iter().filter(|(name, _)| fits(name));
        let first = found.next()?;
        found.all(|(name, _)| *name == first.0).then_some(first)
    })
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
        let mut members = match old {
            None => Vec::new(),
            Some(Node::Object(members)) => members,
            Some(_) => return Err(self.clash()),
        };
        self.insert_member(&mut members, &Names::of_type(self.service, ty), segments)?;
        Ok(Node::Object(members))
    }

    fn clash(&self) -> Error {
        Error::input(format!("`--{}` gives again what another option has given", self.given.name))
    }

    fn value(&self, ty: Option<&Type<'a>>) -> Result<Value> {
        self.read(ty).map_err(|error| match error.hint() {
            Some(_) => error,
            None => {
                let name = format!("{}{}", self.given.name, self.below(ty));
                error.with_hint(format!("write JSON in quotation marks, or its parts one by one: `--{name} value`"))
            }
        })
    }

    /// What may stand behind the name of a parameter to give a part of it.
    fn below(&self, ty: Option<&Type<'a>>) -> String {
        match ty {
            Some(Type::List(item)) => {
                let first = self.service.map_or("0", |service| first_item(service.cloud()));
                format!(".{first}{}", self.below(Some(item)))
            }
            Some(Type::Map(_)) => ".KEY".to_owned(),
            Some(named) => match self.service.and_then(|service| service.resolve(named)) {
                Some(TypeDef::Struct(it)) => {
                    it.fields.first().map(|field| format!(".{}", field.name)).unwrap_or_default()
                }
                _ => String::new(),
            },
            None => String::new(),
        }
    }

    fn read(&self, ty: Option<&Type<'a>>) -> Result<Value> {
        match (ty, self.given.values.as_slice()) {
            (_, []) => Ok(Value::Bool(true)),
            (Some(Type::List(_)), [one]) if one.trim_start().starts_with('[') => self.json(one),
            (Some(Type::List(item)), many) => many.iter().map(|one| self.plain(Some(&**item), one)).collect(),
            (_, [one]) => self.plain(ty, one),
            (None | Some(Type::Any), many) => many.iter().map(|one| self.plain(ty, one)).collect(),
            (_, many) => Err(Error::input(format!("`--{}` takes one value, not {}", self.given.name, many.len()))
                .with_hint("a value with blanks is put in quotation marks")),
        }
    }

    /// One value. Numbers and booleans stay text here: the check converts them, or says why not.
    fn plain(&self, ty: Option<&Type<'a>>, text: &str) -> Result<Value> {
        match ty {
            None | Some(Type::Any) => Ok(serde_json::from_str(text).unwrap_or_else(|_| text.into())),
            Some(Type::List(_) | Type::Map(_)) => self.json(text),
            Some(ty) => match self.service.and_then(|service| service.resolve(ty)) {
                Some(TypeDef::Struct(_)) => self.json(text),
                _ => Ok(text.into()),
            },
        }
    }

    fn json(&self, text: &str) -> Result<Value> {
        let name = &self.given.name;
        serde_json::from_str(text).map_err(|error| Error::input(format!("`--{name}` is not JSON: {error}")))
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
pub(crate) fn names_below<'a>(operation: &Operation<'a>, path: &str) -> Vec<&'a str> {
    let service = Some(operation.service);
    let mut names = Names::of_operation(operation);
    let all: Vec<&str> = path.split('.').filter(|segment| !segment.is_empty()).collect();
    let mut segments = all.as_slice();
    while !segments.is_empty() {
        let (_, mut ty, count) = names.find(segments);
        segments = segments.get(count..).unwrap_or_default();
        while let (Some(Type::List(item)), Some((number, rest))) = (&ty, segments.split_first()) {
            if item_number(number, ty.as_ref()).is_none() {
                break;
            }
            (ty, segments) = (Some((**item).clone()), rest);
        }
        if let (Some(Type::List(_)), []) = (&ty, segments) {
            return vec![first_item(operation.service.cloud())];
        }
        names = Names::of_type(service, ty.as_ref());
    }
    match names {
        Names::Known(names) => names.into_iter().map(|(name, _)| name).collect(),
        Names::Free(_) => Vec::new(),
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
