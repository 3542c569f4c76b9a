//! A made-up installation for the bench.

use std::{path::Path, sync::Arc};
use yinxin::{
    clock::{Clock as _, SystemClock},
    flow::{
        access::{Permit, may},
        bodies::{self, Naming},
        catalogue, installation,
        installation::Places,
        issue::{IssueSettings, Order},
        issuer::Issuer,
        seal_making::{self, Look, SealOrder},
    },
    random,
    store::{Settings, Store, migrate},
};
use yinxin_face::Fonts;
use yinxin_hsm::configured::CustodyConfig;
use yinxin_trust::{base::Day, seal::make::RoundSeal};

const BODY: &str = "演示市市场监督管理局";
const KIND: &str = "11100000000013338W002";
const ORDER: &str = r#"{
    "type_code": "11100000000013338W002",
    "choices": { "issuing_level": "3" },
    "data": {
        "enterprise_name": "演示建设集团有限公司",
        "credit_code": "11100000MB0143028R",
        "legal_representative": "王安",
        "registered_address": "演示市新塘区样例路 20 号",
        "qualifications": "建筑工程施工总承包三级",
        "valid_until": "2099-12-31"
    },
    "decision": { "document_number": "一号", "legal_basis": "《中华人民共和国建筑法》", "decided_on": "2026-01-01" }
}"#;

pub(crate) struct House {
    pub(crate) issuer: Arc<Issuer>,
    body: String,
    _folder: tempfile::TempDir,
}

impl House {
    /// With keys as `section` of the folder says, which follows on `[keys]`.
    pub(crate) fn with(settings: &Settings, section: impl Fn(&Path) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        installation::keep_new_passphrase(&folder.path().join("passphrase"), "a passphrase of the bench").unwrap();
        let files = "folder = \"keys\"\npassphrase_file = \"passphrase\"\n";
        let keys: CustodyConfig = toml::from_str(&format!("{files}{}", section(folder.path()))).unwrap();
        let places = Places {
            keys: keys.rooted_at(folder.path()),
            authority: Some(folder.path().join("pki")),
            suite: yinxin_trust::suite::Suite::Sm2,
            public_address: None,
            anchors: None,
            revocation_lists: vec![],
            policy: Default::default(),
            issue: IssueSettings {
                code_site: "localhost".parse().unwrap(),
                intent_lifetime_seconds: 120,
                threads: 2,
                signing_threads: 8,
            },
            status_key: None,
            time_stamper: None,
            time_stamps: None,
            receipt_key: None,
            fonts: vec![],
            platforms: vec![],
        };
        migrate(settings).unwrap();
        let store = Arc::new(Store::open(settings.clone()).unwrap());
        let now = SystemClock.now().unwrap();
        let today = Day::in_beijing_at(now).unwrap();
        let (keys, authority) = installation::found(&places, &store, "演示信任服务机构", now).unwrap();
        let body = random::id().unwrap();
        let naming = Naming {
            name: BODY.to_owned(),
            credit_code: "11330100MB0000000N".parse().unwrap(),
            region: "330100".parse().unwrap(),
            from: today,
        };
        bodies::create(&store, &Permit::of_operator(&*body), &naming, None, now).unwrap();
        let seal = SealOrder {
            name: format!("{BODY}电子证照专用章"),
            code: "3301000000001".to_owned(),
            body_name: BODY.to_owned(),
            look: Look::Round(RoundSeal {
                name: BODY.to_owned(),
                purpose: "电子证照专用章".to_owned(),
                foot_code: "3301000000001".to_owned(),
                diameter_mm: 42,
            }),
            format: Default::default(),
        };
        let permit: Permit<may::ManageSeals> = Permit::of_operator(&*body);
        let fonts = Fonts::shipped();
        let made = seal_making::make(&store, keys.as_ref(), &authority, &fonts, &permit, &seal, now).unwrap();
        catalogue::allow(&store, &permit, KIND, &made.id, today, now).unwrap();
        let issuer = installation::open_with(&places, store, keys, Arc::new(SystemClock)).unwrap();
        Self { issuer: Arc::new(issuer), body, _folder: folder }
    }

    pub(crate) fn permit(&self) -> Permit<may::Issue> {
        Permit::of_operator(&*self.body)
    }

    #[allow(dead_code, reason = "not every bench asks")]
    pub(crate) fn body(&self) -> &str {
        &self.body
    }

    #[allow(dead_code, reason = "not every bench asks")]
    pub(crate) fn order(&self) -> Order {
        serde_json::from_str(ORDER).unwrap()
    }

    /// The same for another holder.
    #[allow(dead_code, reason = "not every bench asks")]
    pub(crate) fn order_of(&self, credit_code: &str) -> Order {
        let mut order: serde_json::Value = serde_json::from_str(ORDER).unwrap();
        order["data"]["credit_code"] = credit_code.into();
        serde_json::from_value(order).unwrap()
    }
}
