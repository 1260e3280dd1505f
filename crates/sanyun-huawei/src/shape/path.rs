//! A path with its placeholders filled.

use sanyun_core::{Error, Result, encode};
use serde_json::Value;

use super::query::plain_text;

/// Replaces `{name}` by percent-encoded values: those of the call first, then the ids of project and account.
pub(super) fn expand(
    template: &str,
    params: &[(String, Value)],
    project_id: Option<&str>,
    domain_id: Option<&str>,
) -> Result<String> {
    let mut out = String::with_capacity(template.len() + 40);
    if !template.starts_with('/') {
        out.push('/');
    }
    let mut rest = template;
    while let Some((literal, behind)) = rest.split_once('{') {
        let Some((name, behind)) = behind.split_once('}') else {
            return Err(Error::input(format!("path `{template}`: a brace is not closed")));
        };
        push_literal(&mut out, literal)?;
        push_param(&mut out, name, params, project_id, domain_id)?;
        rest = behind;
    }
    push_literal(&mut out, rest)?;
    Ok(out)
}

/// The fixed part of a path. What an HTTP request line cannot hold is encoded; escapes stay as they are.
fn push_literal(out: &mut String, literal: &str) -> Result<()> {
    if literal.contains(['?', '#']) {
        return Err(Error::input(format!("path `{literal}`: a query or fragment does not belong into the path")));
    }
    let allowed = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\' | '^' | '`' | '|' | '}');
    if literal.chars().all(allowed) {
        out.push_str(literal);
        return Ok(());
    }
    for c in literal.chars() {
        if allowed(c) { out.push(c) } else { encode::push_percent(out, c.encode_utf8(&mut [0; 4])) }
    }
    Ok(())
}

fn push_param(
    out: &mut String,
    name: &str,
    params: &[(String, Value)],
    project_id: Option<&str>,
    domain_id: Option<&str>,
) -> Result<()> {
    let given = params.iter().find(|(known, value)| known == name && !value.is_null());
    let text = match given {
        Some((_, value)) => {
            plain_text(value).ok_or_else(|| Error::input(format!("path parameter `{name}` is not a plain value")))?
        }
        None => match name {
            "project_id" => project_id.ok_or_else(|| missing_id(name, "project"))?.into(),
            "domain_id" => domain_id.ok_or_else(|| missing_id(name, "account"))?.into(),
            _ => return Err(Error::input(format!("path parameter `{name}` is missing"))),
        },
    };
    // An empty segment, or one that means "here" or "above", would address something else: a whole collection.
    if matches!(&*text, "" | "." | "..") {
        return Err(Error::input(format!("path parameter `{name}` is `{text}`, which would address something else")));
    }
    encode::push_percent(out, &text);
    Ok(())
}

fn missing_id(name: &str, of: &str) -> Error {
    let variable = name.to_ascii_uppercase();
    Error::input(format!("path parameter `{name}` is missing")).with_hint(format!(
        "give the id of the {of}: the variable HUAWEICLOUD_SDK_{variable}, `.{name}(…)` on the client's builder, \
         or `{name}` as a parameter of the call (`--{name}` on the command line); it is looked up if there is a region \
         and, for a client with an endpoint of its own, an endpoint of IAM: `.iam_endpoint(…)`, HUAWEICLOUD_SDK_IAM_ENDPOINT"
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn expand_with(template: &str, params: &[(&str, Value)]) -> Result<String> {
        let params: Vec<_> = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        expand(template, &params, Some("p1"), None)
    }

    #[test]
    fn values_are_encoded_and_escapes_of_the_template_stay() {
        for (template, path) in [
            ("/v1/{project_id}/x", "/v1/p1/x"),
            ("v1/x", "/v1/x"),
            ("", "/"),
            ("/a%20b/ü c/{n}", "/a%20b/%C3%BC%20c/a%2Fb%20%25~"),
            ("/a//b/../c%2f|", "/a//b/../c%2f%7C"),
        ] {
            assert_eq!(expand_with(template, &[("n", json!("a/b %~"))]).unwrap(), path);
        }
        assert_eq!(expand_with("/{project_id}", &[("project_id", json!("mine"))]).unwrap(), "/mine");
        assert_eq!(expand_with("/{a}/{b}", &[("a", json!(true)), ("b", json!(12))]).unwrap(), "/true/12");
    }

    #[test]
    fn missing_and_dangerous_values_are_refused() {
        for value in [json!(null), json!(""), json!("."), json!(".."), json!(["a"]), json!({})] {
            let error = expand_with("/v1/{vpc_id}", &[("vpc_id", value)]).unwrap_err();
            assert_eq!(error.kind(), sanyun_core::ErrorKind::Input);
            assert!(error.to_string().contains("vpc_id"), "{error}");
        }
        for template in ["/v1?x=1", "/v1#x", "/v1/{open"] {
            assert!(expand_with(template, &[]).is_err(), "{template}");
        }
    }

    #[test]
    fn a_missing_id_says_how_to_supply_it() {
        let error = expand_with("/v3/{domain_id}", &[]).unwrap_err();
        assert!(error.hint().unwrap().contains("HUAWEICLOUD_SDK_DOMAIN_ID"), "{error:?}");
    }
}
