//! A made-up issuing installation of a test's own.

use super::{Folder, custody::Held, database::Database};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};
use yinxin::{
    clock::{Clock, ClockError},
    flow::{
        access::{Permit, may},
        authority::{Authority, AuthorityFolder, Lists},
        catalogue,
        issue::{self, Decided, IssueSettings, Order},
        issuer::Issuer,
        seal_making::{self, Look, SealOrder},
        second_factor::{Demand, Factors},
        verify::Verifier,
    },
    store::{Store, StoreError, bodies, catalogue as stored, seals},
};
use yinxin_face::Fonts;
use yinxin_hsm::{KeyAlgorithm, KeyOrder, KeyReference, KeyStore, Purpose};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    base::{Day, Moment},
    seal::make::{RoundSeal, SealFormat},
    suite::Suite,
    verify::Policy,
};

pub(crate) const BODY: &str = "演示市市场监督管理局";
pub(crate) const BODY_CODE: &str = "11330100MB0000000N";
pub(crate) const BUSINESS: &str = "11100000MB0143028R001";
pub(crate) const FOOD: &str = "11100000MB0143028R003";
pub(crate) const CONSTRUCTION: &str = "11100000000013338W002";

/// A clock that a test sets.
pub(crate) struct SetClock(AtomicI64);

impl SetClock {
    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> Result<Moment, ClockError> {
        Moment::from_unix_milliseconds(self.0.load(Ordering::SeqCst)).map_err(|_| ClockError)
    }
}

/// One installation with one body that issues every shipped type.
pub(crate) struct House {
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) body: String,
    pub(crate) authority: Authority,
    pub(crate) keys: Arc<dyn KeyStore>,
    /// The folder of the authority.
    pub(crate) place: AuthorityFolder,
    _held: Held,
    /// Holds the keys' folder, where it is the house's own.
    _folder: Option<Folder>,
}

/// 2026-11-22 10:00 in Beijing.
pub(crate) fn begin() -> Moment {
    Moment::from_utc(2026, 11, 22, 2, 0, 0).unwrap()
}

pub(crate) fn settings() -> IssueSettings {
    IssueSettings {
        code_site: "yx.example.gov.cn".parse().unwrap(),
        intent_lifetime_seconds: 120,
        threads: 2,
        signing_threads: 4,
    }
}

/// The verifier that knows an authority and its lists of an instant.
pub(crate) fn verifier(authority: &Authority, keys: &dyn KeyStore, clock: Arc<SetClock>) -> Verifier {
    verifier_of(&authority.anchors_pem(), authority, keys, clock)
}

/// The same with other anchors.
pub(crate) fn verifier_of(anchors: &str, authority: &Authority, keys: &dyn KeyStore, clock: Arc<SetClock>) -> Verifier {
    let lists = lists(authority, keys, clock.now().unwrap());
    let anchors = Anchors::from_pem(anchors.as_bytes()).unwrap();
    Verifier::new(anchors, Policy::default(), clock).with_revocation(lists)
}

/// What an authority publishes at an instant.
fn lists(authority: &Authority, keys: &dyn KeyStore, at: Moment) -> RevocationLists {
    let lists = Lists::publish(authority, keys, &[], at).unwrap();
    RevocationLists::of(lists.named().map(|(_, list)| list.clone()))
}

impl House {
    /// Over a new register.
    pub(crate) fn new(database: &Database) -> Self {
        Self::new_in(database, Suite::Sm2)
    }

    /// Over a new register, every key of a suite.
    pub(crate) fn new_in(database: &Database, suite: Suite) -> Self {
        let folder = Folder::new();
        let mut house = Self::founded_in(Arc::new(database.store()), &folder.path().join("keys"), suite);
        house._folder = Some(folder);
        house
    }

    /// With keys in a folder that outlives it.
    pub(crate) fn founded(store: Arc<Store>, keys: &std::path::Path) -> Self {
        Self::founded_in(store, keys, Suite::Sm2)
    }

    fn founded_in(store: Arc<Store>, keys: &std::path::Path, suite: Suite) -> Self {
        let place = AuthorityFolder::at(&keys.with_extension("pki"));
        Self::housed_in(store, Held::beside(keys, suite), &place, suite)
    }

