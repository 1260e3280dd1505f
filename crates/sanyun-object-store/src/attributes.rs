//! Attributes and tags, which are headers of OSS.

use std::borrow::Cow;

use object_store::{Attribute, Attributes, Result, TagSet};
use sanyun_oss::{Input, ObjectMeta};

use crate::error;

/// Attributes that are headers of the same meaning everywhere.
const CONTENT: [(Attribute, &str); 5] = [
    (Attribute::CacheControl, "cache-control"),
    (Attribute::ContentDisposition, "content-disposition"),
    (Attribute::ContentEncoding, "content-encoding"),
    (Attribute::ContentLanguage, "content-language"),
    (Attribute::ContentType, "content-type"),
];

const STORAGE_CLASS: &str = "x-oss-storage-class";

/// The call with the headers that stand for attributes and tags.
///
/// # Errors
/// An attribute that OSS does not have, or one that cannot be a header.
pub(crate) fn describe(mut input: Input, attributes: &Attributes, tags: &TagSet) -> Result<Input> {
    for (attribute, value) in attributes {
        let Some(name) = header_of(attribute) else {
            return Err(error::not_supported(format!("OSS keeps no attribute {attribute:?}")));
        };
        input = input.header(&name, value).map_err(error::generic)?;
    }
    match tags.is_empty() {
        true => Ok(input),
        // Forms write a blank as a plus sign, headers do not.
        false => input.header("x-oss-tagging", &tags.encoded().replace('+', "%20")).map_err(error::generic),
    }
}

fn header_of(attribute: &Attribute) -> Option<Cow<'static, str>> {
    match attribute {
        Attribute::StorageClass => Some(STORAGE_CLASS.into()),
        Attribute::Metadata(name) => Some(["x-oss-meta-", name].concat().into()),
        _ => CONTENT.into_iter().find(|(known, _)| known == attribute).map(|(_, header)| header.into()),
    }
}

/// The attributes that OSS tells of an object. The storage class is among them if it is not the usual one.
pub(crate) fn read(meta: &ObjectMeta) -> Attributes {
    let content = CONTENT.into_iter().filter_map(|(attribute, header)| Some((attribute, meta.header(header)?)));
    let class = meta.storage_class().filter(|class| *class != "Standard");
    let own = meta.metadata().map(|(name, value)| (Attribute::Metadata(name.to_owned().into()), value));
    let all = content.chain(class.map(|class| (Attribute::StorageClass, class))).chain(own);
    all.map(|(attribute, value)| (attribute, value.to_owned())).collect()
}
