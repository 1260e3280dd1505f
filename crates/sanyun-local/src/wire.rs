//! Texts of a path, a query, a header or a form as the values that they stand for. What cannot be read stays a text, so
//! that the check of the parameters finds it.

use sanyun_catalog::{ParamStyle, Service, Type, TypeDef};
use serde_json::{Map, Value};

/// A value of a type that arrived as texts: a plain one, or what [`flat::nested`](crate::flat::nested) made of flat
/// names.
pub(crate) fn read(service: Service<'_>, ty: &Type<'_>, style: Option<ParamStyle>, value: Value) -> Value {
    match (ty, value) {
        (Type::List(item), Value::String(text)) if style == Some(ParamStyle::Simple) => {
            text.split(',').map(|part| read(service, item, None, part.into())).collect()
        }
        (Type::List(_) | Type::Map(_), Value::String(text)) => json(text),
        (Type::List(item), Value::Array(items)) => {
            items.into_iter().map(|one| read(service, item, None, one)).collect()
        }
        (Type::Map(item), Value::Object(members)) => each(members, |_, one| read(service, item, None, one)),
        // Keys that are numbers looked like those of a list.
        (Type::Map(item), Value::Array(items)) => {
            let members = items.into_iter().zip(1..).map(|(one, at)| (at.to_string(), one)).collect();
            each(members, |_, one| read(service, item, None, one))
        }
        (Type::Named(name), value) => named(service, name, style, value),
        (Type::Any, Value::String(text)) => json(text),
        (plain, Value::String(text)) => scalar(plain, text),
        (_, value) => value,
    }
}

fn named(service: Service<'_>, name: &str, style: Option<ParamStyle>, value: Value) -> Value {
    match (service.type_def(name), value) {
        (Some(TypeDef::Enum(known)), value) => read(service, &known.base, style, value),
        (Some(TypeDef::Struct(_)), Value::String(text)) => json(text),
        (Some(TypeDef::Struct(known)), Value::Object(members)) => each(members, |name, one| match known.field(name) {
            Some(field) => read(service, &field.ty, None, one),
            None => one,
        }),
        (_, value) => value,
    }
}

fn each(members: Map<String, Value>, change: impl Fn(&str, Value) -> Value) -> Value {
    Value::Object(
        members
            .into_iter()
            .map(|(name, one)| {
                let one = change(&name, one);
                (name, one)
            })
            .collect(),
    )
}

fn json(text: String) -> Value {
    serde_json::from_str(&text).unwrap_or(Value::String(text))
}

/// Python writes `True`, and a float may have an exponent. An empty text is no number: as if it had not been sent.
fn scalar(ty: &Type<'_>, text: String) -> Value {
    let number = || text.parse().ok().and_then(serde_json::Number::from_f64);
    match ty {
        Type::Int | Type::Uint | Type::Float | Type::Decimal | Type::Bool if text.is_empty() => Value::Null,
        Type::Bool => text.to_ascii_lowercase().parse().map_or(Value::String(text), Value::Bool),
        Type::Float => number().map_or(Value::String(text), Value::Number),
        _ => Value::String(text),
    }
}

#[cfg(test)]
mod tests {
    use sanyun_catalog::Catalog;
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_become_values() {
        let service = Catalog::alibaba().service("ecs", Some("2014-05-26")).unwrap();
        let read = |ty: &Type<'_>, style, value: Value| read(service, ty, style, value);
        let list = Type::List(Box::new(Type::Bool));
        assert_eq!(read(&list, Some(ParamStyle::Simple), json!("True,false")), json!([true, false]));
        assert_eq!(read(&list, Some(ParamStyle::Json), json!("[true]")), json!([true]));
        assert_eq!(read(&list, None, json!("neither")), json!("neither"));
        assert_eq!(read(&Type::Map(Box::new(Type::String)), None, json!(["a", "b"])), json!({"1": "a", "2": "b"}));
        assert_eq!(read(&Type::Float, None, json!("1e2")), json!(100.0));
        assert_eq!(read(&Type::Int, None, json!("")), Value::Null);
        assert_eq!(read(&Type::Int, None, json!("12")), json!("12"));
    }
}
