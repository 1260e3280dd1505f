//! The generated code of three small services, line by line, and what a selection leaves of it.
//!
//! `tests/golden/X.records` are the facts, `tests/golden/X.rs` is the code. After a wanted change of the generator,
//! `SANYUN_WRITE_GOLDEN=1 cargo test -p sanyun-codegen` writes the code anew.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::path::{Path, PathBuf};

use sanyun_catalog::{Catalog, Cloud, Writer};
use sanyun_codegen::{Build, Counts, Error, Module, Selection};

fn path(cloud: Cloud, ending: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{cloud}.{ending}"))
}

fn archive(cloud: Cloud) -> Vec<u8> {
    let mut writer = Writer::new(cloud);
    writer.add(&std::fs::read_to_string(path(cloud, "records")).unwrap()).unwrap();
    writer.finish().unwrap()
}

fn generated(cloud: Cloud, selection: &Selection) -> (String, Counts) {
    let catalog = Catalog::open(archive(cloud)).unwrap();
    let service = catalog.services().next().unwrap().open().unwrap();
    let module = Module::new(service, selection).unwrap();
    (module.source(&format!("sanyun::{cloud}")), module.counts())
}

fn names(names: &[&str]) -> Selection {
    Selection::Operations(names.iter().map(|name| (*name).to_owned()).collect())
}

#[test]
fn the_code_of_small_services_is_this() {
    for cloud in Cloud::ALL {
        let (text, _) = generated(cloud, &Selection::All);
        let file = path(cloud, "rs");
        if std::env::var_os("SANYUN_WRITE_GOLDEN").is_some() {
            std::fs::write(&file, &text).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap();
        let differs = text.lines().zip(expected.lines()).position(|(line, expected)| line != expected);
        assert!(text == expected, "{} differs at line {differs:?}", file.display());
    }
}

#[test]
fn the_same_facts_give_the_same_text() {
    for cloud in Cloud::ALL {
        assert_eq!(generated(cloud, &Selection::All), generated(cloud, &Selection::All));
    }
}

#[test]
fn a_selection_brings_the_types_it_needs_and_no_others() {
    let (text, counts) = generated(Cloud::Huawei, &names(&["CreateAnimal"]));
    assert_eq!(counts, Counts { operations: 1, structures: 4, enumerations: 1 });
    for name in ["CreateAnimal ", "CreateAnimalBody ", "Tag ", "CreateAnimalResponse ", "Animal "] {
        assert!(text.contains(&format!("pub struct {name}")), "{name}");
    }
    assert!(!text.contains("PageInfo") && !text.contains("UploadPicture"));
}

#[test]
fn a_selection_changes_nothing_in_what_it_leaves() {
    for cloud in Cloud::ALL {
        let (whole, _) = generated(cloud, &Selection::All);
        let first = match cloud {
            Cloud::Huawei => "ListAnimals",
            _ => "DescribeAnimals",
        };
        let (part, _) = generated(cloud, &names(&[first]));
        assert!(part.len() < whole.len());
        for item in part.split("\n\n") {
            assert!(whole.contains(item), "{cloud}: {item}");
        }
    }
}

#[test]
fn an_operation_that_does_not_exist_is_an_error_with_the_nearest_name() {
    let catalog = Catalog::open(archive(Cloud::Tencent)).unwrap();
    let service = catalog.services().next().unwrap().open().unwrap();
    let Err(error) = Module::new(service, &names(&["DescribeAnimal"])) else { panic!("it exists") };
    assert!(matches!(error, Error::Lookup(_)));
    assert!(error.to_string().contains("did you mean `DescribeAnimals`"), "{error}");
}

#[test]
fn a_build_script_writes_a_tree_of_modules() {
    let folder = tempfile::tempdir().unwrap();
    for cloud in Cloud::ALL {
        std::fs::write(folder.path().join(format!("{cloud}.catalog")), archive(cloud)).unwrap();
    }
    let out = folder.path().join("api.rs");
    let build = Build::new()
        .service("huawei/zoo/v3")
        .operations(["ListAnimals"])
        .service("alibaba/zoo-api")
        .service("huawei/zoo")
        .operations(["ListNames"])
        .root("sanyun_{cloud}")
        .catalog(folder.path())
        .out(&out);
    build.generate().unwrap();
    let tree = std::fs::read_to_string(&out).unwrap();
    let lines: Vec<&str> = tree.lines().filter(|line| line.contains("mod ") || line.contains("include")).collect();
    assert_eq!(
        lines,
        [
            "pub mod alibaba {",
            "pub mod zoo_api {",
            "pub mod v20200102 {",
            "include!(\"alibaba_zoo_api_v20200102.rs\");",
            "pub mod huawei {",
            "pub mod zoo {",
            "pub mod v3 {",
            "include!(\"huawei_zoo_v3.rs\");",
        ]
    );
    assert!(tree.contains("pub use self::v3::*;"));
    let huawei = std::fs::read_to_string(folder.path().join("huawei_zoo_v3.rs")).unwrap();
    assert!(huawei.contains("use sanyun_huawei::typed as sdk;"));
    assert!(huawei.contains("pub struct ListAnimals ") && huawei.contains("pub struct ListNames "));
    assert!(!huawei.contains("pub struct CreateAnimal "));
}

#[test]
fn what_a_build_script_gets_wrong_is_said() {
    let refused = |build: Build| build.out("/nowhere/api.rs").generate().unwrap_err().to_string();
    assert!(refused(Build::new().service("ecs")).contains("cloud/service/version"));
    assert!(refused(Build::new().operations(["A"])).contains("call `service` first"));
    assert!(refused(Build::new().service("tencent/cvm").catalog("/nowhere")).contains("/nowhere/tencent.catalog"));
    assert!(refused(Build::new()).contains("/nowhere/api.rs"));
}
