//! Looking at every part of a custody, each by itself, for `yinxin doctor`.

use super::{Custody, CustodyConfig, OpenFault, Pkcs11Section, SdfSection};
use crate::{
    KeyDescription, KeyError, KeyState,
    book::BookFault,
    pkcs11::{Library, PinState, Pkcs11Error, Pkcs11Store, TokenFacts},
    remote::{RemoteStore, ShelfFault},
    sdf::{SdfError, SdfStore},
    soft::SoftError,
};
use core::fmt;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use yinxin_trust::base::Moment;

/// What was found about one part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which: `configuration`, `folder`, `library`, `device`, `token`, `PIN`, `mechanism`, `key …`, `sessions`, `socket`,
    /// `TLS`, `hsmd`, `mandate`.
    pub part: String,
    /// Whether it is as it should be.
    pub sound: bool,
    /// What was found, in one sentence; what would mend it, where it is not sound.
    pub sentence: String,
}

impl Finding {
    /// A part that is as it should be.
    pub fn good(part: &str, sentence: impl fmt::Display) -> Self {
        Self { part: part.to_owned(), sound: true, sentence: sentence.to_string() }
    }

    /// A part that is not, with what mends it.
    pub fn bad(part: &str, sentence: impl fmt::Display) -> Self {
        Self { part: part.to_owned(), sound: false, sentence: sentence.to_string() }
    }
}

/// Opens a custody and looks at each of its parts; stops where nothing further can be looked at. Uses the
/// keys of devices for trial signatures over random octets, which are not counted.
pub fn diagnose(config: &CustodyConfig, now: Option<Moment>) -> (Vec<Finding>, Option<Custody>) {
    let mut findings = Vec::new();
    if let Some(section) = &config.pkcs11 {
        token(section, &mut findings);
    }
    let custody = match config.open() {
        Ok(custody) => custody,
        Err(fault) => {
            let part = part_of(&fault);
            // the token was looked at already, and says it better
            if !findings.iter().any(|finding| !finding.sound && finding.part == part) {
                findings.push(Finding::bad(part, sentence(&fault)));
            }
            return (findings, None);
        }
    };
    if let Some(folder) = &config.folder {
        findings.push(Finding::good("folder", format_args!("{}: opened with the passphrase", folder.display())));
    }
    match &custody {
        Custody::Soft(_) => {}
        Custody::Sdf(store) => {
            if let Some(section) = &config.sdf {
                device(section, store, &mut findings);
            }
        }
        Custody::Pkcs11(store) => {
            findings.push(Finding::good("PIN", "taken by the token"));
            sessions_of(store, config.pkcs11.as_ref(), &mut findings);
        }
        Custody::Hsmd(store) => {
            if let Some(section) = &config.hsmd {
                daemon(section.socket.as_deref(), store, now, &mut findings);
            }
        }
    }
    keys(&custody, &mut findings);
    (findings, Some(custody))
}

/// Every key that is in service; tried where it lies in a device.
fn keys(custody: &Custody, findings: &mut Vec<Finding>) {
    let store = custody.keys();
    let listed = match store.list() {
        Ok(listed) => listed,
        Err(error) => return findings.push(Finding::bad("keys", named(&error))),
    };
    if listed.is_empty() {
        findings
            .push(Finding::bad("keys", "there is none: make them with yinxin key generate, or found the installation"));
    }
    for key in listed {
        let part = format!("key {}", key.reference);
        findings.push(match (key.state, tried(custody, &key)) {
            (KeyState::Active, Some(Ok(()))) => {
                Finding::good(&part, format_args!("{}, signs as it should", key.algorithm))
            }
            (KeyState::Active, None) => Finding::good(&part, format_args!("{}, for {}", key.algorithm, key.purpose)),
            (KeyState::Active, Some(Err(error))) => Finding::bad(&part, named(&error)),
            (state, _) => Finding::good(&part, format_args!("{state}")),
        });
    }
}

/// A trial of a key in a device; those in a token were tried when it was opened.
fn tried(custody: &Custody, key: &KeyDescription) -> Option<Result<(), KeyError>> {
    match custody {
        Custody::Sdf(store) if key.state == KeyState::Active => Some(store.try_key(&key.reference)),
        Custody::Pkcs11(_) => Some(Ok(())),
        _ => None,
    }
}

