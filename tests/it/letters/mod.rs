//! Natural persons sign letters with keys of their own: the flows on both back ends, and the judge of OpenSSL.

mod flows;
mod judges;

use crate::{
    second_factor::{Enrolled, Hall, given},
    support::{
        database::Database,
        house::House,
        register::{PASSWORD, add_citizen},
    },
};
use std::collections::BTreeMap;
use yinxin::flow::{
    access::Holder,
    letters::{self, LetterError, Letters, Table},
    people::Known,
    second_factor::Demand,
};

pub(crate) const NAME: &str = "李守国";
pub(crate) const NUMBER: &str = "11010519491231002X";

/// A hall in which a citizen signs.
struct Study {
    hall: Hall,
    letters: Letters,
}

impl Study {
    fn new(database: &Database) -> Self {
        let hall = Hall::new(House::new(database).certifying_persons(), Demand::default());
        let letters = Letters::new(hall.house.place.clone(), None);
        add_citizen(&hall.house.issuer.store, &hall.sign_in, "li.guo", (NAME, NUMBER), hall.now());
        Self { hall, letters }
    }

    fn table(&self) -> Table<'_> {
        Table { issuer: &self.hall.house.issuer, sign_in: &self.hall.sign_in, letters: &self.letters }
    }

    /// The citizen with a second factor, signed in; the next code is fresh.
    fn enrolled(&self) -> (Holder, Enrolled) {
        let app = self.hall.enrol("li.guo");
        self.hall.house.clock.advance_seconds(30);
        let session = self.hall.begin("li.guo", PASSWORD, &self.fresh(&app)).unwrap().secret;
        let Some(Known::Holder(holder)) = self.hall.known(&session) else { panic!("no holder") };
        (holder, app)
    }

    /// A code that was not taken yet.
    fn fresh(&self, app: &Enrolled) -> String {
        self.hall.house.clock.advance_seconds(30);
        self.hall.code(&app.secret)
    }

    fn activate(&self, holder: &Holder, app: &Enrolled) -> Result<(), LetterError> {
        let code = self.fresh(app);
        letters::activate(&self.table(), holder, (&given(PASSWORD), &code))
    }

    /// A letter, filled in; its id and digest.
    fn drafted(&self, holder: &Holder) -> (String, String) {
        let id = letters::draft(&self.table(), holder, "consent", &filled()).unwrap();
        let digest = letters::look(&self.table(), holder, &id).unwrap().digest;
        (id, digest)
    }

    fn sign(&self, holder: &Holder, (id, digest): (&str, &str), code: &str) -> Result<(), LetterError> {
        letters::sign(&self.table(), holder, id, (digest, code))
    }

    /// A signed letter.
    fn signed(&self, holder: &Holder, app: &Enrolled) -> Vec<u8> {
        let (id, digest) = self.drafted(holder);
        let code = self.fresh(app);
        self.sign(holder, (&id, &digest), &code).unwrap();
        letters::document(&self.table(), holder, &id).unwrap()
    }
}

fn filled() -> BTreeMap<String, String> {
    let all = [
        ("to", "演示市住房公积金管理中心"),
        ("matter", "提取住房公积金"),
        ("purpose", "核对婚姻登记信息"),
        ("until", "2026-12-31"),
    ];
    all.map(|(name, text)| (name.to_owned(), text.to_owned())).into()
}
