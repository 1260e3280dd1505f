//! Members of structures and operations.

use sanyun_catalog::{Cloud, Flags};

use super::Shape;
use super::facts::Uses;
use crate::naming::{Taken, field, setter};

/// One member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Member {
    /// The name of the field in Rust.
    pub(crate) name: String,
    /// The name of its setter.
    pub(crate) setter: String,
    /// The name for the codec: that of the wire, in an operation behind the place.
    pub(crate) wire: String,
    pub(crate) shape: Shape,
    /// Whether the field is an `Option`.
    pub(crate) optional: bool,
    /// Whether it closes a cycle and is boxed.
    pub(crate) boxed: bool,
}

impl Member {
    /// The type of the field.
    pub(crate) fn rust(&self) -> String {
        let mut rust = self.shape.rust();
        if self.boxed {
            rust = format!("Box<{rust}>");
        }
        if self.optional { format!("Option<{rust}>") } else { rust }
    }

    /// The value where nothing is known.
    pub(crate) fn empty(&self) -> String {
        if self.optional { "None".to_owned() } else { self.shape.empty() }
    }

    /// The argument of a setter or of `new`, and the value that is made of it.
    pub(crate) fn argument(&self, name: &str) -> (String, String) {
        let (ty, mut value) = self.shape.argument(name);
        if self.boxed {
            value = format!("Box::new({value})");
        }
        (ty, if self.optional { format!("Some({value})") } else { value })
    }
}

/// Gathers members, and sees that no two have one name.
#[derive(Default)]
pub(crate) struct Members {
    pub(crate) list: Vec<Member>,
    names: Taken,
    setters: Taken,
}

impl Members {
    /// Adds a member of a wire name.
    pub(crate) fn push(&mut self, wire: &str, entry: String, shape: Shape, optional: bool, boxed: bool) {
        let name = self.names.settle(field(wire), "_");
        let setter = self.setters.settle(setter(&name), "_");
        self.list.push(Member { name, setter, wire: entry, shape, optional: optional || boxed, boxed });
    }

    /// Adds a member that has no name on the wire.
    pub(crate) fn push_own(&mut self, name: &str, entry: String, shape: Shape, optional: bool) {
        let name = self.names.own(name);
        let setter = self.setters.settle(setter(&name), "_");
        self.list.push(Member { name, setter, wire: entry, shape, optional, boxed: false });
    }

    /// A name for a field that is no member of the facts.
    pub(crate) fn own_name(&mut self, name: &str) -> String {
        self.names.own(name)
    }
}

/// Whether a field is an `Option`. A plain one must be given in requests and is sure to be there in replies, where an
/// empty list is as good as none. A list in a structure of both is what requests want.
pub(crate) fn is_optional(cloud: Cloud, uses: Uses, flags: Flags, shape: &Shape) -> bool {
    let given = !uses.request || flags.required();
    let sure = match cloud {
        _ if !uses.reply || shape.is_collection() => true,
        Cloud::Tencent => flags.always() && !flags.nullable(),
        Cloud::Huawei | Cloud::Alibaba => flags.required(),
    };
    !(given && sure)
}
