//! What the clouds of Sanyun share: requests and bodies, the pipeline that sends them, credentials, retry, errors.
//!
//! Applications use it through a cloud's crate; its types are re-exported there. A cloud's crate implements
//! [`Protocol`] and builds its client from [`Settings`].
//!
//! The way of one call stands in [`Pipeline`].

pub mod access_log;
#[cfg(feature = "blocking")]
mod blocking;
mod body;
pub mod breaker;
mod call;
mod chance;
mod clock;
pub mod codec;
mod context;
pub mod credentials;
mod download;
pub mod encode;
mod endpoint;
mod error;
pub mod events;
pub mod hash;
pub mod hook;
pub mod ini;
mod operation;
mod options;
pub mod paging;
mod pipeline;
mod progress;
mod protocol;
pub mod redact;
mod reply;
mod request;
pub mod retry;
pub mod rsa;
mod secret;
mod settings;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod time;
mod trace;
pub mod transport;

pub use access_log::AccessLog;
pub use body::{Body, ByteStream, OpenBody};
pub use breaker::{BreakerPolicy, BreakerState};
pub use call::{Call, Prepared, Preview, Until, Wait, every};
pub use chance::{Chance, SeededChance, SystemChance};
pub use clock::{BoxFuture, Clock, ManualClock, SystemClock};
pub use context::{Context, Edit, Env, Files, Fixed, Process};
pub use credentials::{Chain, Credential, CredentialSource, Keys, Material, RefreshPolicy, SourceError};
pub use download::Part as TemporaryName;
pub use endpoint::{Endpoint, Scheme};
pub use error::{Error, ErrorKind, Result, ServiceClass, ServiceError, Side, TimeoutPhase};
pub use events::{Event, EventStream};
pub use hook::{AttemptOutcome, AttemptView, BreakerChange, CallOutcome, Hook, ReplyView, RequestView};
pub use http;
pub use operation::{Api, Decoded, Json, Operation, Read, Region, Service, Style, read_reply};
pub use options::CallOptions;
pub use pipeline::{Output, Pipeline};
pub use progress::Progress;
pub use protocol::{Attempt, CallInfo, Protocol, Signature, Verdict};
pub use reply::{Reply, Response, StreamBody};
pub use request::{Request, header_value};
pub use retry::{Backoff, Retry};
pub use secret::Secret;
pub use settings::Settings;
pub use transport::{Http, Proxy, RawReply, TlsVersion, Transport, TransportError, TransportErrorKind};

/// What generated code of every cloud names. The clouds' crates give it on as `typed`, together with their own `Cloud`.
pub mod typed {
    pub use crate::body::Body;
    pub use crate::codec::{
        Blob, Decimal, Extra, Field, File, IntoList, Map, Record, Timestamp, Visitor, debug, equal,
        operation_from_json, operation_json,
    };
    pub use crate::error::Result;
    pub use crate::operation::{Api, Operation, Service, Style};
    pub use crate::paging::{Advance, Paged, Paging};
    pub use crate::reply::StreamBody;
    pub use crate::secret::Secret;
    pub use crate::{int_enum, text_enum};
    pub use serde_json::Value;
}
