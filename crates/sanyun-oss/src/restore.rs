//! Objects in the archive classes: they are restored before they can be read.

use serde_json::{Map, Value, json};

use crate::action::Action;
use crate::bucket::Bucket;
use crate::operation::Request as _;
use crate::operation::object::{CleanRestoredObject, RestoreObject, RestoreObjectResult};

impl Bucket {
    /// Restores an archived object for a day, or for as many as [`days`](Action::days) says. It takes from a minute to two
    /// days; [`head`](Bucket::head) tells in `x-oss-restore` how far it is.
    pub fn restore(&self, key: impl Into<String>) -> Action<RestoreObjectResult> {
        self.on(RestoreObject::OPERATION, key)
    }

    /// Ends the time for which an object was restored.
    pub fn clean_restored(&self, key: impl Into<String>) -> Action<()> {
        self.on(CleanRestoredObject::OPERATION, key)
    }
}

impl Action<RestoreObjectResult> {
    /// For how many days the object can be read.
    pub fn days(self, days: u32) -> Self {
        self.restored("days", days.into())
    }

    /// How fast, for the classes where it can be chosen: `Expedited`, `Standard`, `Bulk`.
    pub fn tier(self, tier: &str) -> Self {
        self.restored("job_parameters", json!({"tier": tier}))
    }

    fn restored(self, member: &str, value: Value) -> Self {
        self.change(|input| {
            let document = input.document.get_or_insert_with(|| Map::new().into());
            if let Some(members) = document.as_object_mut() {
                members.insert(member.to_owned(), value);
            }
            Ok(())
        })
    }
}
