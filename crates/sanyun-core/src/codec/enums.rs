//! Plain values out of a known set, which newer replies may go beyond.

/// Defines a text out of a known set: a newtype with a constant for each known text. Unknown ones are kept.
///
/// ```
/// sanyun_core::text_enum! {
///     /// What a server does.
///     State { ACTIVE = "ACTIVE", SHUT_OFF = "SHUTOFF" }
/// }
/// assert_eq!(State::ACTIVE.as_str(), "ACTIVE");
/// assert_eq!(State::from("BUILD").as_str(), "BUILD");
/// ```
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident { $($constant:ident = $text:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
        pub struct $name(pub ::std::borrow::Cow<'static, str>);

        impl $name {
            $(
                #[allow(missing_docs)]
                pub const $constant: Self = Self(::std::borrow::Cow::Borrowed($text));
            )*

            /// The text of the wire.
            #[inline]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            #[inline]
            fn from(text: &str) -> Self {
                Self(::std::borrow::Cow::Owned(text.to_owned()))
            }
        }

        impl From<String> for $name {
            #[inline]
            fn from(text: String) -> Self {
                Self(::std::borrow::Cow::Owned(text))
            }
        }

        impl $crate::codec::Field for $name {
            #[inline]
            fn encode_field(&mut self, to: &mut $crate::codec::Encoder<'_>) {
                to.text(&self.0);
            }

            #[inline]
            fn decode_field(&mut self, from: &mut $crate::codec::Decoder<'_>) -> $crate::Result<()> {
                let mut text = String::new();
                $crate::codec::Field::decode_field(&mut text, from)?;
                self.0 = ::std::borrow::Cow::Owned(text);
                Ok(())
            }
        }
    };
}

/// Defines a number out of a known set: a newtype with a constant for each known number. Unknown ones are kept.
///
/// ```
/// sanyun_core::int_enum! {
///     /// A size.
///     Size { N1 = 1, N10 = 10 }
/// }
/// assert_eq!(Size::N10.0, 10);
/// ```
#[macro_export]
macro_rules! int_enum {
    ($(#[$meta:meta])* $name:ident { $($constant:ident = $number:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
        pub struct $name(pub i64);

        impl $name {
            $(
                #[allow(missing_docs)]
                pub const $constant: Self = Self($number);
            )*
        }

        impl From<i64> for $name {
            #[inline]
            fn from(number: i64) -> Self {
                Self(number)
            }
        }

        impl $crate::codec::Field for $name {
            #[inline]
            fn encode_field(&mut self, to: &mut $crate::codec::Encoder<'_>) {
                $crate::codec::Field::encode_field(&mut self.0, to);
            }

            #[inline]
            fn decode_field(&mut self, from: &mut $crate::codec::Decoder<'_>) -> $crate::Result<()> {
                $crate::codec::Field::decode_field(&mut self.0, from)
            }
        }
    };
}
