//! What stands for the elliptic-curve keys in a build without the cargo feature `elliptic`: nothing.

use sanyun_core::Secret;

use super::Algorithm;

/// No key of these algorithms exists.
pub(super) enum Key {}

impl Key {
    pub(super) fn derive(_: Algorithm, _: &str, _: &Secret) -> Option<Self> {
        None
    }

    pub(super) fn sign(&self, _: &str) -> String {
        match *self {}
    }

    pub(super) fn verifies(&self, _: &str, _: &str) -> bool {
        match *self {}
    }

    pub(super) fn public(&self) -> Vec<u8> {
        match *self {}
    }
}
