//! `--pager path=… PageNumber= PageSize= TotalCount= NextToken=`: the pages of a list as one answer, by the names that the
//! user gives where the catalog does not know them.
//!
//! `--pager` alone, and `--all`, go by the catalog's rule. What that does not say is found out from the first answer: a token
//! in it leads on, else the number of the page does. Many services do both, and whoever asks for pages by number gets no
//! token.

use std::future::Future;

use sanyun_catalog::{Operation, Type};
use sanyun_core::paging::{Advance, Cursor, Page, Paging, hash};
use sanyun_core::{Error, ErrorKind, Result};
use serde_json::{Map, Value};

use super::pairs::Pairs;
use crate::pages::{advise, put};
use crate::query::Query;
use crate::terminal::Activity;

/// The names of its parts.
pub(super) const NAMES: [&str; 5] = ["path", "PageNumber", "PageSize", "TotalCount", "NextToken"];
/// What parameters for the number of a page are called.
const NUMBERS: [&str; 4] = ["PageNumber", "CurrentPage", "PageNo", "PageNum"];
/// How deep in an answer a list is looked for.
const DEPTH: usize = 3;

/// What was asked for.
pub(crate) struct Pager<'o> {
    operation: Option<&'o Operation<'static>>,
    path: Option<String>,
    number: Option<String>,
    size: Option<String>,
    total: Option<String>,
    /// An empty one says that there is none.
    token: Option<String>,
    /// How many items are wanted.
    most: Option<u64>,
}

impl<'o> Pager<'o> {
    /// Reads the option; `most` items are wanted.
    ///
    /// # Errors
    /// An expression cannot be understood.
    pub(super) fn read(pairs: &Pairs, operation: Option<&'o Operation<'static>>, most: Option<u64>) -> Result<Self> {
        let text = |name: &str| pairs.get(name).map(str::to_owned);
        let filled = |name: &str| text(name).filter(|value| !value.is_empty());
        for name in NAMES {
            if let Some(Err(why)) = filled(name).map(|text| Query::parse(&text)) {
                return Err(Error::input(format!("--pager: `{name}`: {why}")));
            }
        }
        let (path, number, size) = (filled("path"), filled("PageNumber"), filled("PageSize"));
        let path = path.map(|path| path.strip_suffix("[]").map(str::to_owned).unwrap_or(path));
        Ok(Self { operation, path, number, size, total: filled("TotalCount"), token: text("NextToken"), most })
    }

