//! Structures of the tables as XML, and XML as structures. A structure is a JSON object with the names of the tables.

use sanyun_core::{Error, Result, time};
use serde_json::{Map, Value};

use super::{Document, KeySpelling, Node, push_escaped};
use crate::moment;
use crate::operation::{Kind, Member, Model};

/// The fields of a reply's document. What is missing or empty stays away; what is not in the table is left out.
///
/// # Errors
/// [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if it is not XML, has another outermost element, or a number,
/// time or truth value in it is none.
pub(crate) fn to_value(text: &str, model: &'static Model) -> Result<Map<String, Value>> {
    let document = Document::parse(text)?;
    let root = document.root();
    if !model.name.is_empty() && root.name() != model.name {
        return Err(Error::decode(format!("the reply is `{}` instead of `{}`", root.name(), model.name)));
    }
    structure(root, model, KeySpelling::of(root))
}

/// The member in which a structure keeps the elements that its table does not have.
pub(crate) const UNKNOWN: &str = "unknown_xml";

fn structure(node: Node<'_>, model: &'static Model, spelling: KeySpelling) -> Result<Map<String, Value>> {
    let mut fields = Map::new();
    for member in model.members {
        if let Some(value) = field(node, member, spelling)? {
            fields.insert(member.name.to_owned(), value);
        }
    }
    let unknown: Vec<Value> = unknown(node, model).map(|element| element.source().into()).collect();
    if !unknown.is_empty() {
        fields.insert(UNKNOWN.to_owned(), unknown.into());
    }
    Ok(fields)
}

/// The elements that no member of the structure stands for.
fn unknown<'d>(node: Node<'d>, model: &'static Model) -> impl Iterator<Item = Node<'d>> {
    let first = |member: &Member| member.wire.split('/').next().unwrap_or_default();
    let whole = model.members.iter().any(|member| member.wire == ".");
    node.children().filter(move |child| !whole && !model.members.iter().any(|member| first(member) == child.name()))
}

fn field(node: Node<'_>, member: &Member, spelling: KeySpelling) -> Result<Option<Value>> {
    let mut values = Vec::new();
    for place in places(node, member.wire) {
        values.extend(value(place, member, spelling)?);
        if !member.is_list && !values.is_empty() {
            return Ok(values.pop());
        }
    }
    Ok((!values.is_empty()).then_some(Value::Array(values)))
}

/// The elements that a wire name means.
fn places<'d>(node: Node<'d>, wire: &str) -> Vec<Node<'d>> {
    if wire == "." {
        return vec![node];
    }
    let mut found = vec![node];
    for name in wire.split('/') {
        found = found.into_iter().flat_map(|node| node.children()).filter(|child| child.name() == name).collect();
    }
    found
}

fn value(node: Node<'_>, member: &Member, spelling: KeySpelling) -> Result<Option<Value>> {
    if let Kind::Model(model) = member.kind {
        let fields = structure(node, model, spelling)?;
        return Ok((!fields.is_empty()).then_some(Value::Object(fields)));
    }
    let text = node.content();
    if text.is_empty() {
        return Ok(None);
    }
    if member.is_key {
        return Ok(Some(spelling.decode(text).into()));
    }
    leaf(text, member).map(Some)
}

/// A number, time, truth value or text.
pub(crate) fn leaf(text: &str, member: &Member) -> Result<Value> {
    let wrong = |what: &str| Error::decode(format!("`{}` of the reply is not {what}: `{text}`", member.wire));
    match member.kind {
        Kind::Text | Kind::Map | Kind::Json | Kind::Model(_) => Ok(text.into()),
        Kind::Int => text.trim().parse::<i64>().map(Value::from).map_err(|_| wrong("a number")),
        Kind::Float => text.trim().parse::<f64>().map(Value::from).map_err(|_| wrong("a number")),
        Kind::Bool => Ok(text.trim().eq_ignore_ascii_case("true").into()),
        Kind::Time | Kind::Day => {
            moment::parse(text).map(|at| time::iso_extended(at).into()).ok_or_else(|| wrong("a time"))
        }
    }
}

/// The document of a structure.
///
/// # Errors
/// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) for a member that the structure does not have, or a value that
/// does not fit its member.
pub(crate) fn to_xml(value: &Value, root: &str, model: &Model) -> Result<String> {
    let mut out = String::new();
    push_element(&mut out, root, |out| push_structure(out, value, model))?;
    Ok(out)
}

fn push_element(out: &mut String, name: &str, inside: impl FnOnce(&mut String) -> Result<()>) -> Result<()> {
    for piece in ["<", name, ">"] {
        out.push_str(piece);
    }
    inside(out)?;
    for piece in ["</", name, ">"] {
        out.push_str(piece);
    }
    Ok(())
}

