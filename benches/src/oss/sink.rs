//! A server that reads what it is sent and sends what is asked for, and neither sums nor stores: as fast as a server of
//! this HTTP library can be. It knows the checksum of its object beforehand.

use std::convert::Infallible;

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::pattern::Pattern;
use crate::{Done, option};

/// `oss-sink --bytes N`: prints its URL and serves until it is killed.
pub(super) fn run(args: &[String]) -> Done {
    crate::pin_to(0);
    let bytes: u64 = option(args, "--bytes").parse()?;
    let (piece, crc64) = (Pattern::piece(), Pattern::crc64(bytes));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("http://{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let piece = piece.clone();
            let service = service_fn(move |request| answer(request, piece.clone(), bytes, crc64));
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    })
}

async fn answer(
    request: Request<Incoming>,
    piece: Bytes,
    bytes: u64,
    crc64: u64,
) -> Result<Response<Pattern>, Infallible> {
    let (head, mut body) = request.into_parts();
    while let Some(Ok(_)) = body.frame().await {}
    let sent = if head.method == Method::GET { bytes } else { 0 };
    let mut reply = Response::new(Pattern::new(piece, sent));
    let headers = reply.headers_mut();
    headers.insert("x-oss-request-id", HeaderValue::from_static("0123456789ABCDEF01234567"));
    headers.insert("etag", HeaderValue::from_static("\"D41D8CD98F00B204E9800998ECF8427E\""));
    headers.insert("last-modified", HeaderValue::from_static("Sat, 21 Nov 2026 12:00:00 GMT"));
    headers.insert("x-oss-hash-crc64ecma", HeaderValue::from(crc64));
    Ok(reply)
}
