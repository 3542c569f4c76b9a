//! The file: entries that stay as they lie, the others written anew, one directory.

use super::{AppendFault, Foreign};
use crate::ofd::write::{DosTime, Part, zip};
use std::collections::BTreeMap;

/// Entries at most: one more would need ZIP64.
const MOST_ENTRIES: usize = u16::MAX as usize - 1;

pub(super) fn write(
    foreign: &Foreign<'_>,
    changed: &BTreeMap<String, Part>,
    added: &[(String, Part)],
    time: DosTime,
) -> Result<Vec<u8>, AppendFault> {
    let raw = &foreign.raw.0;
    if raw.len() + added.len() > MOST_ENTRIES {
        return Err(AppendFault::TooLarge);
    }
    let kept: u64 = raw.iter().map(|entry| entry.span_bytes() + entry.header_bytes() as u64).sum();
    let mut out = Vec::with_capacity(usize::try_from(kept).map_err(|_| AppendFault::TooLarge)?);
    let mut directory = Vec::new();
    let offset = |out: &Vec<u8>| u32::try_from(out.len()).map_err(|_| AppendFault::TooLarge);
    for entry in raw {
        let at = offset(&out)?;
        match changed.get(&entry.name) {
            Some(part) => zip::entry(&entry.name, part, time, &mut out, &mut directory)?,
            None => {
                directory.extend(entry.header_at(at).ok_or(AppendFault::TooLarge)?);
                entry.copy_to(foreign.source, &mut out)?;
            }
        }
    }
    for (name, part) in added {
        zip::entry(name, part, time, &mut out, &mut directory)?;
    }
    zip::end(raw.len() + added.len(), &directory, &mut out)?;
    Ok(out)
}
