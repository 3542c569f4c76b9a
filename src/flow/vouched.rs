//! Whether the verifier of this installation accepts a certificate, and in words what is missing where it does
//! not: asked before a seal is made with it, and by the doctor of the seals that stamp.

use super::{
    anchors,
    catalogue::stamping,
    doctor::Finding,
    installation::{self, Places},
    kind::HasKind as _,
    seal_lives::life_of,
    verify::Verifier,
};
use crate::{
    clock::FixedClock,
    store::{Store, StoreError, catalogue::TypeUse, seals},
};
use std::{collections::BTreeMap, sync::Arc};
use yinxin_trust::{
    base::{Day, Moment},
    seal::{Seal, life::State},
    verify::{Bearer, Check, CheckId, Policy},
    x509::Certificate,
};

/// A certificate that ends within so many days and has no successor is named by the doctor: asking an outside
/// authority takes weeks.
const SOON_DAYS: i64 = 30;

const DAY_SECONDS: i64 = 86_400;

/// Why a stamp of `at` by this certificate would not be valid here, with what mends it; none where it would.
pub fn lacks(verifier: &Verifier, certificate: &Certificate, bearer: Bearer, at: Moment) -> Option<String> {
    let checks = verifier.check_certificate(certificate, bearer, at);
    // without a path there is nothing to say of a list
    let said = checks.iter().filter(|check| check.code != "no_path");
    let said: Vec<String> = said.map(|check| format!("{}{}", check.sentence.en, mended(check, certificate))).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

/// What an operator does about a check that did not pass.
fn mended(check: &Check, certificate: &Certificate) -> String {
    let name_issuer =
        |word| format!(" Name {} in the file of trust.anchors, with `use: {word}`.", certificate.issuer());
    match (check.id, check.code.as_str()) {
        (_, "suite_not_allowed") => " Give its anchor the line `suite: cross-border`.".to_owned(),
        (CheckId::SignerPath, _) => name_issuer("signer"),
        (CheckId::SealMakerPath, _) => name_issuer("seal-maker"),
        (CheckId::SignerRevocation | CheckId::SealMakerRevocation, code) if !code.starts_with("revoked") => {
            let issuer = certificate.issuer();
            format!(
                " Name a fresh list of {issuer} in verify.revocation_lists (those of [authority] the service makes)."
            )
        }
        _ => String::new(),
    }
}

/// One finding for each seal that stamps today or will: whether what it stamps would be valid here.
pub(super) fn of_seals(places: &Places, store: &Store, now: Moment) -> Vec<Finding> {
    let read = || {
        let today = Day::in_beijing_at(now).map_err(|error| error.to_string())?;
        let bundle = places.bundle().map_err(|error| error.to_string())?;
        let anchors = anchors::load(Some(&bundle)).map_err(|error| error.to_string())?;
        let lists = installation::present_lists(places).map_err(|error| error.to_string())?;
        let uses = stamping(store, today).map_err(|error| error.to_string())?;
        let verifier = Verifier::new(anchors, Policy::default(), Arc::new(FixedClock(now))).with_revocation(lists);
        Ok::<_, String>((verifier, uses))
    };
    match read() {
        Ok((verifier, uses)) => findings(&verifier, store, &uses, now),
        Err(why) => vec![Finding::bad("seals", format_args!("could not be looked at: {why}"))],
    }
}

fn findings(verifier: &Verifier, store: &Store, uses: &[TypeUse], now: Moment) -> Vec<Finding> {
    // whether a seal is the last one of any type: of the others a successor is there
    let mut seals: BTreeMap<(&str, &str), bool> = BTreeMap::new();
    for (place, one) in uses.iter().enumerate() {
        let next = uses.get(place + 1);
        let last = next.is_none_or(|next| (&next.body_id, &next.type_code) != (&one.body_id, &one.type_code));
        *seals.entry((&one.body_id, &one.seal_id)).or_default() |= last;
    }
    seals
        .into_iter()
        .map(|((_, id), is_last)| {
            let part = format!("seal {id}");
            match of_seal(verifier, store, id, is_last, now) {
                Ok(until) => Finding::good(&part, format_args!("stamps until {until}")),
                Err(why) => Finding::bad(&part, why),
            }
        })
        .collect()
}

/// Until when a seal stamps, or what is wrong with it.
fn of_seal(verifier: &Verifier, store: &Store, id: &str, is_last: bool, now: Moment) -> Result<Moment, String> {
    // of whichever body: others stamp with it by a grant
    let found = store.read(|conn| {
        let row = seals::public_find(conn, id)?.ok_or(StoreError::NoSuchRow)?;
        Ok::<_, StoreError>((row, life_of(conn, id)))
    });
    let (row, life) = found.map_err(|error| format!("{error} ({})", error.code()))?;
    let standing = life.map_err(|error| error.to_string())?.ok_or("nothing is on record of it")?.at(now);
    if matches!(standing.state, State::Suspended | State::Ended(_)) {
        return Err(format!("is {} since {}: nothing is stamped with it", standing.state, standing.since));
    }
    let stamper = Certificate::from_der(&row.stamper_certificate).map_err(|error| error.to_string())?;
    let seal = Seal::parse(&row.der).map_err(|error| error.to_string())?;
    let maker = Certificate::from_der(seal.maker).map_err(|error| error.to_string())?;
    for (certificate, bearer) in [(&stamper, Bearer::Stamper), (&maker, Bearer::SealMaker)] {
        if let Some(why) = lacks(verifier, certificate, bearer, now) {
            return Err(why);
        }
    }
    let until = stamper.not_after();
    if is_last && until.unix_seconds() - now.unix_seconds() < SOON_DAYS * DAY_SECONDS {
        return Err(format!(
            "the certificate that stamps ends at {until}, and no seal follows: ask for the next one (yinxin key request)"
        ));
    }
    Ok(until)
}
