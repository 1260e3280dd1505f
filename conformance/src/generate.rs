//! Random cases from a seed, for the differential runs.

mod alibaba;
mod huawei;
mod oss;
mod setups;
mod tencent;

pub use setups::setup;

use sanyun_core::Chance;
use serde_json::Value;

use crate::Cloud;

/// A random case: its kind, and its input in the form that vectors of that kind have.
pub fn generate(cloud: Cloud, chance: &dyn Chance) -> (&'static str, Value) {
    let random = Random(chance);
    match cloud {
        Cloud::Huawei => huawei::generate(&random),
        Cloud::Tencent => tencent::generate(&random),
        Cloud::Alibaba => alibaba::generate(&random),
        Cloud::Oss => oss::generate(&random),
    }
}

/// Random values of the sorts that requests consist of.
pub struct Random<'a>(&'a dyn Chance);

impl<'a> Random<'a> {
    /// Values from this source.
    pub fn new(chance: &'a dyn Chance) -> Self {
        Self(chance)
    }

    /// A number below `bound` (1 or more).
    pub fn below(&self, bound: usize) -> usize {
        (self.0.next_u64() % bound.max(1) as u64) as usize
    }

    /// True once in `n` times.
    pub fn one_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of the choices.
    pub fn pick<'c, T>(&self, choices: &'c [T]) -> &'c T {
        #[allow(
            clippy::indexing_slicing,
            reason = "callers pass a list that is not empty, and `below` stays inside it"
        )]
        &choices[self.below(choices.len())]
    }

    /// A text of letters and digits, 1 to `most` long.
    pub fn word(&self, most: usize) -> String {
        const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        (0..=self.below(most)).map(|_| char::from(*self.pick(LETTERS))).collect()
    }

    /// A text of characters that encoders get wrong: blanks, reserved ones, Chinese, accents, an emoji; 0 to `most`
    /// characters, no control characters.
    pub fn text(&self, most: usize) -> String {
        const NASTY: &[&str] = &[
            "a", "Z", "0", "9", "-", "_", ".", "~", " ", "+", "%", "%20", "/", "?", "&", "=", "#", "!", "*", "'", "(",
            ")", ";", ":", "@", "$", ",", "[", "]", "\"", "<", ">", "\\", "^", "`", "{", "|", "}", "ü", "é", "云",
            "三", "🌥",
        ];
        (0..self.below(most + 1)).map(|_| *self.pick(NASTY)).collect()
    }

    /// A JSON value nested at most `depth` deep.
    pub fn json(&self, depth: usize) -> Value {
        match self.below(if depth == 0 { 5 } else { 8 }) {
            0 => Value::from(self.0.next_u64() as i64),
            1 => Value::from(self.below(1000)),
            2 => Value::from(self.one_in(2)),
            3 | 4 => Value::from(self.text(12)),
            5 | 6 => self.object(depth - 1, 4),
            _ => (0..self.below(4)).map(|_| self.json(depth - 1)).collect(),
        }
    }

    /// A JSON object of at most `most` members.
    pub fn object(&self, depth: usize, most: usize) -> Value {
        (0..self.below(most + 1)).map(|_| (self.word(8), self.json(depth))).collect::<serde_json::Map<_, _>>().into()
    }
}
