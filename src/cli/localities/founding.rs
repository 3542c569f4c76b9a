//! The two made-up localities: founded as `yinxin init` does it, each for itself.

use super::unexpected;
use crate::{
    cli::{
        demo::APPLICATION,
        init::{self, CONFIGURATION, Foundation},
        installation::{self, Opened},
        issuing,
        register::{Stop, body, now},
        seal::{self, Wanted as WantedSeal},
    },
    clock::SystemClock,
    config::{self, Config},
    flow::{
        access::{Permit, Role, may},
        act::{self, ActOrder},
        bodies::Naming,
        issue::{Decided, Issued, Order},
        office::Office,
        own_register::OwnRegister,
        people::{self, NewPerson, Password, PeopleError, SignIn},
        seal_making::Parties,
        trust::{self, KEY_FILE, Publication, Published, TrustError},
    },
    random,
    web::{AppState, serve::Running},
};
use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};
use yinxin_hsm::{KeyOrder, KeyReference, Purpose};
use yinxin_trust::{base::Day, seal::make::SealFormat, suite::Suite, trust_list::ServiceKey};

/// The licence that Fuyang issues.
pub(super) const LICENCE_TYPE: &str = "11100000MB0143028R003";

/// Another type, for a scope that does not cover it.
pub(super) const OTHER_TYPE: &str = "11100000MB0143028R001";

/// Logins of the two people who accept lists.
const PEOPLE: [(&str, &str, Role); 2] =
    [("zhang.san", "张三", Role::SealKeeper), ("li.si", "李四", Role::Administrator)];

/// One locality.
pub(super) struct Locality {
    pub(super) opened: Opened,
    config: Config,
    folder: PathBuf,
    body: String,
    list_key: KeyReference,
    status_key: KeyReference,
    sign_in: SignIn,
    password: String,
    /// Where its codes stand.
    host: &'static str,
}

/// What a list of Fuyang shall say.
pub(super) struct Wanted {
    /// Types of licence in the scope of its stampers; none for any.
    pub(super) types: Vec<String>,
    /// Whether a stamp wants a proof of the log.
    pub(super) log_required: bool,
}

impl Wanted {
    pub(super) fn sound() -> Self {
        Self { types: vec![LICENCE_TYPE.to_owned()], log_required: false }
    }
}

/// A folder below `folder` that is not there yet: each run shows the whole way.
pub(super) fn free_folder(folder: &Path) -> Result<PathBuf, Stop> {
    let mut numbers = 1..10_000;
    let free = numbers.find_map(|number| {
        let path = folder.join(format!("localities-{number}"));
        (!path.exists()).then_some(path)
    });
    free.ok_or_else(|| Stop::usage(format_args!("{}: too many demonstrations in it", folder.display())))
}

pub(super) fn fuyang(folder: &Path) -> Result<Locality, Stop> {
    let naming = ("阜阳市市场监督管理局（演示）", "11341200MB0000000C", "341200");
    found(folder, naming, "阜阳演示信任服务机构", "fuyang.example")
}

pub(super) fn ouhai(folder: &Path) -> Result<Locality, Stop> {
    let naming = ("瓯海区市场监督管理局（演示）", "11330304MB0000000T", "330304");
    found(folder, naming, "瓯海演示信任服务机构", "ouhai.example")
}

fn found(
    folder: &Path,
    (name, code, region): (&str, &str, &str),
    organisation: &str,
    host: &'static str,
) -> Result<Locality, Stop> {
    let made_up = || Stop::internal("the code of a made-up body");
    let naming = Naming {
        name: name.to_owned(),
        credit_code: code.parse().map_err(|_| made_up())?,
        region: region.parse().map_err(|_| made_up())?,
        from: today()?,
    };
    let foundation = Foundation {
        folder,
        body: naming,
        suite: Suite::Sm2,
        organisation,
        code_prefix: &format!("HTTPS://{}/C/", host.to_ascii_uppercase()),
        listen: "127.0.0.1:0",
        // a port that is free is known once it listens only
        public_address: None,
        keys: None,
    };
    init::found(&foundation)?;
    let configuration = folder.join(CONFIGURATION);
    let (list_key, status_key) = list_and_status_keys(&configuration)?;
    let failed = |error: io::Error| Stop::unreadable(format!("{}: {error}", configuration.display()));
    let mut text = fs::read_to_string(&configuration).map_err(failed)?;
    text.push_str("\n[trust]\npublish = \"trust\"\n");
    fs::write(&configuration, text).map_err(failed)?;

    let opened = installation::open(Some(&configuration))?;
    let config = config::find(Some(&configuration)).map_err(Stop::usage)?;
    let body = body(&opened.issuer.store, None)?;
    let (sign_in, password) = people(&opened, &body)?;
    let folder = folder.to_path_buf();
    let locality = Locality { opened, config, folder, body, list_key, status_key, sign_in, password, host };
    locality.make_seal(region)?;
    Ok(locality)
}

