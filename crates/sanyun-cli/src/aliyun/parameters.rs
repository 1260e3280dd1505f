//! What `aliyun` writes among the parameters, as parameters are written here.

use std::path::Path;

use sanyun_catalog::Operation;
use sanyun_core::{Error, Result};
use serde_json::{Map, Value};

use crate::params;

/// The parameter that names the region of a call.
const REGION: &str = "RegionId";
/// Behind the name of a parameter: its value is in a file.
const FILE: &str = "-FILE";
const BODY: &str = "body";

/// The words of a call, made fit.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Parameters {
    /// Those that the parameters are read from.
    pub(crate) words: Vec<String>,
    /// Members of the body that were given as a whole.
    pub(crate) members: Map<String, Value>,
    /// The body of a call that the catalog does not know.
    pub(crate) body: Option<String>,
    /// The region, where `--RegionId` is no parameter of the operation.
    pub(crate) region: Option<String>,
}

impl Parameters {
    /// Reads the words. `--X-FILE path` becomes `--X @path`, and `--body` the members of the body where that is made of
    /// parameters.
    ///
    /// # Errors
    /// The file of the body cannot be read; a body that is made of parameters is no JSON object.
    pub(super) fn read(operation: Option<&Operation<'_>>, words: &[String], body_file: Option<&Path>) -> Result<Self> {
        let mut read = Self::default();
        let mut body = body_file.map(|path| at(&path.to_string_lossy()));
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let (name, value) = option(word);
            let mut value = || value.map(str::to_owned).or_else(|| words.next().cloned()).unwrap_or_default();
            match name {
                Some(REGION) if !has(operation, REGION) => read.region = Some(value()),
                Some(BODY) => body = Some(value()),
                Some(name) if is_of_file(operation, name) => {
                    let name = name.strip_suffix(FILE).unwrap_or(name);
                    read.words.extend([format!("--{name}"), at(&value())]);
                }
                _ => read.words.push(word.clone()),
            }
        }
        match (body, operation) {
            (Some(text), None) => read.body = Some(content(&text)?),
            (Some(text), Some(operation)) if is_of_parameters(operation) => read.members = members(&content(&text)?)?,
            (Some(text), Some(_)) => read.words.extend([format!("--{BODY}"), text]),
            (None, _) => {}
        }
        Ok(read)
    }
}

/// `--Name` or `--Name=value`.
fn option(word: &str) -> (Option<&str>, Option<&str>) {
    match word.strip_prefix("--").map(|option| option.split_once('=').ok_or(option)) {
        Some(Ok((name, value))) => (Some(name), Some(value)),
        Some(Err(name)) => (Some(name), None),
        None => (None, None),
    }
}

fn has(operation: Option<&Operation<'_>>, name: &str) -> bool {
    operation.is_some_and(|it| !it.targets(name).is_empty())
}

/// Whether the body has no name of its own, because its members are parameters.
fn is_of_parameters(operation: &Operation<'_>) -> bool {
    operation.targets(BODY).is_empty() && operation.params_in(sanyun_catalog::Place::Body).next().is_some()
}

fn is_of_file(operation: Option<&Operation<'_>>, name: &str) -> bool {
    name.ends_with(FILE) && name.len() > FILE.len() && !has(operation, name)
}

/// `@path` for a path, which may itself begin with `@`.
fn at(path: &str) -> String {
    if path.starts_with('@') { format!("@./{path}") } else { format!("@{path}") }
}

/// A text, or what is in the file that it names.
fn content(text: &str) -> Result<String> {
    let Some(path) = text.strip_prefix('@') else { return Ok(text.to_owned()) };
    let broken = |error| Error::io(format!("`--{BODY}`: reading {path}"), error);
    let bytes = params::file(Path::new(path)).map_err(broken)?;
    String::from_utf8(bytes).map_err(|_| Error::input(format!("`--{BODY}`: {path} is no text (UTF-8)")))
}

fn members(text: &str) -> Result<Map<String, Value>> {
    match serde_json::from_str(text) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Error::input(format!("`--{BODY}` takes a JSON object"))),
        Err(error) => Err(Error::input(format!("`--{BODY}` is not JSON: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use sanyun_catalog::Catalog;
    use serde_json::json;

    use super::*;

    fn read(operation: Option<(&str, &str)>, words: &str) -> Parameters {
        let operation = operation.map(|(service, name)| Catalog::alibaba().operation(service, None, name).unwrap());
        let words: Vec<String> = words.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        Parameters::read(operation.as_ref(), &words, None).unwrap()
    }

    #[test]
    fn values_come_from_files() {
        let read = read(Some(("ecs", "RunInstances")), "--UserData-FILE /tmp/x --Tag.1.Value-FILE=@y --ImageId i");
        assert_eq!(read.words, ["--UserData", "@/tmp/x", "--Tag.1.Value", "@./@y", "--ImageId", "i"]);
    }

    #[test]
    fn the_region_is_a_parameter_or_none() {
        let ecs = read(Some(("ecs", "DescribeInstances")), "--RegionId r");
        assert_eq!((ecs.region, ecs.words), (None, vec!["--RegionId".to_owned(), "r".to_owned()]));
        let cs = read(Some(("cs", "DescribeClusterNodePools")), "--RegionId r --cluster_id c");
        assert_eq!((cs.region.as_deref(), cs.words.len()), (Some("r"), 2));
        assert_eq!(read(None, "--RegionId=r").region.as_deref(), Some("r"));
    }

    #[test]
    fn a_body_goes_where_the_operation_has_it() {
        let of_parameters = read(Some(("cs", "CreateCluster")), r#"--body {"name":"n","size":3}"#);
        assert_eq!(Value::Object(of_parameters.members), json!({"name": "n", "size": 3}));
        let unknown = read(None, "--body <x/>");
        assert_eq!(unknown.body.as_deref(), Some("<x/>"));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("body.json");
        std::fs::write(&path, r#"{"name": "file"}"#).unwrap();
        let operation = Catalog::alibaba().operation("cs", None, "CreateCluster").unwrap();
        let from_file = Parameters::read(Some(&operation), &[], Some(&path)).unwrap();
        assert_eq!(Value::Object(from_file.members), json!({"name": "file"}));
        let told = Parameters::read(Some(&operation), &["--body=[]".to_owned()], None).unwrap_err();
        assert_eq!(told.message(), "`--body` takes a JSON object");
    }
}
