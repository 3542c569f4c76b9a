//! No line to Fuyang any more: what its register says goes over in files, one after the other.

use super::{Locality, Shown, Wanted, unexpected};
use crate::{
    cli::register::{Stop, now},
    flow::{
        access::{Permit, may},
        ferry::{self, Exported, FerryError, Folders, Imported},
        kind::HasKind as _,
    },
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use yinxin_trust::{
    trust_list::AcceptancePolicy,
    verify::{StandingState, Verdict},
};

/// Of a second licence.
const NUMBER: &str = "JY23301000000020";

/// A licence that Ouhai never asked about, through three files.
pub(super) fn show(shown: &mut Shown<'_>, fuyang: &Locality, folder: &Path) -> Result<(), Stop> {
    let (issued, document) = fuyang.issue_numbered(NUMBER)?;
    let mut other = Shown { number: shown.number, ouhai: shown.ouhai, document: &document };
    other.verified("阜阳新发一证，没有网络可问", Verdict::Valid, "ok", StandingState::Unknown)?;
    let first = export(fuyang, folder)?;
    other.said("阜阳导出摆渡文件", &format!("file {} with {}", first.header.sequence, contents(&first)))?;
    import(&other, &first.path)?;
    other.verified("瓯海导入后核验：真实、有效，状态截至文件所述", Verdict::Valid, "ok", StandingState::InForce)?;
    if !matches!(import(&other, &first.path)?, Imported::Before { .. }) {
        return Err(unexpected("a file that was taken before is taken again"));
    }
    other.said("同一文件再导入：没有变化", "the same file again changed nothing")?;
    let second = export(fuyang, folder)?;
    fuyang.act(&issued, "suspend")?;
    let third = export(fuyang, folder)?;
    refused(&mut other, "跳过一份：等缺的那份", &third.path, "out_of_order")?;
    let forged = altered(&second.path)?;
    refused(&mut other, "被改动的文件", &forged, "wrong_signature")?;
    shown.ouhai.locality.make_list(&Wanted::sound())?;
    let foreign = export(&shown.ouhai.locality, &folder.with_extension("other"))?;
    refused(&mut other, "没有核对过公钥的属地的文件", &foreign.path, "foreign")?;
    import(&other, &second.path)?;
    import(&other, &third.path)?;
    other.verified("按顺序导入后核验：已暂扣", Verdict::Valid, "ok", StandingState::Suspended)?;
    let strict = shown.ouhai.verifier_keeping(0)?;
    let report = super::verify(&strict, &document)?;
    other.expect("文件过旧：状态不明，并说明截至何时", &report, Verdict::Valid, "ok", StandingState::Unknown)?;
    let old = report.checks.iter().find(|check| check.code == "answer_too_old");
    let old = old.ok_or_else(|| unexpected("an answer that is too old is not called so"))?;
    other.said("核验单上写明", &old.sentence.zh)?;
    shown.number = other.number;
    Ok(())
}

fn export(locality: &Locality, folder: &Path) -> Result<Exported, Stop> {
    let opened = &locality.opened;
    let list = locality.list_folder();
    let folders = Folders { list: &list, authority: opened.places.authority.as_deref() };
    let permit: Permit<may::ManageKeys> = Permit::of_operator("");
    Ok(ferry::export(&opened.issuer, &permit, folders, folder, Some(locality.list_key()))?)
}

fn contents(made: &Exported) -> String {
    let all = yinxin_trust::ferry::Kind::ALL.map(|kind| format!("{} {}", made.counts.of(kind), kind.as_str()));
    all.join(", ")
}

fn take(shown: &Shown<'_>, path: &Path) -> Result<Result<Imported, FerryError>, Stop> {
    let (store, policy) = (&shown.ouhai.locality.opened.issuer.store, AcceptancePolicy::default());
    let permit: Permit<may::ManageTrust> = Permit::of_operator("");
    Ok(ferry::import(store, &permit, path, &policy, false, now()?))
}

fn import(shown: &Shown<'_>, path: &Path) -> Result<Imported, Stop> {
    Ok(take(shown, path)??)
}

fn refused(shown: &mut Shown<'_>, zh: &str, path: &Path, word: &str) -> Result<(), Stop> {
    match take(shown, path)? {
        Err(error) if error.word() == Some(word) => shown.said(zh, &format!("refused, {error}")),
        Err(error) => Err(unexpected(&format!("{word} was expected, not {error} ({})", error.code()))),
        Ok(_) => Err(unexpected(&format!("{word} was expected, and the file was taken"))),
    }
}

/// The file with another number in a licence's answer.
fn altered(path: &Path) -> Result<PathBuf, Stop> {
    let failed = |error: io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    let mut text = fs::read_to_string(path).map_err(failed)?;
    let place = text.find("\"valid_from\":\"2").map(|found| found + "\"valid_from\":\"202".len());
    let place = place.ok_or_else(|| unexpected("no registration in a file"))?;
    let other = if text.get(place..=place) == Some("5") { "6" } else { "5" };
    text.replace_range(place..=place, other);
    let to = path.with_extension("altered");
    fs::write(&to, text).map_err(failed)?;
    Ok(to)
}