    /// With keys in a custody of the test's choice.
    pub(crate) fn housed_in(store: Arc<Store>, held: Held, place: &AuthorityFolder, suite: Suite) -> Self {
        let keys = Arc::clone(&held.keys);
        let authority = Authority::found(keys.as_ref(), suite, "演示信任服务机构", None, begin()).unwrap();
        place.keep(&authority).unwrap();
        catalogue::install_shipped(&store, begin()).unwrap();
        let body = add_body(&store, BODY, BODY_CODE);
        add_seal(&store, keys.as_ref(), &authority, &Fonts::shipped(), &body, BODY);
        Self::over(store, held, (authority, place.clone()), body)
    }

    /// Founded before, opened again.
    pub(crate) fn reopened(store: Arc<Store>, keys: &std::path::Path, body: &str) -> Self {
        let place = AuthorityFolder::at(&keys.with_extension("pki"));
        let authority = place.read().unwrap();
        let suite = authority.root.key().and_then(Suite::of).unwrap();
        Self::over(store, Held::beside(keys, suite), (authority, place), body.to_owned())
    }

    fn over(store: Arc<Store>, held: Held, (authority, place): (Authority, AuthorityFolder), body: String) -> Self {
        let keys = Arc::clone(&held.keys);
        let clock = Arc::new(SetClock(AtomicI64::new(begin().unix_milliseconds())));
        let fonts = Arc::new(Fonts::shipped());
        let verifier = verifier(&authority, keys.as_ref(), Arc::clone(&clock));
        let issuer = Arc::new(Issuer::new(
            Arc::clone(&store),
            Arc::clone(&keys),
            Arc::clone(&clock) as Arc<dyn Clock>,
            verifier,
            settings(),
            fonts,
        ));
        Self { issuer, clock, body, authority, keys, place, _held: held, _folder: None }
    }

    /// The same, with a fresh key that signs what is answered about licences; its reference.
    pub(crate) fn signing_answers(self) -> (Self, KeyReference) {
        let key = self.keys.generate(&KeyOrder::sm2(Purpose::Status), begin()).unwrap().reference;
        let verifier = self.issuer.verifier.clone();
        (self.issuing(verifier, |issuer| issuer.with_status_key(key.clone())), key)
    }

    /// The same, whose authority certifies natural persons too.
    pub(crate) fn certifying_persons(self) -> Self {
        let made = self.authority.certify_person_authority(self.keys.as_ref(), "演示信任服务机构", begin()).unwrap();
        self.place.keep_person_authority(&made).unwrap();
        let authority = Authority { person_authority: Some(made), ..self.authority.clone() };
        let verifier = verifier(&authority, self.keys.as_ref(), Arc::clone(&self.clock));
        Self { authority, ..self }.issuing(verifier, |issuer| issuer)
    }

    /// The same, with another verifier and something more.
    pub(crate) fn issuing(self, verifier: Verifier, with: impl FnOnce(Issuer) -> Issuer) -> Self {
        let issuer = Issuer::new(
            Arc::clone(&self.issuer.store),
            Arc::clone(&self.keys),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            verifier,
            settings(),
            Arc::new(Fonts::shipped()),
        );
        Self { issuer: Arc::new(with(issuer)), ..self }
    }

    /// The same, with a fresh key that signs receipts of verifications.
    pub(crate) fn signing_receipts(self) -> Self {
        let key = self.keys.generate(&KeyOrder::sm2(Purpose::Receipts), begin()).unwrap().reference;
        let issuer = Issuer::new(
            Arc::clone(&self.issuer.store),
            Arc::clone(&self.keys),
            Arc::clone(&self.clock) as Arc<dyn Clock>,
            self.issuer.verifier.clone(),
            settings(),
            Arc::new(Fonts::shipped()),
        );
        Self { issuer: Arc::new(issuer.with_receipt_key(key)), ..self }
    }

    /// What seals second factors, under a fresh key.
    pub(crate) fn factors(&self, demand: Demand) -> Factors {
        let order = KeyOrder::new(KeyAlgorithm::Sm4Gcm, Purpose::Data);
        let key = self.keys.generate(&order, begin()).unwrap().reference;
        Factors::open(Arc::clone(&self.keys), key, demand, begin()).unwrap()
    }

