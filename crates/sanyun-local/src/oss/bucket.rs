//! Operations on buckets, and on the service.

use http::StatusCode;
use sanyun_core::encode;

use super::address::{invalid_bucket_name, is_bucket_name};
use super::list::{self, Page, Query};
use super::object::blocking;
use super::refusal::Refusal;
use super::store::{Bucket, BucketFacts, Entry, StoreError};
use super::xml::{self, Element, Xml};
use super::{Call, iso_millis};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

/// The largest XML document of a request: a thousand keys of the longest kind fit.
const DOCUMENT_LIMIT: usize = 4 * 1024 * 1024;
/// The most keys one DeleteMultipleObjects takes.
const DELETE_LIMIT: usize = 1000;
const ACLS: [&str; 3] = ["private", "public-read", "public-read-write"];

pub(super) fn list_buckets(call: &Call<'_>) -> Result<Answer, Refusal> {
    let owner = call.account()?;
    let (prefix, marker) = (call.parameter("prefix"), call.parameter("marker"));
    let limit = limit_of(call, 100)?;
    let mut found = call.state.store.buckets().into_iter().filter(|bucket| {
        bucket.facts().owner == owner && bucket.name().starts_with(&prefix) && *bucket.name() > *marker
    });
    let shown: Vec<_> = found.by_ref().take(limit).collect();
    let more = found.next().is_some();

    let mut xml = Xml::new("ListAllMyBucketsResult");
    xml.leaf("Prefix", &prefix).leaf("Marker", &marker).leaf("MaxKeys", &limit.to_string());
    xml.leaf("IsTruncated", if more { "true" } else { "false" });
    if let Some(last) = shown.last().filter(|_| more) {
        xml.leaf("NextMarker", last.name());
    }
    push_owner(&mut xml, owner);
    xml.open("Buckets");
    for bucket in shown {
        xml.open("Bucket");
        push_bucket(&mut xml, call, &bucket);
        xml.leaf("Region", &bucket.facts().region).close();
    }
    Ok(document(xml))
}

pub(super) async fn create(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let name = call.address.bucket.clone().unwrap_or_default();
    if !is_bucket_name(&name) {
        return Err(invalid_bucket_name(&name));
    }
    let bytes = body.collect(DOCUMENT_LIMIT).await?;
    let wishes = if bytes.is_empty() { Some(Element::default()) } else { xml::parse(&bytes) };
    let wishes = wishes.ok_or_else(Refusal::malformed_xml)?;
    let wish = |element: &str, usual: &str| match wishes.text_of(element) {
        "" => usual.to_owned(),
        text => text.to_owned(),
    };
    let facts = BucketFacts {
        owner: call.account()?.to_owned(),
        created_ms: call.now_ms,
        region: call.caller.region.clone().unwrap_or_else(|| super::DEFAULT_REGION.to_owned()),
        acl: acl_of(call)?.unwrap_or_else(|| "private".to_owned()),
        storage_class: wish("StorageClass", "Standard"),
        redundancy: wish("DataRedundancyType", "LRS"),
    };
    let (store, acl) = (call.state.store.clone(), acl_of(call)?);
    blocking(move || match store.create_bucket(&name, facts.clone()) {
        Ok(()) => Ok(()),
        Err(StoreError::BucketExists(bucket)) => create_again(&bucket, &facts, acl),
        Err(error) => Err(refuse(error, &name)),
    })
    .await?;
    Ok(Answer::new(StatusCode::OK)
        .header("location", &format!("/{}", call.address.bucket.as_deref().unwrap_or_default())))
}

