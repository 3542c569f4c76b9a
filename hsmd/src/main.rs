//! `hsmd --config FILE` runs the daemon; `hsmd audit FILE [NUMBER:DIGEST]` verifies and shows an audit.

use std::{
    env,
    error::Error,
    ffi::OsString,
    fs::File,
    io::{self, BufReader, Write as _},
    path::Path,
    process::ExitCode,
};
use yinxin_hsm::remote::wire::AuditHead;
use yinxin_hsmd::{audit, clock::SystemClock, config::Config, desk::Desk, door::Door, server::Server};

const USAGE: &str = "usage: hsmd --config FILE | hsmd audit FILE [NUMBER:DIGEST]";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let words: Vec<Option<&str>> = arguments.iter().map(|word| word.to_str()).collect();
    let done = match (words.as_slice(), arguments.get(1)) {
        ([Some("--config"), _], Some(path)) => run(Path::new(path)),
        ([Some("audit"), _], Some(path)) => show(Path::new(path), None),
        ([Some("audit"), _, Some(known)], Some(path)) => show(Path::new(path), Some(known)),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "hsmd: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &Path) -> Result<(), Box<dyn Error>> {
    let config = Config::read(path)?;
    let keys = config.keys.create()?.keys();
    let clock = Box::new(SystemClock);
    let desk = Desk::open(keys, config.policy, config.site, &config.audit, config.durable_audit, clock)?;
    let door = config.tls.as_ref().map(|tls| Door::open(tls, Box::new(SystemClock))).transpose()?;
    let address = door.as_ref().map(Door::address).transpose()?;
    let server = Server::start_with(desk, &config.socket, door, config.most_connections)?;
    let beside = address.map(|address| format!(" and, with TLS, at {address}")).unwrap_or_default();
    writeln!(io::stderr(), "hsmd: listening at {}{beside}", config.socket.display())?;
    server.serve();
    Ok(())
}

/// Shows each record on a line, and says whether they hang together.
fn show(path: &Path, known: Option<&str>) -> Result<(), Box<dyn Error>> {
    let known = known.map(head).transpose()?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut failed = None;
    let end = audit::read(&mut BufReader::new(File::open(path)?), known, |sequence, record| {
        let (event, key, text) = (record.event.word(), &record.key, record.text.escape_debug());
        let (input, mandate) = (hex::encode(record.input), hex::encode(record.mandate));
        let client = match &record.certified {
            None => format!("uid={} pid={}", record.uid, record.pid),
            Some(client) => format!("client={} sha256={}", client.name.escape_debug(), hex::encode(client.sha256)),
        };
        let line =
            writeln!(out, "{sequence} {} {event} {client} key={key} input={input} mandate={mandate} {text}", record.at);
        failed = failed.take().or(line.err());
    })?;
    failed.map_or(Ok(()), Err)?;
    writeln!(out, "sound up to record {}, {}", end.head.sequence, hex::encode(end.head.digest))?;
    if !end.torn.is_empty() {
        writeln!(out, "torn tail: {} octets of a record that was not written whole", end.torn.len())?;
    }
    out.flush()?;
    Ok(())
}

fn head(text: &str) -> Result<AuditHead, Box<dyn Error>> {
    let (sequence, digits) = text.split_once(':').ok_or(USAGE)?;
    let mut digest = [0; 32];
    hex::decode_to_slice(digits, &mut digest)?;
    Ok(AuditHead { sequence: sequence.parse()?, digest })
}
