//! Objects that grow: one append, and a writer that appends again and again.

mod writer;

use sanyun_core::{Body, Output, Result};

use crate::action::{Action, Asked, FromReply};
use crate::bucket::Bucket;
use crate::object::ObjectMeta;
use crate::operation::Request as _;
use crate::operation::object::{AppendObject, SealAppendObject, SealAppendObjectResult};

pub use writer::{Appender, DEFAULT_APPEND_BUFFER};

impl Bucket {
    /// Appends bytes to an object, which has to be `position` bytes long; at position 0 it is made. The call is not tried
    /// again where the first time may have done it: [`appender`](Self::appender) finds out and goes on.
    pub fn append(&self, key: impl Into<String>, position: u64, body: impl Into<Body>) -> Action<Appended> {
        let body = body.into();
        self.on(AppendObject::OPERATION, key).query("position", position.to_string()).change(|input| {
            input.body = body;
            // Nothing has the checksum 0.
            input.crc_before = (position == 0).then_some(0);
            Ok(())
        })
    }

    /// A writer that appends to an object, with what is said of the object when the first write makes it.
    /// [`open`](Action::open) looks whether it exists.
    ///
    /// ```no_run
    /// # async fn example(logs: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// let mut log = logs.appender("app.log").content_type("text/plain").open().await?;
    /// log.append("one line\n").await?;
    /// println!("{:?} bytes", log.position());
    /// # Ok(()) }
    /// ```
    pub fn appender(&self, key: impl Into<String>) -> Action<Appender> {
        self.on(AppendObject::OPERATION, key)
    }

    /// Ends the growing of an object, which has to be `position` bytes long: from now on it is like any other.
    pub fn seal(&self, key: impl Into<String>, position: u64) -> Action<SealAppendObjectResult> {
        self.on(SealAppendObject::OPERATION, key).query("position", position.to_string())
    }
}

impl Action<Appended> {
    /// The CRC-64 of what the object holds already. With it the reply's checksum is compared; a difference is an error
    /// that is not retried, because the bytes are in the object.
    pub fn previous_crc(self, crc: u64) -> Self {
        self.change(|input| {
            input.crc_before = Some(crc);
            Ok(())
        })
    }
}

/// What OSS says about bytes that were appended.
#[derive(Clone, Debug)]
pub struct Appended {
    meta: ObjectMeta,
}

impl Appended {
    /// The object's length: where the next append goes.
    pub fn next_position(&self) -> Option<u64> {
        self.meta.header("x-oss-next-append-position")?.parse().ok()
    }

    /// The CRC-64 of the whole object.
    pub fn crc64(&self) -> Option<u64> {
        self.meta.crc64()
    }

    /// The version; `None` in a bucket without versions.
    pub fn version_id(&self) -> Option<&str> {
        self.meta.version_id()
    }
}

impl FromReply for Appended {
    fn from_reply(output: Output, asked: &Asked) -> Result<Self> {
        Ok(Self { meta: ObjectMeta::from_reply(output, asked)? })
    }
}
