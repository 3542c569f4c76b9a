//! Arguments of `yinxin replay`, `recheck`, `receipt`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

const RECEIPT_EXIT_CODES: &str = "\
Exit codes:
   0  done
   1  the receipt, the document or the report is another
   2  cannot be said: evidence is missing, the key or the version is not known
  64  usage
  65  no receipt, no document
  66  unreadable";

/// Make the report of a receipt again, octet for octet, from document and evidence alone
#[derive(Debug, Args)]
#[command(after_help = format!("\
Asks nobody and needs no clock. The evidence comes from the file, else from the register of the configuration where the
receipt was made.
Example:
  yinxin replay receipt.json --document licence.ofd --evidence evidence.json --key receipts-key.pem > report.json
\n{RECEIPT_EXIT_CODES}"))]
pub(in crate::cli) struct Replay {
    /// The signed receipt
    pub(in crate::cli) receipt: PathBuf,
    /// The document that it speaks of
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) document: PathBuf,
    /// What the verdict was made of [default: as the register of the configuration keeps it]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) evidence: Option<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) believed: Believed,
}

/// Say what changed since a receipt was made: verdict, standing, age of the evidence
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  yinxin recheck receipt.json licence.ofd
Exit codes as those of yinxin verify on the document now; 1 too where the receipt or the document is another.")]
pub(in crate::cli) struct Recheck {
    /// The signed receipt
    pub(in crate::cli) receipt: PathBuf,
    /// The document that it speaks of
    pub(in crate::cli) document: PathBuf,
    #[command(flatten)]
    pub(in crate::cli) believed: Believed,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ReceiptCommand {
    /// Say whether a receipt is genuine, and what it says
    #[command(after_help = format!("Example:\n  yinxin receipt check receipt.json --key receipts-key.pem\n\n{RECEIPT_EXIT_CODES}"))]
    Check {
        /// The signed receipt
        receipt: PathBuf,
        #[command(flatten)]
        believed: Believed,
    },
    /// Write what a receipt of this installation was made of, for a replay elsewhere
    #[command(after_help = "Example:\n  yinxin receipt evidence receipt.json --out evidence.json")]
    Evidence {
        /// The signed receipt
        receipt: PathBuf,
        /// Where the evidence goes
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Print the public key that receipts of this installation verify under, for whoever pins it
    #[command(after_help = "Example:\n  yinxin receipt key > receipts-key.pem")]
    Key,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Believed {
    /// Public key that receipts are believed under, PEM or DER [default: that of the configured installation, and those
    /// that trust lists in use name]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) key: Option<PathBuf>,
}
