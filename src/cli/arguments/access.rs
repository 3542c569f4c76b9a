//! Arguments of `yinxin body`, `person`, `holder` and `token`.

use crate::flow::access::{Role, Scope};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use yinxin_trust::{
    base::Day,
    licence::codes::{CreditCode, RegionCode},
};

pub(super) const REGISTER_EXIT_CODES: &str = "\
Exit codes:
   0  done
  64  usage or configuration
  69  the register is not there, not migrated, or does not answer
  70  internal
  73  refused: no such thing, or in conflict with what is there";

const BODY_EXAMPLE: &str = "\
Example:
  yinxin body create --name 演示市数据局 --credit-code 11990000MB0000019F --region 340100";

const PERSON_EXAMPLE: &str = "\
Example:
  yinxin person create wang.wu --name 王五 --role officer --role clerk --password-file password
The password is never an argument: without --password-file it is read from standard input.";

const HOLDER_EXAMPLE: &str = "\
Examples:
  yinxin holder create li.guo --name 李国 --code-kind 111 --code 11010519491231002X --password-file password
  yinxin holder create noodles --name 小满面馆 --code-kind 001 --code 92330100MA0000015R --password-file password
The kind of the code is that of the licences: 001 unified social credit code, 111 citizen number, 414 passport.
One account for each holder. The password is never an argument: without --password-file it is read from
standard input. Make sure who it is before you hand it over.";

const TOKEN_EXAMPLE: &str = "\
Example:
  yinxin token create --name 审批系统 --scope issue --scope standing --days 365
The token is shown this once; only its digest is kept.";

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BodyCommand {
    /// Enter a body; prints its id
    #[command(after_help = format!("{BODY_EXAMPLE}\n\n{REGISTER_EXIT_CODES}"))]
    Create {
        #[command(flatten)]
        naming: BodyNaming,
        /// The body above it
        #[arg(long, value_name = "ID")]
        parent: Option<String>,
    },
    /// List bodies: id, credit code, region, name of today
    #[command(after_help = "Example:\n  yinxin body list")]
    List,
    /// Give a body another name from a day on
    #[command(after_help = "Example:\n  yinxin body rename ID --name 演示市数据资源管理局 \
        --credit-code 11990000MB0000019F --region 340100 --from 2027-01-01")]
    Rename {
        /// Which body
        id: String,
        #[command(flatten)]
        naming: BodyNaming,
    },
    /// Say that another body takes over from a day on
    #[command(after_help = "Example:\n  yinxin body succeed ID SUCCESSOR --from 2027-01-01")]
    Succeed {
        /// The body that was
        id: String,
        /// The body that takes over
        successor: String,
        /// The first day [default: today in Beijing]
        #[arg(long, value_name = "YYYY-MM-DD", value_parser = Day::parse)]
        from: Option<Day>,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct BodyNaming {
    /// Its name
    #[arg(long)]
    pub(in crate::cli) name: String,
    /// Its unified social credit code
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) credit_code: CreditCode,
    /// Its region, six digits
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) region: RegionCode,
    /// The first day of the name [default: today in Beijing]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Day::parse)]
    pub(in crate::cli) from: Option<Day>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum PersonCommand {
    /// Enter a person; prints their id
    #[command(after_help = format!("{PERSON_EXAMPLE}\n\n{REGISTER_EXIT_CODES}"))]
    Create(PersonCreate),
    /// List people: id, state, login, roles, name
    #[command(after_help = "Example:\n  yinxin person list")]
    List {
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// Disable a person: they sign in no more, their sessions end
    #[command(after_help = "Example:\n  yinxin person disable wang.wu")]
    Disable {
        /// Whom
        login: String,
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// Take a person's second factor away, who lost the app; their sessions end
    #[command(after_help = "Example:\n  yinxin person remove-second-factor wang.wu")]
    RemoveSecondFactor {
        /// Whose
        login: String,
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// Give a person another password; their sessions end
    #[command(after_help = "Example:\n  yinxin person password wang.wu --password-file password")]
    Password {
        /// Whom
        login: String,
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
        /// File with the password, one line, readable by you alone [default: standard input]
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct PersonCreate {
    /// What they sign in with: 2 to 64 of a-z, 0-9, dot, underscore, hyphen
    pub(in crate::cli) login: String,
    /// What they are called
    #[arg(long)]
    pub(in crate::cli) name: String,
    /// What they are; may be given several times
    #[arg(long, value_name = "ROLE")]
    pub(in crate::cli) role: Vec<Role>,
    /// Of which body [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) body: Option<String>,
    /// File with the password, one line, readable by you alone [default: standard input]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) password_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum HolderCommand {
    /// Enter an account of a citizen or an organisation; prints its id
    #[command(after_help = format!("{HOLDER_EXAMPLE}\n\n{REGISTER_EXIT_CODES}"))]
    Create(HolderCreate),
    /// List accounts: id, state, login, kind of code, its last characters, name
    #[command(after_help = "Example:\n  yinxin holder list")]
    List,
    /// Disable an account: nobody signs in with it, its sessions and codes end
    #[command(after_help = "Example:\n  yinxin holder disable li.guo")]
    Disable {
        /// Which
        login: String,
    },
    /// Take an account's second factor away, whose holder lost the app; its sessions end
    #[command(after_help = "Example:\n  yinxin holder remove-second-factor li.guo")]
    RemoveSecondFactor {
        /// Whose
        login: String,
    },
    /// Give an account another password; its sessions end
    #[command(after_help = "Example:\n  yinxin holder password li.guo --password-file password")]
    Password {
        /// Which
        login: String,
        /// File with the password, one line, readable by you alone [default: standard input]
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct HolderCreate {
    /// What they sign in with: 2 to 64 of a-z, 0-9, dot, underscore, hyphen
    pub(in crate::cli) login: String,
    /// What they are called
    #[arg(long)]
    pub(in crate::cli) name: String,
    /// Kind of the code by which licences record them, three digits
    #[arg(long, value_name = "KIND")]
    pub(in crate::cli) code_kind: String,
    /// The code, as licences record it
    #[arg(long, value_name = "CODE")]
    pub(in crate::cli) code: String,
    /// File with the password, one line, readable by you alone [default: standard input]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) password_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum TokenCommand {
    /// Make a token; prints its id, the token and when it ends
    #[command(after_help = format!("{TOKEN_EXAMPLE}\n\n{REGISTER_EXIT_CODES}"))]
    Create(TokenCreate),
    /// List tokens: id, state, scopes, end, name
    #[command(after_help = "Example:\n  yinxin token list")]
    List {
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
    /// End a token at once
    #[command(after_help = "Example:\n  yinxin token revoke ID")]
    Revoke {
        /// Which
        id: String,
        /// Of which body [default: the only one]
        #[arg(long, value_name = "ID")]
        body: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(in crate::cli) struct TokenCreate {
    /// What people call it
    #[arg(long)]
    pub(in crate::cli) name: String,
    /// What it is for: issue, act, read, standing, redeem; may be given several times
    #[arg(long, value_name = "SCOPE", required = true)]
    pub(in crate::cli) scope: Vec<Scope>,
    /// It ends after so many days, 1 to 1100
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u32).range(1..=1100))]
    pub(in crate::cli) days: u32,
    /// For which body [default: the only one]
    #[arg(long, value_name = "ID")]
    pub(in crate::cli) body: Option<String>,
}
