//! Which buckets of an account a listing shows: those with certain tags, or of a resource group.

use serde_json::{Map, Value};

use super::Call;
use super::refusal::Refusal;
use super::setting::DEFAULT_GROUP;
use super::store::Bucket;
use super::xml::{self, Element};

/// What a request asks of the buckets that it lists.
pub(super) struct Chosen {
    /// Names, and values unless any value will do.
    tags: Vec<(String, Option<String>)>,
    /// Empty for all.
    group: String,
}

impl Chosen {
    /// # Errors
    /// `InvalidArgument` for a value without a name, and for tags not written as `"a":"1","b":"2"`.
    pub(super) fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        let value = |name: &str| Some(call.parameter(name)).filter(|value| !value.is_empty());
        let mut tags = match value("tagging") {
            Some(text) => of_text(&text).ok_or_else(|| invalid("tagging", &text))?,
            None => Vec::new(),
        };
        match (value("tag-key"), value("tag-value")) {
            (Some(name), value) => tags.push((name, value)),
            (None, Some(value)) => return Err(invalid("tag-value", &value)),
            (None, None) => {}
        }
        Ok(Self { tags, group: call.head.header("x-oss-resource-group-id").to_owned() })
    }

    pub(super) fn includes(&self, bucket: &Bucket) -> bool {
        let setting = |name: &str| {
            let text = bucket.settings.get(name);
            text.and_then(|text| xml::parse(text.as_bytes())).unwrap_or_default()
        };
        let is_of_group = || match setting("resourceGroup").text_of("ResourceGroupId") {
            "" => self.group == DEFAULT_GROUP,
            group => self.group == group,
        };
        (self.tags.is_empty() || self.fits(&setting("tagging"))) && (self.group.is_empty() || is_of_group())
    }

    /// Whether all tags that are asked for are among these.
    fn fits(&self, tagging: &Element) -> bool {
        let nothing = Element::default();
        let set = tagging.child("TagSet").unwrap_or(&nothing);
        let is = |tag: &Element, (name, value): &(String, Option<String>)| {
            tag.text_of("Key") == name && value.as_ref().is_none_or(|value| tag.text_of("Value") == value)
        };
        self.tags.iter().all(|wanted| set.children.iter().any(|tag| is(tag, wanted)))
    }
}

/// The members of a JSON object without its braces.
fn of_text(text: &str) -> Option<Vec<(String, Option<String>)>> {
    let tags: Map<String, Value> = serde_json::from_str(&format!("{{{text}}}")).ok()?;
    tags.into_iter().map(|(name, value)| Some((name, Some(value.as_str()?.to_owned())))).collect()
}

fn invalid(name: &str, value: &str) -> Refusal {
    Refusal::invalid_argument("The tags that are asked for are invalid.", name, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_written_as_members() {
        let tag = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        assert_eq!(of_text(r#""a":"1","b":"2""#), Some(vec![tag("a", "1"), tag("b", "2")]));
        for wrong in ["a:1", "\"a\"", "\"a\":1"] {
            assert_eq!(of_text(wrong), None, "{wrong}");
        }
    }
}
