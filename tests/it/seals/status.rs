//! How seals stand: asked over HTTP, and in reports.

use super::{Kept, order};
use crate::support::{
    database::Database,
    desk::Desk,
    house::{self, House, begin, food},
    register::Shown,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::json;
use std::sync::Arc;
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Permit, Role, Scope},
        document::{Form, document},
        issue::issue,
        own_register::OwnRegister,
        register::{Answer, Register, RegisterFault},
        seal_lives::{self, Keep, KeepOrder},
        verify::Verifier,
    },
    store::seals,
};
use yinxin_trust::{
    base::Moment,
    sm::{Signature, sm2, sm3},
    verify::{CheckId, Outcome, Policy, Report, Subindication, Verdict, stamped_seals},
};

on_both!(the_report_says_how_the_seal_stood);

fn seal_status(report: &Report) -> (Outcome, String) {
    let check = report.signatures[0].checks.iter().find(|check| check.id == CheckId::SealStatus).unwrap();
    (check.outcome, check.code.clone())
}

fn stamped(house: &House, n: u32) -> Vec<u8> {
    let issued = issue(&house.issuer, &house.may_issue(), &[food(n)]).pop().unwrap().unwrap();
    document(&house.issuer, &house.may_read(), &issued.identifier.parse().unwrap(), Form::Ofd).unwrap()
}

fn the_report_says_how_the_seal_stood(database: &Database) {
    let kept = Kept::new(database);
    let before = stamped(&kept.house, 1);
    assert_eq!(stamped_seals(&before, &Policy::default().limits).len(), 1);
    let own = || {
        kept.house
            .issuer
            .verifier
            .clone()
            .with_register(Arc::new(OwnRegister::new(Arc::clone(&kept.house.issuer), None)))
    };
    let verify = |octets: &Vec<u8>| own().verify(octets, None).unwrap();
    let report = verify(&before);
    assert_eq!((report.verdict, seal_status(&report)), (Verdict::Valid, (Outcome::Passed, "ok".to_owned())));
    // what was stamped before a suspension stays good, and the report says that the time is only claimed
    kept.keep(&kept.first, Keep::Suspend).unwrap();
    kept.house.clock.advance_seconds(10);
    let report = verify(&before);
    assert_eq!((report.verdict, seal_status(&report).0), (Verdict::Valid, Outcome::Passed));
    assert!(report.warnings.iter().any(|warning| warning.code == "seal.ended_since"));
    kept.keep(&kept.first, Keep::Resume).unwrap();
    let after = stamped(&kept.house, 2);
    let report = verify(&after);
    assert_eq!((report.verdict, seal_status(&report).0), (Verdict::Valid, Outcome::Passed));
    assert!(report.warnings.iter().all(|warning| warning.code != "seal.ended_since"));
    // lost at the second of the last stamp: what was stamped from then on is refused by name, with the date
    let lost = kept.now();
    kept.house.clock.advance_seconds(60);
    let order = KeepOrder { effective_from: Some(lost), ..order(Keep::Cancel) };
    seal_lives::keep(&kept.house.issuer.store, &kept.keeps(), &kept.first, &order, kept.now()).unwrap();
    let report = verify(&after);
    assert_eq!((report.verdict, report.reason), (Verdict::Invalid, Some(CheckId::SealStatus)));
    assert_eq!(report.subindication, Some(Subindication::SealBad));
    assert_eq!(seal_status(&report), (Outcome::Failed, "cancelled".to_owned()));
    let check = report.signatures[0].checks.iter().find(|check| check.id == CheckId::SealStatus).unwrap();
    assert!(check.sentence.en.contains(&lost.to_string()), "{}", check.sentence.en);
    assert_eq!(verify(&before).verdict, Verdict::Valid);
    // invalid from the making on: nothing of it is good any more
    kept.keep(&kept.first, Keep::Invalidate).unwrap();
    for octets in [&before, &after] {
        assert_eq!(seal_status(&verify(octets)), (Outcome::Failed, "invalid".to_owned()));
    }
}

/// A register that does not answer, or keeps no seals.
struct Silent(RegisterFault);

impl Register for Silent {
    fn standing(&self, _: &str, _: Moment) -> Result<Answer, RegisterFault> {
        Err(self.0.clone())
    }

    fn seal(
        &self,
        _: &yinxin_trust::verify::SealName,
        _: Option<&yinxin_trust::licence::identifier::LicenceIdentifier>,
    ) -> Result<yinxin_trust::verify::SealStates, RegisterFault> {
        Err(self.0.clone())
    }

