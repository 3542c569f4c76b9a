//! The page of a receipt: for people, with the signed file attached. What counts is the
//! file; whether the page is the one that belongs to it is told by drawing it again.

use super::{
    ReceiptError,
    words::{standing_words, verdict_words},
};
use std::sync::Arc;
use yinxin_face::{Fonts, Paper};
use yinxin_trust::{
    base::{Moment, Sentence},
    receipt::{Brought, Receipt, SignedReceipt},
};

/// Name of the file that is attached.
const ATTACHMENT: &str = "receipt.json";
/// How every receipt begins, and ends: members are in order, and the last is a text.
const BEGIN: &[u8] = b"{\"key\":\"";
const END: &[u8] = b"\"}";
/// Most places that are tried in a PDF.
const TRIED: usize = 8;

/// The page as PDF.
pub(super) fn pdf(signed: &SignedReceipt, fonts: &Arc<Fonts>) -> Result<Vec<u8>, ReceiptError> {
    let receipt = signed.receipt();
    let paper = Paper {
        title: "核验凭证",
        subtitle: "Receipt of a verification",
        rows: &rows(receipt),
        note: NOTE,
        attachment: (ATTACHMENT, signed.octets()),
        at: receipt.made_at,
    };
    Ok(paper.pdf(fonts)?)
}

const NOTE: &str = "本页附有签名文件 receipt.json，以签名文件为准；核验：yinxin receipt check，或本服务的核验页。凭证说的是核验那一刻的结论。\
\nThe signed file receipt.json is attached and is what counts; check it with yinxin receipt check or on the page of \
verification. A receipt says what was found at that instant.";

fn rows(receipt: &Receipt) -> Vec<(String, String)> {
    let both = |words: Sentence| format!("{}  {}", words.zh, words.en);
    let brought = match receipt.brought {
        Brought::File => "文件本身  the file itself",
        Brought::Code => "证照上的码，核验的是登记的原件  the printed code; the registered original was verified",
        Brought::Presentation => "亮证码，核验的是登记的原件  a holder's code; the registered original was verified",
        Brought::OfflineCode => "离线码，核验的是登记的原件  an offline code; the registered original was verified",
        Brought::Identifier => "证照标识，核验的是登记的原件  the identifier; the registered original was verified",
        Brought::Number => "编号和持证人，核验的是登记的原件  number and holder; the registered original was verified",
    };
    let standing = &receipt.standing;
    let as_of = standing.as_of.map(|at| format!("\n截至 as of {}", at.at_offset_hours(8))).unwrap_or_default();
    let source = standing.source.as_ref().map(|name| format!("\n{name}")).unwrap_or_default();
    let asked = &receipt.asked_by;
    let row = |caption: &str, value: String| (caption.to_owned(), value);
    let mut rows = vec![
        row("编号 Number", grouped(&receipt.number)),
        row("核验时刻 Verified", moment(receipt.judged_at)),
        row("真伪 Authenticity", both(verdict_words(receipt.verdict))),
        row("证照状态 Standing", format!("{}{as_of}{source}", both(standing_words(standing.state)))),
        row("显示的结论 Shown", receipt.shown.clone()),
        row("用证事由 Purpose", receipt.purpose.clone()),
        row("核验单位 By", asked.body.clone()),
        row("核验人 Asked by", format!("{}（{}）", asked.name, asked.kind)),
    ];
    // one without a window is drawn as before there were any
    rows.extend(receipt.window.as_ref().map(|window| row("核验窗口 Window", window.name.clone())));
    rows.extend([
        row("出示的是 Brought", brought.to_owned()),
        row("文件 Document SM3", receipt.document.sm3.clone()),
        row("报告 Report SM3", receipt.report.sm3.clone()),
        row("依据 Evidence", format!("{} 份 pieces", receipt.evidence.len())),
    ]);
    rows
}

fn moment(at: Moment) -> String {
    format!("{}（北京时间 Beijing time）", at.at_offset_hours(8))
}

fn grouped(number: &str) -> String {
    let digits: Vec<char> = number.chars().collect();
    digits.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The signed file within a PDF of ours.
pub(super) fn in_pdf(octets: &[u8]) -> Option<&[u8]> {
    let mut rest = octets.strip_prefix(b"%PDF-")?;
    for _ in 0..TRIED {
        let begin = find(rest, BEGIN)?;
        let file = &rest[begin..];
        // what follows a stream ends it
        let end = find(file, b"\nendstream")?;
        let file = &file[..end];
        if file.ends_with(END) {
            return Some(file);
        }
        rest = &rest[begin + BEGIN.len()..];
    }
    None
}

fn find(octets: &[u8], wanted: &[u8]) -> Option<usize> {
    octets.windows(wanted.len()).position(|window| window == wanted)
}
