//! Typed operations: what generated code names, and how such an operation becomes a call.
//!
//! ```no_run
//! # async fn example(client: sanyun_huawei::Client) -> sanyun_huawei::Result<()> {
//! # mod vpc {
//! #     use sanyun_huawei::typed as sdk;
//! #     pub static SERVICE: sdk::Service = sdk::Service::new("vpc", "v3");
//! #     pub struct ListVpcs;
//! #     impl sdk::Record for ListVpcs {
//! #         fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> { by.record(&[], &mut []) }
//! #     }
//! #     impl sdk::Operation for ListVpcs {
//! #         type Cloud = sdk::Cloud;
//! #         type Output = sdk::Value;
//! #         const API: sdk::Api = sdk::Api::new(&SERVICE, "ListVpcs", "GET", "/v3/{project_id}/vpc/vpcs");
//! #     }
//! # }
//! use vpc::ListVpcs;                       // generated: by a feature, a build script, or `sanyun generate`
//!
//! let vpcs = client.call(ListVpcs).await?;
//! println!("{}", vpcs.request_id());
//! # Ok(())
//! # }
//! ```

pub use sanyun_core::typed::*;

/// The mark of this cloud's operations.
#[derive(Clone, Copy, Debug)]
pub enum Cloud {}
