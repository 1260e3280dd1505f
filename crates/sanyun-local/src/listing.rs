//! Pages of a made-up listing: a fixed number of items, cut as the request asks.

use sanyun_catalog::paging::{Advance, Paging};
use sanyun_catalog::{Operation, Service, Type, TypeDef, sample};
use serde_json::{Map, Value};

use crate::made_up::plain;

/// How many items every listing has.
pub(crate) const TOTAL: usize = 5;
/// A token is this and the number of items in front of its page.
const TOKEN: &str = "after-";

/// Names of parameters that size or choose a page, beside those of the rule: many listings know two ways.
const SIZES: [&str; 4] = ["pagesize", "maxresults", "limit", "maxresult"];
const NUMBERS: [&str; 3] = ["pagenumber", "pageno", "currentpage"];
const OFFSETS: [&str; 2] = ["offset", "startposition"];

/// Names of fields that hold the number of all items.
const TOTALS: [&str; 6] = ["totalcount", "total", "totalnum", "totalnumber", "totalsize", "totalrecords"];

/// Whether a parameter only says which part of the list is wanted.
pub(crate) fn is_of_paging(paging: &Paging<'_>, name: &str) -> bool {
    let other = || [&SIZES[..], &NUMBERS, &OFFSETS].concat().contains(&&*plain(name));
    name == paging.advance.param() || Some(name) == paging.limit || other()
}

/// Makes an answer one page of a listing.
pub(crate) fn cut(
    operation: &Operation<'static>,
    paging: &Paging<'static>,
    parameters: &Value,
    seed: u64,
    answer: &mut Value,
) {
    let Some(root) = &operation.response else { return };
    let service = operation.service;
    let ty = |path: &str| type_at(service, root, path);
    let Some(Type::List(item)) = ty(paging.items) else { return };
    let items = items(operation, &item, paging, seed);
    let limit = paging.limit.and_then(|name| number(parameters.get(name)?)).or_else(|| named(parameters, &SIZES));
    // Items that cannot be told apart come at once: their pages would look like one that repeats.
    let limit = limit.filter(|limit| *limit > 0 && items.first() != items.last());
    let asked = match parameters.get(paging.advance.param()).filter(|given| !given.is_null() && **given != "") {
        Some(given) => start(paging, given, limit, &items),
        None => by_number(parameters, limit),
    };
    let start = asked.min(TOTAL);
    let end = limit.map_or(TOTAL, |limit| start.saturating_add(limit).min(TOTAL));
    let page = items.get(start..end).unwrap_or_default().to_vec();
    put(answer, paging.items, Value::Array(page));
    Numbers { paging, size: limit.unwrap_or(TOTAL), start: asked }.set(service, root, answer);
    let mut set = |path: &str, value: Value| {
        if let Some(ty) = ty(path) {
            put(answer, path, typed(&ty, value));
        }
    };
    if let Some(total) = paging.total {
        set(total, TOTAL.into());
    }
    if let Some(more) = paging.more {
        set(more.path, Value::Bool((end < TOTAL) == more.when));
    }
    if let Advance::Token { token, next } = paging.advance {
        let value = match ty(next) {
            Some(Type::Int | Type::Uint) if end < TOTAL => Value::from(end),
            // Of numbers none says that nothing follows.
            Some(Type::Int | Type::Uint) => Value::Null,
            _ if end == TOTAL => Value::from(""),
            _ if takes_numbers(operation, token) => Value::from(end.to_string()),
            _ => Value::from(format!("{TOKEN}{end}")),
        };
        set(next, value);
    }
}

/// Whether a parameter is a number.
fn takes_numbers(operation: &Operation<'static>, name: &str) -> bool {
    operation.targets(name).iter().any(|target| matches!(target.ty(), Type::Int | Type::Uint))
}

/// All items, the same whichever page is asked for.
fn items(operation: &Operation<'static>, item: &Type<'static>, paging: &Paging<'static>, seed: u64) -> Vec<Value> {
    let service = operation.service;
    let name = paging.items.rsplit('.').next().unwrap_or_default();
    let mut items: Vec<_> =
        (0..TOTAL as u64).map(|at| sample::value(service, item, name, seed.wrapping_add(at << 32))).collect();
    for at in 1..items.len() {
        let (before, rest) = items.split_at_mut(at);
        if let Some(one) = rest.first_mut().filter(|one| before.contains(one)) {
            distinguish(service, item, one, at);
        }
    }
    if let Advance::Marker { marker, field } = paging.advance {
        let numbers = takes_numbers(operation, marker);
        let ty = type_at(service, item, field);
        for (at, item) in items.iter_mut().enumerate() {
            let marker = match &ty {
                Some(Type::Int | Type::Uint) => Value::from(at + 1),
                _ if numbers => Value::from((at + 1).to_string()),
                _ => Value::from(format!("{at}-{}", text_at(item, field))),
            };
            put(item, field, marker);
        }
    }
    items
}