/// Creating one's own bucket again changes nothing but the ACL that is given; everything else must be as it was.
fn create_again(bucket: &Bucket, wanted: &BucketFacts, acl: Option<String>) -> Result<(), Refusal> {
    let refuse = |message: &str| {
        Err(Refusal::new(StatusCode::CONFLICT, "BucketAlreadyExists", message)
            .cause("0015-00000104")
            .detail("BucketName", bucket.name()))
    };
    let facts = bucket.facts();
    if facts.owner != wanted.owner {
        return refuse(
            "The requested bucket name is not available. The bucket namespace is shared by all users of the system. \
             Please select a different name and try again.",
        );
    }
    if facts.storage_class != wanted.storage_class {
        return refuse("Bucket already exists can't modify storage type.");
    }
    if facts.redundancy != wanted.redundancy {
        return refuse("Bucket already exists can't modify data redundancy type.");
    }
    match acl {
        Some(acl) => Ok(bucket.set_facts(BucketFacts { acl, ..facts })?),
        None => Ok(()),
    }
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (store, name) = (call.state.store.clone(), call.bucket()?.name().to_owned());
    blocking(move || store.delete_bucket(&name).map_err(|error| refuse(error, &name))).await?;
    Ok(Answer::new(StatusCode::NO_CONTENT))
}

pub(super) fn info(call: &Call<'_>) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let facts = bucket.facts();
    let mut xml = Xml::new("BucketInfo");
    xml.open("Bucket");
    push_bucket(&mut xml, call, &bucket);
    xml.leaf("DataRedundancyType", &facts.redundancy);
    push_owner(&mut xml, &facts.owner);
    xml.open("AccessControlList").leaf("Grant", &facts.acl);
    Ok(document(xml))
}

pub(super) fn location(call: &Call<'_>) -> Result<Answer, Refusal> {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<LocationConstraint>");
    xml.extend(["oss-", &call.bucket()?.facts().region, "</LocationConstraint>"]);
    Ok(Answer::new(StatusCode::OK).header("content-type", "application/xml").bytes(xml))
}

pub(super) fn stat(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (count, size, last) = call.bucket()?.look(|index| {
        let size: u64 = index.values().map(|entry| entry.size).sum();
        (index.len(), size, index.values().map(|entry| entry.modified_ms / 1000).max().unwrap_or(0))
    });
    let mut xml = Xml::new("BucketStat");
    xml.leaf("Storage", &size.to_string()).leaf("ObjectCount", &count.to_string());
    xml.leaf("MultipartUploadCount", "0").leaf("LiveChannelCount", "0").leaf("LastModifiedTime", &last.to_string());
    xml.leaf("StandardStorage", &size.to_string()).leaf("StandardObjectCount", &count.to_string());
    Ok(document(xml))
}

pub(super) fn get_acl(call: &Call<'_>) -> Result<Answer, Refusal> {
    let facts = call.bucket()?.facts();
    Ok(acl_document(&facts.owner, &facts.acl))
}

pub(super) async fn put_acl(call: &Call<'_>) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let acl = acl_of(call)?.ok_or_else(|| invalid_acl(""))?;
    blocking(move || Ok(bucket.set_facts(BucketFacts { acl, ..bucket.facts() })?)).await?;
    Ok(Answer::new(StatusCode::OK))
}

pub(super) fn acl_document(owner: &str, acl: &str) -> Answer {
    let mut xml = Xml::new("AccessControlPolicy");
    push_owner(&mut xml, owner);
    xml.open("AccessControlList").leaf("Grant", acl);
    document(xml)
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
    let owner = call.bucket()?.facts().owner;
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
    url_encoded: bool,
}

impl Listing {
    fn of(call: &Call<'_>, after: String) -> Result<Self, Refusal> {
        let url_encoded = match call.parameter("encoding-type").as_str() {
            "" => false,
            "url" => true,
            other => {
                return Err(Refusal::invalid_argument("Invalid Encoding Method specified.", "encoding-type", other));
            }
        };
        let (prefix, delimiter) = (call.parameter("prefix"), call.parameter("delimiter"));
        let query = Query { prefix, delimiter, after, limit: limit_of(call, 100)? };
        let page = call.bucket()?.look(|index| list::page(index, &query));
        Ok(Self { query, page, url_encoded })
    }

    fn encoded(&self, text: &str) -> String {
        if self.url_encoded { encode::percent(text).into_owned() } else { text.to_owned() }
    }

