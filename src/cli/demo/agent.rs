//! The account of somebody who acts for the holder of a demonstration, with a delegation in force.

use super::{keep_account, step};
use crate::{
    cli::{
        installation::Opened,
        register::{Stop, now},
    },
    flow::{
        access::{AccessSecret, Holder},
        delegations::{self, NewDelegation},
        demo::{DemoAccount, DemoAs},
        people::{Known, Password, SignIn},
        presentations::{self, Presentations},
    },
};
use std::collections::BTreeMap;
use yinxin_trust::{base::Day, delegation::State, licence::identifier::LicenceIdentifier};

/// Who acts for the holder, and signs in as.
const AGENT: (&str, &str, &str) = ("111", "330106198802032212", "chenmin");
const AGENT_NAME: &str = "陈敏";
/// What they may do for the holder.
const MATTER: &str = "食品经营许可延续";

/// The account, with a password of this run's, and a delegation by the holder, whose account is `holder`.
pub(super) fn agent(
    opened: &Opened,
    sign_in: &SignIn,
    holder: &DemoAccount,
    identifier: &LicenceIdentifier,
) -> Result<DemoAccount, Stop> {
    let agent = keep_account(opened, sign_in.passwords(), AGENT, AGENT_NAME, DemoAs::Agent)?;
    let principal = signed_in(opened, sign_in, holder)?;
    let acting = signed_in(opened, sign_in, &agent)?;
    let how = if holds_one(opened, &acting.1)? {
        "the delegation of before is used again"
    } else {
        delegate(opened, (&principal.1, &acting.1), identifier)?;
        "a delegation is in force"
    };
    for (secret, _) in [principal, acting] {
        sign_in.end(&opened.issuer.store, &secret, now()?)?;
    }
    let how = format!("sign in at /login as {} with {}: {how}", agent.login, agent.password.expose());
    step("11", "代办人登录", &how)?;
    Ok(agent)
}

fn signed_in(opened: &Opened, sign_in: &SignIn, account: &DemoAccount) -> Result<(AccessSecret, Holder), Stop> {
    let store = &opened.issuer.store;
    let password = Password::given(account.password.expose().clone());
    let password = password.map_err(|_| Stop::internal("a password of our own"))?;
    let session = sign_in.begin(store, &account.login, &password, now()?)?;
    match sign_in.known(store, &session.secret, now()?)? {
        Some(Known::Holder(holder)) => Ok((session.secret, holder)),
        _ => Err(Stop::internal("an account of the demonstration is not signed in")),
    }
}

fn holds_one(opened: &Opened, agent: &Holder) -> Result<bool, Stop> {
    let found = delegations::of(&opened.issuer, agent)?;
    Ok(found.received.iter().any(|card| card.state == State::InForce))
}

/// Given by the holder and accepted by the agent: every field of one licence, for one matter, for a year, with copies for it.
fn delegate(
    opened: &Opened,
    (principal, agent): (&Holder, &Holder),
    identifier: &LicenceIdentifier,
) -> Result<(), Stop> {
    let issuer = &opened.issuer;
    let offer = presentations::offer(issuer, principal, identifier)?;
    let names = offer.fields.into_iter().map(|field| field.name).collect();
    let today = Day::in_beijing_at(now()?).map_err(Stop::usage)?;
    let new = NewDelegation {
        agent_name: AGENT_NAME.to_owned(),
        agent_code: AGENT.1.to_owned(),
        fields: BTreeMap::from([(offer.identifier, names)]),
        matter: MATTER.to_owned(),
        copies: true,
        appointment: None,
        first: None,
        last: today.last_of_years(1).unwrap_or(today),
    };
    // this process makes no code by it
    let desk = Presentations::new(60, 24);
    let id = delegations::give(issuer, &desk, principal, &new)?;
    delegations::answer(issuer, agent, &id, true)?;
    Ok(())
}
