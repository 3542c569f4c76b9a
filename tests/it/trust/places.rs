//! A locality that issues and one that verifies, on one clock.

use crate::support::{
    Folder,
    database::Database,
    house::{House, SetClock, add_body, begin, decided, food},
    http::{Answer, get},
    register::{PASSWORD, person},
};
use std::{fs, path::PathBuf, sync::Arc};
use yinxin::{
    clock::Clock,
    config::Config,
    flow::{
        access::{Actor, Permit, Role, may},
        act::{self, ActOrder},
        authority::{AuthorityFolder, Lists},
        document::{Form, document},
        issue::{self, Issued},
        office::Office,
        own_register::OwnRegister,
        people::{self, Password, SignIn},
        trust::{self, Accepted, ForeignRegisters, NewOperator, Offered, Publication, Published, TrustError, Upkeep},
        verify::Verifier,
    },
    store::{Settings, Store, audit, migrate, trust::TrustOperator},
    web::{AppState, serve::Running},
};
use yinxin_hsm::{KeyOrder, KeyReference, Purpose};
use yinxin_trust::{
    anchor::{Anchors, RevocationLists},
    trust_list::AcceptancePolicy,
    verify::{Check, Policy, Report, Verdict},
};

/// What the issuing locality is called in the other.
pub(crate) const FUYANG: &str = "阜阳";

/// The locality that issues, with its service.
pub(crate) struct Fuyang {
    pub(crate) house: House,
    pub(crate) folder: Folder,
    pub(super) status_key: KeyReference,
    publication: Publication,
    running: Option<Running>,
}

/// Bodies of the province of these tests.
const IN_ZHEJIANG: &str = "regions = [\"33\"], from = \"2026-01-01\"";

/// What a list says beyond the services themselves.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Members of the scope of stampers.
    pub(crate) scope: &'static str,
    /// Further members of the service of stampers.
    pub(crate) more: &'static str,
    pub(crate) next_update_days: u32,
    /// Whether the status service is in it, and the host of codes.
    pub(crate) has_status: bool,
    /// Members of its scope.
    pub(crate) status_scope: &'static str,
}

impl Wanted {
    pub(crate) const fn sound() -> Self {
        Self { scope: IN_ZHEJIANG, more: "", next_update_days: 30, has_status: true, status_scope: IN_ZHEJIANG }
    }
}

impl Fuyang {
    pub(crate) fn new() -> Self {
        Self::serving("")
    }

    /// With further lines of `[serve]`.
    pub(super) fn serving(more: &str) -> Self {
        let folder = Folder::new();
        let address = format!("sqlite:{}", folder.path().join("register.db").display());
        let settings = Settings::new(address.parse().unwrap());
        migrate(&settings).unwrap();
        let store = Arc::new(Store::open(settings).unwrap());
        let (house, status_key) = House::founded(store, &folder.path().join("keys")).signing_answers();
        house.keys.generate(&KeyOrder::sm2(Purpose::TrustList), begin()).unwrap();
        let pki = AuthorityFolder::at(&folder.path().join("keys.pki"));
        pki.keep_lists(&Lists::publish(&house.authority, house.keys.as_ref(), &[], begin()).unwrap()).unwrap();
        let (running, publication) = serve(&house, &folder, more);
        Self { house, folder, status_key, publication, running: Some(running) }
    }

    pub(super) fn address(&self) -> String {
        format!("http://{}", self.running.as_ref().unwrap().address())
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        get(self.running.as_ref().unwrap().address(), path)
    }

    /// Its server goes down.
    pub(super) fn stop(&mut self) {
        self.running.take().unwrap().stop().unwrap();
    }

    /// Makes the next list and publishes it.
    pub(crate) fn make(&self, wanted: &Wanted) -> Published {
        let made = self.made_in("trust", "阜阳市数据资源管理局（演示）", wanted);
        self.publication.read().unwrap();
        made
    }

    pub(super) fn made_in(&self, name: &str, operator: &str, wanted: &Wanted) -> Published {
        let (made, folder) = (self.plan(operator, wanted), self.folder.path().join(name));
        let (keys, now) = (self.house.keys.as_ref(), self.house.clock.now().unwrap());
        let permit: Permit<may::ManageKeys> = Permit::of_operator("");
        let store = &self.house.issuer.store;
        let made = trust::make(keys, Some(store), &permit, (&made, &folder), None, now).unwrap();
        Published { octets: made.list.octets().to_vec(), signature: made.list.signature() }
    }

