//! The settings of buckets: `sanyun oss website get|put|delete oss://BUCKET [FILE]` and its like, all by the tables of
//! their operations.

use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use sanyun_core::{Error, Result};
use sanyun_oss::operation::{self, Kind, Operation, RequestBody};
use sanyun_oss::{Action, Input};
use serde_json::{Value, json};

use super::session::{Session, given, values};
use super::url;
use super::ways::split;

/// A setting: the command, and what stands in the names of its operations behind `Get`, `Put` and `Delete`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting(&'static str, &'static str, &'static str);

/// All of them.
pub(super) const SETTINGS: [Setting; 26] = [
    Setting("versioning", "BucketVersioning", "Whether old versions of objects are kept"),
    Setting("website", "BucketWebsite", "The bucket as a website"),
    Setting("lifecycle", "BucketLifecycle", "What becomes of objects as time goes by"),
    Setting("cors", "BucketCors", "Which web pages may call the bucket"),
    Setting("policy", "BucketPolicy", "Who may do what"),
    Setting("encryption", "BucketEncryption", "How OSS encrypts objects"),
    Setting("logging", "BucketLogging", "Where the access log goes"),
    Setting("log-fields", "UserDefinedLogFieldsConfig", "Further fields of the access log"),
    Setting("referer", "BucketReferer", "Which pages may link to objects"),
    Setting("inventory", "BucketInventory", "Lists of objects made regularly"),
    Setting("replication", "BucketReplication", "Copies in another region"),
    Setting("request-payment", "BucketRequestPayment", "Who pays for requests"),
    Setting("acceleration", "BucketTransferAcceleration", "Access over the acceleration endpoint"),
    Setting("access-monitor", "BucketAccessMonitor", "Whether the last access of objects is noted"),
    Setting("archive-direct-read", "BucketArchiveDirectRead", "Whether archived objects can be read at once"),
    Setting("https", "BucketHttpsConfig", "Versions and ciphers of TLS"),
    Setting("resource-group", "BucketResourceGroup", "The resource group"),
    Setting("quota", "BucketStorageQuota", "How much the bucket may hold"),
    Setting("worm", "BucketWorm", "The retention policy"),
    Setting("object-worm", "BucketObjectWormConfiguration", "The retention of new objects"),
    Setting("overwrite-rules", "BucketOverwriteConfig", "Which objects cannot be overwritten"),
    Setting("public-access-block", "BucketPublicAccessBlock", "Whether public access is forbidden"),
    Setting("policy-status", "BucketPolicyStatus", "Whether the policy lets everybody in"),
    Setting("location", "BucketLocation", "The region"),
    Setting("bucket-stat", "BucketStat", "How many objects of which storage class, and their bytes"),
    Setting("style", "Style", "Styles of image processing"),
];

/// What a setting can be told, and how the names of the operations begin.
const ACTIONS: [(&str, &[&str]); 3] =
    [("get", &["Get"]), ("put", &["Put", "Initiate"]), ("delete", &["Delete", "Abort"])];

impl Setting {
    fn operation(self, action: &str) -> Option<&'static Operation> {
        let (_, verbs) = ACTIONS.iter().find(|(known, _)| *known == action)?;
        verbs.iter().find_map(|verb| operation::find(&format!("{verb}{}", self.1)))
    }

    /// The command.
    pub(super) fn command(self) -> Command {
        let actions: Vec<&'static str> =
            ACTIONS.iter().map(|(action, _)| *action).filter(|action| self.operation(action).is_some()).collect();
        let command = Command::new(self.0)
            .about(self.2)
            .arg(
                Arg::new("action")
                    .value_name("ACTION")
                    .required(true)
                    .value_parser(PossibleValuesParser::new(&actions)),
            )
            .arg(Arg::new("oss://BUCKET").value_name("oss://BUCKET").required(true))
            .arg(
                Arg::new("param")
                    .long("param")
                    .value_name("NAME=VALUE")
                    .action(clap::ArgAction::Append)
                    .help("A parameter of the operation, such as inventory_id=1; can be repeated"),
            );
        if !actions.contains(&"put") {
            return command;
        }
        let file = "What is put: a file or `-` with JSON as `get` prints it, or XML; the same itself; or the one value there is";
        command.arg(Arg::new("value").value_name("FILE").help(file).allow_hyphen_values(true))
    }
}

/// Runs the command of a setting.
///
/// # Errors
/// What is put cannot be read or understood; as the calls.
pub(super) async fn run(session: &Session, name: &str, arguments: &ArgMatches) -> Result<()> {
    let action = arguments.get_one::<String>("action").map_or("", String::as_str);
    let setting = SETTINGS.iter().find(|setting| setting.0 == name);
    let operation = setting.and_then(|setting| setting.operation(action));
    let operation = operation.ok_or_else(|| Error::input(format!("there is no `{name} {action}`")))?;
    let bucket = url::bucket(arguments, "oss://BUCKET")?.bucket;
    let value = given::<String>(arguments, "value").map(String::as_str);
    if value.is_some() && action != "put" {
        return Err(Error::input(format!("`{name} {action}` takes no file")));
    }
    let call = request(session, arguments, operation, &bucket, value)?;
    let Some(answer) = session.call(call).await? else { return Ok(()) };
    if action == "get" {
        return session.options.print_answer(&answer);
    }
    session.tell(
        &format!("done: {} oss://{bucket}\n", operation.name),
        || json!({"done": operation.name, "target": format!("oss://{bucket}")}),
    )
}

