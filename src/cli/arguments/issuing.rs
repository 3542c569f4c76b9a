//! Arguments of the commands of an issuing installation.

use super::access::BodyNaming;
use clap::Args;
use std::path::PathBuf;
use yinxin_trust::{base::Day, suite::Suite};

/// Found an issuing installation in a folder: keys, authority, register, first body
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  yinxin init --name 演示市数据局 --credit-code 11990000MB0000019F --region 340100
Then, in that folder: yinxin seal make, yinxin issue, yinxin serve.")]
pub(in crate::cli) struct Init {
    /// The folder; made where it is not there
    #[arg(long, default_value = "yinxin-data", value_name = "FOLDER")]
    pub(in crate::cli) folder: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) naming: BodyNaming,
    /// Who runs the authority [default: the body]
    #[arg(long)]
    pub(in crate::cli) organisation: Option<String>,
    /// Suite of the authority and all that it issues: sm2, or p256 for what crosses a border
    #[arg(long, default_value_t = Suite::Sm2, value_name = "SUITE")]
    pub(in crate::cli) suite: Suite,
    /// What printed codes begin with
    #[arg(long, default_value = "HTTPS://LOCALHOST/C/", value_name = "ADDRESS")]
    pub(in crate::cli) code_prefix: String,
    /// Where others will reach this service, such as http://licence.example.cn: every certificate but the root's then
    /// says where its revocation list and who answers about it are
    #[arg(long, value_name = "ADDRESS")]
    pub(in crate::cli) public_address: Option<String>,
    /// File with the section [keys] of the configuration, for keys in a device or behind hsmd; its relative paths
    /// start at the folder [default: encrypted files in the folder]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) keys: Option<PathBuf>,
}

/// Show the whole way once, in a made-up locality
#[derive(Debug, Args)]
#[command(after_help = "\
Sets up ./yinxin-data where it is not there, issues ./licence.ofd, verifies it, revokes it, verifies it again, issues
another, and serves pages and API on 127.0.0.1:8080 until stopped.
Examples:
  yinxin demo --once
  yinxin demo --two-localities --once")]
pub(in crate::cli) struct Demo {
    /// End before serving
    #[arg(long)]
    pub(in crate::cli) once: bool,
    /// Show instead how a licence of one locality is verified in another, over trust lists: two made-up localities in
    /// folders below the folder, with keys, registers and ports of their own
    #[arg(long, requires = "once", conflicts_with_all = ["suite", "keys", "out"])]
    pub(in crate::cli) two_localities: bool,
    /// The folder of the made-up locality
    #[arg(long, default_value = "yinxin-data", value_name = "FOLDER")]
    pub(in crate::cli) folder: PathBuf,
    /// Where the licence goes
    #[arg(long, default_value = "licence.ofd", value_name = "FILE")]
    pub(in crate::cli) out: PathBuf,
    /// Suite of the made-up authority: sm2, or p256 for what crosses a border
    #[arg(long, default_value_t = Suite::Sm2, value_name = "SUITE")]
    pub(in crate::cli) suite: Suite,
    /// File with the section [keys] of the configuration, for keys in a device or behind hsmd; its relative paths
    /// start at the folder [default: encrypted files in the folder]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) keys: Option<PathBuf>,
}

/// Issue a licence from an application
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  yinxin issue schemas/licence-types/examples/food-operation-licence.json --out licence.ofd")]
pub(in crate::cli) struct Issue {
    /// The order as JSON: type_code, data, decision
    pub(in crate::cli) application: PathBuf,
    /// The holder's photograph (JPEG or PNG), where the licence shows one
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) photo: Option<PathBuf>,
    /// Of which body [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) body: Option<String>,
    /// Where the document goes
    #[arg(long, default_value = "licence.ofd", value_name = "FILE")]
    pub(in crate::cli) out: PathBuf,
    /// Where goes what the document was verified with, for yinxin verify --evidence years later
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) evidence: Option<PathBuf>,
    /// A repeated order with the same key gets the first answer
    #[arg(long, value_name = "KEY")]
    pub(in crate::cli) idempotency_key: Option<String>,
}

/// Suspend, resume, revoke, cancel or withdraw a licence
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  yinxin act revoke IDENTIFIER --document-number 演市监罚〔2026〕1号 --legal-basis 《食品安全法》第一百三十四条")]
pub(in crate::cli) struct Act {
    /// suspend, resume, revoke, cancel, withdraw, transfer_out, cancel_transfer_out
    pub(in crate::cli) kind: String,
    /// 电子证照标识
    pub(in crate::cli) identifier: String,
    /// 文书号
    #[arg(long)]
    pub(in crate::cli) document_number: String,
    /// 法律依据
    #[arg(long)]
    pub(in crate::cli) legal_basis: String,
    /// 决定日期 [default: today in Beijing]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Day::parse)]
    pub(in crate::cli) decided_on: Option<Day>,
    /// The first day on which it works [default: today in Beijing]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Day::parse)]
    pub(in crate::cli) from: Option<Day>,
    /// Of which body [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) body: Option<String>,
}
