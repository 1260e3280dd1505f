//! The role of a signer: N signatures and nothing else, against the bare hashing of the same bytes.

use std::hint::black_box;

use http::HeaderValue;
use http::header::{ACCEPT_ENCODING, HOST};
use sanyun_core::hash::{hmac_sha256, sha256};
use serde_json::json;

use crate::clouds::Target;
use crate::{Done, allocations, cpu_seconds, option};

/// `sign --cloud C --who ours|hash|copy --count N`
pub(crate) fn run(args: &[String]) -> Done {
    let count: u64 = option(args, "--count").parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let target = runtime.block_on(Target::new(option(args, "--cloud"), "http://127.0.0.1:1"));
    let (unsigned, preview) = (target.unsigned(), target.preview());
    let key = [7; 32];
    let body = preview.request.body.as_bytes().unwrap_or_default().to_vec();
    let (canonical, to_sign) = (preview.signature.canonical_request, preview.signature.string_to_sign);
    let work: Box<dyn Fn()> = match option(args, "--who") {
        "ours" => Box::new(|| drop(black_box(target.sign(unsigned.clone())))),
        // What signing starts from has to be copied for every signature, and gets the headers that are not signed; that
        // is measured alone and taken off.
        "copy" => Box::new(|| {
            let mut request = unsigned.clone();
            if !black_box(request.headers.contains_key(HOST)) && !request.headers.contains_key(ACCEPT_ENCODING) {
                request.headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
            }
            drop(black_box(request));
        }),
        _ => Box::new(|| {
            black_box(sha256(black_box(&body)));
            black_box(sha256(black_box(canonical.as_bytes())));
            black_box(hmac_sha256(black_box(&key), black_box(to_sign.as_bytes())));
        }),
    };
    (0..1000).for_each(|_| work());
    let (before, allocated) = (cpu_seconds(), allocations::count());
    (0..count).for_each(|_| work());
    let (cpu, allocated) = (cpu_seconds() - before, allocations::count() - allocated);
    println!("{}", json!({"count": count, "cpu_s": cpu, "allocations": allocated}));
    Ok(())
}
