//! A list of lists: Ouhai trusts the province for itself, and Fuyang because the list of the province names it.

use super::places::{FUYANG, Fuyang, Ouhai, Wanted, outcome};
use crate::support::database::Database;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::Permit,
        trust::{self, Accepted, NewOperator, NotFollowed, Offered, Published, TrustError},
    },
    store::trust::TrustOperator,
};
use yinxin_trust::{
    sm::sm3,
    trust_list::{MemberLists, NotNamed, SignedListError},
    verify::{StandingState, Verdict},
};

on_both!(
    it_counts_within_the_grant_and_while_it_is_named,
    what_is_not_followed_has_a_name,
    by_policy_its_lists_flow_through,
);

const PROVINCE: &str = "浙江（省）";

/// What the province calls Fuyang, and so does who follows it.
const NAMED: &str = "阜阳市数据资源管理局（演示）";

fn address(of: &Fuyang) -> String {
    format!("{}/.well-known/yinxin/trust-list.json", of.address())
}

fn scope(regions: &str) -> String {
    format!("scope = {{ regions = [{regions}], from = \"2026-01-01\" }}")
}

/// Makes the next list of a locality that only names others: each by a name, with its key, within a scope.
fn naming(province: &Fuyang, named: &[(&str, &Fuyang, String)]) -> Published {
    let mut text = "operator = \"省（演示）\"\nterritory = \"330000\"\nnext_update_days = 30\n".to_owned();
    for (name, of, scope) in named {
        let address = address(of);
        let key = of.folder.path().join("trust/operator-key.pem");
        text.push_str(&format!(
            "[[pointers]]\naddress = \"{address}\"\noperator = \"{name}\"\nkey = \"{}\"\n{scope}\n",
            key.display()
        ));
    }
    let (plan, folder) = (province.folder.file("naming.toml", text), province.folder.path().join("trust"));
    let (house, permit) = (&province.house, Permit::of_operator(""));
    let now = house.clock.now().unwrap();
    let made = trust::make(house.keys.as_ref(), None, &permit, (&plan, &folder), None, now).unwrap();
    Published { octets: made.list.octets().to_vec(), signature: made.list.signature() }
}

fn take(ouhai: &Ouhai, operator: &TrustOperator, list: &Published) {
    assert!(matches!(ouhai.offer(operator, list), Ok(Offered::Proposed { waited: false, .. })));
    accept(ouhai, &operator.name);
}

fn accept(ouhai: &Ouhai, name: &str) {
    let sm3 = hex::encode(trust::show(&ouhai.store, name).unwrap().proposed.unwrap().0.sm3());
    let by = |login: &str| {
        let now = ouhai.clock.now().unwrap();
        trust::accept(&ouhai.store, &ouhai.permit(login).unwrap(), name, &sm3, &ouhai.policy, now)
    };
    assert_eq!((by("zhang.san"), by("li.si")), (Ok(Accepted::Waits), Ok(Accepted::InUse)));
    assert!(ouhai.look());
}

fn propose(ouhai: &Ouhai, naming: &TrustOperator, address: &str) -> Result<String, TrustError> {
    let zhang = ouhai.permit("zhang.san").unwrap();
    trust::propose_member(&ouhai.store, &zhang, &naming.id, address, ouhai.clock.now().unwrap())
}

/// Both people follow what the province names.
fn follow(ouhai: &Ouhai, province: &TrustOperator, fuyang: &Fuyang) -> TrustOperator {
    let id = propose(ouhai, province, &address(fuyang)).unwrap();
    let digest = hex::encode(sm3::digest(fuyang.operator().key.spki()));
    trust::pin(&ouhai.store, &ouhai.permit("li.si").unwrap(), &id, &digest, ouhai.clock.now().unwrap()).unwrap();
    trust::show(&ouhai.store, NAMED).unwrap().operator
}

fn province_of(ouhai: &Ouhai, province: &Fuyang) -> TrustOperator {
    let operator = NewOperator { name: PROVINCE.to_owned(), status_address: None, ..province.operator() };
    ouhai.add(operator)
}

