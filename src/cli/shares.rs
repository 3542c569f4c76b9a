//! Shares of a backup, as they go to their holders and come back.

use super::register::{Stop, secret_line};
use crate::flow::ceremony::write_new;
use std::{
    fs,
    io::{self, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
};
use yinxin_hsm::split::Share;
use zeroize::Zeroizing;

/// Longest file of a share, octets.
const LONGEST: u64 = 1024;

/// Writes a share into a folder, else shows it on the terminal until its holder has taken it down.
pub(super) fn hand_over(folder: Option<&Path>, holder: &str, share: &Share) -> io::Result<()> {
    let text = share.to_text();
    if let Some(folder) = folder {
        let line = Zeroizing::new(format!("{}\n", text.as_str()));
        return write_new(&folder.join(format!("share-{holder}.txt")), line.as_bytes());
    }
    let mut out = io::stdout().lock();
    if !out.is_terminal() {
        return Err(io::Error::other("shares are shown on a terminal only; or name a folder with --shares-to"));
    }
    write!(out, "share for {holder}, for nobody else's eyes:\n\n  {}\n\nEnter when it is taken down ", text.as_str())?;
    out.flush()?;
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    // screen and the lines that were scrolled away
    write!(out, "\x1b[H\x1b[2J\x1b[3J")?;
    out.flush()
}

/// Reads shares from files, else as many as are needed from standard input.
pub(super) fn read(files: &[PathBuf], needed: usize) -> Result<Vec<Share>, Stop> {
    let mut shares = Vec::new();
    for path in files {
        let failed = |error: io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
        if fs::metadata(path).map_err(failed)?.len() > LONGEST {
            return Err(Stop::usage(format_args!("{}: longer than a share", path.display())));
        }
        let text = Zeroizing::new(fs::read_to_string(path).map_err(failed)?);
        shares.push(Share::read(text.trim(), shares.len() + 1).map_err(Stop::usage)?);
    }
    while files.is_empty() && shares.len() < needed {
        let place = shares.len() + 1;
        let text = secret_line(&format!("share {place} of {needed}: "))?;
        shares.push(Share::read(text.trim(), place).map_err(Stop::usage)?);
    }
    Ok(shares)
}
