//! Tags of objects.

use sanyun_core::{Output, Result};
use serde_json::json;

use crate::action::{Action, Asked, FromReply};
use crate::bucket::Bucket;
use crate::operation::Request as _;
use crate::operation::object::{
    DeleteObjectTagging, DeleteObjectTaggingResult, GetObjectTagging, PutObjectTagging, PutObjectTaggingResult,
};
use crate::xml::Document;

impl Bucket {
    /// The tags of an object.
    pub fn tags(&self, key: impl Into<String>) -> Action<Tags> {
        self.on(GetObjectTagging::OPERATION, key)
    }

    /// Gives an object these tags, at most ten, instead of those it has.
    ///
    /// ```no_run
    /// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// photos.set_tags("a.jpg", [("project", "moon"), ("year", "2026")]).await?;
    /// assert_eq!(photos.tags("a.jpg").await?.get("project"), Some("moon"));
    /// # Ok(()) }
    /// ```
    pub fn set_tags<K: Into<String>, V: Into<String>>(
        &self,
        key: impl Into<String>,
        tags: impl IntoIterator<Item = (K, V)>,
    ) -> Action<PutObjectTaggingResult> {
        let tags = tags.into_iter().map(|(name, value)| json!({"key": name.into(), "value": value.into()}));
        let document = json!({"tag_set": {"tags": tags.collect::<Vec<_>>()}});
        self.on(PutObjectTagging::OPERATION, key).change(|input| {
            input.document = Some(document);
            Ok(())
        })
    }

    /// Takes all tags from an object.
    pub fn delete_tags(&self, key: impl Into<String>) -> Action<DeleteObjectTaggingResult> {
        self.on(DeleteObjectTagging::OPERATION, key)
    }
}

/// The tags of an object, in the order of the reply.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tags(Vec<(String, String)>);

impl Tags {
    /// The value of a tag.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Name and value of each tag.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromReply for Tags {
    fn from_reply(output: Output, _: &Asked) -> Result<Self> {
        let text = output.reply.text();
        let document = Document::parse(&text)?;
        let tags = document.root().child("TagSet").into_iter().flat_map(|set| set.all("Tag"));
        Ok(Self(tags.map(|tag| (tag.text("Key").to_owned(), tag.text("Value").to_owned())).collect()))
    }
}