fn why(error: TrustError) -> NotFollowed {
    match error {
        TrustError::NotFollowed(why) => why,
        other => panic!("{other:?}"),
    }
}

fn it_counts_within_the_grant_and_while_it_is_named(database: &Database) {
    let (fuyang, province) = (Fuyang::new(), Fuyang::new());
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    let (_, document) = fuyang.issue();
    fuyang.make(&Wanted::sound());
    let first = naming(&province, &[(NAMED, &fuyang, scope("\"33\""))]);
    let operator = province_of(&ouhai, &province);
    take(&ouhai, &operator, &first);
    // the accepted list alone makes nothing of what it names count
    ouhai.refresh();
    assert_eq!(outcome(&ouhai.verify(&document)), (Verdict::Indeterminate, "unknown_issuer".to_owned()));
    let followed = follow(&ouhai, &operator, &fuyang);
    assert_eq!(followed.named_by.as_ref(), Some(&operator.id));
    assert_eq!(followed.status_address, Some(fuyang.address()), "by the custom of the well-known addresses");
    ouhai.refresh();
    accept(&ouhai, NAMED);
    ouhai.refresh();
    let report = ouhai.verify(&document);
    assert_eq!(outcome(&report), (Verdict::Valid, "ok".to_owned()), "{report:#?}");
    assert_eq!(report.standing.state, StandingState::InForce);
    assert_eq!(report.trust.lists[1].named_by.as_deref(), Some("省（演示）"));

    // the province narrows what it grants: its word bounds that of Fuyang, about stamps and about standing
    let narrow = naming(&province, &[(NAMED, &fuyang, scope("\"34\""))]);
    take(&ouhai, &operator, &narrow);
    let report = ouhai.verify(&document);
    assert_eq!(outcome(&report), (Verdict::Indeterminate, "out_of_scope_grant".to_owned()));
    assert_eq!(report.standing.state, StandingState::Unknown);
    let member = trust::member_of(&ouhai.store, &followed).unwrap().unwrap();
    let wide = trust::show(&ouhai.store, NAMED).unwrap().accepted.unwrap();
    assert_eq!(member.wider(&wide).count(), 4, "each claims more than was granted");
    // and names it no more
    let none = naming(&province, &[]);
    take(&ouhai, &operator, &none);
    assert_eq!(outcome(&ouhai.verify(&document)), (Verdict::Indeterminate, "unknown_issuer".to_owned()));
    let not_named = NotFollowed::NotNamed(NotNamed::Unnamed);
    assert_eq!(why(trust::member_of(&ouhai.store, &followed).unwrap_err()), not_named);
    let next = fuyang.make(&Wanted::sound());
    assert_eq!(why(ouhai.offer(&followed, &next).unwrap_err()), not_named);
}