    fn name(&self) -> &str {
        "登记库"
    }
}

#[test]
fn without_an_answer_nothing_is_forged() {
    let kept = Kept::new(&Database::sqlite());
    let octets = stamped(&kept.house, 1);
    let verifier = &kept.house.issuer.verifier;
    let with = |verifier: &Verifier, fault| verifier.clone().with_register(Arc::new(Silent(fault)));
    for (fault, code) in [
        (RegisterFault::Unreachable("no route".to_owned()), "register_unreachable"),
        (RegisterFault::Malformed("no JSON".to_owned()), "register_unreachable"),
        (RegisterFault::NotCompetent, "register_not_competent"),
    ] {
        let report = with(verifier, fault).verify(&octets, None).unwrap();
        assert_eq!((report.verdict, seal_status(&report)), (Verdict::Valid, (Outcome::Skipped, code.to_owned())));
    }
    let report = verifier.verify(&octets, None).unwrap();
    assert_eq!(
        (report.verdict, seal_status(&report)),
        (Verdict::Valid, (Outcome::Skipped, "not_configured".to_owned()))
    );
    // only who asks for the answer is left undecided without it
    let evidence = yinxin_trust::verify::Evidence::default();
    let anchors = yinxin_trust::anchor::Anchors::from_pem(kept.house.authority.anchors_pem().as_bytes()).unwrap();
    let policy = Policy { seal_status: true, ..Policy::default() };
    let report = yinxin_trust::verify::check(&octets, &anchors, &evidence, &policy, kept.now()).unwrap();
    assert_eq!(report.verdict, Verdict::Indeterminate);
}

#[test]
fn anybody_may_ask_and_the_answer_is_signed() {
    let (house, key) = House::new(&Database::sqlite()).signing_answers();
    let public = house.keys.list().unwrap().into_iter().find(|known| known.reference == key).unwrap().public_key;
    let seal = house.issuer.store.read(|conn| seals::list(conn, &house.body, "", 1)).unwrap().remove(0);
    let desk = Desk::open(house, "");
    let path = "/api/v1/seals/3301000000001/status";
    let answer = desk.get(path, &Shown::Nothing);
    let told = answer.json();
    assert_eq!((told["state"].as_str(), told["state_name"].as_str()), (Some("in_use"), Some("在用")));
    assert_eq!(told["seal_sm3"], hex::encode(sm3::digest(&seal.der)));
    assert_eq!(told["owner"], house::BODY);
    assert!(!answer.body.contains("uid:") && !answer.body.contains("operator"), "{}", answer.body);
    let signature = Signature::from_der(&STANDARD.decode(answer.header("yinxin-signature").unwrap()).unwrap()).unwrap();
    let message = [b"yinxin-seal-status/1\n".as_slice(), answer.body.as_bytes()].concat();
    let Some(yinxin_trust::suite::PublicKey::Sm2(public)) = public else { panic!("another kind of key") };
    assert!(public.verify(sm2::DEFAULT_ID, &message, &signature));
    assert!(!public.verify(sm2::DEFAULT_ID, answer.body.as_bytes(), &signature), "without the line");
    // as of a date
    let store = Arc::clone(&desk.house.issuer.store);
    let now = desk.house.clock.now().unwrap();
    let order = KeepOrder { effective_from: Some(now), ..order(Keep::Suspend) };
    seal_lives::keep(&store, &Permit::of_operator(&*desk.house.body), &seal.id, &order, now).unwrap();
    desk.house.clock.advance_seconds(60);
    let state = |query: &str| {
        let answer = desk.get(&format!("{path}{query}"), &Shown::Nothing);
        assert!(answer.header("yinxin-signature").is_some());
        answer.json()
    };
    assert_eq!(state("")["state"], "suspended");
    assert_eq!(state("?at=2020-01-01")["state"], "unknown");
    let just_before = Moment::from_unix_seconds(begin().unix_seconds()).unwrap();
    assert_eq!(state(&format!("?at={just_before}"))["state"], "suspended");
    assert_eq!(state("")["states"].as_array().unwrap().last().unwrap()["state"], "expired");
    let digest = hex::encode(sm3::digest(&seal.der));
    assert_eq!(state(&format!("?seal={digest}"))["state"], "suspended");
    for (query, status, code) in [
        (format!("{path}?seal={}", "00".repeat(32)), 404, "seal_not_registered"),
        ("/api/v1/seals/none/status".to_owned(), 404, "seal_not_registered"),
        (format!("{path}?seal=xyz"), 400, "bad_query"),
        (format!("{path}?at=soon"), 400, "bad_query"),
        (format!("{path}?of=x"), 400, "bad_query"),
    ] {
        let answer = desk.get(&query, &Shown::Nothing);
        assert_eq!((answer.status, answer.problem().as_str()), (status, code), "{query}");
    }
}

