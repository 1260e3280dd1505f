//! Whether an answer has the structure that the catalog says.

use sanyun_catalog::paging::Advance;
use sanyun_catalog::{Cloud, Operation, Service, Type, TypeDef};
use serde_json::Value;

use crate::made_up::is_request_id;

/// Samples nest at most this deep.
const DEPTH: usize = 8;

/// Compares an answer with the operation's response.
pub(crate) fn fits(operation: &Operation<'static>, answer: &Value) -> Result<(), String> {
    let Some(ty) = &operation.response else {
        let empty = answer.as_object().is_none_or(|members| members.keys().all(|name| is_request_id(name)));
        return if empty { Ok(()) } else { Err(format!("{answer} where nothing is answered")) };
    };
    let next = match operation.paging().map(|paging| paging.advance) {
        Some(Advance::Token { next, .. }) => format!(".{next}"),
        _ => String::new(),
    };
    Fit { service: operation.service, open: Vec::new(), next }.value(ty, answer, "")
}

struct Fit {
    service: Service<'static>,
    open: Vec<String>,
    /// Where the token of the next page stands: null, if it is a number and none follows.
    next: String,
}

impl Fit {
    fn value(&mut self, ty: &Type<'_>, value: &Value, at: &str) -> Result<(), String> {
        let is = |fits: bool| if fits { Ok(()) } else { Err(format!("{at}: {value} is no {ty}")) };
        match (ty, value) {
            (Type::Any, _) => Ok(()),
            (Type::Bool, value) => is(value.is_boolean()),
            (Type::Int | Type::Uint, value) => is(value.is_i64() || value.is_u64()),
            (Type::Float | Type::Decimal, value) => is(value.is_number()),
            (Type::List(item), Value::Array(items)) => items.iter().try_for_each(|one| self.value(item, one, at)),
            (Type::Map(item), Value::Object(members)) => {
                members.iter().try_for_each(|(name, one)| self.value(item, one, &format!("{at}.{name}")))
            }
            (Type::List(_) | Type::Map(_), _) => is(false),
            (Type::Named(name), value) => match self.service.type_def(name) {
                None => Err(format!("{at}: the catalog has no {name}")),
                Some(TypeDef::Enum(known)) => is(known.values.contains(value)),
                Some(TypeDef::Struct(known)) => self.structure(&known, value, at),
            },
            (_, value) => is(value.is_string()),
        }
    }

    fn structure(&mut self, known: &sanyun_catalog::Struct<'static>, value: &Value, at: &str) -> Result<(), String> {
        let Value::Object(members) = value else { return Err(format!("{at}: {value} is no object")) };
        for field in &known.fields {
            let needed = field.flags.always() || field.flags.required();
            if needed && !members.contains_key(field.name) && !self.may_miss(field) {
                return Err(format!("{at}.{} is missing", field.name));
            }
        }
        self.open.push(known.name.to_owned());
        for (name, one) in members {
            let at = format!("{at}.{name}");
            match known.field(name) {
                Some(field) if one.is_null() && (field.flags.nullable() || at == self.next) => {}
                Some(field) => self.value(&field.ty, one, &at)?,
                None if self.service.cloud() == Cloud::Tencent && at == ".RequestId" => {}
                None => return Err(format!("{at}: {} has no such field", known.name)),
            }
        }
        self.open.pop();
        Ok(())
    }

    /// Headers are not in the body; and a structure that needs itself has to end somewhere.
    fn may_miss(&self, field: &sanyun_catalog::Field<'_>) -> bool {
        let is_open = field.ty.name().is_some_and(|name| self.open.iter().any(|open| open == name));
        field.flags.from_header() || is_open || self.open.len() + 1 >= DEPTH
    }
}
