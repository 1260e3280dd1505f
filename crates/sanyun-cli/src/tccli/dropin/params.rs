//! Parameters as `tccli` takes them: an option for each member of the request, structures and lists as JSON; with
//! `--cli-unfold-argument` an option for each plain value in them; or all in one file.
//!
//! Values are never files: `--Value @` and `--Text file://x` are texts here.

use std::path::Path;

use sanyun_catalog::{Field, Operation, Service, Type, TypeDef};
use serde_json::{Map, Value};

use super::line::{Line, split};
use super::{Stop, answer};
use crate::{params, terminal};

/// Names below each other, numbers of items not counted.
const DEEPEST: usize = 30;

/// The parameters of a call.
///
/// # Errors
/// An option that the action does not have; a value that is none of its type; JSON or a file that cannot be read; a
/// member that must be given and is not.
pub(super) fn read(operation: &Operation<'_>, line: &Line) -> Result<Map<String, Value>, Stop> {
    let request = Request { service: operation.service, members: operation.body_fields() };
    let found = match line.option("cli-input-json") {
        Some(path) => {
            refuse_all(&line.rest)?;
            return Ok(request.known(file(path)?));
        }
        None if line.has("cli-unfold-argument") => request.unfolded(&line.rest)?,
        None => request.plain(&line.rest)?,
    };
    let missing = |field: &&Field<'_>| field.flags.required() && !found.contains_key(field.name);
    let missing: Vec<String> =
        request.members.iter().filter(missing).map(|field| format!("--{}", field.name)).collect();
    match missing.is_empty() {
        true => Ok(found),
        false => Err(Stop::syntax(format!("the following arguments are required: {}", missing.join(", ")))),
    }
}

/// Refuses words where no parameter may stand.
///
/// # Errors
/// There is one.
pub(super) fn refuse_all(words: &[String]) -> Result<(), Stop> {
    if words.is_empty() { Ok(()) } else { Err(Stop::unknown(words)) }
}

/// The object in a file whose name is written `file://PATH`.
fn file(word: &str) -> Result<Map<String, Value>, Stop> {
    let path = word.strip_prefix("file://");
    let path = path.ok_or_else(|| Stop::failed("--cli-input-json is written file://PATH"))?;
    let wrong = |why: String| Stop::failed(format!("--cli-input-json {word}: {why}"));
    let content = params::file(Path::new(&params::expanded(path))).map_err(|failure| wrong(failure.to_string()))?;
    match serde_json::from_slice(&content) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(wrong("an object is wanted".to_owned())),
        Err(failure) => Err(wrong(format!("no JSON: {failure}"))),
    }
}

struct Request<'a> {
    service: Service<'a>,
    members: Vec<Field<'a>>,
}

impl<'a> Request<'a> {
    /// An option for each member.
    fn plain(&self, words: &[String]) -> Result<Map<String, Value>, Stop> {
        let mut found = Map::new();
        let options = group(words)?;
        self.refuse_unknown(&options, |name| self.member(&self.members, name).is_some())?;
        for (name, values) in options {
            let Some(ty) = self.member(&self.members, name) else { continue };
            let value = self.one(name, &ty, &values)?;
            found.insert(name.to_owned(), value);
        }
        Ok(self.known(found))
    }

    /// An option for each plain value.
    fn unfolded(&self, words: &[String]) -> Result<Map<String, Value>, Stop> {
        let mut root = Value::Object(Map::new());
        let options = group(words)?;
        self.refuse_unknown(&options, |name| self.leaf(name).is_some())?;
        for (name, values) in options {
            let value = match self.leaf(name) {
                Some(Type::List(item)) => {
                    values.iter().map(|value| plain(name, &item, value)).collect::<Result<_, _>>()?
                }
                Some(ty) => self.one(name, &ty, &values)?,
                None => continue,
            };
            place(&mut root, name, value);
        }
        number(&mut root, "--")?;
        Ok(if let Value::Object(found) = root { found } else { Map::new() })
    }

    fn refuse_unknown(&self, options: &[(&str, Vec<&str>)], is_known: impl Fn(&str) -> bool) -> Result<(), Stop> {
        let unknown = options.iter().filter(|(name, _)| !is_known(name));
        let words: Vec<String> =
            unknown.map(|(name, values)| [vec![*name], values.clone()].concat().join(" ")).collect();
        refuse_all(&words.iter().map(|words| format!("--{words}")).collect::<Vec<_>>())
    }

    fn one(&self, name: &str, ty: &Type<'_>, values: &[&str]) -> Result<Value, Stop> {
        match values {
            [] => Err(Stop::syntax(format!("argument --{name}: expected one argument"))),
            [value] if self.is_compound(ty) => serde_json::from_str(value)
                .map_err(|failure| Stop::failed(format!("--{name}: Invalid JSON: {failure}\nJSON received: {value}"))),
            [value] => plain(name, ty, value),
            [_, strays @ ..] => Err(Stop::unknown(&strays.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())),
        }
    }

