use super::*;
use crate::archive::{HEADER_BYTES, MAX_BLOCK_BYTES};
use crate::{CallStyle, Enum, Flags, ParamStyle, Place, TypeDef};

const ECHO: &str = "\
S1\talibaba\techo\t20200101\t2020-01-01\tEcho\tacs3\tregional\t\talibabacloud_gateway_echo\tdisable_http_2=true
Kalibabacloud-echo20200101\t1.0.0\tApache-2.0
Rcn-hangzhou\techo.cn-hangzhou.aliyuncs.com\techo2.cn-hangzhou.aliyuncs.com
OSay\tPUT\t/say/{id}?mode=fast\tROA\tjson|xml\tjson\t#Text\t[#Word]\tdgR\t{\"scheme\":\"HTTP\",\"upload\":[\"File\"],\"new\":1}
Ppid\ts\tr\traw
PqTags\t[#Tag]\t\tjson
PHproject\ts\tr
Hx-total\ti
OAsk\tPOST\t/\tRPC
TText
Fwords\t{[#Word]}\tr
TWord\tword\tkind
Fkind\t#Kind\trs
Fnext\t#Word
TTag
Fa b\tj\tsondh
EKind\ti\t1\t2
";

fn pack(versions: &[&str]) -> Vec<u8> {
    let mut writer = Writer::new(Cloud::Alibaba);
    versions.iter().for_each(|records| writer.add(records).unwrap());
    writer.finish().unwrap()
}

#[test]
fn what_is_written_is_read() {
    let catalog = Catalog::open(pack(&[ECHO])).unwrap();
    let service = catalog.service("echo", None).unwrap();
    let meta = service.meta();
    assert_eq!(
        (meta.product, meta.gateway, meta.settings),
        (Some("Echo"), Some("alibabacloud_gateway_echo"), Some("disable_http_2=true"))
    );
    assert_eq!(meta.sources[0].license, "Apache-2.0");
    assert_eq!(service.endpoints("cn-hangzhou").unwrap().len(), 2);
    assert_eq!(service.operations().collect::<Vec<_>>(), ["Ask", "Say"]);

    let say = service.operation("Say").unwrap();
    assert_eq!((say.method, say.path, say.style), ("PUT", "/say/{id}?mode=fast", Some(CallStyle::Roa)));
    assert_eq!((say.consumes.as_slice(), say.produces), (["json", "xml"].as_slice(), Some("json")));
    assert_eq!(say.body.as_ref().unwrap().to_string(), "#Text");
    assert_eq!(say.response.as_ref().unwrap().to_string(), "[#Word]");
    assert!(say.flags.deprecated && say.flags.gateway && say.flags.body_required && !say.flags.sse);
    assert_eq!(
        (say.rare.scheme.as_deref(), say.rare.upload.as_slice()),
        (Some("HTTP"), ["File".to_owned()].as_slice())
    );
    assert_eq!(say.response_headers, [("x-total", Type::Int)]);
    let params: Vec<_> =
        say.params.iter().map(|it| (it.name, it.place, it.ty.to_string(), it.flags.required(), it.style)).collect();
    assert_eq!(
        params,
        [
            ("id", Place::Path, "string".to_owned(), true, Some(ParamStyle::Raw)),
            ("Tags", Place::Query, "[#Tag]".to_owned(), false, Some(ParamStyle::Json)),
            ("project", Place::Host, "string".to_owned(), true, None),
        ]
    );

    let ask = service.operation("Ask").unwrap();
    assert!(ask.params.is_empty() && ask.body.is_none() && ask.response.is_none() && ask.produces.is_none());

    let Some(TypeDef::Struct(word)) = service.type_def("Word") else { panic!("a structure") };
    assert_eq!((word.xml, word.discriminator, word.fields.len()), (Some("word"), Some("kind"), 2));
    assert!(word.fields[0].flags.required() && word.fields[0].flags.sensitive());
    let Some(TypeDef::Struct(tag)) = service.type_def("Tag") else { panic!("a structure") };
    assert_eq!((tag.fields[0].name, tag.fields[0].flags.to_string()), ("a b", "sondh".to_owned()));
    assert_eq!(tag.fields[0].flags, Flags::parse("sondh").unwrap());
    let values = vec![serde_json::json!(1), serde_json::json!(2)];
    assert_eq!(
        service.resolve(&Type::Named("Kind")),
        Some(TypeDef::Enum(Enum { name: "Kind", base: Type::Int, values }))
    );
    assert_eq!(service.resolve(&Type::String), None);
}

/// A service version too large for one block.
fn large() -> String {
    let mut records = "S1\talibaba\tlarge\t20210101\t2021-01-01\t\tacs3\n".to_owned();
    for number in 0..3_000 {
        records += &format!("OOperation{number}\tPOST\t/\tRPC\t\t\t\t#Type{number}\nPqName{number}\ts\n");
        records += &format!("TType{number}\nFname\ts\nFnext\t#Type{}\nXError.{number}\n", number / 2);
    }
    records
}

#[test]
fn everything_is_found_in_many_blocks() {
    let large = large();
    let catalog = Catalog::open(pack(&[ECHO, &large])).unwrap();
    let service = catalog.service("large", None).unwrap();
    for number in 0..3_000 {
        let operation = service.operation(&format!("Operation{number}")).unwrap();
        assert_eq!(operation.params[0].name, format!("Name{number}"));
        let Some(TypeDef::Struct(found)) = service.resolve(operation.response.as_ref().unwrap()) else {
            panic!("a structure")
        };
        assert_eq!(found.fields[1].ty.name().unwrap(), format!("Type{}", number / 2));
    }
    let names: Vec<&str> = service.all_operations().map(|operation| operation.name).collect();
    assert_eq!(names, service.operations().collect::<Vec<_>>());
    assert_eq!(
        (service.types().count(), service.error_codes().count(), service.operations().count()),
        (3_000, 3_000, 3_000)
    );
    for unknown in ["", "Operation", "Operation9999", "A", "~"] {
        assert!(service.operation(unknown).is_err(), "{unknown}");
        assert!(service.type_def(unknown).is_none(), "{unknown}");
    }
}

#[test]
fn order_of_adding_changes_no_byte() {
    let large = large();
    assert_eq!(pack(&[ECHO, &large]), pack(&[&large, ECHO]));
}

#[test]
fn records_that_do_not_fit_are_refused() {
    let refuse = |records: &str| {
        let mut writer = Writer::new(Cloud::Alibaba);
        match writer.add(records) {
            Ok(()) => writer.finish().unwrap_err().to_string(),
            Err(error) => error.to_string(),
        }
    };
    let with = |line: &str| format!("S1\talibaba\ta\t1\t1\t\tacs3\n{line}\n");
    assert_eq!(refuse(""), "record out of place: \"no S record\"");
    assert_eq!(refuse(&with("Fname\ts")), "record out of place: \"Fname\\ts\"");
    assert_eq!(refuse(&with("Z")), "record out of place: \"Z\"");
    assert_eq!(refuse(&with("TA\nTA")), "record out of place: \"TA\"");
    assert!(refuse(&with("OA\tGET\t/\nPqa\tx")).contains("not understood"));
    assert!(refuse(&with("OA\tGET\t/\t\t\t\t\t#No")).contains("type `No` cannot be read"));
    let mut writer = Writer::new(Cloud::Alibaba);
    writer.add(ECHO).unwrap();
    assert_eq!(writer.add(ECHO).unwrap_err().to_string(), "record out of place: \"echo 20200101\"");
}

/// An archive with right checksums and one service version whose head stands at the place given.
fn with_head(place: &str, blocks: &[u8]) -> Catalog {
    let directory = format!("Aalibaba\nN{place}\nVecho\t20200101\t2020-01-01\tEcho\t1\t1\t{place}\t0\t0\t9\n");
    Catalog::open(file(&directory, blocks)).unwrap()
}

#[test]
fn lies_with_right_checksums_are_errors() {
    let junk = b"\x28\xb5\x2f\xfd not a frame, but it begins like one".to_vec();
    let head = zstd::bulk::compress(b"S1\nBZfirst\t0\t1\t1\t0\n", 3).unwrap();
    let bomb = zstd::bulk::compress(&vec![b'\n'; MAX_BLOCK_BYTES + 1], 3).unwrap();
    let place = |bytes: &[u8], unpacked: usize| format!("0\t{}\t{unpacked}\t{:x}", bytes.len(), block_checksum(bytes));
    for (place, blocks) in [
        (place(&junk, 100), &junk),
        (place(&junk, usize::MAX), &junk),
        (place(&head, 19), &head),
        (place(&head, 5), &head),
        (place(&head, 500), &head),
        (place(&bomb, MAX_BLOCK_BYTES + 1), &bomb),
        (place(&bomb, 10), &bomb),
        (format!("{}\t9\t9\t0", usize::MAX), &junk),
        ("1000\t10\t10\t0".to_owned(), &junk),
        ("no\tplace".to_owned(), &junk),
    ] {
        if place.starts_with("no") {
            let directory = format!("Aalibaba\nD{place}\n");
            assert_eq!(Catalog::open(file(&directory, blocks)).err(), Some(ArchiveError::Damaged("directory")));
            continue;
        }
        let catalog = with_head(&place, blocks);
        assert!(matches!(catalog.service("echo", None), Err(LookupError::Archive(_))), "{place}");
        assert_eq!(catalog.versions_with("x"), []);
    }
}

#[test]
fn directories_that_say_nothing_are_errors() {
    for directory in ["", "A", "Amoon\n", "Aalibaba\nQ\n", "\n"] {
        assert_eq!(
            Catalog::open(file(directory, b"")).err(),
            Some(ArchiveError::Damaged("directory")),
            "{directory:?}"
        );
    }
    let mut bytes = file("Aalibaba\n", b"");
    bytes[12] = 0xff;
    assert!(Catalog::open(bytes[..HEADER_BYTES + 9].to_vec()).is_err());
}

#[test]
fn names_of_parameters_and_body_fields_are_in_the_index() {
    let records = "S1\talibaba\ta\t1\t1\t\tacs3\nOAsk\tPOST\t/\t\t\t\t#Body\nPqLimit\ti\nOSay\tPOST\t/\nPqLimit\ti\n\
                   TBody\nFWord\t#Inner\nTInner\nFDeep\ts\n";
    let catalog = Catalog::open(pack(&[records, ECHO])).unwrap();
    let parameters = catalog.archive.parameters().unwrap().unwrap();
    assert_eq!(parameters.names.lines().collect::<Vec<_>>(), ["Limit", "Tags", "Word", "id", "project", "words"]);
    let found = |words: &str| {
        let hits = crate::search::Query::new(words).parameters().run([&catalog]);
        hits.iter().map(|hit| format!("{} {:?} {:?}", hit.service, hit.operation, hit.parameter)).collect::<Vec<_>>()
    };
    assert_eq!(found("limit"), [r#"a Some("Ask") Some("Limit")"#, r#"a Some("Say") Some("Limit")"#]);
    assert_eq!(found("word ask"), [r#"a Some("Ask") Some("Word")"#]);
    assert_eq!(found("echo project"), [r#"echo Some("Say") Some("project")"#]);
    assert!(found("deep").is_empty() && found("limit tags").is_empty());
}