fn device(section: &SdfSection, store: &SdfStore, findings: &mut Vec<Finding>) {
    findings.push(Finding::good("library", format_args!("{}: loaded, speaks SDF", section.library.display())));
    match store.info() {
        Ok(info) => {
            let what = format!("{}: {} {}, serial {}", section.device, info.maker, info.model, info.serial);
            findings.push(Finding::good("device", what));
        }
        Err(error) => return findings.push(Finding::bad("device", error)),
    }
    match store.sessions() {
        Ok(given) if given < section.sessions => findings.push(Finding::bad(
            "sessions",
            format_args!("the device gives {given} and {} are configured: lower keys.sdf.sessions", section.sessions),
        )),
        Ok(given) => {
            findings.push(Finding::good("sessions", format_args!("{given} of {} configured", section.sessions)))
        }
        Err(error) => findings.push(Finding::bad("sessions", error)),
    }
}

fn token(section: &Pkcs11Section, findings: &mut Vec<Finding>) {
    let library = match Library::open(&section.library) {
        Ok(library) => library,
        Err(error) => return findings.push(Finding::bad("library", error)),
    };
    findings.push(Finding::good("library", format_args!("{}: loaded, speaks PKCS#11", section.library.display())));
    let tokens = match library.tokens() {
        Ok(tokens) => tokens,
        Err(error) => return findings.push(Finding::bad("token", error)),
    };
    let pick = section.token();
    let mut fitting = tokens.iter().filter(|facts| pick.fits(facts));
    let facts = match (fitting.next(), fitting.next()) {
        (Some(facts), None) => facts,
        // opening says which tokens there are
        _ => return,
    };
    let name = format!("{}, serial {}, in slot {}: {}", facts.label, facts.serial, facts.slot, facts.model);
    findings.push(Finding::good("token", name));
    pin(facts, findings);
    match library.mechanisms(facts) {
        Ok(mechanisms) => {
            let signing = mechanisms.iter().filter(|mechanism| mechanism.signs).count();
            if signing == 0 {
                findings
                    .push(Finding::bad("mechanism", "the token lists none that signs: check its firmware or licence"));
            } else {
                findings.push(Finding::good("mechanism", format_args!("{signing} that sign, of {}", mechanisms.len())));
            }
        }
        Err(error) => findings.push(Finding::bad("mechanism", error)),
    }
    let wanted = u64::try_from(section.sessions).unwrap_or(u64::MAX).saturating_add(1);
    if let Some(limit) = facts.session_limit.filter(|limit| *limit < wanted) {
        let why = format!(
            "the token gives {limit}, and keys.pkcs11.sessions = {} wants {wanted} with the one that stays logged in: \
             lower it",
            section.sessions
        );
        findings.push(Finding::bad("sessions", why));
    }
}

/// What the token says of its PIN, without showing any.
fn pin(facts: &TokenFacts, findings: &mut Vec<Finding>) {
    let why = match facts.pin {
        PinState::Sound | PinState::CountLow | PinState::Keypad => return,
        PinState::FinalTry => {
            "the next wrong one locks the token: make sure of it with the vendor's tool, which clears the count"
        }
        PinState::Locked => "the token is locked: have its security officer unlock it with the vendor's tool",
        PinState::ToBeChanged => "it has to be changed first, with the vendor's tool",
    };
    findings.push(Finding::bad("PIN", why));
}

fn sessions_of(store: &Pkcs11Store, section: Option<&Pkcs11Section>, findings: &mut Vec<Finding>) {
    let (given, wanted) = (store.sessions(), section.map_or(0, |section| section.sessions));
    if findings.iter().any(|finding| finding.part == "sessions") {
        return;
    }
    findings.push(if given < wanted {
        Finding::bad(
            "sessions",
            format_args!("the token gives {given} and {wanted} are configured: lower keys.pkcs11.sessions"),
        )
    } else {
        Finding::good("sessions", format_args!("{wanted}"))
    });
}

/// The socket's own file; whether there is any use in asking behind it.
fn socket(socket: &std::path::Path, findings: &mut Vec<Finding>) -> bool {
    let shown = socket.display();
    match std::fs::metadata(socket) {
        Err(error) => {
            findings
                .push(Finding::bad("socket", format_args!("{shown}: {error}: start hsmd, or mend keys.hsmd.socket")));
            return false;
        }
        Ok(facts) if !facts.file_type().is_socket() => {
            findings.push(Finding::bad("socket", format_args!("{shown}: is no socket: mend keys.hsmd.socket")));
            return false;
        }
        Ok(facts) if facts.mode() & 0o007 != 0 => {
            findings.push(Finding::bad("socket", format_args!("{shown}: everybody may connect to it: chmod o-rwx")));
        }
        Ok(_) => {}
    }
    true
}

