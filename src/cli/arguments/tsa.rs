//! Arguments of `yinxin tsa`.

use super::access::REGISTER_EXIT_CODES;
use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum TsaCommand {
    /// Make key and certificate of a time stamp authority, issued by our own root
    #[command(after_help = "\
Example:
  yinxin tsa make --organisation 演示市数据局
Writes time-stamper.chain into the folder of [authority], adds the root to its anchors for time stamps, and prints what the
configuration then wants. For tests and small localities: with a licensed authority, ask for the certificate as
docs/time-stamps.md shows.")]
    Make {
        /// Who runs it
        #[arg(long, value_name = "NAME")]
        organisation: String,
        /// What it is called
        #[arg(long, value_name = "NAME", default_value = "时间戳服务")]
        name: String,
        /// The policy under which it gives time stamps: an object identifier of your own
        #[arg(long, value_name = "OID")]
        policy: String,
    },
    /// Say what was given and refused, day by day
    #[command(after_help = format!("Example:\n  yinxin tsa days\n\n{REGISTER_EXIT_CODES}"))]
    Days,
}
