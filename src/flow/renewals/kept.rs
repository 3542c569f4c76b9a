//! Renewing what the register keeps: documents and receipts of all bodies, as the service of the installation.
//!
//! 1. What has no time stamp yet gets its first one, a thousand at a time.
//! 2. A batch whose last time stamp grows old is renewed as a whole: its members stay together, so that one time stamp
//!    goes on for all. What it proves is told by its first member, the chain of each is made and held against
//!    the new time stamp before it is kept.
//!
//! The time stamp is obtained before the write, which keeps batch and members or nothing: a token that is lost is
//! lost alone. Two processes at once cannot both be right, which the numbers of the renewals tell.

use super::{
    RenewError,
    chain::of_subject,
    file::{Digests, lasts_longer, stamped},
    known,
};
use crate::{
    flow::{
        evidence::{self, keep_pieces},
        issue::IssueError,
        issuer::Issuer,
        receipts,
        time_stamps::Obtained,
    },
    store::{
        Conn, documents,
        renewals::{self, Batch, Member, SubjectKind},
    },
};
use std::collections::HashMap;
use yinxin_trust::{
    algorithms::{Asked, Purpose},
    anchor::Anchors,
    base::{Day, Moment},
    evidence::{
        EvidenceSet, Piece,
        renewal::{DigestKind, MOST_RENEWALS, Renewal, Tree},
    },
    verify::{Existed, RenewalFault, RenewalJudge, existed},
};

/// Members of one batch: a path of ten digests.
const BATCH: usize = 1000;

/// When what is kept is renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptRules {
    /// So many days before the last time stamp counts no more.
    pub days_before: u32,
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Renewed {
    /// Documents and receipts that got their first time stamp.
    pub first: usize,
    /// Those that got a further one.
    pub again: usize,
    /// Those whose renewals do not hold any more: they were not renewed in time, or something was altered.
    pub lost: usize,
}

/// One document or receipt with its evidence.
struct Subject {
    kind: SubjectKind,
    id: String,
    digests: Digests,
    set: EvidenceSet,
}

/// Looks through what is kept, and renews what grows old.
///
/// # Errors
/// [`RenewError`]; what was done by then stays.
pub fn renew_kept(issuer: &Issuer, rules: KeptRules) -> Result<Renewed, RenewError> {
    let obtained = issuer.time_stamps.as_ref().ok_or(RenewError::NoAuthority)?;
    let now = issuer.clock.now()?;
    issuer.verifier.judging(now, |judge| {
        let work = Work { issuer, obtained, judge, digest: digest_that_lasts(judge, rules) };
        let mut done = Renewed::default();
        while work.first(&mut done)? {}
        for batch in issuer.store.read(|conn| Ok::<_, RenewError>(renewals::open_batches(conn)?))? {
            match work.again(&batch, rules, &mut done) {
                // as long as the authority has no certificate that lasts longer; others may be renewed meanwhile
                Err(error @ RenewError::NoLonger { .. }) => {
                    tracing::warn!(batch = batch.id, %error, "kept evidence grows old and could not be renewed");
                }
                other => other?,
            }
        }
        Ok(done)
    })
}

/// SM3 while it counts long enough for time stamps, else SHA-256.
fn digest_that_lasts(judge: &RenewalJudge<'_>, rules: KeptRules) -> DigestKind {
    let lasts = |digest: &DigestKind| {
        let policy = &judge.policy.algorithms;
        let (algorithm, at) = (digest.name(), judge.today);
        let asked = Asked { algorithm, purpose: Purpose::TimeStamp, bits: 256, at, proven: None, now: at };
        let ends = policy.ends(algorithm, Purpose::TimeStamp, 256, at).map(Day::ends);
        policy.allows(&asked).is_ok() && !is_due(ends, judge.today, rules)
    };
    DigestKind::ALL.into_iter().find(lasts).unwrap_or(DigestKind::Sm3)
}

fn is_due(until: Option<Moment>, now: Moment, rules: KeptRules) -> bool {
    const DAY_SECONDS: i64 = 86_400;
    let days = i64::from(rules.days_before);
    until.is_some_and(|until| until.unix_seconds() - now.unix_seconds() < days * DAY_SECONDS)
}

struct Work<'a> {
    issuer: &'a Issuer,
    obtained: &'a Obtained,
    judge: &'a RenewalJudge<'a>,
    digest: DigestKind,
}

