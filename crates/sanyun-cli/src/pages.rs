//! `--all` and `--max-items`: the pages of a list as one answer.

use clap::ArgMatches;
use sanyun_catalog::Operation;
use sanyun_core::paging::{Named, at_mut};
use sanyun_core::{Call, Error, Result};
use serde_json::{Map, Value};

use crate::terminal::Activity;

/// What of the names of parameters that turn pages gives them away.
const TURNING: [&str; 7] = ["page", "limit", "offset", "marker", "token", "cursor", "maxresults"];

/// What was asked for.
pub(crate) struct Pages {
    /// The path of the list in the answer.
    items: String,
    most: Option<u64>,
}

impl Pages {
    /// Reads the options; `None` if one page is wanted.
    ///
    /// # Errors
    /// The catalog does not know how the operation's pages are turned.
    pub(crate) fn asked(matches: &ArgMatches, operation: Option<&Operation<'_>>) -> Result<Option<Self>> {
        let most = matches.get_one::<u64>("max-items").copied();
        if !matches.get_flag("all") && most.is_none() {
            return Ok(None);
        }
        let paging = operation.and_then(Operation::paging).ok_or_else(|| unknown(operation))?;
        Ok(Some(Self { items: paging.items.to_owned(), most }))
    }

    /// How many items are wanted; `None` for all.
    pub(crate) fn most(&self) -> Option<u64> {
        self.most
    }

    /// Makes the calls. The answer is the first page with the items of all in place of its own.
    ///
    /// # Errors
    /// A call fails, or the service sends the same page again.
    pub(crate) async fn collect(self, call: Call<Value, Named>, activity: &Activity) -> Result<Value> {
        let mut pages = call.pages();
        let (mut whole, mut all, mut count) = (None, Vec::new(), 0_u32);
        while let Some(page) = pages.next().await {
            let mut page = page.map_err(|error| advise(error, count))?.into_inner();
            if let Some(Value::Array(items)) = at_mut(&mut page, &self.items).map(Value::take) {
                all.extend(items);
            }
            whole.get_or_insert(page);
            count += 1;
            activity.say(&format!("page {count}, {} items", all.len()));
            if self.is_enough(&mut all) {
                break;
            }
        }
        let mut whole = whole.unwrap_or_default();
        put(&mut whole, &self.items, Value::Array(all));
        Ok(whole)
    }

    fn is_enough(&self, items: &mut Vec<Value>) -> bool {
        let Some(most) = self.most.and_then(|most| usize::try_from(most).ok()) else { return false };
        let enough = items.len() >= most;
        items.truncate(most);
        enough
    }
}

/// Puts a value at a path, over what stands there.
pub(crate) fn put(at: &mut Value, path: &str, value: Value) {
    let Some((name, rest)) = path.split_once('.').or_else(|| (!path.is_empty()).then_some((path, ""))) else {
        *at = value;
        return;
    };
    if !at.is_object() {
        *at = Value::Object(Map::new());
    }
    if let Some(members) = at.as_object_mut() {
        put(members.entry(name).or_insert(Value::Null), rest, value);
    }
}

pub(crate) fn advise(error: Error, pages: u32) -> Error {
    match error.hint() {
        None if pages > 0 => error.with_hint(format!("{pages} pages had come before; --max-items N asks for fewer")),
        _ => error,
    }
}

/// The error for an operation without a rule: says what might turn its pages.
fn unknown(operation: Option<&Operation<'_>>) -> Error {
    let Some(operation) = operation else {
        return Error::input("--all: the catalog does not have this operation, nor how its pages are turned")
            .with_hint("leave --all out, and make one call a page");
    };
    let fields = operation.body_fields();
    let names = operation.params.iter().map(|param| param.name).chain(fields.iter().map(|field| field.name));
    let turning: Vec<&str> = names.filter(|name| turns(name)).collect();
    let hint = match turning.as_slice() {
        [] => "no parameter of it seems to turn pages: without --all the answer comes whole".to_owned(),
        names => format!("make one call a page; these parameters may turn them: --{}", names.join(", --")),
    };
    Error::input(format!("--all: the catalog knows no pages of {}", operation.name)).with_hint(hint)
}

fn turns(name: &str) -> bool {
    let plain = name.replace(['-', '_'], "").to_ascii_lowercase();
    TURNING.iter().any(|part| plain.contains(part))
        && !plain.contains("securitytoken")
        && !plain.contains("clienttoken")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_are_put_where_they_belong() {
        for (mut page, path, expected) in [
            (json!({"Total": 3, "Items": null}), "Items", json!({"Total": 3, "Items": [1, 2]})),
            (
                json!({"Instances": {"Instance": null}}),
                "Instances.Instance",
                json!({"Instances": {"Instance": [1, 2]}}),
            ),
            (json!({"Total": 0}), "Data.Items", json!({"Total": 0, "Data": {"Items": [1, 2]}})),
            (json!({"Data": null}), "Data.Items", json!({"Data": {"Items": [1, 2]}})),
            (json!(null), "", json!([1, 2])),
        ] {
            put(&mut page, path, json!([1, 2]));
            assert_eq!(page, expected, "{path}");
        }
    }

    #[test]
    fn names_that_turn_pages_are_recognised() {
        for name in ["Offset", "page_number", "PageSize", "nextToken", "marker", "MaxResults"] {
            assert!(turns(name), "{name}");
        }
        for name in ["InstanceIds", "ClientToken", "X-Security-Token", "Name"] {
            assert!(!turns(name), "{name}");
        }
    }
}
