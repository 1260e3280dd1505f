//! A call as an HTTP request, before it is signed.

mod body;
pub mod bson;
mod file;
mod input;
mod multipart;
mod path;
mod place;
mod query;
pub mod xml;

pub(crate) use input::Places;
pub use input::{Account, Input};
pub use multipart::Part;
pub(crate) use place::{Checks, Name, typed};

use http::header::{CONTENT_TYPE, USER_AGENT};
use http::{HeaderName, HeaderValue, Method};
use sanyun_core::{Attempt, Error, Request, Result, header_value};
use serde_json::Value;

use crate::credentials::{DOMAIN_ID, PROJECT_ID};
use crate::protocol::Huawei;

const X_DOMAIN_ID: HeaderName = HeaderName::from_static("x-domain-id");
const X_PROJECT_ID: HeaderName = HeaderName::from_static("x-project-id");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Builds the request of a call; date, token and signature are missing.
pub(crate) fn request(client: &Huawei, input: &Input, attempt: &Attempt<'_>) -> Result<Request> {
    let (project_id, domain_id) = client.ids.of(attempt.credential);
    let path = path::expand(&input.path, &input.path_params, project_id, domain_id)?;
    let mut request = Request::new(input.method.clone(), attempt.endpoint.clone(), path);
    request.query = query::text(&input.query)?;
    set_headers(&mut request, input)?;
    attempt.options.apply_headers(&mut request);
    if !request.headers.contains_key(USER_AGENT) {
        request.headers.insert(USER_AGENT, header_value(&USER_AGENT, attempt.user_agent)?);
    }
    set_body(client, &mut request, input, attempt)?;
    if input.signed && !input.is_look_up() {
        let project_id = project_id.or_else(|| input.given(PROJECT_ID));
        let domain_id = domain_id.or_else(|| input.given(DOMAIN_ID));
        let account = input.account.unwrap_or_else(|| Account::of(input, project_id));
        set_account(&mut request, account, project_id, domain_id)?;
    }
    Ok(request)
}

fn set_headers(request: &mut Request, input: &Input) -> Result<()> {
    for (name, value) in &input.headers {
        let Some(text) = header_text(name, value)? else { continue };
        let parsed = HeaderName::try_from(name).map_err(|_| Error::input(format!("`{name}` is not a header name")))?;
        request.set_header(parsed, &text)?;
    }
    Ok(())
}

/// A list is joined by commas; null is left out.
fn header_text(name: &str, value: &Value) -> Result<Option<String>> {
    match value {
        Value::Null => Ok(None),
        Value::Array(items) => {
            let texts = items.iter().filter_map(query::plain_text).collect::<Vec<_>>();
            Ok(Some(texts.join(",")))
        }
        Value::Object(_) => Err(Error::input(format!("header `{name}`: an object cannot be sent in a header"))),
        plain => Ok(query::plain_text(plain).map(std::borrow::Cow::into_owned)),
    }
}

/// Writes the body and its content type. A content type that the caller gave is kept; that of multipart must name the
/// boundary, so it is kept only if it does.
fn set_body(client: &Huawei, request: &mut Request, input: &Input, attempt: &Attempt<'_>) -> Result<()> {
    let given = request.header(CONTENT_TYPE.as_str());
    let (body, content_type) = body::encode(&input.payload, given, attempt.chance)?;
    let is_multipart = matches!(input.payload, input::Payload::Multipart(_));
    request.body = body;
    let omits = client.omit_content_type_on_get || input.is_look_up();
    if omits && request.method == Method::GET && request.body.is_empty() {
        request.headers.remove(CONTENT_TYPE);
    } else if is_multipart || !request.headers.contains_key(CONTENT_TYPE) {
        // Calls without a body have one, too: the vendor's SDKs send it with every GET.
        request.headers.insert(CONTENT_TYPE, content_type.unwrap_or(JSON));
    }
    Ok(())
}

/// Says on whose behalf the call is made.
fn set_account(
    request: &mut Request,
    account: Account,
    project_id: Option<&str>,
    domain_id: Option<&str>,
) -> Result<()> {
    let (name, id) = match account {
        Account::Project => (X_PROJECT_ID, project_id),
        Account::Domain => (X_DOMAIN_ID, domain_id),
        Account::None => return Ok(()),
    };
    id.map_or(Ok(()), |id| request.set_header(name, id))
}