fn what_is_not_followed_has_a_name(database: &Database) {
    let (fuyang, province, third) = (Fuyang::new(), Fuyang::new(), Fuyang::new());
    let ouhai = Ouhai::new(database, &fuyang.house.clock);
    // their keys lie in their folders once they made a list
    for one in [&fuyang, &province, &third] {
        naming(one, &[]);
    }
    let other = "https://other.example/trust-list.json".to_owned();
    let list = naming(
        &province,
        &[
            (NAMED, &fuyang, scope("\"33\"")),
            ("第三（演示）", &third, String::new()),
            ("省（演示）", &province, scope("\"33\"")),
        ],
    );
    let operator = province_of(&ouhai, &province);
    assert_eq!(propose(&ouhai, &operator, &address(&fuyang)), Err(TrustError::NothingAccepted));
    take(&ouhai, &operator, &list);
    let refused = |address: &str| why(propose(&ouhai, &operator, address).unwrap_err()).word();
    assert_eq!(refused(&other), "not_named");
    assert_eq!(refused(&address(&third)), "no_scope");
    assert_eq!(refused(&address(&province)), "cycle");

    // a second level: Fuyang names the third, and the province back
    let followed = follow(&ouhai, &operator, &fuyang);
    let deeper =
        naming(&fuyang, &[("第三（演示）", &third, scope("\"33\"")), ("省（演示）", &province, scope("\"33\""))]);
    let offered = ouhai.offer(&followed, &deeper);
    assert!(matches!(offered, Ok(Offered::Proposed { .. })), "{offered:?}");
    accept(&ouhai, NAMED);
    let refused = |address: &str| why(propose(&ouhai, &followed, address).unwrap_err()).word();
    assert_eq!(refused(&address(&third)), "too_deep");
    assert_eq!(refused(&address(&province)), "cycle");

    // what is pinned here is not overridden: neither proposed anew, nor narrowed by whoever names it
    assert_eq!(why(propose(&ouhai, &operator, &address(&fuyang)).unwrap_err()).word(), "pinned_here");
    let direct = ouhai.add(fuyang.operator());
    take(&ouhai, &direct, &deeper);
    let lists = trust::in_use(&ouhai.store).unwrap();
    let members: Vec<_> = lists.iter().map(|used| (used.operator.name.as_str(), used.member.is_some())).collect();
    assert_eq!(members, [(PROVINCE, false), (FUYANG, false)], "by its own key, and no more by the province");
    // pinned between the proposal and the second person
    let next = naming(&province, &[("第三（演示）", &third, scope("\"33\""))]);
    take(&ouhai, &operator, &next);
    let id = propose(&ouhai, &operator, &address(&third)).unwrap();
    ouhai.add(NewOperator { name: "third".to_owned(), ..third.operator() });
    let digest = hex::encode(sm3::digest(third.operator().key.spki()));
    let pinned = trust::pin(&ouhai.store, &ouhai.permit("li.si").unwrap(), &id, &digest, ouhai.clock.now().unwrap());
    assert_eq!(why(pinned.unwrap_err()).word(), "pinned_here");
}

fn by_policy_its_lists_flow_through(database: &Database) {
    let (fuyang, province) = (Fuyang::new(), Fuyang::new());
    let mut ouhai = Ouhai::new(database, &fuyang.house.clock);
    ouhai.policy.member_lists = MemberLists::Follow;
    let first = fuyang.make(&Wanted::sound());
    let list = naming(&province, &[(NAMED, &fuyang, scope("\"33\""))]);
    let operator = province_of(&ouhai, &province);
    // a list whose key is pinned for itself never does
    take(&ouhai, &operator, &list);
    let followed = follow(&ouhai, &operator, &fuyang);
    // not under another key than the one that is named
    let stranger = Fuyang::new().make(&Wanted::sound());
    let wrong = ouhai.offer(&followed, &stranger).unwrap_err();
    assert_eq!((&wrong, wrong.word()), (&TrustError::List(SignedListError::WrongSignature), Some("wrong_signature")));
    assert!(matches!(ouhai.offer(&followed, &first), Ok(Offered::Followed { .. })));
    assert!(ouhai.look());
    assert!(matches!(ouhai.offer(&followed, &first), Ok(Offered::InUse(None))));
    let second = fuyang.make(&Wanted { has_status: false, ..Wanted::sound() });
    assert!(matches!(ouhai.offer(&followed, &second), Ok(Offered::Followed { .. })));
    assert_eq!(ouhai.offer(&followed, &first).unwrap_err().word(), Some("rolled_back"));
    let shown = trust::show(&ouhai.store, NAMED).unwrap();
    assert!(shown.proposed.is_none());
    let in_use = shown.accepted.unwrap();
    assert_eq!(in_use.list().sequence(), 2);
    // what somebody took out of use does not come back by itself
    let (li, now) = (ouhai.permit("li.si").unwrap(), ouhai.clock.now().unwrap());
    trust::refuse(&ouhai.store, &li, NAMED, &hex::encode(in_use.sm3()), now).unwrap();
    let third = fuyang.make(&Wanted::sound());
    assert!(matches!(ouhai.offer(&followed, &third), Ok(Offered::Proposed { .. })));
    assert_eq!(ouhai.actions().iter().filter(|action| *action == "trust.list_followed").count(), 2);
}