/// A new key for the trust list, and the one for answers about licences that `init` made.
fn list_and_status_keys(configuration: &Path) -> Result<(KeyReference, KeyReference), Stop> {
    let config = config::find(Some(configuration)).map_err(Stop::usage)?;
    let section = config.keys.as_ref().ok_or_else(|| Stop::usage("the configuration has no [keys]"))?;
    let keys = section.open().map_err(|error| Stop::internal(&error.to_string()))?.keys();
    let list = keys.generate(&KeyOrder::sm2(Purpose::TrustList), now()?);
    let list = list.map_err(|error| Stop::internal(&error.to_string()))?.reference;
    let status = config.issuing.status_key.clone();
    Ok((list, status.ok_or_else(|| Stop::usage("the configuration has no status_key"))?))
}

/// Two people who may accept lists, with a password that nobody else has.
fn people(opened: &Opened, body: &str) -> Result<(SignIn, String), Stop> {
    let sign_in = SignIn::new(1).map_err(PeopleError::from)?;
    let password = hex::encode(random::octets::<16>()?);
    for (login, name, role) in PEOPLE {
        let person = NewPerson {
            login: login.parse()?,
            name: name.to_owned(),
            password: Password::chosen(password.clone()).map_err(PeopleError::from)?,
            roles: [role].into(),
        };
        let permit: Permit<may::ManagePeople> = Permit::of_operator(body);
        people::create(&opened.issuer.store, &permit, sign_in.passwords(), person, now()?)?;
    }
    Ok((sign_in, password))
}

impl Locality {
    fn make_seal(&self, region: &str) -> Result<(), Stop> {
        let authority = self.opened.authority()?.ok_or_else(|| Stop::usage("the configuration has no [authority]"))?;
        let (code, types) = (format!("{region}0000001"), [LICENCE_TYPE.to_owned()]);
        let (purpose, format) = ("电子证照专用章", SealFormat::default());
        let wanted =
            WantedSeal { code: &code, purpose, diameter_mm: 42, picture: None, types: &types, from: None, format };
        seal::make_for(&self.opened.issuer, Parties::of(&authority), &self.body, wanted, now()?)?;
        Ok(())
    }

    /// Issues the example, and gives the document.
    pub(super) fn issue(&self) -> Result<(Issued, Vec<u8>), Stop> {
        let order: Order = serde_json::from_str(APPLICATION).map_err(|error| Stop::internal(&error.to_string()))?;
        self.issue_order(order)
    }

    /// The same under another number.
    pub(super) fn issue_numbered(&self, number: &str) -> Result<(Issued, Vec<u8>), Stop> {
        let mut order: Order = serde_json::from_str(APPLICATION).map_err(|error| Stop::internal(&error.to_string()))?;
        order.data.insert("licence_number".to_owned(), number.into());
        self.issue_order(order)
    }

    fn issue_order(&self, mut order: Order) -> Result<(Issued, Vec<u8>), Stop> {
        order.decision.decided_on = today()?;
        let document = self.folder.join("licence.ofd");
        let issued = issuing::issue_to(&self.opened.issuer, &self.body, &order, &document)?;
        let octets = fs::read(&document);
        Ok((issued, octets.map_err(|error| Stop::unreadable(format!("{}: {error}", document.display())))?))
    }

    /// Suspends, resumes or revokes.
    pub(super) fn act(&self, issued: &Issued, kind: &str) -> Result<(), Stop> {
        let order = ActOrder {
            kind: kind.to_owned(),
            decision: Decided {
                document_number: "阜市监罚〔2026〕1 号".to_owned(),
                legal_basis: "《中华人民共和国食品安全法》第一百三十四条".to_owned(),
                decided_on: today()?,
            },
            effective_from: None,
            successor: None,
        };
        let permit: Permit<may::Act> = Permit::of_operator(&*self.body);
        act::act(&self.opened.issuer, &permit, &issued.identifier, &order)?;
        Ok(())
    }

    /// Serves pages, API and what is published, on a free port.
    pub(super) fn serve(&self) -> Result<Served, Stop> {
        let failed = |error: io::Error| Stop::internal(&error.to_string());
        let issuer = &self.opened.issuer;
        let office = Office::new(Arc::clone(&issuer.store), Arc::new(SystemClock), 1);
        let office = office.map_err(|error| Stop::internal(&error.to_string()))?.with_issuer(Arc::clone(issuer));
        let register = OwnRegister::new(Arc::clone(issuer), None);
        let verifier = issuer.verifier.clone().with_register(Arc::new(register));
        let state = AppState::start(&self.config, verifier, Some(Arc::new(office))).map_err(failed)?;
        let publication = state.publication().cloned().ok_or_else(|| unexpected("nothing is published"))?;
        Ok(Served { running: Running::start(state).map_err(failed)?, publication })
    }

