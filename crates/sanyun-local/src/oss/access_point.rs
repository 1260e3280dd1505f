//! Access points of a bucket: kept and listed, not reached by names of their own.

use http::StatusCode;

use super::refusal::Refusal;
use super::setting::store;
use super::store::Bucket;
use super::xml::{self, Element, Xml};
use super::{Call, document, read_document};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

const NAME: &str = "x-oss-access-point-name";

pub(super) async fn answer(call: &Call<'_>, operation: &str, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let name = call.head.header(NAME);
    match operation {
        "CreateAccessPoint" => create(call, &bucket, body).await,
        "ListAccessPoints" => Ok(list(&bucket)),
        "DeleteAccessPoint" => {
            find(&bucket, name)?;
            for kept in ["accessPoint", "accessPointPolicy", "publicAccessBlock"] {
                store(call, &format!("{kept}/{name}"), None).await?;
            }
            Ok(Answer::new(StatusCode::NO_CONTENT))
        }
        _ => {
            let found = find(&bucket, name)?;
            let mut xml = Xml::new("GetAccessPointResult");
            push(&mut xml, &bucket, &found);
            let region = bucket.facts().region.clone();
            xml.leaf("AccountId", &bucket.facts().owner).leaf("CreationDate", found.text_of("CreationDate"));
            xml.open("Endpoints").leaf("PublicEndpoint", &format!("{name}.oss-{region}.oss-accesspoint.aliyuncs.com"));
            let internal = format!("{name}.oss-{region}-internal.oss-accesspoint.aliyuncs.com");
            xml.leaf("InternalEndpoint", &internal).close();
            Ok(document(xml))
        }
    }
}

async fn create(call: &Call<'_>, bucket: &Bucket, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    let wish = read_document(call, body, "CreateAccessPointConfiguration").await?;
    let name = wish.text_of("AccessPointName");
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-') {
        return Err(Refusal::invalid_argument("This is no name of an access point.", "AccessPointName", name));
    }
    if find(bucket, name).is_ok() {
        let message = "The access point exists already.";
        return Err(Refusal::new(StatusCode::CONFLICT, "AccessPointAlreadyExists", message));
    }
    let mut kept = Xml::new("AccessPoint");
    let alias = format!("{name}-{}-ossalias", call.state.chance.hex32());
    kept.leaf("AccessPointName", name).leaf("NetworkOrigin", wish.text_of("NetworkOrigin")).leaf("Alias", &alias);
    kept.leaf("CreationDate", &(call.now_ms / 1000).to_string());
    if let Some(vpc) = wish.child("VpcConfiguration") {
        kept.element(vpc);
    }
    store(call, &format!("accessPoint/{name}"), Some(kept.finish())).await?;
    let mut xml = Xml::new("CreateAccessPointResult");
    xml.leaf("AccessPointArn", &arn(bucket, name)).leaf("Alias", &alias);
    Ok(document(xml))
}

fn arn(bucket: &Bucket, name: &str) -> String {
    let facts = bucket.facts();
    format!("acs:oss:{}:{}:accesspoint/{name}", facts.region, facts.owner)
}

fn find(bucket: &Bucket, name: &str) -> Result<Element, Refusal> {
    let found = bucket.settings.get(&format!("accessPoint/{name}")).and_then(|text| xml::parse(text.as_bytes()));
    found.ok_or_else(|| {
        let message = "The specified access point does not exist.";
        Refusal::new(StatusCode::NOT_FOUND, "NoSuchAccessPoint", message).detail("AccessPointName", name)
    })
}

fn list(bucket: &Bucket) -> Answer {
    let mut xml = Xml::new("ListAccessPointsResult");
    xml.leaf("IsTruncated", "false").leaf("AccountId", &bucket.facts().owner).leaf("MaxKeys", "100");
    xml.open("AccessPoints");
    for found in bucket.settings.below("accessPoint/").iter().filter_map(|(_, text)| xml::parse(text.as_bytes())) {
        xml.open("AccessPoint");
        push(&mut xml, bucket, &found);
        xml.close();
    }
    document(xml)
}

fn push(xml: &mut Xml, bucket: &Bucket, found: &Element) {
    let name = found.text_of("AccessPointName");
    xml.leaf("Bucket", bucket.name()).leaf("AccessPointName", name).leaf("Alias", found.text_of("Alias"));
    xml.leaf("AccessPointArn", &arn(bucket, name)).leaf("NetworkOrigin", found.text_of("NetworkOrigin"));
    xml.leaf("Status", "enable");
    if let Some(vpc) = found.child("VpcConfiguration") {
        xml.element(vpc);
    }
}
