//! Objects in one piece.

use bytes::Bytes;
use object_store::path::Path;
use object_store::{Error, PutMode, PutOptions, PutPayload, PutResult, Result};
use sanyun_oss::operation::Request as _;
use sanyun_oss::ops::PutObject;
use sanyun_oss::{Body, Input};

use crate::{OssStore, attributes, create, error};

/// Payloads of several pieces up to this length are joined: one write instead of many.
const MAX_JOINED: u64 = 256 * 1024;

impl OssStore {
    pub(crate) async fn put_object(
        &self,
        location: &Path,
        payload: PutPayload,
        options: &PutOptions,
    ) -> Result<PutResult> {
        let creates = match options.mode {
            PutMode::Overwrite => false,
            PutMode::Create => true,
            PutMode::Update(_) => return Err(no_update()),
        };
        let input = self.input(PutObject::OPERATION, location).body(body(payload));
        let call = self.bucket().client().send(attributes::describe(input, &options.attributes, &options.tags)?);
        let call = if creates { self.create(call).await?.call().idempotent(false) } else { call.call() };
        let stored = call.await.map_err(|refused| error::of(location, refused))?;
        let text = |name: &str| stored.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        let result = PutResult { e_tag: text("etag"), version: text("version_id"), extensions: Default::default() };
        if creates {
            create::verdict(location, result.version.as_deref())?
        }
        Ok(result)
    }

    /// A call about an object.
    pub(crate) fn input(&self, operation: &'static sanyun_oss::operation::Operation, location: &Path) -> Input {
        Input::new(operation).bucket(self.bucket().name()).key(location.as_ref())
    }
}

fn no_update() -> Error {
    Error::NotImplemented {
        operation: "`put_opts` with `PutMode::Update` (OSS takes no If-Match for writes)".to_owned(),
        implementer: "OssStore".to_owned(),
    }
}

/// The bytes of a payload, without a copy unless they are few in many pieces.
pub(crate) fn body(payload: PutPayload) -> Body {
    match payload.as_ref() {
        [] => Body::empty(),
        [bytes] => Bytes::clone(bytes).into(),
        _ => Body::sequence(payload.into_iter().map(Body::from).collect(), MAX_JOINED),
    }
}
