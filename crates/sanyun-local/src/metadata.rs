//! How the metadata service of the instance behaves: a setting.

/// How the ECS metadata service behaves that the local cloud also is. See
/// [`Builder::metadata`](crate::Builder::metadata).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Metadata {
    /// Version 1 (no token) and version 2 (with one), as an instance has it unless somebody sets it otherwise.
    #[default]
    Both,
    /// Version 1 only: the request for a token is answered with 404.
    V1,
    /// Version 2 only: without a token the answer is 401.
    V2,
    /// Both versions, but the instance has no agency, so that there are no keys: 401.
    NoAgency,
}
