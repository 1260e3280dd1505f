//! Answers that a local cloud does not give, from a server of a few lines: bodies that break, objects too large to copy.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::ops::Range;
use std::thread::{self, JoinHandle};

use object_store::path::Path;
use object_store::{Error, ObjectStoreExt as _};
use sanyun_object_store::OssStore;
use sanyun_oss::{Backoff, Client, Credential, Retry, crc};

const SIZE: usize = 300_000;

fn bytes() -> Vec<u8> {
    (0..SIZE).map(|number| (number % 251) as u8).collect()
}

/// The part `range` of the object, of which only `sent` bytes come before the connection ends.
fn part(range: Range<usize>, sent: usize, crc64: u64) -> Vec<u8> {
    let len = range.len();
    let head = match range == (0..SIZE) {
        true => "HTTP/1.1 200 OK\r\n".to_owned(),
        false => {
            let (first, last) = (range.start, range.end - 1);
            format!("HTTP/1.1 206 Partial Content\r\ncontent-range: bytes {first}-{last}/{SIZE}\r\n")
        }
    };
    let facts = format!(
        "connection: close\r\ncontent-length: {len}\r\netag: \"E\"\r\nlast-modified: Fri, 24 Feb 2012 06:07:48 GMT\r\n\
         x-oss-hash-crc64ecma: {crc64}\r\n\r\n"
    );
    [head.as_bytes(), facts.as_bytes(), &bytes()[range.start..range.start + sent]].concat()
}

