//! Time stamps: our own authority, its door, and licences that carry them.

mod door;
mod issued;
mod renewals;
mod revoked;
mod seals;

use crate::support::{
    Folder,
    database::Database,
    house::{House, begin, verifier_of},
};
use std::{fs, path::PathBuf, sync::Arc};
use yinxin::{
    clock::Clock,
    flow::{
        authority::Named,
        issuer::Issuer,
        time_stamps::{TimeStamper, TimeStamperSettings},
    },
};
use yinxin_testkit::pki::pem;
use yinxin_trust::suite::Suite;

/// Under an arc for examples.
const POLICY: &str = "2.999.1";

/// A house that is a time stamp authority; the clock of a test stands still, the machine's does not.
struct Stamping {
    house: House,
    authority: Arc<TimeStamper>,
    settings: TimeStamperSettings,
    folder: Folder,
}

impl Stamping {
    fn new(database: &Database, suite: Suite) -> Self {
        let (house, folder) = (House::new_in(database, suite), Folder::new());
        let named = Named { organisation: "演示市数据局", name: "演示时间戳服务" };
        let certificate = house.authority.certify_time_stamper(house.keys.as_ref(), named, begin()).unwrap();
        let chain = folder.path().join("time-stamper.chain");
        fs::write(&chain, pem(certificate.der()) + &pem(house.authority.root.der())).unwrap();
        let settings = TimeStamperSettings { chain, policy: POLICY.to_owned(), accuracy_seconds: 60 };
        let authority = opened(&settings, &house);
        Self { house, authority, settings, folder }
    }

    /// A house whose verifier trusts the authority, with something more.
    fn issuing(self, with: impl FnOnce(Issuer, Arc<TimeStamper>) -> Issuer) -> House {
        let Self { house, authority, .. } = self;
        let root = pem(house.authority.root.der());
        let anchors = format!("{}\n# use: time-stamp\n{root}", house.authority.anchors_pem());
        let verifier = verifier_of(&anchors, &house.authority, house.keys.as_ref(), Arc::clone(&house.clock));
        house.issuing(verifier, |issuer| with(issuer, authority))
    }

    fn root(&self) -> PathBuf {
        let path = self.folder.path().join("root.pem");
        fs::write(&path, pem(self.house.authority.root.der())).unwrap();
        path
    }
}

fn opened(settings: &TimeStamperSettings, house: &House) -> Arc<TimeStamper> {
    let clock = Arc::clone(&house.clock) as Arc<dyn Clock>;
    let (store, keys) = (Arc::clone(&house.issuer.store), Arc::clone(&house.keys));
    Arc::new(TimeStamper::open(settings, store, keys, clock).unwrap())
}