    /// Makes the calls. The answer is the first page with the items of all in place of its own; for a path that is more
    /// than names, the items alone.
    ///
    /// # Errors
    /// A call fails, or the service sends the same page again; nothing tells where the list is.
    pub(crate) async fn collect<C>(
        self,
        mut params: Map<String, Value>,
        call: impl Fn(Value) -> C,
        activity: &Activity,
    ) -> Result<Value>
    where
        C: Future<Output = Result<Value>>,
    {
        let mut whole = call(Value::Object(params.clone())).await?;
        let paging = self.paging(&whole)?;
        let mut cursor = Cursor::new(paging, |name| params.get(name).cloned());
        let (mut all, mut next_page, mut count) = (Vec::new(), None, 0_u32);
        loop {
            let mut page = Answer { answer: next_page.as_ref().unwrap_or(&whole), items: paging.items };
            all.extend(page.items());
            count += 1;
            activity.say(&format!("page {count}, {} items", all.len()));
            let is_enough = self.most.is_some_and(|most| all.len() as u64 >= most);
            if is_enough {
                all.truncate(self.most.and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX));
                break;
            }
            let Some((name, value)) = cursor.next(&mut page)? else { break };
            params.insert(name.to_owned(), self.as_its_type(name, value));
            let answer = call(Value::Object(params.clone())).await;
            next_page = Some(answer.map_err(|error| advise(error, count))?);
        }
        if !is_plain(paging.items) {
            return Ok(Value::Array(all));
        }
        put(&mut whole, paging.items, Value::Array(all));
        Ok(whole)
    }

    /// The rule: what the user says, else the catalog, else what the first answer looks like.
    fn paging(&self, first: &Value) -> Result<Paging> {
        let known = self.operation.and_then(sanyun_catalog::calls::paging_rule).map(|rule| rule.paging);
        let items = match (&self.path, known) {
            (Some(path), _) => kept(path),
            (None, Some(known)) => known.items,
            (None, None) => kept(&list_in(first)?),
        };
        let total = self.total.as_deref().map(kept).or(known.and_then(|it| it.total)).unwrap_or("TotalCount");
        let is_list = found(first, items).is_some_and(|list| list.is_array());
        if self.path.is_some() && !is_list && found(first, total).and_then(|total| total.as_u64()) != Some(0) {
            return Err(Error::new(ErrorKind::Io, format!("--pager: there is no list at `{items}` in the answer"))
                .with_hint("without --pager the answer comes whole"));
        }
        let size = self.size.as_deref().map(|text| self.parameter(text));
        let limit = size.or(known.and_then(|it| it.limit)).unwrap_or_else(|| self.parameter("PageSize"));
        let says_nothing = self.token.is_none() && self.number.is_none();
        let (advance, more) = match known.filter(|_| says_nothing) {
            Some(known) => match self.number_after_all(known.advance, first, items, total) {
                Some(by_number) => (by_number, None),
                None => (known.advance, known.more),
            },
            None => (self.advance(first), None),
        };
        Ok(Paging { advance, items, limit: Some(limit), total: Some(total), more })
    }

    /// How to get on: by a token where one is named or there is one, else by the number of the page.
    fn advance(&self, first: &Value) -> Advance {
        let by_token = |expression: &str| Advance::Token { token: self.parameter(expression), next: kept(expression) };
        let by_number = |expression: &str| Advance::Page { number: self.parameter(expression), first: 1 };
        match (self.token.as_deref(), self.number.as_deref()) {
            (Some(token), _) if !token.is_empty() => by_token(token),
            (_, Some(number)) => by_number(number),
            (None, None)
                if found(first, "NextToken").and_then(|token| Some(!token.as_str()?.is_empty())) == Some(true) =>
            {
                by_token("NextToken")
            }
            _ => by_number("PageNumber"),
        }
    }

    /// By number, where the catalog has a token and the first answer has none although there is more.
    fn number_after_all(&self, known: Advance, first: &Value, items: &str, total: &str) -> Option<Advance> {
        let Advance::Token { next, .. } = known else { return None };
        let has_token = found(first, next).is_some_and(|token| token.as_str() != Some(""));
        let count = found(first, items)?.as_array()?.len() as u64;
        let is_more = found(first, total)?.as_u64()? > count && count > 0;
        let number = NUMBERS.iter().find_map(|name| self.known_parameter(name))?;
        (!has_token && is_more).then_some(Advance::Page { number, first: 1 })
    }

    /// The parameter that is called like the last name of an expression, in whatever case.
    fn parameter(&self, expression: &str) -> &'static str {
        let name = expression.rsplit('.').next().unwrap_or(expression);
        self.known_parameter(name).unwrap_or_else(|| kept(name))
    }

    /// The operation's parameter of a name, in whatever case.
    fn known_parameter(&self, name: &str) -> Option<&'static str> {
        let fields = self.operation.map(Operation::body_fields).unwrap_or_default();
        let params = self.operation.into_iter().flat_map(|it| it.params.iter().map(|param| param.name));
        let mut names = params.chain(fields.iter().map(|field| field.name));
        names.find(|known| known.eq_ignore_ascii_case(name))
    }

    /// A number as text where the parameter is one.
    fn as_its_type(&self, name: &str, value: Value) -> Value {
        let targets = self.operation.map(|it| it.targets(name)).unwrap_or_default();
        let is_text = targets.iter().any(|target| *target.ty() == Type::String);
        if is_text && value.is_number() { value.to_string().into() } else { value }
    }
}

/// A page, of which expressions are asked.
struct Answer<'a> {
    answer: &'a Value,
    items: &'static str,
}

impl Answer<'_> {
    fn items(&self) -> Vec<Value> {
        match found(self.answer, self.items) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        }
    }
}

impl Page for Answer<'_> {
    fn at(&mut self, path: &str) -> Option<Value> {
        found(self.answer, path)
    }

    fn count(&self) -> usize {
        self.items().len()
    }

    fn of_last(&self, field: &str) -> Option<Value> {
        self.items().last().and_then(|item| found(item, field))
    }

    fn fingerprint(&mut self, items: &str) -> u64 {
        hash(&found(self.answer, items).map(|items| items.to_string()).unwrap_or_default())
    }
}