impl Work<'_> {
    /// The next thousand without a time stamp; whether there were any.
    fn first(&self, done: &mut Renewed) -> Result<bool, RenewError> {
        let subjects = self.issuer.store.read(|conn| self.bare(conn))?;
        if subjects.is_empty() {
            return Ok(false);
        }
        self.stamp(&subjects, None)?;
        done.first += subjects.len();
        Ok(true)
    }

    /// Receipts keep the SM3 of their documents and not these: by another digest they are not stamped here.
    fn bare(&self, conn: &mut Conn) -> Result<Vec<Subject>, RenewError> {
        let mut manifests = HashMap::new();
        let versions = renewals::versions_without(conn, BATCH as i64)?;
        let mut found = versions
            .into_iter()
            .map(|version| self.of_version(conn, version, &mut manifests))
            .collect::<Result<Vec<_>, RenewError>>()?;
        if found.len() < BATCH && self.digest == DigestKind::Sm3 {
            for number in renewals::receipts_without(conn, (BATCH - found.len()) as i64)? {
                found.push(of_receipt(conn, number)?);
            }
        }
        Ok(found)
    }

    fn of_version(
        &self,
        conn: &mut Conn,
        version: renewals::KeptVersion,
        manifests: &mut HashMap<Vec<u8>, Vec<Piece>>,
    ) -> Result<Subject, RenewError> {
        let bad = || IssueError::Record("kept evidence".to_owned());
        let pieces = match manifests.get(&version.manifest_sm3) {
            Some(pieces) => pieces.clone(),
            None => {
                let pieces = evidence::kept(conn, &version.manifest_sm3)?;
                manifests.insert(version.manifest_sm3.clone(), pieces.clone());
                pieces
            }
        };
        let at = Moment::from_unix_milliseconds(version.at).map_err(|_| bad())?;
        let renewals = of_subject(conn, SubjectKind::Version, &version.id)?;
        let set = EvidenceSet::of(at, pieces).with_renewals(renewals);
        let needs_octets = self.digest == DigestKind::Sha256
            || set.renewals().iter().any(|renewal| renewal.digest == DigestKind::Sha256);
        let digests = if needs_octets {
            let octets = documents::of_version(conn, &version.id)?.ok_or_else(bad)?;
            Digests::of(&octets, &set, self.digest)?
        } else {
            Digests::by_sm3(version.document_sm3.try_into().map_err(|_| bad())?)
        };
        Ok(Subject { kind: SubjectKind::Version, id: version.id, digests, set })
    }

    fn member(
        &self,
        conn: &mut Conn,
        member: Member,
        manifests: &mut HashMap<Vec<u8>, Vec<Piece>>,
    ) -> Result<Subject, RenewError> {
        let bad = || IssueError::Record("a kept renewal".to_owned());
        if member.kind == SubjectKind::Receipt.as_str() {
            return of_receipt(conn, member.subject);
        }
        let version = renewals::version(conn, &member.subject)?.ok_or_else(bad)?;
        self.of_version(conn, version, manifests)
    }

    /// A batch that grows old.
    fn again(&self, batch: &Batch, rules: KeptRules, done: &mut Renewed) -> Result<(), RenewError> {
        let mut manifests = HashMap::new();
        let (members, first) = self.issuer.store.read(|conn| {
            let members = renewals::members(conn, batch.id)?;
            let first = members.first().cloned();
            let first = first.map(|member| self.member(conn, member, &mut manifests)).transpose()?;
            Ok::<_, RenewError>((members, first))
        })?;
        let Some(first) = first else { return Ok(()) };
        let anchors = first.set.with_anchors_of_renewals(self.judge.anchors)?;
        match self.found(&first.set, &first.digests, &anchors) {
            Ok(Some(existed)) if !is_due(existed.holds_until, self.judge.today, rules) => return Ok(()),
            Ok(_) => {}
            Err(fault) => {
                tracing::error!(batch = batch.id, code = fault.code(), "time stamps over kept evidence do not hold");
                done.lost += members.len();
                return Ok(());
            }
        }
        let by_octets = self.digest == DigestKind::Sha256;
        let staying = members.into_iter().filter(|one| !by_octets || one.kind == SubjectKind::Version.as_str());
        let subjects = self.issuer.store.read(|conn| {
            let all = staying.clone().map(|member| self.member(conn, member, &mut manifests));
            all.collect::<Result<Vec<_>, RenewError>>()
        })?;
        // of what was altered since nothing is renewed; the others go on
        let (sound, broken): (Vec<_>, Vec<_>) =
            subjects.into_iter().partition(|subject| self.found(&subject.set, &subject.digests, &anchors).is_ok());
        if !broken.is_empty() {
            tracing::error!(batch = batch.id, broken = broken.len(), "kept evidence is not what was time-stamped");
            done.lost += broken.len();
        }
        if sound.is_empty() {
            return Ok(());
        }
        self.stamp(&sound, Some(batch.id))?;
        done.again += sound.len();
        Ok(())
    }

    /// By today's anchors and those that the register kept with the renewals, which are the same for a whole batch: an
    /// authority of before need not be trusted with new ones.
    fn found(&self, set: &EvidenceSet, digests: &Digests, anchors: &Anchors) -> Result<Option<Existed>, RenewalFault> {
        existed(set, &|digest| digests.get(digest), &RenewalJudge { anchors, ..*self.judge })
    }

    /// One time stamp over all, kept once each chain holds with it.
    fn stamp(&self, subjects: &[Subject], renews: Option<i64>) -> Result<(), RenewError> {
        let digest = self.digest;
        if subjects.iter().any(|subject| subject.set.renewals().len() >= MOST_RENEWALS) {
            return Err(RenewError::TooMany { limit: MOST_RENEWALS });
        }
        let leaf = |subject: &Subject| {
            let statement = subject.set.next_statement(digest, &subject.digests.get(digest))?;
            Ok::<_, RenewError>(Tree::leaf(digest, &statement))
        };
        let leaves = subjects.iter().map(leaf).collect::<Result<Vec<_>, _>>()?;
        let tree = Tree::of(digest, leaves.clone());
        let token = stamped(&tree, digest, self.obtained, self.judge.today)?;
        let mut earlier = subjects.first().map(|first| first.set.renewals().to_vec()).unwrap_or_default();
        earlier.push(Renewal {
            number: earlier.len() + 1,
            digest,
            index: 0,
            size: tree.size(),
            path: Vec::new(),
            token: token.clone(),
            pieces: Vec::new(),
        });
        let pieces = known(self.judge, &earlier);
        let anchors = match subjects.first() {
            Some(first) => first.set.with_anchors_of_renewals(self.judge.anchors)?,
            None => return Ok(()),
        };
        let mut made_at = self.judge.today;
        for (index, subject) in (0_u32..).zip(subjects) {
            let path = tree.path(index).unwrap_or_default();
            let number = subject.set.renewals().len() + 1;
            let (token, pieces) = (token.clone(), pieces.clone());
            let renewal = Renewal { number, digest, index, size: tree.size(), path, token, pieces };
            made_at = renewal.time().unwrap_or(made_at);
            let before = self.found(&subject.set, &subject.digests, &anchors).map_err(RenewError::Chain)?;
            let after = subject.set.clone().with_renewals([subject.set.renewals(), &[renewal]].concat());
            let after = self.found(&after, &subject.digests, &anchors).map_err(RenewError::Given)?;
            lasts_longer(before.as_ref(), &after.ok_or(RenewError::NoAuthority)?)?;
        }
        let manifest = evidence::manifest(&pieces);
        let members: Vec<_> = (0_i32..)
            .zip(subjects)
            .zip(leaves)
            .map(|((place, subject), leaf)| Member {
                kind: subject.kind.as_str().to_owned(),
                subject: subject.id.clone(),
                number: i32::try_from(subject.set.renewals().len() + 1).unwrap_or(i32::MAX),
                batch_id: 0,
                place,
                leaf: leaf.to_vec(),
            })
            .collect();
        let size = i32::try_from(subjects.len()).unwrap_or(i32::MAX);
        self.issuer.store.write(move |conn| {
            let id = renewals::next_id(conn)?;
            let manifest_sm3 = keep_pieces(conn, &pieces, &manifest)?;
            let batch = Batch {
                id,
                digest: digest.as_str().to_owned(),
                size,
                token: token.clone(),
                manifest_sm3,
                made_at: made_at.unix_milliseconds(),
                renewed_by: None,
            };
            let members: Vec<_> = members.iter().map(|member| Member { batch_id: id, ..member.clone() }).collect();
            renewals::insert(conn, &batch, &members, renews)?;
            Ok::<_, RenewError>(())
        })
    }
}

fn of_receipt(conn: &mut Conn, number: String) -> Result<Subject, RenewError> {
    let (receipt, set) = receipts::kept(conn, &number)?;
    let sm3 = hex::decode(&receipt.document.sm3).ok().and_then(|octets| octets.try_into().ok());
    let sm3 = sm3.ok_or_else(|| IssueError::Record("a receipt".to_owned()))?;
    Ok(Subject { kind: SubjectKind::Receipt, id: number, digests: Digests::by_sm3(sm3), set })
}
