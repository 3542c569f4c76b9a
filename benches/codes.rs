//! What codes cost to check, against ring's P-256 verification in the same process.
//!
//! ```text
//! taskset -c 1 cargo bench --bench codes               the table
//! taskset -c 1 cargo bench --bench codes -- --check    fails below a figure
//! cargo bench --bench codes -- quick                   the same with short slices
//! ```
//!
//! Every row begins with the text of a code and ends with what it proves. The codes are
//! of one issuer, whose key is known after the first few, and of 64 holders.

#![expect(clippy::print_stdout, reason = "a program that prints a table")]
#![expect(clippy::unwrap_used, reason = "a bench ends where it cannot go on")]

#[path = "verify/machine.rs"]
mod machine;
#[path = "verify/rounds.rs"]
mod rounds;

use ring::{
    rand::SystemRandom,
    signature::{self as international, EcdsaKeyPair, KeyPair as _},
};
use rounds::{Plan, Workload};
use std::{hint::black_box, process::ExitCode};
use yinxin_testkit::{keys::Key, moment};
use yinxin_trust::{
    base::Moment,
    code::{
        CodeKey, Payload, ShortCode, Site,
        offline::{
            self, DeviceKey, HolderKind, OfflineCode, OfflinePlan, OfflinePolicy, OfflineStatement, Presence, ShownName,
        },
        print::{self, PrintPlan, PrintedFacts},
        scanned::Scanned,
    },
    licence::Expiry,
};

/// Codes that a row takes in turn.
const HOLDERS: usize = 64;
/// Least speed against ring's P-256 verification, of the rows that have one.
const ISSUER_LEAST: f64 = 2.0;
const DEVICE_LEAST: f64 = 0.7;