/// What an expression finds; an empty one finds the whole.
fn found(answer: &Value, expression: &str) -> Option<Value> {
    if expression.is_empty() {
        return Some(answer.clone());
    }
    Query::parse(expression).ok()?.apply(answer).ok().filter(|value| !value.is_null())
}

/// Whether an expression is names and dots alone, so that a list can be put there.
fn is_plain(path: &str) -> bool {
    path.chars().all(|c| c.is_ascii_alphanumeric() || "._".contains(c))
}

/// The path of the only list of objects in an answer, else of its only list.
fn list_in(answer: &Value) -> Result<String> {
    let mut lists = Vec::new();
    collect_lists(answer, "", DEPTH, &mut lists);
    let objects: Vec<&(String, bool)> = lists.iter().filter(|(_, has_objects)| *has_objects).collect();
    match (objects.as_slice(), lists.as_slice()) {
        ([(path, _)], _) | ([], [(path, _)]) => Ok(path.clone()),
        ([], []) => {
            Err(Error::input("--pager: there is no list in the answer")
                .with_hint("without --pager the answer comes whole"))
        }
        _ => {
            let paths: Vec<String> = lists.iter().map(|(path, _)| format!("path={path}[]")).collect();
            Err(Error::input("--pager: there are several lists in the answer")
                .with_hint(format!("say which: {}", paths.join(", "))))
        }
    }
}

fn collect_lists(value: &Value, path: &str, depth: usize, lists: &mut Vec<(String, bool)>) {
    for (name, value) in value.as_object().into_iter().flatten().filter(|_| depth > 0) {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            Value::Array(items) => lists.push((path, items.iter().any(Value::is_object))),
            _ => collect_lists(value, &path, depth - 1, lists),
        }
    }
}

