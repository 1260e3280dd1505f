//! What an encrypted bucket sends, and what it makes of what comes.

use std::sync::LazyLock;
use std::time::Duration;

use sanyun_core::Body;
use sanyun_oss::encryption::{EncryptedBucket, MasterKey};
use sanyun_oss::{ErrorKind, OssError as _, crc};
use serde_json::json;

use crate::server::{Answer, Arrived, Server};

const PRIVATE: &str = include_str!("../keys/b.pkcs1.pem");
const TEXT: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const PREFIX: &str = "x-oss-meta-client-side-encryption-";

fn master() -> MasterKey {
    MasterKey::rsa_private(PRIVATE).unwrap().description(json!({"name": "b"}))
}

fn photos(server: &Server) -> EncryptedBucket {
    server.client().bucket("photos").encrypted(master())
}

/// An object as OSS would keep it: its metadata as header lines, and its encrypted bytes.
static KEPT: LazyLock<(String, Vec<u8>)> = LazyLock::new(|| {
    let server = Server::new([Answer::new(200, "", "")]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(photos(&server).put("k", TEXT).into_future()).unwrap();
    let arrived = server.arrived().pop().unwrap();
    (metadata(&arrived), arrived.body)
});

/// Made on a thread of its own: the tests run on runtimes, inside which no other can be entered.
fn kept() -> &'static (String, Vec<u8>) {
    std::thread::spawn(|| &*KEPT).join().unwrap()
}

fn metadata(arrived: &Arrived) -> String {
    let lines = arrived.headers.iter().filter(|(name, _)| name.starts_with(PREFIX));
    lines.map(|(name, value)| format!("{name}: {value}\r\n")).collect()
}

/// What OSS answers to a range of it.
fn part(first: usize, last: usize) -> Answer {
    let (headers, bytes) = kept();
    let range = format!("content-range: bytes {first}-{last}/{}\r\n", bytes.len());
    Answer::new(206, &(headers.clone() + &range), &bytes[first..=last])
}

fn whole(crc: u64) -> Answer {
    let (headers, bytes) = kept();
    Answer::new(200, &format!("{headers}x-oss-hash-crc64ecma: {crc}\r\n"), bytes)
}

fn crc_of_kept() -> u64 {
    crc::checksum(&kept().1)
}

#[tokio::test]
async fn a_put_sends_the_envelope_and_no_plain_byte() {
    let server = Server::new([Answer::new(200, "", "")]);
    let put = photos(&server).put("a.jpg", TEXT).meta("owner", "li").header("content-md5", "7Qdih1MuhjZehB6Sv8UNjA==");
    put.await.unwrap();
    let arrived = server.arrived().pop().unwrap();
    assert_eq!((arrived.header("content-type"), arrived.header("x-oss-meta-owner")), ("image/jpeg", "li"));
    assert_eq!((arrived.header("content-length"), arrived.header("content-md5")), ("62", ""));
    for (name, value) in [
        ("wrap-alg", "RSA/NONE/PKCS1Padding"),
        ("cek-alg", "AES/CTR/NoPadding"),
        ("matdesc", r#"{"name": "b"}"#),
        ("unencrypted-content-md5", "7Qdih1MuhjZehB6Sv8UNjA=="),
    ] {
        assert_eq!(arrived.header(&format!("{PREFIX}{name}")), value);
    }
    // 1024 bits as Base64.
    assert_eq!(
        [arrived.header(&format!("{PREFIX}key")).len(), arrived.header(&format!("{PREFIX}start")).len()],
        [172, 172]
    );
    assert_eq!(arrived.body.len(), TEXT.len());
    assert!(arrived.body.iter().zip(TEXT).filter(|(secret, plain)| secret == plain).count() < 8);
}

#[tokio::test]
async fn a_retry_sends_the_same_bytes_and_the_checksum_is_theirs() {
    let content: Vec<u8> = (0..1_000_000_u32).map(|n| (n % 251) as u8).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &content).unwrap();
    for body in [Body::from(content.clone()), Body::file(file.path()).unwrap()] {
        let server = Server::new([Answer::broken(300_000), Answer::new(200, "x-oss-hash-crc64ecma: 1\r\n", "")]);
        let error = photos(&server).put("big", body.clone()).await.unwrap_err();
        let arrived = server.arrived();
        assert_eq!((error.attempts(), arrived.len()), (3, 3));
        assert!(arrived[0].body == arrived[1].body[..300_000] && arrived[1].body == arrived[2].body);
        assert_eq!(metadata(&arrived[0]), metadata(&arrived[2]));
        assert_eq!(error.crc_mismatch().unwrap().ours, crc::checksum(&arrived[1].body));
        // Another call has another key.
        photos(&server).put("big", body).await.unwrap_err();
        assert!(server.arrived()[3].body != arrived[1].body);
    }
}

