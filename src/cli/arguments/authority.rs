//! Arguments of `yinxin authority`.

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum AuthorityCommand {
    /// Issue a certificate over the key of a request (PKCS#10)
    #[command(after_help = "\
Example:
  yinxin authority issue --request client.csr --profile client --organisation 演示市数据局 --name 窗口服务 --out client.chain
The request proves that whoever made it has the key. What it wishes to be called is shown and not taken over: the certificate
says what is given here. The chain is written, the certificate first.")]
    Issue(AuthorityIssue),
    /// Make the authority that certifies natural persons who sign, and trust it for that
    #[command(after_help = "Example:\n  yinxin authority persons --organisation 演示市数据局\n\
        yinxin init makes one. It stands in the anchors for persons alone; others who shall trust it add it to theirs.")]
    Persons {
        /// Who runs it
        #[arg(long, value_name = "NAME")]
        organisation: String,
    },
    /// Revoke a certificate, and publish the lists at once
    #[command(after_help = "\
Examples:
  yinxin authority revoke 4a3b2c1d0e0f1a2b --reason key-compromise
  yinxin authority revoke --certificate seal-maker.pem --reason superseded
Prints on whose list it stands. What each reason means for what was signed before: docs/conformance.md.")]
    Revoke(AuthorityRevoke),
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("which").required(true).args(["serial", "certificate"]))]
pub(in crate::cli) struct AuthorityRevoke {
    /// Serial number, hexadecimal, as reports name it
    pub(in crate::cli) serial: Option<String>,
    /// The certificate itself, PEM; the first one of a chain
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) certificate: Option<PathBuf>,
    /// What the certificate of that serial number is for
    #[arg(long, default_value = "stamper", conflicts_with = "certificate")]
    pub(in crate::cli) profile: Profile,
    /// It is a natural person's
    #[arg(long, conflicts_with_all = ["certificate", "profile"])]
    pub(in crate::cli) person: bool,
    /// Why
    #[arg(long)]
    pub(in crate::cli) reason: Reason,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct AuthorityIssue {
    /// The request, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) request: PathBuf,
    /// What the certificate is for
    #[arg(long)]
    pub(in crate::cli) profile: Profile,
    /// Whose it is
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) organisation: String,
    /// What it is called
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) name: String,
    /// Where the chain is written, in PEM; an existing file is not overwritten
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) out: PathBuf,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Profile {
    /// Stamps documents (签章者)
    Stamper,
    /// Makes seals (制章者)
    SealMaker,
    /// Stamps the time (时间戳)
    TimeStamper,
    /// Shows itself over TLS
    Client,
    /// Signs checkpoints of a transparency log (透明日志)
    Log,
}

/// Why a certificate is revoked (RFC 5280 5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Reason {
    /// The key may be in other hands
    KeyCompromise,
    /// The holder belongs to another organisation
    AffiliationChanged,
    /// Another certificate took its place
    Superseded,
    /// It is not used any more
    CessationOfOperation,
    /// The holder may not any more
    PrivilegeWithdrawn,
}
