//! Sanyun: catalog facts to Rust source.
