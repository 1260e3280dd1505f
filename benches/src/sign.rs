//! The role of a signer: N signatures and nothing else, against the bare hashing of the same bytes.

use std::hint::black_box;

use sanyun_core::hash::{HmacSha256, sha256};
use serde_json::json;

use crate::clouds::Target;
use crate::{Done, allocations, cpu_seconds, option};

/// `sign --cloud C --who ours|hash|copy --count N`
pub(crate) fn run(args: &[String]) -> Done {
    let count: u64 = option(args, "--count").parse()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let target = Target::new(option(args, "--cloud"), "http://127.0.0.1:1");
    let preview = runtime.block_on(target.preview());
    let signer = target.signer();
    let key = HmacSha256::new(b"a key that was derived before");
    let body = preview.request.body.as_bytes().unwrap_or_default().to_vec();
    let (canonical, to_sign) = (preview.signature.canonical_request, preview.signature.string_to_sign);
    let work: Box<dyn Fn()> = match option(args, "--who") {
        "ours" => Box::new(|| signer.sign()),
        // What signing starts from has to be copied for every signature; it is measured alone and taken off.
        "copy" => Box::new(|| signer.copy()),
        _ => Box::new(|| {
            black_box(sha256(black_box(&body)));
            black_box(sha256(black_box(canonical.as_bytes())));
            black_box(key.sign(black_box(to_sign.as_bytes())));
        }),
    };
    (0..1000).for_each(|_| work());
    let (before, allocated) = (cpu_seconds(), allocations::count());
    (0..count).for_each(|_| work());
    let (cpu, allocated) = (cpu_seconds() - before, allocations::count() - allocated);
    println!("{}", json!({"count": count, "cpu_s": cpu, "allocations": allocated}));
    Ok(())
}