#[test]
fn keepers_work_over_the_api_and_nobody_else() {
    let desk = Desk::open(House::new(&Database::sqlite()), "");
    let body = desk.house.body.clone();
    let (keeper, other) =
        (desk.signed_in(&body, "wu.di", &[Role::SealKeeper]), desk.signed_in(&body, "zheng.yi", &[Role::Approver]));
    let seals = desk.get("/api/v1/seals", &keeper).json();
    let id = seals["seals"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(seals["seals"][0]["state"], "in_use");
    let suspend = json!({ "kind": "suspend", "reason": "介质丢失", "document_number": "演印〔2026〕2号" });
    assert_eq!(desk.post(&format!("/api/v1/seals/{id}/acts"), &other, &suspend).status, 403);
    let answer = desk.post(&format!("/api/v1/seals/{id}/acts"), &keeper, &suspend);
    assert_eq!((answer.status, answer.json()["state"].as_str()), (200, Some("suspended")));
    let again = desk.post(&format!("/api/v1/seals/{id}/acts"), &keeper, &suspend);
    assert_eq!((again.status, again.problem().as_str()), (422, "seal_act_refused"));
    let token = desk.token(&body, &[Scope::Issue]);
    let refused = desk.post("/api/v1/licences", &token, &serde_json::to_value(food(1)).unwrap());
    assert_eq!((refused.status, refused.problem().as_str()), (422, "seal_not_in_use"));
    let history = desk.get(&format!("/api/v1/seals/{id}"), &other).json();
    assert_eq!(history["acts"][1]["by"], "wu.di");
    let resume = json!({ "kind": "resume", "reason": "已找回", "document_number": "演印〔2026〕3号" });
    assert_eq!(desk.post(&format!("/api/v1/seals/{id}/acts"), &keeper, &resume).status, 200);
    desk.house.clock.advance_seconds(2);
    desk.issue(&token, &food(1));
    let ledger = desk.get("/api/v1/seal-ledger", &keeper).json();
    assert_eq!(
        (ledger["stamps"].as_array().unwrap().len(), ledger["stamps"][0]["outcome"].as_str()),
        (1, Some("made"))
    );
    let csv = desk.get("/api/v1/seal-ledger?format=csv&from=2026-11-01&to=2026-12-01", &other);
    assert_eq!((csv.status, csv.header("content-type")), (200, Some("text/csv; charset=utf-8")));
    assert_eq!(csv.body.lines().count(), 2, "{}", csv.body);
    let grant = json!({ "grantee_kind": "body", "grantee": body, "until": "2026-12-01T00:00:00Z", "most": 3,
        "reason": "年终", "document_number": "演印授〔2026〕1号" });
    let grants = format!("/api/v1/seals/{id}/grants");
    assert_eq!(desk.post(&grants, &other, &grant).status, 403);
    let given = desk.post(&grants, &keeper, &grant);
    assert_eq!(given.status, 201, "{}", given.body);
    assert_eq!(desk.get(&grants, &other).json()["grants"][0]["most"], 3);
    let kept = desk.get("/api/v1/seals/none", &keeper);
    assert_eq!((kept.status, kept.problem().as_str()), (404, "no_such_thing"));
}

#[test]
fn parts_of_the_service_answer_for_themselves_alone() {
    let desk = Desk::open(House::new(&Database::sqlite()), "roles = [\"public\"]");
    let path = "/api/v1/seals/3301000000001/status";
    assert_eq!(desk.get(path, &Shown::Nothing).status, 200);
    assert_eq!(desk.get("/healthz", &Shown::Nothing).status, 200);
    for elsewhere in ["/api/v1/seals", "/api/v1/licences", "/office", "/login", "/verify", "/my"] {
        let answer = desk.get(elsewhere, &Shown::Nothing);
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not_served_here"), "{elsewhere}");
    }
    let desk = Desk::open(House::new(&Database::sqlite()), "roles = [\"issue\", \"seals\"]");
    let keeper = desk.signed_in(&desk.house.body, "wu.di", &[Role::SealKeeper]);
    assert_eq!(desk.get("/api/v1/seals", &keeper).status, 200);
    assert_eq!(desk.get(path, &Shown::Nothing).problem(), "not_served_here");
}
