//! A call by name: the catalog finds the action, checks the parameters and says how they travel.

use sanyun_catalog::calls::paging_rule;
use sanyun_catalog::check::{Checked, Target, check};
use sanyun_catalog::{Catalog, LookupError, Meta, Operation};
use sanyun_core::paging::Rule;
use sanyun_core::{Body, Error};
use serde_json::Value;

use super::Input;

/// The key that stands for the whole body.
const BODY: &str = "body";

/// What happens to parameters that do not fit.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Strictness {
    /// They are an error, and nothing is sent.
    Refuse,
    /// They are sent nevertheless, and so is an action that the catalog does not know.
    SendAnyway,
}

/// What a caller calls an action; an empty version means the newest that has it.
pub(crate) struct Name {
    pub(crate) service: Box<str>,
    pub(crate) version: Box<str>,
    pub(crate) action: Box<str>,
}

impl Name {
    fn find(&self) -> Result<Operation<'static>, LookupError> {
        Catalog::tencent().operation(&self.service, self.wanted(), &self.action)
    }

    fn wanted(&self) -> Option<&str> {
        Some(&*self.version).filter(|version| !version.is_empty())
    }

    /// How its pages are asked for.
    pub(crate) fn paging_rule(&self) -> Option<Rule> {
        paging_rule(&self.find().ok()?)
    }

    /// The call with these parameters beside a body of raw bytes.
    ///
    /// # Errors
    /// Those of [`input`](Self::input); an action whose body is something else.
    pub(crate) fn octet_stream(&self, params: &Value, body: Body) -> Result<Input, Error> {
        let operation = self.find().map_err(|unknown| Error::input(unknown.to_string()))?;
        if !operation.flags.octet_stream {
            return Err(during(&operation, Error::input("the body is no raw bytes: call it with `Client::invoke`")));
        }
        Ok(checked(&operation, params, Strictness::Refuse)?.octet_stream(body))
    }

    /// The call with these parameters.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input): no such action, with the nearest names; parameters that do
    /// not fit, all problems at once; an action whose body is raw bytes.
    pub(crate) fn input(&self, params: Value, strictness: Strictness) -> Result<Input, Error> {
        match self.find() {
            Ok(operation) => known(&operation, &params, strictness),
            Err(LookupError::Archive(damage)) => Err(Error::config(damage.to_string())),
            Err(_) if strictness == Strictness::SendAnyway && self.wanted().is_some() => {
                Ok(Input::new(&*self.service, &*self.version, &*self.action).params(params))
            }
            Err(unknown) => Err(Error::input(unknown.to_string())),
        }
    }
}

fn known(operation: &Operation<'_>, params: &Value, strictness: Strictness) -> Result<Input, Error> {
    if operation.flags.octet_stream {
        let message = "the body is raw bytes: call it with `Client::invoke_octet_stream`";
        return Err(during(operation, Error::input(message)));
    }
    checked(operation, params, strictness)
}

fn during(operation: &Operation<'_>, error: Error) -> Error {
    error.during(format!("{} {}", signing_name(&operation.service.meta()), operation.name), 0)
}

/// The name that requests and signatures use.
fn signing_name<'a>(meta: &Meta<'a>) -> &'a str {
    meta.product.unwrap_or(meta.service)
}

fn checked(operation: &Operation<'_>, params: &Value, strictness: Strictness) -> Result<Input, Error> {
    let checked = check(operation, params);
    if strictness == Strictness::Refuse && !checked.is_ok() {
        return Err(during(operation, Error::input(problems(&checked))));
    }
    // Read once: it is unpacked anew each time.
    let meta = operation.service.meta();
    let mut input = Input::new(signing_name(&meta), meta.api_version, operation.name);
    // What only reads is safe to repeat without a token.
    input.takes_client_token =
        !input.is_read_only() && operation.body_fields().iter().any(|field| field.name == "ClientToken");
    if operation.flags.unsigned {
        input = input.skip_signature();
    }
    if let Some(endpoint) = &operation.rare.endpoint {
        input = input.action_endpoint(endpoint);
    }
    Ok(match parameters(operation, checked.value) {
        Value::Object(params) if !operation.rare.multipart.is_empty() => {
            let binary: Vec<&str> = operation.rare.multipart.iter().map(String::as_str).collect();
            input.multipart_params(&params, &binary)
        }
        params => input.params(params),
    })
}

/// The key `body` stands for all parameters, unless one has that name.
fn parameters(operation: &Operation<'_>, mut params: Value) -> Value {
    let is_whole = || operation.targets(BODY).iter().any(|target| matches!(target, Target::Body(_)));
    match params.as_object_mut() {
        Some(members) if members.contains_key(BODY) && is_whole() => members.remove(BODY).unwrap_or_default(),
        _ => params,
    }
}

fn problems(checked: &Checked) -> String {
    let problems: Vec<String> = checked.errors().map(ToString::to_string).collect();
    problems.join("; ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn input(
        service: &str,
        version: &str,
        action: &str,
        params: Value,
        strictness: Strictness,
    ) -> Result<Input, Error> {
        let name = Name { service: service.into(), version: version.into(), action: action.into() };
        name.input(params, strictness)
    }

    fn refused(action: &str, params: Value) -> String {
        input("cvm", "2017-03-12", action, params, Strictness::Refuse).unwrap_err().to_string()
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let message = refused("DescribeInstances", json!({"Limti": 1, "Offset": "x"}));
        assert_eq!(
            message,
            "cvm DescribeInstances: `Limti` is unknown; did you mean `Limit`?; `Offset` must be an integer, not a string"
        );
        assert!(refused("TerminateInstances", Value::Null).contains("`InstanceIds` is missing"));
        assert!(refused("DescribeInstance", Value::Null).contains("did you mean `DescribeInstances`"));
    }

    #[test]
    fn the_catalog_fills_in_what_the_wire_needs() {
        let found = input("CVM", "", "describeinstances", json!({"Limit": "5"}), Strictness::Refuse).unwrap();
        assert_eq!(format!("{found:?}"), "Input(cvm 2017-03-12 DescribeInstances)");
        assert_eq!(found.params, json!({"Limit": 5}));
        assert!(!found.skip_signature);
        let open = input("sts", "", "AssumeRoleWithWebIdentity", Value::Null, Strictness::SendAnyway).unwrap();
        assert!(open.skip_signature);
    }

    #[test]
    fn the_key_body_stands_for_all_parameters() {
        let params = json!({"body": {"InstanceIds": ["ins-1"]}});
        let input = input("cvm", "", "TerminateInstances", params, Strictness::Refuse).unwrap();
        assert_eq!(input.params, json!({"InstanceIds": ["ins-1"]}));
    }

    #[test]
    fn unchecked_calls_go_out_whatever_they_hold() {
        let send =
            |version: &str, action: &str, params: Value| input("cvm", version, action, params, Strictness::SendAnyway);
        assert_eq!(send("2017-03-12", "DescribeInstances", json!({"New": 1})).unwrap().params, json!({"New": 1}));
        assert_eq!(send("2030-01-01", "DescribeMoon", json!({"A": 1})).unwrap().action, "DescribeMoon");
        assert!(send("", "DescribeMoon", Value::Null).is_err());
    }
}
