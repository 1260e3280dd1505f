//! Configurations of a bucket or of the account: documents that are stored as they came and given back. One table says
//! which there are, and what is shown of one that was never made.

use http::{Method, StatusCode};
use sanyun_core::encode;
use sanyun_oss::operation::RequestBody;
use serde_json::Value;

use super::object::blocking;
use super::refusal::Refusal;
use super::route::Route;
use super::store::Settings;
use super::xml::{self, Xml};
use super::{Call, document, read_body};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

/// The resource group of a bucket that nobody put into another.
pub(super) const DEFAULT_GROUP: &str = "rg-default-id";

/// What is kept under a sub-resource.
struct Setting {
    sub_resource: &'static str,
    /// The query parameter or header that names one of several; empty for a single one.
    named_by: &'static str,
    /// What is shown if there is none.
    missing: Missing,
    /// The outermost element of a list of all, if there are several.
    list: &'static str,
}

enum Missing {
    /// 404 with this code and message.
    Refused(&'static str, &'static str),
    /// This document.
    Shown(&'static str),
}

use Missing::{Refused, Shown};

const fn one(sub_resource: &'static str, missing: Missing) -> Setting {
    Setting { sub_resource, named_by: "", missing, list: "" }
}

const AP: &str = "x-oss-access-point-name";

/// Codes are the vendor's as far as its error pages name them ("HTTP 404" of the OSS error reference), documents those of
/// its API reference.
static SETTINGS: [Setting; 24] = [
    one("accessmonitor", Shown("<AccessMonitorConfiguration><Status>Disabled</Status></AccessMonitorConfiguration>")),
    one(
        "bucketArchiveDirectRead",
        Shown("<ArchiveDirectReadConfiguration><Enabled>false</Enabled></ArchiveDirectReadConfiguration>"),
    ),
    one("cors", Refused("NoSuchCORSConfiguration", "The CORS Configuration does not exist.")),
    one(
        "encryption",
        Refused("NoSuchServerSideEncryptionRule", "The server side encryption configuration was not found."),
    ),
    one("httpsConfig", Shown("<HttpsConfiguration><TLS><Enable>false</Enable></TLS></HttpsConfiguration>")),
    one("lifecycle", Refused("NoSuchLifecycle", "No Row found in Lifecycle Table.")),
    one("logging", Shown("<BucketLoggingStatus></BucketLoggingStatus>")),
    one(
        "userDefinedLogFieldsConfig",
        Refused("NoSuchUserDefinedLogFieldsConfig", "There are no user-defined log fields."),
    ),
    one("objectWorm", Refused("NoSuchObjectWormConfiguration", "The object WORM configuration does not exist.")),
    one("overwriteConfig", Refused("NoSuchOverwriteConfiguration", "The overwrite configuration does not exist.")),
    one("policy", Refused("NoSuchBucketPolicy", "The specified bucket policy does not exist.")),
    one("policyStatus", Shown("<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>")),
    one(
        "referer",
        Shown(
            "<RefererConfiguration><AllowEmptyReferer>true</AllowEmptyReferer><RefererList></RefererList></RefererConfiguration>",
        ),
    ),
    one(
        "rtc",
        Refused("NoSuchReplicationConfiguration", "The bucket you specified does not have replication configuration."),
    ),
    one(
        "requestPayment",
        Shown("<RequestPaymentConfiguration><Payer>BucketOwner</Payer></RequestPaymentConfiguration>"),
    ),
    one(
        "resourceGroup",
        Shown(
            "<BucketResourceGroupConfiguration><ResourceGroupId>rg-default-id</ResourceGroupId></BucketResourceGroupConfiguration>",
        ),
    ),
    one("quota", Shown("<QuotaConfiguration><StorageQuota>-1</StorageQuota></QuotaConfiguration>")),
    one("tagging", Shown("<Tagging><TagSet></TagSet></Tagging>")),
    one(
        "transferAcceleration",
        Refused(
            "NoSuchTransferAccelerationConfiguration",
            "The bucket you specified does not have transfer acceleration configuration.",
        ),
    ),
    one(
        "website",
        Refused("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration."),
    ),
    Setting {
        sub_resource: "inventory",
        named_by: "inventoryId",
        missing: Refused("NoSuchInventory", "No Row found in Inventory Table."),
        list: "ListInventoryConfigurationsResult",
    },
    Setting {
        sub_resource: "style",
        named_by: "styleName",
        missing: Refused("NoSuchStyle", "No Such Image Style."),
        list: "StyleList",
    },
    Setting {
        sub_resource: "accessPointPolicy",
        named_by: AP,
        missing: Refused("NoSuchAccessPointPolicy", "The access point has no policy."),
        list: "",
    },
    Setting {
        sub_resource: "publicAccessBlock",
        named_by: AP,
        missing: Shown(
            "<PublicAccessBlockConfiguration><BlockPublicAccess>false</BlockPublicAccess></PublicAccessBlockConfiguration>",
        ),
        list: "",
    },
];

/// Stores, shows or removes a configuration.
///
/// # Errors
/// `NotImplemented` for what is no configuration either.
pub(super) async fn answer(call: &Call<'_>, route: &Route, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let has = |name: &str| encode::pairs(&call.head.query).any(|(known, _)| encode::percent_decode(known) == name);
    let setting = SETTINGS.iter().find(|setting| has(setting.sub_resource)).ok_or_else(Refusal::not_implemented)?;
    let name = name(call, setting);
    match call.head.method {
        Method::GET if name.is_empty() && !setting.list.is_empty() => list(call, setting),
        Method::GET if setting.sub_resource == "policyStatus" => policy_status(call),
        Method::GET => show(call, setting, &name),
        Method::PUT => {
            let text = document_of(call, route, body).await?;
            let text = if setting.sub_resource == "style" { style(call, &text, &name) } else { text };
            store(call, &key(setting, &name), Some(text)).await?;
            Ok(Answer::new(StatusCode::OK))
        }
        Method::DELETE => {
            store(call, &key(setting, &name), None).await?;
            Ok(Answer::new(StatusCode::NO_CONTENT))
        }
        _ => Err(Refusal::not_implemented()),
    }
}

fn name(call: &Call<'_>, setting: &Setting) -> String {
    let header = if setting.named_by == AP { call.head.header(AP) } else { "" };
    if header.is_empty() { call.parameter(setting.named_by) } else { header.to_owned() }
}

fn key(setting: &Setting, name: &str) -> String {
    if name.is_empty() { setting.sub_resource.to_owned() } else { format!("{}/{name}", setting.sub_resource) }
}

/// Runs something with the documents of the bucket, or of the account if none is meant.
fn with_settings<R>(call: &Call<'_>, look: impl FnOnce(&Settings) -> R) -> Result<R, Refusal> {
    match call.address.bucket {
        Some(_) => Ok(look(&call.bucket()?.settings)),
        None => Ok(look(&call.state.store.settings)),
    }
}

fn show(call: &Call<'_>, setting: &Setting, name: &str) -> Result<Answer, Refusal> {
    let stored = with_settings(call, |settings| settings.get(&key(setting, name)))?;
    let text = match (stored, &setting.missing) {
        (Some(text), _) => text.to_string(),
        (None, Shown(text)) => (*text).to_owned(),
        (None, Refused(code, message)) => {
            let bucket = call.address.bucket.as_deref().unwrap_or_default();
            return Err(Refusal::new(StatusCode::NOT_FOUND, code, *message).detail("BucketName", bucket));
        }
    };
    let media_type = if text.trim_start().starts_with('{') { "application/json" } else { "application/xml" };
    Ok(Answer::new(StatusCode::OK).header("content-type", media_type).bytes(text))
}

fn list(call: &Call<'_>, setting: &Setting) -> Result<Answer, Refusal> {
    let all = with_settings(call, |settings| settings.below(&format!("{}/", setting.sub_resource)))?;
    let mut xml = Xml::new(setting.list);
    for (_, text) in all {
        xml.raw(without_declaration(&text));
    }
    if setting.sub_resource == "inventory" {
        xml.leaf("IsTruncated", "false");
    }
    Ok(document(xml))
}

fn without_declaration(text: &str) -> &str {
    let text = text.trim_start_matches('\u{feff}').trim();
    let rest = if text.starts_with("<?") { text.split_once("?>").map(|(_, rest)| rest) } else { None };
    rest.unwrap_or(text).trim_start()
}

/// The document of a request: XML with the operation's outermost element, or JSON where it is no XML.
async fn document_of(call: &Call<'_>, route: &Route, body: &mut ArrivingBody) -> Result<String, Refusal> {
    let bytes = read_body(call, body).await?;
    let fits = match route.body {
        RequestBody::Xml { root, .. } => xml::parse(&bytes).is_some_and(|element| element.name == root),
        _ => serde_json::from_slice::<Value>(&bytes).is_ok_and(|value| value.is_object()),
    };
    let malformed = || match route.body {
        RequestBody::Xml { .. } => Refusal::malformed_xml(),
        _ => Refusal::new(StatusCode::BAD_REQUEST, "InvalidPolicyDocument", "The policy is not a JSON object."),
    };
    String::from_utf8(bytes.to_vec()).ok().filter(|_| fits).ok_or_else(malformed)
}

/// A style as it is shown, which is more than what is sent.
fn style(call: &Call<'_>, text: &str, name: &str) -> String {
    let wish = xml::parse(text.as_bytes()).unwrap_or_default();
    let at = super::object::http_date(call.now_ms);
    let mut xml = Xml::new("Style");
    xml.leaf("Name", name).leaf("Content", wish.text_of("Content")).leaf("CreateTime", &at).leaf("LastModifyTime", &at);
    xml.leaf_unless_empty("Category", &call.parameter("category"));
    xml.finish()
}

/// A policy that allows something to everybody makes a bucket public.
fn policy_status(call: &Call<'_>) -> Result<Answer, Refusal> {
    let policy = with_settings(call, |settings| settings.get("policy"))?;
    let policy: Value = policy.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let allows_all = |statement: &Value| {
        let principal = statement.get("Principal");
        let everybody =
            principal.is_some_and(|who| who == "*" || who.as_array().is_some_and(|all| all.contains(&"*".into())));
        everybody && statement.get("Effect").is_some_and(|effect| effect == "Allow")
    };
    let statements = policy.get("Statement").and_then(Value::as_array);
    let is_public = statements.is_some_and(|statements| statements.iter().any(allows_all));
    let mut xml = Xml::new("PolicyStatus");
    xml.leaf("IsPublic", if is_public { "true" } else { "false" });
    Ok(document(xml))
}

/// Stores a document of the bucket, or of the account if none is meant, or takes it away.
pub(super) async fn store(call: &Call<'_>, key: &str, text: Option<String>) -> Result<(), Refusal> {
    let bucket = call.address.bucket.as_ref().map(|_| call.bucket()).transpose()?;
    let (store, key) = (std::sync::Arc::clone(&call.state.store), key.to_owned());
    blocking(move || {
        let settings = bucket.as_ref().map_or(&store.settings, |bucket| &bucket.settings);
        Ok(settings.set(&key, text.as_deref())?)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_xml() {
        for setting in &SETTINGS {
            if let Shown(text) = setting.missing {
                assert!(xml::parse(text.as_bytes()).is_some(), "{}", setting.sub_resource);
            }
        }
        assert_eq!(without_declaration("<?xml version=\"1.0\"?>\n<a/>"), "<a/>");
        assert_eq!(without_declaration("<a/>"), "<a/>");
    }
}
