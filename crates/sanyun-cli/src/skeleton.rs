//! `--generate-cli-skeleton`: the whole request with the words for types in place of values.

use sanyun_catalog::{Operation, Struct, Type, TypeDef};
use serde_json::{Map, Value};

/// The request of an operation as JSON. A structure that lies in itself is shown once; inside it is `{}`.
pub(crate) fn of(operation: &Operation<'_>) -> Value {
    let mut skeleton = Skeleton { operation, open: Vec::new() };
    let params = operation.params.iter().map(|param| (param.name, param.ty.clone()));
    let fields = operation.body_fields();
    let whole = operation.body_with_content().filter(|_| fields.is_empty()).map(|body| ("body", body.clone()));
    let all = params.chain(fields.iter().map(|field| (field.name, field.ty.clone()))).chain(whole);
    Value::Object(all.map(|(name, ty)| (name.to_owned(), skeleton.value(&ty))).collect())
}

struct Skeleton<'o, 'a> {
    operation: &'o Operation<'a>,
    /// The structures around the present value.
    open: Vec<&'a str>,
}

impl<'a> Skeleton<'_, 'a> {
    fn value(&mut self, ty: &Type<'a>) -> Value {
        match ty {
            Type::List(item) => Value::Array(vec![self.value(item)]),
            Type::Map(item) => Value::Object(Map::from_iter([("String".to_owned(), self.value(item))])),
            Type::Named(_) => match self.operation.service.resolve(ty) {
                Some(TypeDef::Enum(it)) => word_of(it.values.first()).into(),
                Some(TypeDef::Struct(it)) => Value::Object(self.members(&it)),
                None => "Any".into(),
            },
            plain => word(plain).into(),
        }
    }

    fn members(&mut self, it: &Struct<'a>) -> Map<String, Value> {
        if self.open.contains(&it.name) {
            return Map::new();
        }
        self.open.push(it.name);
        let members = it.fields.iter().map(|field| (field.name.to_owned(), self.value(&field.ty))).collect();
        self.open.pop();
        members
    }
}

/// The words of `tccli`; `Any` for what it does not have.
pub(crate) fn word(ty: &Type<'_>) -> &'static str {
    match ty {
        Type::Int | Type::Uint => "Integer",
        Type::Float | Type::Decimal => "Float",
        Type::Bool => "Boolean",
        Type::Bytes | Type::File => "Binary",
        Type::Date | Type::DateTime | Type::DateTimeIso => "Timestamp",
        Type::String => "String",
        _ => "Any",
    }
}

/// The word for the values of an enumeration.
fn word_of(value: Option<&Value>) -> &'static str {
    if value.is_some_and(Value::is_number) { "Integer" } else { "String" }
}

#[cfg(test)]
mod tests {
    use sanyun_catalog::{Catalog, Cloud};
    use serde_json::json;

    use super::of;

    #[test]
    fn every_type_has_its_word() {
        let create = Catalog::huawei().operation("vpc", Some("v2"), "CreateVpc").unwrap();
        let vpc = of(&create)["vpc"].clone();
        assert_eq!((&vpc["cidr"], &vpc["tags"]), (&json!("String"), &json!(["String"])));
        let run = of(&Catalog::tencent().operation("cvm", None, "RunInstances").unwrap());
        assert_eq!(run["InternetAccessible"]["PublicIpAssigned"], json!("Boolean"));
        assert_eq!(run["DataDisks"][0]["DiskSize"], json!("Integer"));
    }

    /// Also of those whose structures lie in themselves.
    #[test]
    fn every_operation_has_one() {
        let mut longest = 0;
        for entry in Catalog::of(Cloud::Tencent).unwrap().services() {
            let service = Catalog::tencent().service(entry.name(), Some(entry.api_version())).unwrap();
            for name in service.operations() {
                let skeleton = of(&service.operation(name).unwrap());
                assert!(skeleton.is_object(), "{name}");
                longest = longest.max(skeleton.to_string().len());
            }
        }
        assert!(longest < 1 << 20, "{longest}");
    }
}
