//! What one signature needs SM3 of, digested together: the files that it references,
//! Signature.xml, and what signer and maker of a stamp signed. A lane beside the longest
//! file costs nothing.
//!
//! The others are found again by all their octets, so that nothing depends on which was
//! meant to be which: a message that was not foreseen is digested where it is needed.

use super::{CheckError, Context};
use crate::{
    ofd::{Package, SignatureFile},
    seal::Stamp,
    sm::{sm2, sm3},
    suite::PublicKey,
};

/// Messages and their digests.
#[derive(Debug, Default)]
pub(super) struct Digests(Vec<(Vec<u8>, sm3::Digest)>);

impl Digests {
    /// SM3 of these pieces, one behind the other, where that message is here.
    pub(super) fn find(&self, pieces: &[&[u8]]) -> Option<sm3::Digest> {
        let is_it = |message: &[u8]| {
            let rest = pieces.iter().try_fold(message, |rest, piece| rest.strip_prefix(*piece));
            rest.is_some_and(<[u8]>::is_empty)
        };
        self.0.iter().find(|(message, _)| is_it(message)).map(|(_, digest)| *digest)
    }
}

/// Digests all that can be foreseen.
pub(super) fn together(context: &Context<'_>, package: &Package<'_>, file: &SignatureFile) -> Result<(), CheckError> {
    let messages = foreseen(context, package, file)?;
    let riders: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let digests = package.digest_together(file.referenced(), &riders)?;
    context.keep_digests(Digests(messages.into_iter().zip(digests).collect()));
    Ok(())
}

/// Messages beside the files. Nothing is found or refused here, and what is large is left out.
fn foreseen(context: &Context<'_>, package: &Package<'_>, file: &SignatureFile) -> Result<Vec<Vec<u8>>, CheckError> {
    let mut messages = Vec::new();
    if package.known_sm3(&file.name)?.is_none()
        && let Some(octets) = package.glance(&file.name)
    {
        messages.push(octets.to_vec());
    }
    let Some(Ok(location)) = &file.signed_value else { return Ok(messages) };
    let Some(value) = package.glance(&location.name) else { return Ok(messages) };
    let octets = crate::asn1::without_trailing(&value).unwrap_or(&value);
    let Ok(stamp) = Stamp::parse(octets) else { return Ok(messages) };
    if context.known.is_some_and(|known| known.sound_seal(stamp.seal.raw).is_some()) {
        return Ok(messages);
    }
    for (certificate, message) in [(stamp.certificate, stamp.tbs_raw), (stamp.seal.maker, &*stamp.seal.signed_octets())]
    {
        let certificate = context.certificate(certificate);
        if let Some(PublicKey::Sm2(key)) = certificate.as_ref().and_then(|certificate| certificate.key())
            && let Ok(z) = key.z(sm2::DEFAULT_ID)
        {
            messages.push([&z, message].concat());
        }
    }
    Ok(messages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn found_by_all_octets_and_nothing_less() {
        let digests = Digests(vec![(b"Zmessage".to_vec(), [1; 32]), (b"Zmessages".to_vec(), [2; 32])]);
        assert_eq!(digests.find(&[b"Z", b"message"]), Some([1; 32]));
        assert_eq!(digests.find(&[b"Zmessages"]), Some([2; 32]));
        assert_eq!(digests.find(&[b"Zm", b"", b"essages"]), Some([2; 32]));
        for other in [&b"Zmessag"[..], b"Zmessagess", b"zmessage", b""] {
            assert_eq!(digests.find(&[other]), None);
        }
        assert_eq!(digests.find(&[]), None);
    }
}
