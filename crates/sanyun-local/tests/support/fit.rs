//! Whether an answer fits what the catalog says about it.

use sanyun_catalog::{Service, Type, TypeDef};
use serde_json::Value;

/// Asserts that an answer has no members that the catalog does not know for it, and values of the right types.
pub fn assert_fits(operation: sanyun_catalog::Operation<'_>, answer: &Value) {
    let ty = operation.response.as_ref().unwrap();
    if let Err(why) = fits(operation.service, ty, answer, operation.name) {
        panic!("{why}\n{answer:#}");
    }
}

fn fits(service: Service<'_>, ty: &Type<'_>, value: &Value, at: &str) -> Result<(), String> {
    let expect = |fits: bool| if fits || value.is_null() { Ok(()) } else { Err(format!("{at}: {value} is no {ty}")) };
    match ty {
        Type::Any => Ok(()),
        Type::Bool => expect(value.is_boolean()),
        Type::Int | Type::Uint => expect(value.is_i64() || value.is_u64()),
        Type::Float | Type::Decimal => expect(value.is_number()),
        Type::List(item) => match value.as_array() {
            Some(items) => {
                items.iter().enumerate().try_for_each(|(n, one)| fits(service, item, one, &format!("{at}[{n}]")))
            }
            None => expect(false),
        },
        Type::Map(item) => match value.as_object() {
            Some(members) => {
                members.iter().try_for_each(|(name, one)| fits(service, item, one, &format!("{at}.{name}")))
            }
            None => expect(false),
        },
        Type::Named(name) => match service.type_def(name) {
            None => Err(format!("{at}: the catalog has no {name}")),
            Some(TypeDef::Enum(_)) => expect(value.is_string() || value.is_number()),
            Some(TypeDef::Struct(known)) => match value.as_object() {
                None => expect(false),
                Some(members) => members.iter().try_for_each(|(name, one)| match known.field(name) {
                    Some(field) => fits(service, &field.ty, one, &format!("{at}.{name}")),
                    None => Err(format!("{at}.{name}: {} has no such field", known.name)),
                }),
            },
        },
        _ => expect(value.is_string()),
    }
}