    /// What people write.
    pub(super) fn plan(&self, operator: &str, wanted: &Wanted) -> PathBuf {
        let history = "history = [{ state = \"granted\", from = \"2026-01-01T00:00:00Z\" }]";
        let mut text = format!(
            "operator = \"{operator}\"\nterritory = \"330100\"\nnext_update_days = {}\n\
             [[services]]\nkind = \"stamper-ca\"\nname = \"签章者证书机构\"\ncertificate = \"keys.pki/stamper-ca.pem\"\n\
             {history}\nscope = {{ {} }}\n{}\n\
             [[services]]\nkind = \"seal-maker-ca\"\nname = \"制章者证书机构\"\n\
             certificate = \"keys.pki/seal-maker-ca.pem\"\n{history}\nscope = {{ from = \"2026-01-01\" }}\n",
            wanted.next_update_days, wanted.scope, wanted.more,
        );
        if wanted.has_status {
            text.push_str(&format!(
                "[[services]]\nkind = \"status\"\nname = \"状态服务\"\ncustody_key = \"{}\"\n{history}\n\
                 scope = {{ {} }}\n\
                 [[services]]\nkind = \"code-host\"\nname = \"亮证码\"\nhost = \"yx.example.gov.cn\"\n{history}\n\
                 scope = {{ from = \"2026-01-01\" }}\n",
                self.status_key, wanted.status_scope
            ));
        }
        self.folder.file("plan.toml", text)
    }

    /// A licence and its document.
    pub(super) fn issue(&self) -> (Issued, Vec<u8>) {
        let issued = issue::issue(&self.house.issuer, &self.house.may_issue(), &[food(1)]).remove(0).unwrap();
        let octets =
            document(&self.house.issuer, &self.house.may_read(), &issued.identifier.parse().unwrap(), Form::Ofd);
        (issued, octets.unwrap())
    }

    pub(super) fn act(&self, issued: &Issued, kind: &str) {
        self.act_on(&issued.identifier, kind);
    }

    pub(crate) fn act_on(&self, identifier: &str, kind: &str) {
        let order = ActOrder { kind: kind.to_owned(), decision: decided(), effective_from: None, successor: None };
        act::act(&self.house.issuer, &self.house.may_act(), identifier, &order).unwrap();
    }

    /// What people of the other locality pin.
    pub(crate) fn operator(&self) -> NewOperator {
        let at = self.address();
        NewOperator {
            name: FUYANG.to_owned(),
            key: trust::read_key(&self.folder.path().join("trust/operator-key.pem")).unwrap(),
            list_address: Some(format!("{at}/.well-known/yinxin/trust-list.json")),
            revocation_address: Some(format!("{at}/.well-known/yinxin/revocation-lists.pem")),
            status_address: Some(at),
        }
    }
}

fn serve(house: &House, folder: &Folder, more: &str) -> (Running, Publication) {
    let at = folder.path().display();
    let config = Config::parse(&format!(
        "[serve]\nlisten = \"127.0.0.1:0\"\n{more}\n[trust]\npublish = \"{at}/trust\"\n[authority]\nfolder = \"{at}/keys.pki\""
    ));
    let office = Office::new(Arc::clone(&house.issuer.store), Arc::clone(&house.clock) as _, 8).unwrap();
    let office = Arc::new(office.with_issuer(Arc::clone(&house.issuer)));
    let verifier = house.issuer.verifier.clone();
    let verifier = verifier.with_register(Arc::new(OwnRegister::new(Arc::clone(&house.issuer), None)));
    let state = AppState::start(&config.unwrap(), verifier, Some(office)).unwrap();
    let publication = state.publication().cloned().unwrap();
    let running = Running::start(state).unwrap();
    // the service hides the words of panics, a test wants them
    drop(std::panic::take_hook());
    (running, publication)
}

/// The locality that verifies.
pub(crate) struct Ouhai {
    pub(crate) store: Arc<Store>,
    pub(crate) clock: Arc<SetClock>,
    pub(super) policy: AcceptancePolicy,
    pub(crate) verifier: Verifier,
    upkeep: Upkeep,
    sign_in: SignIn,
    body: String,
}

/// How old a kept answer may be there.
pub(super) const MAX_AGE_MINUTES: u32 = 60;

impl Ouhai {
    pub(crate) fn new(database: &Database, clock: &Arc<SetClock>) -> Self {
        let store = Arc::new(database.store());
        let body = add_body(&store, "瓯海区市场监督管理局（演示）", "11990000MB0000019F");
        let sign_in = SignIn::new(1).unwrap();
        for (login, role) in [("zhang.san", Role::SealKeeper), ("li.si", Role::Administrator), ("wang.wu", Role::Clerk)]
        {
            person(&store, &sign_in, &body, (login, login), &[role], begin());
        }
        let anchors = Anchors::from_pem(&fs::read(crate::support::example("anchors.pem")).unwrap()).unwrap();
        let registers =
            Arc::new(ForeignRegisters::new(Arc::clone(&store), Arc::clone(clock) as _, MAX_AGE_MINUTES, None));
        let verifier = Verifier::new(anchors, Policy::default(), Arc::clone(clock) as _)
            .with_revocation(RevocationLists::default())
            .with_register(Arc::clone(&registers) as _);
        let policy = AcceptancePolicy::default();
        let upkeep =
            Upkeep::new(Arc::clone(&store), Arc::clone(clock) as _, (verifier.clone(), registers), policy.clone());
        Self { store, clock: Arc::clone(clock), policy, verifier, upkeep, sign_in, body }
    }

