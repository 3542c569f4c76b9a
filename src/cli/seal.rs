//! `yinxin seal`.

use super::{
    Exit,
    arguments::{SealCommand, SealMake},
    installation,
    register::{Stop, body, ended, now, say},
    seal_keeping as keeping,
};
use crate::flow::{
    access::{Permit, may},
    bodies, catalogue,
    issuer::Issuer,
    seal_lives::Keep,
    seal_making::{self, Look, MadeSeal, Parties, SealOrder},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use yinxin_face::Fonts;
use yinxin_trust::{
    base::{Day, Moment},
    seal::{
        Seal, SealVersion,
        make::{RoundSeal, SealFormat, SealPicture},
    },
    tsp::Token,
    verify::Verdict,
    x509::Chain,
};

pub(super) fn run(command: &SealCommand, config: Option<&Path>) -> Exit {
    ended(match command {
        SealCommand::Make(command) => make(command, config),
        SealCommand::Apply(command) => keeping::apply(command, None, config),
        SealCommand::Renew { seal, apply } => keeping::apply(apply, Some(seal), config),
        SealCommand::Decide(command) => keeping::decide(command, config),
        SealCommand::File { seal, from, body } => keeping::file(seal, *from, body.as_deref(), config),
        SealCommand::Suspend(command) => keeping::keep(Keep::Suspend, command, config),
        SealCommand::Resume(command) => keeping::keep(Keep::Resume, command, config),
        SealCommand::Cancel(command) => keeping::keep(Keep::Cancel, command, config),
        SealCommand::Invalidate(command) => keeping::keep(Keep::Invalidate, command, config),
        SealCommand::List { body } => keeping::list(body.as_deref(), config),
        SealCommand::History { seal, body } => keeping::history(seal, body.as_deref(), config),
        SealCommand::Grant(command) => keeping::grant(command, config),
        SealCommand::Grants { seal, body } => keeping::grants(seal, body.as_deref(), config),
        SealCommand::Revoke { grant, reason, body } => keeping::revoke(grant, reason, body.as_deref(), config),
        SealCommand::UseRule { seal, rule, body } => keeping::use_rule(seal, rule, body.as_deref(), config),
        SealCommand::Use { seal, types, from, body } => keeping::use_for(seal, types, *from, body.as_deref(), config),
        SealCommand::Ledger(command) => keeping::ledger(command, config),
        SealCommand::Show { file } => show(file),
        SealCommand::Verify { file } => verify(file, config),
    })
}

/// Longest file with a chain, octets.
const CHAIN_BYTES: u64 = 64 << 10;

fn make(command: &SealMake, config: Option<&Path>) -> Result<(), Stop> {
    let opened = installation::open(config)?;
    let body = body(&opened.issuer.store, command.body.as_deref())?;
    let now = now()?;
    let authority = opened.authority()?;
    let chain = |path: &Option<PathBuf>| path.as_deref().map(|path| chain(path, now)).transpose();
    let (stamper, maker) = (chain(&command.stamper_chain)?, chain(&command.maker_chain)?);
    let parties = Parties { authority: authority.as_ref(), stamper: stamper.as_ref(), maker: maker.as_ref() };
    let made = match (&command.application, &command.code) {
        (Some(application), _) => {
            let permit = Permit::of_operator(body);
            let what = (application.as_str(), command.format);
            seal_making::make_approved(&opened.issuer, parties, &Fonts::shipped(), &permit, what, now)?
        }
        (None, code) => {
            let picture = command.picture.as_deref().map(|path| picture(path, command.diameter)).transpose()?;
            let wanted = Wanted {
                code: code.as_deref().unwrap_or_default(),
                purpose: &command.purpose,
                diameter_mm: command.diameter,
                picture,
                types: &command.types,
                from: command.from,
                format: command.format,
            };
            make_for(&opened.issuer, parties, &body, wanted, now)?
        }
    };
    if let Some(out) = &command.out {
        fs::write(out, &made.der).map_err(|error| Stop::unreadable(format!("{}: {error}", out.display())))?;
    }
    say(format_args!("seal\t{}", made.id))
}

fn chain(path: &Path, now: Moment) -> Result<Chain, Stop> {
    let failed = |error: io::Error| Stop::unreadable(format!("{}: {error}", path.display()));
    if fs::metadata(path).map_err(failed)?.len() > CHAIN_BYTES {
        return Err(Stop::usage(format_args!("{}: longer than any chain", path.display())));
    }
    let text = fs::read(path).map_err(failed)?;
    Chain::from_pem(&text, now).map_err(|fault| Stop::refused(format!("{}: {fault}", path.display())))
}

/// What a seal shall be.
pub(super) struct Wanted<'a> {
    pub(super) code: &'a str,
    pub(super) purpose: &'a str,
    pub(super) diameter_mm: u32,
    pub(super) picture: Option<SealPicture>,
    pub(super) types: &'a [String],
    /// First day for these types; today where it is not given.
    pub(super) from: Option<Day>,
    pub(super) format: SealFormat,
}