/// Makes an item another one: by its number in the first text or number that it has.
fn distinguish(service: Service<'static>, ty: &Type<'static>, item: &mut Value, at: usize) -> bool {
    match (ty, item) {
        (Type::String, Value::String(text)) => text.push_str(&format!("-{at}")),
        (Type::Int | Type::Uint | Type::Float, Value::Number(number)) => *number = (1_000 + at).into(),
        (Type::Any, item) => *item = Value::from_iter([("number", at)]),
        (Type::List(inner), Value::Array(items)) => {
            return items.first_mut().is_some_and(|one| distinguish(service, inner, one, at));
        }
        (Type::Map(inner), Value::Object(members)) => {
            return members.values_mut().next().is_some_and(|one| distinguish(service, inner, one, at));
        }
        (Type::Named(name), Value::Object(members)) => {
            let Some(TypeDef::Struct(known)) = service.type_def(name) else { return false };
            return known
                .fields
                .iter()
                .any(|field| members.get_mut(field.name).is_some_and(|one| distinguish(service, &field.ty, one, at)));
        }
        _ => return false,
    }
    true
}

fn text_at(value: &Value, path: &str) -> String {
    at(value, path).and_then(Value::as_str).unwrap_or("item").to_owned()
}

/// How many items stand in front of the page that is asked for in another way than the rule's.
fn by_number(parameters: &Value, limit: Option<usize>) -> usize {
    let page =
        named(parameters, &NUMBERS).map(|number| number.saturating_sub(1).saturating_mul(limit.unwrap_or(TOTAL)));
    page.or_else(|| named(parameters, &OFFSETS)).unwrap_or(0)
}

fn named(parameters: &Value, names: &[&str]) -> Option<usize> {
    let mut given = parameters.as_object()?.iter();
    given.find(|(name, _)| names.contains(&&*plain(name))).and_then(|(_, value)| number(value))
}

/// How many items stand in front of the page.
fn start(paging: &Paging<'_>, given: &Value, limit: Option<usize>, items: &[Value]) -> usize {
    match paging.advance {
        Advance::Offset { .. } => number(given).unwrap_or(0),
        Advance::Page { first, .. } => {
            number(given).unwrap_or(0).saturating_sub(first as usize).saturating_mul(limit.unwrap_or(TOTAL))
        }
        // Behind an item that there is not, nothing stands.
        Advance::Marker { field, .. } => {
            let same = |item: &Value| at(item, field).is_some_and(|own| text(own) == text(given));
            items.iter().position(same).map_or(TOTAL, |at| at + 1)
        }
        Advance::Token { .. } => match given.as_str().and_then(|text| text.strip_prefix(TOKEN)) {
            Some(number) => number.parse().unwrap_or(TOTAL),
            None => number(given).unwrap_or(TOTAL),
        },
    }
}

/// The numbers that stand beside the list, where the answer has fields of these names: the total, and which page it is.
struct Numbers<'a> {
    paging: &'a Paging<'static>,
    size: usize,
    start: usize,
}

impl Numbers<'_> {
    fn set(&self, service: Service<'static>, root: &Type<'static>, answer: &mut Value) {
        let around = |path: &str| path.rsplit_once('.').map_or(String::new(), |(around, _)| around.to_owned());
        let mut places = vec![String::new(), around(self.paging.total.unwrap_or_default()), around(self.paging.items)];
        places.dedup();
        for place in &places {
            let known = type_at(service, root, place).and_then(|ty| service.resolve(&ty));
            let Some(TypeDef::Struct(known)) = known else { continue };
            for field in known.fields.iter().filter(|field| matches!(field.ty, Type::Int | Type::Uint | Type::String)) {
                if let Some(value) = self.of(&plain(field.name)) {
                    let path = if place.is_empty() { field.name.to_owned() } else { format!("{place}.{}", field.name) };
                    put(answer, &path, typed(&field.ty, value.into()));
                }
            }
        }
    }

    fn of(&self, name: &str) -> Option<usize> {
        let first = if let Advance::Page { first, .. } = self.paging.advance { first as usize } else { 1 };
        let is = |param: Option<&str>| param.is_some_and(|param| plain(param) == name);
        let advance = Some(self.paging.advance.param());
        match self.paging.advance {
            _ if TOTALS.contains(&name) => Some(TOTAL),
            _ if SIZES.contains(&name) || is(self.paging.limit) => Some(self.size),
            Advance::Page { .. } if is(advance) => Some(self.start / self.size + first),
            Advance::Offset { .. } if is(advance) => Some(self.start),
            _ if NUMBERS.contains(&name) => Some(self.start / self.size + first),
            _ => None,
        }
    }
}

