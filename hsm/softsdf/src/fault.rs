//! Why a call failed: a code for the caller, a sentence for whoever reads.

use core::cell::RefCell;
use std::borrow::Cow;
use yinxin_sdf_abi::codes::Code;

/// Why a call failed.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    sentence: Cow<'static, str>,
}

/// A fault whose sentence is known beforehand.
pub(crate) const fn fault(code: Code, sentence: &'static str) -> Fault {
    Fault { code, sentence: Cow::Borrowed(sentence) }
}

impl Fault {
    /// A fault with what was met. Never with a secret in it.
    pub(crate) fn new(code: Code, sentence: String) -> Self {
        Self { code, sentence: Cow::Owned(sentence) }
    }
}

thread_local! {
    static LAST: RefCell<Cow<'static, str>> = const { RefCell::new(Cow::Borrowed("")) };
}

/// Keeps the sentence of this thread's last failure.
pub(crate) fn remember(fault: Fault) -> Code {
    // a thread that is ending keeps nothing
    let _ = LAST.try_with(|last| *last.borrow_mut() = fault.sentence);
    fault.code
}

/// The sentence of this thread's last failure; empty where there was none.
pub(crate) fn last() -> String {
    LAST.try_with(|last| last.borrow().clone().into_owned()).unwrap_or_default()
}
