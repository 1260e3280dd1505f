use sanyun_catalog::check::{Checked, check};

use super::*;
use crate::params;

/// So many service versions of each cloud are looked at, and of each every so manieth operation.
const SERVICES: usize = 40;
const STEP: usize = 7;

/// Operations from all over the catalogs.
fn operations_of_all_clouds() -> impl Iterator<Item = Operation<'static>> {
    Cloud::ALL.into_iter().flat_map(|cloud| {
        let catalog = catalog(cloud).unwrap();
        let services = catalog.services().step_by(catalog.services().count().div_ceil(SERVICES).max(1));
        services.flat_map(|entry| entry.open().unwrap().all_operations().step_by(STEP))
    })
}

/// The request as it would be sent.
fn accepted(operation: &Operation<'_>, request: &Value) -> Result<Value, String> {
    let Checked { value, problems } = check(operation, request);
    match check(operation, request).is_ok() {
        true => Ok(value),
        false => Err(format!("{:?} in {request}", problems.iter().map(ToString::to_string).collect::<Vec<_>>())),
    }
}

/// The words of a line as a shell takes them apart: single quotation marks, and breaks behind a backslash.
fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut open, mut quoted) = (Vec::new(), None::<String>, false);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                quoted = !quoted;
                open.get_or_insert_default();
            }
            '\\' if !quoted => {
                if let Some(c) = chars.next().filter(|c| *c != '\n') {
                    open.get_or_insert_default().push(c);
                }
            }
            c if c.is_whitespace() && !quoted => words.extend(open.take()),
            c => open.get_or_insert_default().push(c),
        }
    }
    words.extend(open);
    words
}

/// What a line of a shell gives, as it would be sent.
fn typed(operation: &Operation<'_>, line: &str) -> Result<Value, String> {
    let argv = shell_words(line).into_iter().map(std::ffi::OsString::from).collect();
    let command = args::command();
    let matches = command.clone().try_get_matches_from(args::sort(argv, &command)).map_err(|stop| stop.to_string())?;
    let (_, call) = matches.subcommand().unwrap();
    let words: Vec<String> = call.get_many("call").unwrap().cloned().collect();
    let service = format!("{}/{}", operation.service.name(), operation.service.meta().api_version);
    assert_eq!(words[..2], [service, operation.name.to_owned()]);
    let given = params::to_json(Some(operation), &words[2..]).map_err(|error| error.to_string())?;
    accepted(operation, &given.into())
}

#[test]
fn the_examples_are_accepted_by_the_check_and_by_the_command_line() {
    let mut wrong = Vec::new();
    for operation in operations_of_all_clouds() {
        let request = example::request(&operation);
        let line = command::line(&operation, &request);
        let (wanted, found) = (accepted(&operation, &request.into()), typed(&operation, &line));
        if wanted != found || wanted.is_err() {
            wrong.push(format!("{line}\n{wanted:?}\n{found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn every_operation_can_be_shown() {
    for operation in operations_of_all_clouds().step_by(10) {
        let page = operation::page(&operation, Some(1));
        for part in ["\nUsage: sanyun ", "\nExample:\n  sanyun ", "\n  client.call(", "\n  client.invoke("] {
            assert!(page.text.contains(part), "{part} in {}", page.text);
        }
        assert_eq!(page.value["operation"], operation.name);
        assert!(page.value["example"]["request"].is_object());
    }
}

#[test]
fn shell_words_are_taken_apart() {
    assert_eq!(
        shell_words(
            r"a 'b c'\''d' \
   ''"
        ),
        ["a", "b c'd", ""]
    );
}

#[test]
fn help_goes_as_deep_as_the_words() {
    let cloud = help(Cloud::Tencent, &[], None).unwrap();
    assert!(cloud.contains("\n  cvm/2017-03-12 "), "{cloud}");
    let service = help(Cloud::Huawei, &["vpc"], Some("v2")).unwrap();
    assert!(service.starts_with("Usage: sanyun huawei vpc/v2 <OPERATION>") && service.contains("\n  ListVpcs\n"));
    let operation = help(Cloud::Huawei, &["vpc/v2", "createvpc"], None).unwrap();
    assert!(operation.contains("--vpc"), "{operation}");
    assert!(help(Cloud::Alibaba, &["ecs", "Nope"], None).is_err());
}

#[test]
fn versions_are_written_as_the_vendors_do() {
    for (version, shown) in [("v20170312", "2017-03-12"), ("20140526", "2014-05-26"), ("v2", "v2"), ("v3.1", "v3.1")] {
        assert_eq!(dashed(version), shown);
    }
    let refused = help(Cloud::Tencent, &["cvm", "Nope"], None).unwrap_err().to_string();
    assert!(refused.contains("cvm 2017-03-12 has no operation"), "{refused}");
}

#[test]
fn columns_line_up() {
    assert_eq!(columns([["a", "bb", ""], ["ccc", "d", "e"]].into_iter()), "  a    bb\n  ccc  d   e\n");
}
