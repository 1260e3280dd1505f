//! Random values that fit an operation: what a caller could give, and what a service could answer.

use std::cell::Cell;

use sanyun_catalog::{Cloud, Field, Flags, Operation, Param, ParamStyle, Place, Service, Type, TypeDef};
use sanyun_core::encode;
use serde_json::{Map, Number, Value, json};

use crate::generate::Random;

/// Beyond this many values optional ones are left out and lists stay empty.
const MOST_VALUES: usize = 300;
/// Beyond this depth, too: structures may contain themselves.
const MOST_DEPTH: usize = 7;

/// Given as parameters they are left out: whoever sets them means another signature.
pub(super) use sanyun_catalog::check::SIGNER_HEADERS;

/// Random parameters of a call.
pub(super) struct Parameters {
    /// As our client takes them: one object.
    pub(super) object: Map<String, Value>,
    /// The same by place and wire name.
    pub(super) placed: Vec<(&'static str, String, Value)>,
    /// The body, if it has a type of its own and is sent.
    pub(super) body: Option<Value>,
}

/// A source of values for one operation.
pub(super) struct Values<'r, 'a> {
    random: &'r Random<'r>,
    service: Service<'a>,
    /// Whether what is made is a reply, where some members are never missing.
    of_reply: bool,
    made: Cell<usize>,
}

impl<'r, 'a> Values<'r, 'a> {
    pub(super) fn new(random: &'r Random<'r>, service: Service<'a>) -> Self {
        Self { random, service, of_reply: false, made: Cell::new(0) }
    }

    /// Values for a reply.
    pub(super) fn of_reply(random: &'r Random<'r>, service: Service<'a>) -> Self {
        Self { of_reply: true, ..Self::new(random, service) }
    }

    /// Parameters of a call: all required ones, half of the others.
    pub(super) fn parameters(&self, operation: &Operation<'a>) -> Parameters {
        let mut made = Parameters { object: Map::new(), placed: Vec::new(), body: None };
        for param in &operation.params {
            // A path and a body parameter of one name get one value, and come together.
            let known = made.object.get(param.name).cloned();
            if known.is_none() && !self.wants_param(operation.service.cloud(), param) {
                continue;
            }
            let begins_path = param.place == Place::Path && operation.path.starts_with(&format!("{{{}}}", param.name));
            let Some(mut value) = known.or_else(|| self.param(param)) else { continue };
            if begins_path && let Some(text) = value.as_str() {
                value = json!(format!("/{text}"));
            }
            made.object.insert(param.name.to_owned(), value.clone());
            made.placed.push((param.place.as_str(), param.name.to_owned(), value));
        }
        if let Some(body) = &operation.body {
            self.body(operation, body, &mut made);
        }
        made
    }

    fn wants_param(&self, cloud: Cloud, param: &Param<'_>) -> bool {
        let is_signers = cloud == Cloud::Huawei
            && param.place == Place::Header
            && SIGNER_HEADERS.contains(&&*param.name.to_ascii_lowercase());
        let needed = param.flags.required() || matches!(param.place, Place::Path | Place::Host);
        !is_signers && param.ty.element() != &Type::File && (needed || self.wanted(param.flags))
    }

    fn needed(&self, flags: Flags) -> bool {
        flags.required() || self.of_reply && flags.always() && !flags.nullable()
    }

    fn wanted(&self, flags: Flags) -> bool {
        self.needed(flags) || self.made.get() < MOST_VALUES && self.random.one_in(2)
    }

    /// What stands in the path or a header is one plain text.
    fn param(&self, param: &Param<'a>) -> Option<Value> {
        match (param.place, &param.ty) {
            (Place::Path, Type::String) if param.style == Some(ParamStyle::Raw) => {
                Some(json!(format!("{}/{}", self.random.word(8), self.random.word(5))))
            }
            // A leading letter keeps it from being empty or a dot.
            (Place::Path, Type::String | Type::Any) => Some(json!(format!("v{}", self.random.text(10)))),
            (Place::Host, _) => Some(json!(self.random.word(10).to_lowercase())),
            (Place::Header, Type::Map(_)) => Some(json!({"one": self.random.word(5), "two": self.random.word(5)})),
            (Place::Header, Type::String) => Some(json!(format!("h{}", self.random.text(10)).trim())),
            _ => self.value(&param.ty, 0),
        }
    }

