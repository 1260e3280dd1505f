//! ListObjects, both versions.

use sanyun_core::encode;

use super::bucket::push_owner;
use super::list::{self, Page, Query};
use super::refusal::Refusal;
use super::store::Entry;
use super::xml::Xml;
use super::{Call, document, iso_millis};
use crate::answer::Answer;

/// How keys are written in a document: as they are, or percent-encoded, which the client asks for so that control
/// characters survive XML.
#[derive(Clone, Copy)]
pub(super) struct Spelling {
    url_encoded: bool,
}

impl Spelling {
    /// What `encoding-type` asks for.
    pub(super) fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        match call.parameter("encoding-type").as_str() {
            "" => Ok(Self { url_encoded: false }),
            "url" => Ok(Self { url_encoded: true }),
            other => Err(Refusal::invalid_argument("Invalid Encoding Method specified.", "encoding-type", other)),
        }
    }

    pub(super) fn of_text(self, text: &str) -> String {
        if self.url_encoded { encode::percent(text).into_owned() } else { text.to_owned() }
    }

    /// Says in the document how its keys are written.
    pub(super) fn tell(self, xml: &mut Xml) {
        xml.leaf_unless_empty("EncodingType", if self.url_encoded { "url" } else { "" });
    }
}

/// ListObjects, the first version: pages follow from `marker`.
pub(super) fn list_objects(call: &Call<'_>) -> Result<Answer, Refusal> {
    let listing = Listing::of(call, call.parameter("marker"))?;
    let mut xml = listing.begin(call)?;
    let text = |text: &str| listing.encoded(text);
    xml.leaf("Marker", &text(&listing.query.after));
    if let Some(next) = &listing.page.next {
        xml.leaf("NextMarker", &text(next));
    }
    listing.push_entries(&mut xml, Some(&call.bucket()?.facts().owner));
    Ok(document(xml))
}

/// ListObjectsV2: pages follow from an opaque token.
pub(super) fn list_objects_v2(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (token, start_after) = (call.parameter("continuation-token"), call.parameter("start-after"));
    let after = if token.is_empty() { start_after.clone() } else { read_token(&token)? };
    let listing = Listing::of(call, after)?;
    let mut xml = listing.begin(call)?;
    xml.leaf_unless_empty("StartAfter", &listing.encoded(&start_after));
    xml.leaf_unless_empty("ContinuationToken", &listing.encoded(&token));
    if let Some(next) = &listing.page.next {
        xml.leaf("NextContinuationToken", &listing.encoded(&encode::base64(next.as_bytes())));
    }
    xml.leaf("KeyCount", &(listing.page.objects.len() + listing.page.groups.len()).to_string());
    let owner = call.bucket()?.facts().owner.clone();
    listing.push_entries(&mut xml, Some(&owner).filter(|_| call.parameter("fetch-owner") == "true"));
    Ok(document(xml))
}

fn read_token(token: &str) -> Result<String, Refusal> {
    let name = encode::base64_decode(token).and_then(|bytes| String::from_utf8(bytes).ok());
    name.ok_or_else(|| Refusal::invalid_argument("The continuation token is invalid.", "continuation-token", token))
}

/// What both versions of listing share.
struct Listing {
    query: Query,
    page: Page,
    spelling: Spelling,
}

impl Listing {
    fn of(call: &Call<'_>, after: String) -> Result<Self, Refusal> {
        let spelling = Spelling::of(call)?;
        let (prefix, delimiter) = (call.parameter("prefix"), call.parameter("delimiter"));
        let query = Query { prefix, delimiter, after, limit: limit_of(call, "max-keys", 100)? };
        let page = call.bucket()?.look(|index| list::page(index, &query));
        Ok(Self { query, page, spelling })
    }

    fn encoded(&self, text: &str) -> String {
        self.spelling.of_text(text)
    }

    fn begin(&self, call: &Call<'_>) -> Result<Xml, Refusal> {
        let mut xml = Xml::new("ListBucketResult");
        xml.leaf("Name", call.bucket()?.name()).leaf("Prefix", &self.encoded(&self.query.prefix));
        xml.leaf("MaxKeys", &self.query.limit.to_string());
        xml.leaf("Delimiter", &self.encoded(&self.query.delimiter));
        self.spelling.tell(&mut xml);
        xml.leaf("IsTruncated", if self.page.next.is_some() { "true" } else { "false" });
        Ok(xml)
    }

    fn push_entries(&self, xml: &mut Xml, owner: Option<&String>) {
        for (key, entry) in &self.page.objects {
            xml.open("Contents").leaf("Key", &self.encoded(key));
            push_entry(xml, entry);
            if let Some(owner) = owner {
                push_owner(xml, owner);
            }
            xml.close();
        }
        for group in &self.page.groups {
            xml.open("CommonPrefixes").leaf("Prefix", &self.encoded(group)).close();
        }
    }
}

fn push_entry(xml: &mut Xml, entry: &Entry) {
    xml.leaf("LastModified", &iso_millis(entry.modified_ms)).leaf("ETag", &format!("\"{}\"", entry.etag));
    xml.leaf("Type", entry.kind.as_str())
        .leaf("Size", &entry.size.to_string())
        .leaf("StorageClass", &entry.storage_class);
}

/// How many entries a page has at most, 1 to 1000.
pub(super) fn limit_of(call: &Call<'_>, name: &str, usual: usize) -> Result<usize, Refusal> {
    let text = call.parameter(name);
    if text.is_empty() {
        return Ok(usual);
    }
    text.parse().ok().filter(|limit| (1..=1000).contains(limit)).ok_or_else(|| {
        Refusal::invalid_argument(format!("Argument {name} must be an integer between 1 and 1000."), name, &text)
    })
}
