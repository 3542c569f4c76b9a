//! Lists made and read. The kit is built against this crate's product, so only octets
//! cross over.

mod accepting;
mod mutations;
mod reading;
mod signing;
mod timing;
mod using;
mod vector;

use super::*;
use crate::{base::Day, sm::Signature, x509::Certificate};
use yinxin_testkit::{
    keys::Key,
    pki::{Period, Pki},
};

const BODY: &str = "11430000006122244L";
const TYPE: &str = "11100000000013338W011";

fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn operator() -> Key {
    Key::from_seed("trust-list/operator")
}

fn public(key: &Key) -> sm2::PublicKey {
    sm2::PublicKey::from_sec1(key.public().to_sec1()).unwrap()
}

fn sign(key: &Key, message: &[u8]) -> Signature {
    Signature::from_der(&key.sign(message, 0).to_der()).unwrap()
}

fn pki() -> Pki {
    Pki::new("trust-list", "阜阳市市场监督管理局", Period::years(2024, 2035))
}

fn certificate(of: &yinxin_testkit::pki::Certificate) -> Identity {
    Identity::Certificate(Certificate::from_der(&of.der).unwrap())
}

fn granted(from: &str) -> Vec<StateFrom> {
    vec![StateFrom { state: State::Granted, from: moment(from) }]
}

fn withdrawn(history: &[StateFrom], from: &str) -> Vec<StateFrom> {
    let last = StateFrom { state: State::Withdrawn, from: moment(from) };
    history.iter().copied().chain([last]).collect()
}

fn service(kind: ServiceKind, name: &str, identity: Identity) -> Service {
    Service {
        kind,
        name: name.to_owned(),
        identity,
        history: granted("2024-06-01T00:00:00Z"),
        scope: Scope::any_from(day("2024-06-01")),
        log_required_from: None,
    }
}

/// A list with one service of each kind, as two localities would exchange it.
fn draft() -> TrustListDraft {
    let pki = pki();
    let mut stampers = service(ServiceKind::StamperCa, "阜阳市签章者证书机构", certificate(&pki.stamper_authority));
    stampers.scope = Scope {
        bodies: [BODY.parse().unwrap(), "12110000400777687U".parse().unwrap()].into(),
        licence_types: [TYPE.parse().unwrap()].into(),
        regions: ["11".parse().unwrap(), "43".parse().unwrap()].into(),
        from: day("2024-06-01"),
    };
    stampers.log_required_from = Some(day("2026-01-01"));
    let mut makers = service(ServiceKind::SealMakerCa, "安徽省制章者证书机构", certificate(&pki.maker_authority));
    makers.history = withdrawn(&makers.history, "2026-03-01T00:00:00Z");
    let key = |seed| Identity::Key(Box::new(ServiceKey::from_sm2(&public(&Key::from_seed(seed)))));
    let services = vec![
        stampers,
        makers,
        service(ServiceKind::TimeStamp, "演示时间戳服务", certificate(&pki.time_authority)),
        service(ServiceKind::Log, "阜阳市透明日志", key("trust-list/log")),
        service(ServiceKind::Status, "阜阳市状态服务", key("trust-list/status")),
        service(ServiceKind::CodeHost, "阜阳市亮证码", Identity::Host("zz.fy.gov.cn.example".parse().unwrap())),
    ];
    let pointer = Pointer {
        address: "https://trust.example/.well-known/yinxin/trust-list.json".parse().unwrap(),
        operator: "安徽省数据资源管理局（演示）".to_owned(),
        key: public(&Key::from_seed("trust-list/province")),
        scope: None,
    };
    TrustListDraft {
        operator: Operator {
            name: "阜阳市数据资源管理局（演示）".to_owned(), territory: "341200".parse().unwrap()
        },
        sequence: 7,
        issued: moment("2026-06-01T00:00:00Z"),
        next_update: moment("2026-07-01T00:00:00Z"),
        services,
        pointers: vec![pointer],
    }
}

fn plan(draft: &TrustListDraft) -> ListPlan {
    ListPlan::new(draft, &TrustListLimits::default()).unwrap()
}

fn signed(draft: &TrustListDraft) -> SignedList {
    signed_by(&operator(), draft)
}

fn signed_by(key: &Key, draft: &TrustListDraft) -> SignedList {
    let plan = plan(draft);
    let signature = sign(key, plan.to_be_signed());
    plan.embed(&public(key), &signature).unwrap()
}
