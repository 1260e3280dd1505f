//! The rule that names and types of parameters and answer suggest.

use super::reply::{Reply, Value, around, plain, within};
use super::{Advance, More, Paging};
use crate::search::words;
use crate::{Cloud, Operation, Place, Type, TypeDef};

const LIMITS: [&str; 17] = [
    "pagesize",
    "limit",
    "maxresults",
    "maxresult",
    "size",
    "perpage",
    "pagelimit",
    "maxitems",
    "maxkeys",
    "maxrecords",
    "maxnum",
    "rows",
    "pagerows",
    "count",
    "length",
    "pagecount",
    "pagenum",
];
const OFFSETS: [&str; 5] = ["offset", "start", "skip", "from", "startnumber"];
const PAGES: [&str; 11] = [
    "pagenumber",
    "pageno",
    "pageindex",
    "currentpage",
    "page",
    "pagenum",
    "curpage",
    "currentpagenumber",
    "currentpageno",
    "current",
    "pagenow",
];
/// What a token is called when `next`, `start` and the like are taken off.
const TOKENS: [&str; 13] = [
    "token",
    "pagetoken",
    "paginationtoken",
    "continuationtoken",
    "continuetoken",
    "continue",
    "marker",
    "pagemarker",
    "cursor",
    "context",
    "scrollid",
    "scrolltoken",
    "key",
];
const TOTALS: [&str; 13] = [
    "totalcount",
    "total",
    "totalnum",
    "totalnumber",
    "totalrecords",
    "totalrecord",
    "totalrecordcount",
    "totalitems",
    "totalelements",
    "totalcnt",
    "totalrows",
    "allcount",
    "count",
];
const MORE: [&str; 9] = [
    "hasmore",
    "hasnext",
    "hasnextpage",
    "istruncated",
    "truncated",
    "havemore",
    "hasmorepages",
    "ismore",
    "morepages",
];
const OVER: [&str; 7] = ["listover", "isend", "islast", "islastpage", "isfinished", "isover", "lastpage"];
/// Names of lists that say nothing but that they are what was asked for.
const ITEMS: [&str; 16] = [
    "items",
    "item",
    "list",
    "data",
    "records",
    "record",
    "result",
    "results",
    "rows",
    "content",
    "contents",
    "datas",
    "datalist",
    "recordlist",
    "lists",
    "resultlist",
];
/// Parts of list names, as stems, that say nothing about what is in them.
const FILLING: [&str; 14] = [
    "set", "list", "info", "item", "data", "detail", "result", "response", "page", "model", "dto", "vo", "arra",
    "object",
];

/// Words behind which an operation's name tells where rather than what.
const PREPOSITIONS: [&str; 9] = ["by", "in", "for", "of", "with", "from", "under", "on", "to"];

/// Verbs of operations that change something; what they answer with has no pages, whatever they take.
const CHANGES: [&str; 14] = [
    "create",
    "delete",
    "modif",
    "update",
    "set",
    "add",
    "remove",
    "operate",
    "install",
    "uninstall",
    "import",
    "sync",
    "start",
    "stop",
];

/// The rule of an operation's pages in its written form ([`Paging::parse`] reads it), inferred from the facts alone;
/// `None` if it has no pages or the facts leave a doubt.
///
/// A token is preferred over offset and page number, these over a marker that is the last item's id. The list of items
/// is the only one beside the token or the total; among several (of structures, if there are any) the only one that is
/// named like the operation, that has a general name such as `Items`, or that shares a word with the operation.
pub fn recognise(operation: &Operation<'_>) -> Option<String> {
    if words(operation.name).next().is_some_and(|verb| CHANGES.contains(&verb.as_str())) {
        return None;
    }
    let facts = Facts { inputs: inputs(operation), reply: Reply::of(operation)?, operation };
    let rule = facts.token().or_else(|| facts.numbered()).or_else(|| facts.marker())?;
    // What cannot be read again has names that no rule can hold.
    Some(rule.to_string()).filter(|text| Paging::parse(text).as_ref() == Some(&rule))
}

struct Facts<'o, 'a> {
    operation: &'o Operation<'a>,
    inputs: Vec<Input<'a>>,
    reply: Reply<'a>,
}

/// A parameter or a field of the body.
struct Input<'a> {
    wire: &'a str,
    name: String,
    ty: Type<'a>,
}

fn inputs<'a>(operation: &Operation<'a>) -> Vec<Input<'a>> {
    let sent = operation.params.iter().filter(|param| matches!(param.place, Place::Query | Place::Body));
    let params = sent.map(|param| (param.name, param.ty.clone()));
    let fields = operation.body_fields().into_iter().map(|field| (field.name, field.ty));
    params.chain(fields).map(|(wire, ty)| Input { wire, name: plain(wire), ty }).collect()
}

