use super::*;

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
        assert_eq!(whole.collect().await.unwrap(), content);
        assert_eq!(part.collect().await.unwrap(), content[300_000..600_001]);
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
    assert_eq!(body.collect().await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn a_one_shot_stream_opens_once() {
    let stream = Pieces(vec![Bytes::from_static(b"ab"), Bytes::from_static(b"c")].into_iter());
    let body = Body::once(Box::pin(stream), Some(3));
    assert!(!body.is_replayable());
    assert_eq!(body.collect().await.unwrap(), "abc");
    assert!(body.collect().await.is_err());
}

#[tokio::test]
async fn a_factory_opens_as_often_as_asked() {
    let body = Body::factory(None, || Ok(Box::pin(Pieces(vec![Bytes::from_static(b"xyz")].into_iter()))));
    assert!(body.is_replayable() && body.len().is_none());
    assert_eq!(body.collect().await.unwrap(), "xyz");
    assert_eq!(body.collect().await.unwrap(), "xyz");
}

#[test]
fn debug_shows_no_content() {
    let shown = format!("{:?}", Body::from("password=top-secret"));
    assert_eq!(shown, "Body(bytes, 19 bytes)");
}

fn twice(text: &'static str) -> Body {
    Body::factory(Some(text.len() as u64), move || {
        Ok(Box::pin(Pieces(vec![Bytes::from_static(text.as_bytes())].into_iter())))
    })
}

#[tokio::test]
async fn a_sequence_in_memory_is_joined_up_to_its_limit() {
    let pieces = || vec!["ab".into(), Body::empty(), "c".into()];
    assert_eq!(Body::sequence(pieces(), 3).as_bytes(), Some(&b"abc"[..]));
    let longer = Body::sequence(pieces(), 2);
    assert_eq!((longer.as_bytes(), longer.len(), longer.is_replayable()), (None, Some(3), true));
    assert_eq!(longer.collect().await.unwrap(), "abc");
    assert!(Body::sequence(Vec::new(), 0).is_empty());
}

#[tokio::test]
async fn a_sequence_is_what_its_pieces_are() {
    let known = Body::sequence(vec!["a".into(), twice("bc")], u64::MAX);
    assert_eq!((known.len(), known.is_replayable()), (Some(3), true));
    for _ in 0..2 {
        assert_eq!(known.collect().await.unwrap(), "abc");
    }
    let unknown = Body::factory(None, || Err(io::ErrorKind::NotFound.into()));
    let unknown = Body::sequence(vec!["a".into(), unknown], u64::MAX);
    assert_eq!((unknown.len(), unknown.is_replayable()), (None, true));
    assert_eq!(unknown.collect().await.unwrap_err().kind(), io::ErrorKind::NotFound);
    let OpenBody::Stream(stream, _) = twice("z").open().unwrap() else { panic!("a factory gives a stream") };
    let once = Body::sequence(vec![Body::once(stream, Some(1)), "a".into()], u64::MAX);
    assert_eq!((once.len(), once.is_replayable()), (Some(2), false));
    assert_eq!(once.collect().await.unwrap(), "za");
    assert!(once.collect().await.is_err());
}

#[tokio::test]
async fn each_piece_of_a_sequence_keeps_its_progress() {
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let counted = Body::from("bcd").with_progress(move |progress| listener.lock().unwrap().push(progress.transferred));
    let body = Body::sequence(vec!["a".into(), counted, "e".into()], u64::MAX);
    assert!(body.as_bytes().is_none());
    assert_eq!(body.collect().await.unwrap(), "abcde");
    assert_eq!(told.lock().unwrap().last(), Some(&3));
}
