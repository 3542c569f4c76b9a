//! The desk: judges each request by the daemon's own rules, uses the key, records it, and
//! only then gives the answer out of hand.

use crate::{
    audit::{Audit, AuditFault, Certified, Event, Record},
    clock::Clock,
    mandates::{Mandates, Unmandated},
    policy::{Client, Denied, Policy, PolicyFault, Rule, SoleControl, Who},
    stamp::{StampFault, ToBeStamped},
};
use core::time::Duration;
use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};
use yinxin_hsm::{
    ErrorClass, KeyError, KeyOrder, KeyReference, KeyState, KeyStore, SignRequest, ToSign, Use, WrapRequest,
    mandate::{RelyingParty, Stamping},
    remote::wire::{Answer, AuditHead, Input, Refusal, Request, SignOrder, WrapOrder},
};
use yinxin_trust::{base::Moment, sm::sm3};
use zeroize::Zeroizing;

/// Most refusals that are recorded one by one in a second, of clients and of strangers each: who asks in vain shall
/// not fill the disk, and a crowd at the second door shall not hide what a client tries.
const MOST_REFUSALS: u32 = 20;

/// Who is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peer {
    /// A process at the socket, as the kernel says.
    Process {
        /// Its user.
        uid: u32,
        /// Its number.
        pid: i32,
    },
    /// One at the door with TLS, which proved that it has the key of a certificate whose chain holds.
    Certified {
        /// SHA-256 of the certificate.
        sha256: [u8; 32],
        /// Where it connects from.
        from: SocketAddr,
    },
}

impl Peer {
    /// By what a client is known.
    pub const fn who(self) -> Who {
        match self {
            Self::Process { uid, .. } => Who::User(uid),
            Self::Certified { sha256, .. } => Who::Certificate(sha256),
        }
    }
}

