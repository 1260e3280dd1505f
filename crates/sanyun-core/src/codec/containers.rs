//! What may be absent, lists, and objects with free keys.

use super::{Decoder, Encoder, Field, Map};
use crate::error::Result;

impl<T: Field + Default> Field for Option<T> {
    #[inline]
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        match self {
            Some(value) => value.encode_field(to),
            None => to.raw("null"),
        }
    }

    #[inline]
    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        *self = None;
        if from.null() {
            return Ok(());
        }
        // A plain member before this one may have been nothing, too.
        from.take_nothing();
        // Read in place: moving a large structure costs more than making it.
        let read = self.insert(T::default()).decode_field(from);
        if from.take_nothing() {
            *self = None;
        }
        read
    }

    #[inline]
    fn is_absent(&self) -> bool {
        self.is_none()
    }
}

/// Empty lists are written: where a list may be absent, the member is an `Option`. In structures of replies it is not,
/// and an empty one says as much.
impl<T: Field + Default> Field for Vec<T> {
    #[inline]
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.list(self.len(), &mut |index, to| {
            if let Some(item) = self.get_mut(index) {
                item.encode_field(to);
            }
        });
    }

    #[inline]
    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        self.clear();
        from.list(&mut |from| {
            self.push(T::default());
            self.last_mut().map_or(Ok(()), |item| item.decode_field(from))
        })
    }
}

impl<T: Field + Default> Field for Map<T> {
    #[inline]
    fn encode_field(&mut self, to: &mut Encoder<'_>) {
        to.open();
        for (key, value) in self.iter_mut() {
            to.member(key, value);
        }
        to.close();
    }

    #[inline]
    fn decode_field(&mut self, from: &mut Decoder<'_>) -> Result<()> {
        self.clear();
        from.map(&mut |from, key| {
            let mut value = T::default();
            value.decode_field(from)?;
            self.insert(key, value);
            Ok(())
        })
    }
}
