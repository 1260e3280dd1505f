//! What all connections share.

use std::sync::Arc;

use sanyun_core::{Chance, Clock};

use crate::access_log::AccessLog;
use crate::alibaba;
use crate::fault::Faults;
use crate::huawei::Identity;
use crate::keys::Keys;
use crate::metadata::Instance;
use crate::oss::Store;
use crate::resources::Resources;
use crate::tencent::Sessions;

/// Everything a request may need.
pub(crate) struct State {
    pub(crate) keys: Keys,
    pub(crate) identity: Identity,
    pub(crate) instance: Instance,
    /// The key pairs, bearer tokens and temporary keys of Alibaba Cloud.
    pub(crate) alibaba: alibaba::Identity,
    /// The temporary keys that Tencent Cloud's STS and metadata service gave out.
    pub(crate) sessions: Sessions,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) chance: Arc<dyn Chance>,
    pub(crate) resources: Resources,
    pub(crate) store: Arc<Store>,
    pub(crate) faults: Faults,
    /// Whether programs may ask for faults over HTTP.
    pub(crate) fault_control: bool,
    pub(crate) log: AccessLog,
}
