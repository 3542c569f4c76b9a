//! Arguments of `yinxin evidence`.

use crate::flow::judged_at;
use clap::{Args, Subcommand, ValueEnum};
use std::path::PathBuf;
use yinxin_trust::base::Moment;

const EVIDENCE_EXIT_CODES: &str = "\
Exit codes:
   0  done; the time stamps prove when document and evidence were there
   2  they prove nothing: there are none, they count no more, or something was altered, is missing or came too late
  64  usage
  66  unreadable
  69  no time stamp is given
  73  refused: what is there does not hold, or the new time stamp would end no later";

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum EvidenceCommand {
    Renew(EvidenceRenew),
    Check(EvidenceCheck),
    /// Time-stamp what the register of the configuration keeps, and renew what grows old, as the service does by itself
    #[command(after_help = "Example:\n  yinxin evidence renew-kept")]
    RenewKept,
}

/// Add a time stamp over an evidence file, its document and the time stamps before, made before these count no more
#[derive(Debug, Args)]
#[command(after_help = format!("\
Example:
  yinxin evidence renew evidence.json --document licence.ofd
  yinxin evidence renew evidence.json --document licence.ofd --tsa https://tsa.example.cn/tsa --trust tsa-root.pem
\n{EVIDENCE_EXIT_CODES}"))]
pub(in crate::cli) struct EvidenceRenew {
    /// The evidence file; it is written anew unless --out names another one
    pub(in crate::cli) evidence: PathBuf,
    /// The document that it is about
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) document: PathBuf,
    /// Where the renewed file goes
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Address of a time stamp authority: https, or http to this machine [default: [time_stamps] obtain_from of the
    /// configuration]
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) tsa: Option<String>,
    /// By which digest document and evidence are covered
    #[arg(long, value_enum, default_value_t = Digest::Sm3)]
    pub(in crate::cli) digest: Digest,
    #[command(flatten)]
    pub(in crate::cli) by: JudgedBy,
}

/// Say what the time stamps over an evidence file prove, and until when
#[derive(Debug, Args)]
#[command(after_help = format!("\
Example:
  yinxin evidence check evidence.json --document licence.ofd --trust tsa-root.pem
\n{EVIDENCE_EXIT_CODES}"))]
pub(in crate::cli) struct EvidenceCheck {
    /// The evidence file
    pub(in crate::cli) evidence: PathBuf,
    /// The document that it is about
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) document: PathBuf,
    /// The day on which it is judged: an RFC 3339 instant, or a day, whose first instant in Beijing is meant
    /// [default: now]
    #[arg(long, value_name = "TIME", value_parser = judged_at::parse)]
    pub(in crate::cli) today: Option<Moment>,
    #[command(flatten)]
    pub(in crate::cli) by: JudgedBy,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct JudgedBy {
    /// PEM bundle of those whose time stamps count; renewing adds them to those of the file [default: the anchors of the
    /// file and of its renewals, which whoever made it chose]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) trust: Option<PathBuf>,
    /// File that says which algorithms count [default: [verify] algorithms of the configuration]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) algorithms: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Digest {
    /// SM3
    Sm3,
    /// SHA-256: for an authority that knows no SM3, and for when SM3 has ended
    Sha256,
}