fn main() -> ExitCode {
    let has = |word: &str| std::env::args().any(|argument| argument == word);
    let plan = if has("quick") { Plan::QUICK } else { Plan::FULL };
    let bench = Bench::new();
    let (mut workloads, least): (Vec<Workload>, Vec<Option<f64>>) = bench.rows().into_iter().unzip();
    let rows = rounds::run(plan, &mut workloads);
    println!("`cargo bench --bench codes`, {} rounds, on {}\n", plan.rounds, machine::describe());
    println!("| row | median | speed against ring P-256 verify | quartiles | at least |\n|---|---|---|---|---|");
    let mut met = true;
    for (row, least) in rows.iter().zip(least) {
        let [low, median, high] = row.speed_against(&rows[0]);
        let wanted = least.map_or(String::from("-"), |least| format!("{least:.1}"));
        let time = row.median_ns() / 1e3;
        println!("| {} | {time:.1} µs | {median:.2} | {low:.2} to {high:.2} | {wanted} |", row.name);
        met &= least.is_none_or(|least| median >= least);
    }
    if has("--check") && !met {
        println!("\nbelow a figure");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

struct Bench {
    issuer: Key,
    device: EcdsaKeyPair,
    random: SystemRandom,
    site: Site,
    at: Moment,
}

impl Bench {
    fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &international::ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let device = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        let site = "yx.fuyang.gov.cn".parse().unwrap();
        Self { issuer: Key::from_seed("bench/codes"), device, random, site, at: moment("2026-06-01T02:00:00Z") }
    }

    /// The yardstick first; each row with its figure.
    fn rows(&self) -> Vec<(Workload, Option<f64>)> {
        let holders = 0..HOLDERS;
        let bare: Vec<String> = holders.clone().map(|holder| self.code(holder).text()).collect();
        let shown: Vec<String> = holders.clone().map(|holder| self.shown(&self.code(holder))).collect();
        let printed: Vec<String> = holders.map(|holder| self.printed(holder)).collect();
        vec![
            (self.yardstick(), None),
            (self.offline("offline code, issuer's signature", bare, false), Some(ISSUER_LEAST)),
            (self.offline("offline code with the device's proof", shown.clone(), true), Some(DEVICE_LEAST)),
            (self.print("printed code with its digest", printed), None),
            (self.point(), None),
            (scanning("text of a code taken apart", shown), None),
        ]
    }

    fn keys(&self) -> Vec<CodeKey> {
        vec![CodeKey::new(self.issuer.public().clone(), self.at, None)]
    }

    fn point_of_device(&self) -> [u8; 33] {
        let whole = self.device.public_key().as_ref();
        let mut point = [2 | whole[64] & 1; 33];
        point[1..].copy_from_slice(&whole[1..33]);
        point
    }

    fn code(&self, holder: usize) -> OfflineCode {
        let licence = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U";
        let statement = OfflineStatement {
            licence: licence.parse().unwrap(),
            holder: ShownName::Whole(format!("张三{holder}").parse().unwrap()),
            as_of: self.at,
            life_minutes: 1_440,
            licence_until: Expiry::Never,
            device: DeviceKey::new(self.point_of_device(), 1_440),
        };
        let plan = OfflinePlan::new(&statement, &self.site, HolderKind::Person, self.issuer.public()).unwrap();
        let signature = self.issuer.sign(plan.to_be_signed(), 0);
        plan.embed(&signature).unwrap()
    }

    fn shown(&self, code: &OfflineCode) -> String {
        let value = self.device.sign(&self.random, &code.proof_message(self.at)).unwrap();
        code.with_proof(self.at, value.as_ref().try_into().unwrap()).unwrap().text()
    }

    fn printed(&self, holder: usize) -> String {
        let code = ShortCode::of_random(&[u8::try_from(holder).unwrap(); 16]);
        let (name, number) = (format!("张三{holder}").parse().unwrap(), format!("JY{holder}").parse().unwrap());
        let facts = PrintedFacts { holder: &name, number: &number, until: Expiry::Never };
        let plan = PrintPlan::new(&code, &facts, self.at, &self.site, self.issuer.public()).unwrap();
        let signature = self.issuer.sign(plan.to_be_signed(), 0);
        plan.embed(&signature).unwrap().text()
    }

    fn yardstick(&self) -> Workload {
        let message = [7; 32];
        let value = self.device.sign(&self.random, &message).unwrap();
        let key = self.device.public_key().as_ref().to_vec();
        let key = international::UnparsedPublicKey::new(&international::ECDSA_P256_SHA256_FIXED, key);
        workload("ring P-256 verify, 32 octets", move |_| {
            key.verify(black_box(&message), black_box(value.as_ref())).unwrap();
        })
    }

    fn offline(&self, name: &str, texts: Vec<String>, live: bool) -> Workload {
        let (keys, at) = (self.keys(), self.at);
        workload(name, move |turn| {
            let Scanned::Offline { payload, .. } = Scanned::of(black_box(&texts[turn])) else { unreachable!() };
            let genuine = offline::check(&payload, &keys[..], at, &OfflinePolicy::default()).unwrap();
            assert_eq!(matches!(genuine.presence, Presence::Live { .. }), live);
        })
    }

    fn print(&self, name: &str, texts: Vec<String>) -> Workload {
        let (keys, at) = (self.keys(), self.at);
        workload(name, move |turn| {
            let Scanned::Printed { code, digest: Some(payload), .. } = Scanned::of(black_box(&texts[turn])) else {
                unreachable!()
            };
            let print = print::check(&code, &payload, &keys[..], at, 300).unwrap();
            let (name, number) = (format!("张三{turn}").parse().unwrap(), format!("JY{turn}").parse().unwrap());
            let facts = PrintedFacts { holder: &name, number: &number, until: Expiry::Never };
            print.compare(&facts).unwrap();
        })
    }

    fn point(&self) -> Workload {
        let point = self.point_of_device();
        workload("compressed point of P-256 made whole", move |_| {
            black_box(DeviceKey::new(black_box(point), 1)).unwrap();
        })
    }
}

fn scanning(name: &str, texts: Vec<String>) -> Workload {
    workload(name, move |turn| {
        let Scanned::Offline { payload, .. } = Scanned::of(black_box(&texts[turn])) else { unreachable!() };
        let _: Payload = black_box(payload);
    })
}

/// Something done with the code of one holder after another.
fn workload(name: &str, mut once: impl FnMut(usize) + 'static) -> Workload {
    let mut turn = 0;
    let once = move || {
        turn = (turn + 1) % HOLDERS;
        once(turn);
    };
    Workload { name: name.to_owned(), once: Box::new(once) }
}
