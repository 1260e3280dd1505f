//! Typed clients of Huawei Cloud, Tencent Cloud and Alibaba Cloud as Rust source, from the facts of the catalog.
//!
//! Three ways lead here: cargo features of `sanyun` (whole services), a build script (the operations you name), and the
//! command `sanyun generate` (one file to check in). All give the same code.
//!
//! A build script, with `sanyun-codegen = { version = "0.1", features = ["alibaba"] }` under `[build-dependencies]`:
//!
//! ```no_run
//! fn main() -> Result<(), sanyun_codegen::Error> {
//!     sanyun_codegen::Build::new()
//!         .service("alibaba/ecs/2014-05-26")
//!         .operations(["DescribeInstances", "RunInstances"])
//!         .generate()
//! }
//! ```
//!
//! and in the program:
//!
//! ```ignore
//! mod api {
//!     include!(concat!(env!("OUT_DIR"), "/sanyun.rs"));
//! }
//! use api::alibaba::ecs::DescribeInstances;
//! ```

mod build;
mod error;
mod features;
mod model;
mod module;
mod naming;
mod spec;
mod tree;
mod write;

pub use build::Build;
pub use error::Error;
pub use features::{feature, services};
pub use module::{Counts, Module, Selection};
pub use sanyun_catalog::Cloud;
pub use spec::Spec;
pub use tree::Tree;
