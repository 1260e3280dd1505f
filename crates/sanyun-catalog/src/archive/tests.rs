use super::*;
use crate::{Catalog, Cloud};

fn bytes_of(cloud: Cloud) -> Vec<u8> {
    std::fs::read(format!("{}/catalog/{cloud}.catalog", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// An archive with records in the head, records in blocks of their own, and a dictionary.
#[cfg(feature = "write")]
fn small() -> Vec<u8> {
    let mut writer = Writer::new(Cloud::Alibaba);
    for service in 0..12 {
        let mut records = format!("S1\talibaba\ts{service}\t20200101\t2020-01-01\tS{service}\tacs3\nRr\thost\n");
        for number in 0..if service == 0 { 500 } else { 20 } {
            records +=
                &format!("OListThing{number}\tPOST\t/\tRPC\t\t\t\t#Type{number}\nPqName{number}\ts\nPqLimit\ti\n");
            records += &format!("TType{number}\nFname\ts\nFnext\t[#Type{}]\nXError.{number}\n", number / 2);
        }
        writer.add(&records).unwrap();
    }
    writer.finish().unwrap()
}

fn directory_bytes(archive: &[u8]) -> usize {
    u32::from_le_bytes(archive[12..16].try_into().unwrap()) as usize
}

/// Reads everything that can be read; only whether it panics matters.
#[cfg(feature = "write")]
fn walk(catalog: &Catalog) {
    for entry in catalog.services() {
        let Ok(service) = entry.open() else { continue };
        let _ = service.meta();
        let _ = service.regions().count() + service.error_codes().count() + service.types().count();
        let _ = service.all_operations().filter_map(|operation| operation.paging()).count();
        let _ = service.operations().next().map(|name| service.operation(name).is_ok());
    }
    let _ = crate::search::Query::new("list name limit").parameters().run([catalog]);
}

#[test]
fn checksum_changes_with_every_byte() {
    let bytes: Vec<u8> = (0..41).collect();
    let whole = checksum(&bytes);
    for at in 0..bytes.len() {
        for change in [1, 0x80, 0xff] {
            let mut changed = bytes.clone();
            changed[at] ^= change;
            assert_ne!(checksum(&changed), whole);
            assert_ne!(block_checksum(&changed), block_checksum(&bytes));
        }
    }
    assert_ne!(checksum(&[]), checksum(&[0]));
    assert_ne!(checksum(&[1]), checksum(&[1, 0]));
}

#[test]
fn archives_in_the_program_are_whole() {
    for cloud in Cloud::ALL {
        if let Ok(catalog) = Catalog::of(cloud) {
            assert_eq!(catalog.cloud(), cloud);
            catalog.verify().unwrap();
        }
    }
}

#[test]
fn other_files_are_refused() {
    assert_eq!(Catalog::open(Vec::new()).err(), Some(ArchiveError::NotAnArchive));
    assert_eq!(Catalog::open(b"PK\x03\x04 something else".to_vec()).err(), Some(ArchiveError::NotAnArchive));
    let mut newer = bytes_of(Cloud::Tencent);
    newer[8] = 9;
    let error = Catalog::open(newer).unwrap_err();
    assert_eq!(error, ArchiveError::Schema(9));
    assert_eq!(error.to_string(), "catalog archive of schema 9, this release reads schema 2");
}

#[test]
fn a_change_in_header_or_directory_is_an_error() {
    let bytes = bytes_of(Cloud::Huawei);
    let directory = directory_bytes(&bytes);
    let (header, rest) = (0..HEADER_BYTES, HEADER_BYTES..HEADER_BYTES + directory);
    for at in header.filter(|at| !(24..32).contains(at)).chain(rest.step_by(directory / 200)) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        assert!(Catalog::open(changed).is_err(), "byte {at}");
    }
}

#[cfg(feature = "write")]
#[test]
fn a_change_in_a_block_is_found_and_never_panics() {
    let bytes = small();
    walk(&Catalog::open(bytes.clone()).unwrap());
    for at in (HEADER_BYTES + directory_bytes(&bytes)..bytes.len()).step_by(97) {
        let mut changed = bytes.clone();
        changed[at] ^= 0x04;
        let catalog = Catalog::open(changed).unwrap();
        assert_eq!(catalog.verify(), Err(ArchiveError::Damaged("checksum of the blocks")), "byte {at}");
        walk(&catalog);
    }
}

#[cfg(feature = "write")]
#[test]
fn a_cut_archive_is_found_and_never_panics() {
    let bytes = small();
    for length in (0..bytes.len()).step_by(197) {
        match Catalog::open(bytes[..length].to_vec()) {
            Err(_) => {}
            Ok(catalog) => {
                assert!(catalog.verify().is_err(), "{length} bytes");
                walk(&catalog);
            }
        }
    }
}

#[test]
fn a_directory_of_newer_archives_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tencent.catalog");
    assert!(matches!(Catalog::open_dir(folder.path(), Cloud::Tencent), Err(ArchiveError::Io { .. })));

    std::fs::write(&path, bytes_of(Cloud::Tencent)).unwrap();
    let catalog = Catalog::open_dir(folder.path(), Cloud::Tencent).unwrap();
    assert_eq!(catalog.service("cvm", None).unwrap().version(), "v20170312");

    let mut damaged = bytes_of(Cloud::Tencent);
    let last = damaged.len() - 1;
    damaged[last] ^= 1;
    std::fs::write(&path, damaged).unwrap();
    let error = Catalog::open_dir(folder.path(), Cloud::Tencent).unwrap_err();
    assert_eq!(error.to_string(), "catalog archive is damaged: checksum of the blocks");

    std::fs::write(&path, bytes_of(Cloud::Huawei)).unwrap();
    let error = Catalog::open_dir(folder.path(), Cloud::Tencent).unwrap_err();
    assert_eq!(error, ArchiveError::WrongCloud { wanted: Cloud::Tencent, found: Cloud::Huawei });
}