/// The text for as long as the process runs, as a rule of the catalog has its names: a few of them, once.
fn kept(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use sanyun_catalog::Catalog;
    use serde_json::json;

    use super::*;

    /// Runs the pager over answers; the parameters of each call, and the whole.
    fn run(
        operation: Option<&Operation<'static>>,
        words: &str,
        answers: &[Value],
    ) -> (Vec<Value>, Result<Value, String>) {
        let pager = match Pager::read(&Pairs::of("pager", words), operation, None) {
            Ok(pager) => pager,
            Err(error) => return (Vec::new(), Err(error.message().to_owned())),
        };
        let asked = Mutex::new(Vec::new());
        let call = |params: Value| {
            let mut asked = asked.lock().unwrap();
            asked.push(params);
            let answer = answers.get(asked.len() - 1).cloned();
            async move { answer.ok_or_else(|| Error::input("one call too many")) }
        };
        let params = Map::from_iter([("PageSize".to_owned(), json!(2))]);
        let whole = crate::runtime::block_on(pager.collect(params, call, &Activity::new(false)));
        (asked.into_inner().unwrap(), whole.map_err(|error| error.message().to_owned()))
    }

    #[test]
    fn pages_are_turned_by_number() {
        let page = |number: u32, items: Value| json!({"Total": 3, "PageNumber": number, "Things": {"Thing": items}});
        let (asked, whole) = run(
            None,
            "path=Things.Thing[] PageNumber=PageNumber TotalCount=Total",
            &[page(1, json!([1, 2])), page(2, json!([3]))],
        );
        assert_eq!(asked, [json!({"PageSize": 2}), json!({"PageSize": 2, "PageNumber": 2})]);
        assert_eq!(whole.unwrap(), page(1, json!([1, 2, 3])));
    }

    #[test]
    fn pages_are_turned_by_token() {
        let answers = [
            json!({"Page": {"NextToken": "t1"}, "Things": [{"a": 1}], "Ids": ["x"]}),
            json!({"Page": {"NextToken": "t2"}, "Things": []}),
            json!({"Page": {"NextToken": ""}, "Things": [{"a": 3}]}),
        ];
        let (asked, whole) = run(None, "NextToken=Page.NextToken", &answers);
        assert_eq!(
            asked.iter().map(|it| it["NextToken"].clone()).collect::<Vec<_>>(),
            [json!(null), json!("t1"), json!("t2")]
        );
        assert_eq!(whole.unwrap()["Things"], json!([{"a": 1}, {"a": 3}]));
    }

    #[test]
    fn without_a_word_the_first_answer_tells() {
        let (asked, whole) =
            run(None, "", &[json!({"NextToken": "t", "L": [1]}), json!({"NextToken": null, "L": [2]})]);
        assert_eq!((asked[1]["NextToken"].clone(), whole.unwrap()["L"].clone()), (json!("t"), json!([1, 2])));
        let (asked, whole) = run(
            None,
            "",
            &[
                json!({"NextToken": "", "L": [1, 2], "TotalCount": 3}),
                json!({"NextToken": "", "L": [3], "TotalCount": 3}),
            ],
        );
        assert_eq!((asked[1]["PageNumber"].clone(), whole.unwrap()["L"].clone()), (json!(2), json!([1, 2, 3])));
    }

    #[test]
    fn an_empty_token_means_numbers_whatever_the_catalog_says() {
        let operation = Catalog::alibaba().operation("ecs", Some("2014-05-26"), "DescribeInstances").unwrap();
        let page = |items: Value| json!({"TotalCount": 3, "NextToken": "t", "Instances": {"Instance": items}});
        let answers = [page(json!([{"a": 1}, {"a": 2}])), page(json!([{"a": 3}]))];
        let (asked, whole) = run(Some(&operation), "NextToken=", &answers);
        assert_eq!(asked[1], json!({"PageSize": 2, "PageNumber": 2}));
        assert_eq!(whole.unwrap()["Instances"]["Instance"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn who_asks_by_number_gets_no_token_and_all_pages_the_same() {
        let operation = Catalog::alibaba().operation("ecs", Some("2014-05-26"), "DescribeInstances").unwrap();
        let page =
            |token: &str, items: Value| json!({"TotalCount": 3, "NextToken": token, "Instances": {"Instance": items}});
        let by_number = [page("", json!([{"a": 1}, {"a": 2}])), page("", json!([{"a": 3}]))];
        let (asked, whole) = run(Some(&operation), "", &by_number);
        assert_eq!(asked[1], json!({"PageSize": 2, "PageNumber": 2}));
        assert_eq!(whole.unwrap()["Instances"]["Instance"].as_array().unwrap().len(), 3);
        let by_token = [page("t", json!([{"a": 1}, {"a": 2}])), page("", json!([{"a": 3}]))];
        let (asked, whole) = run(Some(&operation), "", &by_token);
        assert_eq!(asked[1], json!({"PageSize": 2, "NextToken": "t"}));
        assert_eq!(whole.unwrap()["Instances"]["Instance"].as_array().unwrap().len(), 3);
    }

    #[test]
    fn a_path_that_is_more_than_names_gives_the_items_alone() {
        let (_, whole) =
            run(None, "path=L[?a>`1`] PageNumber=PageNumber", &[json!({"L": [{"a": 1}, {"a": 2}], "TotalCount": 1})]);
        assert_eq!(whole.unwrap(), json!([{"a": 2}]));
    }

    #[test]
    fn what_does_not_move_on_or_has_no_list_is_told() {
        let same = json!({"L": [1], "TotalCount": 9});
        let (asked, told) = run(None, "PageNumber=PageNumber", &[same.clone(), same]);
        assert_eq!(asked.len(), 2);
        assert!(told.unwrap_err().contains("does not move on"));
        for (answer, part) in [
            (json!({"A": 1}), "there is no list"),
            (json!({"A": [{"x": 1}], "B": {"C": [{"x": 1}]}}), "there are several lists"),
        ] {
            let (_, told) = run(None, "", &[answer]);
            assert!(told.unwrap_err().contains(part), "{part}");
        }
        let (_, told) = run(None, "path=Nope[]", &[json!({"A": [1], "TotalCount": 1})]);
        assert_eq!(told.unwrap_err(), "--pager: there is no list at `Nope` in the answer");
        let (_, empty) = run(None, "path=A.B[] PageNumber=PageNumber", &[json!({"TotalCount": 0})]);
        assert_eq!(empty.unwrap()["A"]["B"], json!([]));
        let (_, told) = run(None, "path=a[", &[]);
        assert!(told.unwrap_err().starts_with("--pager: `path`: "));
    }
}
