use super::*;

async fn collect(body: &Body) -> io::Result<Vec<u8>> {
    match body.open()? {
        OpenBody::Empty => Ok(Vec::new()),
        OpenBody::Bytes(bytes) => Ok(bytes.to_vec()),
        OpenBody::Stream(mut stream, _) => {
            let mut all = Vec::new();
            while let Some(piece) = std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
                all.extend_from_slice(&piece?);
            }
            Ok(all)
        }
    }
}

/// A stream that gives the pieces of a list.
struct Pieces(std::vec::IntoIter<Bytes>);

impl Stream for Pieces {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(self.0.next().map(Ok))
    }
}

#[tokio::test]
async fn file_parts_are_read_again_for_every_attempt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    let content: Vec<u8> = (0..700_000_u32).map(|i| (i % 251) as u8).collect();
    std::fs::write(&path, &content).unwrap();

    let whole = Body::file(&path).unwrap();
    let part = Body::file_range(&path, 300_000, 300_001).unwrap();
    for _ in 0..2 {
        assert_eq!(collect(&whole).await.unwrap(), content);
        assert_eq!(collect(&part).await.unwrap(), content[300_000..600_001]);
    }
    assert_eq!((whole.len(), part.len()), (Some(700_000), Some(300_001)));
    assert!(Body::file_range(&path, 700_000, 1).is_err());
    assert!(Body::file(folder.path()).is_err());
}

#[tokio::test]
async fn a_file_that_shrank_is_an_error_and_not_a_short_body() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data");
    std::fs::write(&path, [1_u8; 100]).unwrap();
    let body = Body::file(&path).unwrap();
    std::fs::write(&path, [1_u8; 50]).unwrap();
    assert_eq!(collect(&body).await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn a_one_shot_stream_opens_once() {
    let stream = Pieces(vec![Bytes::from_static(b"ab"), Bytes::from_static(b"c")].into_iter());
    let body = Body::once(Box::pin(stream), Some(3));
    assert!(!body.is_replayable());
    assert_eq!(collect(&body).await.unwrap(), b"abc");
    assert!(collect(&body).await.is_err());
}

#[tokio::test]
async fn a_factory_opens_as_often_as_asked() {
    let body = Body::factory(None, || Ok(Box::pin(Pieces(vec![Bytes::from_static(b"xyz")].into_iter()))));
    assert!(body.is_replayable() && body.len().is_none());
    assert_eq!(collect(&body).await.unwrap(), b"xyz");
    assert_eq!(collect(&body).await.unwrap(), b"xyz");
}

#[test]
fn debug_shows_no_content() {
    let shown = format!("{:?}", Body::from("password=top-secret"));
    assert_eq!(shown, "Body(bytes, 19 bytes)");
}
