//! The `yinxin` program: see [`yinxin::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    yinxin::cli::main()
}
