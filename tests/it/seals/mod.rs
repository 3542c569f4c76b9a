//! Seals from their application to their end, and who may stamp with them.

mod api;
mod lives;
mod status;
mod uses;

use crate::support::{
    database::Database,
    house::{FOOD, House},
};
use yinxin::{
    clock::Clock as _,
    flow::{
        access::{Caller, Permit, Role, may},
        people::{self, NewPerson, Password, SignIn},
        seal_lives::{self, Keep, KeepOrder, Material, NewSeal, SealDesk, SealLifeError},
        seal_making::{self, MadeSeal, Parties},
    },
    store::seals,
};
use yinxin_face::Fonts;
use yinxin_trust::{
    base::Moment,
    seal::{life::Standing, make::SealFormat},
};

/// A house with people who keep seals and decide on them.
struct Kept {
    house: House,
    sign_in: SignIn,
    /// The seal that the house was founded with.
    first: String,
}

impl Kept {
    fn new(database: &Database) -> Self {
        let house = House::new(database);
        let first = house.issuer.store.read(|conn| seals::list(conn, &house.body, "", 1)).unwrap().remove(0).id;
        Self { house, sign_in: SignIn::new(8).unwrap(), first }
    }

    fn now(&self) -> Moment {
        self.house.clock.now().unwrap()
    }

    fn caller(&self, body: &str, login: &str, roles: &[Role]) -> Caller {
        let (store, now) = (&self.house.issuer.store, self.now());
        let password = || "a long password".to_owned();
        let person = NewPerson {
            login: login.parse().unwrap(),
            name: login.to_owned(),
            password: Password::chosen(password()).unwrap(),
            roles: roles.iter().copied().collect(),
        };
        people::create(store, &Permit::of_operator(body), self.sign_in.passwords(), person, now).unwrap();
        let given = Password::given(password()).unwrap();
        let session = self.sign_in.begin(store, login, &given, now).unwrap();
        self.sign_in.caller(store, &session.secret, now).unwrap().unwrap()
    }

    /// One keeper; the other decides.
    fn two(&self) -> (Caller, Caller) {
        let keeper = self.caller(&self.house.body, "wu.di", &[Role::SealKeeper]);
        (keeper, self.caller(&self.house.body, "zheng.yi", &[Role::SealKeeper, Role::Approver]))
    }

    fn apply(&self, by: &Caller, new: NewSeal) -> Result<String, SealLifeError> {
        seal_lives::apply(&self.house.issuer.store, &by.permit().unwrap(), new, &Fonts::shipped(), self.now())
    }

    fn decide(&self, by: &Caller, id: &str, approves: bool) -> Result<Standing, SealLifeError> {
        let ground = ("材料齐全", "演印审〔2026〕1 号");
        seal_lives::decide(&self.house.issuer.store, &by.permit().unwrap(), id, approves, ground, self.now())
    }

    fn make(&self, id: &str) -> Result<MadeSeal, seal_making::SealMakingError> {
        let parties = Parties::of(&self.house.authority);
        let permit = self.keeps();
        let what = (id, SealFormat::V4);
        seal_making::make_approved(&self.house.issuer, parties, &Fonts::shipped(), &permit, what, self.now())
    }

    fn file(&self, id: &str) -> Result<Standing, SealLifeError> {
        seal_lives::file(&self.house.issuer.store, &self.keeps(), id, None, self.now())
    }

    fn keep(&self, id: &str, kind: Keep) -> Result<Standing, SealLifeError> {
        seal_lives::keep(&self.house.issuer.store, &self.keeps(), id, &order(kind), self.now())
    }

    fn keeps(&self) -> Permit<may::ManageSeals> {
        Permit::of_operator(&*self.house.body)
    }

    fn sees(&self) -> Permit<may::SeeSeals> {
        Permit::of_operator(&*self.house.body)
    }

    fn desk(&self) -> SealDesk {
        seal_lives::desk(&self.house.issuer.store, &self.sees(), self.now()).unwrap()
    }
}

fn order(kind: Keep) -> KeepOrder {
    let (reason, document_number) = ("印章管理制度".to_owned(), "演印〔2026〕2 号".to_owned());
    KeepOrder { kind, reason, document_number, effective_from: None }
}

/// A seal for food licences under a code.
fn wanted(code: &str) -> NewSeal {
    NewSeal {
        code: code.to_owned(),
        purpose: "电子证照专用章".to_owned(),
        diameter_mm: 42,
        picture: None,
        types: vec![FOOD.to_owned()],
        renews: None,
        reason: "证书将到期".to_owned(),
        documents: vec![Material { name: "三定方案.pdf".to_owned(), octets: b"%PDF-1.7 made up".to_vec() }],
    }
}
