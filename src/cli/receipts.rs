//! `yinxin replay`, `recheck`, `receipt`.

use super::{
    Exit,
    arguments::{Believed, ReceiptCommand, Recheck, Replay},
    complain, evidence, installation,
    lang::{self, Lang},
    register::{Stop, ended, now, open_settings, say},
    verify,
};
use crate::{
    config,
    flow::{
        file_source::FileSource,
        receipts::{self, Page, ReceiptError, Vouchers, standing_words, verdict_words},
        trust,
    },
};
use std::{
    fs,
    io::{self, Write as _},
    path::Path,
    sync::Arc,
};
use yinxin_face::Fonts;
use yinxin_trust::{
    evidence::EvidenceSet,
    receipt::{ReceiptFault, ReplayFault, SignedReceipt, Window},
};

/// Largest receipt or page, octets.
const RECEIPT_BYTES: u64 = 8 << 20;

pub(super) fn replay(command: &Replay, config: Option<&Path>) -> Exit {
    ended((|| {
        let signed = read(&command.receipt)?;
        vouch(&signed, &command.believed, config)?;
        // beside the octets, as who vouches is
        if let Some(window) = &signed.receipt().window {
            let name = Lang::of_locale().pick("核验窗口", "window");
            let _ = writeln!(anstream::stderr(), "{name}\t{}", lang::shown(&window.name));
        }
        let set = match &command.evidence {
            Some(path) => evidence::read(path)?,
            None => kept(&signed, config)?,
        };
        let document = open(&command.document, config)?;
        let octets = receipts::replay(signed.receipt(), &document, &set).map_err(stop)?;
        // the octets are those of then; whether the evidence is of then is another question
        evidence::tell_renewals(&set, &document)?;
        document.confirm_unchanged().map_err(|error| Stop::unreadable(error.to_string()))?;
        // these octets and no others: their sm3 stands in the receipt
        io::stdout().write_all(&octets).map_err(|error| Stop::internal(&error.to_string()))
    })())
}

pub(super) fn recheck(command: &Recheck, config: Option<&Path>) -> Exit {
    let checked = (|| {
        let signed = read(&command.receipt)?;
        vouch(&signed, &command.believed, config)?;
        let verifier = verify::of_installation(config)?;
        let document = open(&command.document, config)?;
        let found = receipts::recheck(signed.receipt(), &document, &verifier).map_err(stop)?;
        let lang = Lang::of_locale();
        let receipt = signed.receipt();
        let at = receipt.judged_at.at_offset_hours(8);
        say(match (lang, found.is_another()) {
            (Lang::Zh, true) => format!("与 {at}（北京时间）核验时不同："),
            (Lang::Zh, false) => format!("与 {at}（北京时间）核验时相同。"),
            (Lang::En, true) => format!("Another than when it was verified at {at} (Beijing time):"),
            (Lang::En, false) => format!("The same as when it was verified at {at} (Beijing time)."),
        })?;
        for (_, sentence) in &found.changes {
            say(lang.sentence(sentence))?;
        }
        Ok(Exit::of(&found.report))
    })();
    checked.unwrap_or_else(|Stop(exit, why)| complain(exit, &why))
}

pub(super) fn run(command: &ReceiptCommand, config: Option<&Path>) -> Exit {
    ended((|| match command {
        ReceiptCommand::Check { receipt, believed } => {
            let signed = read(receipt)?;
            tell(&signed)?;
            vouch(&signed, believed, config)
        }
        ReceiptCommand::Evidence { receipt, out } => {
            let set = kept(&read(receipt)?, config)?;
            let octets = set.to_file().map_err(|fault| Stop::internal(&fault.to_string()))?;
            fs::write(out, octets).map_err(|error| Stop::unreadable(format!("{}: {error}", out.display())))
        }
        ReceiptCommand::Key => {
            let opened = installation::open(config)?;
            let key = receipts::public_key(&opened.issuer)?;
            trust::key_pem(&key).lines().try_for_each(say)
        }
    })())
}

/// What a receipt says, whoever signed it.
fn tell(signed: &SignedReceipt) -> Result<(), Stop> {
    let (receipt, lang) = (signed.receipt(), Lang::of_locale());
    let (verdict, standing) = (verdict_words(receipt.verdict), standing_words(receipt.standing.state));
    let asked = &receipt.asked_by;
    let mut lines = vec![
        (lang.pick("编号", "number"), receipt.number.clone()),
        (lang.pick("真伪", "verdict"), lang.sentence(&verdict)),
        (lang.pick("证照状态", "standing"), lang.sentence(&standing)),
        (lang.pick("显示的结论", "shown"), receipt.shown.clone()),
        (lang.pick("核验时刻", "judged at"), receipt.judged_at.to_string()),
        (lang.pick("文件 SM3", "document sm3"), receipt.document.sm3.clone()),
        (lang.pick("用证事由", "purpose"), receipt.purpose.clone()),
        (lang.pick("核验单位", "body"), asked.body.clone()),
        (lang.pick("核验人", "asked by"), format!("{} {} {}", asked.kind, asked.id, asked.name)),
        (lang.pick("依据份数", "pieces of evidence"), receipt.evidence.len().to_string()),
        (lang.pick("核验程序", "program"), receipt.program.clone()),
    ];
    let window = |window: &Window| (lang.pick("核验窗口", "window"), format!("{} {}", window.device, window.name));
    lines.extend(receipt.window.as_ref().map(window));
    lines.into_iter().try_for_each(|(name, value)| say(format_args!("{name}\t{}", lang::shown(&value))))
}

