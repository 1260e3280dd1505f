use serde_json::json;

use super::super::input::Payload;
use super::*;

fn from_catalog(service: &str, version: &str, operation: &str, parameters: &Value, checks: Checks) -> Result<Input> {
    let name = Name { service: service.into(), version: version.into(), operation: operation.into() };
    name.input(parameters, checks)
}

fn obeyed(service: &str, version: &str, operation: &str, parameters: Value) -> Result<Input> {
    from_catalog(service, version, operation, &parameters, Checks::Obeyed)
}

#[test]
fn parameters_go_where_the_catalog_says() {
    let input = obeyed("vpc", "v2", "UpdateVpc", json!({"vpc_id": "v1", "vpc": {"name": "front"}})).unwrap();
    assert_eq!((input.method.as_str(), &*input.path), ("PUT", "/v1/{project_id}/vpcs/{vpc_id}"));
    assert_eq!(input.path_params, [("vpc_id".to_owned(), json!("v1"))]);
    assert!(matches!(&input.payload, Payload::Json(body) if *body == json!({"vpc": {"name": "front"}})));
    assert_eq!((&*input.service, &*input.version, &*input.operation), ("vpc", "v2", "UpdateVpc"));

    let input = obeyed("vpc", "", "ListVpcs", json!({"limit": "7", "marker": null})).unwrap();
    assert_eq!(input.query, [("limit".to_owned(), json!(7))]);
    assert!(matches!(input.payload, Payload::None));
}

#[test]
fn a_whole_body_and_the_ids_can_be_given() {
    let parameters = json!({"body": {"vpc": {"cidr": "10.0.0.0/8"}}, "project_id": "p"});
    let input = obeyed("vpc", "v2", "CreateVpc", parameters).unwrap();
    assert!(matches!(&input.payload, Payload::Json(body) if *body == json!({"vpc": {"cidr": "10.0.0.0/8"}})));
    assert_eq!(input.path_params, [("project_id".to_owned(), json!("p"))]);
}

#[test]
fn account_wide_services_are_called_for_the_domain() {
    let input = obeyed("iam", "v3", "KeystoneListRegions", json!({})).unwrap();
    assert_eq!(input.account, Some(Account::Domain));
    assert_eq!(obeyed("vpc", "v2", "ListVpcs", json!({})).unwrap().account, Some(Account::Project));
}

