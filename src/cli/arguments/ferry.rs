//! Arguments of `yinxin ferry`.

use super::access::REGISTER_EXIT_CODES;
use clap::Subcommand;
use std::path::PathBuf;
use yinxin_hsm::KeyReference;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum FerryCommand {
    /// Make the next file for networks without a line to ours
    #[command(after_help = "\
Example:
  yinxin ferry export --out ferry
The file has our trust list, our revocation lists, how every licence and seal stands, signed, and what was issued. Its name is
its number. The other side takes the files in order (docs/ferry-format.md).")]
    Export {
        /// Folder of the files; made where it is not there
        #[arg(long, value_name = "FOLDER")]
        out: PathBuf,
        /// Which key signs, as of the trust list [default: the only one of purpose trust-list]
        #[arg(long, value_name = "REFERENCE")]
        key: Option<KeyReference>,
    },
    /// Take files of an operator whose key is pinned here, in their order
    #[command(after_help = format!("\
Example:
  yinxin ferry import ferry/000001.ferry ferry/000002.ferry
A file that was taken before changes nothing. One that is not the next is refused, and what is missing is named. A trust
list in it is proposed: two people accept it.\n\n{REGISTER_EXIT_CODES}"))]
    Import {
        /// The files
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Let another file than number 1 be the first, where nothing of its operator was taken yet
        #[arg(long)]
        begin: bool,
    },
    /// List what was taken: operator, number, when it was made, how many registrations are known
    #[command(after_help = "Example:\n  yinxin ferry list")]
    List,
    /// Show what files told of a licence number
    #[command(after_help = "Example:\n  yinxin ferry find JY13412000000001")]
    Find {
        /// 证照编号
        number: String,
    },
}
