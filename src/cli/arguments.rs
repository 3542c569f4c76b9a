//! What may be typed.

mod access;
mod authority;
mod evidence;
mod ferry;
mod issuing;
mod keys;
mod ocsp;
mod receipts;
mod seal;
mod stamp;
mod trust;
mod tsa;

pub(super) use access::{
    BodyCommand, BodyNaming, HolderCommand, HolderCreate, PersonCommand, PersonCreate, TokenCommand, TokenCreate,
};

pub(super) use authority::{AuthorityCommand, AuthorityIssue, AuthorityRevoke, Profile as RequestedProfile, Reason};
pub(super) use evidence::{Digest, EvidenceCheck, EvidenceCommand, EvidenceRenew, JudgedBy};
pub(super) use ferry::FerryCommand;
pub(super) use issuing::{Act, Demo, Init, Issue};
pub(super) use keys::{CeremonyCommand, KeyBackup, KeyCommand, KeyOrderArguments, MandateCommand, MandateDraft};
pub(super) use ocsp::OcspCommand;
pub(super) use receipts::{Believed, ReceiptCommand, Recheck, Replay};
pub(super) use seal::{SealAct, SealApply, SealCommand, SealDecide, SealGrant, SealLedger, SealMake};
pub(super) use stamp::Stamp;
pub(super) use trust::{Person, TrustAdd, TrustCommand, TrustDecision};
pub(super) use tsa::TsaCommand;

use super::lang::Lang;
use crate::{config::ServeRole, flow::judged_at};
use access::REGISTER_EXIT_CODES;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use yinxin_trust::base::Moment;

/// yinxin 印信: issue electronic licences, verify stamped documents (OFD, electronic seals)
#[derive(Debug, Parser)]
#[command(name = "yinxin", version, propagate_version = true)]
pub(super) struct Arguments {
    /// Configuration file [default: $YINXIN_CONFIG, else ./yinxin.toml where it exists]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Demo(Demo),
    /// Say whether files are what their stamps say
    Verify(Verify),
    Replay(Replay),
    Recheck(Recheck),
    /// Signed receipts of verifications
    #[command(subcommand)]
    Receipt(ReceiptCommand),
    /// Evidence files, and time stamps over them
    #[command(subcommand)]
    Evidence(EvidenceCommand),
    Init(Init),
    /// Serve the page and the API until told to stop
    #[command(after_help = "Example, stamping apart from what everybody asks:\n  yinxin serve --roles issue,seals")]
    Serve {
        /// What this process does: issue, verify, seals, public [default: as configured, or everything]
        #[arg(long, value_delimiter = ',', value_name = "ROLE")]
        roles: Vec<ServeRole>,
    },
    /// Print the OpenAPI description of the API
    Openapi,
    /// Print the table of states that are shown, as docs/states.md
    States,
    /// Make the register's tables, or bring them up to this program
    #[command(after_help = format!("{MIGRATE_EXAMPLE}\n\n{REGISTER_EXIT_CODES}"))]
    Migrate {
        /// Only say which migrations it has; exit code 69 where some are missing
        #[arg(long)]
        status: bool,
    },
    /// Issuing bodies of the register
    #[command(subcommand)]
    Body(BodyCommand),
    /// People of a body: who signs in, and what they are
    #[command(subcommand)]
    Person(PersonCommand),
    /// Accounts of those who hold licences: who sees and shows their own
    #[command(subcommand)]
    Holder(HolderCommand),
    /// Tokens of other systems
    #[command(subcommand)]
    Token(TokenCommand),
    /// Seals of a body
    #[command(subcommand)]
    Seal(SealCommand),
    Issue(Issue),
    Act(Act),
    Stamp(Stamp),
    /// Finish or give up what a crash left between signing and storing
    #[command(after_help = "Example:\n  yinxin recover")]
    Recover,
    /// Keys in custody: make, take over, list, suspend, destroy, back up, restore
    #[command(subcommand)]
    Key(KeyCommand),
    /// Standing mandates of seal keepers, for keys behind hsmd under sole control
    #[command(subcommand)]
    Mandate(MandateCommand),
    /// Trust lists: making our own, and taking those of other localities
    #[command(subcommand)]
    Trust(TrustCommand),
    /// Files for networks without a line: making ours, and taking those of other localities
    #[command(subcommand)]
    Ferry(FerryCommand),
    /// A time stamp authority of our own
    #[command(subcommand)]
    Tsa(TsaCommand),
    /// Our own authority: certificates for keys of others, and their revocation
    #[command(subcommand)]
    Authority(AuthorityCommand),
    /// Answers about the certificates of our own authority
    #[command(subcommand)]
    Ocsp(OcspCommand),
    /// Key ceremonies: a plan, two witnesses or more, a transcript
    #[command(subcommand)]
    Ceremony(CeremonyCommand),
    /// Look at every part of the installation, and say what mends what is wrong
    #[command(after_help = "Example:\n  yinxin doctor")]
    Doctor,
}

const MIGRATE_EXAMPLE: &str = "\
Example, with address = \"sqlite:yinxin.sqlite\" under [database] of yinxin.toml:
  yinxin migrate";

const EXIT_CODES: &str = "\
Exit codes:
   0  valid (with --trust none: intact)
   1  invalid: not what its stamps say
   2  indeterminate: something needed could not be checked
   3  unsigned
   4  valid or intact, but only part of the document is covered
   5  genuine, but not in force
  64  usage, configuration or anchors
  65  neither an OFD document nor a seal nor a signature value; also a copy (PDF, PNG, JPEG)
  66  unreadable
  70  internal
For several files the worst, in the order 70 66 65 1 2 3 4 5 0.

