//! Typed operations: what generated code names, and how such an operation becomes a call.
//!
//! ```no_run
//! # async fn example(client: sanyun_tencent::Client) -> sanyun_tencent::Result<()> {
//! # mod cvm {
//! #     use sanyun_tencent::typed as sdk;
//! #     pub static SERVICE: sdk::Service = sdk::Service::new("cvm", "2017-03-12");
//! #     pub struct DescribeZones;
//! #     impl sdk::Record for DescribeZones {
//! #         fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> { by.record(&[], &mut []) }
//! #     }
//! #     impl sdk::Operation for DescribeZones {
//! #         type Cloud = sdk::Cloud;
//! #         type Output = sdk::Value;
//! #         const API: sdk::Api = sdk::Api::new(&SERVICE, "DescribeZones", "POST", "/");
//! #     }
//! # }
//! use cvm::DescribeZones;                       // generated: by a feature, a build script, or `sanyun generate`
//!
//! let zones = client.call(DescribeZones).await?;
//! println!("{}", zones.request_id());
//! # Ok(())
//! # }
//! ```

pub use sanyun_core::typed::*;

/// The mark of this cloud's operations.
#[derive(Clone, Copy, Debug)]
pub enum Cloud {}