#[test]
fn all_problems_are_said_at_once_and_nothing_is_sent() {
    let error = obeyed("vpc", "v2", "UpdateVpc", json!({"vpcid": "x", "vpc": {"nmae": "y"}})).unwrap_err();
    assert_eq!(error.kind(), sanyun_core::ErrorKind::Input);
    let text = error.to_string();
    for part in ["vpc UpdateVpc", "did you mean `vpc_id`", "did you mean `name`", "`vpc_id` is missing"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(error.hint().is_some());
}

#[test]
fn unchecked_parameters_are_sent_all_the_same() {
    let place = |operation, parameters| from_catalog("vpc", "v2", operation, &parameters, Checks::Ignored).unwrap();
    assert_eq!(place("ListVpcs", json!({"brand_new": 1})).query, [("brand_new".to_owned(), json!(1))]);
    let input = place("CreateVpc", json!({"vpc": {"brand_new": 1}, "dry_run": true}));
    assert!(
        matches!(&input.payload, Payload::Json(body) if *body == json!({"vpc": {"brand_new": 1}, "dry_run": true}))
    );
}

#[test]
fn unknown_names_suggest_the_nearest() {
    for (service, version, operation, part) in [
        ("vpcs", "v2", "ListVpcs", "`vpc`"),
        ("vpc", "v9", "ListVpcs", "v2"),
        ("vpc", "v2", "ListVpc", "did you mean `ListVpcs`"),
    ] {
        let error = obeyed(service, version, operation, json!({})).unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
    assert!(obeyed("vpc", "v2", "ListVpcs", json!([1])).is_err());
    assert!(from_catalog("vpc", "v2", "ListVpcs", &json!([1]), Checks::Ignored).is_err());
}

#[test]
fn json_is_preferred_among_content_types() {
    for (consumes, chosen) in [
        (&[][..], "application/json"),
        (&["application/xml", "Application/JSON"], "application/json"),
        (&["*/*"], "application/json"),
        (&["application/json;charset=UTF-8"], "application/json;charset=utf-8"),
        (&["multipart/form-data", "application/xml"], "multipart/form-data"),
    ] {
        assert_eq!(content_type(consumes), chosen);
    }
}

#[test]
fn a_call_without_a_body_sends_its_content_type() {
    let input = obeyed("ecs", "v2", "BatchAddServerGroupMember", json!({"server_group_id": "g"})).unwrap();
    assert_eq!(input.headers, [("Content-Type".to_owned(), json!("application/json;charset=utf-8"))]);
    assert!(matches!(input.payload, Payload::None));
    let input = obeyed("vpc", "v2", "ListVpcs", json!({})).unwrap();
    assert!(input.headers.is_empty());
}

#[test]
fn a_body_that_is_text_is_sent_as_it_is() {
    let parameters = json!({"project_id": "p", "body": "{\"a\": 1}"});
    let input = obeyed("projectman", "v4", "ShowScrumPlansByCondition", parameters).unwrap();
    let Payload::Raw(body) = &input.payload else { panic!("no text") };
    assert_eq!(body.as_bytes(), Some(&b"{\"a\": 1}"[..]));
}

#[test]
fn the_identity_center_wants_no_signature() {
    let input = from_catalog("identitycenteroidc", "", "RegisterClient", &json!({}), Checks::Ignored).unwrap();
    assert!(!input.signed);
    assert!(obeyed("vpc", "v2", "ListVpcs", json!({})).unwrap().signed);
}

/// The parts of a multipart body as text.
fn parts(input: &Input) -> String {
    let Payload::Multipart(parts) = &input.payload else { panic!("no multipart body") };
    format!("{parts:?}")
}

#[test]
fn files_are_given_by_their_path_or_as_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("photo.jpg");
    std::fs::write(&path, "0123456789").unwrap();
    let path = path.to_str().unwrap();
    let place =
        |file: Value| obeyed("dsc", "v1", "CreateImageWatermark", json!({"file": file, "blind_watermark": "w"}));
    for (file, part) in [
        (json!({"path": path}), "Part(file, Body(file, 10 bytes))"),
        (json!({"path": path, "name": "a.jpg", "content_type": "image/jpeg"}), "Part(file, Body(file, 10 bytes))"),
        (json!("content"), "Part(file, Body(bytes, 7 bytes))"),
        (json!([{"path": path}, {"path": path}]), "Part(file, Body(file, 10 bytes)), Part(file, Body(file, 10 bytes))"),
    ] {
        let input = place(file).unwrap();
        assert!(parts(&input).contains(part), "{}", parts(&input));
        assert!(parts(&input).contains("Part(blind_watermark, Body(bytes, 1 bytes))"));
    }
    let whole = json!({"body": {"file": {"path": path}, "blind_watermark": "w"}});
    assert!(parts(&obeyed("dsc", "v1", "CreateImageWatermark", whole).unwrap()).contains("10 bytes"));
    for file in [json!({}), json!({"path": 1}), json!({"path": path, "nmae": "x"}), json!(1)] {
        let error = place(file).map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), sanyun_core::ErrorKind::Input);
        assert!(error.hint().unwrap().contains("`--file @FILE`"), "{error:?}");
    }
    assert_eq!(place(json!({"path": "/no/such/file"})).map(|_| ()).unwrap_err().kind(), sanyun_core::ErrorKind::Io);
    let missing = obeyed("dsc", "v1", "CreateImageWatermark", json!({"blind_watermark": "w"})).unwrap_err();
    assert!(missing.to_string().contains("`file` is missing"), "{missing}");
}

