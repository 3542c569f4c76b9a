//! The file of a ceremony, read strictly.

use serde::Deserialize;
use std::path::{Component, PathBuf};
use yinxin_hsm::{
    KeyAlgorithm, KeyOrder, KeyReference, Limits, Purpose,
    configured::toml_words,
    split::{Split, SplitFault},
};
use yinxin_trust::{base::Day, sm::sm3};

/// Longest file, octets.
const LONGEST: usize = 64 << 10;

/// Most steps.
const MOST_STEPS: usize = 64;

/// Why a file is no plan of a ceremony.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// Longer than any plan.
    #[error("the plan is longer than 64 KiB")]
    Long,
    /// Not TOML, or a member that there is not.
    #[error("the plan: {0}")]
    Toml(String),
    /// One alone is no ceremony.
    #[error("the plan wants two witnesses or more, each another name of 1 to 64 characters without blanks at its ends")]
    Witnesses,
    /// None, or too many.
    #[error("the plan wants 1 to 64 steps")]
    Steps,
    /// A step that does not hold.
    #[error("step {step}: {why}")]
    Step {
        /// Which, from 1.
        step: usize,
        /// Why.
        why: String,
    },
    /// Numbers of a backup.
    #[error(transparent)]
    Split(#[from] SplitFault),
}

/// Whether these are names of different people: 1 to 64 characters, none that moves a cursor, no blanks at the ends.
fn are_people(names: &[String]) -> bool {
    let sound = |name: &String| {
        name.trim() == name && (1..=64).contains(&name.chars().count()) && !name.chars().any(char::is_control)
    };
    let twice = |(place, name): (usize, &String)| names.iter().take(place).any(|other| other == name);
    names.iter().all(sound) && !names.iter().enumerate().any(twice)
}

/// What is done, before whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// What it is called.
    pub title: String,
    /// Who confirms each step: at least two.
    pub witnesses: Vec<String>,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// SM3 of the file.
    pub digest: sm3::Digest,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key is made.
    Generate(Order),
    /// A key of the device's own tool is taken over.
    Adopt(Order),
    /// Root, the two authorities below it, and a seal maker, with their keys and first lists.
    FoundAuthority {
        /// Who runs it.
        organisation: String,
    },
    /// Revocation lists are published anew.
    PublishLists,
    /// All keys are sealed under a secret that is split among the holders.
    Backup {
        /// Shares needed to restore.
        needed: u8,
        /// Who gets one each.
        holders: Vec<String>,
        /// Where the backup is written: a name, no path.
        file: PathBuf,
    },
    /// A key is taken out of service.
    Suspend {
        /// Which.
        key: KeyReference,
    },
    /// A key is destroyed for good.
    Destroy {
        /// Which.
        key: KeyReference,
    },
}

/// A key to be made or taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    algorithm: KeyAlgorithm,
    purpose: Purpose,
    place: Option<KeyReference>,
    not_after: Option<Day>,
    most_uses: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    title: String,
    witnesses: Vec<String>,
    step: Vec<StepText>,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
enum StepText {
    Generate {
        #[serde(default = "sm2")]
        algorithm: String,
        purpose: String,
        at: Option<String>,
        not_after: Option<String>,
        most_uses: Option<u64>,
    },
    Adopt {
        #[serde(default = "sm2")]
        algorithm: String,
        purpose: String,
        at: String,
        not_after: Option<String>,
        most_uses: Option<u64>,
    },
    FoundAuthority {
        organisation: String,
    },
    PublishLists {},
    Backup {
        needed: u8,
        holders: Vec<String>,
        file: PathBuf,
    },
    Suspend {
        key: String,
    },
    Destroy {
        key: String,
    },
}

fn sm2() -> String {
    KeyAlgorithm::Sm2Sm3.to_string()
}

impl Plan {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// [`PlanFault`].
    pub fn parse(text: &str) -> Result<Self, PlanFault> {
        if text.len() > LONGEST {
            return Err(PlanFault::Long);
        }
        let Text { title, witnesses, step } =
            toml::from_str(text).map_err(|error| PlanFault::Toml(toml_words(text, &error)))?;
        if witnesses.len() < 2 || !are_people(&witnesses) {
            return Err(PlanFault::Witnesses);
        }
        if !(1..=MOST_STEPS).contains(&step.len()) {
            return Err(PlanFault::Steps);
        }
        let steps = step
            .into_iter()
            .enumerate()
            .map(|(place, text)| Step::of(text).map_err(|why| PlanFault::Step { step: place + 1, why }));
        Ok(Self { title, witnesses, steps: steps.collect::<Result<_, _>>()?, digest: sm3::digest(text.as_bytes()) })
    }
}

