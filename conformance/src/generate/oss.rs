//! Random cases of the oss cloud.

use serde_json::Value;

use super::Random;

/// One case.
pub(super) fn generate(random: &Random<'_>) -> (&'static str, Value) {
    ("none", random.object(0, 0))
}
