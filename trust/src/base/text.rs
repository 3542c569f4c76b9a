//! Sentences for people, always in both languages.

use serde::{Deserialize, Serialize};

/// One plain sentence in Chinese and in English, saying the same thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Sentence {
    /// Joins the two wordings of one sentence.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}