impl Step {
    fn of(text: StepText) -> Result<Self, String> {
        let reference = |text: &str| text.parse::<KeyReference>().map_err(|cause| cause.to_string());
        let step = match text {
            StepText::Generate { algorithm, purpose, at, not_after, most_uses } => {
                let place = at.as_deref().map(reference).transpose()?;
                Self::Generate(Order::of(&algorithm, &purpose, place, not_after.as_deref(), most_uses)?)
            }
            StepText::Adopt { algorithm, purpose, at, not_after, most_uses } => {
                let place = Some(reference(&at)?);
                Self::Adopt(Order::of(&algorithm, &purpose, place, not_after.as_deref(), most_uses)?)
            }
            StepText::FoundAuthority { organisation } => Self::FoundAuthority { organisation },
            StepText::PublishLists {} => Self::PublishLists,
            StepText::Backup { needed, holders, file } => {
                let plain = matches!(file.components().collect::<Vec<_>>().as_slice(), [Component::Normal(_)]);
                if !plain {
                    return Err("file wants a name without folders".to_owned());
                }
                if !are_people(&holders) {
                    return Err("holders want each another name of 1 to 64 characters".to_owned());
                }
                Self::Backup { needed, holders, file }
            }
            StepText::Suspend { key } => Self::Suspend { key: reference(&key)? },
            StepText::Destroy { key } => Self::Destroy { key: reference(&key)? },
        };
        match &step {
            Self::Backup { .. } => step.split().map(|_| step).map_err(|cause| cause.to_string()),
            _ => Ok(step),
        }
    }

    /// How a backup is split.
    ///
    /// # Errors
    /// [`SplitFault::Numbers`]; for a step that is no backup too.
    pub fn split(&self) -> Result<Split, SplitFault> {
        match self {
            Self::Backup { needed, holders, .. } => Split::new(*needed, u8::try_from(holders.len()).unwrap_or(u8::MAX)),
            _ => Split::new(0, 0),
        }
    }

    /// What is shown to the witnesses, and written down.
    pub fn words(&self) -> String {
        match self {
            Self::Generate(order) => format!("生成密钥 make a key: {}", order.words()),
            Self::Adopt(order) => format!("接管密钥 take over a key: {}", order.words()),
            Self::FoundAuthority { organisation } => format!("建立证书机构 found the authority: {organisation}"),
            Self::PublishLists => "签发吊销列表 publish revocation lists".to_owned(),
            Self::Backup { needed, holders, file } => {
                let file = file.display();
                format!("备份密钥 back up the keys to {file}: {needed} of {} ({})", holders.len(), holders.join(", "))
            }
            Self::Suspend { key } => format!("停用密钥 suspend the key {key}"),
            Self::Destroy { key } => format!("销毁密钥 destroy the key {key} for good"),
        }
    }
}

impl Order {
    fn of(
        algorithm: &str,
        purpose: &str,
        place: Option<KeyReference>,
        not_after: Option<&str>,
        most_uses: Option<u64>,
    ) -> Result<Self, String> {
        Ok(Self {
            algorithm: algorithm.parse().map_err(|cause: yinxin_hsm::UnknownAlgorithm| cause.to_string())?,
            purpose: purpose.parse().map_err(|cause: yinxin_hsm::UnknownPurpose| cause.to_string())?,
            place,
            not_after: not_after.map(Day::parse).transpose().map_err(|cause| cause.to_string())?,
            most_uses,
        })
    }

    /// As a custody takes it.
    pub fn order(&self) -> KeyOrder {
        let not_after = self.not_after.map(Day::ends);
        let limits = Limits { not_before: None, not_after, most_uses: self.most_uses };
        let order = KeyOrder::new(self.algorithm, self.purpose).limited(limits);
        match &self.place {
            Some(place) => order.at_place(place.clone()),
            None => order,
        }
    }

    fn words(&self) -> String {
        let mut words = format!("{}, {}", self.algorithm, self.purpose);
        for (name, value) in [
            ("at", self.place.as_ref().map(ToString::to_string)),
            ("until", self.not_after.map(|day| day.to_string())),
            ("uses", self.most_uses.map(|most| most.to_string())),
        ] {
            if let Some(value) = value {
                words.push_str(&format!(", {name} {value}"));
            }
        }
        words
    }
}
