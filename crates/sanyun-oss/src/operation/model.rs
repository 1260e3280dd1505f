//! Structures as data.

/// A structure: an element of XML with elements inside, or a JSON object.
#[derive(Debug)]
pub struct Model {
    /// The element's name; empty if it does not matter.
    pub name: &'static str,
    /// What lies inside, in the order in which requests send it.
    pub members: &'static [Member],
}

/// One member of a structure, or one header of a reply.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// The name in calls by name and in their results, such as `last_modified`.
    pub name: &'static str,
    /// The name on the wire: an element (`Owner`, or `AccessControlList/Grant` for one inside another, or `.` for the
    /// structure's own text), a JSON member, or a header.
    pub wire: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it may be there several times.
    pub is_list: bool,
    /// Whether it is an object's key, which replies may spell percent-encoded.
    pub is_key: bool,
}

/// What a member holds.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Float,
    /// `true` or `false`.
    Bool,
    /// A moment.
    Time,
    /// A day: requests send its first moment.
    Day,
    /// Any JSON (bodies that are JSON only).
    Json,
    /// All headers that begin with the wire name.
    Map,
    /// A structure.
    Model(&'static Model),
}

impl Member {
    const fn new(name: &'static str, wire: &'static str, kind: Kind) -> Self {
        Self { name, wire, kind, is_list: false, is_key: false }
    }

    pub(crate) const fn list(mut self) -> Self {
        self.is_list = true;
        self
    }
}

/// Text.
pub(crate) const fn text(name: &'static str, wire: &'static str) -> Member {
    Member::new(name, wire, Kind::Text)
}

/// An object's key, or a part of one.
pub(crate) const fn key(name: &'static str, wire: &'static str) -> Member {
    let mut member = text(name, wire);
    member.is_key = true;
    member
}

/// A whole number.
pub(crate) const fn int(name: &'static str, wire: &'static str) -> Member {
    Member::new(name, wire, Kind::Int)
}

/// `true` or `false`.
pub(crate) const fn flag(name: &'static str, wire: &'static str) -> Member {
    Member::new(name, wire, Kind::Bool)
}

/// A moment.
pub(crate) const fn moment(name: &'static str, wire: &'static str) -> Member {
    Member::new(name, wire, Kind::Time)
}

/// A number with a fraction.
pub(crate) const fn float(name: &'static str, wire: &'static str) -> Member {
    Member::new(name, wire, Kind::Float)
}

/// A day.
pub(crate) const fn day(name: &'static str, wire: &'static str) -> Member {
    Member::new(name, wire, Kind::Day)
}

/// Any JSON.
pub(crate) const fn json(name: &'static str, wire: &'static str) -> Member {
    Member::new(name, wire, Kind::Json)
}

/// All headers with a common beginning.
pub(crate) const fn map(name: &'static str, wire: &'static str) -> Member {
    Member::new(name, wire, Kind::Map)
}

/// A structure.
pub(crate) const fn model(name: &'static str, wire: &'static str, model: &'static Model) -> Member {
    Member::new(name, wire, Kind::Model(model))
}
