//! The layers of ARCHITECTURE.md, held by reading what the sources mention.
//!
//! Each rule is tried on planted violations too: a check that cannot fail is no check.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends where it cannot go on")]

mod manifests;
mod scan;

use scan::{Mention, scan};
use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// Folders of sources but the product's own, each with the name of its crate.
const CRATES: &[(&str, &str)] = &[
    ("trust/src", "yinxin_trust"),
    ("face/src", "yinxin_face"),
    ("view/src", "yinxin_view"),
    ("hsm/src", "yinxin_hsm"),
    ("hsm/sdf-abi/src", "yinxin_sdf_abi"),
    ("hsm/softsdf/src", "softsdf"),
    ("hsm/vault/src", "yinxin_vault"),
    ("hsmd/src", "yinxin_hsmd"),
];

/// Longest file, in lines.
const LINES: usize = 600;

/// What files below `of` may not mention.
struct Rule {
    name: &'static str,
    /// `trust/src` or a folder or file below `src`.
    of: &'static str,
    except: &'static [&'static str],
    /// Paths, with everything below them.
    paths: &'static [&'static str],
    /// Names at any place of a path, alone too.
    names: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        name: "trust is pure: no I/O, clock, randomness or runtime",
        of: "trust/src",
        except: &[],
        paths: &[
            "std::fs",
            "std::net",
            "std::process",
            "std::env",
            "std::os",
            "std::thread",
            "std::io::stdin",
            "std::io::stdout",
            "std::io::stderr",
            "std::*",
            "tokio",
            "futures_util",
            "actix_web",
            "diesel",
            "reqwest",
            "hyper",
            "rand",
            "getrandom",
            "ring::rand",
            "yinxin",
            "yinxin_face",
            "yinxin_hsm",
            "yinxin_view",
        ],
        names: &["SystemTime", "Instant", "SystemRandom", "OsRng", "SysRng", "now_utc", "now_local", "async", "await"],
    },
    Rule {
        name: "drawing is as pure as trust, and knows nothing else of ours",
        of: "face/src",
        except: &[],
        paths: &[
            "std::fs",
            "std::net",
            "std::process",
            "std::env",
            "std::os",
            "std::thread",
            "std::io::stdin",
            "std::io::stdout",
            "std::io::stderr",
            "std::*",
            "tokio",
            "futures_util",
            "actix_web",
            "diesel",
            "reqwest",
            "hyper",
            "rand",
            "getrandom",
            "ring",
            "yinxin",
            "yinxin_hsm",
            "yinxin_view",
        ],
        names: &["SystemTime", "Instant", "SystemRandom", "OsRng", "SysRng", "now_utc", "now_local", "async", "await"],
    },
    Rule {
        name: "pictures of pages are as pure as trust and drawing, and know nothing else of ours",
        of: "view/src",
        except: &[],
        paths: &[
            "std::fs",
            "std::net",
            "std::process",
            "std::env",
            "std::os",
            "std::thread",
            "std::io::stdin",
            "std::io::stdout",
            "std::io::stderr",
            "std::*",
            "tokio",
            "futures_util",
            "actix_web",
            "diesel",
            "reqwest",
            "hyper",
            "rand",
            "getrandom",
            "ring",
            "yinxin",
            "yinxin_hsm",
        ],
        names: &["SystemTime", "Instant", "SystemRandom", "OsRng", "SysRng", "now_utc", "now_local", "async", "await"],
    },
    Rule {
        name: "custody knows no service, no web, no database and no clock",
        of: "hsm/src",
        except: &[],
        paths: &["yinxin", "actix_web", "diesel", "reqwest"],
        names: &["SystemTime", "now_utc", "now_local"],
    },
    Rule {
        name: "custody asks for randomness in one place",
        of: "hsm/src",
        except: &["hsm/src/random"],
        paths: &["getrandom", "rand", "ring::rand", "rustix::rand"],
        names: &["SystemRandom", "OsRng", "SysRng"],
    },
    Rule {
        name: "the daemon knows custody alone: no service, no web, no database, no runtime, no randomness",
        of: "hsmd/src",
        except: &[],
        paths: &[
            "yinxin",
            "yinxin_face",
            "actix_web",
            "diesel",
            "reqwest",
            "tokio",
            "getrandom",
            "rand",
            "ring::rand",
            "rustix::rand",
        ],
        names: &["SystemRandom", "OsRng", "SysRng", "async", "await"],
    },
    Rule {
        name: "the daemon has one clock",
        of: "hsmd/src",
        except: &["hsmd/src/clock"],
        paths: &[],
        names: &["SystemTime", "now_utc", "now_local"],
    },
    Rule {
        name: "the software device knows no custody, which meets it as any maker's",
        of: "hsm/softsdf/src",
        except: &[],
        paths: &["yinxin", "yinxin_hsm"],
        names: &["SystemTime", "now_utc", "now_local"],
    },
    Rule {
        name: "the software device asks for randomness in one place",
        of: "hsm/softsdf/src",
        except: &["hsm/softsdf/src/random"],
        paths: &["getrandom", "rand", "ring::rand", "rustix::rand"],
        names: &["SystemRandom", "OsRng", "SysRng"],
    },
    Rule {
        name: "the vault has no clock and no randomness, and knows no custody",
        of: "hsm/vault/src",
        except: &[],
        paths: &["getrandom", "rand", "ring::rand", "rustix::rand", "yinxin", "yinxin_hsm", "softsdf"],
        names: &["SystemTime", "Instant", "SystemRandom", "OsRng", "SysRng"],
    },
    Rule {
        name: "the interface of devices calls nothing",
        of: "hsm/sdf-abi/src",
        except: &[],
        paths: &["std", "yinxin", "yinxin_hsm", "yinxin_trust", "softsdf", "libloading"],
        names: &[],
    },
    Rule {
        name: "config knows no flow, no web, no command line",
        of: "src/config",
        except: &[],
        paths: &["crate::flow", "crate::web", "crate::cli", "crate::jobs", "crate::*"],
        names: &[],
    },
    Rule {
        name: "store knows no flow, no web, no command line, no configuration, no keys and no clock",
        of: "src/store",
        except: &[],
        paths: &[
            "crate::flow",
            "crate::web",
            "crate::cli",
            "crate::jobs",
            "crate::config",
            "crate::clock",
            "crate::*",
            "yinxin_hsm",
        ],
        names: &["SystemTime", "now_utc", "now_local"],
    },
    Rule {
        name: "the database stays in store",
        of: "src",
        except: &["src/store"],
        paths: &["diesel", "diesel_migrations", "r2d2", "pq_sys", "libsqlite3_sys"],
        names: &[],
    },
    Rule {
        name: "flow knows no web, no command line",
        of: "src/flow",
        except: &[],
        paths: &["crate::web", "crate::cli", "crate::*"],
        names: &[],
    },
    Rule {
        name: "HTTP stays in web",
        of: "src",
        except: &["src/web"],
        paths: &["actix_web", "actix_multipart", "actix_http"],
        names: &["HttpResponse", "HttpRequest"],
    },
    Rule {
        name: "only web/problem knows the HTTP status",
        of: "src",
        except: &["src/web/problem"],
        paths: &[],
        names: &["StatusCode"],
    },
    Rule {
        name: "routes are registered in the table, those of the operator's address in health",
        of: "src/web",
        except: &["src/web/routes", "src/web/health"],
        paths: &[],
        names: &["ServiceConfig"],
    },
    Rule {
        name: "the operator's permit is for the command line",
        of: "src/web",
        except: &[],
        paths: &[],
        names: &["of_operator"],
    },
    Rule {
        name: "the test kit and the broken SM2 stay in tests",
        of: "",
        except: &[],
        paths: &["yinxin_testkit", "sm_crypto", "smcrypto"],
        names: &[],
    },
];

