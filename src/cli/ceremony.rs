//! `yinxin ceremony`.

use super::{
    Exit,
    arguments::CeremonyCommand,
    installation::places,
    register::{Stop, ended, open_settings, say, secret_line},
    shares,
};
use crate::{
    clock::SystemClock,
    config,
    flow::{
        access::Permit,
        ceremony::{Ceremony, Declined, Hall, Plan, Transcript, check},
        keys::Keys,
    },
    random,
};
use std::{
    collections::BTreeMap,
    fs,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
};
use yinxin_hsm::split::Share;
use yinxin_trust::sm::sm3;

/// Longest plan, octets.
const LONGEST_PLAN: u64 = 64 << 10;

/// Shortest word of a witness, characters.
const SHORTEST_WORD: usize = 8;

pub(super) fn run(command: &CeremonyCommand, config: Option<&Path>) -> Exit {
    ended(match command {
        CeremonyCommand::Run { plan, transcript, shares_to } => hold(plan, transcript, shares_to.as_deref(), config),
        CeremonyCommand::Show { plan } => show(plan),
        CeremonyCommand::Check { file, digest } => checked(file, digest.as_deref()),
    })
}

fn read(path: &Path) -> Result<Plan, Stop> {
    let failed = |error: io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    if fs::metadata(path).map_err(failed)?.len() > LONGEST_PLAN {
        return Err(Stop::usage(format_args!("{}: longer than any plan", path.display())));
    }
    let text = fs::read_to_string(path).map_err(failed)?;
    Plan::parse(&text).map_err(|fault| Stop::usage(format_args!("{}: {fault}", path.display())))
}

fn show(path: &Path) -> Result<(), Stop> {
    let plan = read(path)?;
    say(&plan.title)?;
    say(format_args!("witnesses\t{}", plan.witnesses.join(", ")))?;
    for (place, step) in plan.steps.iter().enumerate() {
        say(format_args!("{}\t{}", place + 1, step.words()))?;
    }
    say(format_args!("SM3\t{}", hex::encode(plan.digest)))
}

fn hold(path: &Path, transcript: &Path, shares_to: Option<&Path>, config: Option<&Path>) -> Result<(), Stop> {
    let plan = read(path)?;
    let config = config::find(config).map_err(Stop::usage)?;
    let places = places(&config)?;
    let custody = places.keys.create().map_err(|error| Stop(Exit::Unavailable, error.to_string()))?.keys();
    let register = config.database.as_ref().map(|database| open_settings(database.settings())).transpose()?;
    let keys = Keys::new(custody.as_ref(), register.as_ref(), Permit::of_operator(""));
    let mut room = Room { words: chosen_words(&plan.witnesses)?, shares_to: shares_to.map(Path::to_path_buf) };
    let ceremony = Ceremony {
        plan: &plan,
        places: &places,
        custody: custody.as_ref(),
        keys,
        clock: &SystemClock,
        folder: transcript.parent().unwrap_or_else(|| Path::new("")),
    };
    let mut lines = Transcript::begin(transcript).map_err(|fault| Stop::unreadable(fault.to_string()))?;
    let held = ceremony.hold(&mut room, &mut lines);
    // of one that ended early too: what was done by then stands
    say(format_args!("transcript\t{}", transcript.display()))?;
    say(format_args!("digest\t{}", hex::encode(lines.digest())))?;
    Ok(held.map(drop)?)
}

/// Each witness's own word, so that none confirms for another.
fn chosen_words(witnesses: &[String]) -> Result<Words, Stop> {
    let key = random::octets::<32>().map_err(|error| Stop::internal(&error.to_string()))?;
    let mut words = Words { key, of: BTreeMap::new() };
    for witness in witnesses {
        let word = secret_line(&format!("{witness}, choose a word for this ceremony: "))?;
        if io::stdin().is_terminal() && *secret_line("once more: ")? != *word {
            return Err(Stop::refused("the two are not the same".to_owned()));
        }
        if word.chars().count() < SHORTEST_WORD {
            return Err(Stop::refused(format!("a word wants at least {SHORTEST_WORD} characters")));
        }
        if words.of.keys().any(|other| words.is_of(other, &word)) {
            return Err(Stop::refused("choose another word".to_owned()));
        }
        words.of.insert(witness.clone(), sm3::hmac(&words.key, word.as_bytes()));
    }
    Ok(words)
}

/// What the words of the witnesses are known again by.
struct Words {
    key: [u8; 32],
    of: BTreeMap<String, sm3::Digest>,
}

impl Words {
    /// Whether it is the word of a witness, in constant time.
    fn is_of(&self, witness: &str, word: &str) -> bool {
        self.of.get(witness).is_some_and(|tag| sm3::hmac_verify(&self.key, word.as_bytes(), tag))
    }
}

struct Room {
    words: Words,
    shares_to: Option<PathBuf>,
}

impl Hall for Room {
    fn confirm(&mut self, witnesses: &[String], step: &str) -> Result<Vec<String>, Declined> {
        let declined = |witness: &str| Declined { witness: witness.to_owned() };
        for witness in witnesses {
            say(step).map_err(|_| declined(witness))?;
            let given = secret_line(&format!("{witness}, your word to confirm: ")).map_err(|_| declined(witness))?;
            if !self.words.is_of(witness, &given) {
                return Err(declined(witness));
            }
        }
        Ok(witnesses.to_vec())
    }

    fn is_ready(&self, count: usize) -> io::Result<()> {
        shares::are_ready(self.shares_to.as_deref(), count)
    }

    fn hand_over(&mut self, holder: &str, share: &Share) -> io::Result<()> {
        // names of people make poor names of files
        let name = self.shares_to.as_ref().map_or_else(|| holder.to_owned(), |_| share.index().to_string());
        shares::hand_over(self.shares_to.as_deref(), &name, share)
    }
}

fn checked(path: &Path, digest: Option<&str>) -> Result<(), Stop> {
    let mut end: sm3::Digest = [0; 32];
    if let Some(digits) = digest {
        hex::decode_to_slice(digits, &mut end).map_err(|_| Stop::usage("--digest wants 64 hexadecimal digits"))?;
    }
    let checked = check(path, digest.map(|_| &end)).map_err(|fault| Stop::refused(fault.to_string()))?;
    for entry in &checked.entries {
        say(format_args!("{}\t{}\t{}\t{}", entry.number, entry.at, entry.event, entry.detail))?;
    }
    say(format_args!("digest\t{}", hex::encode(checked.digest)))
}
