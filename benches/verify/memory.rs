//! Peak memory of verifying a large document, in a process of its own.

use super::machine;
use std::{
    fs,
    os::unix::fs::FileExt as _,
    path::PathBuf,
    process::{Command, ExitCode},
};
use yinxin_testkit::{
    moment,
    ofd::{Document, Plan},
    pki::{Period, Pki},
    seal::{Seal, Stamp, Version},
    zip::noise,
};
use yinxin_trust::{
    anchor::Anchors,
    base::{Source, SourceError},
    verify::{Evidence, Policy, check},
};

/// Of the document.
const DOCUMENT_BYTES: usize = 100_000_000;
/// What verifying it may add to the process, at its peak.
const ALLOWED_KIB: u64 = 64 * 1024;

/// Makes the document, verifies it in a fresh process and holds the peak to the limit.
pub(crate) fn measure() -> ExitCode {
    let file = Scratch::new();
    let length = write_document(&file.0);
    let output = Command::new(std::env::current_exe().unwrap()).arg("memory-of").arg(&file.0).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let [before, after, verdict] = text.split_whitespace().collect::<Vec<_>>()[..] else {
        unreachable!("the child printed {text}")
    };
    let (before, after): (u64, u64) = (before.parse().unwrap(), after.parse().unwrap());
    let added = after.saturating_sub(before);
    println!("`cargo bench --bench verify -- memory`, on {}\n", machine::describe());
    println!("| document | verdict | peak before | peak after | added | allowed |");
    println!("|---|---|---|---|---|---|");
    println!("| OFD, {length} bytes | {verdict} | {before} KiB | {after} KiB | {added} KiB | {ALLOWED_KIB} KiB |");
    if verdict == "Intact" && added <= ALLOWED_KIB {
        return ExitCode::SUCCESS;
    }
    eprintln!("memory: over the limit, or not verified");
    ExitCode::FAILURE
}

/// Verifies `file` reading it where needed; prints peak before, peak after and verdict.
pub(crate) fn child(file: &str) -> ExitCode {
    let source = FileSource::open(file);
    let before = peak_kib();
    let at = moment("2026-06-01T02:00:00Z");
    let report = check(&source, &Anchors::not_asked(), &Evidence::default(), &Policy::default(), at).unwrap();
    println!("{before} {} {:?}", peak_kib(), report.verdict);
    ExitCode::SUCCESS
}

/// A stamped document with a large attachment that is covered; gives its length.
fn write_document(file: &PathBuf) -> usize {
    let pki = Pki::new("bench", "演示机关", Period::years(2024, 2035));
    let stamp =
        Stamp::new(Version::V4, Seal::of(Version::V4, &pki).make(), &pki.stamper, moment("2026-06-01T02:00:00Z"));
    let mut package = Document::titled("一份大文件").package();
    let name = "Doc_0/Attachs/large.bin";
    package.set(name, noise(DOCUMENT_BYTES, 1));
    package.stored.push(name.to_owned());
    package.stamp(&Plan::at(stamp.at), &stamp);
    let octets = package.to_bytes();
    fs::write(file, &octets).unwrap();
    octets.len()
}

/// VmHWM: the most physical memory this process has held, in KiB.
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

struct FileSource(fs::File, u64);

impl FileSource {
    fn open(file: &str) -> Self {
        let file = fs::File::open(file).unwrap();
        let length = file.metadata().unwrap().len();
        Self(file, length)
    }
}

impl Source for FileSource {
    fn len(&self) -> u64 {
        self.1
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<(), SourceError> {
        self.0.read_exact_at(buffer, offset).map_err(|error| SourceError(error.to_string()))
    }
}

/// A file that is gone when this is.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("yinxin-bench-{}.ofd", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