impl Rule {
    fn holds_for(&self, file: &str) -> bool {
        below(file, self.of) && !self.except.iter().any(|except| below(file, except))
    }

    fn forbids(&self, path: &str) -> bool {
        self.paths.iter().any(|forbidden| path_below(path, forbidden))
            || path.split("::").any(|segment| self.names.contains(&segment))
    }
}

/// Whether `file` is `place`, `place.rs` or below the folder `place`.
fn below(file: &str, place: &str) -> bool {
    file.strip_prefix(place)
        .is_some_and(|rest| place.is_empty() || rest.is_empty() || rest == ".rs" || rest.starts_with('/'))
}

/// Whether `path` is `ancestor` or below it; the parent's `::*` is hit only by itself.
fn path_below(path: &str, ancestor: &str) -> bool {
    path.strip_prefix(ancestor).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// What breaks a rule in one file, in words.
fn violations(file: &str, mentions: &[Mention]) -> Vec<String> {
    let mut broken = BTreeSet::new();
    for rule in RULES.iter().filter(|rule| rule.holds_for(file)) {
        for mention in mentions.iter().filter(|mention| rule.forbids(&mention.path)) {
            broken.insert(format!("{file}:{}: {} ({})", mention.line, mention.path, rule.name));
        }
    }
    broken.into_iter().collect()
}

/// One source file of the product.
struct Source {
    file: String,
    text: String,
    module: Vec<String>,
}

/// `flow/verify.rs` is `["flow", "verify"]`; `flow/mod.rs` is `["flow"]`.
fn module_of(below_src: &Path) -> Vec<String> {
    let mut parts: Vec<String> =
        below_src.with_extension("").components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || (parts.len() == 1 && (last == "lib" || last == "main"))) {
        parts.pop();
    }
    parts
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every `.rs` file below `folder` of the repository, in order.
fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut open = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                if !path.ends_with("target") {
                    open.push(path);
                }
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn name_of(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/")
}

fn sources(folder: &str) -> Vec<Source> {
    let below_src = |path: &Path| path.strip_prefix(root().join(folder)).unwrap().to_owned();
    rust_files(folder)
        .into_iter()
        .map(|path| Source {
            file: name_of(&path),
            text: fs::read_to_string(&path).unwrap(),
            module: module_of(&below_src(&path)),
        })
        .collect()
}

/// All broken rules of the sources given, modules that only tests see left out.
fn check(sources: &[Source]) -> Vec<String> {
    let scanned: Vec<_> = sources
        .iter()
        .map(|source| {
            let module: Vec<&str> = source.module.iter().map(String::as_str).collect();
            let own_name =
                CRATES.iter().find(|(folder, _)| below(&source.file, folder)).map_or("yinxin", |named| named.1);
            let found =
                scan(&source.text, &module, own_name).unwrap_or_else(|error| panic!("{}: {error}", source.file));
            (source, found)
        })
        .collect();
    let tests: BTreeSet<&String> = scanned.iter().flat_map(|(_, found)| &found.test_modules).collect();
    let mut broken = Vec::new();
    for (source, found) in &scanned {
        let module = source.module.iter().fold("crate".to_owned(), |mut path, part| {
            let _ = write!(path, "::{part}");
            path
        });
        if !tests.iter().any(|test| path_below(&module, test)) {
            broken.extend(violations(&source.file, &found.mentions));
        }
    }
    broken
}

#[test]
fn the_sources_keep_to_their_layers() {
    let mut broken = Vec::new();
    for folder in CRATES.iter().map(|named| named.0).chain(["src"]) {
        let sources = sources(folder);
        assert!(!sources.is_empty(), "{folder} has no sources: is the test looking there?");
        broken.extend(check(&sources));
    }
    assert!(broken.is_empty(), "layers are broken:\n{}", broken.join("\n"));
}

#[test]
fn no_file_is_too_long() {
    let mut long = Vec::new();
    for file in ["trust", "face", "view", "hsm", "hsmd", "src", "testkit", "tests", "benches", "fuzz"]
        .into_iter()
        .flat_map(rust_files)
    {
        let lines = fs::read_to_string(&file).unwrap().lines().count();
        if lines > LINES {
            long.push(format!("{}: {lines} lines", name_of(&file)));
        }
    }
    assert!(long.is_empty(), "over {LINES} lines, so more than one subject:\n{}", long.join("\n"));
}

/// One planted source: file, module, text.
fn planted(file: &str, text: &str) -> Vec<String> {
    let folder = CRATES.iter().map(|named| named.0).find(|folder| below(file, folder)).unwrap_or("src");
    let below_src = Path::new(file).strip_prefix(folder).unwrap();
    check(&[Source { file: file.to_owned(), text: text.to_owned(), module: module_of(below_src) }])
}

#[test]
fn planted_violations_are_caught() {
    for (file, text) in [
        ("trust/src/base/mod.rs", "use std::fs;"),
        ("trust/src/base/mod.rs", "use std::{io, fs::File};"),
        ("trust/src/base/mod.rs", "use std::*;"),
        ("trust/src/base/mod.rs", "fn f() { let _ = std::env::var(\"A\"); }"),
        ("trust/src/base/mod.rs", "fn f() -> std::time::SystemTime { unreachable!() }"),
        ("trust/src/base/mod.rs", "use std::time::Instant as I;"),
        ("trust/src/base/mod.rs", "fn f() { assert!(ring::rand::SystemRandom::new().fill(&mut x).is_ok()); }"),
        ("trust/src/base/mod.rs", "async fn f() {}"),
        ("trust/src/base/mod.rs", "use tokio::sync;"),
        ("trust/src/base/mod.rs", "#[cfg(any(test, feature = \"x\"))] use std::net::TcpStream;"),
        ("trust/src/base/mod.rs", "use yinxin::flow;"),
        ("trust/src/base/mod.rs", "use yinxin_hsm::KeyStore;"),
        ("trust/src/base/mod.rs", "use yinxin_face::Face;"),
        ("face/src/draw.rs", "use std::fs;"),
        ("face/src/draw.rs", "use yinxin_view::Viewer;"),
        ("view/src/page.rs", "use std::fs;"),
        ("view/src/page.rs", "fn f() -> std::time::SystemTime { unreachable!() }"),
        ("view/src/page.rs", "use yinxin::flow;"),
        ("face/src/pdf.rs", "use yinxin_hsm::KeyStore;"),
        ("face/src/raster.rs", "fn f() -> std::time::SystemTime { unreachable!() }"),
        ("hsm/src/soft/mod.rs", "use yinxin::flow;"),
        ("hsm/src/soft/mod.rs", "fn f() { getrandom::fill(&mut x).unwrap() }"),
        ("hsm/src/lib.rs", "use std::time::SystemTime;"),
        ("hsmd/src/desk.rs", "use std::time::SystemTime;"),
        ("hsmd/src/desk.rs", "use yinxin::flow;"),
        ("hsmd/src/server.rs", "use tokio::net::UnixListener;"),
        ("hsm/softsdf/src/session.rs", "use yinxin_hsm::KeyStore;"),
        ("hsm/softsdf/src/token/mod.rs", "fn f() { getrandom::fill(&mut x).unwrap() }"),
        ("hsm/vault/src/stretch.rs", "use getrandom::fill;"),
        ("hsm/sdf-abi/src/layout.rs", "use std::ffi::c_void;"),
        ("trust/src/lib.rs", "mod a { mod b { use ::std::process::Command; } }"),
        ("src/config/file.rs", "use crate::flow::verify;"),
        ("src/config.rs", "use super::web;"),
        ("src/store/mod.rs", "use crate::{base, web::lanes};"),
        ("src/store/licences.rs", "fn f() { super::super::flow::issue() }"),
        ("src/store/settings.rs", "use crate::config::Config;"),
        ("src/store/acts.rs", "use crate::clock::Clock;"),
        ("src/flow/issue.rs", "use diesel::prelude::*;"),
        ("src/flow/mod.rs", "use super::*;"),
        ("src/flow/verify.rs", "macro_rules! m { () => { $crate::web::go() } }"),
        ("src/flow/verify.rs", "fn f() -> yinxin::web::Problem { loop {} }"),
        ("src/flow/verify.rs", "use actix_web::HttpResponse;"),
        ("src/main.rs", "fn f(r: actix_web::HttpRequest) {}"),
        ("src/web/api.rs", "use actix_web::http::StatusCode;"),
        ("src/web/api/verify.rs", "use actix_web::http::{self, StatusCode};"),
        ("src/web/api/tokens.rs", "fn configure(config: &mut web::ServiceConfig) {}"),
        ("src/web/api/tokens.rs", "fn f() { g(Permit::<may::Issue>::of_operator(\"b\")) }"),
        ("src/cli/verify.rs", "use sm_crypto::sm2;"),
        ("src/web/api.rs", "use yinxin_testkit::golden;"),
        ("trust/src/sm/sm2.rs", "use smcrypto::sm2;"),
    ] {
        assert!(!planted(file, text).is_empty(), "not caught in {file}: {text}");
    }
}

#[test]
fn what_is_allowed_is_not_caught() {
    for (file, text) in [
        ("trust/src/base/mod.rs", "//! No std::fs here.\nuse std::{collections::BTreeMap, fmt};"),
        ("trust/src/base/mod.rs", "#[cfg(test)]\nmod tests { use std::fs; use super::*; }"),
        ("trust/src/base/mod.rs", "#[test]\nfn reads() { std::fs::read(\"x\").unwrap(); }"),
        ("hsm/src/soft/mod.rs", "use std::fs; use yinxin_hsm::KeyError; use yinxin_trust::sm::sm2;"),
        ("face/src/ofd/mod.rs", "use std::io::Write as _; use yinxin_trust::ofd::write::Part; use crate::font::Fonts;"),
        ("hsm/src/random.rs", "fn f() { getrandom::fill(&mut x).unwrap() }"),
        ("hsmd/src/clock.rs", "use std::time::SystemTime;"),
        ("hsmd/src/main.rs", "use std::fs; use yinxin_hsmd::desk::Desk; use yinxin_hsm::soft::SoftStore;"),
        ("hsm/softsdf/src/random.rs", "fn f() { getrandom::fill(&mut x).unwrap() }"),
        ("hsm/vault/src/place.rs", "use std::fs::File;"),
        ("src/flow/issue.rs", "use yinxin_hsm::Signer;"),
        ("src/store/acts.rs", "use super::{Conn, schema::*}; use diesel::prelude::*; use yinxin_trust::base::Day;"),
        ("src/config/file.rs", "use std::fs; use super::Checked; use yinxin_trust::base::Limits;"),
        ("src/flow/verify.rs", "use crate::{config::Config, store::Conn};"),
        ("src/flow/mod.rs", "mod verify; pub use self::verify::*;"),
        ("src/web/problem.rs", "use actix_web::{HttpResponse, http::StatusCode};"),
        ("src/web/problem/codes.rs", "use actix_web::http::StatusCode;"),
        (
            "src/web/api.rs",
            "use crate::flow::verify; fn f() -> actix_web::HttpResponse { actix_web::HttpResponse::Ok().finish() }",
        ),
        ("src/cli/serve.rs", "use crate::{flow, web};"),
        ("src/web/routes.rs", "fn configure(config: &mut web::ServiceConfig) {}"),
        ("src/cli/token.rs", "fn f() { g(Permit::of_operator(\"b\")) }"),
    ] {
        assert_eq!(planted(file, text), Vec::<String>::new(), "{file}: {text}");
    }
}

#[test]
fn a_test_module_in_its_own_file_is_left_out() {
    let source = |file: &str, module: &[&str], text: &str| Source {
        file: file.to_owned(),
        text: text.to_owned(),
        module: module.iter().map(|&part| part.to_owned()).collect(),
    };
    let tests = source("trust/src/sm/tests.rs", &["sm", "tests"], "use std::fs;");
    assert!(check(&[source("trust/src/sm/mod.rs", &["sm"], "#[cfg(test)]\nmod tests;"), tests]).is_empty());
    let tests = source("trust/src/sm/tests.rs", &["sm", "tests"], "use std::fs;");
    assert_eq!(check(&[source("trust/src/sm/mod.rs", &["sm"], "mod tests;"), tests]).len(), 1);
}
