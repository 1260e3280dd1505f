//! Replies as careless gateways write them: numbers and booleans as text, nothing as null or an empty text, members that
//! nobody knows.

use sanyun_catalog::{Cloud, Operation, Service, Type, TypeDef};
use serde_json::{Map, Value, json};

use crate::generate::Random;

/// A member that no structure has.
const UNKNOWN: &str = "NewMember";

/// A loose form of a reply.
pub(super) struct Loose<'r, 'a> {
    random: &'r Random<'r>,
    service: Service<'a>,
    /// What may come in a header must not be denied by the body.
    headers: Vec<&'a str>,
}

impl<'r, 'a> Loose<'r, 'a> {
    /// The loose form of a body, and what the answer then says; `None` where the body is no JSON.
    pub(super) fn of(operation: &Operation<'a>, body: &[u8], random: &'r Random<'r>) -> Option<(Value, Value)> {
        let ty = operation.response.as_ref()?;
        let is_raw = matches!(operation.produces, Some("string" | "byte" | "binary"));
        let mut said: Value = serde_json::from_slice(body).ok().filter(|_| !is_raw)?;
        let is_wrapped = operation.service.cloud() == Cloud::Tencent;
        if is_wrapped {
            said = said.get_mut("Response")?.take();
        }
        let headers = operation.response_headers.iter().map(|(name, _)| *name).collect();
        let sent = Self { random, service: operation.service, headers }.value(ty, &mut said);
        Some((if is_wrapped { json!({ "Response": sent }) } else { sent }, said))
    }

    /// The loose form of a value; adds the unknown members to the value itself.
    fn value(&self, ty: &Type<'a>, said: &mut Value) -> Value {
        match (ty, said) {
            (Type::Int | Type::Uint | Type::Float | Type::Decimal | Type::Bool, plain) if self.random.one_in(2) => {
                json!(plain.to_string())
            }
            (Type::List(item), Value::Array(items)) => items.iter_mut().map(|it| self.value(item, it)).collect(),
            (Type::Map(item), Value::Object(members)) => {
                members.iter_mut().map(|(name, it)| (name.clone(), self.value(item, it))).collect()
            }
            (Type::Named(name), Value::Object(members)) => self.structure(name, members),
            (_, other) => other.clone(),
        }
    }

    fn structure(&self, name: &str, members: &mut Map<String, Value>) -> Value {
        let Some(TypeDef::Struct(definition)) = self.service.type_def(name) else { return members.clone().into() };
        let mut sent = Map::new();
        for field in &definition.fields {
            match members.get_mut(field.name) {
                Some(said) => drop(sent.insert(field.name.to_owned(), self.value(&field.ty, said))),
                None if self.headers.contains(&field.name) => {}
                None => drop(self.nothing(&field.ty).map(|it| sent.insert(field.name.to_owned(), it))),
            }
        }
        for (name, value) in &*members {
            sent.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let unknown = json!({"list": [1, {"text": self.random.text(5)}], "none": null});
        members.insert(UNKNOWN.to_owned(), unknown.clone());
        sent.insert(UNKNOWN.to_owned(), unknown);
        sent.into()
    }

    /// What may stand for nothing.
    fn nothing(&self, ty: &Type<'_>) -> Option<Value> {
        let is_text = matches!(ty, Type::String | Type::Bytes | Type::Any | Type::Date)
            || matches!(ty, Type::DateTime | Type::DateTimeIso | Type::File)
            || matches!(ty, Type::Named(name) if matches!(self.service.type_def(name), Some(TypeDef::Enum(_))));
        match self.random.below(3) {
            0 => Some(Value::Null),
            1 if !is_text => Some(json!("")),
            _ => None,
        }
    }
}