/// Founds the first seal of a body and takes it into use.
pub(super) fn make_for(
    issuer: &Issuer,
    parties: Parties<'_>,
    body: &str,
    wanted: Wanted<'_>,
    now: Moment,
) -> Result<MadeSeal, Stop> {
    let today = Day::in_beijing_at(now).map_err(Stop::usage)?;
    let name = bodies::name_on(&issuer.store, body, today)?;
    let look = match wanted.picture {
        Some(picture) => Look::Picture(picture),
        None => Look::Round(RoundSeal {
            name: name.clone(),
            purpose: wanted.purpose.to_owned(),
            foot_code: wanted.code.to_owned(),
            diameter_mm: wanted.diameter_mm,
        }),
    };
    let order = SealOrder {
        name: format!("{name}{}", wanted.purpose),
        code: wanted.code.to_owned(),
        body_name: name,
        look,
        format: wanted.format,
    };
    let permit: Permit<may::ManageSeals> = Permit::of_operator(body);
    let made = seal_making::make_with(issuer, parties, &Fonts::shipped(), &permit, &order, now)?;
    for kind in wanted.types {
        catalogue::allow(&issuer.store, &permit, kind, &made.id, wanted.from.unwrap_or(today), now)?;
    }
    Ok(made)
}

fn picture(path: &Path, side_mm: u32) -> Result<SealPicture, Stop> {
    let octets = read(path)?;
    let read = if octets.starts_with(b"\x89PNG") {
        SealPicture::from_png(&octets, side_mm, side_mm)
    } else {
        SealPicture::from_svg(&octets, side_mm, side_mm)
    };
    read.map_err(|fault| Stop::refused(format!("{}: {fault}", path.display())))
}

fn show(file: &Path) -> Result<(), Stop> {
    let octets = read(file)?;
    let seal = Seal::parse(&octets).map_err(|fault| Stop(Exit::NotADocument, format!("no seal: {fault}")))?;
    let format = match seal.version {
        SealVersion::V1 => "V1 (GM/T 0031-2014)",
        SealVersion::V4 => "V4 (GB/T 38540-2020)",
        SealVersion::V5 => "V5 (GM/T 0031-2025)",
    };
    say(format_args!("format\t{format}"))?;
    say(format_args!("name\t{}", seal.property.name))?;
    say(format_args!("code\t{}", seal.id))?;
    say(format_args!("valid\t{} to {}", seal.property.valid_from, seal.property.valid_to))?;
    if let Some(token) = seal.time_stamp {
        match Token::parse(token) {
            // what it proves is for `seal verify`
            Ok(token) => say(format_args!("time stamp\t{}", token.time))?,
            Err(fault) => say(format_args!("time stamp\tunreadable: {fault}"))?,
        }
    }
    say(format_args!("picture\t{} {} x {} mm", seal.picture.kind, seal.picture.width_mm, seal.picture.height_mm))
}

fn verify(file: &Path, config: Option<&Path>) -> Result<(), Stop> {
    let opened = installation::open(config)?;
    let octets = read(file)?;
    let report = opened.issuer.verify_document(&octets)?;
    say(format_args!("verdict\t{:?}", report.verdict))?;
    match (report.verdict, report.reason) {
        (Verdict::Valid, _) => Ok(()),
        (Verdict::Indeterminate, reason) => Err(Stop(Exit::Indeterminate, format!("{reason:?}"))),
        (_, reason) => Err(Stop(Exit::Invalid, format!("{reason:?}"))),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Stop> {
    fs::read(path).map_err(|error| Stop::unreadable(format!("{}: {error}", path.display())))
}
