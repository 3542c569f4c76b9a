//! Fills the corpus folders of the fuzz targets from the files of this
//! repository and from the given corpora: whole files for `verify`,
//! `ofd_package` and `view`, what stands inside them for the targets that read DER, and the
//! vectors of `docs/code-format.md` for `code`.
//!
//! `cargo run --release --example fuzz-seeds -- fuzz/corpus`, as fuzz/run.sh does.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::ExitCode,
};
use yinxin_testkit::drawn::seldom;
use yinxin_trust::{
    base::Limits,
    disclosure::{DigestList, Disclosed, Disclosure, Field, FieldForm},
    ofd::Package,
    seal::Stamp,
    sm::sm3,
    tsp::{Failure, Imprint, TimeStampRequest, granted, refused},
    x509::{
        Certificate,
        ocsp::{CertificateId, IdDigest, OcspRequest},
    },
};

/// Larger files would only slow the fuzzers down.
const LARGEST: u64 = 256 * 1024;

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for the command line")]
fn main() -> ExitCode {
    let Some(corpus) = env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: fuzz-seeds CORPUS");
        return ExitCode::from(64);
    };
    match fill(&corpus) {
        Ok(0) => {
            eprintln!("fuzz-seeds: found no seeds");
            ExitCode::FAILURE
        }
        Ok(count) => {
            println!("fuzz-seeds: {count} seeds found");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("fuzz-seeds: {error}");
            ExitCode::FAILURE
        }
    }
}

fn fill(corpus: &Path) -> io::Result<usize> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = env::var_os("YINXIN_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let mut seeds = Seeds { corpus: corpus.to_owned(), count: 0 };
    let mut open =
        vec![root.join("tests/golden"), root.join("examples"), shared.join("corpus"), shared.join("vectors")];
    while let Some(place) = open.pop() {
        let Ok(entries) = fs::read_dir(&place) else { continue };
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                open.push(path);
            } else if path.metadata()?.len() <= LARGEST {
                seeds.file(&path)?;
            }
        }
    }
    // what no file of the corpora has
    seeds.add("view", &seldom())?;
    seeds.requests()?;
    seeds.questions(&shared.join("vectors/pki-objects"))?;
    seeds.codes(&fs::read_to_string(root.join("docs/code-format.md"))?)?;
    Ok(seeds.count)
}

struct Seeds {
    corpus: PathBuf,
    count: usize,
}

impl Seeds {
    fn file(&mut self, path: &Path) -> io::Result<()> {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let octets = || fs::read(path);
        match extension {
            "ofd" => {
                let octets = octets()?;
                self.add("ofd_package", &octets)?;
                self.add("append", &octets)?;
                self.add("verify", &octets)?;
                self.add("view", &octets)?;
                self.inside(&octets)
            }
            "esl" | "sel" => {
                let octets = octets()?;
                self.add("verify", &octets)?;
                self.add("der_seal", &octets)
            }
            "dat" => self.value(&octets()?),
            "pem" | "crl" => self.add("revocation_list", &octets()?),
            "cer" | "crt" => self.add("certificate", &octets()?),
            "der" | "p7b" | "p7s" => {
                let octets = octets()?;
                self.add("ocsp", &octets)?;
                self.add("signed_data", &octets)
            }
            "tst" => {
                let octets = octets()?;
                self.add("time_stamp", &octets)?;
                self.add("time_stamp", &granted(&octets))?;
                self.add("signed_data", &octets)
            }
            _ => Ok(()),
        }
    }

    /// Requests about time stamps, which no file has.
    fn requests(&mut self) -> io::Result<()> {
        for imprint in [Imprint::sm3(b"x"), Imprint::sha256(b"x")] {
            self.add("time_stamp", &TimeStampRequest::new(imprint, None, &[1; 8]).to_der())?;
        }
        self.add("time_stamp", &refused(Failure::TimeNotAvailable, "no"))
    }

