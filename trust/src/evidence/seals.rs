//! The answers of registers about the seals of a document, as one piece.

use super::{
    PieceKind,
    fault::{EvidenceFault, GatherFault},
};
use crate::{
    base::Moment,
    seal::life::{State, StateFrom},
    trust_list::canonical::{self, Budget},
    verify::{SealAnswer, SealName, SealSaid, SealStates},
};
use serde::{Deserialize, Serialize};

/// The word and version of the piece.
const FORMAT: &str = "yinxin-seal-answers/1";

/// At most 32 seals, each with the states of a life.
const BUDGET: Budget = Budget { octets: 256 << 10, depth: 6, values: 20_000, items: 2_000 };

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    answers: Vec<Answer>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Answer {
    es_id: String,
    sm3: String,
    answer: Word,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    as_of: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    states: Option<Vec<From>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Known,
    Unreachable,
    NotCompetent,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct From {
    state: String,
    from: Moment,
}

pub(super) fn write(answers: &[SealAnswer]) -> Result<Vec<u8>, GatherFault> {
    let answers = answers.iter().map(|answer| {
        let (word, source, as_of, states) = match &answer.said {
            SealSaid::Known(SealStates { states, as_of, source }) => {
                let states = states.iter().map(|one| From { state: one.state.as_str().to_owned(), from: one.from });
                (Word::Known, source, Some(*as_of), Some(states.collect()))
            }
            SealSaid::Unreachable { source } => (Word::Unreachable, source, None, None),
            SealSaid::NotCompetent { source } => (Word::NotCompetent, source, None, None),
        };
        let (es_id, sm3) = (answer.seal.es_id.clone(), hex::encode(answer.seal.sm3));
        Answer { es_id, sm3, answer: word, source: source.clone(), as_of, states }
    });
    Ok(canonical::to_octets(&Written { format: FORMAT.to_owned(), answers: answers.collect() }, &BUDGET)?)
}

pub(super) fn read(octets: &[u8]) -> Result<Vec<SealAnswer>, EvidenceFault> {
    let written: Written = canonical::from_octets(octets, &BUDGET)?;
    if written.format != FORMAT {
        return Err(EvidenceFault::PieceFormat { kind: PieceKind::Seals });
    }
    written.answers.into_iter().map(answer).collect()
}

fn answer(written: Answer) -> Result<SealAnswer, EvidenceFault> {
    let bad = |what: &str| EvidenceFault::Seals(what.to_owned());
    let Answer { es_id, sm3, answer, source, as_of, states } = written;
    let sm3 = hex::decode(sm3).ok().and_then(|octets| octets.try_into().ok()).ok_or_else(|| bad("sm3"))?;
    let said = match (answer, as_of, states) {
        (Word::Known, Some(as_of), Some(states)) => {
            let state = |one: From| {
                let state = State::of_word(&one.state).ok_or_else(|| bad("state"))?;
                Ok(StateFrom { state, from: one.from })
            };
            let states = states.into_iter().map(state).collect::<Result<Vec<_>, EvidenceFault>>()?;
            SealSaid::Known(SealStates { states, as_of, source })
        }
        (Word::Unreachable, None, None) => SealSaid::Unreachable { source },
        (Word::NotCompetent, None, None) => SealSaid::NotCompetent { source },
        _ => return Err(bad("members that do not go together")),
    };
    Ok(SealAnswer { seal: SealName { es_id, sm3 }, said })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::life::End;

    #[test]
    fn what_was_answered_comes_back() {
        let at = |seconds: i64| Moment::from_unix_seconds(1_790_000_000 + seconds).unwrap();
        let states = vec![
            StateFrom { state: State::InUse, from: at(0) },
            StateFrom { state: State::Ended(End::Superseded), from: at(9) },
        ];
        let of = |n: u8, said| SealAnswer { seal: SealName { es_id: format!("3301{n}"), sm3: [n; 32] }, said };
        let answers = vec![
            of(1, SealSaid::Known(SealStates { states, as_of: at(20), source: "登记库".to_owned() })),
            of(2, SealSaid::Unreachable { source: "甲".to_owned() }),
            of(3, SealSaid::NotCompetent { source: "乙".to_owned() }),
        ];
        let octets = write(&answers).unwrap();
        assert_eq!(read(&octets).unwrap(), answers);
        let text = String::from_utf8(octets).unwrap();
        for (from, to) in [("superseded", "unheard_of"), ("\"known\"", "\"unreachable\""), ("answers/1", "answers/2")] {
            assert!(read(text.replace(from, to).as_bytes()).is_err(), "{from}");
        }
    }
}