    fn begin(&self, call: &Call<'_>) -> Result<Xml, Refusal> {
        let mut xml = Xml::new("ListBucketResult");
        xml.leaf("Name", call.bucket()?.name()).leaf("Prefix", &self.encoded(&self.query.prefix));
        xml.leaf("MaxKeys", &self.query.limit.to_string());
        xml.leaf("Delimiter", &self.encoded(&self.query.delimiter));
        xml.leaf_unless_empty("EncodingType", if self.url_encoded { "url" } else { "" });
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
    xml.leaf("Type", &entry.kind).leaf("Size", &entry.size.to_string()).leaf("StorageClass", &entry.storage_class);
}

pub(super) async fn delete_objects(call: &Call<'_>, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let bytes = body.collect(DOCUMENT_LIMIT).await?;
    let wishes = xml::parse(&bytes).filter(|root| root.name == "Delete").ok_or_else(Refusal::malformed_xml)?;
    let objects = wishes.children.iter().filter(|child| child.name == "Object");
    let keys: Vec<String> = objects.map(|object| object.text_of("Key").to_owned()).collect();
    if keys.is_empty() || keys.len() > DELETE_LIMIT || keys.iter().any(String::is_empty) {
        return Err(Refusal::malformed_xml());
    }
    let quiet = wishes.text_of("Quiet").eq_ignore_ascii_case("true");
    let url_encoded = call.parameter("encoding-type") == "url";
    let keys = blocking(move || bucket.delete(&keys).map(|()| keys).map_err(Refusal::from)).await?;

    let mut xml = Xml::new("DeleteResult");
    xml.leaf_unless_empty("EncodingType", if url_encoded { "url" } else { "" });
    for key in keys.iter().filter(|_| !quiet) {
        let shown = if url_encoded { encode::percent(key) } else { key.into() };
        xml.open("Deleted").leaf("Key", &shown).close();
    }
    Ok(document(xml))
}

fn limit_of(call: &Call<'_>, usual: usize) -> Result<usize, Refusal> {
    let text = call.parameter("max-keys");
    if text.is_empty() {
        return Ok(usual);
    }
    text.parse().ok().filter(|limit| (1..=1000).contains(limit)).ok_or_else(|| {
        Refusal::invalid_argument("Argument max-keys must be an integer between 1 and 1000.", "max-keys", &text)
    })
}

fn acl_of(call: &Call<'_>) -> Result<Option<String>, Refusal> {
    let named = ["x-oss-acl", "x-oss-bucket-acl"].map(|name| call.head.header(name));
    let [acl, older] = named;
    let acl = if acl.is_empty() { older } else { acl };
    match acl {
        "" => Ok(None),
        known if ACLS.contains(&known) => Ok(Some(known.to_owned())),
        other => Err(invalid_acl(other)),
    }
}

fn invalid_acl(value: &str) -> Refusal {
    Refusal::invalid_argument("no such bucket access control exists", "x-oss-acl", value)
}

fn refuse(error: StoreError, bucket: &str) -> Refusal {
    match error {
        StoreError::Io(error) => error.into(),
        StoreError::BucketNotEmpty => {
            let message = "The bucket you tried to delete is not empty.";
            Refusal::new(StatusCode::CONFLICT, "BucketNotEmpty", message)
                .cause("0015-00000301")
                .detail("BucketName", bucket)
        }
        _ => Refusal::no_such_bucket(bucket),
    }
}

fn push_bucket(xml: &mut Xml, call: &Call<'_>, bucket: &Bucket) {
    let facts = bucket.facts();
    xml.leaf("Name", bucket.name()).leaf("CreationDate", &iso_millis(facts.created_ms));
    xml.leaf("Location", &format!("oss-{}", facts.region)).leaf("StorageClass", &facts.storage_class);
    xml.leaf("ExtranetEndpoint", &call.address.endpoint).leaf("IntranetEndpoint", &call.address.endpoint);
}

fn push_owner(xml: &mut Xml, account: &str) {
    xml.open("Owner").leaf("ID", account).leaf("DisplayName", account).close();
}

fn document(xml: Xml) -> Answer {
    Answer::new(StatusCode::OK).header("content-type", "application/xml").bytes(xml.finish())
}
