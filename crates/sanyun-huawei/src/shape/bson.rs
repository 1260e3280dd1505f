//! BSON bodies and replies, as JSON values. What JSON has no type for is written as MongoDB's Extended JSON (version 2,
//! the relaxed form): an object whose first name begins with `$`.
//!
//! | BSON | JSON |
//! |---|---|
//! | 32-bit and 64-bit integer, double | a number; an integer takes 32 bits if it fits, else 64 |
//! | ObjectId | `{"$oid": "24 hexadecimal digits"}` |
//! | date | `{"$date": "2026-01-02T03:04:05.678Z"}`; before 1970 and after 9999 `{"$date": {"$numberLong": "milliseconds"}}` |
//! | binary | `{"$binary": {"base64": "…", "subType": "00"}}` |
//! | 128-bit decimal | `{"$numberDecimal": "1.50"}` |
//! | timestamp | `{"$timestamp": {"t": 1, "i": 2}}` |
//! | regular expression | `{"$regularExpression": {"pattern": "…", "options": "i"}}` |
//! | code | `{"$code": "…"}`, with `"$scope": {…}` beside it where it has one |
//! | the least and the greatest key | `{"$minKey": 1}`, `{"$maxKey": 1}` |
//! | a double that is no number | `{"$numberDouble": "NaN"}`, `Infinity`, `-Infinity` |
//!
//! `$numberInt`, `$numberLong` and `$numberDouble` are taken, too, where a type must be chosen.
//!
//! ```
//! use sanyun_huawei::bson;
//! use serde_json::json;
//!
//! let document = json!({"_id": {"$oid": "65a1b2c3d4e5f60718293a4b"}, "n": 7});
//! let bytes = bson::to_bytes(&document)?;
//! assert_eq!(bytes.len(), 29);
//! assert_eq!(bson::from_bytes(&bytes)?, document);
//! # Ok::<(), sanyun_core::Error>(())
//! ```

mod decimal;
mod extended;
mod read;
mod write;

pub use read::from_bytes;
pub use write::to_bytes;

/// Documents inside documents: deeper ones are refused, both ways. MongoDB's own limit is as high.
const MAX_DEPTH: usize = 100;

/// The types of values, as the specification of BSON numbers them.
mod kind {
    pub(super) const DOUBLE: u8 = 0x01;
    pub(super) const STRING: u8 = 0x02;
    pub(super) const DOCUMENT: u8 = 0x03;
    pub(super) const ARRAY: u8 = 0x04;
    pub(super) const BINARY: u8 = 0x05;
    pub(super) const UNDEFINED: u8 = 0x06;
    pub(super) const OBJECT_ID: u8 = 0x07;
    pub(super) const BOOLEAN: u8 = 0x08;
    pub(super) const DATE: u8 = 0x09;
    pub(super) const NULL: u8 = 0x0a;
    pub(super) const REGEX: u8 = 0x0b;
    pub(super) const DB_POINTER: u8 = 0x0c;
    pub(super) const CODE: u8 = 0x0d;
    pub(super) const SYMBOL: u8 = 0x0e;
    pub(super) const SCOPED_CODE: u8 = 0x0f;
    pub(super) const INT32: u8 = 0x10;
    pub(super) const TIMESTAMP: u8 = 0x11;
    pub(super) const INT64: u8 = 0x12;
    pub(super) const DECIMAL: u8 = 0x13;
    pub(super) const MAX_KEY: u8 = 0x7f;
    pub(super) const MIN_KEY: u8 = 0xff;
}

/// The sub-type of binary values whose length stands twice.
const OLD_BINARY: u8 = 0x02;

#[cfg(test)]
mod tests;