Example, the pages as pictures:
  yinxin verify invoice.ofd --pages pictures";

/// Say whether files are what their stamps say
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct Verify {
    /// OFD documents, electronic seals or signature values; - is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(super) files: Vec<PathBuf>,
    /// Print JSON: one object for one file, one a line for several
    #[arg(long)]
    pub(super) json: bool,
    /// PEM bundle of trusted certificates, or none to leave identities unchecked (write ./none for a file of that
    /// name) [default: [trust] anchors of the configuration]
    #[arg(long, value_name = "none|FILE", value_parser = trust)]
    pub(super) trust: Option<Trust>,
    /// Trust list of another locality, its signature beside it with .sig for .json; several, each with its key. Those
    /// that were accepted in the register of the configuration count where --trust is not given
    #[arg(long, value_name = "FILE", requires = "operator_key")]
    pub(super) trust_list: Vec<PathBuf>,
    /// The key of a list's operator, PEM or DER, in the order of the lists
    #[arg(long, value_name = "FILE", requires = "trust_list")]
    pub(super) operator_key: Vec<PathBuf>,
    /// Revocation list, PEM or DER; may be given several times. Lists in the anchor file and those that
    /// [verify] revocation_lists of the configuration names count too
    #[arg(long, value_name = "FILE")]
    pub(super) crl: Vec<PathBuf>,
    /// File with an answer about a certificate (OCSP, DER), counted beside revocation lists; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(super) ocsp: Vec<PathBuf>,
    /// File that says which algorithms count, for what and when [default: [verify] algorithms of the configuration]
    #[arg(long, value_name = "FILE")]
    pub(super) algorithms: Option<PathBuf>,
    /// Register to ask whether a licence is in force: https, or http to this machine [default: [verify]
    /// status_url of the configuration]
    #[arg(long, value_name = "URL")]
    pub(super) status: Option<String>,
    /// The time to judge at: an RFC 3339 instant, or a day, whose first instant in Beijing is meant [default: now]
    #[arg(long, value_name = "TIME", value_parser = judged_at::parse)]
    pub(super) at: Option<Moment>,
    /// Refuse departures from the encoding rules instead of warning
    #[arg(long)]
    pub(super) strict: bool,
    /// What a valid verdict needs
    #[arg(long, value_enum, default_value_t = Profile::Standard)]
    pub(super) profile: Profile,
    /// Judge with what this file holds and nothing else: anchors, lists, rules, the answer of a register, and its moment
    /// where --at is not given. Whoever made the file chose the anchors, unless --trust names others
    #[arg(long, value_name = "FILE", conflicts_with_all = ["trust_list", "crl", "status", "strict", "profile", "evidence_out", "receipt"])]
    pub(super) evidence: Option<PathBuf>,
    /// The day on which kept evidence is judged, as --at: what ended by then counts only where time stamps over the
    /// evidence prove that it was there before [default: now]
    #[arg(long, value_name = "TIME", requires = "evidence", value_parser = judged_at::parse)]
    pub(super) today: Option<Moment>,
    /// Write what the verdict was made of, for --evidence years later; for one file only
    #[arg(long, value_name = "FILE")]
    pub(super) evidence_out: Option<PathBuf>,
    /// Write a signed receipt, in the name of a body of the configured installation; for one file only. A page with the
    /// signed file attached where the name ends with .pdf
    #[arg(long, value_name = "FILE", requires = "purpose", conflicts_with_all = ["trust", "trust_list", "crl", "algorithms", "status", "strict", "profile"])]
    pub(super) receipt: Option<PathBuf>,
    /// What the receipt is for (用证事由), and what an annotated copy (加注件) is used for: one that is for something else
    /// ends with 5
    #[arg(long)]
    pub(super) purpose: Option<String>,
    /// Who uses an annotated copy, by name or credit code; one that names somebody else ends with 5. May be repeated
    #[arg(long, value_name = "NAME", requires = "purpose")]
    pub(super) used_by: Vec<String>,
    /// In whose name the receipt is made: id of a body [default: the only one]
    #[arg(long, requires = "receipt")]
    pub(super) body: Option<String>,
    /// Draw the pages into this folder, as FILE-1.svg, FILE-2.svg and so on; what no valid stamp protects is hatched. Of
    /// a document that is not what its stamps say nothing is drawn
    #[arg(long, value_name = "FOLDER")]
    pub(super) pages: Option<PathBuf>,
    /// Draw this page alone
    #[arg(long, value_name = "NUMBER", requires = "pages")]
    pub(super) page: Option<usize>,
    /// Language of the report [default: by LC_ALL, LC_MESSAGES, LANG]
    #[arg(long, value_enum)]
    pub(super) lang: Option<Lang>,
}

impl Verify {
    /// As if nothing was said but the file.
    pub(super) fn of_now() -> Self {
        Self {
            files: Vec::new(),
            json: false,
            trust: None,
            trust_list: Vec::new(),
            operator_key: Vec::new(),
            crl: Vec::new(),
            ocsp: Vec::new(),
            algorithms: None,
            pages: None,
            page: None,
            status: None,
            at: None,
            strict: false,
            profile: Profile::Standard,
            evidence: None,
            today: None,
            evidence_out: None,
            receipt: None,
            purpose: None,
            used_by: Vec::new(),
            body: None,
            lang: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    None,
    File(PathBuf),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Profile {
    /// A claimed signing time is accepted, with a warning
    Standard,
    /// The signing time must be proved by a time stamp
    StrictTime,
}

fn trust(text: &str) -> Result<Trust, std::convert::Infallible> {
    Ok(if text == "none" { Trust::None } else { Trust::File(text.into()) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_holds() {
        Arguments::command().debug_assert();
    }
}
