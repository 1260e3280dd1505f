//! The notation of the tables. One line a member: its name here, its kind, its name on the wire. From it come the Rust
//! type, its JSON form for calls by name, and its place in requests and replies.
//!
//! Kinds: `text`, `secret`, `key` (text that replies may spell percent-encoded), `int`, `float`, `flag`, `moment`, `day`,
//! `map`, `json`, `one(Model)`; lists are `texts`, `ints`, `jsons`, `many(Model)`.

/// Structures inside bodies.
macro_rules! structures {
    ($($name:ident $xml:literal { $($field:ident: $kind:ident $(($inner:ident))? $wire:literal,)* })*) => {$(
        #[doc = concat!("`", $xml, "` of OSS.")]
        #[derive(Clone, Default)]
        pub struct $name {
            $(#[doc = concat!("`", $wire, "`")] pub $field: kind_type!($kind $(($inner))?),)*
            /// Elements that this version does not know, as they came. They are sent back as they are.
            pub unknown_xml: Vec<String>,
        }

        impl $name {
            /// A structure with nothing set.
            #[inline]
            pub fn new() -> Self {
                Self::default()
            }

            $(setter!($field $wire, $kind $(($inner))?);)*
        }

        record!($name { $($field,)* unknown_xml, });

        impl $crate::operation::typed::Structure for $name {
            const MODEL: &'static $crate::operation::Model = &$crate::operation::Model {
                name: $xml,
                members: &[$(member!($field $wire, $kind $(($inner))?)),*],
            };
        }
    )*};
}

/// Operations. The order of what is said of one: method and target; `query` that is always sent; `type`, the fixed
/// `Content-Type`; `flags`; `signs`, the query parameters that signature V1 covers beyond those it always covers; `needs`
/// and `takes`, its parameters; then its body, and behind the arrow what it answers.
macro_rules! operations {
    ($(
        $name:ident: $verb:ident $target:ident $($path:literal)?
            $(query [$($query:literal = $value:literal),*])?
            $(type $content_type:literal)?
            $(flags [$($flag:ident),*])?
            $(signs [$($signed:literal),*])?
            $(needs { $($nf:ident: $np:ident $nk:ident $nw:literal,)* })?
            $(takes { $($tf:ident: $tp:ident $tk:ident $tw:literal,)* })?
            $(xml $must:ident $bf:ident: $bm:ident $root:literal)?
            $(json { $($jf:ident: $jk:ident $(($jm:ident))? $jw:literal,)* })?
            $(form $ff:ident $fw:literal)?
            $(raw $raw:ident)?
        -> $reply:ident
            $(headers { $($hf:ident: $hk:ident $hw:literal,)* })?
            $(root $element:literal { $($rf:ident: $rk:ident $(($rm:ident))? $rw:literal,)* })?
            $(object { $($of:ident: $ok:ident $(($om:ident))? $ow:literal,)* })?
            $(content $cf:ident)?
        ;
    )*) => {
        $(
            request!($target $name {
                $($($nf: $nk $nw,)*)?
                $($($tf: $tk $tw,)*)?
                $($bf: one($bm) $root,)?
                $($($jf: $jk $(($jm))? $jw,)*)?
                $($ff: text $fw,)?
            } needs { $($($nf: $nk,)*)? });

            impl $crate::operation::typed::Request for $name {
                type Output = reply_type!($reply);
                const OPERATION: &'static $crate::operation::Operation = &$crate::operation::Operation {
                    $(path: $path,)?
                    $(query: &[$(($query, $value)),*],)?
                    $(content_type: Some($content_type),)?
                    $($($flag: true,)*)?
                    $(sub_resources: &[$($signed),*],)?
                    params: &[
                        $(&[$($crate::operation::Param::new(
                            $crate::operation::typed::plain(stringify!($nf)), $nw, place!($np)).required()),*],)?
                        $(&[$($crate::operation::Param::new(
                            $crate::operation::typed::plain(stringify!($tf)), $tw, place!($tp))),*],)?
                    ],
                    $(body: $crate::operation::RequestBody::Xml {
                        param: stringify!($bf),
                        root: $root,
                        model: <$bm as $crate::operation::typed::Structure>::MODEL,
                        required: must!($must),
                    },)?
                    $(body: $crate::operation::RequestBody::Json(&$crate::operation::Model {
                        name: "",
                        members: &[$(member!($jf $jw, $jk $(($jm))?)),*],
                    }),)?
                    $(body: $crate::operation::RequestBody::Text { param: stringify!($ff), wire: $fw },)?
                    $(body: raw_body!($raw),)?
                    $(reply_headers: &[$(member!($hf $hw, $hk)),*],)?
                    reply_body: reply_body!($reply $($element [$(member!($rf $rw, $rk $(($rm))?)),*])?
                        $(object [$(member!($of $ow, $ok $(($om))?)),*])? $(content $cf)?),
                    ..$crate::operation::Operation::new(
                        stringify!($name), $crate::operation::Verb::$verb, target!($target))
                };
            }

            reply!($reply {
                $($($hf: $hk $hw,)*)?
                $($($rf: $rk $(($rm))? $rw,)*)?
                $($($of: $ok $(($om))? $ow,)*)?
                $($cf: text "",)?
            });
        )*

        pub(super) static ALL: &[&$crate::operation::Operation] =
            &[$(<$name as $crate::operation::typed::Request>::OPERATION),*];
    };
}

