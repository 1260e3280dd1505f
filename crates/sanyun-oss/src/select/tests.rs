use super::*;

fn frame(kind: u32, payload: &[u8], crc: u32) -> Vec<u8> {
    let mut bytes = (kind | 1 << 24).to_be_bytes().to_vec();
    bytes.extend((payload.len() as u32).to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(payload);
    bytes.extend(crc.to_be_bytes());
    bytes
}

fn data(rows: &[u8]) -> Vec<u8> {
    let payload = [&[0; 8], rows].concat();
    let mut crc = crc32::Crc32::new();
    crc.update(&payload);
    frame(8_388_609, &payload, crc.value())
}

fn end(status: u32, message: &str) -> Vec<u8> {
    let payload = [&[0; 15][..], &[9], &status.to_be_bytes(), message.as_bytes()].concat();
    frame(8_388_613, &payload, 0)
}

/// Feeds the bytes in pieces of a length.
fn read(bytes: &[u8], piece: usize, verifies: bool) -> Result<(Vec<u8>, SelectEnd)> {
    let (mut parser, mut rows) = (FrameParser::new(verifies), Vec::new());
    for piece in bytes.chunks(piece) {
        parser.push(piece);
        while let Some(frame) = parser.next()? {
            match frame {
                Frame::Data(piece) => rows.extend_from_slice(&piece),
                Frame::End(end) => return end.check("R1").map(|()| (rows, end)),
            }
        }
    }
    Err(Error::decode("no end"))
}

#[test]
fn frames_may_be_cut_anywhere() {
    let keep_alive = frame(8_388_612, &[0; 8], 0);
    let bytes = [data(b"a,b\n"), keep_alive, data(b""), data(b"c,d\n"), end(200, "")].concat();
    for piece in 1..bytes.len() {
        let (rows, end) = read(&bytes, piece, true).unwrap();
        assert_eq!((rows.as_slice(), end.scanned_bytes), (&b"a,b\nc,d\n"[..], 9));
    }
}

#[test]
fn an_error_at_the_end_is_an_error() {
    let failed = |message: &str| read(&[data(b"x"), end(400, message)].concat(), 7, true).unwrap_err();
    let error = failed("InvalidCsvLine.Row 3. Column 2.");
    assert_eq!((error.code(), error.request_id()), (Some("InvalidCsvLine"), Some("R1")));
    assert_eq!(error.service().unwrap().message(), "Row 3. Column 2.");
    for plain in ["no dot", "dot at the end."] {
        let error = failed(plain);
        assert_eq!((error.code(), error.service().unwrap().message()), (Some(""), plain));
    }
}

#[test]
fn wrong_frames_are_errors() {
    let mut changed = data(b"abc");
    *changed.last_mut().unwrap() ^= 1;
    let changed = [changed, end(200, "")].concat();
    assert!(read(&changed, 100, true).unwrap_err().is_retryable());
    assert!(read(&changed, 100, false).is_ok());
    for bytes in [
        frame(8_388_616, &[0; 8], 0),
        frame(8_388_613, &[0; 19], 0),
        frame(8_388_609, &[0; 7], 0),
        frame(8_388_613, &[0; 70_000], 0),
        vec![2; 12],
    ] {
        assert_eq!(read(&bytes, 5, false).unwrap_err().kind(), sanyun_core::ErrorKind::Decode);
    }
}

#[tokio::test]
async fn an_answer_without_its_last_frame_is_an_error() {
    let body = |bytes: Vec<u8>| StreamBody::from(Bytes::from(bytes));
    assert!(read_frames(body(data(b"abc")), true).await.is_err());
    let (rows, end) = read_frames(body([data(b"abc"), end(206, "")].concat()), true).await.unwrap();
    assert_eq!((rows, end.status), (Bytes::from("abc"), 206));
}
