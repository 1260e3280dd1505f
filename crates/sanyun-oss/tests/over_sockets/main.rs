//! Calls against a server of a few lines, over real sockets.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "the helpers of a test fail by panicking, as it does")]

mod append;
mod calls;
#[cfg(feature = "encryption")]
mod encryption;
mod objects;
mod options;
mod reader;
mod server;
mod transfer;
