//! A holder of Fuyang shows a licence by a code at a window of Ouhai: each locality finds the other's key in its own lists.

use super::{AcceptancePolicy, Locality, Shown, Wanted, unexpected};
use crate::{
    cli::register::{Stop, now},
    flow::{
        access::{Holder, Permit, may},
        holders::{self, HolderCode, NewHolder},
        people::{Known, Password, PeopleError},
        presentations::{Choice, Presentations, show as show_code},
        shown::Shown as State,
        trust::{self, NewOperator, Offered},
        uses,
        window::{self, Counter},
    },
    random,
};

/// What Ouhai is called in Fuyang.
const OUHAI: &str = "瓯海";
/// Of a third licence.
const NUMBER: &str = "JY23301000000030";
/// Who holds the licences of the example.
const HOLDER: (&str, &str, &str, &str) = ("001", "92330100MA0000015R", "xiaoman", "演示市小满面馆（个体工商户）");

/// A code that is not heard before each trusts the other, redeemed once both do, and seen by the holder.
pub(super) fn show(shown: &mut Shown<'_>, fuyang: &Locality) -> Result<(), Stop> {
    let (issued, _) = fuyang.issue_numbered(NUMBER)?;
    let holder = holder(fuyang)?;
    let code = || -> Result<String, Stop> {
        let identifier = issued.identifier.parse().map_err(|_| Stop::internal("an identifier of our own"))?;
        let purpose = "跨省办理延续".parse().map_err(|_| Stop::internal("a purpose"))?;
        let choice = Choice { fields: vec!["operator_name".to_owned()], purpose };
        let made = show_code(&fuyang.opened.issuer, &Presentations::new(60, 24), &holder, &identifier, &choice);
        Ok(made?.address.to_string())
    };
    scanned(shown, &code()?, State::TryLater, "阜阳的亮证码，瓯海窗口扫码：阜阳还不认得瓯海")?;
    let list = shown.ouhai.locality.make_list(&Wanted::sound())?;
    trusted(fuyang, shown, &list)?;
    shown.said("阜阳收下瓯海的列表，两人先后接受", "each locality trusts the other")?;
    let text = code()?;
    scanned(shown, &text, State::Valid, "瓯海窗口扫码：阜阳兑付，真实有效")?;
    let used = uses::of(&fuyang.opened.issuer, &holder)?;
    let [one] = &used[..] else { return Err(unexpected("one use, where the holder sees it")) };
    shown.said("持证人在阜阳看到这次使用", &format!("{}: {}", one.body, one.purpose))?;
    fuyang.act(&issued, "revoke")?;
    let revoked = State::NotInForce(yinxin_trust::verify::StandingState::Revoked);
    scanned(shown, &text, revoked, "阜阳吊销后同一个窗口再扫")
}

fn scanned(shown: &mut Shown<'_>, text: &str, expected: State, zh: &str) -> Result<(), Stop> {
    let issuer = &shown.ouhai.locality.opened.issuer;
    let presentations = Presentations::new(60, 24);
    let counter = Counter { issuer, verifier: &shown.ouhai.verifier, presentations: &presentations };
    let permit: Permit<may::ServeAtWindow> = Permit::of_operator(shown.ouhai.locality.body());
    let purpose = "跨省办理延续".parse().map_err(|_| Stop::internal("a purpose"))?;
    let seen = window::scan(&counter, &permit, text, &purpose)?;
    let found = seen.first().map_or(State::NotOurs, |one| one.shown);
    shown.said(zh, found.code())?;
    if found == expected { Ok(()) } else { Err(unexpected(&format!("{} was expected", expected.code()))) }
}

fn holder(fuyang: &Locality) -> Result<Holder, Stop> {
    let (kind, code, login, name) = HOLDER;
    let (store, sign_in) = (&fuyang.opened.issuer.store, fuyang.sign_in());
    let text = hex::encode(random::octets::<8>()?);
    let password = || Password::chosen(text.clone()).map_err(|_| Stop::internal("a password of our own"));
    let new = NewHolder {
        code: HolderCode::of(kind, code).map_err(|_| Stop::internal("the code of the made-up holder"))?,
        login: login.parse()?,
        name: name.to_owned(),
        password: password()?,
    };
    holders::create(store, &Permit::of_operator(""), sign_in.passwords(), new, now()?)?;
    let given = Password::given(text.clone()).map_err(PeopleError::from)?;
    let session = sign_in.begin(store, login, &given, now()?)?;
    match sign_in.known(store, &session.secret, now()?)? {
        Some(Known::Holder(holder)) => Ok(holder),
        _ => Err(unexpected("the holder is not signed in")),
    }
}

/// Ouhai's list in use in Fuyang, by the two people there.
fn trusted(fuyang: &Locality, shown: &Shown<'_>, list: &trust::Published) -> Result<(), Stop> {
    let (store, policy) = (&fuyang.opened.issuer.store, AcceptancePolicy::default());
    let operator = NewOperator {
        name: OUHAI.to_owned(),
        key: shown.ouhai.locality.operator_key()?,
        list_address: None,
        revocation_address: None,
        status_address: None,
    };
    trust::add(store, &Permit::<may::ManageTrust>::of_operator(""), operator, now()?)?;
    let operator = trust::show(store, OUHAI)?.operator;
    let actor = Permit::<may::ManageTrust>::of_operator("").actor().clone();
    let Offered::Proposed { list, .. } = trust::offer(store, &operator, list, &actor, &policy, now()?)? else {
        return Err(unexpected("the list is in use already"));
    };
    for place in 0..2 {
        trust::accept(store, &fuyang.signed_in(place)?, OUHAI, &hex::encode(list.sm3()), &policy, now()?)?;
    }
    fuyang.opened.issuer.verifier.replace_lists(trust::in_use(store)?);
    Ok(())
}
