//! `yinxin verify`.

use super::{
    Exit,
    arguments::{Profile, Trust, Verify},
    complain, evidence, installation,
    json::{self, FileProblem},
    lang::Lang,
    pages::{self, NotWritten},
    receipts,
    register::{Stop, body, now, open_settings},
    text,
};
use crate::{
    clock::SystemClock,
    config::{self, Config},
    flow::{
        access::{Permit, Purpose, may},
        algorithms, anchors,
        file_source::{FileError, FileSource},
        issuer::Issuer,
        kind::HasKind as _,
        own_register::OwnRegister,
        receipts::make,
        register::Register,
        renewals, revocation,
        status_client::StatusClient,
        trust::{self, ForeignRegisters, TrustError},
        verify::{Verified, Verifier, VerifyError},
    },
};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    fmt, fs,
    io::{self, IsTerminal, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};
use yinxin_trust::{
    anchor::Anchors,
    base::{Moment, Sentence},
    evidence::{Case, EvidenceSet},
    suite::PublicKey,
    trust_list::{SignedList, TrustListLimits},
    verify::{CopyUse, Policy, RenewalJudge, Report},
};

pub(super) fn run(command: &Verify, config: Option<&Path>) -> Exit {
    let prepared = config::find(config).map_err(Stop::usage).and_then(|found| {
        let judge = judge(command, &found, config)?;
        Ok((found, judge))
    });
    let (config, judge) = match prepared {
        Ok(prepared) => prepared,
        Err(Stop(exit, why)) => return complain(exit, &why),
    };
    if command.pages.is_some() && command.files.len() > 1 {
        return complain(Exit::Usage, &"--pages is for one file");
    }
    let lang = command.lang.unwrap_or_else(Lang::of_locale);
    let mut tally = text::Tally::default();
    let (mut worst, several) = (Exit::Valid, command.files.len() > 1);
    let progress = progress(command.files.len());
    let mut out = anstream::AutoStream::auto(io::stdout());

    for path in &command.files {
        let limit = config.serve.upload_limit_bytes;
        let attempt = AssertUnwindSafe(|| verify_one(&judge, command, path, (limit, lang)));
        let answer = catch_unwind(attempt).unwrap_or_else(|_| Err(Refused::by_our_own_fault()));
        let (answer, pages) = match answer {
            Ok((report, pages)) => (Ok(report), pages),
            Err(refused) => (Err(refused), Ok(())),
        };
        let names: Vec<&str> = command.used_by.iter().map(String::as_str).collect();
        let of_use = command.purpose.as_deref().map(|purpose| CopyUse { purpose, names: &names });
        let exit_of = |report: &Report| of_use.as_ref().map_or_else(|| Exit::of(report), |of| Exit::of_use(report, of));
        let exit = answer.as_ref().map_or_else(|refused| refused.exit, exit_of);
        worst = worst.worst(exit);
        tally.count(exit);
        let (name, answer) = (path.to_string_lossy(), answer.as_ref().map_err(|refused| &refused.problem));
        let written = progress.suspend(|| {
            if command.json {
                json::write(&mut out, several, &name, answer)
            } else {
                text::write(&mut out, lang, &name, answer, of_use.as_ref())
            }
        });
        progress.inc(1);
        match written {
            // Nobody reads on: the exit code still tells about what was verified.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return worst,
            Err(error) => return complain(Exit::Internal, &error),
            Ok(()) => {}
        }
        if let Err(why) = &pages {
            pages::say_why_not(why, lang);
            worst = if why.is_ours() { worst.worst(Exit::Unreadable) } else { worst };
        }
    }
    progress.finish_and_clear();
    if several && !command.json {
        let _ = tally.write(&mut out, lang);
    }
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => complain(Exit::Internal, &error),
        _ => worst,
    }
}

/// What the verdict is made with.
enum Judge {
    /// What is known here and now.
    Known(Box<Verifier>),
    /// The same, for a receipt in the name of a body.
    Receipt(Box<Verifier>, Arc<Issuer>, Permit<may::MakeReceipt>, Purpose),
    /// A file and nothing else, judged today.
    Kept(Box<KeptCase>),
}

