//! Domains of one's own that are bound to a bucket: kept and listed.

use http::StatusCode;

use super::refusal::Refusal;
use super::setting::store;
use super::xml::{self, Xml};
use super::{Call, document, iso_millis, read_document};
use crate::answer::Answer;
use crate::arrival::ArrivingBody;

/// How long a token is good, in milliseconds: 72 hours.
const TOKEN_LIFE_MS: u64 = 72 * 60 * 60 * 1000;

pub(super) async fn answer(call: &Call<'_>, operation: &str, body: &mut ArrivingBody) -> Result<Answer, Refusal> {
    match operation {
        "ListCname" => return list(call),
        "GetCnameToken" => return token(call, &call.parameter("cname")),
        _ => {}
    }
    let wish = read_document(call, body, "BucketCnameConfiguration").await?;
    let cname = wish.child("Cname").ok_or_else(Refusal::malformed_xml)?;
    let domain = cname.text_of("Domain");
    if domain.is_empty() || domain.contains('/') {
        return Err(Refusal::invalid_argument("This is no domain.", "Domain", domain));
    }
    match operation {
        "PutCname" => {
            let mut xml = Xml::new("Cname");
            xml.leaf("Domain", domain).leaf("LastModified", &iso_millis(call.now_ms)).leaf("Status", "Enabled");
            let certificate = cname.child("CertificateConfiguration").map_or("", |given| given.text_of("CertId"));
            if !certificate.is_empty() {
                xml.open("Certificate")
                    .leaf("Type", "CAS")
                    .leaf("CertId", certificate)
                    .leaf("Status", "Enabled")
                    .close();
            }
            store(call, &format!("cname/{domain}"), Some(xml.finish())).await?;
            Ok(Answer::new(StatusCode::OK))
        }
        "DeleteCname" => {
            store(call, &format!("cname/{domain}"), None).await?;
            Ok(Answer::new(StatusCode::OK))
        }
        _ => {
            let mut xml = Xml::new("CnameToken");
            xml.leaf("Bucket", call.bucket()?.name()).leaf("Cname", domain).leaf("Token", &call.state.chance.hex32());
            xml.leaf("ExpireTime", &super::object::http_date(call.now_ms + TOKEN_LIFE_MS));
            store(call, &format!("cname-token/{domain}"), Some(xml.finish())).await?;
            token(call, domain)
        }
    }
}

fn token(call: &Call<'_>, domain: &str) -> Result<Answer, Refusal> {
    let found = call.bucket()?.settings.get(&format!("cname-token/{domain}"));
    let text = found
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "NoSuchCnameToken", "There is no token for this domain."))?;
    Ok(Answer::new(StatusCode::OK).header("content-type", "application/xml").bytes(text.to_string()))
}

fn list(call: &Call<'_>) -> Result<Answer, Refusal> {
    let bucket = call.bucket()?;
    let mut xml = Xml::new("ListCnameResult");
    xml.leaf("Bucket", bucket.name());
    xml.leaf("Owner", &bucket.facts().owner);
    for (_, text) in bucket.settings.below("cname/") {
        if let Some(cname) = xml::parse(text.as_bytes()) {
            xml.element(&cname);
        }
    }
    Ok(document(xml))
}
