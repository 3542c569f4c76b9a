//! The page of a receipt as OFD, signed (`Type="Sign"`, GB/T 35275) by the key of receipts under its certificate: a
//! document that everybody's verifier of OFD verifies, with the signed file attached.
//!
//! It is made when it is first asked for and kept: a key that signs again for every reader could be kept busy by one.

use super::{ReceiptError, draw, make::own_key};
use crate::{
    flow::{bundle, issue::IssueError, issuer::Issuer},
    store::receipts,
};
use std::{io, path::Path, sync::Arc};
use yinxin_face::Fonts;
use yinxin_hsm::{Purpose, SignRequest, ToSign};
use yinxin_trust::{
    base::{Limits, Moment},
    cms::SignedDataPlan,
    ofd::{Package, write::Signing},
    receipt::SignedReceipt,
    verify::Verdict,
    x509::Chain,
};

/// Chains are short.
const CHAIN_LIMIT_BYTES: u64 = 1 << 20;
/// ProviderName in Signature.xml.
const PROVIDER: &str = "yinxin";
/// Where the list of signatures stands.
const LIST: &str = "Doc_0/Signs/Signatures.xml";
/// What links it, in OFD.xml.
const LINK: &str = "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>";
/// Folder of the signature.
const SIGNS: &str = "Doc_0/Signs/";
const OFD_XML: &str = "OFD.xml";
/// Where the signed file stands in the package.
const ATTACHED: &str = "Doc_0/Attachs/receipt.json";

/// The sheet of a signed receipt of this installation.
///
/// # Errors
/// [`ReceiptError`].
pub(super) fn sheet(issuer: &Issuer, signed: &SignedReceipt) -> Result<Vec<u8>, ReceiptError> {
    let number = signed.receipt().number.clone();
    if let Some(kept) = issuer.store.read(|conn| receipts::sheet(conn, &number))? {
        return Ok(kept);
    }
    let made = made(issuer, signed)?;
    let octets = made.clone();
    // another request may have been first: there is one sheet of a receipt
    let kept = issuer.store.write(move |conn| receipts::keep_sheet(conn, &number, &octets))?;
    Ok(kept.unwrap_or(made))
}

fn made(issuer: &Issuer, signed: &SignedReceipt) -> Result<Vec<u8>, ReceiptError> {
    let now = issuer.clock.now().map_err(IssueError::from)?;
    let key = issuer.receipts.as_ref().ok_or(ReceiptError::NoKey)?;
    let chain = chain(issuer.receipt_chain.as_deref().ok_or(ReceiptError::NoChain)?, now)?;
    let public = own_key(issuer, key)?;
    if chain.certificate().key() != Some(public.key()) {
        return Err(ReceiptError::OtherChain);
    }
    let broken = |fault: &dyn core::fmt::Display| ReceiptError::Sheet(fault.to_string());
    let package = draw::package(signed, issuer.types.fonts())?;
    let signing = Signing { at: now, provider: PROVIDER.to_owned() };
    let plan = package.sign_first(&signing, LIST).map_err(|fault| broken(&fault))?;
    let data = SignedDataPlan::new(plan.digest(), chain.certificate(), chain.above()).map_err(|fault| broken(&fault))?;
    let request = SignRequest::new(Purpose::Receipts, ToSign::Message(data.to_be_signed()), now);
    let value = data.embed(issuer.keys.sign(key, &request)?).map_err(|fault| broken(&fault))?;
    let octets = plan.embed(&value).map_err(|fault| broken(&fault))?;
    let report = issuer.verifier.verify(&octets, Some(now))?;
    match report.verdict {
        Verdict::Valid => Ok(octets),
        _ => Err(broken(&format_args!(
            "it does not pass our own verifier: {}",
            report.reason.map_or("no reason", |reason| reason.as_str())
        ))),
    }
}

fn chain(path: &Path, now: Moment) -> Result<Chain, ReceiptError> {
    let named = |why: &dyn core::fmt::Display| ReceiptError::Chain(format!("{}: {why}", path.display()));
    let text = bundle::read(path, CHAIN_LIMIT_BYTES).map_err(|error: io::Error| named(&error))?;
    Chain::from_pem(&text, now).map_err(|fault| named(&fault))
}

/// The signed file within a sheet of ours.
pub(super) fn in_ofd(octets: &[u8]) -> Option<Vec<u8>> {
    let package = Package::open(&octets, &Limits::default()).ok()?;
    let file = package.read(ATTACHED).ok()?;
    Some(file.to_vec())
}

/// Whether a sheet shows what the signed file says, and nothing else: drawn again it is the same but for signatures.
pub(super) fn is_that_of(octets: &[u8], signed: &SignedReceipt, fonts: &Arc<Fonts>) -> bool {
    let Ok(drawn) = draw::package(signed, fonts) else { return false };
    let Ok(package) = Package::open(&octets, &Limits::default()) else { return false };
    let is_there = |(name, part): (&str, &yinxin_trust::ofd::write::Part)| {
        let Ok(found) = package.read(name) else { return false };
        if name != OFD_XML {
            return *found == *part.octets();
        }
        let text = core::str::from_utf8(&found).unwrap_or_default();
        text.replacen(LINK, "", 1).as_bytes() == part.octets()
    };
    let is_drawn = |name: &str| name.starts_with(SIGNS) || drawn.get(name).is_some();
    drawn.entries().all(is_there) && package.names().all(is_drawn)
}
