//! Arguments of `yinxin ocsp`.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum OcspCommand {
    /// Make keys and certificates of those who answer for root, authority of stampers and authority of seal makers
    #[command(after_help = "\
Example:
  yinxin ocsp make --organisation 演示市数据局
The service answers at /ocsp from its next start on. The certificates last a year; made anew they take the place of the
old ones.")]
    Make {
        /// Who answers
        #[arg(long, value_name = "NAME")]
        organisation: String,
        /// What it is called
        #[arg(long, value_name = "NAME", default_value = "证书状态应答")]
        name: String,
    },
}