#[tokio::test]
async fn a_whole_object_is_verified_and_decrypted() {
    let server = Server::new([whole(crc_of_kept()), whole(1)]);
    let photos = photos(&server);
    let mut object = photos.get("k").await.unwrap().into_inner();
    assert_eq!(object.bytes().await.unwrap(), TEXT);
    assert_eq!((object.content_length(), object.content_range()), (Some(62), None));
    let mut object = photos.get("k").await.unwrap();
    let mismatch = object.bytes().await.unwrap_err().crc_mismatch().unwrap();
    assert_eq!((mismatch.ours, mismatch.theirs), (crc_of_kept(), 1));
}

#[tokio::test]
async fn ranges_are_read_from_the_beginning_of_a_block() {
    for (first, last, asked) in [
        (0, 61, "bytes=0-"),
        (0, 9, "bytes=0-9"),
        (17, 17, "bytes=16-17"),
        (32, 61, "bytes=32-61"),
        (61, 61, "bytes=48-61"),
    ] {
        let server = Server::new([part(first - first % 16, last)]);
        let range = (first as u64)..=(last as u64);
        let action = if asked.ends_with('-') {
            photos(&server).get("k").header("range", asked)
        } else {
            photos(&server).get("k").range(range)
        };
        let mut object = action.await.unwrap().into_inner();
        assert_eq!(object.bytes().await.unwrap(), TEXT[first..=last]);
        let held = object.content_range().unwrap();
        assert_eq!((held.first, held.last, held.total), (first as u64, last as u64, Some(62)));
        assert_eq!(object.content_length(), Some((last - first + 1) as u64));
        assert_eq!(server.arrived()[0].header("range"), asked);
    }
}

