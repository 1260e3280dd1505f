//! Requests and answers with the members that the catalog knows.

use sanyun_catalog::{Field, Operation, Service, Type, TypeDef};
use serde_json::{Map, Value};

/// The answer with all members of its structures in their order, null where the service left one out. Members that are
/// newer than the catalog follow.
pub(super) fn completed(operation: &Operation<'_>, answer: Value) -> Value {
    operation.response.as_ref().map_or(answer.clone(), |ty| complete(operation.service, ty, answer))
}

fn complete(service: Service<'_>, ty: &Type<'_>, value: Value) -> Value {
    match (ty, value) {
        (Type::List(item), Value::Array(items)) => {
            items.into_iter().map(|value| complete(service, item, value)).collect()
        }
        (ty, Value::Object(mut given)) => {
            let Some(TypeDef::Struct(it)) = service.resolve(ty) else { return Value::Object(given) };
            let mut whole = Map::new();
            for field in &it.fields {
                let value = given.shift_remove(field.name).unwrap_or_default();
                whole.insert(field.name.to_owned(), complete(service, &field.ty, value));
            }
            whole.extend(given);
            Value::Object(whole)
        }
        (_, value) => value,
    }
}

/// Removes members that no structure has; their paths.
pub(super) fn drop_unknown(
    service: Service<'_>,
    fields: &[Field<'_>],
    members: &mut Map<String, Value>,
) -> Vec<String> {
    let mut dropped = Vec::new();
    prune(service, fields, members, "", &mut dropped);
    dropped
}

fn prune(
    service: Service<'_>,
    fields: &[Field<'_>],
    members: &mut Map<String, Value>,
    path: &str,
    dropped: &mut Vec<String>,
) {
    members.retain(|name, value| {
        let path = format!("{path}{name}");
        match fields.iter().find(|field| field.name == name) {
            Some(field) => prune_value(service, &field.ty, value, &path, dropped),
            None => dropped.push(path),
        }
        fields.iter().any(|field| field.name == name)
    });
}

fn prune_value(service: Service<'_>, ty: &Type<'_>, value: &mut Value, path: &str, dropped: &mut Vec<String>) {
    match (ty, value) {
        (Type::List(item), Value::Array(items)) => {
            let numbered = items.iter_mut().enumerate();
            numbered.for_each(|(index, value)| prune_value(service, item, value, &format!("{path}.{index}"), dropped));
        }
        (ty, Value::Object(members)) => {
            if let Some(TypeDef::Struct(it)) = service.resolve(ty) {
                prune(service, &it.fields, members, &format!("{path}."), dropped);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use sanyun_catalog::Catalog;
    use serde_json::json;

    use super::*;

    #[test]
    fn answers_have_every_member_in_its_order() {
        let operation = Catalog::tencent().operation("cvm", None, "DescribeZones").unwrap();
        let answer = json!({"New": 1, "RequestId": "r", "ZoneSet": [{"ZoneState": "UP", "Zone": "z"}, null]});
        let whole = completed(&operation, answer);
        let expected = json!({
            "TotalCount": null,
            "ZoneSet": [{"Zone": "z", "ZoneName": null, "ZoneId": null, "ZoneState": "UP"}, null],
            "RequestId": "r",
            "New": 1,
        });
        assert_eq!(whole.to_string(), expected.to_string());
    }

    #[test]
    fn what_requests_do_not_have_is_dropped_and_told() {
        let operation = Catalog::tencent().operation("cvm", None, "DescribeInstances").unwrap();
        let mut given = json!({"Filters": [{"Name": "zone", "Nam": 1}], "Limit": 1, "Limti": 2});
        let members = given.as_object_mut().unwrap();
        assert_eq!(drop_unknown(operation.service, &operation.body_fields(), members), ["Filters.0.Nam", "Limti"]);
        assert_eq!(given, json!({"Filters": [{"Name": "zone"}], "Limit": 1}));
    }
}