/// A document.
fn xml(status: u16, body: &str) -> Vec<u8> {
    let facts = "connection: close\r\ncontent-type: application/xml\r\nx-oss-hash-crc64ecma: 7";
    format!("HTTP/1.1 {status} X\r\n{facts}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

fn refused(status: u16, code: &str) -> Vec<u8> {
    xml(status, &format!("<Error><Code>{code}</Code><Message>no</Message></Error>"))
}

/// A store whose server gives one of the answers a connection, and then what was asked: the first line, ranges and
/// conditions.
fn store(answers: Vec<Vec<u8>>) -> (OssStore, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let served = thread::spawn(move || answers.iter().map(|answer| serve(&listener, answer)).collect());
    let client = Client::builder().region("cn-hangzhou").endpoint(url).credentials(Credential::keys("ak", "sk"));
    let retry = Retry::standard().backoff(Backoff::NONE);
    (OssStore::new(client.retry(retry).build().unwrap().bucket("lake")), served)
}

fn serve(listener: &TcpListener, answer: &[u8]) -> String {
    let mut stream = listener.accept().unwrap().0;
    let lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
    let asked = lines.take_while(|line| !line.is_empty()).filter(|line| {
        let line = line.to_ascii_lowercase();
        let told = ["range:", "if-match:", "x-oss-forbid-overwrite:", "x-oss-copy-source"];
        line.ends_with(" http/1.1") || told.iter().any(|name| line.starts_with(name))
    });
    let asked = asked.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    stream.write_all(answer).unwrap();
    asked
}

fn path() -> Path {
    Path::from("big")
}

#[tokio::test]
async fn the_rest_of_the_same_object_is_asked_for() {
    let crc64 = crc::checksum(&bytes());
    let rest = part(100_000..SIZE, SIZE - 100_000, crc64);
    let (store, served) = store(vec![part(0..SIZE, 100_000, crc64), part(100_000..SIZE, 0, crc64), rest]);
    assert_eq!(store.get(&path()).await.unwrap().bytes().await.unwrap(), bytes());
    let asked = served.join().unwrap();
    assert!(!asked[0].contains("range:") && !asked[0].contains("if-match:"), "{asked:?}");
    let is_rest = |asked: &String| asked.contains("if-match: \"e\"") && asked.contains("range: bytes=100000-299999");
    assert!(asked[1..].iter().all(is_rest), "{asked:?}");
}

#[tokio::test]
async fn a_part_goes_on_too() {
    let answers = vec![part(1000..200_000, 50_000, 1), part(51_000..200_000, 149_000, 1)];
    let (store, served) = store(answers);
    assert_eq!(store.get_range(&path(), 1000..200_000).await.unwrap(), bytes()[1000..200_000]);
    assert!(served.join().unwrap()[1].contains("range: bytes=51000-199999"));
}

#[tokio::test]
async fn the_rest_of_another_object_is_none() {
    let (store, served) = store(vec![part(0..SIZE, 100_000, 1), refused(412, "PreconditionFailed")]);
    let error = store.get(&path()).await.unwrap().bytes().await.unwrap_err();
    assert!(matches!(error, Error::Precondition { .. }), "{error}");
    served.join().unwrap();
}

#[tokio::test]
async fn a_body_in_two_pieces_has_its_checksum_compared() {
    let wrong = crc::checksum(b"something else");
    let answers = vec![part(0..SIZE, 100_000, wrong), part(100_000..SIZE, SIZE - 100_000, wrong)];
    let (store, served) = store(answers);
    let error = store.get(&path()).await.unwrap().bytes().await.unwrap_err();
    assert!(error.to_string().contains("CRC-64"), "{error}");
    served.join().unwrap();
}

#[tokio::test]
async fn a_body_that_never_goes_on_is_given_up() {
    let mut answers = vec![part(0..SIZE, 100_000, 1)];
    answers.extend((0..3).map(|_| part(100_000..SIZE, 0, 1)));
    let (store, served) = store(answers);
    let error = store.get(&path()).await.unwrap().bytes().await.unwrap_err();
    assert!(matches!(error, Error::Generic { .. }), "{error}");
    assert_eq!(served.join().unwrap().len(), 4);
}

/// What OSS answers until an object of five bytes is copied in parts.
fn copy_in_parts(last: Vec<u8>) -> Vec<Vec<u8>> {
    let upload = "<InitiateMultipartUploadResult><UploadId>U</UploadId></InitiateMultipartUploadResult>";
    let copied = "<CopyPartResult><ETag>\"P\"</ETag></CopyPartResult>";
    let source = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 5\r\netag: \"S\"\r\n\
                  last-modified: Fri, 24 Feb 2012 06:07:48 GMT\r\nx-oss-hash-crc64ecma: 7\r\n\r\n";
    let source = source.as_bytes().to_vec();
    vec![refused(400, "EntityTooLarge"), source, xml(200, upload), xml(200, copied), last]
}

#[tokio::test]
async fn what_is_too_large_to_be_copied_at_once_is_copied_in_parts() {
    let done = "<CompleteMultipartUploadResult><ETag>\"C-1\"</ETag></CompleteMultipartUploadResult>";
    let (store, served) = store(copy_in_parts(xml(200, done)));
    store.copy(&path(), &Path::from("copy")).await.unwrap();
    let asked = served.join().unwrap();
    assert!(asked[3].starts_with("put /lake/copy?partnumber=1&uploadid=u"), "{asked:?}");
    assert!(asked[3].contains("x-oss-copy-source: /lake/big"), "{asked:?}");
    assert!(asked.iter().all(|asked| !asked.contains("forbid")), "{asked:?}");
}

#[tokio::test]
async fn a_large_copy_replaces_nothing_either() {
    // The last answer is to giving up the parts.
    let mut answers = copy_in_parts(refused(409, "FileAlreadyExists"));
    answers.push(xml(204, ""));
    let (store, served) = store(answers);
    let store = store.assume_unversioned();
    let error = store.copy_if_not_exists(&path(), &Path::from("copy")).await.unwrap_err();
    assert!(matches!(&error, Error::AlreadyExists { path, .. } if path == "copy"), "{error}");
    let asked = served.join().unwrap();
    assert!(asked[4].starts_with("post /lake/copy?"), "{asked:?}");
    assert!(asked[4].contains("x-oss-forbid-overwrite: true"), "{asked:?}");
    assert!(asked[5].starts_with("delete /lake/copy?"), "{asked:?}");
}
