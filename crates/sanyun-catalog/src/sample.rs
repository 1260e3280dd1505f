//! A made-up answer that fits an operation: for the local cloud, documentation and tests.
//!
//! The same operation and seed always give the same answer. Values are plausible by type and by name: an `InstanceId`
//! looks like an id, a `CidrBlock` like a network. The request id and the fields
//! that only failures carry are left to whoever sends the answer.

mod plausible;

use serde_json::{Map, Value};

use crate::{Field, Operation, Service, Type, TypeDef};
use plausible::Chance;

/// Structures nest at most this deep; beneath, lists are empty and structures absent.
const MAX_DEPTH: usize = 8;
/// An answer has about this many values at most; then lists stay empty.
const MAX_VALUES: usize = 2_000;
/// Fields that are left out of an answer's outermost structure: the request id, and what only failures carry.
const LEFT_OUT: [&str; 7] = ["requestid", "errorcode", "errormsg", "errormessage", "errcode", "errmsg", "errmessage"];

/// An answer of the operation; `None` if it answers with nothing or a stream.
///
/// For an operation with [`response_root`](crate::OperationFlags::response_root) it is the value itself. For Tencent
/// Cloud it is what stands inside `Response`.
pub fn reply(operation: &Operation<'_>, seed: u64) -> Option<Value> {
    let ty = operation.response.as_ref()?;
    let mut value = value(operation.service, ty, "", seed);
    if let Value::Object(answer) = &mut value {
        answer.retain(|name, _| !LEFT_OUT.contains(&plausible::plain_name(name).as_str()));
    }
    Some(value)
}

/// A value of a type, with the name of the field it is for (may be empty).
pub fn value(service: Service<'_>, ty: &Type<'_>, name: &str, seed: u64) -> Value {
    let mut sampler = Sampler { service, chance: Chance::new(seed), open: Vec::new(), values: 0 };
    sampler.value(ty, name).unwrap_or(Value::Null)
}

struct Sampler<'a> {
    service: Service<'a>,
    chance: Chance,
    /// The structures around the present value.
    open: Vec<String>,
    values: usize,
}

impl Sampler<'_> {
    /// `None` where the answer would nest too deep.
    fn value(&mut self, ty: &Type<'_>, name: &str) -> Option<Value> {
        self.values += 1;
        match ty {
            Type::List(item) => Some(Value::Array(self.items(item, name))),
            Type::Map(item) => {
                let value = self.value(item, name)?;
                Some(Value::Object(Map::from_iter([("key".to_owned(), value)])))
            }
            Type::Named(type_name) => self.named(type_name),
            plain => Some(plausible::plain(plain, name, self.service.cloud(), &mut self.chance)),
        }
    }

    fn items(&mut self, item: &Type<'_>, name: &str) -> Vec<Value> {
        let count = 1 + self.chance.below(2);
        let mut items = Vec::new();
        for _ in 0..count {
            if self.values < MAX_VALUES {
                items.extend(self.value(item, name));
            }
        }
        items
    }

    fn named(&mut self, type_name: &str) -> Option<Value> {
        match self.service.type_def(type_name)? {
            TypeDef::Enum(it) => {
                let at = self.chance.below(it.values.len() as u64);
                usize::try_from(at).ok().and_then(|at| it.values.get(at).cloned())
            }
            TypeDef::Struct(it) => self.structure(type_name, &it.fields),
        }
    }

    fn structure(&mut self, type_name: &str, fields: &[Field<'_>]) -> Option<Value> {
        if self.open.len() >= MAX_DEPTH || self.open.iter().any(|open| open == type_name) {
            return None;
        }
        self.open.push(type_name.to_owned());
        let mut object = Map::new();
        for field in fields {
            if let Some(value) = self.value(&field.ty, field.name) {
                object.insert(field.name.to_owned(), value);
            }
        }
        self.open.pop();
        Some(Value::Object(object))
    }
}

#[cfg(test)]
#[cfg(all(feature = "huawei", feature = "tencent", feature = "alibaba"))]
mod tests;