/// A number that may stand in quotes.
fn number(value: &Value) -> Option<usize> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    usize::try_from(number).ok()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// A number or boolean, as text where the answer wants text.
fn typed(ty: &Type<'_>, value: Value) -> Value {
    match ty {
        Type::String => Value::String(text(&value)),
        _ => value,
    }
}

/// The type of what stands at a path.
fn type_at<'a>(service: Service<'a>, root: &Type<'a>, path: &str) -> Option<Type<'a>> {
    path.split('.').filter(|name| !name.is_empty()).try_fold(root.clone(), |ty, name| match service.resolve(&ty)? {
        TypeDef::Struct(found) => found.field(name).map(|field| field.ty.clone()),
        TypeDef::Enum(_) => None,
    })
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').filter(|name| !name.is_empty()).try_fold(value, |value, name| value.get(name))
}

/// Sets what stands at a path; objects on the way are made where they are missing.
fn put(value: &mut Value, path: &str, new: Value) {
    let mut place = value;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(members) = place else { return };
        place = members.entry(name.to_owned()).or_insert(Value::Null);
    }
    *place = new;
}

#[cfg(test)]
mod tests {
    use sanyun_catalog::Catalog;
    use serde_json::json;

    use super::*;
    use crate::made_up;

    fn page(operation: &Operation<'static>, parameters: Value) -> Value {
        made_up::value(operation, &parameters, "").unwrap()
    }

    #[test]
    fn offsets_cut_one_list() {
        let operation = Catalog::tencent().operation("vpc", None, "DescribeVpcs").unwrap();
        let all = page(&operation, json!({}));
        assert_eq!((&all["TotalCount"], all["VpcSet"].as_array().unwrap().len()), (&json!(5), 5));
        let second = page(&operation, json!({"Offset": "2", "Limit": "2"}));
        assert_eq!(second["VpcSet"].as_array().unwrap(), &all["VpcSet"].as_array().unwrap()[2..4]);
        assert_eq!(page(&operation, json!({"Offset": "5", "Limit": "2"}))["VpcSet"], json!([]));
        let others = page(&operation, json!({"VpcIds": ["vpc-1"]}));
        assert_ne!(others["VpcSet"], all["VpcSet"]);
    }

    #[test]
    fn numbers_of_pages_are_repeated() {
        let operation = Catalog::alibaba().operation("vpc", Some("2016-04-28"), "DescribeVpcs").unwrap();
        let page = page(&operation, json!({"PageNumber": 3, "PageSize": 2}));
        assert_eq!(page["Vpcs"]["Vpc"].as_array().unwrap().len(), 1);
        assert_eq!((&page["TotalCount"], &page["PageNumber"], &page["PageSize"]), (&json!(5), &json!(3), &json!(2)));
    }

    #[test]
    fn markers_and_tokens_lead_to_the_end() {
        let operation = Catalog::huawei().operation("vpc", Some("v2"), "ListSubnets").unwrap();
        let (mut marker, mut lengths) = (Value::Null, Vec::new());
        while lengths.last() != Some(&0) {
            let page = page(&operation, json!({"limit": 2, "marker": marker}));
            let subnets = page["subnets"].as_array().unwrap();
            lengths.push(subnets.len());
            marker = subnets.last().map_or(Value::Null, |last| last["id"].clone());
        }
        assert_eq!(lengths, [2, 2, 1, 0]);
        let operation = Catalog::alibaba().operation("ecs", Some("2014-05-26"), "DescribeDisks").unwrap();
        assert!(matches!(operation.paging().unwrap().advance, Advance::Token { .. }));
        let first = page(&operation, json!({"MaxResults": 4}));
        let last = page(&operation, json!({"MaxResults": 4, "NextToken": first["NextToken"]}));
        assert_eq!((&first["NextToken"], &last["NextToken"]), (&json!("after-4"), &json!("")));
        assert_eq!(last["Disks"]["Disk"].as_array().unwrap().len(), 1);
        let other = page(&operation, json!({"PageSize": 2, "PageNumber": 2}));
        assert_eq!((&other["PageNumber"], &other["TotalCount"]), (&json!(2), &json!(5)));
        assert_eq!(other["Disks"]["Disk"].as_array().unwrap().len(), 2);
    }
}
