#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::json;

use super::*;

const BARE: Paging =
    Paging { advance: Advance::Offset { offset: "Offset" }, items: "Items", limit: None, total: None, more: None };

/// What [`Listing`] makes of a page, for a value.
struct Told<'a>(&'a Value);

impl Page for Told<'_> {
    fn at(&mut self, path: &str) -> Option<Value> {
        at(self.0, path).cloned()
    }

    fn count(&self) -> usize {
        self.0["Items"].as_array().map_or(0, Vec::len)
    }

    fn of_last(&self, field: &str) -> Option<Value> {
        at(self.0["Items"].as_array()?.last()?, field).cloned()
    }

    fn fingerprint(&mut self, items: &str) -> u64 {
        hash(&self.at(items).unwrap_or_default().to_string())
    }
}

/// Lets a loop go through pages; gives the values it asked for.
fn walk(paging: Paging, given: Value, pages: &[Value]) -> Result<Vec<Value>> {
    let mut cursor = Cursor::new(paging, |name| given.get(name).cloned());
    let mut asked = Vec::new();
    for page in pages {
        match cursor.next(&mut Told(page))? {
            Some((_, value)) => asked.push(value),
            None => break,
        }
    }
    Ok(asked)
}

fn page(items: std::ops::Range<u32>) -> Value {
    json!({"Items": items.map(|id| json!({"Id": id})).collect::<Vec<_>>(), "Total": 5})
}

#[test]
fn offsets_grow_by_what_came() {
    let counted = Paging { total: Some("Total"), ..BARE };
    assert_eq!(walk(counted, json!({}), &[page(0..2), page(2..4), page(4..5)]).unwrap(), [2, 4]);
    assert_eq!(walk(counted, json!({"Offset": 3}), &[page(3..5)]).unwrap(), [0; 0]);
    assert_eq!(walk(BARE, json!({}), &[page(0..2), page(2..3), page(3..3)]).unwrap(), [2, 3], "until a page is empty");
}

#[test]
fn page_numbers_count_from_where_the_caller_began() {
    let advance = Advance::Page { number: "Page", first: 1 };
    let numbered = Paging { advance, limit: Some("Size"), total: Some("Total"), ..BARE };
    assert_eq!(walk(numbered, json!({}), &[page(0..2), page(2..4), page(4..5)]).unwrap(), [2, 3]);
    assert_eq!(walk(numbered, json!({"Page": "2", "Size": 2}), &[page(2..4), page(4..5)]).unwrap(), [3]);
    let from_zero = Paging { advance: Advance::Page { number: "Page", first: 0 }, ..numbered };
    assert_eq!(walk(from_zero, json!({}), &[page(0..4), page(4..5)]).unwrap(), [1]);
}

#[test]
fn a_total_that_is_the_length_of_the_page_proves_nothing() {
    let counted = Paging { total: Some("Total"), limit: Some("Limit"), ..BARE };
    let full = |from: u32| json!({"Items": [{"Id": from}, {"Id": from + 1}], "Total": 2});
    assert_eq!(walk(counted, json!({"Limit": 2}), &[full(0), full(2), page(0..0)]).unwrap(), [2, 4]);
}

#[test]
fn markers_come_from_the_last_item() {
    let marked = Paging { advance: Advance::Marker { marker: "marker", field: "Id" }, ..BARE };
    assert_eq!(walk(marked, json!({}), &[page(0..2), page(2..4), page(4..4)]).unwrap(), [1, 3]);
}

#[test]
fn tokens_end_when_they_are_empty_even_behind_empty_pages() {
    let advance = Advance::Token { token: "NextToken", next: "Info.Next" };
    let tokens = Paging { advance, ..BARE };
    let reply = |next: Value| json!({"Items": [], "Info": {"Next": next}});
    let pages = [reply(json!("a")), reply(json!("b")), reply(json!(""))];
    assert_eq!(walk(tokens, json!({}), &pages).unwrap(), ["a", "b"]);
    let more = Paging { more: Some(("More", true)), ..tokens };
    let last = json!({"Info": {"Next": "c"}, "More": "false"});
    assert_eq!(walk(more, json!({}), &[last]).unwrap(), [0; 0]);
    let lost = json!({"More": true});
    assert!(walk(more, json!({}), &[lost]).unwrap_err().to_string().contains("does not move on"));
}

#[test]
fn a_loop_without_progress_is_an_error() {
    let same = page(0..2);
    let stuck = |paging, pages: &[Value]| walk(paging, json!({}), pages).unwrap_err().to_string();
    assert!(stuck(BARE, &[same.clone(), same.clone()]).contains("paging by `Offset` does not move on"));
    let marked = Paging { advance: Advance::Marker { marker: "marker", field: "Id" }, ..BARE };
    assert!(stuck(marked, &[same.clone(), same]).contains("does not move on"));
    let tokens = Paging { advance: Advance::Token { token: "T", next: "Next" }, ..BARE };
    let round = [json!({"Next": "a"}), json!({"Next": "b"}), json!({"Next": "a"})];
    assert!(stuck(tokens, &round).contains("was here before"), "a circle of tokens");
}