fn judge(command: &Verify, found: &Config, config: Option<&Path>) -> Result<Judge, Stop> {
    let is_for_one = command.receipt.is_some() || command.evidence_out.is_some();
    if is_for_one && command.files.len() > 1 {
        return Err(Stop::usage("a receipt or an evidence file is of one file"));
    }
    if let Some(path) = &command.evidence {
        return kept(command, path).map(|kept| Judge::Kept(Box::new(kept)));
    }
    let Some(purpose) = command.purpose.as_deref().filter(|_| command.receipt.is_some()) else {
        return Ok(Judge::Known(Box::new(verifier(command, found)?)));
    };
    let purpose = purpose.parse().map_err(Stop::usage)?;
    let opened = installation::open(config)?;
    let body = body(&opened.issuer.store, command.body.as_deref())?;
    let verifier = at_work(found, &opened.issuer)?;
    Ok(Judge::Receipt(Box::new(verifier), opened.issuer, Permit::of_operator(body), purpose))
}

/// What a file holds, and when it is judged.
struct KeptCase {
    case: Case,
    set: EvidenceSet,
    /// Whose time stamps over the evidence count.
    anchors: Anchors,
    today: Moment,
}

impl KeptCase {
    fn report(&self, document: &FileSource) -> Result<Report, VerifyError> {
        let judge = RenewalJudge {
            anchors: &self.anchors,
            revocation: &self.case.evidence.revocation,
            policy: &self.case.policy,
            today: self.today,
        };
        let kept = renewals::judged(document, &self.set, &judge).map_err(VerifyError::Unreadable)?;
        Ok(self.case.check_later(document, &kept)?)
    }
}

/// What a file holds; the anchors that are named take the place of its own.
fn kept(command: &Verify, path: &Path) -> Result<KeptCase, Stop> {
    let said = |fault| Stop::usage(format_args!("{}: {fault}", path.display()));
    let set = evidence::read(path)?;
    let mut case = set.restore().map_err(said)?;
    match &command.trust {
        Some(Trust::None) => case.anchors = Anchors::not_asked(),
        Some(Trust::File(bundle)) => case.anchors = anchors::load(Some(bundle)).map_err(Stop::usage)?,
        None => {
            let digest = case.anchors.digest().unwrap_or_default();
            let _ = writeln!(anstream::stderr(), "yinxin: the anchors are those of the evidence file, sm3 {digest}");
        }
    }
    if let Some(path) = &command.algorithms {
        case.policy.algorithms = algorithms::load(Some(path)).map_err(Stop::usage)?;
    }
    case.at = command.at.unwrap_or(case.at);
    let anchors = match &command.trust {
        None => set.with_anchors_of_renewals(&case.anchors).map_err(said)?,
        Some(_) => case.anchors.clone(),
    };
    Ok(KeptCase { case, set, anchors, today: command.today.map_or_else(now, Ok)? })
}

/// The verifier of the configured installation as its service uses it.
pub(super) fn of_installation(config: Option<&Path>) -> Result<Verifier, Stop> {
    let found = config::find(config).map_err(Stop::usage)?;
    if found.keys.is_none() {
        return verifier(&Verify::of_now(), &found);
    }
    let opened = installation::open(config)?;
    at_work(&found, &opened.issuer)
}

fn at_work(config: &Config, issuer: &Arc<Issuer>) -> Result<Verifier, Stop> {
    let elsewhere = status(config.verify.status_url.as_deref())?;
    let (store, clock) = (Arc::clone(&issuer.store), Arc::new(SystemClock));
    let max_age = config.trust.standing_max_age_minutes;
    let registers = Arc::new(ForeignRegisters::new(Arc::clone(&store), Arc::clone(&clock) as _, max_age, elsewhere));
    let verifier = issuer.verifier.clone().needing_seal_status(config.verify.seal_status);
    let shared = (verifier.clone(), Arc::clone(&registers));
    trust::Upkeep::new(store, clock, shared, config.trust.acceptance()).look()?;
    Ok(verifier.with_register(Arc::new(OwnRegister::new(Arc::clone(issuer), Some(registers as _)))))
}

