//! A path against an operation's template.

use sanyun_catalog::{Operation, ParamStyle, Place};
use sanyun_core::encode;

/// Names and decoded values of the placeholders, if the path fits. A value is never empty, and holds a slash only where
/// the catalog says that it is sent as it is.
pub(crate) fn arguments(operation: &Operation<'static>, path: &str) -> Option<Vec<(&'static str, String)>> {
    let template = operation.path.split('?').next().unwrap_or_default();
    let (mut template, mut rest) = (without_slash(template), without_slash(path));
    let mut arguments = Vec::new();
    loop {
        let Some((literal, behind)) = template.split_once('{') else {
            return (template == rest).then_some(arguments);
        };
        let (name, behind) = behind.split_once('}')?;
        rest = rest.strip_prefix(literal)?;
        let next = behind.split('{').next().unwrap_or_default();
        let value = value(rest, next, behind.len() == next.len(), is_raw(operation, name))?;
        arguments.push((name, encode::percent_decode(value).into_owned()));
        (template, rest) = (behind, rest.get(value.len()..)?);
    }
}

/// What a placeholder takes: up to the literal behind it, or to the end.
fn value<'p>(rest: &'p str, next: &str, is_last: bool, is_raw: bool) -> Option<&'p str> {
    let end = match next {
        "" => rest.len(),
        // The last literal stands at the end.
        next if is_last && is_raw => rest.strip_suffix(next)?.len(),
        next => rest.find(next)?,
    };
    let end = if is_raw { end } else { end.min(rest.find('/').unwrap_or(end)) };
    rest.get(..end).filter(|value| !value.is_empty())
}

fn is_raw(operation: &Operation<'_>, name: &str) -> bool {
    operation.params_in(Place::Path).any(|param| param.name == name && param.style == Some(ParamStyle::Raw))
}

fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use sanyun_catalog::Catalog;

    use super::*;

    fn fit(template: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
        let mut operation = Catalog::huawei().operation("vpc", Some("v3"), "ListVpcs").unwrap();
        operation.path = template;
        arguments(&operation, path)
    }

    #[test]
    fn placeholders_take_what_stands_between_their_neighbours() {
        let text = |name, value: &str| (name, value.to_owned());
        assert_eq!(fit("/a/{x}/b", "/a/1%20/b/"), Some(vec![text("x", "1 ")]));
        assert_eq!(fit("/a/images:{id}.json", "/a/images:7.json"), Some(vec![text("id", "7")]));
        assert_eq!(fit("/{x}-{y}", "/1-2"), Some(vec![text("x", "1"), text("y", "2")]));
        assert_eq!(fit("/", "/"), Some(vec![]));
        for path in ["/a//b", "/a/1/2/b", "/a/1", "/a/1/b/c", "/a"] {
            assert_eq!(fit("/a/{x}/b", path), None, "{path}");
        }
    }
}
