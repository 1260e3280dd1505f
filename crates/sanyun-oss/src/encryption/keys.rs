//! The keys of objects: made, wrapped, unwrapped, and kept for a while.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sanyun_core::{Chance, Error, Result};

use super::content::DataKey;
use super::envelope::Envelope;
use super::master::{MasterKey, SecretBytes};

/// How many objects' keys are kept: enough for the ranges of some objects at once.
const MAX_KEPT: usize = 32;

/// The master keys of a bucket.
pub(super) struct Keys {
    /// The one for new objects first, then those that only decrypt.
    masters: Vec<MasterKey>,
    /// Keys that were unwrapped, the latest last: unwrapping costs milliseconds, or a call of a service.
    opened: Mutex<VecDeque<(Envelope, Arc<DataKey>)>>,
}

impl Keys {
    pub(super) fn new(key: MasterKey) -> Self {
        Self { masters: vec![key], opened: Mutex::default() }
    }

    pub(super) fn with_older(&self, key: MasterKey) -> Self {
        let masters = self.masters.iter().cloned().chain([key]).collect();
        Self { masters, opened: Mutex::default() }
    }

    #[allow(clippy::indexing_slicing, reason = "the list is made with one and only grows")]
    pub(super) fn default_key(&self) -> &MasterKey {
        &self.masters[0]
    }

    /// A new object's key, and what is stored of it.
    pub(super) async fn seal(&self, chance: &dyn Chance) -> Result<(Arc<DataKey>, Envelope)> {
        let (data_key, master) = (DataKey::random(chance)?, self.default_key());
        let wrap = async |secret: &[u8]| master.wrap(&SecretBytes::new(secret.to_vec()), chance).await;
        let envelope = Envelope {
            key: wrap(data_key.key()).await?,
            start: wrap(data_key.start()).await?,
            wrap_algorithm: master.algorithm().to_owned(),
            description: master.described().cloned(),
        };
        Ok((Arc::new(data_key), envelope))
    }

    /// The key of an object.
    pub(super) async fn open(&self, envelope: &Envelope, chance: &dyn Chance) -> Result<Arc<DataKey>> {
        if let Some((_, kept)) = self.kept().iter().find(|(known, _)| known == envelope) {
            return Ok(Arc::clone(kept));
        }
        let opened = Arc::new(self.unwrap(envelope, chance).await?);
        let mut kept = self.kept();
        kept.push_back((envelope.clone(), Arc::clone(&opened)));
        if kept.len() > MAX_KEPT {
            kept.pop_front();
        }
        Ok(opened)
    }

    fn kept(&self) -> MutexGuard<'_, VecDeque<(Envelope, Arc<DataKey>)>> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn unwrap(&self, envelope: &Envelope, chance: &dyn Chance) -> Result<DataKey> {
        let master = self.master_of(envelope)?;
        let key = master.unwrap(&envelope.key, chance).await?;
        let start = master.unwrap(&envelope.start, chance).await?;
        let data_key = DataKey::new(key.expose(), start.expose()).ok_or_else(does_not_fit)?;
        // All SDKs of OSS leave these bytes zero: the one sign there is that a padding without a checksum was undone with
        // the right key.
        if master.may_unwrap_garbage() && data_key.start().get(8..12) != Some(&[0; 4]) {
            return Err(does_not_fit());
        }
        Ok(data_key)
    }

    /// The master key of the same description; the one for new objects if none has it.
    fn master_of(&self, envelope: &Envelope) -> Result<&MasterKey> {
        let described = self.masters.iter().find(|key| key.described() == envelope.description.as_ref());
        let master = described.unwrap_or_else(|| self.default_key());
        if master.algorithm() == envelope.wrap_algorithm {
            return Ok(master);
        }
        let (theirs, ours) = (&envelope.wrap_algorithm, master.algorithm());
        Err(Error::decode(format!("the object's key is wrapped with `{theirs}`, the master key is for `{ours}`")))
    }
}

/// The object's key was wrapped with another one.
pub(super) fn does_not_fit() -> Error {
    Error::decode("the master key does not fit the object")
        .with_hint("give the key that the object was encrypted with, with its description: `older_key`")
}