    pub(crate) fn may_issue(&self) -> Permit<may::Issue> {
        Permit::of_operator(&*self.body)
    }

    pub(crate) fn may_act(&self) -> Permit<may::Act> {
        Permit::of_operator(&*self.body)
    }

    /// Lists of the clock's present.
    pub(crate) fn renew_lists(&self) {
        let lists = lists(&self.authority, self.keys.as_ref(), self.clock.now().unwrap());
        self.issuer.verifier.replace_revocation(lists);
    }

    pub(crate) fn may_read(&self) -> Permit<may::Read> {
        Permit::of_operator(&*self.body)
    }
}

/// A body in the register; the permit of the test's own machine.
pub(crate) fn add_body(store: &Store, name: &str, code: &str) -> String {
    let id = yinxin::random::id().unwrap();
    let body = bodies::Body { id: id.clone(), parent_id: None, created_at: begin().unix_milliseconds() };
    let called = bodies::BodyName {
        body_id: id.clone(),
        from_day: "2020-01-01".to_owned(),
        name: name.to_owned(),
        credit_code: code.to_owned(),
        region: "330100".to_owned(),
    };
    store
        .write(move |conn| {
            bodies::insert(conn, &body)?;
            bodies::insert_name(conn, &called)?;
            Ok::<_, StoreError>(())
        })
        .unwrap();
    id
}

/// A seal for a body, which issues every shipped type with it.
pub(crate) fn add_seal(
    store: &Store,
    keys: &dyn KeyStore,
    authority: &Authority,
    fonts: &Fonts,
    body: &str,
    name: &str,
) -> String {
    let permit: Permit<may::ManageSeals> = Permit::of_operator(body);
    let round = RoundSeal {
        name: name.to_owned(),
        purpose: "电子证照专用章".to_owned(),
        foot_code: "3301000000001".to_owned(),
        diameter_mm: 42,
    };
    let order = SealOrder {
        name: format!("{name}电子证照专用章"),
        code: "3301000000001".to_owned(),
        body_name: name.to_owned(),
        look: Look::Round(round),
        format: SealFormat::V4,
    };
    let seal = seal_making::make(store, keys, authority, fonts, &permit, &order, begin()).unwrap();
    let from = Day::new(2026, 1, 1).unwrap();
    for kind in [BUSINESS, FOOD, CONSTRUCTION] {
        catalogue::allow(store, &permit, kind, &seal.id, from, begin()).unwrap();
    }
    seal.id
}

/// A portrait, JPEG.
pub(crate) const PHOTO: &[u8] = include_bytes!("../../../face/tests/drawing/photo.jpg");

/// Takes in a made-up type with a place for a photograph on its face, the food
/// licence's otherwise; its code.
pub(crate) fn photo_type(house: &House, required: bool) -> String {
    let more = format!("\n[photo]\nbox = [240, 60, 30, 10]\nrequired = {required}\n");
    made_up_type(house, "R099", "with-photo", &more, &[])
}

/// Takes in a made-up type of licences that people hold, the food licence's otherwise; its code.
pub(crate) fn person_type(house: &House) -> String {
    let premises = |class: &str| format!("\"name\": \"business_premises\",\n      \"disclosure\": \"{class}\"");
    let (public, consented) = (premises("public"), premises("with_consent"));
    let edits = [
        ("\"organisation\"", "\"natural_person\""),
        ("\"001\"\n", "\"111\"\n"),
        // shown by who consents to it
        (public.as_str(), consented.as_str()),
    ];
    made_up_type(house, "R098", "of-a-person", "", &edits)
}

