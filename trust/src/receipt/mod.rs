//! The signed receipt of a verification (核验凭证): what a clerk files in the place of a
//! photocopy (`docs/receipt-format.md`, `docs/adr/0032-receipts.md`).
//!
//! It says what was judged (SM3 and length of the document, nothing of its content),
//! what came of it, of which evidence (each piece by its SM3), for whom and for which
//! purpose, and the SM3 of the report. One canonical JSON (RFC 8785) holds it, its
//! signature and the key.
//!
//! 1. [`ReceiptPlan`] has the octets to be signed; [`ReceiptPlan::embed`] takes the
//!    signature once it verifies.
//! 2. [`SignedReceipt::read`] reads a file and verifies it under the key in it;
//!    [`SignedReceipt::is_by`] says whether that is a key which is believed.
//! 3. [`replay`] makes the report again from document and evidence, octet for octet.
//! 4. [`changes`] says what a later report has that the receipt has not.

mod change;
mod replay;
mod signed;

pub use change::{Change, changes};
pub use replay::{ReplayFault, replay, report_octets, sm3_of};
pub use signed::{ReceiptFault, ReceiptPlan, SignedReceipt};

use crate::{
    base::{Day, Moment},
    evidence::{EvidenceSet, PieceReference},
    licence::Expiry,
    sm::sm3,
    trust_list::canonical::Budget,
    verify::{self, CheckId, DocumentKind, REPORT_VERSION, Report, StandingState, Verdict},
};
use serde::{Deserialize, Serialize};

/// The word and version that every receipt begins with.
pub const FORMAT: &str = "yinxin-receipt/1";

/// What reading a receipt may cost: one names at most 10,000 pieces.
const BUDGET: Budget = Budget { octets: 4 << 20, depth: 6, values: 40_000, items: 10_000 };

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`FORMAT`].
    pub format: String,
    /// Its number, 16 hexadecimal digits: at the window that of the incident.
    pub number: String,
    /// When it was made.
    pub made_at: Moment,
    /// The moment that was judged for.
    pub judged_at: Moment,
    /// What was brought.
    pub brought: Brought,
    /// What was judged.
    pub document: Document,
    /// Authenticity.
    pub verdict: Verdict,
    /// The check that decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<CheckId>,
    /// The word of the state that was shown, such as `VALID`.
    pub shown: String,
    /// Whether the licence was in force, as of when, and who said so.
    pub standing: Standing,
    /// thisUpdate of the oldest revocation list that was relied upon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revocation_as_of: Option<Moment>,
    /// Every piece of evidence, in the order in which it counts.
    pub evidence: Vec<PieceReference>,
    /// The report.
    pub report: ReportReference,
    /// Name and version of the program that judged.
    pub program: String,
    /// 用证事由.
    pub purpose: String,
    /// Who asked.
    pub asked_by: AskedBy,
    /// At which window; absent where no device proved it, and from receipts that were made before there were any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
}

/// A window, as its device proved it to the service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Id of the device.
    pub device: String,
    /// What the window is called.
    pub name: String,
}

/// What was brought, and so what the receipt speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Brought {
    /// The document itself.
    File,
    /// A printed code; what was judged is the document that the register keeps, and the
    /// sheet nobody has verified.
    Code,
    /// A code by which a holder showed the licence; likewise.
    Presentation,
    /// A code that the holder's device signed; likewise.
    OfflineCode,
    /// An identifier; likewise.
    Identifier,
    /// A number with a holder; likewise.
    Number,
}

/// The document, by what tells it from every other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Octets.
    pub bytes: u64,
    /// What it is.
    pub kind: DocumentKind,
    /// SM3 of its octets, hexadecimal.
    pub sm3: String,
}

/// The standing of the report, without what is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "as in the report")]
pub struct Standing {
    pub state: StandingState,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Day>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Expiry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Moment>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// The report, by what tells it from every other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportReference {
    /// SM3 of its JSON without space ([`report_octets`]), hexadecimal.
    pub sm3: String,
    /// The version of its form.
    pub version: u32,
}

/// Who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedBy {
    /// `person`, `token` or `system`.
    pub kind: String,
    /// Id of the person or token.
    pub id: String,
    /// What they are called.
    pub name: String,
    /// Id of their body.
    pub body_id: String,
    /// What their body is called; empty where the register has no name for it.
    pub body: String,
}

/// What a receipt is made of beside report and evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in the receipt")]
pub struct Occasion {
    pub number: String,
    pub made_at: Moment,
    pub brought: Brought,
    pub document_sm3: sm3::Digest,
    pub shown: String,
    pub program: String,
    pub purpose: String,
    pub asked_by: AskedBy,
    pub window: Option<Window>,
}

impl Receipt {
    /// Of a report, the evidence that it was made of, and the occasion.
    pub fn new(report: &Report, evidence: &EvidenceSet, occasion: Occasion) -> Self {
        let Occasion { number, made_at, brought, document_sm3, shown, program, purpose, asked_by, window } = occasion;
        Self {
            format: FORMAT.to_owned(),
            number,
            made_at,
            judged_at: report.checked_at,
            brought,
            document: Document {
                bytes: report.document.bytes,
                kind: report.document.kind,
                sm3: hex::encode(document_sm3),
            },
            verdict: report.verdict,
            reason: report.reason,
            shown,
            standing: Standing::from(&report.standing),
            revocation_as_of: report.trust.revocation_as_of,
            evidence: evidence.references(),
            report: ReportReference { sm3: hex::encode(sm3::digest(&report_octets(report))), version: REPORT_VERSION },
            program,
            purpose,
            asked_by,
            window,
        }
    }
}

impl From<&verify::Standing> for Standing {
    fn from(standing: &verify::Standing) -> Self {
        let verify::Standing { state, since, until, as_of, source } = standing.clone();
        Self { state, since, until, as_of, source }
    }
}
