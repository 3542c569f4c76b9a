//! RFC 3161 time-stamp tokens with SM2 and SM3 (GB/T 20520).

use crate::{
    der::{
        SHA256, SM2_SM3, SM3, algorithm, explicit, generalized_time, integer, octet_string, oid, sequence, set_of,
        set_of_vec, tagged, utc_time,
    },
    keys::Key,
    pki::Certificate,
};
use yinxin_trust::{asn1::Tag, base::Moment, sm::sm3, suite::sha256};

const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// Everything a token will say. Change fields before [`Token::make`].
#[derive(Clone, Debug)]
pub struct Token {
    /// Certificate of the authority.
    pub authority: Certificate,
    /// The key that signs; the authority's unless changed.
    pub key: Key,
    /// genTime.
    pub at: Moment,
    /// Serial number of the token.
    pub serial: u64,
    /// Content type of the outermost ContentInfo, dotted.
    pub content_type: &'static str,
    /// Whether to answer with a whole TimeStampResp.
    pub as_response: bool,
    /// Digest in messageImprint in place of the right one.
    pub imprint: Option<[u8; 32]>,
    /// Whether messageImprint is by SHA-256 in place of SM3.
    pub digest_sha256: bool,
}

impl Token {
    /// A sound token.
    pub fn new(authority: &Certificate, at: Moment) -> Self {
        Self {
            authority: authority.clone(),
            key: authority.key.clone(),
            at,
            serial: 20_260_601,
            content_type: "1.2.840.113549.1.7.2",
            as_response: false,
            imprint: None,
            digest_sha256: false,
        }
    }

    /// The token over `octets`: for a stamp, the octets of its signature value.
    pub fn make(&self, octets: &[u8]) -> Vec<u8> {
        let (kind, digest) = match self.digest_sha256 {
            false => (SM3, sm3::digest(octets)),
            true => (SHA256, sha256(octets)),
        };
        let imprint = self.imprint.unwrap_or(digest);
        let info = sequence(&[
            &integer(1),
            &oid("2.999.1"),
            &sequence(&[&algorithm(kind), &octet_string(&imprint)]),
            &integer(self.serial),
            &generalized_time(self.at),
            &sequence(&[&integer(1)]),
        ]);
        let content = sequence(&[&oid(TST_INFO), &explicit(0, &octet_string(&info))]);
        let data = sequence(&[
            &integer(3),
            &set_of(&[&algorithm(SM3)]),
            &content,
            &tagged(Tag::context(0), &self.authority.der),
            &set_of(&[&self.signer_info(&info)]),
        ]);
        let token = sequence(&[&oid(self.content_type), &explicit(0, &data)]);
        if self.as_response { sequence(&[&sequence(&[&integer(0)]), &token]) } else { token }
    }

    fn signer_info(&self, info: &[u8]) -> Vec<u8> {
        let one = |kind: &str, value: Vec<u8>| sequence(&[&oid(kind), &set_of(&[&value])]);
        // ESSCertIDv2 with SM3 (RFC 5035)
        let certificate = sequence(&[&algorithm(SM3), &octet_string(&sm3::digest(&self.authority.der))]);
        let mut attributes = vec![
            one("1.2.840.113549.1.9.3", oid(TST_INFO)),
            one("1.2.840.113549.1.9.4", octet_string(&sm3::digest(info))),
            one("1.2.840.113549.1.9.5", utc_time(self.at)),
            one("1.2.840.113549.1.9.16.2.47", sequence(&[&sequence(&[&certificate])])),
        ];
        attributes.sort_unstable();
        let (value, _) = self.key.value(&set_of_vec(&attributes), Default::default(), Default::default());
        sequence(&[
            &integer(1),
            &self.authority.issuer_and_serial(),
            &algorithm(SM3),
            &tagged(Tag::context(0), &attributes.concat()),
            &algorithm(SM2_SM3),
            &octet_string(&value),
        ])
    }
}