#[test]
fn bodies_of_bson_are_made_of_parameters() {
    let parameters =
        json!({"store_name": "s1", "table_name": "t", "primary_key": {"id": {"$oid": "65a1b2c3d4e5f60718293a4b"}}});
    let input = obeyed("kvs", "v1", "GetKv", parameters).unwrap();
    assert_eq!(input.host_label.as_deref(), Some("s1"));
    let Payload::Bson(document) = &input.payload else { panic!("no BSON") };
    assert_eq!(*document, json!({"table_name": "t", "primary_key": {"id": {"$oid": "65a1b2c3d4e5f60718293a4b"}}}));
}

#[test]
fn keys_of_an_application_belong_to_no_project() {
    let input = obeyed("smsapi", "v1", "BatchSendSms", json!({"from": "a", "to": "b"})).unwrap();
    assert_eq!((input.account, input.signed), (Some(Account::None), true));
}

mod written {
    use sanyun_core::codec::{Field, File, Visitor};
    use sanyun_core::{Operation, Service};

    use super::*;

    static SERVICE: Service = Service::new("kvs", "v1");

    /// An operation with files, and one with a body.
    #[derive(Default)]
    struct Upload {
        files: Vec<File>,
        note: Option<String>,
    }

    impl Record for Upload {
        fn visit(&mut self, by: &mut dyn Visitor) -> Result<()> {
            by.record(&["form file", "form note"], &mut [&mut self.files, &mut self.note])
        }
    }

    impl Operation for Upload {
        type Cloud = crate::typed::Cloud;
        type Output = Value;
        const API: Api = Api { consumes: "multipart/form-data", ..Api::new(&SERVICE, "Upload", "POST", "/upload") };
    }

    #[test]
    fn lists_of_files_are_parts_of_one_name() {
        let once = sanyun_core::Body::factory(Some(3), || Err(std::io::ErrorKind::NotFound.into()));
        let files = vec![File::from("first"), File { name: Some("b".to_owned()), ..File::from(once) }];
        let mut upload = Upload { files, note: Some("n".to_owned()) };
        let input = typed(&Upload::API, &mut upload, false).unwrap();
        assert_eq!(
            parts(&input),
            "[Part(note, Body(bytes, 1 bytes)), Part(file, Body(bytes, 5 bytes)), Part(file, Body(factory, 3 bytes))]"
        );
    }

    /// One parameter that is the whole body, or a stream.
    struct Whole<T> {
        entry: codec::Names,
        body: T,
    }

    impl<T: Field> Record for Whole<T> {
        fn visit(&mut self, by: &mut dyn Visitor) -> Result<()> {
            by.record(self.entry, &mut [&mut self.body])
        }
    }

    fn shaped(consumes: &'static str, entry: codec::Names, body: impl Field) -> Input {
        let api = Api { consumes, ..Api::new(&SERVICE, "Put", "POST", "/put") };
        typed(&api, &mut Whole { entry, body }, false).unwrap()
    }

    #[test]
    fn bodies_have_the_type_that_the_operation_wants() {
        let input = shaped("application/bson", &["body"], json!({"a": 1}));
        assert!(matches!(&input.payload, Payload::Bson(body) if *body == json!({"a": 1})));
        let input = shaped("application/xml", &["body"], json!({"a": 1}));
        assert!(matches!(&input.payload, Payload::Xml(body) if *body == json!({"Put": {"a": 1}})));
        let input = shaped("application/octet-stream", &["stream"], sanyun_core::Body::from("bytes"));
        assert!(matches!(&input.payload, Payload::Raw(body) if body.len() == Some(5)));
        assert_eq!(input.headers, [("Content-Type".to_owned(), json!("application/octet-stream"))]);
    }
}