fn status(url: Option<&str>) -> Result<Option<Arc<dyn Register>>, Stop> {
    let Some(url) = url else { return Ok(None) };
    let register = StatusClient::new(url).map_err(|error| Stop::usage(format_args!("status {error}")))?;
    Ok(Some(Arc::new(register)))
}

/// What was asked for, with what the configuration adds.
fn verifier(command: &Verify, config: &Config) -> Result<Verifier, Stop> {
    let policy = Policy {
        strict_encoding: command.strict,
        strict_time: command.profile == Profile::StrictTime,
        ..installation::policy_with(config, command.algorithms.as_deref())?
    };
    let bundle = match &command.trust {
        Some(Trust::None) => None,
        Some(Trust::File(path)) => Some(path.as_path()),
        None => config.trust.anchors.as_deref(),
    };
    let anchors = match command.trust {
        Some(Trust::None) => Anchors::not_asked(),
        _ => anchors::load(bundle).map_err(Stop::usage)?.with_lists(&given_lists(command)?),
    };
    let files = [&config.verify.revocation_lists[..], &command.crl].concat();
    let lists = revocation::load(bundle, &files).map_err(Stop::usage)?;
    let answers = [&config.verify.ocsp_responses[..], &command.ocsp].concat();
    let lists = lists.and(&revocation::load_answers(&answers).map_err(Stop::usage)?);
    let verifier = Verifier::new(anchors, policy, Arc::new(SystemClock)).with_revocation(lists);
    let verifier = match super::installation::ocsp(config)? {
        Some(client) => verifier.with_ocsp(client),
        None => verifier,
    };
    let elsewhere = status(command.status.as_deref().or(config.verify.status_url.as_deref()))?;
    // lists that were accepted count where anchors are those of the configuration
    let register = match &config.database {
        Some(database) if command.trust.is_none() => {
            let store = Arc::new(open_settings(database.settings())?);
            let (clock, max_age) = (Arc::new(SystemClock), config.trust.standing_max_age_minutes);
            let registers =
                Arc::new(ForeignRegisters::new(Arc::clone(&store), Arc::clone(&clock) as _, max_age, elsewhere));
            let shared = (verifier.clone(), Arc::clone(&registers));
            trust::Upkeep::new(store, clock, shared, config.trust.acceptance()).look()?;
            Some(registers as Arc<dyn Register>)
        }
        _ => elsewhere,
    };
    Ok(match register {
        None => verifier,
        Some(register) => verifier.with_register(register),
    })
}

/// The lists that were named, each under the key that was named with it.
fn given_lists(command: &Verify) -> Result<Vec<SignedList>, Stop> {
    if command.trust_list.len() != command.operator_key.len() {
        return Err(Stop::usage("each --trust-list wants an --operator-key of its own"));
    }
    let read = |(list, key): (&PathBuf, &PathBuf)| {
        let key = trust::read_key(key).map_err(Stop::usage)?;
        let PublicKey::Sm2(key) = key.key() else { return Err(Stop::usage(TrustError::OtherKind)) };
        let (octets, signature) = trust::read_pair(list, &list.with_extension("sig"))?;
        SignedList::verify(&octets, &signature, key, &TrustListLimits::default())
            .map_err(|error| Stop::usage(format_args!("{}: {}", list.display(), TrustError::from(error))))
    };
    command.trust_list.iter().zip(&command.operator_key).map(read).collect()
}

/// Why a file has no report, and how the program then ends.
struct Refused {
    exit: Exit,
    problem: FileProblem,
}