    /// Makes the next list, and gives it as it is published.
    pub(super) fn make_list(&self, wanted: &Wanted) -> Result<Published, Stop> {
        let status = format!("custody_key = \"{}\"", self.status_key);
        let scope = format!("from = \"{}\"", today()?);
        let status = service(("status", "演示状态服务", &status), "", &scope)?;
        let host = service(("code-host", "演示亮证码", &format!("host = \"{}\"", self.host)), "", &scope)?;
        self.make_in("trust", &format!("{}{status}{host}", plan(&self.folder.join("pki"), wanted)?))
    }

    /// A list with the words of another locality, signed with our key.
    pub(super) fn make_list_as(&self, other: &Self) -> Result<Published, Stop> {
        self.make_in("forged", &plan(&other.folder.join("pki"), &Wanted::sound())?)
    }

    fn make_in(&self, name: &str, text: &str) -> Result<Published, Stop> {
        let (path, folder) = (self.folder.join(format!("{name}.toml")), self.folder.join(name));
        fs::write(&path, text).map_err(|error| Stop::unreadable(format!("{}: {error}", path.display())))?;
        let (issuer, permit) = (&self.opened.issuer, Permit::<may::ManageKeys>::of_operator(""));
        let (places, key) = ((&*path, &*folder), Some(&self.list_key));
        let made = trust::make(issuer.keys.as_ref(), Some(&issuer.store), &permit, places, key, now()?)?;
        Ok(Published { octets: made.list.octets().to_vec(), signature: made.list.signature() })
    }

    /// Its issuing body.
    pub(super) fn body(&self) -> &str {
        &self.body
    }

    /// How people and holders sign in.
    pub(super) const fn sign_in(&self) -> &SignIn {
        &self.sign_in
    }

    /// Where its own list is.
    pub(super) fn list_folder(&self) -> PathBuf {
        self.folder.join("trust")
    }

    /// The key that signs its list, and its files for networks without a line.
    pub(super) const fn list_key(&self) -> &KeyReference {
        &self.list_key
    }

    /// The key that others pin, as people carry it there.
    pub(super) fn operator_key(&self) -> Result<ServiceKey, Stop> {
        Ok(trust::read_key(&self.folder.join("trust").join(KEY_FILE)).map_err(TrustError::from)?)
    }

    /// One of the two people, signed in to decide about a list.
    pub(super) fn signed_in(&self, place: usize) -> Result<Permit<may::AcceptTrust>, Stop> {
        let (login, _, _) = PEOPLE.get(place).ok_or_else(|| unexpected("there is no such person"))?;
        let (store, now) = (&self.opened.issuer.store, now()?);
        let password = Password::given(self.password.clone()).map_err(PeopleError::from)?;
        let session = self.sign_in.begin(store, login, &password, now)?;
        let caller = self.sign_in.caller(store, &session.secret, now)?;
        let caller = caller.ok_or_else(|| unexpected("nobody is signed in"))?;
        Ok(caller.permit().map_err(TrustError::from)?)
    }
}

/// A locality's service while it runs.
pub(super) struct Served {
    pub(super) running: Running,
    /// What it publishes; read again after a list was made.
    pub(super) publication: Publication,
}

/// What people would write: who issues certificates, for whom, since when.
fn plan(pki: &Path, wanted: &Wanted) -> Result<String, Stop> {
    let today = today()?;
    let certificate = |name: &str| format!("certificate = \"{}\"", path_text(&pki.join(name)));
    let types: Vec<String> = wanted.types.iter().map(|code| format!("\"{code}\"")).collect();
    let log = if wanted.log_required { format!("log_required_from = \"{today}\"\n") } else { String::new() };
    let scope = format!("regions = [\"3412\"], licence_types = [{}], from = \"{today}\"", types.join(", "));
    let makers = format!("from = \"{today}\"");
    Ok(format!(
        "operator = \"阜阳市数据资源管理局（演示）\"\nterritory = \"341200\"\nnext_update_days = 30\n{}{}",
        service(("stamper-ca", "阜阳演示签章者证书机构", &certificate("stamper-ca.pem")), &log, &scope)?,
        service(("seal-maker-ca", "阜阳演示制章者证书机构", &certificate("seal-maker-ca.pem")), "", &makers)?,
    ))
}

fn service((kind, name, identity): (&str, &str, &str), more: &str, scope: &str) -> Result<String, Stop> {
    let from = today()?.begins();
    Ok(format!(
        "\n[[services]]\nkind = \"{kind}\"\nname = \"{name}\"\n{identity}\n{more}\
         history = [{{ state = \"granted\", from = \"{from}\" }}]\nscope = {{ {scope} }}\n"
    ))
}

/// A path within a TOML string; from the folder of the process, not of the plan.
fn path_text(path: &Path) -> String {
    let whole = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    whole.display().to_string().replace('\\', "\\\\").replace('"', "\\\"")
}

fn today() -> Result<Day, Stop> {
    Day::in_beijing_at(now()?).map_err(Stop::usage)
}
