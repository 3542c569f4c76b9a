//! Arguments of `yinxin trust`.

use super::access::REGISTER_EXIT_CODES;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use yinxin_hsm::KeyReference;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum TrustCommand {
    /// Make our own list, or the next one, and sign it
    #[command(after_help = "\
Example, after yinxin key generate --purpose trust-list:
  yinxin trust make trust-list.toml --out trust
The folder then has trust-list.json, trust-list.sig and operator-key.pem. Whoever takes the list pins the key, which they
get another way than the list. docs/trust-lists.md shows a plan.")]
    Make {
        /// What the list says, TOML
        plan: PathBuf,
        /// Folder of the list; [trust] publish of the configuration names it to the service
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// Which key signs [default: the only one of purpose trust-list]
        #[arg(long, value_name = "REFERENCE")]
        key: Option<KeyReference>,
    },
    /// Pin the key of an operator, and where its list is; prints its id
    #[command(after_help = format!("\
Example:
  yinxin trust add 阜阳 --key operator-key.pem --list https://zz.fy.gov.cn.example/.well-known/yinxin/trust-list.json \\
      --status https://zz.fy.gov.cn.example
Nothing of it counts before two people accepted a list.\n\n{REGISTER_EXIT_CODES}"))]
    Add(TrustAdd),
    /// List operators: name, sequence in use, its next update, sequence that waits
    #[command(after_help = "Example:\n  yinxin trust list")]
    List,
    /// Show an operator, the list in use, and the one that waits
    #[command(after_help = "Example:\n  yinxin trust show 阜阳")]
    Show {
        /// Of which operator
        name: String,
    },
    /// Show what the list that waits would change
    #[command(after_help = "Example:\n  yinxin trust diff 阜阳")]
    Diff {
        /// Of which operator
        name: String,
    },
    /// Look for the lists of operators; what is new is proposed
    #[command(after_help = "\
Examples:
  yinxin trust refresh
  yinxin trust refresh 阜阳 --from trust-list.json")]
    Refresh {
        /// Of which operator [default: of all that have an address]
        name: Option<String>,
        /// The list as a file, its signature beside it with .sig for .json
        #[arg(long, value_name = "FILE", requires = "name")]
        from: Option<PathBuf>,
    },
    /// Propose to follow a list that an accepted list names, as a person; another pins its key
    #[command(after_help = "\
Example, by two people one after the other:
  yinxin trust follow 安徽 --address https://zz.fy.gov.cn.example/.well-known/yinxin/trust-list.json --login zhang.san
  yinxin trust pin 阜阳市数据资源管理局 --key-sm3 76c8c3a4e41cfc2e --login li.si
It counts within the scope that the naming list grants, and no longer than that one names it.")]
    Follow {
        /// Whose list names it
        name: String,
        /// By which address
        #[arg(long, value_name = "URL")]
        address: String,
        #[command(flatten)]
        person: Person,
    },
    /// Pin the key of an operator that another person proposed
    #[command(after_help = "Example:\n  yinxin trust pin 阜阳 --key-sm3 76c8c3a4e41cfc2e --login li.si")]
    Pin {
        /// Which operator
        name: String,
        /// Digest of its key as the operator told it, or its first 16 digits or more
        #[arg(long, value_name = "HEX")]
        key_sm3: String,
        #[command(flatten)]
        person: Person,
    },
    /// Accept the list that waits, as a person; the second person takes it into use
    #[command(after_help = "\
Example, by two people one after the other:
  yinxin trust accept 阜阳 --sm3 76c8c3a4e41cfc2e --login zhang.san
The digest is the one that yinxin trust diff shows. The password is read from --password-file or standard input.")]
    Accept(TrustDecision),
    /// Refuse the list that waits, or the one in use, as a person; it is not proposed again
    #[command(after_help = "Example:\n  yinxin trust refuse 阜阳 --sm3 76c8c3a4e41cfc2e --login zhang.san")]
    Refuse(TrustDecision),
    /// Write the list in use, its signature and the pinned key into a folder
    #[command(after_help = "\
Example, for a machine without a register:
  yinxin trust export 阜阳 --out fuyang
  yinxin verify licence.ofd --trust-list fuyang/trust-list.json --operator-key fuyang/operator-key.pem")]
    Export {
        /// Of which operator
        name: String,
        /// The folder; made where it is not there
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct TrustAdd {
    /// What it is called here
    pub(in crate::cli) name: String,
    /// File with its public key, PEM or DER
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) key: PathBuf,
    /// Where its list is: an address (https, or http to this machine) or a file, which is proposed at once
    #[arg(long, value_name = "URL|FILE")]
    pub(in crate::cli) list: String,
    /// Below which address its register is asked how licences stand
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) status: Option<String>,
    /// Where the revocation lists of its authorities are published, PEM or DER
    #[arg(long, value_name = "URL")]
    pub(in crate::cli) revocation: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct TrustDecision {
    /// Of which operator
    pub(in crate::cli) name: String,
    /// Digest of the list, or its first 16 digits or more
    #[arg(long, value_name = "HEX")]
    pub(in crate::cli) sm3: String,
    #[command(flatten)]
    pub(in crate::cli) person: Person,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Person {
    /// Who decides
    #[arg(long)]
    pub(in crate::cli) login: String,
    /// File with their password, one line, readable by you alone [default: standard input]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) password_file: Option<PathBuf>,
}