/// The report, and whether the pages that were asked for are written.
fn verify_one(
    judge: &Judge,
    command: &Verify,
    path: &Path,
    (limit, lang): (usize, Lang),
) -> Result<(Report, Result<(), NotWritten>), Refused> {
    let source = if path == Path::new("-") {
        FileSource::spool(io::stdin().lock(), limit)
    } else {
        FileSource::open(path, limit)
    }?;
    let keeps = command.evidence_out.is_some() || matches!(judge, Judge::Receipt(..));
    let answer = match judge {
        Judge::Kept(kept) => kept.report(&source).map(|report| (report, None)),
        Judge::Known(verifier) | Judge::Receipt(verifier, ..) if keeps => {
            verifier.verify_keeping(&source, command.at).map(|verified| (verified.report.clone(), Some(verified)))
        }
        Judge::Known(verifier) | Judge::Receipt(verifier, ..) => {
            verifier.verify(&source, command.at).map(|report| (report, None))
        }
    };
    let pages = match (&answer, &command.pages) {
        (Ok((report, _)), Some(folder)) => pages::write(&source, report, path, folder, command.page, lang),
        _ => Ok(()),
    };
    // Before anything is said about its content: was it one file all the time?
    source.confirm_unchanged()?;
    let (report, verified) = answer?;
    if let Some(verified) = verified {
        write_beside(judge, verified, command)?;
    }
    Ok((report, pages))
}

/// The evidence and the receipt, where they were asked for.
fn write_beside(judge: &Judge, verified: Verified, command: &Verify) -> Result<(), Refused> {
    let write = |path: &Path, octets: &[u8]| {
        let written = fs::write(path, octets);
        written.map_err(|error| {
            Refused::new(Exit::Unreadable, "unwritable", "写不了文件", &format_args!("{}: {error}", path.display()))
        })
    };
    if let Some(path) = &command.evidence_out {
        let octets = verified.evidence.to_file();
        write(path, &octets.map_err(|fault| Refused::from(VerifyError::from(fault)))?)?;
    }
    if let (Some(path), Judge::Receipt(_, issuer, permit, purpose)) = (&command.receipt, judge) {
        let made = make(issuer, permit, verified, purpose.clone());
        let octets = made.and_then(|signed| receipts::in_form(&signed, path)).map_err(|error| {
            Refused::new(super::register::exit_of(error.kind()), error.code(), "核验凭证没有出具", &error)
        })?;
        write(path, &octets)?;
    }
    Ok(())
}

impl From<FileError> for Refused {
    fn from(error: FileError) -> Self {
        let (code, zh) = match &error {
            FileError::Io(_) => ("unreadable", "读不到这个文件"),
            FileError::Folder => ("unreadable", "这是文件夹，不是文件"),
            FileError::TooLong(_) => ("too_long", "管道内容太长，请先存成文件"),
            FileError::Changed => ("changed", "读取时文件变了，请重新核验"),
        };
        Self::new(Exit::Unreadable, code, zh, &error)
    }
}

impl From<VerifyError> for Refused {
    fn from(error: VerifyError) -> Self {
        match &error {
            VerifyError::NotADocument => {
                Self::new(Exit::NotADocument, "not_a_document", "不是 OFD 文件、电子印章或签名值", &error)
            }
            VerifyError::Copy(kind) => Self::new(
                Exit::NotADocument,
                "copy",
                &format!("这是副本（{kind}）：请核验上面的码，或者核验 OFD 原文件"),
                &error,
            ),
            VerifyError::Unreadable(_) => Self::new(Exit::Unreadable, "unreadable", "读取文件时出错", &error),
            VerifyError::Evidence(_) => Self::new(Exit::Internal, "internal", "核验依据无法留存", &error),
            VerifyError::Clock(_) => Self::new(Exit::Internal, "internal", "本机时钟不可用", &error),
        }
    }
}

impl Refused {
    fn by_our_own_fault() -> Self {
        Self::new(
            Exit::Internal,
            "internal",
            "程序自身出错，不代表文件有问题",
            &"the program failed; this says nothing against the file",
        )
    }

    fn new(exit: Exit, code: &'static str, zh: &str, en: &dyn fmt::Display) -> Self {
        Self { exit, problem: FileProblem { code, sentence: Sentence::new(zh, en.to_string()) } }
    }
}

/// For several files, and only where somebody looks on.
fn progress(files: usize) -> ProgressBar {
    if files < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}