    /// Requests about the certificates of the vectors, which no file has.
    fn questions(&mut self, folder: &Path) -> io::Result<()> {
        let read = |name: &str| Certificate::from_der(&fs::read(folder.join(name)).ok()?).ok();
        let Some((issuer, certificate)) = read("ca.cer").zip(read("signer.cer")) else { return Ok(()) };
        for digest in [IdDigest::Sha1, IdDigest::Sha256, IdDigest::Sm3] {
            let id = CertificateId::of(digest, &certificate, &issuer);
            self.add("ocsp", &OcspRequest::new(vec![id], Some(&[1; 32])).to_der())?;
        }
        Ok(())
    }

    /// The vectors of the document: texts as they are scanned, octets in hexadecimal.
    fn codes(&mut self, document: &str) -> io::Result<()> {
        for line in document.lines() {
            if line.starts_with("HTTPS://") {
                self.add("code", line.as_bytes())?;
            } else if let Some(octets) = hex::decode(line).ok().filter(|octets| octets.len() > 50) {
                self.add("code", &octets)?;
            }
        }
        Ok(())
    }

    /// A disclosure with the first signature of a package, whose fields are in a list of their own.
    fn disclosure(&mut self, package: &Package<'_>) -> io::Result<()> {
        let of = |end: &str| package.names().find(|name| name.ends_with(end)).and_then(|name| package.read(name).ok());
        let Some((signature, value)) = of("/Signature.xml").zip(of("/SignedValue.dat")) else { return Ok(()) };
        let fields = ["ZZLXMC", "ZZLXDM", "ZZBFJG", "ZZBFJGDM", "ZZBS"].map(|name| Disclosed {
            field: Field {
                name: name.to_owned(),
                title: "title".to_owned(),
                form: FieldForm::Whole,
                value: "value".to_owned(),
            },
            salt: [7; 16],
        });
        let Ok(list) = DigestList::new(fields.iter().map(|one| one.field.digest(&one.salt))) else { return Ok(()) };
        let (signature, value) = (signature.to_vec(), value.to_vec());
        let made = Disclosure { digests: list.to_text(), signature, value, fields: fields.into() };
        made.to_file().map_or(Ok(()), |file| self.add("disclosure", &file))
    }

    /// Seals and values of a package that can be read.
    fn inside(&mut self, octets: &[u8]) -> io::Result<()> {
        let Ok(package) = Package::open(&octets, &Limits::default()) else { return Ok(()) };
        self.disclosure(&package)?;
        let names: Vec<String> = package.names().map(str::to_owned).collect();
        for name in names {
            let Ok(content) = package.read(&name) else { continue };
            match Path::new(&name).extension().and_then(|extension| extension.to_str()) {
                Some("esl") => self.add("der_seal", &content)?,
                Some("dat") => self.value(&content)?,
                _ => {}
            }
        }
        Ok(())
    }

    /// A stamp, or signed data, and what is inside a stamp.
    fn value(&mut self, octets: &[u8]) -> io::Result<()> {
        self.add("der_stamp", octets)?;
        self.add("signed_data", octets)?;
        self.add("verify", octets)?;
        if let Ok(stamp) = Stamp::parse(octets) {
            self.add("der_seal", stamp.seal.raw)?;
            self.add("certificate", stamp.certificate)?;
            self.add("certificate", stamp.seal.maker)?;
            if let Some(token) = stamp.time_stamp {
                self.add("signed_data", token)?;
                self.add("time_stamp", token)?;
            }
        }
        Ok(())
    }

    /// One seed under the name of its digest, so that none stands twice.
    fn add(&mut self, target: &str, octets: &[u8]) -> io::Result<()> {
        let folder = self.corpus.join(target);
        fs::create_dir_all(&folder)?;
        let name: String = sm3::digest(octets).iter().take(16).map(|octet| format!("{octet:02x}")).collect();
        let path = folder.join(name);
        self.count += 1;
        if !path.exists() {
            fs::write(path, octets)?;
        }
        Ok(())
    }
}
