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

/// Whether so many shares can be handed over: their files are not there yet, or there is a terminal.
pub(super) fn are_ready(folder: Option<&Path>, count: usize) -> io::Result<()> {
    match folder {
        Some(folder) if !folder.is_dir() => Err(io::Error::other(format!("{}: is no folder", folder.display()))),
        Some(folder) => (1..=count).map(|index| file_of(folder, &index.to_string())).try_for_each(|path| {
            let there = format!("{}: is there already", path.display());
            if path.exists() { Err(io::Error::other(there)) } else { Ok(()) }
        }),
        None if io::stdout().is_terminal() && io::stdin().is_terminal() => Ok(()),
        None => Err(io::Error::other("shares are shown on a terminal only; or name a folder with --shares-to")),
    }
}

fn file_of(folder: &Path, holder: &str) -> PathBuf {
    folder.join(format!("share-{holder}.txt"))
}

/// Writes a share into a folder, else shows it on the terminal until its holder has taken it down.
pub(super) fn hand_over(folder: Option<&Path>, holder: &str, share: &Share) -> io::Result<()> {
    let text = share.to_text();
    if let Some(folder) = folder {
        let line = Zeroizing::new(format!("{}\n", text.as_str()));
        return write_new(&file_of(folder, holder), line.as_bytes());
    }
    are_ready(None, 1)?;
    let mut out = io::stdout().lock();
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
