//! What we say of a code that a holder of ours shows, to a platform that may ask.

use super::{counter, public};
use crate::{
    presentations::{Counter, FOOD_HOLDER},
    support::{
        database::Database,
        desk::Desk,
        house::{House, food},
        http::Connection,
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::Holder,
        issue,
        kind::HasKind as _,
        resolver::{Outcome, Question, ResolutionError, Unanswered, answers_hold, resolve},
        uses,
    },
    store::audit,
};
use yinxin_testkit::{
    keys::Key,
    platform::{header, question_message},
};
use yinxin_trust::{base::Moment, sm::sm3, suite::PublicKey, trust_list::ServiceKey};

on_both!(
    a_platform_redeems_a_code_once_and_the_holder_sees_it,
    who_may_not_ask_is_told_nothing,
    a_question_counts_once_and_now,
);

struct Place {
    counter: Counter,
    key: Key,
    holder: Holder,
    identifier: String,
}

impl Place {
    fn open(database: &Database, may_ask: bool) -> Self {
        let key = Key::from_seed("platform");
        let counter = counter(House::new(database), &key, (!may_ask).then(|| "http://127.0.0.1:1".to_owned()), may_ask);
        let issuer = &counter.house.issuer;
        let identifier = issue::issue(issuer, &counter.house.may_issue(), &[food(1)]).remove(0).unwrap().identifier;
        let holder = counter.holder("noodles", FOOD_HOLDER);
        Self { counter, key, holder, identifier }
    }

    fn code(&self) -> String {
        self.counter.show(&self.holder, &self.identifier, &["operator_name", "signatory"]).unwrap().address.to_string()
    }

    fn question(&self, code: &str, scan: &str, nonce: u32) -> Value {
        json!({
            "format": "yinxin-code-question/1",
            "code": code,
            "scan_id": scan,
            "nonce": format!("{nonce:032x}"),
            "asked_at": self.counter.house.clock.now().unwrap().to_string(),
            "asker_key": hex::encode(sm3::digest(public(&self.key).spki())),
            "body": { "name": "邻市政务服务中心", "code": "11990000MB0000019F" },
            "window": "7 号窗口",
            "purpose": "跨省通办",
        })
    }

    fn ask(&self, question: &Value, key: &Key) -> Result<Outcome, ResolutionError> {
        let octets = question.to_string().into_bytes();
        self.ask_octets(&octets, Some(&header(key, &question_message(&octets))))
    }

    fn ask_octets(&self, octets: &[u8], signature: Option<&str>) -> Result<Outcome, ResolutionError> {
        let issuer = &self.counter.house.issuer;
        let answer = resolve(issuer, &self.counter.desk, &[], octets, signature)?;
        let (question, now): (Question, Moment) =
            (serde_json::from_slice(octets).unwrap(), issuer.clock.now().unwrap());
        let said = (&answer.octets[..], answer.signature.as_deref());
        // nobody else's key holds it, nor does it answer another question
        let other = answers_hold(&question, octets, said, |_| vec![public(&Key::from_seed("x"))], now);
        assert_eq!(other, Err(Unanswered::Unsigned));
        let other = answers_hold(&question, b"{}", said, |_| self.ours(), now);
        assert_eq!(other, Err(Unanswered::Unsigned));
        Ok(answers_hold(&question, octets, said, |_| self.ours(), now).unwrap())
    }

    /// Every key of the custody that a status service could have.
    fn ours(&self) -> Vec<ServiceKey> {
        let keys = self.counter.house.keys.list().unwrap();
        let public = keys.into_iter().filter_map(|key| match key.public_key {
            Some(PublicKey::Sm2(key)) => Some(ServiceKey::from_sm2(&key)),
            _ => None,
        });
        public.collect()
    }
}

fn a_platform_redeems_a_code_once_and_the_holder_sees_it(database: &Database) {
    let place = Place::open(database, true);
    let code = place.code();
    let first = place.ask(&place.question(&code, "scan-0001", 1), &place.key).unwrap();
    let Outcome::Presented(told) = first else { panic!("{first:?}") };
    assert_eq!((&*told.identifier, &*told.state), (&*place.identifier, "in_force"));
    let names: Vec<_> = told.fields.iter().map(|field| &*field.name).collect();
    assert_eq!(names, ["operator_name", "signatory"], "what the holder chose and nothing else");
    // the same scan again, and another
    let again = place.ask(&place.question(&code, "scan-0001", 2), &place.key).unwrap();
    assert!(matches!(again, Outcome::Presented(_)), "{again:?}");
    let other = place.ask(&place.question(&code, "scan-0002", 3), &place.key).unwrap();
    let Outcome::Used(used) = other else { panic!("{other:?}") };
    assert_eq!((&*used.by, used.window.as_deref()), ("安康码·邻市政务服务中心", Some("7 号窗口")));
    // a clerk of ours is told who
    let scanner = place.counter.scanner(&place.counter.house.body);
    let (_, short) = code.rsplit_once('/').unwrap();
    let refused = place.counter.redeem(&scanner, short, "scan-0001").unwrap_err().to_string();
    assert!(refused.contains("安康码·邻市政务服务中心"), "{refused}");

    let issuer = &place.counter.house.issuer;
    let seen = uses::of(issuer, &place.holder).unwrap();
    let [used] = &seen[..] else { panic!("{seen:?}") };
    assert_eq!((&*used.body, used.window.as_deref()), ("安康码·邻市政务服务中心", Some("7 号窗口")));
    assert_eq!((used.fields.len(), &*used.purpose), (2, "接受检查"));
    let rows = issuer.store.read(|c| audit::list(c, &place.counter.house.body, (i64::MIN, 0), 500)).unwrap();
    let line = rows.iter().find(|row| row.action == "presentation.redeemed").unwrap();
    assert_eq!((&*line.actor_kind, line.actor_id.len()), ("outside", 64));

    let gone = place
        .ask(&place.question("HTTPS://YX.EXAMPLE.GOV.CN/S/ABCDEFGHIJKLMNOPQRSTUV2345", "scan-0001", 4), &place.key);
    assert_eq!(gone.unwrap(), Outcome::Expired);
    for (n, text) in ["AKM:0123456789", "HTTPS://ZZ.EXAMPLE/S/ABCDEFGHIJKLMNOPQRSTUV2345"].into_iter().enumerate() {
        let question = place.question(text, "scan-0001", 5 + u32::try_from(n).unwrap());
        assert_eq!(place.ask(&question, &place.key).unwrap(), Outcome::NotOurs, "{text}");
    }
}

