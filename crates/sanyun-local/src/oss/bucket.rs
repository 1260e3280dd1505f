//! Operations on buckets, and on the service.

use http::StatusCode;

use super::address::{invalid_bucket_name, is_bucket_name};
use super::chosen::Chosen;
use super::listing::limit_of;
use super::object::blocking;
use super::refusal::Refusal;
use super::store::{Bucket, BucketFacts, StoreError};
use super::xml::{self, Element, Xml};
use super::{Call, document, iso_millis, read_body, tags};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

const ACLS: [&str; 3] = ["private", "public-read", "public-read-write"];

pub(super) fn list_buckets(call: &Call<'_>) -> Result<Answer, Refusal> {
    let owner = call.account()?;
    let (prefix, marker) = (call.parameter("prefix"), call.parameter("marker"));
    let limit = limit_of(call, "max-keys", 100)?;
    let chosen = Chosen::of(call)?;
    let mut found = call.state.store.buckets().into_iter().filter(|bucket| {
        let is_named = bucket.name().starts_with(&prefix) && *bucket.name() > *marker;
        is_named && bucket.facts().owner == owner && chosen.includes(bucket)
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
    let bytes = read_body(call, body).await?;
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
    let settings = first_settings(call)?;
    blocking(move || match store.create_bucket(&name, facts.clone()) {
        Ok(()) => {
            let bucket = store.bucket(&name).ok_or(StoreError::NoSuchBucket)?;
            settings.iter().try_for_each(|(key, text)| Ok(bucket.settings.set(key, Some(text))?))
        }
        Err(StoreError::BucketExists(bucket)) => create_again(&bucket, &facts, acl),
        Err(error) => Err(refuse(error, &name)),
    })
    .await?;
    Ok(Answer::new(StatusCode::OK)
        .header("location", &format!("/{}", call.address.bucket.as_deref().unwrap_or_default())))
}

/// The configurations that a new bucket gets with its headers.
fn first_settings(call: &Call<'_>) -> Result<Vec<(&'static str, String)>, Refusal> {
    let mut settings = Vec::new();
    let tags = tags::of_header(call.head.header("x-oss-bucket-tagging"))?;
    if !tags.is_empty() {
        settings.push(("tagging", tags::document_of(&tags).finish()));
    }
    let group = call.head.header("x-oss-resource-group-id");
    if !group.is_empty() {
        let mut xml = Xml::new("BucketResourceGroupConfiguration");
        xml.leaf("ResourceGroupId", group);
        settings.push(("resourceGroup", xml.finish()));
    }
    Ok(settings)
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
        Some(acl) => Ok(bucket.set_facts(BucketFacts { acl, ..(*facts).clone() })?),
        None => Ok(()),
    }
}

pub(super) async fn delete(call: &Call<'_>) -> Result<Answer, Refusal> {
    let (store, name) = (call.state.store.clone(), call.bucket()?.name().to_owned());
    blocking(move || store.delete_bucket(&name).map_err(|error| refuse(error, &name))).await?;
    Ok(Answer::new(StatusCode::NO_CONTENT))
}

pub(super) fn get_acl(call: &Call<'_>) -> Result<Answer, Refusal> {
    let facts = call.bucket()?.facts();
    Ok(acl_document(&facts.owner, &facts.acl))
}

pub(super) async fn put_acl(call: &Call<'_>) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let acl = acl_of(call)?.ok_or_else(|| invalid_acl(""))?;
    blocking(move || Ok(bucket.set_facts(BucketFacts { acl, ..(*bucket.facts()).clone() })?)).await?;
    Ok(Answer::new(StatusCode::OK))
}

pub(super) fn acl_document(owner: &str, acl: &str) -> Answer {
    let mut xml = Xml::new("AccessControlPolicy");
    push_owner(&mut xml, owner);
    xml.open("AccessControlList").leaf("Grant", acl);
    document(xml)
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

pub(super) fn push_bucket(xml: &mut Xml, call: &Call<'_>, bucket: &Bucket) {
    let facts = bucket.facts();
    xml.leaf("Name", bucket.name()).leaf("CreationDate", &iso_millis(facts.created_ms));
    xml.leaf("Location", &format!("oss-{}", facts.region)).leaf("StorageClass", &facts.storage_class);
    xml.leaf("ExtranetEndpoint", &call.address.endpoint).leaf("IntranetEndpoint", &call.address.endpoint);
}

pub(super) fn push_owner(xml: &mut Xml, account: &str) {
    xml.open("Owner").leaf("ID", account).leaf("DisplayName", account).close();
}