/// The type of a request, with its target and what it needs in its constructor.
macro_rules! request {
    (service $($rest:tt)*) => { request!([] $($rest)*); };
    (path $($rest:tt)*) => { request!([] $($rest)*); };
    (bucket $($rest:tt)*) => { request!([bucket] $($rest)*); };
    (object $($rest:tt)*) => { request!([bucket key] $($rest)*); };
    (
        [$($place:ident)*] $name:ident { $($field:ident: $kind:ident $(($inner:ident))? $wire:literal,)* }
        needs { $($need:ident: $nk:ident,)* }
    ) => {
        #[doc = concat!("`", stringify!($name), "` of OSS, for [`Client::call`](crate::Client::call).")]
        #[derive(Clone, Default)]
        pub struct $name {
            $(#[doc = concat!("The ", stringify!($place), ".")] pub $place: String,)*
            $(#[doc = concat!("`", $wire, "`")] pub $field: kind_type!($kind $(($inner))?),)*
        }

        impl $name {
            /// A request with what it cannot do without.
            #[inline]
            #[allow(clippy::needless_update, reason = "some requests have nothing else")]
            pub fn new($($place: impl Into<String>,)* $($need: need_type!($nk),)*) -> Self {
                Self { $($place: $place.into(),)* $($need: Some($need.into()),)* ..Self::default() }
            }

            $(setter!($field $wire, $kind $(($inner))?);)*
        }

        record!($name { $($place,)* $($field,)* });
    };
}

/// The type of a reply.
macro_rules! reply {
    (none $($rest:tt)*) => {};
    (stream $($rest:tt)*) => {};
    (rows $($rest:tt)*) => {};
    (counts $($rest:tt)*) => {};
    ($name:ident { $($field:ident: $kind:ident $(($inner:ident))? $wire:literal,)* }) => {
        #[doc = "What OSS answers."]
        #[derive(Clone, Default)]
        pub struct $name {
            $(#[doc = concat!("`", $wire, "`")] pub $field: kind_type!($kind $(($inner))?),)*
            /// Elements that this version does not know, as they came.
            pub unknown_xml: Vec<String>,
        }

        record!($name { $($field,)* unknown_xml, });

        impl $crate::FromReply for $name {
            fn from_reply(output: sanyun_core::Output, asked: &$crate::action::Asked) -> sanyun_core::Result<Self> {
                $crate::operation::typed::read(output, asked)
            }
        }

        impl $crate::operation::typed::FromFields for $name {
            fn from_fields(fields: serde_json::Value) -> sanyun_core::Result<Self> {
                $crate::operation::typed::structure(&fields)
            }
        }
    };
}

/// What the codec has to know, and what follows from it.
macro_rules! record {
    ($name:ident { $($field:ident,)* }) => {
        impl sanyun_core::codec::Record for $name {
            #[inline]
            fn visit(&mut self, by: &mut dyn sanyun_core::codec::Visitor) -> sanyun_core::Result<()> {
                by.record(
                    const { &[$($crate::operation::typed::plain(stringify!($field))),*] },
                    &mut [$(&mut self.$field),*],
                )
            }
        }

        impl std::fmt::Debug for $name {
            #[inline]
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                sanyun_core::codec::debug(&mut self.clone(), stringify!($name), f)
            }
        }

        impl PartialEq for $name {
            #[inline]
            fn eq(&self, other: &Self) -> bool {
                sanyun_core::codec::equal(&mut self.clone(), &mut other.clone())
            }
        }
    };
}

/// The type of a member.
macro_rules! kind_type {
    (text) => { Option<String> };
    (key) => { Option<String> };
    (secret) => { Option<sanyun_core::Secret> };
    (int) => { Option<i64> };
    (float) => { Option<f64> };
    (flag) => { Option<bool> };
    (moment) => { Option<sanyun_core::codec::Timestamp> };
    (day) => { Option<sanyun_core::codec::Timestamp> };
    (map) => { sanyun_core::codec::Map<String> };
    (json) => { Option<serde_json::Value> };
    (texts) => { Vec<String> };
    (ints) => { Vec<i64> };
    (jsons) => { Vec<serde_json::Value> };
    (one($inner:ident)) => { Option<$inner> };
    (many($inner:ident)) => { Vec<$inner> };
}

/// What a constructor takes for a member that must be there.
macro_rules! need_type {
    (int) => { i64 };
    ($other:ident) => { impl Into<String> };
}

/// The method that sets a member.
macro_rules! setter {
    ($field:ident $wire:literal, text) => { setter!(@ $field $wire, impl Into<String>, value => Some(value.into())); };
    ($field:ident $wire:literal, key) => { setter!(@ $field $wire, impl Into<String>, value => Some(value.into())); };
    ($field:ident $wire:literal, secret) => {
        setter!(@ $field $wire, impl Into<sanyun_core::Secret>, value => Some(value.into()));
    };
    ($field:ident $wire:literal, int) => { setter!(@ $field $wire, i64, value => Some(value)); };
    ($field:ident $wire:literal, float) => { setter!(@ $field $wire, f64, value => Some(value)); };
    ($field:ident $wire:literal, flag) => { setter!(@ $field $wire, bool, value => Some(value)); };
    ($field:ident $wire:literal, moment) => {
        setter!(@ $field $wire, impl Into<sanyun_core::codec::Timestamp>, value => Some(value.into()));
    };
    ($field:ident $wire:literal, day) => {
        setter!(@ $field $wire, impl Into<sanyun_core::codec::Timestamp>, value => Some(value.into()));
    };
    ($field:ident $wire:literal, map) => {
        setter!(@ $field $wire, sanyun_core::codec::Map<String>, value => value);
    };
    ($field:ident $wire:literal, json) => { setter!(@ $field $wire, serde_json::Value, value => Some(value)); };
    ($field:ident $wire:literal, texts) => {
        setter!(@ $field $wire, impl sanyun_core::codec::IntoList<String>, value => value.into_list());
    };
    ($field:ident $wire:literal, ints) => { setter!(@ $field $wire, Vec<i64>, value => value); };
    ($field:ident $wire:literal, jsons) => { setter!(@ $field $wire, Vec<serde_json::Value>, value => value); };
    ($field:ident $wire:literal, one($inner:ident)) => { setter!(@ $field $wire, $inner, value => Some(value)); };
    ($field:ident $wire:literal, many($inner:ident)) => {
        setter!(@ $field $wire, impl sanyun_core::codec::IntoList<$inner>, value => value.into_list());
    };
    (@ $field:ident $wire:literal, $ty:ty, $value:ident => $set:expr) => {
        #[doc = concat!("Sets `", $wire, "`.")]
        #[inline]
        #[must_use]
        pub fn $field(mut self, $value: $ty) -> Self {
            self.$field = $set;
            self
        }
    };
}

/// The row of a member.
macro_rules! member {
    ($field:ident $wire:literal, texts) => { member!($field $wire, text).list() };
    ($field:ident $wire:literal, ints) => { member!($field $wire, int).list() };
    ($field:ident $wire:literal, jsons) => { member!($field $wire, json).list() };
    ($field:ident $wire:literal, many($inner:ident)) => { member!($field $wire, one($inner)).list() };
    ($field:ident $wire:literal, one($inner:ident)) => {
        $crate::operation::model::model(
            $crate::operation::typed::plain(stringify!($field)), $wire,
            <$inner as $crate::operation::typed::Structure>::MODEL)
    };
    ($field:ident $wire:literal, secret) => { member!($field $wire, text) };
    ($field:ident $wire:literal, $kind:ident) => {
        $crate::operation::model::$kind($crate::operation::typed::plain(stringify!($field)), $wire)
    };
}

macro_rules! place {
    (query) => {
        $crate::operation::Place::Query
    };
    (header) => {
        $crate::operation::Place::Header
    };
    (headers) => {
        $crate::operation::Place::HeaderMap
    };
    (path) => {
        $crate::operation::Place::Path
    };
    (copy_source) => {
        $crate::operation::Place::CopySource
    };
    (no_type_guess) => {
        $crate::operation::Place::NoTypeGuess
    };
}

macro_rules! target {
    (service) => {
        $crate::operation::Target::Service
    };
    (bucket) => {
        $crate::operation::Target::Bucket
    };
    (object) => {
        $crate::operation::Target::Object
    };
    (path) => {
        $crate::operation::Target::Path
    };
}

macro_rules! must {
    (may) => {
        false
    };
    (must) => {
        true
    };
}

macro_rules! raw_body {
    (bytes) => {
        $crate::operation::RequestBody::Raw
    };
}

macro_rules! reply_type {
    (none) => {
        ()
    };
    (stream) => {
        $crate::Object
    };
    (rows) => {
        $crate::Selection
    };
    (counts) => {
        $crate::SelectMeta
    };
    ($name:ident) => {
        $name
    };
}

macro_rules! reply_body {
    (none) => { $crate::operation::ReplyBody::None };
    (stream) => { $crate::operation::ReplyBody::Raw };
    (rows) => { $crate::operation::ReplyBody::Frames };
    (counts) => { $crate::operation::ReplyBody::Frames };
    ($name:ident) => { $crate::operation::ReplyBody::None };
    ($name:ident $element:literal [$($member:expr),*]) => {
        $crate::operation::ReplyBody::Xml(&$crate::operation::Model { name: $element, members: &[$($member),*] })
    };
    ($name:ident $element:literal [$($member:expr),*] content $field:ident) => {
        $crate::operation::ReplyBody::XmlOrCallback(
            &$crate::operation::Model { name: $element, members: &[$($member),*] })
    };
    ($name:ident object [$($member:expr),*]) => {
        $crate::operation::ReplyBody::Json(&$crate::operation::Model { name: "", members: &[$($member),*] })
    };
    ($name:ident content $field:ident) => { $crate::operation::ReplyBody::Text(stringify!($field)) };
}