impl<'a> Facts<'_, 'a> {
    /// The input whose name comes first among these.
    fn input(&self, names: &[&str], fits: impl Fn(&Input<'a>) -> bool) -> Option<&Input<'a>> {
        names.iter().find_map(|name| self.inputs.iter().find(|input| input.name == *name && fits(input)))
    }

    fn limit(&self, but: &str) -> Option<&'a str> {
        self.input(&LIMITS, |input| input.wire != but && is_number_in(input)).map(|input| input.wire)
    }

    fn token(&self) -> Option<Paging<'_>> {
        let (token, next) = self.inputs.iter().find_map(|input| Some((input, self.next_of(input)?)))?;
        let limit = self.limit(token.wire);
        let more = self.more();
        // An echo alone may be anything; with a limit or a flag beside it, it is what the next page needs.
        if !next.name.starts_with("next") && limit.is_none() && more.is_none() {
            return None;
        }
        let items = self.items(&[Some(next)])?;
        let advance = Advance::Token { token: token.wire, next: &next.path };
        Some(Paging { advance, items: &items.path, limit, total: None, more })
    }

    /// The token in the answer that an input takes back.
    fn next_of(&self, input: &Input<'a>) -> Option<&Value<'a>> {
        let base = base(&input.name);
        if input.name == "start" && input.ty == Type::String {
            // Huawei Cloud's monitoring: `start` takes the marker that stands in `meta_data`.
            return self.reply.plain.iter().find(|value| value.name == "marker" && is_about_pages(&value.parent));
        }
        if !TOKENS.contains(&base) || !is_token(&input.ty) {
            return None;
        }
        let same = |value: &&Value<'a>| is_token(&value.ty) && base_of_token(&value.name) == base_of_token(&input.name);
        let next = |value: &&Value<'a>| same(value) && value.name.starts_with("next");
        // A marker may come back as it was sent, unless the answer says that it was cut there.
        let echoed = !matches!(base, "marker" | "pagemarker" | "key") || self.more_value().is_some();
        let echo = |value: &&Value<'a>| same(value) && value.name == input.name && echoed;
        let plain = &self.reply.plain;
        plain.iter().find(next).or_else(|| plain.iter().find(echo))
    }

    fn numbered(&self) -> Option<Paging<'_>> {
        let offset =
            self.input(&OFFSETS, |input| is_number_in(input) && (is_number(&input.ty) || input.name == "offset"));
        // `Num` alone may be any number; an answer that repeats it is about pages.
        let num =
            || self.input(&["num"], |input| is_number(&input.ty) && self.reply.named(&["num"], |_| true).is_some());
        let page = self.input(&PAGES, is_number_in).or_else(num);
        let total = self.total();
        let (advance, limit) = match (offset, page) {
            (Some(offset), None) => (Advance::Offset { offset: offset.wire }, self.limit(offset.wire)?),
            (None, Some(page)) => (Advance::Page { number: page.wire, first: 1 }, self.limit(page.wire)?),
            // `from` and `page` beside each other: one of them is something else.
            (Some(offset), Some(page)) => match (offset.name.as_str(), total) {
                ("offset", _) => (Advance::Offset { offset: offset.wire }, self.limit(offset.wire)?),
                _ => (Advance::Page { number: page.wire, first: 1 }, self.limit(page.wire)?),
            },
            (None, None) => return None,
        };
        let more = self.more();
        let items = self.items(&[total, self.more_value().map(|(value, _)| value)])?;
        let total = total.filter(|total| belongs(total, items)).map(|total| total.path.as_str());
        Some(Paging { advance, items: &items.path, limit: Some(limit), total, more })
    }

    /// Huawei Cloud's older services: the marker is the id of the last item.
    fn marker(&self) -> Option<Paging<'_>> {
        let marker = self.input(&["marker"], |input| is_token(&input.ty))?;
        let limit = self.limit(marker.wire)?;
        let items = self.items(&[])?;
        let item = items.ty.name().and_then(|name| self.operation.service.type_def(name));
        let Some(TypeDef::Struct(item)) = item.filter(|_| self.operation.service.cloud() == Cloud::Huawei) else {
            return None;
        };
        let field = item.field("id").filter(|field| is_token(&field.ty))?.name;
        let advance = Advance::Marker { marker: marker.wire, field };
        Some(Paging { advance, items: &items.path, limit: Some(limit), total: None, more: self.more() })
    }

    fn total(&self) -> Option<&Value<'a>> {
        let cloud = self.operation.service.cloud();
        let is_total = |value: &Value<'a>| is_number(&value.ty) || value.ty == Type::String && cloud != Cloud::Huawei;
        self.reply.named(&TOTALS, is_total)
    }

    fn more_value(&self) -> Option<(&Value<'a>, bool)> {
        let is_bool = |value: &Value<'a>| value.ty == Type::Bool;
        let more = self.reply.named(&MORE, is_bool).map(|value| (value, true));
        more.or_else(|| self.reply.named(&OVER, is_bool).map(|value| (value, false)))
    }

    fn more(&self) -> Option<More<'_>> {
        self.more_value().map(|(value, when)| More { path: &value.path, when })
    }

    /// The list of items: beside the first of the anchors that there is, else one object further out.
    fn items(&self, anchors: &[Option<&Value<'a>>]) -> Option<&Value<'a>> {
        let mut place = anchors.iter().flatten().next().map_or("", |anchor| anchor.parent.as_str());
        loop {
            let beside: Vec<&Value<'a>> = self.reply.lists.iter().filter(|list| list.parent == place).collect();
            let beneath = || self.reply.lists.iter().filter(|list| within(&list.path, place)).collect::<Vec<_>>();
            let outside = is_about_pages(place) || !beside.is_empty();
            let lists = if outside { beside } else { beneath() };
            if !lists.is_empty() || place.is_empty() {
                return self.choose(&lists, place);
            }
            place = around(place);
        }
    }

    /// The only list, or the only one that is told apart by its name.
    fn choose<'l>(&self, lists: &[&'l Value<'a>], place: &str) -> Option<&'l Value<'a>> {
        if let [only] = lists {
            return Some(*only).filter(|list| !is_trouble(&list.name));
        }
        let wanted = subject(self.operation.name);
        let head = wanted.last();
        let said: Vec<(&Value<'a>, Vec<String>)> = lists.iter().map(|list| (*list, said(&list.path, place))).collect();
        let meant = |said: &[String]| head.is_some() && said.last() == head;
        let asked = said.iter().any(|(list, said)| is_object(&list.ty) && meant(said));
        let objects = said.iter().any(|(list, _)| is_object(&list.ty) && !is_aside(&list.name));
        // Plain values stand beside the objects they belong to, unless the operation is about them.
        let fits = |(list, said): &&(&'l Value<'a>, Vec<String>)| match is_object(&list.ty) {
            true => meant(said) || !is_aside(&list.name),
            false => meant(said) && !asked || !objects && !is_aside(&list.name),
        };
        let lists: Vec<_> = said.iter().filter(fits).collect();
        let only_where = |fits: &dyn Fn(&str, &[String]) -> bool| {
            only(lists.iter().filter(|(list, said)| fits(&list.name, said)).map(|(list, _)| *list))
        };
        only_where(&|_, _| true)
            .or_else(|| only_where(&|_, said| said == wanted))
            .or_else(|| only_where(&|_, said| said.len() == 1 && said.last() == head))
            .or_else(|| only_where(&|_, said| said.last() == head && head.is_some()))
            .or_else(|| only_where(&|name, _| ITEMS.contains(&name)))
            .or_else(|| only_where(&|_, said| said.iter().any(|word| wanted.contains(word))))
    }
}

/// What an operation is about: `ListVpcEndpointServiceUsers` about `vpc endpoint service user`, `ListUsersInOrgNode`
/// about `user`.
fn subject(operation: &str) -> Vec<String> {
    let about = words(operation).skip(1).take_while(|word| !PREPOSITIONS.contains(&word.as_str()));
    about.filter(|word| !FILLING.contains(&word.as_str())).collect()
}

/// What the path of a list says, each word once.
fn said(path: &str, place: &str) -> Vec<String> {
    let path = path.strip_prefix(place).unwrap_or(path);
    let mut said: Vec<String> = Vec::new();
    for word in path.split('.').flat_map(words).filter(|word| !FILLING.contains(&word.as_str())) {
        said.retain(|before| *before != word);
        said.push(word);
    }
    said
}

/// Lists of what went wrong.
fn is_trouble(name: &str) -> bool {
    ["err", "fail", "warn", "nonexist", "notexist"].iter().any(|start| name.starts_with(start))
}

/// Lists that stand beside the items.
fn is_aside(name: &str) -> bool {
    let about_items = ["navigatepage", "header", "schema", "column", "metadata"];
    is_trouble(name) || about_items.iter().any(|start| name.starts_with(start)) || name.ends_with("links")
}

fn is_object(ty: &Type<'_>) -> bool {
    matches!(ty, Type::Named(_) | Type::Map(_) | Type::Any)
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    found.next().filter(|_| found.next().is_none())
}

/// Whether a value says something about a list: it stands around it, or in an object about pages.
fn belongs(value: &Value<'_>, items: &Value<'_>) -> bool {
    within(&items.path, &value.parent) || is_about_pages(&value.parent)
}

/// Whether an object tells about pages rather than of what is on them.
fn is_about_pages(path: &str) -> bool {
    let object = plain(path.rsplit('.').next().unwrap_or_default());
    ["page", "meta"].contains(&object.as_str())
        || ["pageinfo", "pagin", "metadata"].iter().any(|it| object.starts_with(it))
}

fn base(name: &str) -> &str {
    let starts = ["next", "start", "last", "exclusivestart"];
    starts.iter().find_map(|start| name.strip_prefix(start)).unwrap_or(name)
}

/// Tokens of different names that are the same.
fn base_of_token(name: &str) -> &str {
    match base(name) {
        "pagetoken" | "paginationtoken" | "continuationtoken" | "continuetoken" => "token",
        "pagemarker" => "marker",
        other => other,
    }
}

fn is_token(ty: &Type<'_>) -> bool {
    matches!(ty, Type::String | Type::Int | Type::Uint)
}

fn is_number(ty: &Type<'_>) -> bool {
    matches!(ty, Type::Int | Type::Uint)
}

/// Many numbers are declared as strings.
fn is_number_in(input: &Input<'_>) -> bool {
    is_number(&input.ty) || input.ty == Type::String
}
