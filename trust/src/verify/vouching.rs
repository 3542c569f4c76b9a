//! Who vouches for a certificate: the anchors of the bundle, or else those of the
//! trust lists, each where its service counts ([`crate::anchor::ListedAnchors`]).
//!
//! The bundle is asked first and then each list in its order, and the first that has a
//! path decides: a further list never takes the place of a path on which something
//! was found to be wrong.

use super::{
    CheckId, Context, ListFacts, VouchedBy,
    algorithms::{self, Used},
    findings::Findings,
    revocation::Signed,
    suite,
};
use crate::{
    anchor::{ListedAnchors, Matter, Use},
    base::{Day, Moment, Sentence},
    trust_list::{MissedUpdate, Stated},
    x509::{Certificate, PathFault, build_path_that},
};

const DAY_SECONDS: i64 = 86_400;

/// What whoever is vouched for signed, beside the time of their own signature.
#[derive(Clone, Copy)]
pub(super) struct Occasion<'a> {
    /// Of the document, where the signature covers it.
    pub(super) stated: &'a Stated,
    /// When the document was signed, as the signer claims.
    pub(super) stamped: Option<Moment>,
}

/// A path that counts.
pub(super) struct Vouched {
    pub(super) path: Vec<Certificate>,
    /// Which list; `None` where the bundle of anchors vouches.
    pub(super) by: Option<VouchedBy>,
    /// Whether the list asks for a proof of the log.
    pub(super) log_required: bool,
}

/// Looks for a path to an anchor that vouches for this use. What a verdict should not
/// rest on silently becomes a warning.
pub(super) fn path(
    findings: &mut Findings,
    context: &Context<'_>,
    wanted: Use,
    certificate: &Certificate,
    pool: &[Certificate],
    signed: Signed,
    occasion: Occasion<'_>,
) -> Result<Vouched, PathFault> {
    let at = signed.claimed.unwrap_or(context.at);
    let mut budget = context.path_budget();
    let used = Used { at, proven: signed.proven };
    let algorithms_fit = |path: &[Certificate], crosses_borders: &dyn Fn(&Certificate) -> bool| {
        // a time stamp proves a time, whatever its suite
        if wanted != Use::TimeStamp {
            suite::accept(path, crosses_borders)?;
        }
        algorithms::path(context, path, used)
    };
    let accept = |path: &[Certificate]| algorithms_fit(path, &|anchor| context.anchors.crosses_borders(anchor, wanted));
    let found = build_path_that(certificate, pool, context.anchors.ends(wanted), at, &mut budget, &accept);
    let mut found = found.map(|path| Vouched { path, by: None, log_required: false });
    let matter = matter(context, wanted, at, signed, occasion);
    for list in context.anchors.lists() {
        let Err(nearest) = found else { break };
        let accept = |path: &[Certificate]| {
            algorithms_fit(path, &|_| false)?;
            let Some(anchor) = path.last() else { return Err(PathFault::Budget) };
            list.vouches(anchor, &matter).map(drop).map_err(|refused| not_vouched(list, anchor, refused))?;
            algorithms::list(context, list)
        };
        let path = build_path_that(certificate, pool, list.ends(wanted), at, &mut budget, &accept);
        found = path.map(|path| by_list(findings, context, list, path, &matter)).map_err(|miss| nearest.min(miss));
    }
    context.set_path_budget(budget);
    found
}

fn matter<'a>(context: &Context<'_>, wanted: Use, at: Moment, signed: Signed, occasion: Occasion<'a>) -> Matter<'a> {
    let stamped = occasion.stamped.unwrap_or(context.at);
    Matter {
        wanted,
        stated: occasion.stated,
        on: Day::in_beijing_at(stamped).ok(),
        at,
        proven: signed.proven,
        now: context.today(),
        refuse_outdated: context.policy.outdated_lists == MissedUpdate::Refuse,
        trust_claimed_time: context.policy.claimed_time_before_withdrawal,
    }
}

fn not_vouched(
    list: &ListedAnchors,
    anchor: &Certificate,
    refused: Option<(crate::x509::AnchorRefusal, &str)>,
) -> PathFault {
    match refused {
        Some((refusal, service)) => {
            PathFault::NotVouched { refusal, service: service.to_owned(), operator: list.operator().name.clone() }
        }
        // every end of a list is of one of its services
        None => PathFault::UnknownIssuer { issuer: anchor.subject().to_owned() },
    }
}

/// A path to an anchor of this list, which vouches.
fn by_list(
    findings: &mut Findings,
    context: &Context<'_>,
    list: &ListedAnchors,
    path: Vec<Certificate>,
    matter: &Matter<'_>,
) -> Vouched {
    let vouching = path.last().and_then(|anchor| list.vouches(anchor, matter).ok());
    let operator = &list.operator().name;
    let sequence = list.sequence();
    if list.is_outdated_at(context.at) {
        let due = list.due();
        let days = (context.at.unix_seconds() - due.unix_seconds()) / DAY_SECONDS;
        let when = due.at_offset_hours(8);
        let sentence = Sentence::new(
            format!(
                "{operator}的信任列表（第 {sequence} 期）应在 {when}（北京时间）前更新，已过期 {days} 天，可能没有反映最新变化。"
            ),
            format!(
                "Number {sequence} of the trust list of {operator} was due to be renewed by {due}, {days} days ago, and may lack the latest changes."
            ),
        );
        findings.warn("trust.list_outdated", sentence);
    }
    if let Some((from, service)) = vouching.as_ref().and_then(|v| v.withdrawn_since.map(|from| (from, &v.service.name)))
    {
        let when = from.at_offset_hours(8);
        let sentence = Sentence::new(
            format!(
                "“{service}”自 {when}（北京时间）起已被撤出{operator}的信任列表；声明的时间在此之前，但没有时间戳证明。"
            ),
            format!(
                "“{service}” was withdrawn from the trust list of {operator} from {from} on; the time claimed is before that, but no time stamp proves it."
            ),
        );
        findings.warn("trust.service_withdrawn_since", sentence);
    }
    let by = vouching.as_ref().map(|vouching| VouchedBy {
        operator: operator.clone(),
        sequence,
        service: vouching.service.name.clone(),
    });
    Vouched { path, by, log_required: vouching.is_some_and(|vouching| vouching.log_required) }
}

/// What the report says of a list.
pub(super) fn list_facts(list: &ListedAnchors, at: Moment) -> ListFacts {
    ListFacts {
        operator: list.operator().name.clone(),
        sequence: list.sequence(),
        issued: list.issued(),
        next_update: list.next_update(),
        outdated: list.is_outdated_at(at),
        sm3: hex::encode(list.sm3()),
        named_by: list.membership().map(|member| member.operator().to_owned()),
    }
}

/// `log.inclusion`, once every signature was looked at: proofs are not read yet, so
/// that a stamp which needs one is left undecided.
pub(super) fn log_inclusion(findings: &mut Findings, is_required: bool) {
    let id = CheckId::LogInclusion;
    if is_required {
        findings.indeterminate(
            id,
            "no_proof",
            "信任列表要求这一天起的签章记入透明日志，而这份文件没有可以核对的日志证明。",
            "The trust list asks for a proof of the transparency log for stamps of that day, and there is none that could be checked.",
        );
    } else {
        findings.not_configured(id);
    }
}