    pub(crate) fn add(&self, operator: NewOperator) -> TrustOperator {
        let permit: Permit<may::ManageTrust> = Permit::of_operator("");
        let name = operator.name.clone();
        trust::add(&self.store, &permit, operator, self.clock.now().unwrap()).unwrap();
        trust::show(&self.store, &name).unwrap().operator
    }

    /// What a service of the same verifier would look with.
    pub(super) fn another_upkeep(&self) -> Upkeep {
        let (store, clock) = (Arc::clone(&self.store), Arc::clone(&self.clock) as Arc<dyn Clock>);
        let registers = ForeignRegisters::new(Arc::clone(&store), Arc::clone(&clock), MAX_AGE_MINUTES, None);
        Upkeep::new(store, clock, (self.verifier.clone(), Arc::new(registers)), self.policy.clone())
    }

    pub(super) fn disable(&self, login: &str) {
        let permit: Permit<may::ManagePeople> = Permit::of_operator(&*self.body);
        let person = people::find_by_login(&self.store, &permit, &login.parse().unwrap()).unwrap();
        people::disable(&self.store, &permit, &person.id, self.clock.now().unwrap()).unwrap();
    }

    pub(crate) fn body(&self) -> &str {
        &self.body
    }

    pub(super) fn refresh(&self) {
        self.upkeep.refresh();
    }

    /// Whether the lists in use are others than before.
    pub(super) fn look(&self) -> bool {
        self.upkeep.look().unwrap()
    }

    pub(super) fn offer(&self, operator: &TrustOperator, list: &Published) -> Result<Offered, TrustError> {
        let now = self.clock.now().unwrap();
        trust::offer(&self.store, operator, list, &actor(), &self.policy, now)
    }

    /// The digest of the list that waits.
    pub(super) fn waits(&self) -> String {
        let shown = trust::show(&self.store, FUYANG).unwrap();
        hex::encode(shown.proposed.unwrap().0.sm3())
    }

    pub(super) fn permit(&self, login: &str) -> Result<Permit<may::AcceptTrust>, TrustError> {
        let (password, now) = (Password::given(PASSWORD.into()).unwrap(), self.clock.now().unwrap());
        let session = self.sign_in.begin(&self.store, login, &password, now).unwrap();
        let caller = self.sign_in.caller(&self.store, &session.secret, now).unwrap().unwrap();
        assert_eq!(caller.body(), self.body);
        Ok(caller.permit()?)
    }

    pub(super) fn accept(&self, login: &str, sm3: &str) -> Result<Accepted, TrustError> {
        let now = self.clock.now().unwrap();
        trust::accept(&self.store, &self.permit(login)?, FUYANG, sm3, &self.policy, now)
    }

    pub(super) fn refuse(&self, login: &str, sm3: &str) -> Result<(), TrustError> {
        trust::refuse(&self.store, &self.permit(login)?, FUYANG, sm3, self.clock.now().unwrap())
    }

    /// A list comes by file, and both people accept it.
    pub(crate) fn take(&self, operator: &TrustOperator, list: &Published) {
        assert!(matches!(self.offer(operator, list), Ok(Offered::Proposed { waited: false, .. })));
        let sm3 = self.waits();
        assert_eq!(self.accept("zhang.san", &sm3), Ok(Accepted::Waits));
        assert_eq!(self.accept("li.si", &sm3), Ok(Accepted::InUse));
        assert!(self.look());
    }

    pub(super) fn verify(&self, document: &[u8]) -> Report {
        self.verifier.verify(&document.to_vec(), None).unwrap()
    }

    /// What was done about trust, and to what.
    pub(super) fn actions(&self) -> Vec<String> {
        let all = self.store.read(|conn| audit::list_all(conn, 0, 1000)).unwrap();
        all.into_iter().map(|row| row.action).filter(|action| action.starts_with("trust.")).collect()
    }
}

pub(crate) fn actor() -> Actor {
    Permit::<may::ManageTrust>::of_operator("").actor().clone()
}

/// The code of the check that decided, `ok` where none did.
pub(super) fn code(report: &Report) -> String {
    let Some(reason) = report.reason else { return "ok".to_owned() };
    let of_signatures = report.signatures.iter().flat_map(|signature| &signature.checks);
    let decides = |check: &&Check| check.id == reason && check.code != "ok";
    report.checks.iter().chain(of_signatures).find(decides).unwrap().code.clone()
}

pub(super) fn outcome(report: &Report) -> (Verdict, String) {
    (report.verdict, code(report))
}
