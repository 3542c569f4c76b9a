//! What a list changes, for people to accept.

use super::{Identity, Pointer, Scope, Service, State, StateFrom, TrustList};
use crate::base::{Day, Sentence};
use core::cmp::Ordering;

/// The changes from one list to another: services in the order of the list, each by
/// state, scope and log; then pointers by address. Empty where only sequence and
/// times differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Diff {
    /// Every change.
    pub changes: Vec<Change>,
}

/// One change. A service is the same where kind, name and what it is known by are: a
/// new certificate is a new service, and the old one is removed.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It was not there.
    ServiceAdded(Box<Service>),
    /// It is not there any more, with its history.
    ServiceRemoved(Box<Service>),
    /// Another history.
    StateChanged {
        /// With the history that it has now.
        service: Box<Service>,
        /// What it was.
        before: Vec<StateFrom>,
        /// Whether the past itself is another, not only what was added to it.
        rewritten: bool,
    },
    /// Another scope.
    ScopeChanged {
        /// With the scope that it has now.
        service: Box<Service>,
        /// What it was.
        before: Scope,
    },
    /// The log is required from another day on, or not any more.
    LogRequirementChanged {
        /// With the day that it has now.
        service: Box<Service>,
        /// What it was.
        before: Option<Day>,
    },
    /// A pointer that was not there, by address and key.
    PointerAdded(Pointer),
    /// A pointer that is not there any more.
    PointerRemoved(Pointer),
}

/// Which way something changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It was not there.
    Comes,
    /// It is not there any more.
    Goes,
    /// It is another than before.
    Changes,
}

impl Direction {
    /// The stable word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Comes => "comes",
            Self::Goes => "goes",
            Self::Changes => "changes",
        }
    }
}

impl Diff {
    /// From `before`, or from nothing, to `after`.
    pub fn between(before: Option<&TrustList>, after: &TrustList) -> Self {
        let mut changes = Vec::new();
        let (services, pointers) = before.map_or((&[][..], &[][..]), |list| (&list.services, &list.pointers));
        merge(services, &after.services, Service::order, |old, new| match (old, new) {
            (None, Some(new)) => changes.push(Change::ServiceAdded(Box::new(new.clone()))),
            (Some(old), None) => changes.push(Change::ServiceRemoved(Box::new(old.clone()))),
            (Some(old), Some(new)) => compare(old, new, &mut changes),
            (None, None) => {}
        });
        let by_address = |left: &Pointer, right: &Pointer| left.address.cmp(&right.address);
        merge(pointers, &after.pointers, by_address, |old, new| {
            if old != new {
                changes.extend(old.cloned().map(Change::PointerRemoved));
                changes.extend(new.cloned().map(Change::PointerAdded));
            }
        });
        Self { changes }
    }

    /// Whether nothing changes but sequence and times.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }
}

fn compare(old: &Service, new: &Service, changes: &mut Vec<Change>) {
    let service = || Box::new(new.clone());
    if old.history != new.history {
        let rewritten = !new.history.starts_with(&old.history);
        changes.push(Change::StateChanged { service: service(), before: old.history.clone(), rewritten });
    }
    if old.scope != new.scope {
        changes.push(Change::ScopeChanged { service: service(), before: old.scope.clone() });
    }
    if old.log_required_from != new.log_required_from {
        changes.push(Change::LogRequirementChanged { service: service(), before: old.log_required_from });
    }
}

/// Walks two sorted lists at once and gives each entry with its counterpart.
fn merge<'a, T>(
    old: &'a [T],
    new: &'a [T],
    order: impl Fn(&T, &T) -> Ordering,
    mut each: impl FnMut(Option<&'a T>, Option<&'a T>),
) {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let first = match (old.peek(), new.peek()) {
            (Some(left), Some(right)) => order(left, right),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return,
        };
        let left = if first.is_le() { old.next() } else { None };
        let right = if first.is_ge() { new.next() } else { None };
        each(left, right);
    }
}

impl Change {
    /// Which way it changes.
    pub const fn direction(&self) -> Direction {
        match self {
            Self::ServiceAdded(_) | Self::PointerAdded(_) => Direction::Comes,
            Self::ServiceRemoved(_) | Self::PointerRemoved(_) => Direction::Goes,
            Self::StateChanged { .. } | Self::ScopeChanged { .. } | Self::LogRequirementChanged { .. } => {
                Direction::Changes
            }
        }
    }

