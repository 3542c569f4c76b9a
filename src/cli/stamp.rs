//! `yinxin stamp`: documents made elsewhere, here or at home.

use super::{
    Exit,
    arguments::Stamp,
    installation,
    register::{Stop, body, ended, now, say},
};
use crate::{
    config,
    flow::{
        access::{Permit, may},
        stamps::{self, HomePlan, SealToPlanWith, StampMade, StampOrder},
    },
    random,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::de::DeserializeOwned;
use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};
use yinxin_face::Fonts;

/// Largest plan, answer or seal, octets.
const SMALL_BYTES: u64 = 16 << 20;

pub(super) fn run(command: &Stamp, config: Option<&Path>) -> Exit {
    ended((|| {
        let most = config::find(config).map_err(Stop::usage)?.serve.upload_limit_bytes as u64;
        let document = read(&command.file, most)?;
        match (&command.prepare, &command.finish, &command.answer) {
            (Some(plan), ..) => prepare(command, &document, plan),
            (None, Some(plan), Some(answer)) => finish(command, &document, plan, answer),
            _ => stamp(command, &document, config),
        }
    })())
}

fn stamp(command: &Stamp, document: &[u8], config: Option<&Path>) -> Result<(), Stop> {
    let opened = installation::open(config)?;
    let permit: Permit<may::StampDocuments> = Permit::of_operator(body(&opened.issuer.store, command.body.as_deref())?);
    let key = match &command.idempotency_key {
        Some(key) => key.clone(),
        None => random::id()?,
    };
    let order = StampOrder {
        seal: seal(command)?.to_owned(),
        places: command.places.clone(),
        accept_uncovered: command.accept_uncovered,
        key,
    };
    let stamped = stamps::stamp(&opened.issuer, &permit, &order, document, &|_| ())?;
    write(command.out.as_ref(), &stamped.octets)?;
    say(format_args!("stamp\t{}", stamped.made.id))?;
    say(format_args!("signature\t{}", stamped.signature))?;
    for place in &stamped.placements {
        let at = place.boundary;
        say(format_args!(
            "place\tpage {}\t{:.1} {:.1}\t{:.1} x {:.1} mm",
            place.page, at.x, at.y, at.width, at.height
        ))?;
    }
    for name in &stamped.uncovered_before {
        say(format_args!("not covered before\t{name}"))?;
    }
    Ok(())
}

fn prepare(command: &Stamp, document: &[u8], plan: &Path) -> Result<(), Stop> {
    let path = command.seal_file.as_ref().ok_or_else(|| Stop::usage("say with which seal: --seal-file"))?;
    let octets = read(path, SMALL_BYTES)?;
    let der = match serde_json::from_slice::<SealToPlanWith>(&octets) {
        Ok(given) => STANDARD.decode(&given.seal).map_err(|_| Stop::usage("the seal is not base64"))?,
        Err(_) => octets,
    };
    let wanted = (seal(command)?, command.places.as_slice());
    let (made, request) =
        stamps::prepare_at_home(document, &der, wanted, command.accept_uncovered, &Fonts::shipped(), now()?)?;
    write(Some(&plan.to_owned()), &json(&made)?)?;
    say(String::from_utf8_lossy(&json(&request)?))
}

fn finish(command: &Stamp, document: &[u8], plan: &Path, answer: &Path) -> Result<(), Stop> {
    let (plan, answer): (HomePlan, StampMade) = (parsed(plan)?, parsed(answer)?);
    let octets = stamps::finish_at_home(document, &plan, &answer, &Fonts::shipped())?;
    write(command.out.as_ref(), &octets)?;
    say(format_args!("stamp\t{}", answer.id))
}

fn seal(command: &Stamp) -> Result<&str, Stop> {
    command.seal.as_deref().ok_or_else(|| Stop::usage("say with which seal: --seal"))
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, Stop> {
    serde_json::to_vec(value).map_err(|error| Stop::internal(&error.to_string()))
}

fn parsed<T: DeserializeOwned>(path: &Path) -> Result<T, Stop> {
    serde_json::from_slice(&read(path, SMALL_BYTES)?)
        .map_err(|error| Stop::usage(format_args!("{}: {error}", path.display())))
}

/// A file of at most so many octets.
fn read(path: &Path, most: u64) -> Result<Vec<u8>, Stop> {
    let failed = |error: std::io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    let mut octets = Vec::new();
    fs::File::open(path).map_err(failed)?.take(most + 1).read_to_end(&mut octets).map_err(failed)?;
    if octets.len() as u64 > most {
        return Err(Stop::usage(format_args!("{}: larger than {most} octets", path.display())));
    }
    Ok(octets)
}

fn write(path: Option<&PathBuf>, octets: &[u8]) -> Result<(), Stop> {
    let path = path.ok_or_else(|| Stop::usage("say where it goes: --out"))?;
    fs::write(path, octets).map_err(|error| Stop::unreadable(format!("{}: {error}", path.display())))
}
