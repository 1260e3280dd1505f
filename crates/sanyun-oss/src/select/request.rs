//! What a query is made of.

use sanyun_core::codec::{self, Field};
use sanyun_core::{Error, Result, encode};
use serde_json::{Map, Value};

use super::{SelectMeta, Selection};
use crate::action::{Action, FromReply};
use crate::bucket::Bucket;
use crate::input::Input;
use crate::operation::Request as _;
use crate::operation::select::{CSVInput, CSVOutput, CreateSelectObjectMeta, JSONInput, JSONOutput, SelectObject};

/// Texts that OSS wants in base64, because they are white space as a rule.
const ENCODED: &[&str] = &["record_delimiter", "field_delimiter", "quote_character", "comment_character"];

impl Bucket {
    /// Asks a query of an object that holds rows: CSV unless [`json`](Action::json) says otherwise. The query is SQL with
    /// `ossobject` as its table.
    pub fn select(&self, key: impl Into<String>, query: &str) -> Action<Selection> {
        let query = encode::base64(query.as_bytes());
        self.on(SelectObject::OPERATION, key).query("x-oss-process", "csv/select").member(&["expression"], query.into())
    }

    /// Counts rows and columns of an object, and finds the places where it can be read in pieces.
    pub fn select_meta(&self, key: impl Into<String>) -> Action<SelectMeta> {
        self.on(CreateSelectObjectMeta::OPERATION, key).query("x-oss-process", "csv/meta").input_format("csv", None)
    }
}

/// Results of calls that read the rows of an object.
pub trait ReadsRows: FromReply {
    /// What is done with them, as `x-oss-process` says it.
    #[doc(hidden)]
    const VERB: &'static str;
}

impl ReadsRows for Selection {
    const VERB: &'static str = "select";
}

impl ReadsRows for SelectMeta {
    const VERB: &'static str = "meta";
}

impl<T: ReadsRows> Action<T> {
    /// The object is CSV, and how it is written. Delimiters and quotes are given as they are; they go out in base64.
    pub fn csv(self, mut format: CSVInput) -> Self {
        self.query("x-oss-process", ["csv/", T::VERB].concat()).input_format("csv", Some(&mut format))
    }

    /// The object is JSON, and how it is written: [`type`](JSONInput::type) is `LINES` or `DOCUMENT`.
    pub fn json(self, mut format: JSONInput) -> Self {
        self.query("x-oss-process", ["json/", T::VERB].concat()).input_format("json", Some(&mut format))
    }

    /// The object is compressed: `GZIP`.
    pub fn compression(self, kind: &str) -> Self {
        self.member(&["input_serialization", "compression_type"], kind.into())
    }

    /// Sets how the object is written, instead of what was said before.
    fn input_format(self, name: &str, format: Option<&mut dyn Field>) -> Self {
        let other = if name == "csv" { "json" } else { "csv" };
        self.format("input_serialization", name, format).change(|input| {
            let formats = input.document.as_mut().and_then(|it| it.get_mut("input_serialization"));
            if let Some(Value::Object(formats)) = formats {
                formats.remove(other);
            }
            Ok(())
        })
    }

    fn format(self, part: &str, name: &str, format: Option<&mut dyn Field>) -> Self {
        match format.map(in_base64).transpose() {
            Ok(format) => self.member(&[part, name], format.unwrap_or_else(|| Map::new().into())),
            Err(error) => self.fail(error),
        }
    }

    /// Sets a member of the request's document.
    fn member(self, path: &[&str], value: Value) -> Self {
        self.change(|input| {
            set(input.document.get_or_insert_default(), path, value);
            Ok(())
        })
    }
}

impl Action<Selection> {
    /// How rows of CSV come out. Delimiters and quotes are given as they are.
    pub fn csv_output(self, mut format: CSVOutput) -> Self {
        self.format("output_serialization", "csv", Some(&mut format))
    }

    /// How JSON comes out. The delimiter is given as it is.
    pub fn json_output(self, mut format: JSONOutput) -> Self {
        self.format("output_serialization", "json", Some(&mut format))
    }

    /// Sends the names of the columns first.
    pub fn output_header(self) -> Self {
        self.member(&["output_serialization", "output_header"], true.into())
    }

    /// Sends all columns of the object, those that the query does not name empty.
    pub fn keep_all_columns(self) -> Self {
        self.member(&["output_serialization", "keep_all_columns"], true.into())
    }

    /// Sends rows without frames: then a query that fails on the way ends like one that found everything.
    pub fn raw_output(self) -> Self {
        self.member(&["output_serialization", "output_raw_data"], true.into())
    }

    /// Lets OSS compute a checksum of each piece, which is compared.
    pub fn payload_crc(self) -> Self {
        self.member(&["output_serialization", "enable_payload_crc"], true.into())
    }

    /// Leaves out rows that the query cannot read, and up to how many; more are an error. Without it OSS takes them as
    /// empty.
    pub fn skip_bad_records(self, most: i64) -> Self {
        self.member(&["options", "skip_partial_data_record"], true.into())
            .member(&["options", "max_skipped_records_allowed"], most.into())
    }
}

impl Action<SelectMeta> {
    /// Does it again, even if OSS knows the object already.
    pub fn overwrite(self) -> Self {
        self.member(&["overwrite_if_exists"], true.into())
    }
}

/// Sets a member of a structure inside structures.
fn set(place: &mut Value, path: &[&str], value: Value) {
    let [name, rest @ ..] = path else {
        *place = value;
        return;
    };
    if !place.is_object() {
        *place = Map::new().into();
    }
    if let Value::Object(members) = place {
        set(members.entry(*name).or_insert_with(|| Map::new().into()), rest, value);
    }
}

fn in_base64(format: &mut dyn Field) -> Result<Value> {
    let mut format: Value = serde_json::from_str(&codec::to_json(format))
        .map_err(|error| Error::input(format!("how the rows are written: {error}")))?;
    for (name, value) in format.as_object_mut().into_iter().flatten() {
        if let Some(text) = value.as_str().filter(|_| ENCODED.contains(&name.as_str())) {
            *value = encode::base64(text.as_bytes()).into();
        }
    }
    Ok(format)
}

/// Whether the call lets OSS compute the checksums of frames.
pub(crate) fn asks_for_crc(input: &Input) -> bool {
    let flag = || input.document.as_ref()?.get("output_serialization")?.get("enable_payload_crc")?.as_bool();
    flag().unwrap_or_default()
}

/// The outermost element of a request: that of [`CreateSelectObjectMeta`] follows from what the object is.
pub(crate) fn meta_root(input: &Input, root: &'static str) -> &'static str {
    let is_json = input.query.iter().any(|(name, value)| name == "x-oss-process" && value.starts_with("json/"));
    if root == "CsvMetaRequest" && is_json { "JsonMetaRequest" } else { root }
}