    /// What changes, for people.
    pub fn sentence(&self) -> Sentence {
        match self {
            Self::ServiceAdded(service) => {
                let (zh, en) = (states_zh(&service.history), states_en(&service.history));
                about(service, &format!("新增，{zh}"), &format!("added, {en}"))
            }
            Self::ServiceRemoved(service) => about(service, "删除，其历史不再保留", "removed with its history"),
            Self::StateChanged { service, before, rewritten } => {
                let (past_zh, past_en) =
                    if *rewritten { ("改写历史", "history rewritten") } else { ("状态变更", "state") };
                let zh = format!("{past_zh}：由{}改为{}", states_zh(before), states_zh(&service.history));
                about(service, &zh, &format!("{past_en}: {} to {}", states_en(before), states_en(&service.history)))
            }
            Self::ScopeChanged { service, before } => {
                let zh = format!("范围变更：由{}改为{}", scope_zh(before), scope_zh(&service.scope));
                about(service, &zh, &format!("scope: {} to {}", scope_en(before), scope_en(&service.scope)))
            }
            Self::LogRequirementChanged { service, before } => {
                let zh = |day: Option<Day>| day.map_or("不要求".to_owned(), |day| format!("自{day}起要求"));
                let en = |day: Option<Day>| day.map_or("not required".to_owned(), |day| format!("required from {day}"));
                let after = service.log_required_from;
                let words = format!("日志证明：由{}改为{}", zh(*before), zh(after));
                about(service, &words, &format!("log proof: {} to {}", en(*before), en(after)))
            }
            Self::PointerAdded(pointer) => {
                let Pointer { address, operator, scope, .. } = pointer;
                let (zh, en) = match scope {
                    None => ("，不可跟随".to_owned(), ", not to be followed".to_owned()),
                    Some(scope) => (
                        format!("，可在此范围内跟随：{}", scope_zh(scope)),
                        format!(", to be followed within {}", scope_en(scope)),
                    ),
                };
                Sentence::new(
                    format!("新增指向{operator}信任列表的地址{address}，其公钥{}{zh}", key(pointer)),
                    format!("pointer to the list of {operator} at {address} added, with the key {}{en}", key(pointer)),
                )
            }
            Self::PointerRemoved(pointer) => {
                let Pointer { address, operator, .. } = pointer;
                Sentence::new(
                    format!("删除指向{operator}信任列表的地址{address}，其公钥{}", key(pointer)),
                    format!("pointer to the list of {operator} at {address} removed, with the key {}", key(pointer)),
                )
            }
        }
    }
}

fn key(pointer: &Pointer) -> String {
    hex::encode(pointer.key.to_sec1())
}

fn about(service: &Service, zh: &str, en: &str) -> Sentence {
    let known_by = match &service.identity {
        Identity::Host(host) => host.to_string(),
        other => format!("SM3 {}", hex::encode(crate::sm::sm3::digest(other.octets()))),
    };
    let (kind, name) = (service.kind, &service.name);
    Sentence::new(format!("{}“{name}”（{known_by}）：{zh}", kind.zh()), format!("{kind} “{name}” ({known_by}): {en}"))
}

fn states_zh(history: &[StateFrom]) -> String {
    let word = |state| if state == State::Granted { "认可" } else { "撤销" };
    let all: Vec<String> =
        history.iter().map(|entry| format!("自{}起{}", entry.from.at_offset_hours(8), word(entry.state))).collect();
    all.join("、")
}

fn states_en(history: &[StateFrom]) -> String {
    let all: Vec<String> = history.iter().map(|entry| format!("{} from {}", entry.state, entry.from)).collect();
    all.join(", ")
}

/// As many as people read; the rest is counted.
const SHOWN: usize = 5;

fn some<T: ToString>(all: impl ExactSizeIterator<Item = T>, joint: &str, any: &str, and: [&str; 2]) -> String {
    let count = all.len();
    let shown: Vec<String> = all.take(SHOWN).map(|one| one.to_string()).collect();
    match count {
        0 => any.to_owned(),
        1..=SHOWN => shown.join(joint),
        _ => format!("{}{}{}{}", shown.join(joint), and[0], count - SHOWN, and[1]),
    }
}

impl Scope {
    /// For whom it counts, for people.
    pub fn sentence(&self) -> Sentence {
        Sentence::new(scope_zh(self), scope_en(self))
    }
}

fn scope_zh(scope: &Scope) -> String {
    let and = ["等另", "项"];
    format!(
        "［颁发机构：{}；证照类型：{}；地区：{}；自{}起］",
        some(scope.bodies.iter(), "、", "不限", and),
        some(scope.licence_types.iter(), "、", "不限", and),
        some(scope.regions.iter(), "、", "不限", and),
        scope.from
    )
}

fn scope_en(scope: &Scope) -> String {
    let and = [" and ", " more"];
    format!(
        "[bodies {}; types {}; regions {}; from {}]",
        some(scope.bodies.iter(), ", ", "any", and),
        some(scope.licence_types.iter(), ", ", "any", and),
        some(scope.regions.iter(), ", ", "any", and),
        scope.from
    )
}