fn daemon(path: Option<&std::path::Path>, store: &RemoteStore, now: Option<Moment>, findings: &mut Vec<Finding>) {
    if path.is_some_and(|path| !socket(path, findings)) {
        return;
    }
    match store.audit_head() {
        Ok(head) => {
            findings.push(Finding::good("hsmd", format_args!("answers; its audit has {} records", head.sequence)))
        }
        Err(error) => findings.push(Finding::bad("hsmd", named(&error))),
    }
    match store.mandates() {
        Ok(all) => {
            for mandate in all {
                findings.push(match mandate {
                    Ok(mandate) => {
                        let what = format!("seal {}, key {}, until {}", mandate.seal, mandate.key, mandate.until);
                        match now {
                            Some(now) if now > mandate.until => Finding::bad(
                                "mandate",
                                format_args!("{what}: it is over; have the keeper make another"),
                            ),
                            Some(now) if now < mandate.from => {
                                Finding::good("mandate", format_args!("{what}, not before {}", mandate.from))
                            }
                            _ => Finding::good("mandate", what),
                        }
                    }
                    Err(fault @ ShelfFault::Mandate { .. }) => {
                        Finding::bad("mandate", format_args!("{fault}; have the keeper make it anew"))
                    }
                    Err(fault) => Finding::bad("mandate", format_args!("{fault}; mend the file or take it away")),
                });
            }
        }
        Err(fault) => findings.push(Finding::bad("mandate", format_args!("{fault}; mend keys.hsmd.mandates"))),
    }
}

/// Which part a fault of opening is about.
fn part_of(fault: &OpenFault) -> &'static str {
    match fault {
        OpenFault::Section(_) => "configuration",
        OpenFault::Passphrase(_) => "passphrase",
        OpenFault::Place(_) | OpenFault::OtherFolder { .. } => "folder",
        OpenFault::Mapping(_) => "mapping",
        OpenFault::Tls(_) => "TLS",
        OpenFault::Sdf(error) => part_of_device(error),
        OpenFault::Key(
            KeyError::Soft(SoftError::WrongPassphrase(_)) | KeyError::Book(BookFault::WrongPassphrase(_)),
        ) => "passphrase",
        OpenFault::Key(KeyError::Soft(_) | KeyError::Book(_)) => "folder",
        OpenFault::Key(KeyError::Driver(error)) => {
            let error: &dyn std::error::Error = error.as_ref();
            match (error.downcast_ref::<Pkcs11Error>(), error.downcast_ref::<SdfError>()) {
                (Some(error), _) => part_of_token(error),
                (_, Some(error)) => part_of_device(error),
                _ => "keys",
            }
        }
        OpenFault::Key(_) => "keys",
    }
}

const fn part_of_device(error: &SdfError) -> &'static str {
    match error {
        SdfError::Library { .. } | SdfError::NotSdf(_) | SdfError::Symbol { .. } | SdfError::Layout { .. } => "library",
        SdfError::Pin { .. } => "PIN",
        _ => "device",
    }
}

const fn part_of_token(error: &Pkcs11Error) -> &'static str {
    match error {
        Pkcs11Error::Library { .. } | Pkcs11Error::NotPkcs11(_) => "library",
        Pkcs11Error::NoToken { .. } | Pkcs11Error::ManyTokens { .. } | Pkcs11Error::NotInitialised { .. } => "token",
        Pkcs11Error::Pin { .. } => "PIN",
        Pkcs11Error::Mechanism { .. } => "mechanism",
        Pkcs11Error::Mapping(_) => "mapping",
        Pkcs11Error::Key { .. } => "key",
        Pkcs11Error::Busy { .. } => "sessions",
        _ => "token",
    }
}

/// The sentence of a fault of opening, with what mends it.
fn sentence(fault: &OpenFault) -> String {
    let mend = match fault {
        OpenFault::Key(
            KeyError::Soft(SoftError::WrongPassphrase(_)) | KeyError::Book(BookFault::WrongPassphrase(_)),
        ) => "; put the right one into keys.passphrase_file",
        OpenFault::Place(crate::PlaceError::Locked(_))
        | OpenFault::Key(
            KeyError::Soft(SoftError::Place(crate::PlaceError::Locked(_)))
            | KeyError::Book(BookFault::Place(crate::PlaceError::Locked(_))),
        ) => "; stop that process, or ask it: only one may hold the keys",
        _ => "",
    };
    format!("{fault}{mend}")
}

/// The sentence of an error of a key, with what mends it where the error does not say.
fn named(error: &KeyError) -> String {
    let mend = match error {
        KeyError::Lost { .. } => "; look after its cable, power and driver, then try again",
        KeyError::NoAnswer { .. } => "; restart the device if it stays so",
        KeyError::Busy { .. } => "; raise its sessions, or ask less at once",
        _ => "",
    };
    format!("{error}{mend}")
}
