//! `yinxin evidence`: time stamps over evidence files.

use super::{
    Exit,
    arguments::{Digest, EvidenceCheck, EvidenceCommand, EvidenceRenew, JudgedBy},
    complain, installation,
    lang::Lang,
    receipts::{bounded, open},
    register::{Stop, ended, now, say},
};
use crate::{
    config::{self, Config},
    flow::{
        algorithms, anchors,
        file_source::FileSource,
        renewals::{self, KeptRules, RenewError},
        time_stamps::{Obtained, TimeSource, TimeStampClient, WhenMissing},
    },
};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    base::Moment,
    evidence::{EvidenceLimits, EvidenceSet, renewal::DigestKind},
    verify::{Kept, Policy, RenewalFault, RenewalJudge},
};

pub(super) fn run(command: &EvidenceCommand, config: Option<&Path>) -> Exit {
    match command {
        EvidenceCommand::Renew(command) => ended(renew(command, config)),
        EvidenceCommand::Check(command) => match check(command, config) {
            Ok(exit) => exit,
            Err(Stop(exit, why)) => complain(exit, &why),
        },
        EvidenceCommand::RenewKept => ended(renew_kept(config)),
    }
}

/// When the service renews what it keeps; `None` where it does not.
pub(super) fn rules(config: &Config) -> Option<KeptRules> {
    let rules = KeptRules { days_before: config.evidence.renew_days_before };
    (config.evidence.renew && config.time_stamps.obtain_from.is_some()).then_some(rules)
}

/// An evidence file.
pub(super) fn read(path: &Path) -> Result<EvidenceSet, Stop> {
    let limits = EvidenceLimits::default();
    let octets = bounded(path, u64::try_from(limits.octets).unwrap_or(u64::MAX))?;
    EvidenceSet::from_file(&octets, &limits)
        .map_err(|fault| Stop(Exit::Indeterminate, format!("{}: {fault}", path.display())))
}

/// Says beside what is asked for what the time stamps over evidence prove, where there are any; evidence that is not
/// what was time-stamped ends the program.
pub(super) fn tell_renewals(set: &EvidenceSet, document: &FileSource) -> Result<(), Stop> {
    if set.renewals().is_empty() {
        return Ok(());
    }
    let refused = |fault: &dyn std::fmt::Display| Stop(Exit::Indeterminate, format!("evidence: {fault}"));
    let case = set.restore().map_err(|fault| refused(&fault))?;
    let anchors = set.with_anchors_of_renewals(&case.anchors).map_err(|fault| refused(&fault))?;
    let by = By { anchors, revocation: case.evidence.revocation, policy: case.policy, today: now()? };
    let kept = by.judged(document, set)?;
    let _ = writeln!(anstream::stderr(), "{}", Lang::of_locale().sentence(&kept.check().sentence));
    match &kept.renewed {
        Ok(_) | Err(RenewalFault::Lapsed { .. }) => Ok(()),
        Err(fault) => Err(refused(fault)),
    }
}

/// By what a file's time stamps are judged.
struct By {
    anchors: Anchors,
    revocation: RevocationLists,
    policy: Policy,
    today: Moment,
}

impl By {
    /// Anchors that are named take the place of those of the file; where it is renewed they join them: whoever renews
    /// a file of their own believes it.
    fn of(set: &EvidenceSet, by: &JudgedBy, (today, renews): (Moment, bool), config: &Config) -> Result<Self, Stop> {
        let refused = |fault| Stop(Exit::Indeterminate, format!("evidence: {fault}"));
        let case = set.restore().map_err(refused)?;
        let own = set.with_anchors_of_renewals(&case.anchors).map_err(refused)?;
        let anchors = match &by.trust {
            Some(bundle) => {
                let named = anchors::load(Some(bundle)).map_err(Stop::usage)?;
                if renews { own.and(&named) } else { named }
            }
            None => {
                let _ = writeln!(anstream::stderr(), "yinxin: the anchors are those of the evidence file");
                own
            }
        };
        let file = by.algorithms.as_deref().or(config.verify.algorithms.as_deref());
        let algorithms = match file {
            Some(_) => algorithms::load(file).map_err(Stop::usage)?,
            None => case.policy.algorithms.clone(),
        };
        let policy = Policy { algorithms, ..case.policy };
        Ok(Self { anchors, revocation: case.evidence.revocation, policy, today })
    }

