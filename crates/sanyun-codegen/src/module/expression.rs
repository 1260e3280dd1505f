//! A call as an expression of Rust, for documentation and the command line's help.

use serde_json::{Map, Value};

use super::Module;
use crate::model::{Member, Model, Shape};
use crate::write::literal;

impl Module<'_> {
    /// The expression that makes an operation with these parameters: `ListVpcs::new().limit(10)`. The parameters are those
    /// of a call by name. `None` if the module does not have the operation.
    pub fn expression(&self, operation: &str, parameters: &Map<String, Value>) -> Option<String> {
        let found = self.model.operations.iter().find(|it| it.fact.name == operation)?;
        let given = |member: &Member| {
            let name = member.wire.rsplit_once(' ').map_or(member.wire.as_str(), |(_, name)| name);
            match (parameters.get(name), name) {
                (None, "body" | "stream") => whole_body(found, parameters),
                (value, _) => value.cloned(),
            }
        };
        Some(Calls { model: &self.model }.record(&found.name, &found.members, &given, 0))
    }
}

/// The parameters that are members of the body, if there are any; what is sent as a stream has a name of its own.
fn whole_body(operation: &crate::model::Operation<'_>, parameters: &Map<String, Value>) -> Option<Value> {
    let stream = operation.fact.rare.stream_request.as_deref().and_then(|name| parameters.get(name));
    let members: Map<String, Value> = operation
        .fact
        .body_fields()
        .iter()
        .filter_map(|field| Some((field.name.to_owned(), parameters.get(field.name)?.clone())))
        .collect();
    stream.cloned().or_else(|| (!members.is_empty()).then_some(Value::Object(members)))
}

/// What stands for a value that must be given and is not, such as a header that the signer sets.
fn empty() -> String {
    "\"\"".to_owned()
}

/// Lines longer than this are broken.
const WIDTH: usize = 80;

struct Calls<'m, 'a> {
    model: &'m Model<'a>,
}

impl Calls<'_, '_> {
    /// `Name::new(required).optional(value)`.
    fn record(&self, name: &str, members: &[Member], given: &dyn Fn(&Member) -> Option<Value>, depth: usize) -> String {
        let required = members.iter().filter(|member| !member.optional);
        let arguments: Vec<String> = required
            .map(|member| given(member).map_or_else(empty, |value| self.value(&member.shape, &value, depth + 1)))
            .collect();
        let setters: Vec<String> = members
            .iter()
            .filter(|member| member.optional)
            .filter_map(|member| Some((member, given(member)?)))
            .map(|(member, value)| format!(".{}({})", member.setter, self.value(&member.shape, &value, depth + 1)))
            .collect();
        let line = format!("{name}::new({}){}", arguments.join(", "), setters.concat());
        if line.len() + 4 * depth <= WIDTH && !line.contains('\n') {
            return line;
        }
        let (inner, outer) = ("    ".repeat(depth + 1), "    ".repeat(depth));
        let below = if arguments.is_empty() { &inner } else { &outer };
        let arguments = match arguments.is_empty() {
            true => String::new(),
            false => format!("\n{inner}{},\n{outer}", arguments.join(&format!(",\n{inner}"))),
        };
        let setters: String = setters.iter().map(|setter| format!("\n{below}{setter}")).collect();
        format!("{name}::new({arguments}){setters}")
    }

    fn value(&self, shape: &Shape, value: &Value, depth: usize) -> String {
        match (shape, value) {
            (Shape::List(item), Value::Array(items)) => {
                let items: Vec<String> = items.iter().map(|value| self.value(item, value, depth)).collect();
                if items.is_empty() {
                    format!("Vec::<{}>::new()", item.rust())
                } else {
                    format!("[{}]", items.join(", "))
                }
            }
            (Shape::Map(item), Value::Object(members)) => {
                let entry =
                    |(key, value): (&String, &Value)| format!("({}, {})", literal(key), self.value(item, value, depth));
                let entries: Vec<String> = members.iter().map(entry).collect();
                format!("[{}]", entries.join(", "))
            }
            (Shape::Named { name, is_enumeration: true }, value) => self.constant(name, value),
            (Shape::Named { name, .. }, Value::Object(given)) => self.structure(name, given, depth),
            (Shape::Float, Value::Number(number)) if number.is_i64() => format!("{number}.0"),
            (Shape::Decimal, Value::Number(number)) => literal(&number.to_string()),
            (Shape::Blob, Value::String(text)) => format!("b{}.as_slice()", literal(text)),
            (Shape::Value, value) => format!("json!({value})"),
            (_, Value::String(text)) => literal(text),
            (_, other) => other.to_string(),
        }
    }

    fn structure(&self, name: &str, given: &Map<String, Value>, depth: usize) -> String {
        let found = self.model.structures.iter().find(|it| it.name == name);
        let members = found.map(|it| it.members.as_slice()).unwrap_or_default();
        self.record(name, members, &|member| given.get(&member.wire).cloned(), depth)
    }

    fn constant(&self, name: &str, value: &Value) -> String {
        let text = value.as_str().map_or_else(|| value.to_string(), literal);
        let known = self.model.enumerations.iter().find(|it| it.name == name);
        let constant = known.and_then(|it| it.constants.iter().find(|(_, known)| *known == text));
        constant.map_or_else(|| format!("{name}::from({text})"), |(constant, _)| format!("{name}::{constant}"))
    }
}