fn request(
    session: &Session,
    arguments: &ArgMatches,
    operation: &'static Operation,
    bucket: &str,
    value: Option<&str>,
) -> Result<Action<Value>> {
    let mut params = json!({"bucket": bucket});
    let Some(members) = params.as_object_mut() else { return Err(Error::input("no parameters")) };
    for pair in values(arguments, "param") {
        let (name, value) = split("--param", pair)?;
        members.insert(name.replace('-', "_"), value.into());
    }
    let Some(value) = value else { return Ok(session.client.invoke(operation.name, params)) };
    let text = content(value)?;
    match operation.body {
        RequestBody::Raw => Ok(session.client.invoke(operation.name, params).body(text)),
        RequestBody::Xml { .. } if text.trim_start().starts_with('<') => {
            let input = Input::new(operation).bucket(bucket).body(text);
            let pairs = values(arguments, "param").map(|pair| split("--param", pair));
            let input = pairs.collect::<Result<Vec<_>>>()?.into_iter().try_fold(input, |input, (name, value)| {
                Ok::<_, Error>(input.query(query_name(operation, name)?, value))
            })?;
            Ok(session.client.send(input))
        }
        RequestBody::Xml { param, model, .. } => {
            members.insert(param.to_owned(), document(&text, param, model)?);
            Ok(session.client.invoke(operation.name, params))
        }
        // A setting that is one parameter of the request.
        _ => Err(Error::input(format!("`{}` takes no file", operation.name))),
    }
}

/// How a parameter is called in the query.
fn query_name(operation: &Operation, name: &str) -> Result<&'static str> {
    let name = name.replace('-', "_");
    let found = operation.params().find(|param| param.name == name).map(|param| param.wire);
    found.ok_or_else(|| Error::input(format!("{} has no parameter `{name}`", operation.name)))
}

/// The text itself, or what is in the file of this name.
fn content(value: &str) -> Result<String> {
    if value == "-" {
        let text = std::io::read_to_string(std::io::stdin());
        return text.map_err(|error| Error::io("reading standard input", error));
    }
    if value.trim_start().starts_with(['{', '<', '[']) || !Path::new(value).exists() {
        return Ok(value.to_owned());
    }
    std::fs::read_to_string(value).map_err(|error| Error::io(format!("reading {value}"), error))
}

/// The structure that JSON or a single value stands for.
fn document(text: &str, param: &str, model: &operation::Model) -> Result<Value> {
    let is_value =
        |member: &operation::Member| !member.is_list && matches!(member.kind, Kind::Text | Kind::Bool | Kind::Int);
    let only = match model.members {
        [only] if is_value(only) => Some(only.name),
        _ => None,
    };
    let Ok(Value::Object(members)) = serde_json::from_str(text) else {
        let wrong = || Error::input(format!("`{text}` is neither a file nor JSON nor XML"));
        return only.map(|name| json!({name: text.trim()})).ok_or_else(wrong);
    };
    // What `get` prints has a name around it: that of the structure, or one of its own for a single value.
    let mut inner = members.iter();
    match (inner.next(), inner.next(), only) {
        (Some((name, value)), None, _) if name == param => Ok(value.clone()),
        (Some((name, value)), None, Some(only)) if name != only => Ok(json!({only: value})),
        _ => Ok(Value::Object(members)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_can_be_read_and_every_setting_of_the_tables_is_one() {
        for setting in SETTINGS {
            assert!(setting.operation("get").is_some(), "{setting:?}");
        }
        let apart =
            ["BucketAcl", "BucketTags", "BucketInfo", "BucketDataRedundancyTransition", "BucketMetadataConfiguration"];
        for operation in operation::all() {
            let Some(name) = operation.name.strip_prefix("Get").filter(|name| name.starts_with("Bucket")) else {
                continue;
            };
            let known = SETTINGS.iter().any(|setting| setting.1 == name)
                || apart.contains(&name)
                || name.starts_with("BucketReplication");
            assert!(known, "{name}");
        }
    }

    #[test]
    fn what_get_prints_can_be_put() {
        let Some(RequestBody::Xml { param, model, .. }) =
            operation::find("PutBucketVersioning").map(|operation| operation.body)
        else {
            panic!("no XML");
        };
        let inner = json!({"status": "Enabled"});
        assert_eq!(document(&json!({param: inner}).to_string(), param, model).unwrap(), inner);
        assert_eq!(document(&inner.to_string(), param, model).unwrap(), inner);
        assert_eq!(document("Enabled", param, model).unwrap(), inner);
        assert_eq!(document(&json!({"version_status": "Enabled"}).to_string(), param, model).unwrap(), inner);
    }
}
