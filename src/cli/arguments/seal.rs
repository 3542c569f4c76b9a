//! `yinxin seal …` as it is typed.

use super::access::REGISTER_EXIT_CODES;
use crate::flow::judged_at;
use clap::{ArgGroup, Args, Subcommand};
use std::path::PathBuf;
use yinxin_trust::{
    base::{Day, Moment},
    seal::make::SealFormat,
};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum SealCommand {
    /// Make the first seal of a body, or the seal of an approved application; prints its id
    #[command(after_help = "\
Examples:
  yinxin seal make --code 3301000000001 --purpose 电子证照专用章 --type 11100000MB0143028R003
  yinxin seal make --application 0123456789abcdef0123456789abcdef
With a certificate of an outside authority:
  yinxin seal make --application 0123456789abcdef0123456789abcdef --stamper-chain chain.pem")]
    Make(SealMake),
    /// Ask for a seal, with documents; a second person decides
    #[command(after_help = format!("\
Example:
  yinxin seal apply --login wu.di --code 3301000000002 --type 11100000MB0143028R003 \\
    --reason 新设机构 --document charter.pdf

{REGISTER_EXIT_CODES}"))]
    Apply(SealApply),
    /// Ask for a remade seal in the place of one: as apply, with the seal that it renews
    #[command(after_help = "\
Example:
  yinxin seal renew 0123456789abcdef0123456789abcdef --login wu.di --code 3301000000002 \\
    --type 11100000MB0143028R003 --reason 证书将到期 --document request.pdf")]
    Renew {
        /// Id of the seal that it takes the place of
        seal: String,
        #[command(flatten)]
        apply: SealApply,
    },
    /// Approve or refuse an application of somebody else
    #[command(after_help = "\
Example:
  yinxin seal decide 0123456789abcdef0123456789abcdef --approve --login zheng.yi \\
    --reason 材料齐全 --document-number 演印审〔2026〕1号")]
    Decide(SealDecide),
    /// File a seal that was made: in use from then on, for the types of its application
    #[command(after_help = "Example:\n  yinxin seal file 0123456789abcdef0123456789abcdef")]
    File {
        /// Id of the seal
        seal: String,
        /// First day of its use [default: at once]
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = Day::parse)]
        from: Option<Day>,
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// Suspend a seal: nothing is stamped with it until it is resumed
    #[command(after_help = SUSPEND_EXAMPLE)]
    Suspend(SealAct),
    /// Resume a suspended seal
    Resume(SealAct),
    /// Cancel a seal, for good
    Cancel(SealAct),
    /// Mark a seal as invalid: made or used against the rules, from its making on unless --from says otherwise
    Invalidate(SealAct),
    /// Every seal and application of a body: id, state, since, until, code, name
    List {
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// Everything that was done to a seal: recorded, effective, act, by whom, document, reason
    History {
        /// Id of the seal or application
        seal: String,
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// Authorise a person, a token or another body to stamp with a seal; prints the id of the grant
    #[command(after_help = "\
Example:
  yinxin seal grant 0123456789abcdef0123456789abcdef --to-body fedcba9876543210fedcba9876543210 \\
    --type 11100000MB0143028R003 --most 1000 --until 2027-06-30 --reason 县局代发 --document-number 演印授〔2026〕1号")]
    Grant(SealGrant),
    /// The grants on a seal: id, state, to whom, used, most, until
    Grants {
        /// Id of the seal
        seal: String,
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// Take a grant back; what was stamped by it stays good
    Revoke {
        /// Id of the grant
        grant: String,
        /// Why
        #[arg(long)]
        reason: String,
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// Say who of the seal's own body stamps with it: own-body (whoever may issue) or by-grant (nobody without a grant)
    UseRule {
        /// Id of the seal
        seal: String,
        /// The rule
        #[arg(value_parser = ["own-body", "by-grant"])]
        rule: String,
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// Let a body issue a type with a seal: one of its own, or one of another body by a grant
    Use {
        /// Id of the seal
        seal: String,
        /// Licence type; may be given several times
        #[arg(long = "type", value_name = "CODE", required = true)]
        types: Vec<String>,
        /// First day [default: today]
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = Day::parse)]
        from: Option<Day>,
        /// Which body issues [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// 用章台账: every stamp of the seals of a body, to standard output
    #[command(after_help = "Example:\n  yinxin seal ledger --from 2026-11-01 --to 2026-12-01 --csv > ledger.csv")]
    Ledger(SealLedger),
    /// Show what a seal file says
    #[command(after_help = "Example:\n  yinxin seal show Seal.esl")]
    Show {
        /// The seal in DER
        file: PathBuf,
    },
    /// Say whether a seal file is genuine and valid today
    #[command(after_help = "Example:\n  yinxin seal verify Seal.esl")]
    Verify {
        /// The seal in DER
        file: PathBuf,
    },
}

const SUSPEND_EXAMPLE: &str = "\
Example:
  yinxin seal suspend 0123456789abcdef0123456789abcdef --reason 介质丢失 --document-number 演印〔2026〕2号";

#[derive(Debug, Args)]
pub(in crate::cli) struct SealApply {
    /// Who applies: a seal keeper
    #[arg(long)]
    pub(in crate::cli) login: String,
    /// File with their password, one line, readable by you alone [default: standard input]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) password_file: Option<PathBuf>,
    /// Registration code of the seal, also at its foot; no other seal has it
    #[arg(long)]
    pub(in crate::cli) code: String,
    /// What it is for, below the star
    #[arg(long, default_value = "电子证照专用章")]
    pub(in crate::cli) purpose: String,
    /// Diameter, millimetres
    #[arg(long, default_value_t = 42, value_name = "MM")]
    pub(in crate::cli) diameter: u32,
    /// A picture (PNG or SVG) instead of a drawn one; --diameter is its width and height
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) picture: Option<PathBuf>,
    /// Licence type that it shall stamp; may be given several times
    #[arg(long = "type", value_name = "CODE", required = true)]
    pub(in crate::cli) types: Vec<String>,
    /// Why
    #[arg(long)]
    pub(in crate::cli) reason: String,
    /// A document: PDF, OFD, PNG or JPEG of at most 2 MiB; 1 to 8
    #[arg(long = "document", value_name = "FILE", required = true)]
    pub(in crate::cli) documents: Vec<PathBuf>,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("decision").required(true).args(["approve", "refuse"]))]
pub(in crate::cli) struct SealDecide {
    /// Id of the application
    pub(in crate::cli) application: String,
    /// Approve it
    #[arg(long)]
    pub(in crate::cli) approve: bool,
    /// Refuse it
    #[arg(long)]
    pub(in crate::cli) refuse: bool,
    /// Who decides: not the one who applied
    #[arg(long)]
    pub(in crate::cli) login: String,
    /// File with their password, one line, readable by you alone [default: standard input]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) password_file: Option<PathBuf>,
    /// Why
    #[arg(long)]
    pub(in crate::cli) reason: String,
    /// Number of the written decision
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) document_number: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SealAct {
    /// Id of the seal
    pub(in crate::cli) seal: String,
    /// Why
    #[arg(long)]
    pub(in crate::cli) reason: String,
    /// Number of the document that says so
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) document_number: String,
    /// First instant or day (Beijing) at which it works [default: at once]
    #[arg(long, value_name = "WHEN", value_parser = judged_at::parse)]
    pub(in crate::cli) from: Option<Moment>,
    /// Of which body [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) body: Option<String>,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("grantee").required(true).args(["to_body", "to_login", "to_token"]))]
pub(in crate::cli) struct SealGrant {
    /// Id of the seal
    pub(in crate::cli) seal: String,
    /// Everybody of this body who may issue
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) to_body: Option<String>,
    /// A person of the seal's own body
    #[arg(long, value_name = "LOGIN")]
    pub(in crate::cli) to_login: Option<String>,
    /// A token of the seal's own body
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) to_token: Option<String>,
    /// Licence type, or document (made elsewhere) or digest (of one that stays at home); may be given several times
    /// [default: every licence type]
    #[arg(long = "type", value_name = "CODE")]
    pub(in crate::cli) types: Vec<String>,
    /// How many stamps [default: any number]
    #[arg(long, value_name = "COUNT")]
    pub(in crate::cli) most: Option<u32>,
    /// First instant or day (Beijing) [default: now]
    #[arg(long, value_name = "WHEN", value_parser = judged_at::parse)]
    pub(in crate::cli) from: Option<Moment>,
    /// Last instant; a day (Beijing) counts to its beginning
    #[arg(long, value_name = "WHEN", value_parser = judged_at::parse)]
    pub(in crate::cli) until: Moment,
    /// Why
    #[arg(long)]
    pub(in crate::cli) reason: String,
    /// Number of the document that says so
    #[arg(long, value_name = "NUMBER")]
    pub(in crate::cli) document_number: String,
    /// Whose seal [default: the only body]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) body: Option<String>,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("form").required(true).args(["csv", "json"]))]
