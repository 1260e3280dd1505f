//! The tour.

mod support;

use support::line;

#[test]
fn the_tour_succeeds_and_says_what_it_did() {
    let told = line("tour").ok();
    for part in [
        "signed with SDK-HMAC-SHA256 by sanyun-local-ak",
        "signed with TC3-HMAC-SHA256 by",
        "signed with ACS3-HMAC-SHA256 by",
        "signed with OSS4-HMAC-SHA256 by",
        "ok: 4000000 bytes, the same again",
        "ok: refused with APIGW.0301",
        "hint: ",
        "13 steps, all as they should be",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(!told.contains("DIFFERS") && !told.contains("sanyun-local-sk"), "{told}");
}