    fn is_compound(&self, ty: &Type<'_>) -> bool {
        match ty {
            Type::Named(_) => self.structure(ty).is_some(),
            other => other.is_compound(),
        }
    }

    fn structure(&self, ty: &Type<'_>) -> Option<Vec<Field<'a>>> {
        match self.service.resolve(ty)? {
            TypeDef::Struct(it) => Some(it.fields),
            TypeDef::Enum(_) => None,
        }
    }

    fn member(&self, members: &[Field<'a>], name: &str) -> Option<Type<'a>> {
        members.iter().find(|field| field.name == name).map(|field| field.ty.clone())
    }

    /// The type of a plain value, or of a list of them, that dotted names lead to.
    fn leaf(&self, path: &str) -> Option<Type<'a>> {
        let segments: Vec<&str> = path.split('.').collect();
        let is_number = |segment: &str| segment.bytes().all(|byte| byte.is_ascii_digit());
        if segments.iter().filter(|segment| !is_number(segment)).count() > DEEPEST || segments.len() > 2 * DEEPEST {
            return None;
        }
        let mut segments = segments.into_iter().peekable();
        let mut ty = self.member(&self.members, segments.next()?)?;
        while segments.peek().is_some() {
            if let Type::List(item) = ty {
                segments.next_if(|segment| is_number(segment))?;
                ty = *item;
            }
            ty = self.member(&self.structure(&ty)?, segments.next()?)?;
        }
        let has_members = matches!(&ty, Type::Map(_)) || self.structure(ty.element()).is_some();
        (!has_members).then_some(ty)
    }

    /// Without the members that the request does not have; each is told.
    fn known(&self, mut found: Map<String, Value>) -> Map<String, Value> {
        let strange = answer::drop_unknown(self.service, &self.members, &mut found);
        for path in strange {
            terminal::note(&format!("warning: the request has no member `{path}`: it is left out, as tccli does"));
        }
        found
    }
}

/// Options with the words behind them.
fn group(words: &[String]) -> Result<Vec<(&str, Vec<&str>)>, Stop> {
    let mut options: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut is_complete = true;
    for word in words {
        match (split(word), options.last_mut()) {
            ((Some(name), value), _) => {
                // Of one that is repeated the last counts.
                options.retain(|(known, _)| *known != name);
                options.push((name, value.into_iter().collect()));
                is_complete = value.is_some();
            }
            (_, Some((_, values))) if !is_complete => values.push(word),
            _ => return Err(Stop::unknown(std::slice::from_ref(word))),
        }
    }
    Ok(options)
}

/// A plain value of a type.
fn plain(name: &str, ty: &Type<'_>, text: &str) -> Result<Value, Stop> {
    let word = text.trim().to_ascii_lowercase();
    let value = match ty {
        Type::Int | Type::Uint => {
            let digits = word.strip_prefix('+').unwrap_or(&word);
            digits.parse::<i64>().map(Value::from).or_else(|_| digits.parse::<u64>().map(Value::from)).ok()
        }
        Type::Float | Type::Decimal => word.parse().ok().and_then(serde_json::Number::from_f64).map(Value::Number),
        Type::Bool => match word.as_str() {
            "true" | "t" | "1" => Some(Value::Bool(true)),
            "false" | "f" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        _ => Some(text.into()),
    };
    value.ok_or_else(|| Stop::syntax(format!("argument --{name}: `{text}` is no {}", crate::skeleton::word(ty))))
}

/// Puts a value where dotted names say; numbers of items are names for now.
fn place(root: &mut Value, path: &str, value: Value) {
    let mut at = root;
    for segment in path.split('.') {
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let Some(members) = at.as_object_mut() else { return };
        at = members.entry(segment).or_insert(Value::Null);
    }
    *at = value;
}

/// Makes lists of the objects whose members are numbers.
fn number(value: &mut Value, path: &str) -> Result<(), Stop> {
    let Some(members) = value.as_object_mut() else { return Ok(()) };
    for (name, member) in members.iter_mut() {
        number(member, &format!("{path}{}{name}", if path == "--" { "" } else { "." }))?;
    }
    let is_number = |name: &String| name.bytes().all(|byte| byte.is_ascii_digit());
    if members.keys().any(is_number) {
        let items: Option<Vec<Value>> =
            (0..members.len()).map(|index| members.get_mut(&index.to_string()).map(Value::take)).collect();
        let gap = || Stop::failed(format!("the items of {path} are numbered from 0, without gaps"));
        *value = Value::Array(items.ok_or_else(gap)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
