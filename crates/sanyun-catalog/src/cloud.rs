//! The three clouds.

use std::fmt;

/// A cloud whose APIs the catalog knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Cloud {
    /// Huawei Cloud.
    Huawei,
    /// Tencent Cloud.
    Tencent,
    /// Alibaba Cloud.
    Alibaba,
}

impl Cloud {
    /// All clouds, in the order of this project's documents.
    pub const ALL: [Cloud; 3] = [Cloud::Huawei, Cloud::Tencent, Cloud::Alibaba];

    /// The word used in file names and on the command line: `huawei`, `tencent`, `alibaba`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cloud::Huawei => "huawei",
            Cloud::Tencent => "tencent",
            Cloud::Alibaba => "alibaba",
        }
    }

    /// The cloud of that word, `None` for any other word.
    pub fn from_word(word: &str) -> Option<Cloud> {
        Cloud::ALL.into_iter().find(|cloud| cloud.as_str() == word)
    }
}

impl fmt::Display for Cloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