/// Says who vouches for the key, or ends.
fn vouch(signed: &SignedReceipt, believed: &Believed, config: Option<&Path>) -> Result<(), Stop> {
    let vouchers = match &believed.key {
        Some(path) => Vouchers::default().pinned(trust::read_key(path).map_err(Stop::usage)?),
        None => configured(config)?,
    };
    let vouched = vouchers.vouch(signed, now()?).map_err(|fault| stop(fault.into()))?;
    let sentence = vouched.sentence();
    // beside what is asked for, which may be octets
    let _ = writeln!(anstream::stderr(), "{}", Lang::of_locale().sentence(&sentence));
    Ok(())
}

/// Keys of the configured installation and of the lists that it uses.
fn configured(config: Option<&Path>) -> Result<Vouchers, Stop> {
    let found = config::find(config).map_err(Stop::usage)?;
    let Some(database) = &found.database else { return Ok(Vouchers::default()) };
    if found.keys.is_some() && found.issuing.receipt_key.is_some() {
        let opened = installation::open(config)?;
        return Ok(Vouchers::default().own(&opened.issuer)?.lists(&opened.issuer.store)?);
    }
    Ok(Vouchers::default().lists(&open_settings(database.settings())?)?)
}

/// A receipt as a file, or as the page that it is attached to.
fn read(path: &Path) -> Result<SignedReceipt, Stop> {
    let octets = bounded(path, RECEIPT_BYTES)?;
    let brought = receipts::open(&octets, &Arc::new(Fonts::shipped())).map_err(|fault| stop(fault.into()))?;
    if brought.page == Page::Another {
        let words = Lang::of_locale().pick(
            "页面和签名文件是否一致没有核对，以签名文件为准",
            "whether the page says the same was not established; what counts is the signed file",
        );
        let _ = writeln!(anstream::stderr(), "yinxin: {words}");
    }
    Ok(brought.signed)
}

/// As the name says: a page where it ends with .pdf, else the file.
pub(super) fn in_form(signed: &SignedReceipt, path: &Path) -> Result<Vec<u8>, ReceiptError> {
    if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("pdf")) {
        receipts::page(signed, &Arc::new(Fonts::shipped()))
    } else {
        Ok(signed.octets().to_vec())
    }
}

pub(super) fn bounded(path: &Path, limit: u64) -> Result<Vec<u8>, Stop> {
    let failed = |error: io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    if fs::metadata(path).map_err(failed)?.len() > limit {
        return Err(Stop::unreadable(format!("{}: larger than {} MiB", path.display(), limit >> 20)));
    }
    fs::read(path).map_err(failed)
}

/// The evidence as the register of the configuration keeps it.
fn kept(signed: &SignedReceipt, config: Option<&Path>) -> Result<EvidenceSet, Stop> {
    let found = config::find(config).map_err(Stop::usage)?;
    let database = found.database.as_ref();
    let database = database.ok_or_else(|| Stop::usage("no register is configured: give --evidence"))?;
    let store = open_settings(database.settings())?;
    receipts::evidence_of(&store, signed.receipt()).map_err(stop)
}

pub(super) fn open(path: &Path, config: Option<&Path>) -> Result<FileSource, Stop> {
    let found = config::find(config).map_err(Stop::usage)?;
    let opened = FileSource::open(path, found.serve.upload_limit_bytes);
    opened.map_err(|error| Stop::unreadable(format!("{}: {error}", path.display())))
}

/// How a fault ends the program: what could not be said is not what is another.
fn stop(error: ReceiptError) -> Stop {
    let exit = match &error {
        ReceiptError::Receipt(fault) => match fault {
            ReceiptFault::WrongSignature => Exit::Invalid,
            ReceiptFault::OtherKey | ReceiptFault::UnknownVersion(_) => Exit::Indeterminate,
            ReceiptFault::Form(_) | ReceiptFault::Base64(_) | ReceiptFault::Key | ReceiptFault::SignatureForm(_) => {
                Exit::NotADocument
            }
        },
        ReceiptError::Replay(fault) => match fault {
            ReplayFault::OtherDocument { .. } | ReplayFault::OtherReport { .. } => Exit::Invalid,
            ReplayFault::MissingEvidence { .. } | ReplayFault::ReportVersion { .. } | ReplayFault::Evidence(_) => {
                Exit::Indeterminate
            }
            ReplayFault::Check(_) => Exit::NotADocument,
        },
        ReceiptError::Evidence(_) | ReceiptError::NotKept => Exit::Indeterminate,
        _ => return error.into(),
    };
    Stop(exit, error.to_string())
}