fn who_may_not_ask_is_told_nothing(database: &Database) {
    let place = Place::open(database, true);
    let code = place.code();
    let question = place.question(&code, "scan-0001", 1);
    let stranger = Key::from_seed("stranger");
    let code_of = |result: Result<Outcome, ResolutionError>| result.unwrap_err().code();
    assert_eq!(code_of(place.ask(&question, &stranger)), "asker_unknown");
    let mut other = question.clone();
    other["asker_key"] = json!(hex::encode(sm3::digest(public(&stranger).spki())));
    assert_eq!(code_of(place.ask(&other, &stranger)), "asker_unknown");
    let octets = question.to_string().into_bytes();
    for signature in [None, Some(""), Some("!"), Some("MAYCAQECAQE=")] {
        assert_eq!(code_of(place.ask_octets(&octets, signature)), "asker_unknown", "{signature:?}");
    }
    // signed, and altered on the way
    let signature = header(&place.key, &question_message(&octets));
    let altered = String::from_utf8(octets.clone()).unwrap().replace("跨省通办", "跨省通话");
    assert_eq!(code_of(place.ask_octets(altered.as_bytes(), Some(&signature))), "asker_unknown");
    // without the line before it
    let bare = STANDARD.encode(place.key.sign(&octets, 0).to_der());
    assert_eq!(code_of(place.ask_octets(&octets, Some(&bare))), "asker_unknown");
    for wrong in [
        json!({ "format": "yinxin-code-question/2" }),
        json!({ "code": "" }),
        json!({ "code": "码" }),
        json!({ "nonce": "1" }),
        json!({ "purpose": " " }),
        json!({ "purpose": "a\nb" }),
        json!({ "body": { "name": "", "code": "x" } }),
        json!({ "more": 1 }),
    ] {
        let mut bad = question.clone();
        bad.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        assert_eq!(code_of(place.ask(&bad, &place.key)), "question_malformed", "{wrong}");
    }
    assert!(uses::of(&place.counter.house.issuer, &place.holder).unwrap().is_empty());
    assert!(place.ask(&question, &place.key).is_ok(), "nothing of that used anything up");

    // a platform that is only asked
    let asked = Place::open(&Database::sqlite(), false);
    let question = asked.question(&asked.code(), "scan-0001", 1);
    assert_eq!(code_of(asked.ask(&question, &asked.key)), "asker_unknown");
}

fn a_question_counts_once_and_now(database: &Database) {
    let place = Place::open(database, true);
    let question = place.question(&place.code(), "scan-0001", 1);
    assert!(place.ask(&question, &place.key).is_ok());
    assert!(matches!(place.ask(&question, &place.key), Err(ResolutionError::Stale)), "played again");
    let next = place.question(&place.code(), "scan-0001", 2);
    place.counter.house.clock.advance_seconds(301);
    assert!(matches!(place.ask(&next, &place.key), Err(ResolutionError::Stale)), "of five minutes ago");
    // guessing: a body elsewhere may miss as often as twenty windows here
    for n in 0..1000 {
        let code = "HTTPS://YX.EXAMPLE.GOV.CN/S/ABCDEFGHIJKLMNOPQRSTUV2345";
        assert_eq!(place.ask(&place.question(code, "scan-0001", 100 + n), &place.key).unwrap(), Outcome::Expired);
    }
    let full = place.ask(&place.question(&place.code(), "scan-0001", 2000), &place.key).unwrap_err();
    assert_eq!(full.code(), "too_many_tries");
}

#[test]
fn over_http_by_its_documented_words() {
    let database = Database::sqlite();
    let place = Place::open(&database, true);
    let code = place.code();
    let question = place.question(&code, "scan-0001", 1).to_string();
    let signature = header(&place.key, &question_message(question.as_bytes()));
    let desk = Desk::open(place.counter.house, "");
    let send = |more: &str, body: &str| {
        let mut connection = Connection::open(desk.to);
        connection.send(format!(
            "POST /api/v1/code-resolutions HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n{more}Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ));
        connection.answer()
    };
    let unsigned = send("", &question);
    assert_eq!((unsigned.status, unsigned.json()["code"].as_str()), (403, Some("asker_unknown")));
    let answer = send(&format!("yinxin-signature: {signature}\r\n"), &question);
    assert_eq!((answer.status, answer.json()["answer"]["result"].as_str()), (200, Some("presented")), "{answer:?}");
    assert!(answer.header("yinxin-signature").is_some());
    let again = send(&format!("yinxin-signature: {signature}\r\n"), &question);
    assert_eq!((again.status, again.json()["code"].as_str()), (409, Some("question_stale")));
    let long = "x".repeat(9000);
    assert_eq!(send("", &long).status, 400);
}