fn made_up_type(house: &House, end: &str, name: &str, more_face: &str, edits: &[(&str, &str)]) -> String {
    let read = |path: &str| std::fs::read_to_string(super::repository(path)).unwrap();
    let code = FOOD.replace("R003", end);
    let entry = read("schemas/licence-types/food-operation-licence.json");
    let entry = entry.replace(FOOD, &code).replace("\"food-operation-licence\"", &format!("\"{name}\""));
    let entry = edits.iter().fold(entry, |entry, (from, to)| {
        assert!(entry.contains(from), "{from}");
        entry.replace(from, to)
    });
    let face = read("schemas/faces/food-operation-licence.toml");
    let face = face.replace("face = \"food-operation-licence\"", &format!("face = \"{name}\""));
    let face = format!("{face}{more_face}");
    let recorded_at = begin().unix_milliseconds();
    let entry = stored::Entry {
        type_code: code.clone(),
        revision: 1,
        entry: entry.into_bytes(),
        in_force_from: "2026-01-01".to_owned(),
        recorded_at,
    };
    let face = stored::Face { name: name.to_owned(), version: 1, template: face.into_bytes(), recorded_at };
    let store = &house.issuer.store;
    store
        .write(move |conn| {
            stored::insert_entry(conn, &entry)?;
            stored::insert_face(conn, &face)
        })
        .unwrap();
    let seal = store.read(|conn| seals::list(conn, &house.body, "", 1)).unwrap().remove(0);
    let from = Day::new(2026, 1, 1).unwrap();
    catalogue::allow(store, &Permit::of_operator(&*house.body), &code, &seal.id, from, begin()).unwrap();
    code
}

/// The same, with the name of its holder masked.
pub(crate) fn masked_person_type(house: &House) -> String {
    let holder = "\"name\": \"operator_name\",\n      \"disclosure\": ";
    let (public, masked) = (
        format!("{holder}\"public\","),
        format!("{holder}\"masked\",\n      \"mask\": {{ \"keep_first\": 0, \"keep_last\": 1 }},"),
    );
    let edits = [("\"organisation\"", "\"natural_person\""), ("\"001\"\n", "\"111\"\n"), (public.as_str(), &masked)];
    made_up_type(house, "R097", "of-a-masked-person", "", &edits)
}

/// A licence of the [`person_type`] for a person, with a number of the caller's.
pub(crate) fn of_a_person(type_code: &str, n: u32, name: &str, citizen_number: &str) -> Order {
    let mut order = Order { type_code: type_code.to_owned(), ..food(n) };
    order.data.insert("operator_name".to_owned(), name.into());
    order.data.insert("credit_code".to_owned(), citizen_number.into());
    order
}

/// A licence of the [`photo_type`] with a number of the caller's.
pub(crate) fn photographed(type_code: &str, n: u32, photo: Option<&[u8]>) -> Order {
    Order { type_code: type_code.to_owned(), photo: photo.map(issue::photo_text), ..food(n) }
}

pub(crate) fn decided() -> Decided {
    Decided {
        document_number: "演市监许〔2026〕1 号".to_owned(),
        legal_basis: "《中华人民共和国行政许可法》第三十八条".to_owned(),
        decided_on: Day::new(2026, 11, 22).unwrap(),
    }
}

/// A food licence with a number of the caller's, 0 to 99,999.
pub(crate) fn food(n: u32) -> Order {
    let data = json!({
        "operator_name": "演示市小满面馆（个体工商户）",
        "credit_code": "11100000MB0143028R",
        "legal_representative": "李守国",
        "domicile": "演示市新塘区样例路 18 号",
        "business_premises": "演示市新塘区样例路 18 号一层 102 室",
        "main_business_form": "餐饮服务经营者（小型餐馆）",
        "business_items": "热食类食品制售；冷食类食品制售；自制饮品制售",
        "licence_number": format!("JY233010{n:07}0"),
        "complaint_telephone": "12315",
        "signatory": "王安",
    });
    order(FOOD, data)
}

/// A qualification certificate, whose number the register gives.
pub(crate) fn construction() -> Order {
    let data = json!({
        "enterprise_name": "演示建设集团有限公司",
        "credit_code": "11100000MB0143028R",
        "legal_representative": "王安",
        "registered_address": "演示市新塘区样例路 20 号",
        "qualifications": "建筑工程施工总承包三级",
        "valid_until": "2031-11-21",
    });
    let mut order = order(CONSTRUCTION, data);
    order.choices = BTreeMap::from([("issuing_level".to_owned(), "3".to_owned())]);
    order
}

fn order(type_code: &str, data: Value) -> Order {
    let Value::Object(data) = data else { unreachable!("an object") };
    let data: Map<String, Value> = data;
    Order {
        type_code: type_code.to_owned(),
        data,
        choices: BTreeMap::new(),
        holder_code_type: None,
        decision: decided(),
        issued_on: None,
        begins: None,
        change_of: None,
        photo: None,
        idempotency_key: None,
    }
}
