use serde_json::json;

use super::super::input::Payload;
use super::*;

fn name(operation: &str) -> Arc<Name> {
    Arc::new(Name { service: "ocr".into(), version: "2019-12-30".into(), operation: operation.into() })
}

fn file_call(operation: &str, params: Value, files: &[(&str, &'static str)]) -> Result<FileCall> {
    let name = name(operation);
    let mut call = FileCall::new(&name, &Named::new(params, || None), true)?;
    let files = files.iter().map(|(place, content)| ((*place).to_owned(), Body::from(*content)));
    call.uploads.extend(files);
    Ok(call)
}

fn form(input: &Input) -> Vec<String> {
    let Payload::Form(form) = &input.payload else { panic!("no form") };
    form.iter().map(|(name, value)| format!("{name}={value}")).collect()
}

#[test]
fn addresses_stand_where_the_files_were() {
    let params = json!({"Tasks": [{"ImageURL": "https://h/1"}]});
    let input = file_call("RecognizeQrCode", params, &[("Tasks.2.ImageURL", "x")]).unwrap().into_input().unwrap();
    assert!(input.ready().is_err());
    let attached = input.attached.as_ref().unwrap();
    assert_eq!((attached.product(), attached.files().count(), attached.is_complete()), ("ocr", 1, false));
    attached.complete(&["https://b/2".to_owned()]).unwrap();
    assert_eq!(form(input.ready().unwrap()), ["Tasks.1.ImageURL=https://h/1", "Tasks.2.ImageURL=https://b/2"]);
}

#[test]
fn a_file_may_be_described_among_the_parameters() {
    let path = std::env::temp_dir().join(format!("sanyun-described-{}", std::process::id()));
    std::fs::write(&path, "content").unwrap();
    let call = file_call("RecognizeBankCard", json!({"ImageURL": {"path": path}}), &[]).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!((&*call.uploads[0].0, call.uploads[0].1.len()), ("ImageURL", Some(7)));
    assert_eq!(form(&call.input(["https://b/k"].into_iter()).unwrap()), ["ImageURL=https://b/k"]);
    let missing = file_call("RecognizeBankCard", json!({"ImageURL": {"path": "/no/such"}}), &[]).err().unwrap();
    assert!(missing.to_string().contains("`ImageURL`: reading /no/such"), "{missing}");
}

#[test]
fn only_known_places_take_files() {
    let operation = name("RecognizeQrCode").find().unwrap();
    assert!(takes_file(&operation, "Tasks.1.ImageURL") && takes_file(&operation, "Tasks.12.ImageURL"));
    for place in ["Tasks", "Tasks.ImageURL", "Tasks.1", "ImageURL", ""] {
        assert!(!takes_file(&operation, place), "{place}");
    }
    let error = no_file(&operation, "Image");
    assert_eq!(error.hint(), Some("it takes files as Tasks.N.ImageURL"));
}

#[test]
fn a_place_leads_through_what_is_there_or_to_come() {
    let mut params = json!({"A": {"B": "x"}});
    put(&mut params, "A.C.2.D", "y").unwrap();
    assert_eq!(params, json!({"A": {"B": "x", "C": [null, {"D": "y"}]}}));
    for place in ["A.B.C", "A.C.0", "A.C.x", "A..B", "", "A.C.99999999999"] {
        assert!(put(&mut params, place, "z").is_err(), "{place}");
    }
}
