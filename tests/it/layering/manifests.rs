//! The same layers, read from the manifests and from what cargo resolves.

use super::root;
use std::{fs, process::Command};

/// A normal or build dependency of one package, by the name of the package it resolves to.
fn dependencies(manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().unwrap();
    let targets =
        manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten().filter_map(|(_, v)| v.as_table());
    let mut found = Vec::new();
    for table in targets.chain([&manifest]) {
        for section in ["dependencies", "build-dependencies", "build_dependencies"] {
            for (name, value) in table.get(section).and_then(toml::Value::as_table).into_iter().flatten() {
                let renamed = value.get("package").and_then(toml::Value::as_str);
                found.push(renamed.unwrap_or(name).to_owned());
            }
        }
    }
    found
}

/// Packages that a package may not depend on outside its tests.
fn broken(package: &str, dependencies: &[String]) -> Vec<String> {
    let banned = |name: &str| {
        matches!(
            name,
            "yinxin-testkit" | "yinxin-pkcs11-module" | "sm-crypto" | "smcrypto" | "sharks" | "openssl" | "native-tls"
        ) || match package {
            "yinxin-trust" => {
                name.starts_with("yinxin")
                    || matches!(name, "tokio" | "actix-web" | "diesel" | "getrandom" | "rand" | "reqwest")
            }
            "yinxin-face" => {
                name.starts_with("yinxin") && name != "yinxin-trust"
                    || matches!(name, "tokio" | "actix-web" | "diesel" | "getrandom" | "rand" | "reqwest")
            }
            "yinxin-view" => {
                name.starts_with("yinxin") && !matches!(name, "yinxin-face" | "yinxin-trust")
                    || matches!(name, "tokio" | "actix-web" | "diesel" | "getrandom" | "rand" | "reqwest")
            }
            // in the process it would be no maker's library any more
            "yinxin-hsm" => matches!(name, "yinxin" | "yinxin-softsdf" | "actix-web" | "diesel" | "reqwest"),
            "yinxin-softsdf" | "yinxin-vault" => matches!(name, "yinxin" | "yinxin-hsm"),
            "yinxin-sdf-abi" => true,
            "yinxin-hsmd" => {
                name.starts_with("yinxin") && !matches!(name, "yinxin-hsm" | "yinxin-trust")
                    || matches!(name, "tokio" | "actix-web" | "diesel" | "getrandom" | "rand" | "reqwest")
            }
            _ => false,
        }
    };
    dependencies.iter().filter(|name| banned(name)).map(|name| format!("{package} depends on {name}")).collect()
}

/// Renames in `[workspace.dependencies]` would hide a name from `dependencies`.
fn renames(manifest: &str) -> Vec<String> {
    let manifest: toml::Table = manifest.parse().unwrap();
    let shared = manifest.get("workspace").and_then(|w| w.get("dependencies")).and_then(toml::Value::as_table);
    shared
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.get("package").is_some())
        .map(|(name, _)| name.clone())
        .collect()
}

fn members() -> Vec<(String, String)> {
    let workspace: toml::Table = fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
    let members = workspace["workspace"]["members"].as_array().unwrap();
    members
        .iter()
        .map(|member| {
            let text = fs::read_to_string(root().join(member.as_str().unwrap()).join("Cargo.toml")).unwrap();
            let manifest: toml::Table = text.parse().unwrap();
            (manifest["package"]["name"].as_str().unwrap().to_owned(), text)
        })
        .collect()
}

#[test]
fn packages_depend_on_what_they_may() {
    let members = members();
    assert!(members.iter().any(|(name, _)| name == "yinxin-trust"), "yinxin-trust is no member");
    let mut found: Vec<_> = members.iter().flat_map(|(name, text)| broken(name, &dependencies(text))).collect();
    found.extend(renames(&fs::read_to_string(root().join("Cargo.toml")).unwrap()));
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_cargo_resolves_keeps_to_it_too() {
    let tree = |package: &str| {
        let output = Command::new(env!("CARGO"))
            .args([
                "tree",
                "--offline",
                "--locked",
                "--prefix",
                "none",
                "--format",
                "{p}",
                "-e",
                "normal,build",
                "-p",
                package,
            ])
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect::<Vec<_>>()
    };
    let trust = tree("yinxin-trust");
    assert!(trust.contains(&"sm3".to_owned()), "cargo tree said: {trust:?}");
    for name in [
        "tokio",
        "mio",
        "socket2",
        "actix-web",
        "diesel",
        "libsqlite3-sys",
        "yinxin",
        "yinxin-face",
        "yinxin-view",
        "yinxin-hsm",
        "resvg",
        "sm-crypto",
        "yinxin-testkit",
    ] {
        assert!(!trust.contains(&name.to_owned()), "yinxin-trust comes to depend on {name}");
    }
    let product = tree("yinxin");
    for name in
        ["sm-crypto", "smcrypto", "yinxin-testkit", "yinxin-pkcs11-module", "sharks", "openssl-sys", "native-tls"]
    {
        assert!(!product.contains(&name.to_owned()), "yinxin comes to depend on {name}");
    }
}

#[test]
fn planted_dependencies_are_caught() {
    for (package, manifest) in [
        ("yinxin", "[dependencies]\nsm-crypto = \"0.1\""),
        ("yinxin", "[dependencies]\nfast = { package = \"sm-crypto\", version = \"0.1\" }"),
        ("yinxin", "[build-dependencies]\nyinxin-testkit.workspace = true"),
        ("yinxin", "[target.'cfg(unix)'.dependencies]\nsmcrypto = \"0.3\""),
        ("yinxin-hsm", "[dependencies]\nyinxin-pkcs11-module = { path = \"testmodule\" }"),
        ("yinxin-trust", "[dependencies]\nyinxin-hsm.workspace = true"),
        ("yinxin-trust", "[dependencies]\ngetrandom.workspace = true"),
        ("yinxin-face", "[dependencies]\nyinxin-hsm.workspace = true"),
        ("yinxin-face", "[dependencies]\nyinxin-view.workspace = true"),
        ("yinxin-view", "[dependencies]\nyinxin-hsm.workspace = true"),
        ("yinxin-hsm", "[dependencies]\nyinxin.workspace = true"),
        ("yinxin-hsm", "[dependencies]\nyinxin-softsdf.workspace = true"),
        ("yinxin-softsdf", "[dependencies]\nyinxin-hsm.workspace = true"),
        ("yinxin-sdf-abi", "[dependencies]\nlibc = \"0.2\""),
        ("yinxin-testkit", "[dependencies]\nsm-crypto = \"0.1\""),
    ] {
        assert_eq!(broken(package, &dependencies(manifest)).len(), 1, "not caught in {package}: {manifest}");
    }
    assert!(
        broken(
            "yinxin-trust",
            &dependencies("[dev-dependencies]\nsm-crypto = \"0.1\"\n[dependencies]\nring = \"0.17\"")
        )
        .is_empty()
    );
    assert_eq!(renames("[workspace.dependencies]\nx = { package = \"sm-crypto\", version = \"1\" }"), ["x"]);
}