fn push_structure(out: &mut String, value: &Value, model: &Model) -> Result<()> {
    let Some(object) = value.as_object() else {
        return Err(Error::input(format!("`{}` must be an object", model.name)));
    };
    let is_known = |name: &str| name == UNKNOWN || model.members.iter().any(|member| member.name == name);
    if let Some(unknown) = object.keys().find(|name| !is_known(name)) {
        let known: Vec<_> = model.members.iter().map(|member| member.name).collect();
        return Err(Error::input(format!("`{}` has no member `{unknown}`", model.name))
            .with_hint(format!("its members are {}", known.join(", "))));
    }
    for member in model.members {
        match object.get(member.name) {
            None | Some(Value::Null) => {}
            Some(Value::Array(items)) if member.is_list => {
                items.iter().try_for_each(|item| push_member(out, item, member))?;
            }
            Some(item) => push_member(out, item, member)?,
        }
    }
    push_unknown(out, object.get(UNKNOWN))
}

/// Elements that came with a reply and are in no table go back as they came.
fn push_unknown(out: &mut String, elements: Option<&Value>) -> Result<()> {
    for element in elements.and_then(Value::as_array).into_iter().flatten() {
        let text = element.as_str().unwrap_or_default();
        let document = Document::parse(text).map_err(|error| Error::input(format!("`{UNKNOWN}`: {error}")))?;
        // One element and nothing behind it: what is pasted in must not end the element around it.
        if document.root().source() != text {
            return Err(Error::input(format!("`{UNKNOWN}` must be a list of texts with one XML element each")));
        }
        out.push_str(text);
    }
    Ok(())
}

fn push_member(out: &mut String, value: &Value, member: &Member) -> Result<()> {
    push_path(out, member.wire, value, member)
}

fn push_path(out: &mut String, path: &str, value: &Value, member: &Member) -> Result<()> {
    let (name, rest) = path.split_once('/').map_or((path, None), |(name, rest)| (name, Some(rest)));
    push_element(out, name, |out| match (rest, member.kind) {
        (Some(rest), _) => push_path(out, rest, value, member),
        (None, Kind::Model(model)) => push_structure(out, value, model),
        (None, _) => push_leaf(out, value, member),
    })
}

fn push_leaf(out: &mut String, value: &Value, member: &Member) -> Result<()> {
    match scalar(value) {
        // A day is sent as its first moment (spec: "Requests").
        Some(day) if matches!(member.kind, Kind::Day) => {
            push_escaped(out, day.get(..10).unwrap_or(&day));
            out.push_str("T00:00:00.000Z");
        }
        Some(text) => push_escaped(out, &text),
        None => return Err(Error::input(format!("`{}` must be text, a number or a truth value", member.name))),
    }
    Ok(())
}

/// Text, a number or a truth value as it is sent.
pub(crate) fn scalar(value: &Value) -> Option<std::borrow::Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.as_str().into()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string().into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operation::{ReplyBody, RequestBody, find};

    fn reply_model(operation: &str) -> &'static Model {
        match find(operation).unwrap().reply_body {
            ReplyBody::Xml(model) | ReplyBody::XmlOrCallback(model) => model,
            other => panic!("{other:?}"),
        }
    }

    fn request_model(operation: &str) -> &'static Model {
        match find(operation).unwrap().body {
            RequestBody::Xml { model, .. } => model,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lists_are_lists_even_with_one_entry() {
        let text = "<ListBucketResult><Contents><Key>a</Key><Size>3</Size></Contents></ListBucketResult>";
        let value = to_value(text, reply_model("ListObjectsV2")).unwrap();
        assert_eq!(Value::Object(value), json!({"contents": [{"key": "a", "size": 3}]}));
    }

    #[test]
    fn nested_paths_and_own_text() {
        let acl =
            "<AccessControlPolicy><AccessControlList><Grant>private</Grant></AccessControlList></AccessControlPolicy>";
        assert_eq!(Value::Object(to_value(acl, reply_model("GetBucketAcl")).unwrap()), json!({"acl": "private"}));
        let location = "<LocationConstraint>oss-cn-hangzhou</LocationConstraint>";
        let value = to_value(location, reply_model("GetBucketLocation")).unwrap();
        assert_eq!(Value::Object(value), json!({"location": "oss-cn-hangzhou"}));
    }

    #[test]
    fn another_document_is_an_error() {
        assert!(to_value("<Other/>", reply_model("GetBucketAcl")).is_err());
        assert!(to_value("<BucketStat><Storage>x</Storage></BucketStat>", reply_model("GetBucketStat")).is_err());
    }

    #[test]
    fn requests_keep_the_order_of_the_table() {
        let delete = json!({"objects": [{"version_id": "v", "key": "a&b"}, {"key": "\n"}], "quiet": true});
        assert_eq!(
            to_xml(&delete, "Delete", request_model("DeleteMultipleObjects")).unwrap(),
            "<Delete><Quiet>true</Quiet><Object><Key>a&amp;b</Key><VersionId>v</VersionId></Object>\
             <Object><Key>&#10;</Key></Object></Delete>"
        );
    }

    #[test]
    fn unknown_members_are_refused() {
        let error = to_xml(&json!({"dayz": 1}), "RestoreRequest", request_model("RestoreObject")).unwrap_err();
        assert_eq!(error.hint(), Some("its members are days, job_parameters"));
    }
}