#[tokio::test]
async fn the_end_of_an_object_is_decrypted_where_the_reply_says_it_lies() {
    let server = Server::new([part(55, 61)]);
    let mut object = photos(&server).get("k").last(7).await.unwrap().into_inner();
    assert_eq!((object.content_length(), object.content_range().unwrap().first), (Some(7), 55));
    assert_eq!(object.bytes().await.unwrap(), TEXT[55..]);
    assert_eq!(server.arrived()[0].header("range"), "bytes=-7");
    let unsaid = Server::new([Answer::new(206, &kept().0, "1234567")]);
    assert_eq!(photos(&unsaid).get("k").last(7).await.unwrap_err().kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn a_range_behind_the_end_is_refused_as_without_encryption() {
    let refusal = Answer::new(416, "", "<Error><Code>InvalidRange</Code></Error>");
    let server = Server::new([part(48, 61), refusal]);
    let error = photos(&server).get("k").range(63..).await.unwrap_err();
    assert_eq!(error.code(), Some("InvalidRange"));
    let asked: Vec<_> = server.arrived().iter().map(|arrived| arrived.header("range").to_owned()).collect();
    assert_eq!(asked, ["bytes=48-", "bytes=63-"]);
}

#[tokio::test]
async fn a_range_that_the_server_ignores_gives_the_whole() {
    let server = Server::new([whole(crc_of_kept())]);
    let mut object = photos(&server).get("k").range(20..30).await.unwrap();
    assert_eq!((object.bytes().await.unwrap(), object.content_length()), (TEXT.into(), Some(62)));
}

#[tokio::test]
async fn objects_that_are_not_encrypted_are_read_as_they_are() {
    let server = Server::new([
        Answer::new(200, &format!("x-oss-hash-crc64ecma: {}\r\n", crc::checksum(TEXT)), TEXT),
        Answer::new(206, "content-range: bytes 16-40/62\r\n", &TEXT[16..=40]),
    ]);
    let photos = photos(&server);
    assert_eq!(photos.get("k").await.unwrap().bytes().await.unwrap(), TEXT);
    let mut object = photos.get("k").range(20..=40).await.unwrap().into_inner();
    assert_eq!(object.bytes().await.unwrap(), TEXT[20..=40]);
    assert_eq!(object.header("content-range"), Some("bytes 20-40/62"));
}

#[tokio::test]
async fn what_cannot_be_encrypted_is_refused_before_anything_is_sent() {
    let server = Server::new([Answer::new(200, "", "")]);
    let photos = photos(&server);
    for error in [
        photos.get("k").query("x-oss-process", "image/resize,w_100").await.unwrap_err(),
        photos.get("k").header("range", "bytes=0-1,5-6").await.unwrap_err(),
        photos.put("k", TEXT).header("x-oss-copy-source", "/photos/a").await.unwrap_err(),
        photos.initiate("k", 0).await.unwrap_err(),
        photos.initiate("k", 100_001).await.unwrap_err(),
        photos.get("").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Input, "{error:?}");
    }
    assert!(server.arrived().is_empty());
    let options = photos.put("k", TEXT).options(|call| call.header("x-trace", "1").timeout(Duration::from_secs(9)));
    options.await.unwrap();
    assert_eq!(server.arrived()[0].header("x-trace"), "1");
}

fn begun() -> Answer {
    Answer::new(200, "", "<InitiateMultipartUploadResult><UploadId>U</UploadId></InitiateMultipartUploadResult>")
}

fn sent(etag: &str) -> Answer {
    Answer::new(200, &format!("etag: \"{etag}\"\r\n"), "")
}

#[tokio::test]
async fn parts_are_pieces_of_one_object() {
    let done =
        Answer::new(200, "", "<CompleteMultipartUploadResult><ETag>\"z\"</ETag></CompleteMultipartUploadResult>");
    let server = Server::new([begun(), sent("b"), sent("a"), done]);
    let photos = photos(&server);
    let upload = photos.initiate("a.txt", 32).data_size(62).meta("owner", "li").await.unwrap().into_inner();
    let second = upload.part(2, &TEXT[32..]).await.unwrap().into_inner();
    let first = upload.part(1, &TEXT[..32]).await.unwrap().into_inner();
    upload.complete([second, first]).await.unwrap();
    let arrived = server.arrived();
    assert_eq!(arrived[0].header("content-type"), "text/plain");
    for request in &arrived[..3] {
        assert_eq!(request.header(&format!("{PREFIX}part-size")), "32");
        assert_eq!(request.header(&format!("{PREFIX}data-size")), "62");
        assert_eq!(request.header(&format!("{PREFIX}key")), arrived[0].header(&format!("{PREFIX}key")));
    }
    assert_eq!(arrived[1].line, "PUT /photos/a.txt?partNumber=2&uploadId=U HTTP/1.1");
    let list = String::from_utf8(arrived[3].body.clone()).unwrap().replace("&quot;", "\"");
    assert!(list.find("\"a\"").unwrap() < list.find("\"b\"").unwrap(), "{list}");

    // The parts one after the other are the encrypted object.
    let bytes = [arrived[2].body.clone(), arrived[1].body.clone()].concat();
    let server = Server::new([Answer::new(200, &metadata(&arrived[0]), bytes)]);
    let mut object = server.client().bucket("photos").encrypted(master()).get("a.txt").await.unwrap();
    assert_eq!(object.bytes().await.unwrap(), TEXT);
}

#[tokio::test]
async fn parts_that_would_become_garbage_are_refused() {
    let server = Server::new([begun()]);
    let photos = photos(&server);
    let known = photos.initiate("k", 32).data_size(62).await.unwrap().into_inner();
    let open = photos.initiate("k", 32).await.unwrap().into_inner();
    let before = server.arrived().len();
    for (upload, number, len) in [
        (&known, 1, 31),
        (&known, 2, 31),
        (&known, 2, 32),
        (&known, 3, 1),
        (&open, 1, 33),
        (&open, 0, 32),
        (&open, 10_001, 32),
    ] {
        assert_eq!(upload.part(number, vec![0; len]).await.unwrap_err().kind(), ErrorKind::Input, "{number} {len}");
    }
    let endless = Body::factory(None, || Ok(one_piece()));
    assert_eq!(open.part(1, endless).await.unwrap_err().kind(), ErrorKind::Input);
    assert_eq!(server.arrived().len(), before);
    let part = |number, size| sanyun_oss::ops::Part::new().part_number(number).etag("e").size(size);
    for parts in [vec![part(1, 16), part(2, 32)], vec![part(1, 32), part(3, 1)], vec![part(1, 32), part(1, 32)]] {
        assert_eq!(open.complete(parts).await.unwrap_err().kind(), ErrorKind::Input);
    }
    assert_eq!(known.complete([part(1, 32)]).await.unwrap_err().kind(), ErrorKind::Input);
    assert_eq!(server.arrived().len(), before);
}

fn one_piece() -> sanyun_core::ByteStream {
    sanyun_core::StreamBody::from(bytes::Bytes::from_static(b"x")).into_stream()
}

#[tokio::test]
async fn an_upload_is_resumed_from_what_oss_keeps() {
    let server = Server::new([begun(), sent("a")]);
    let upload = photos(&server).initiate("k", 32).data_size(62).await.unwrap().into_inner();
    upload.part(1, &TEXT[..32]).await.unwrap();
    let arrived = server.arrived();
    let kept = |name: &str| arrived[0].header(&format!("{PREFIX}{name}")).to_owned();
    let list = |key: &str| {
        format!(
            "<ListPartsResult><UploadId>U</UploadId><ClientEncryptionKey>{key}</ClientEncryptionKey>\
             <ClientEncryptionStart>{}</ClientEncryptionStart><ClientEncryptionCekAlg>AES/CTR/NoPadding\
             </ClientEncryptionCekAlg><ClientEncryptionWrapAlg>RSA/NONE/PKCS1Padding</ClientEncryptionWrapAlg>\
             <ClientEncryptionDataSize>62</ClientEncryptionDataSize><ClientEncryptionPartSize>32\
             </ClientEncryptionPartSize><IsTruncated>false</IsTruncated><Part><PartNumber>1</PartNumber>\
             <ETag>\"a\"</ETag><Size>32</Size></Part></ListPartsResult>",
            kept("start")
        )
    };
    let server = Server::new([Answer::new(200, "", list(&kept("key"))), sent("b")]);
    let (resumed, parts) = photos(&server).resume("k", "U").await.unwrap();
    assert_eq!((resumed.part_size(), resumed.data_size(), parts.len()), (32, Some(62), 1));
    resumed.part(1, &TEXT[..32]).await.unwrap();
    let again = server.arrived().pop().unwrap();
    assert!(again.body == arrived[1].body && metadata(&again) == metadata(&arrived[1]));

    let plain = Server::new([Answer::new(200, "", list(""))]);
    assert_eq!(photos(&plain).resume("k", "U").await.unwrap_err().kind(), ErrorKind::Decode);
}
