//! The words of one option as the value of its type.

use sanyun_catalog::{Cloud, Type, TypeDef};
use sanyun_core::{Error, Result};
use serde_json::{Map, Number, Value, json};

use super::shorthand::Shorthand;
use super::{Parameter, source};

impl<'a> Parameter<'_, 'a> {
    /// The value of all words.
    pub(super) fn value(&self, ty: Option<&Type<'a>>) -> Result<Value> {
        let words: Vec<&str> = self.given.words().collect();
        match (ty, words.as_slice()) {
            (None | Some(Type::Any | Type::Bool), []) => Ok(Value::Bool(true)),
            (Some(ty), []) => Err(Error::input(format!("`--{}` has no value", self.given.name))
                .with_hint(format!("it takes {}", self.wanted(ty)))),
            (Some(Type::List(item)), _) => self.list(item),
            (Some(ty), words) if self.is_object(ty) => self.object(ty, words),
            // Read while it is sent, whatever is in it and however long it is.
            (Some(Type::File), [one]) if self.streams_files() && source::path(one).is_some() => {
                Ok(json!({"path": source::path(one)}))
            }
            (_, [one]) => self.plain(ty, &source::text(&self.given.name, one)?),
            (None | Some(Type::Any), many) => many.iter().map(|one| self.plain(ty, one)).collect(),
            (Some(_), many) => {
                Err(Error::input(format!("`--{}` takes one value, not {}", self.given.name, many.len()))
                    .with_hint("a value with blanks is put in quotation marks"))
            }
        }
    }

    /// The items: words of their own, lists in JSON, or the members of objects, where a name that comes again begins the
    /// next item as does the next use of the option.
    fn list(&self, item: &Type<'a>) -> Result<Value> {
        let mut items = Vec::new();
        for words in &self.given.uses {
            let mut open: Option<Map<String, Value>> = None;
            for word in words {
                let text = source::text(&self.given.name, word)?;
                match self.items_of(item, &text)? {
                    Items::Whole(whole) => {
                        items.extend(open.take().map(Value::Object));
                        items.extend(whole);
                    }
                    Items::Members(members) => {
                        let repeats =
                            |open: &Map<String, Value>| members.iter().any(|(name, _)| open.contains_key(name));
                        items.extend(open.take_if(|open| repeats(open)).map(Value::Object));
                        open.get_or_insert_default().extend(members);
                    }
                }
            }
            items.extend(open.map(Value::Object));
        }
        Ok(Value::Array(items))
    }

    /// What one word stands for among the items of a list.
    fn items_of(&self, item: &Type<'a>, text: &str) -> Result<Items> {
        let is_list = text.trim_start().starts_with('[');
        if is_list && !matches!(item, Type::List(_)) {
            return self.parsed(&Type::List(Box::new(item.clone())), text).map(Items::listed);
        }
        match item {
            // `[[1, 2], [3]]` is the whole, `[1, 2]` an item.
            Type::List(_) => self.parsed(item, text).map(|value| match &value {
                Value::Array(inner) if inner.iter().any(Value::is_array) => Items::listed(value),
                _ => Items::Whole(vec![value]),
            }),
            _ if self.is_object(item) && !text.trim_start().starts_with('{') => {
                self.shorthand(item, text, &Type::List(Box::new(item.clone()))).map(Items::Members)
            }
            _ => self.plain(Some(item), text).map(|value| Items::Whole(vec![value])),
        }
    }

    /// A structure or a map: JSON, or words that each have some of its members.
    fn object(&self, ty: &Type<'a>, words: &[&str]) -> Result<Value> {
        let mut members = Map::new();
        for word in words {
            let text = source::text(&self.given.name, word)?;
            let found = match (words, text.trim_start().starts_with('{')) {
                ([_], true) => return self.parsed(ty, &text),
                _ => self.shorthand(ty, &text, ty)?,
            };
            for (name, value) in found {
                if members.insert(name.clone(), value).is_some() {
                    return Err(Error::input(format!("`--{}`: `{name}` is given twice", self.given.name)));
                }
            }
        }
        Ok(Value::Object(members))
    }

    /// One value. Numbers and booleans stay text here: the check converts them, or says why not.
    fn plain(&self, ty: Option<&Type<'a>>, text: &str) -> Result<Value> {
        match ty {
            None | Some(Type::Any) => Ok(free(text)),
            Some(ty) if ty.is_compound() && (matches!(ty, Type::List(_)) || self.is_object(ty)) => {
                self.parsed(ty, text)
            }
            // A file's last line has an end.
            Some(Type::Decimal) => Ok(decimal(text.trim())),
            Some(Type::Bool) => Ok(boolean(text.trim())),
            Some(Type::Int | Type::Uint | Type::Float) => Ok(text.trim().into()),
            Some(_) => Ok(text.into()),
        }
    }

    /// What begins with a bracket: JSON, or where there are no quotation marks the shorthand's brackets.
    fn parsed(&self, ty: &Type<'a>, text: &str) -> Result<Value> {
        let name = &self.given.name;
        match serde_json::from_str(text) {
            Ok(value) => Ok(value),
            Err(_) if !text.contains('"') && text.trim_start().starts_with(['[', '{']) => {
                self.explained(Shorthand::new(self.service, text).bracketed(ty), ty)
            }
            Err(error) => self.explained(Err(format!("`--{name}` is not JSON: {error}")), ty),
        }
    }

    /// Members of a type; `whole` is that of the parameter.
    fn shorthand(&self, ty: &Type<'a>, text: &str, whole: &Type<'a>) -> Result<Vec<(String, Value)>> {
        self.explained(Shorthand::new(self.service, text).members(ty), whole)
    }

    /// The error with the parameter's name, what it takes, and the ways to write it.
    fn explained<T>(&self, result: Result<T, String>, ty: &Type<'a>) -> Result<T> {
        result.map_err(|why| {
            let name = &self.given.name;
            let prefix = format!("`--{name}`");
            let message =
                if why.starts_with(&prefix) { why } else { format!("{prefix} takes {}: {why}", self.wanted(ty)) };
            let parts = format!("--{name}{} value", self.below(ty));
            Error::input(message)
                .with_hint(format!("write JSON in quotation marks, or its parts one by one: `{parts}`"))
        })
    }

    /// Whether the cloud's client takes the path of a file in place of its content.
    fn streams_files(&self) -> bool {
        self.service.is_some_and(|service| service.cloud() == Cloud::Huawei)
    }

    /// Whether values have members: structures and maps.
    pub(super) fn is_object(&self, ty: &Type<'a>) -> bool {
        match ty {
            Type::Map(_) => true,
            Type::Named(_) => !matches!(self.service.and_then(|service| service.resolve(ty)), Some(TypeDef::Enum(_))),
            _ => false,
        }
    }

    /// What a type takes, in words.
    pub(super) fn wanted(&self, ty: &Type<'a>) -> String {
        match ty {
            Type::List(item) if self.is_object(item) => "a list of objects".to_owned(),
            Type::List(item) => format!("a list ({} each)", self.wanted(item)),
            Type::Int | Type::Uint => "an integer".to_owned(),
            Type::Float | Type::Decimal => "a number".to_owned(),
            Type::Bool => "true or false".to_owned(),
            Type::Any => "any JSON".to_owned(),
            ty if self.is_object(ty) => "an object".to_owned(),
            Type::Date | Type::DateTime | Type::DateTimeIso => "a time".to_owned(),
            _ => "a text".to_owned(),
        }
    }

    /// What may stand behind the name of a parameter to give a part of it.
    fn below(&self, ty: &Type<'a>) -> String {
        match ty {
            Type::List(item) => format!(".{}{}", self.first_item(), self.below(item)),
            Type::Map(_) => ".KEY".to_owned(),
            named => match self.service.and_then(|service| service.resolve(named)) {
                Some(TypeDef::Struct(it)) => {
                    it.fields.first().map(|field| format!(".{}", field.name)).unwrap_or_default()
                }
                _ => String::new(),
            },
        }
    }
}

/// True and false in the ways that people write them; anything else is for the check to refuse.
fn boolean(text: &str) -> Value {
    match text.to_ascii_lowercase().as_str() {
        "true" | "t" | "1" => true.into(),
        "false" | "f" | "0" => false.into(),
        _ => text.into(),
    }
}

/// A number, unless it would lose digits.
fn decimal(text: &str) -> Value {
    let number = text.parse::<Number>().ok().filter(|number| number.to_string() == text);
    number.map_or_else(|| text.into(), Value::Number)
}

/// JSON where it is JSON, else text.
pub(super) fn free(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

/// What a word stands for in a list.
enum Items {
    /// Whole items.
    Whole(Vec<Value>),
    /// Members of one.
    Members(Vec<(String, Value)>),
}

impl Items {
    fn listed(value: Value) -> Self {
        match value {
            Value::Array(items) => Self::Whole(items),
            other => Self::Whole(vec![other]),
        }
    }
}