pub(in crate::cli) struct SealLedger {
    /// From this instant or day (Beijing) on
    #[arg(long, value_name = "WHEN", value_parser = judged_at::parse)]
    pub(in crate::cli) from: Moment,
    /// Up to this instant or day (Beijing)
    #[arg(long, value_name = "WHEN", value_parser = judged_at::parse)]
    pub(in crate::cli) to: Moment,
    /// As CSV
    #[arg(long)]
    pub(in crate::cli) csv: bool,
    /// As JSON, one object a line
    #[arg(long)]
    pub(in crate::cli) json: bool,
    /// Of which body [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) body: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct SealMake {
    /// Of which body [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) body: Option<String>,
    /// The approved application that it is made of; without it, the first seal of a body is founded
    #[arg(long, value_name = "ID", conflicts_with_all = ["code", "purpose", "diameter", "picture", "types", "from"])]
    pub(in crate::cli) application: Option<String>,
    /// Registration code of the first seal, also at its foot
    #[arg(long, required_unless_present = "application")]
    pub(in crate::cli) code: Option<String>,
    /// What it is for, below the star
    #[arg(long, default_value = "电子证照专用章")]
    pub(in crate::cli) purpose: String,
    /// Diameter, millimetres
    #[arg(long, default_value_t = 42, value_name = "MM")]
    pub(in crate::cli) diameter: u32,
    /// A picture (PNG or SVG) instead of a drawn one; --diameter is its width and height
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) picture: Option<PathBuf>,
    /// Licence type that the body issues with it; may be given several times
    #[arg(long = "type", value_name = "CODE")]
    pub(in crate::cli) types: Vec<String>,
    /// First day on which it stamps these types [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Day::parse)]
    pub(in crate::cli) from: Option<Day>,
    /// Certificates of an outside authority in PEM: that of a stamper's key in custody, then those above it
    /// [default: a new key, certified by [authority]]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) stamper_chain: Option<PathBuf>,
    /// The same for the key that makes seals [default: the seal maker of [authority]]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) maker_chain: Option<PathBuf>,
    /// Format: v4 (GB/T 38540-2020), or v5 (GM/T 0031-2025) with a time stamp of [time_stamps], for where every reader
    /// is known to read it
    #[arg(long, default_value_t = SealFormat::V4, value_name = "FORMAT")]
    pub(in crate::cli) format: SealFormat,
    /// Where the seal is written, too
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
}