    fn judge(&self) -> RenewalJudge<'_> {
        let Self { anchors, revocation, policy, today } = self;
        RenewalJudge { anchors, revocation, policy, today: *today }
    }

    fn judged(&self, document: &FileSource, set: &EvidenceSet) -> Result<Kept, Stop> {
        let judged = renewals::judged(document, set, &self.judge());
        judged.map_err(|error| Stop::unreadable(format!("document: {error}")))
    }
}

fn check(command: &EvidenceCheck, config: Option<&Path>) -> Result<Exit, Stop> {
    let found = config::find(config).map_err(Stop::usage)?;
    let (set, document) = (read(&command.evidence)?, open(&command.document, config)?);
    let by = By::of(&set, &command.by, (command.today.map_or_else(now, Ok)?, false), &found)?;
    let kept = by.judged(&document, &set)?;
    let lang = Lang::of_locale();
    for renewal in set.renewals() {
        let time = renewal.time().map(|time| time.to_string()).unwrap_or_default();
        say(format_args!(
            "{}\t{}\t{time}\t{}/{}",
            renewal.number,
            renewal.digest.as_str(),
            renewal.index,
            renewal.size
        ))?;
    }
    say(lang.sentence(&kept.check().sentence))?;
    Ok(if matches!(kept.renewed, Ok(Some(_))) { Exit::Valid } else { Exit::Indeterminate })
}

fn renew(command: &EvidenceRenew, config: Option<&Path>) -> Result<(), Stop> {
    let found = config::find(config).map_err(Stop::usage)?;
    let (set, document) = (read(&command.evidence)?, open(&command.document, config)?);
    let digest = match command.digest {
        Digest::Sm3 => DigestKind::Sm3,
        Digest::Sha256 => DigestKind::Sha256,
    };
    let by = By::of(&set, &command.by, (now()?, true), &found)?;
    let renewed = with_authority(command.tsa.as_deref(), &found, config, |obtained| {
        renewals::renew(&document, &set, digest, obtained, &by.judge())
    })?;
    let (set, existed) = renewed?;
    document.confirm_unchanged().map_err(|error| Stop::unreadable(error.to_string()))?;
    let octets = set.to_file().map_err(|fault| Stop::internal(&fault.to_string()))?;
    replace(command.out.as_ref().unwrap_or(&command.evidence), &octets)?;
    let until = existed.holds_until.map(|until| until.to_string()).unwrap_or_default();
    say(format_args!("renewals\t{}", existed.renewals))?;
    say(format_args!("existed by\t{}", existed.by))?;
    say(format_args!("renew before\t{until}"))
}

/// Does something with the authority that is named, else the configured one.
fn with_authority<T>(
    address: Option<&str>,
    found: &Config,
    config: Option<&Path>,
    work: impl FnOnce(&Obtained) -> T,
) -> Result<T, Stop> {
    let configured = found.time_stamps.obtain_from.as_deref().filter(|_| !found.time_stamps.is_from_own());
    if let Some(address) = address.or(configured) {
        let client = TimeStampClient::new(address).map_err(|error| Stop::usage(format_args!("time stamps {error}")))?;
        return Ok(work(&Obtained::new(TimeSource::Line(client), WhenMissing::Refuse)));
    }
    if !found.time_stamps.is_from_own() {
        return Err(RenewError::NoAuthority.into());
    }
    let opened = installation::open(config)?;
    Ok(work(opened.issuer.obtained().ok_or(RenewError::NoAuthority)?))
}

/// The old file stays until the new one is whole.
fn replace(path: &Path, octets: &[u8]) -> Result<(), Stop> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let failed = |error: std::io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    let mut file = fs::File::create(&beside).map_err(failed)?;
    file.write_all(octets).and_then(|()| file.sync_all()).map_err(failed)?;
    fs::rename(&beside, path).map_err(failed)
}

fn renew_kept(config: Option<&Path>) -> Result<(), Stop> {
    let found = config::find(config).map_err(Stop::usage)?;
    let opened = installation::open(config)?;
    let rules = KeptRules { days_before: found.evidence.renew_days_before };
    let done = renewals::renew_kept(&opened.issuer, rules)?;
    say(format_args!("first\t{}", done.first))?;
    say(format_args!("again\t{}", done.again))?;
    say(format_args!("lost\t{}", done.lost))
}
