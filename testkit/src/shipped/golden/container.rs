//! Archives: what is no offence, and what is refused by name.

use super::{REFUSED, Set, Stage, VALID, invalid};
use crate::{
    damage::replace,
    zip::{Archive, Entry, Method},
};

const PAGE: &str = "Doc_0/Pages/Page_0/Content.xml";
const OTHER_PAGE: &[u8] = b"<ofd:Page xmlns:ofd=\"http://www.ofdspec.org/2016\"/>";

pub(super) fn add(stage: &Stage, set: &mut Set) {
    let sound = || stage.sound().to_archive();
    no_offence(&sound, set);
    entries(&sound, set);
    unreadable(stage, set);
}

fn no_offence(sound: &dyn Fn() -> Archive, set: &mut Set) {
    let mut put = |name, what, archive: Archive| set.put(name, what, VALID, archive.to_bytes());
    put("zip-stored.ofd", "entries are stored", each(sound(), |entry| entry.method = Method::Stored));
    put("zip-descriptors.ofd", "sizes stand in data descriptors", each(sound(), |entry| entry.descriptor = true));
    let zip64 = each(sound(), |entry| entry.zip64 = true);
    put("zip-zip64.ofd", "sizes stand in zip64 fields", Archive { zip64: true, ..zip64 });
    let mut archive = Archive { comment: "注释 comment".as_bytes().to_vec(), ..sound() };
    archive.entries.insert(0, Entry::directory("Doc_0/"));
    put("zip-comment-directory.ofd", "an archive comment and a directory entry", archive);
}

fn entries(sound: &dyn Fn() -> Archive, set: &mut Set) {
    let mut put = |name, what, archive: Archive| set.put(name, what, invalid("package.entries"), archive.to_bytes());
    let with = |entry: Entry| {
        let mut archive = sound();
        archive.entries.push(entry);
        archive
    };
    let plain = |name: &str| Entry::new(name, OTHER_PAGE.to_vec(), Method::Deflated);
    put("zip-duplicate.ofd", "the page twice, the sound one first", with(plain(PAGE)));
    put("zip-case-twin.ofd", "two names that differ in case only", with(plain("doc_0/pages/page_0/CONTENT.xml")));
    put("zip-climbs.ofd", "a name that climbs out", with(plain("../outside.xml")));
    put("zip-absolute.ofd", "an absolute name", with(plain("/Doc_0/Res/a.xml")));
    put("zip-backslash.ofd", "a name with a backslash", with(plain("Doc_0\\Res\\a.xml")));
    put("zip-symlink.ofd", "a symbolic link", with(Entry::symlink("Doc_0/Res/link", "../../OFD.xml")));
    let hidden = Entry { listed: false, ..plain("Doc_0/Res/hidden.xml") };
    put("zip-unlisted.ofd", "a local entry that the central directory does not list", with(hidden));
    let page = |change: fn(&mut Entry)| {
        let mut archive = sound();
        let page = archive.entries.iter_mut().find(|entry| entry.name == PAGE.as_bytes());
        change(page.expect("every document has a page"));
        archive
    };
    put("zip-local-name.ofd", "local header with another name", page(|page| page.local_name = Some(b"other".to_vec())));
    put("zip-local-crc.ofd", "local header with another CRC", page(|page| page.local_crc = Some(1)));
    put("zip-local-size.ofd", "local header with another size", page(|page| page.local_size = Some(1)));
    put("zip-local-method.ofd", "local header with another method", page(|page| page.local_method = Some(0)));
    put("zip-overlap.ofd", "one entry lies inside another", overlapping(sound()));
}

/// A stored entry whose content holds the local record of a second one.
fn overlapping(mut archive: Archive) -> Archive {
    let inner = Entry::new("Doc_0/Res/inner.xml", OTHER_PAGE.to_vec(), Method::Stored);
    let outer = Entry::new("Doc_0/Res/outer.bin", inner.local_record(), Method::Stored);
    let before: usize = archive.entries.iter().map(|entry| entry.local_record().len()).sum();
    let header = 30 + outer.name.len();
    archive.entries.push(outer);
    archive.entries.push(Entry { points_at: Some((before + header) as u32), ..inner });
    archive
}

fn unreadable(stage: &Stage, set: &mut Set) {
    let due = invalid("package.readable");
    let whole = stage.sound().to_bytes();
    set.put("zip-truncated.ofd", "the end of the directory is cut off", due, whole[..whole.len() - 40].to_vec());
    let mut package = stage.sound();
    package.edit("OFD.xml", |file| replace(file, b"?>\n", b"?>\n<!DOCTYPE x [<!ENTITY y \"z\">]>\n"));
    set.put("xml-doctype.ofd", "OFD.xml declares a DTD", REFUSED, package.to_bytes());
    let mut archive = stage.sound().to_archive();
    let page = archive.entries.iter_mut().find(|entry| entry.name == PAGE.as_bytes());
    page.expect("every document has a page").crc = Some(0);
    set.put("zip-crc.ofd", "the page's CRC is wrong in both headers", REFUSED, archive.to_bytes());
}

fn each(mut archive: Archive, change: impl Fn(&mut Entry)) -> Archive {
    archive.entries.iter_mut().for_each(change);
    archive
}
