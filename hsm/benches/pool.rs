//! What the driver and its supervised sessions cost: signatures through [`SdfStore`] against the bare functions of
//! the same library, as many callers as sessions, in turns so that both see the same machine.
//!
//! ```text
//! cargo bench -p yinxin-hsm --bench pool                 a device of 300 signatures a second, of 1 ms, and of none
//! cargo bench -p yinxin-hsm --bench pool -- --check      fails where a device that takes its time gives less than 90 %
//! ```

#![expect(
    unsafe_code,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a program that measures, and calls a C library as a maker's sample does"
)]

use core::{ffi::c_void, ptr};
use std::{
    env,
    ffi::CString,
    fs,
    os::unix::{ffi::OsStrExt as _, fs::PermissionsExt as _},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Instant,
};
use yinxin_hsm::{
    KeyOrder, KeyStore as _, Purpose, SignRequest, Signer, ToSign,
    book::KeyBook,
    passphrase::{Passphrase, Source},
    sdf::{SdfConfig, SdfStore},
};
use yinxin_sdf_abi::layout::{EccSignature, WIDE};
use yinxin_trust::base::Moment;

/// Callers, and sessions.
const SESSIONS: usize = 4;
const PIN: &str = "12345678";
/// Least of the bare rate that has to come through.
const LEAST: f64 = 0.90;

fn main() {
    let check = env::args().any(|argument| argument == "--check");
    let folder = tempfile::tempdir().unwrap();
    let (token, pin) = (folder.path().join("token"), folder.path().join("pin"));
    softsdf::make_token(&token, 8).unwrap();
    fs::write(&pin, PIN).unwrap();
    fs::set_permissions(&pin, fs::Permissions::from_mode(0o600)).unwrap();
    let library = env::current_exe().unwrap().parent().unwrap().join("libsoftsdf.so");
    let mut config = SdfConfig::new("bench".parse().unwrap(), library, folder.path().join("state"));
    config.folder = Some(token.clone());
    config.pin = Some(Source::File(pin));
    config.timing.sessions = SESSIONS;
    let phrase = Passphrase::new(b"a passphrase of the bench".to_vec(), "the bench").unwrap();
    let book = Arc::new(KeyBook::open(&folder.path().join("book"), &phrase).unwrap());
    let store = SdfStore::start(config, book).unwrap();
    let now = Moment::from_unix_seconds(1_800_000_000).unwrap();
    let key = store.generate(&KeyOrder::sm2(Purpose::Stamper), now).unwrap();
    let signer = store.signer(&key.reference).unwrap();
    let bare = Bare::open(&token);
    println!("| device | bare | through the pool | of bare |\n|---|---|---|---|");
    let mut least: f64 = 1.0;
    for (name, control, count, rounds) in
        [("300 a second", "rate 300\n", 300, 2), ("1 ms each", "delay_ms 1\n", 1500, 3), ("at once", "", 20_000, 3)]
    {
        fs::write(token.join("new"), control).unwrap();
        fs::rename(token.join("new"), token.join("control")).unwrap();
        let (mut of_bare, mut of_pool): (f64, f64) = (0.0, 0.0);
        for _ in 0..rounds {
            of_bare = of_bare.max(rate(count, |caller| bare.sign(caller)));
            of_pool = of_pool.max(rate(count, |_| through(signer.as_ref(), now)));
        }
        let part = of_pool / of_bare;
        println!("| {name} | {of_bare:.0}/s | {of_pool:.0}/s | {:.0} % |", part * 100.0);
        if !control.is_empty() {
            least = least.min(part);
        }
    }
    assert!(!check || least >= LEAST, "{:.0} % of what the device does bare", least * 100.0);
}

fn through(signer: &dyn Signer, now: Moment) {
    signer.sign(&SignRequest::new(Purpose::Stamper, ToSign::Digest(&[7; 32]), now)).unwrap();
}

/// Signatures a second, by as many callers as there are sessions.
fn rate(count: u32, sign: impl Fn(usize) + Sync) -> f64 {
    let next = AtomicU32::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        for caller in 0..SESSIONS {
            let (next, sign) = (&next, &sign);
            scope.spawn(move || {
                while next.fetch_add(1, Ordering::Relaxed) < count {
                    sign(caller);
                }
            });
        }
    });
    f64::from(count) / begun.elapsed().as_secs_f64()
}

/// The bare functions, a session for each caller, its right taken beforehand.
struct Bare {
    sessions: Vec<usize>,
}

impl Bare {
    fn open(token: &Path) -> Self {
        let path = CString::new(token.as_os_str().as_bytes()).unwrap();
        let mut device: *mut c_void = ptr::null_mut();
        // SAFETY: `path` ends with a zero octet, `device` is writable
        assert_eq!(unsafe { softsdf::ffi::SDF_OpenDeviceWithPath(path.as_ptr(), &raw mut device) }, 0);
        let sessions = (0..SESSIONS).map(|_| {
            let mut session: *mut c_void = ptr::null_mut();
            // SAFETY: the handle is the library's, `session` is writable
            assert_eq!(unsafe { softsdf::ffi::SDF_OpenSession(device, &raw mut session) }, 0);
            let length = u32::try_from(PIN.len()).unwrap();
            // SAFETY: the PIN is readable for its length
            let code = unsafe { softsdf::ffi::SDF_GetPrivateKeyAccessRight(session, 1, PIN.as_ptr(), length) };
            assert_eq!(code, 0);
            session.expose_provenance()
        });
        Self { sessions: sessions.collect() }
    }

    fn sign(&self, caller: usize) {
        let session: *mut c_void = ptr::with_exposed_provenance_mut(self.sessions[caller]);
        let digest = [7_u8; 32];
        let mut value = EccSignature::<WIDE> { r: [0; WIDE], s: [0; WIDE] };
        // SAFETY: 32 octets are readable, and the structure is of the width that the token has
        let code =
            unsafe { softsdf::ffi::SDF_InternalSign_ECC(session, 1, digest.as_ptr(), 32, (&raw mut value).cast()) };
        assert_eq!(code, 0);
    }
}