/// Why the daemon does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeskFault {
    /// The machine's clock shows no usable time.
    #[error("the machine's clock is before 1970 or after 9999")]
    Clock,
    /// The audit cannot go on.
    #[error(transparent)]
    Audit(#[from] AuditFault),
    /// The keys cannot be listed.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// Two rules are about one key, under two spellings, and contradict each other.
    #[error(transparent)]
    Policy(#[from] PolicyFault),
    /// A rule is about a key that there is not.
    #[error("rule {rule}: {cause}")]
    Rule {
        /// Which, from 1.
        rule: usize,
        /// Why.
        cause: KeyError,
    },
}

/// Why a request is not answered as asked.
enum No {
    Denied(Denied),
    Unmandated(Unmandated),
    Stamp(StampFault),
    /// The time in a stamp is too far from the clock.
    Backdated,
    Key(KeyError),
    Audit(AuditFault),
    Clock,
    /// No frame of the protocol.
    Frame,
}

/// The desk; see the [module](self). Safe to use from several threads.
pub struct Desk {
    keys: Arc<dyn KeyStore>,
    policy: Policy,
    mandates: Mandates,
    audit: Audit,
    durable: bool,
    clock: Box<dyn Clock>,
    /// Those of clients, and those of nobody known.
    refusals: Mutex<[Refusals; 2]>,
}

#[derive(Default)]
struct Refusals {
    second: i64,
    recorded: u32,
    left_out: u64,
}

impl Desk {
    /// Reads the audit, counts what was used, and takes its place.
    ///
    /// # Errors
    /// [`DeskFault`].
    pub fn open(
        keys: Arc<dyn KeyStore>,
        policy: Policy,
        site: Option<RelyingParty>,
        audit: &Path,
        durable: bool,
        clock: Box<dyn Clock>,
    ) -> Result<Self, DeskFault> {
        let (clients, mut rules) = policy.into_parts();
        for (place, rule) in rules.iter_mut().enumerate() {
            if let Some(key) = &mut rule.key {
                // in the one form in which the custody names it: two spellings are one key
                let known = keys.describe(key).map_err(|cause| DeskFault::Rule { rule: place + 1, cause })?;
                *key = known.reference;
            }
        }
        let policy = Policy::new(clients, rules)?;
        let mandates = Mandates::new(site);
        let audit = Audit::open(audit, clock.now().ok_or(DeskFault::Clock)?, |_, record| {
            if matches!(record.event, Event::Signed | Event::Wrapped | Event::Unwrapped) {
                // by name, since a certificate is renewed
                let client = match &record.certified {
                    Some(client) => policy.named(&client.name),
                    None => policy.client(Who::User(record.uid)),
                };
                if let Some(client) = client {
                    policy.count(client, &record.key);
                }
            }
            if record.event == Event::Signed && record.mandate != [0; 32] {
                mandates.count(&record.mandate, &record.document, record.at);
            }
        })?;
        Ok(Self { keys, policy, mandates, audit, durable, clock, refusals: Mutex::default() })
    }

    /// Whether one is heard at all; a stranger's attempt is recorded.
    pub fn knows(&self, peer: Peer) -> bool {
        let known = self.policy.client(peer.who()).is_some();
        if !known && let Some(at) = self.clock.now() {
            let text = match peer {
                Peer::Process { .. } => "a stranger connected".to_owned(),
                Peer::Certified { from, .. } => format!("a stranger connected from {from}"),
            };
            self.record_refusal(&self.record(peer, at, &text));
        }
        known
    }

    /// Records that somebody at the door with TLS did not come in.
    pub fn keep_out(&self, from: SocketAddr, why: &str) {
        let Some(at) = self.clock.now() else { return };
        let nobody = Certified { name: Box::default(), sha256: [0; 32] };
        let text = format!("no TLS with {from}: {why}");
        self.record_refusal(&Record::certified(Event::Refused, at, nobody, &text));
    }

    /// A refusal, until something better is known.
    fn record(&self, peer: Peer, at: Moment, text: &str) -> Record {
        match peer {
            Peer::Process { uid, pid } => Record::new(Event::Refused, at, uid, pid, text),
            Peer::Certified { sha256, .. } => {
                let name = self.policy.client(peer.who()).map(|client| client.name.clone()).unwrap_or_default();
                Record::certified(Event::Refused, at, Certified { name, sha256 }, text)
            }
        }
    }

    /// How far the audit has got.
    pub fn head(&self) -> AuditHead {
        self.audit.head()
    }

    /// Answers one frame of a client.
    pub fn answer(&self, peer: Peer, frame: &[u8]) -> Answer {
        let Some(at) = self.clock.now() else { return refused(&No::Clock) };
        let mut record = self.record(peer, at, "");
        match self.judge(peer, frame, at, &mut record) {
            Ok(answer) => answer,
            Err(no) => {
                let answer = refused(&no);
                if let Answer::Refused(refusal) = &answer {
                    let asked = core::mem::take(&mut record.text);
                    record.text = if asked.is_empty() {
                        refusal.text.clone()
                    } else {
                        format!("{asked}: {}", refusal.text).into()
                    };
                }
                self.record_refusal(&record);
                answer
            }
        }
    }

    fn judge(&self, peer: Peer, frame: &[u8], at: Moment, record: &mut Record) -> Result<Answer, No> {
        // the server turned strangers away; rules are never looked up for one
        let client = self.policy.client(peer.who()).ok_or(No::Denied(Denied::NoRule))?;
        let request = Request::parse(frame).map_err(|_| No::Frame)?;
        match request {
            Request::List => self.list(client),
            Request::Describe(key) => self.describe(client, &key),
            Request::Head => Ok(Answer::Head(self.audit.head())),
            Request::Sign(order) => self.sign(client, order, at, record),
            Request::Wrap(order) => self.wrap(client, order, at, record, true),
            Request::Unwrap(order) => self.wrap(client, order, at, record, false),
            Request::Mandate { octets, proof } => self.mandate(&octets, &proof, at, record),
            Request::Generate(order) => self.generate(client, &order, at, record),
            Request::SetState(key, state) => self.set_state(client, &key, state, record),
            Request::Destroy(key) => self.destroy(client, &key, record),
        }
    }

    fn list(&self, client: &Client) -> Result<Answer, No> {
        let mut keys = self.keys.list().map_err(No::Key)?;
        keys.retain(|key| self.policy.shows(client, key));
        Ok(Answer::Keys(keys))
    }

    fn describe(&self, client: &Client, key: &KeyReference) -> Result<Answer, No> {
        // one that the client may not know of is as one that there is not
        match self.keys.describe(key) {
            Ok(known) if self.policy.shows(client, &known) => Ok(Answer::Key(Box::new(known))),
            Ok(_) => Err(No::Key(KeyError::Unknown(key.clone()))),
            Err(error) => Err(No::Key(error)),
        }
    }

    /// The key in the one form in which the custody names it, which rules, mandates and audit go by. One that
    /// there is not stays as it was asked for, and no rule is about it.
    fn named(&self, key: &KeyReference) -> KeyReference {
        self.keys.describe(key).map_or_else(|_| key.clone(), |known| known.reference)
    }

    fn sign(&self, client: &Client, order: SignOrder, at: Moment, record: &mut Record) -> Result<Answer, No> {
        let order = &SignOrder { key: self.named(&order.key), ..order };
        record.key = order.key.to_string().into();
        record.text = asked_for(order).into();
        let (input, digest) = match &order.input {
            Input::Message(message) => (ToSign::Message(message), sm3::digest(message)),
            Input::Digest(digest) => (ToSign::Digest(digest), *digest),
        };
        record.input = digest;
        let rule = self.policy.judge(client, &order.key, order.purpose, Use::Sign, at).map_err(No::Denied)?;
        if let Some(control) = &rule.sole_control {
            self.cover(control, order, at, record)?;
        }
        self.audit.check().map_err(No::Audit)?;
        let value = self.keys.sign(&order.key, &SignRequest::new(order.purpose, input, at));
        let value = value.map_err(|error| failed(error, record))?;
        record.event = Event::Signed;
        record.value = sm3::digest(&value.to_octets());
        let head = self.write(rule, record)?;
        Ok(Answer::Signed(value, head))
    }

    /// Whether a mandate covers the stamp. What is asked is read here: the client's word is not taken
    /// for the seal, the document or the time.
    fn cover(&self, control: &SoleControl, order: &SignOrder, at: Moment, record: &mut Record) -> Result<(), No> {
        let claim = order.claim.as_ref().ok_or(No::Unmandated(Unmandated::None))?;
        record.mandate = claim.mandate;
        let Input::Message(message) = &order.input else { return Err(No::Stamp(StampFault::NotAStamp)) };
        let stamp = ToBeStamped::parse(message).map_err(No::Stamp)?;
        record.document = stamp.document;
        let difference = stamp.time.unix_seconds() - at.unix_seconds();
        if difference.abs() > control.most_clock_difference_seconds {
            return Err(No::Backdated);
        }
        let stamping = Stamping {
            key: &order.key,
            seal: &stamp.seal,
            document: &stamp.document,
            path: &claim.path,
            licence_type: claim.licence_type.as_deref(),
            at,
        };
        self.mandates.admit(&claim.mandate, control, &stamping).map_err(No::Unmandated)
    }

    fn wrap(
        &self,
        client: &Client,
        order: WrapOrder,
        at: Moment,
        record: &mut Record,
        wraps: bool,
    ) -> Result<Answer, No> {
        let order = &WrapOrder { key: self.named(&order.key), ..order };
        record.key = order.key.to_string().into();
        record.text = order.purpose.word().into();
        let rule = self.policy.judge(client, &order.key, order.purpose, Use::Wrap, at).map_err(No::Denied)?;
        self.audit.check().map_err(No::Audit)?;
        let request = WrapRequest::new(order.purpose, &order.context, at);
        let octets = if wraps {
            self.keys.wrap(&order.key, &request, &order.octets).map(Zeroizing::new)
        } else {
            self.keys.unwrap(&order.key, &request, &order.octets)
        };
        let octets = octets.map_err(|error| failed(error, record))?;
        record.event = if wraps { Event::Wrapped } else { Event::Unwrapped };
        self.write(rule, record)?;
        Ok(Answer::Octets(octets))
    }

    fn mandate(&self, octets: &[u8], proof: &[u8], at: Moment, record: &mut Record) -> Result<Answer, No> {
        let accepted = self.mandates.accept(octets, proof, &self.policy, at);
        let (name, mandate) = accepted.map_err(No::Unmandated)?;
        record.event = Event::Mandate;
        record.mandate = name;
        record.key = mandate.key.to_string().into();
        record.text = format!("seal {}, at most {}, until {}", mandate.seal, mandate.most, mandate.until).into();
        self.audit.append_durable(record).map_err(No::Audit)?;
        Ok(Answer::Mandate(name))
    }

    fn generate(&self, client: &Client, order: &KeyOrder, at: Moment, record: &mut Record) -> Result<Answer, No> {
        record.text = format!("{} for {}", order.algorithm, order.purpose).into();
        administrator(client)?;
        self.audit.check().map_err(No::Audit)?;
        let key = self.keys.generate(order, at).map_err(|error| failed(error, record))?;
        self.administered(Event::Made, &key.reference, record)?;
        Ok(Answer::Key(Box::new(key)))
    }

    fn set_state(
        &self,
        client: &Client,
        key: &KeyReference,
        state: KeyState,
        record: &mut Record,
    ) -> Result<Answer, No> {
        record.text = state.to_string().into();
        record.key = key.to_string().into();
        administrator(client)?;
        self.audit.check().map_err(No::Audit)?;
        self.keys.set_state(key, state).map_err(|error| failed(error, record))?;
        self.administered(Event::State, key, record)?;
        Ok(Answer::Done)
    }

    fn destroy(&self, client: &Client, key: &KeyReference, record: &mut Record) -> Result<Answer, No> {
        record.key = key.to_string().into();
        administrator(client)?;
        self.audit.check().map_err(No::Audit)?;
        self.keys.destroy(key).map_err(|error| failed(error, record))?;
        self.administered(Event::Destroyed, key, record)?;
        Ok(Answer::Done)
    }

    fn administered(&self, event: Event, key: &KeyReference, record: &mut Record) -> Result<(), No> {
        record.event = event;
        record.key = key.to_string().into();
        self.audit.append_durable(record).map(drop).map_err(No::Audit)
    }

    /// Records a use. What is counted from the audit after a restart is on the disk before the answer leaves.
    fn write(&self, rule: &Rule, record: &Record) -> Result<AuditHead, No> {
        let durable = self.durable || rule.sole_control.is_some() || rule.most_uses.is_some();
        if durable { self.audit.append_durable(record) } else { self.audit.append(record) }.map_err(No::Audit)
    }

    /// Records what was refused; beyond [`MOST_REFUSALS`] in a second, their number.
    fn record_refusal(&self, record: &Record) {
        let stranger = match &record.certified {
            Some(client) => client.name.is_empty(),
            None => self.policy.client(Who::User(record.uid)).is_none(),
        };
        let [of_clients, of_strangers] = &mut *self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        let refusals = if stranger { of_strangers } else { of_clients };
        if refusals.second != record.at.unix_seconds() {
            let left_out = core::mem::take(&mut refusals.left_out);
            *refusals = Refusals { second: record.at.unix_seconds(), ..Refusals::default() };
            if left_out > 0 {
                let text = format!("{left_out} refusals were not recorded one by one");
                let own = (rustix::process::geteuid().as_raw(), rustix::process::getpid().as_raw_pid());
                // where the audit fails, nothing is signed either: there is nothing to keep back
                let _ = self.audit.append(&Record::new(Event::LeftOut, record.at, own.0, own.1, &text));
            }
        }
        if refusals.recorded < MOST_REFUSALS || record.event == Event::Failed {
            refusals.recorded += 1;
            let _ = self.audit.append(record);
        } else {
            refusals.left_out += 1;
        }
    }
}

/// What a signature is asked for, for people.
fn asked_for(order: &SignOrder) -> String {
    let purpose = order.purpose.word();
    match order.claim.as_ref().and_then(|claim| claim.licence_type.as_deref()) {
        Some(kind) => format!("{purpose}, licence type {kind} as the client says"),
        None => purpose.to_owned(),
    }
}

/// The key did not answer: the record says so.
fn failed(error: KeyError, record: &mut Record) -> No {
    record.event = Event::Failed;
    No::Key(error)
}

const fn administrator(client: &Client) -> Result<(), No> {
    if client.administers { Ok(()) } else { Err(No::Denied(Denied::NotAdministrator)) }
}

fn refused(no: &No) -> Answer {
    let refusal = |class, retry_after, text: String| {
        Answer::Refused(Refusal { class, no_such_key: false, retry_after, text: text.into() })
    };
    let limited = |retry_after: Duration| if retry_after.is_zero() { ErrorClass::Refused } else { ErrorClass::Busy };
    match no {
        No::Denied(denied) => refusal(limited(denied.retry_after()), denied.retry_after(), denied.to_string()),
        No::Unmandated(fault) => refusal(limited(fault.retry_after()), fault.retry_after(), fault.to_string()),
        No::Stamp(fault) => refusal(ErrorClass::Refused, Duration::ZERO, fault.to_string()),
        No::Backdated => {
            let text = "the time within the stamp is too far from the daemon's clock";
            refusal(ErrorClass::Refused, Duration::ZERO, text.to_owned())
        }
        No::Key(error) => Answer::Refused(Refusal {
            class: error.class(),
            no_such_key: matches!(error, KeyError::Unknown(_)),
            retry_after: error.retry_after().unwrap_or_default(),
            text: error.to_string().into(),
        }),
        No::Audit(fault) => refusal(ErrorClass::Broken, Duration::ZERO, fault.to_string()),
        No::Clock => refusal(ErrorClass::Broken, Duration::ZERO, DeskFault::Clock.to_string()),
        No::Frame => refusal(ErrorClass::Refused, Duration::ZERO, "not a request of the protocol".to_owned()),
    }
}

impl core::fmt::Debug for Desk {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Desk").field("policy", &self.policy).finish_non_exhaustive()
    }
}
