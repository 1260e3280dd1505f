//! Keys of path templates: which segments are placeholders, and a number made of method and the other segments. The
//! build script makes the index with them.

/// How many segments a path has, and which of them are (or hold) placeholders: bit 0 stands for the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) segments: u32,
    pub(crate) placeholders: u32,
}

/// The form of a template such as `/v1/{project_id}/vpcs`; `None` if it has more than 32 segments.
#[allow(dead_code, reason = "the library reads what the build script made of it")]
pub(crate) fn form_of_template(path: &str) -> Option<Form> {
    let mut form = Form { segments: 0, placeholders: 0 };
    for segment in segments(path) {
        form.placeholders |= u32::from(segment.contains('{')).checked_shl(form.segments)?;
        form.segments += 1;
    }
    (form.segments <= 32).then_some(form)
}

/// The key of a method and a path (or a template) whose segments at these places do not count. FNV-1a.
pub(crate) fn hash(method: &str, path: &str, placeholders: u32) -> u32 {
    let mut hash = fnv(0x811c_9dc5, method.as_bytes());
    for (at, segment) in (0..).zip(segments(path)) {
        let literal = placeholders.checked_shr(at).unwrap_or(0) & 1 == 0;
        hash = fnv(hash, b"/");
        hash = fnv(hash, if literal { segment.as_bytes() } else { b"{}" });
    }
    hash
}

fn fnv(hash: u32, bytes: &[u8]) -> u32 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// The parts of a path; a slash at the end counts for nothing.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.strip_suffix('/').unwrap_or(path).split('/').skip(1)
}
