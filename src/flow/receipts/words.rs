//! Short words for what a receipt says.

use yinxin_trust::{
    base::Sentence,
    verify::{StandingState, Verdict},
};

/// Whether a document is what its stamps say.
pub fn verdict_words(verdict: Verdict) -> Sentence {
    let (zh, en) = match verdict {
        Verdict::Valid => ("真实", "genuine"),
        Verdict::Intact => ("完整，未核对签发者身份", "intact, signer not checked"),
        Verdict::Invalid => ("不成立", "does not hold"),
        Verdict::Indeterminate => ("不能下结论", "no conclusion"),
        Verdict::Unsigned => ("没有签章", "unsigned"),
    };
    Sentence::new(zh, en)
}

/// Whether a licence is in force.
pub fn standing_words(state: StandingState) -> Sentence {
    let (zh, en) = match state {
        StandingState::InForce => ("有效", "in force"),
        StandingState::NotYet => ("未生效", "not yet in force"),
        StandingState::Expired => ("已到期", "expired"),
        StandingState::Suspended => ("已暂扣", "suspended"),
        StandingState::Revoked => ("已吊销", "revoked"),
        StandingState::Withdrawn => ("已撤销", "withdrawn"),
        StandingState::Cancelled => ("已注销", "cancelled"),
        StandingState::Superseded => ("已被替换", "replaced"),
        StandingState::Transferred => ("已转出", "transferred"),
        StandingState::NotRegistered => ("没有登记", "not registered"),
        StandingState::Unknown => ("没有查到", "not known"),
    };
    Sentence::new(zh, en)
}
