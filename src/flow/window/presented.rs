//! A presentation code at the window: redeemed there, in the clerk's name, once, for the matter of the
//! window: an agent's delegation for another one is refused.
//!
//! The clerk sees what the holder chose and nothing more of the fields. As with a printed
//! code, in force is what the register and the verified original both say.

use super::{Brought, Counter, Seen, Told, kept, own};
use crate::flow::{
    access::{Permit, Purpose, may},
    issue::IssueError,
    kind::HasKind as _,
    presentations::{PresentationError, RedemptionOrder, redeem_whole},
    shown::Shown,
};
use yinxin_trust::base::Moment;

/// A clerk who scans the same code again gets the same answer until it expires.
const SCAN: &str = "at-window";

pub(super) fn read(
    counter: &Counter<'_>,
    permit: &Permit<may::ServeAtWindow>,
    code: String,
    purpose: &Purpose,
    at: Moment,
) -> Result<Seen, PresentationError> {
    let order = RedemptionOrder {
        code,
        scan_id: SCAN.to_owned(),
        window: None,
        purpose: Some(purpose.as_str().to_owned()),
        disclosure: true,
    };
    let redeemed = redeem_whole(counter.issuer, counter.presentations, &permit.to_redeem(), &order);
    let redemption = match redeemed {
        Ok(redemption) => redemption,
        Err(PresentationError::NotValid) => return Ok(Seen::new(Shown::CodeExpired, Brought::Presentation, at)?),
        Err(used @ PresentationError::Used { .. }) => {
            let told = used.fields().into_iter().next().map(|offence| Told::Used(offence.sentence));
            return Ok(Seen { told, ..Seen::new(Shown::CodeUsed, Brought::Presentation, at)? });
        }
        Err(PresentationError::OtherMatter(agent)) => {
            let told = Some(Told::Beyond(agent));
            return Ok(Seen { told, ..Seen::new(Shown::AgentOtherMatter, Brought::Presentation, at)? });
        }
        Err(PresentationError::DelegationOver) => {
            return Ok(Seen::new(Shown::DelegationOver, Brought::Presentation, at)?);
        }
        Err(other) => return Err(other),
    };
    let own = own::by_code(counter.issuer, permit.body(), &redemption.printed, at)?;
    let mut own = own.ok_or_else(|| IssueError::Record("a code".to_owned()))?;
    let chosen = redemption.told.fields;
    let name = chosen.iter().find(|field| Some(&field.name) == own.holder_field.as_ref());
    own.holder = name.map(|field| field.value.clone()).or(own.holder);
    own.standing.fields = Some(chosen);
    if redemption.told.agent.is_some() {
        // who came is not who is on it
        own.portrait = None;
    }
    let told = Some(Told::Presented {
        purpose: redemption.told.purpose,
        agent: redemption.told.agent.map(Box::new),
        disclosure: redemption.disclosure,
    });
    Ok(Seen { told, ..kept(counter, own, Brought::Presentation, at)? })
}
