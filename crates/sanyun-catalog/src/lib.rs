//! The facts about every API of Huawei Cloud, Tencent Cloud and Alibaba Cloud: names, methods, paths, parameters with
//! place and type, structures, versions, regions. Finding one operation unpacks a few kilobytes and takes microseconds.
//!
//! ```
//! # #[cfg(feature = "tencent")] {
//! use sanyun_catalog::Catalog;
//!
//! let cvm = Catalog::tencent().service("cvm", Some("2017-03-12"))?;
//! let operation = cvm.operation("DescribeInstances")?;
//! assert_eq!(operation.method, "POST");
//!
//! let error = cvm.operation("DescribeInstance").unwrap_err();
//! assert!(error.to_string().contains("did you mean `DescribeInstances`"));
//! # }
//! # Ok::<(), sanyun_catalog::LookupError>(())
//! ```
//!
//! - [`Catalog`]: one cloud; opened from the program itself or from a directory with a newer one.
//! - [`Service`]: one version of one service; [`Operation`] and [`Type`]: what it can do.
//! - [`check`]: parameters against an operation, all problems at once.
//! - [`sample`]: a made-up answer that fits.
//! - [`search`]: operations by words.
//! - [`paging`]: how the pages of a listing are asked for.
//!
//! The facts come from the packages that the vendors publish; `docs/catalog.md` says which and how.

mod archive;
#[cfg(feature = "calls")]
pub mod calls;
mod catalog;
pub mod check;
mod cloud;
mod embedded;
mod lookup;
mod nearest;
mod operation;
pub mod paging;
mod record;
pub mod sample;
pub mod search;
mod service;
mod types;

pub use archive::ArchiveError;
#[cfg(feature = "write")]
pub use archive::{WriteError, Writer};
pub use catalog::{Catalog, ServiceEntry};
pub use cloud::Cloud;
pub use lookup::LookupError;
pub use operation::{CallStyle, Operation, OperationFlags, Param, ParamStyle, Place, Rare};
pub use service::{Meta, Region, Service, Source};
pub use types::{Enum, Field, Flags, Struct, Type, TypeDef};