    /// The body: its fields beside the parameters, or whole under `body`.
    fn body(&self, operation: &Operation<'a>, ty: &Type<'a>, made: &mut Parameters) {
        let fields = operation.body_fields();
        let is_param = |name: &str| operation.params.iter().any(|param| param.name == name);
        let has_own_body = is_param("body") || fields.iter().any(|field| field.name == "body");
        let clashes = fields.iter().any(|field| is_param(field.name));
        let fields_only = has_own_body && !fields.is_empty();
        if !fields_only && (fields.is_empty() || clashes || self.random.one_in(4)) {
            // A shared name given for the path alone would make a body of itself.
            let required =
                clashes || operation.flags.body_required || fields.iter().any(|field| field.flags.required());
            let Some(value) = self.value(ty, 0).filter(|_| required || self.random.one_in(2)) else { return };
            made.object.insert("body".to_owned(), value.clone());
            made.body = Some(value);
            return;
        }
        let value = self.structure(&fields, 1);
        for (name, value) in &value {
            let value = made.object.get(name).unwrap_or(value).clone();
            made.object.insert(name.clone(), value);
        }
        let of_body = value.keys().filter_map(|name| Some((name.clone(), made.object.get(name)?.clone())));
        let whole: Map<_, _> = of_body.collect();
        made.body = (!whole.is_empty() || operation.service.cloud() == Cloud::Tencent).then_some(whole.into());
    }

    /// A random value of a type; `None` where nothing fits (files).
    pub(super) fn value(&self, ty: &Type<'a>, depth: usize) -> Option<Value> {
        self.made.set(self.made.get() + 1);
        let random = self.random;
        Some(match ty {
            Type::Int => {
                json!(*random.pick(&[0, 1, -1, 42, 80, 65_536, -2_147_483_648, 9_007_199_254_740_993, i64::MAX]))
            }
            Type::Uint => json!(*random.pick(&[0, 1, 7, 65_535, 4_294_967_296, 9_007_199_254_740_993, u64::MAX])),
            Type::Float | Type::Decimal => self.float(),
            Type::Bool => json!(random.one_in(2)),
            Type::Bytes => json!(encode::base64(random.text(9).as_bytes())),
            Type::File => return None,
            Type::Date => json!(format!("2026-{:02}-{:02}", 1 + random.below(12), 1 + random.below(28))),
            Type::DateTime | Type::DateTimeIso => {
                json!(format!("2026-01-{:02}T03:04:{:02}Z", 1 + random.below(28), random.below(60)))
            }
            Type::Any => self.any(),
            Type::List(item) => {
                (0..self.length(depth)).filter_map(|_| self.value(item, depth + 1)).collect::<Vec<_>>().into()
            }
            Type::Map(item) => {
                let entry = |_| Some((random.word(6), self.value(item, depth + 1)?));
                (0..self.length(depth)).filter_map(entry).collect::<Map<_, _>>().into()
            }
            Type::Named(name) => return self.named(name, depth),
            Type::String => json!(random.text(12)),
        })
    }

    /// Numbers that all languages write alike: no exponent, no digits beyond the precision.
    fn float(&self) -> Value {
        let eighths = self.random.below(80_000) as f64 / 8.0 - 5_000.0;
        let float = *self.random.pick(&[0.1, 3.0, -0.5, 12_345.678, 0.30000000000000004, eighths]);
        Number::from_f64(float).map_or(Value::Null, Value::Number)
    }

    fn any(&self) -> Value {
        match self.random.below(4) {
            0 => json!(self.random.text(10)),
            1 => json!({"key": self.random.text(6), "list": [1, self.random.word(3)], "deep": {"flag": true}}),
            2 => json!({"number": self.random.below(1000), "empty": {}}),
            _ => json!({}),
        }
    }

    fn length(&self, depth: usize) -> usize {
        let full = self.made.get() > MOST_VALUES || depth > MOST_DEPTH;
        if full { 0 } else { self.random.below(4) }
    }

    fn named(&self, name: &str, depth: usize) -> Option<Value> {
        match self.service.type_def(name)? {
            TypeDef::Enum(it) if it.values.is_empty() => None,
            TypeDef::Enum(it) => Some(self.random.pick(&it.values).clone()),
            TypeDef::Struct(it) => Some(self.structure(&it.fields, depth + 1).into()),
        }
    }

    fn structure(&self, fields: &[Field<'a>], depth: usize) -> Map<String, Value> {
        let too_deep = depth > MOST_DEPTH;
        // The vendor's classes of Alibaba Cloud send an empty list for each unset list of structures inside a structure;
        // mostly we send one, too, and likewise for maps, so that the rest can be compared.
        let writes_lists = self.service.cloud() == Cloud::Alibaba && !self.random.one_in(8);
        let is_written = |field: &Field<'a>| match &field.ty {
            Type::List(item) | Type::Map(item) => writes_lists && item.is_compound(),
            _ => false,
        };
        let wanted = |field: &&Field<'a>| match too_deep {
            true => (self.needed(field.flags) || is_written(field)) && depth < 3 * MOST_DEPTH,
            false => self.wanted(field.flags) || is_written(field),
        };
        let chosen = fields.iter().filter(wanted);
        chosen.filter_map(|field| Some((field.name.to_owned(), self.value(&field.ty, depth)?))).collect()
    }
}
