//! Arguments of `yinxin key` and `ceremony`.

use super::access::REGISTER_EXIT_CODES;
use crate::flow::judged_at::{self, JudgedAtError};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use yinxin_hsm::{KeyAlgorithm, KeyReference, Purpose};
use yinxin_trust::{
    base::{Day, Moment},
    x509::make::SubjectName,
};

/// An instant, or a day up to its end.
fn to_the_end(text: &str) -> Result<Moment, JudgedAtError> {
    Day::parse(text).map_or_else(|_| judged_at::parse(text), |day| Ok(day.ends()))
}

const BACKUP_EXAMPLE: &str = "\
Example, for three holders of whom two are needed:
  yinxin key backup --out keys.backup --needed 2 --shares 3 --shares-to /media/holders
Key files only: a device is backed up by its own means. The shares are written as share-1.txt and so on, each for
one holder and for nobody else; without --shares-to they are shown on the terminal, one at a time.";

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum KeyCommand {
    /// Make a key in the configured custody; prints its reference
    #[command(after_help = format!("Example:\n  yinxin key generate --purpose stamper\n\n{REGISTER_EXIT_CODES}"))]
    Generate {
        #[command(flatten)]
        order: KeyOrderArguments,
        /// Where it shall be, such as sdf:index=3 [default: chosen by the custody]
        #[arg(long, value_name = "REFERENCE")]
        at: Option<KeyReference>,
    },
    /// Take over a key that was made with the device's own tool
    #[command(after_help = "Example:\n  yinxin key adopt sdf:index=3 --purpose stamper")]
    Adopt {
        /// Where it is, such as sdf:index=3 or pkcs11:object=stamp;id=%01
        at: KeyReference,
        #[command(flatten)]
        order: KeyOrderArguments,
    },
    /// Ask an outside authority for a certificate of a key: writes a request (PKCS#10), signed by the key
    #[command(after_help = "\
Example:
  yinxin key request soft:0123456789abcdef --subject 'C=CN, O=演示市数据局, CN=演示市数据局' --out stamper.csr
The certificate that comes back is taken by yinxin seal make; docs/certificates.md goes the whole way.")]
    Request {
        /// Which
        key: KeyReference,
        /// Who shall stand in the certificate: C, ST, L, O, OU, CN in the order in which they are written, a comma
        /// within a text behind a backslash
        #[arg(long, value_name = "NAME")]
        subject: SubjectName,
        /// Where the request is written, in PEM; an existing file is not overwritten
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// List keys: reference, algorithm, purpose, state
    #[command(after_help = "Example:\n  yinxin key list")]
    List,
    /// Say everything that is public about a key
    #[command(after_help = "Example:\n  yinxin key describe soft:0123456789abcdef")]
    Describe {
        /// Which
        key: KeyReference,
    },
    /// Take a key out of service
    #[command(after_help = "Example:\n  yinxin key suspend soft:0123456789abcdef")]
    Suspend {
        /// Which
        key: KeyReference,
    },
    /// Take a suspended key back into service
    #[command(after_help = "Example:\n  yinxin key resume soft:0123456789abcdef")]
    Resume {
        /// Which
        key: KeyReference,
    },
    /// Destroy a key for good
    #[command(after_help = "Example:\n  yinxin key destroy soft:0123456789abcdef --really soft:0123456789abcdef")]
    Destroy {
        /// Which
        key: KeyReference,
        /// The same once more
        #[arg(long, value_name = "REFERENCE")]
        really: KeyReference,
    },
    /// Seal all keys anew under a secret that is split among people
    #[command(after_help = BACKUP_EXAMPLE)]
    Backup(KeyBackup),
    /// Put the keys of a backup into the custody
    #[command(after_help = "\
Example:
  yinxin key restore keys.backup --share /media/a/share-1.txt --share /media/c/share-3.txt
Without --share the shares are read from standard input, one a line.")]
    Restore {
        /// The backup
        file: PathBuf,
        /// File with one holder's share; as many as are needed
        #[arg(long, value_name = "FILE")]
        share: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct KeyOrderArguments {
    /// What it is for: ca, seal-maker, stamper, receipts, data, trust-list, status, time-stamp, ocsp
    #[arg(long)]
    pub(in crate::cli) purpose: Purpose,
    /// sm2-sm3, ecdsa-p256-sha256, ed25519, sm4-gcm, rsa-…
    #[arg(long, default_value = "sm2-sm3")]
    pub(in crate::cli) algorithm: KeyAlgorithm,
    /// The first instant or day (Beijing) of its use
    #[arg(long, value_name = "WHEN", value_parser = judged_at::parse)]
    pub(in crate::cli) not_before: Option<Moment>,
    /// The last instant of its use; a day (Beijing) counts whole
    #[arg(long, value_name = "WHEN", value_parser = to_the_end)]
    pub(in crate::cli) not_after: Option<Moment>,
    /// How often it may sign or wrap over its life
    #[arg(long, value_name = "COUNT")]
    pub(in crate::cli) most_uses: Option<u64>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct KeyBackup {
    /// Where the backup is written; a file that is there is left alone
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: PathBuf,
    /// Shares needed to restore it
    #[arg(long)]
    pub(in crate::cli) needed: u8,
    /// Shares there shall be
    #[arg(long)]
    pub(in crate::cli) shares: u8,
    /// Folder for the files of the shares [default: shown one at a time]
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::cli) shares_to: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CeremonyCommand {
    /// Hold a ceremony: each step is confirmed by every witness, each with a word of their own
    #[command(after_help = "\
Example:
  yinxin ceremony run certs/ceremony/found-authority.toml --transcript ceremony-2026-11.jsonl
Each witness first chooses a word (asked twice on a terminal, read from standard input otherwise) and then gives it at
each step. The digest at the end is written down by all: with it, yinxin ceremony check finds any later change.")]
    Run {
        /// What is done, step by step
        plan: PathBuf,
        /// Where the transcript goes; a file that is there is left alone
        #[arg(long, value_name = "FILE")]
        transcript: PathBuf,
        /// Folder for the shares of backups [default: shown one at a time]
        #[arg(long, value_name = "FOLDER")]
        shares_to: Option<PathBuf>,
    },
    /// Read a plan and say what it would do
    #[command(after_help = "Example:\n  yinxin ceremony show certs/ceremony/found-authority.toml")]
    Show {
        /// The plan
        plan: PathBuf,
    },
    /// Say whether a transcript hangs together, and what it tells
    #[command(after_help = "Example:\n  yinxin ceremony check ceremony-2026-11.jsonl --digest DIGEST")]
    Check {
        /// The transcript
        file: PathBuf,
        /// The digest that was written down at its end
        #[arg(long, value_name = "HEX")]
        digest: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum MandateCommand {
    /// Draft a standing mandate: what a seal's keeper would allow the service to stamp by itself
    #[command(after_help = "\
Example, signed by the keeper with a tool of their own, here OpenSSL:
  yinxin mandate draft --key soft:0123456789abcdef --seal 3301000000001 --type 11100000MB0143028R003 \\
      --until 2027-01-01 --most 10000 --out mandates/food
  openssl pkeyutl -sign -inkey keeper.pem -rawin -digest sm3 -pkeyopt distid:1234567812345678 \\
      -in mandates/food.name -out food.sig
  yinxin mandate prove mandates/food.mandate --sm2 food.sig")]
    Draft(MandateDraft),
    /// Put the keeper's signature beside a mandate
    #[command(after_help = "Example:\n  yinxin mandate prove mandates/food.mandate --sm2 food.sig")]
    Prove {
        /// The mandate
        mandate: PathBuf,
        /// File with an SM2 signature over the name, DER, default distinguishing id
        #[arg(long, value_name = "FILE", required_unless_present = "p256", conflicts_with = "p256")]
        sm2: Option<PathBuf>,
        /// File with an ECDSA P-256 signature over the name, DER, SHA-256
        #[arg(long, value_name = "FILE")]
        p256: Option<PathBuf>,
    },
    /// Say what a mandate allows
    #[command(after_help = "Example:\n  yinxin mandate show mandates/food.mandate")]
    Show {
        /// The mandate
        mandate: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct MandateDraft {
    /// The key that may sign
    #[arg(long)]
    pub(in crate::cli) key: KeyReference,
    /// Registration code of the seal that it may stamp with
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) seal: String,
    /// Licence type; may be given several times
    #[arg(long = "type", value_name = "CODE", required = true)]
    pub(in crate::cli) types: Vec<String>,
    /// The first instant or day (Beijing) [default: now]
    #[arg(long, value_name = "WHEN", value_parser = judged_at::parse)]
    pub(in crate::cli) from: Option<Moment>,
    /// The last instant; a day (Beijing) counts whole
    #[arg(long, value_name = "WHEN", value_parser = to_the_end)]
    pub(in crate::cli) until: Moment,
    /// Most documents
    #[arg(long)]
    pub(in crate::cli) most: u32,
    /// Most in a minute
    #[arg(long, default_value_t = 600)]
    pub(in crate::cli) most_a_minute: u32,
    /// First and last minute of the day in Beijing
    #[arg(long, default_value = "00:00-23:59", value_name = "HH:MM-HH:MM")]
    pub(in crate::cli) hours: String,
    /// Where it goes: OUT.mandate, and OUT.name, which the keeper signs
    #[arg(long)]
    pub(in crate::cli) out: PathBuf,
}
