//! The library as strangers meet it: a C program compiled against the header.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Output},
};

/// The folder of the library: cargo puts it beside the test's own executable.
fn library_folder() -> PathBuf {
    let folder = env::current_exe().unwrap().parent().unwrap().to_owned();
    assert!(folder.join("libsoftsdf.so").is_file(), "no libsoftsdf.so in {}", folder.display());
    folder
}

/// Compiles the program with the system's compiler.
fn compile(folder: &Path, options: &[&str]) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (program, library) = (folder.join("device"), library_folder());
    let output = Command::new("cc")
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-O1", "-g"])
        .args(options)
        .arg("-I")
        .arg(here.join("include"))
        .arg(here.join("tests/device.c"))
        .arg("-o")
        .arg(&program)
        .arg(library.join("libsoftsdf.so"))
        .arg(format!("-Wl,-rpath,{}", library.display()))
        .output()
        .unwrap();
    assert_held(&output);
    program
}

fn assert_held(output: &Output) {
    let text = [output.stdout.as_slice(), &output.stderr].concat();
    assert!(output.status.success(), "{}\n{}", output.status, String::from_utf8_lossy(&text));
}

fn run(options: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let program = compile(folder.path(), options);
    let output = Command::new(program).env("SOFTSDF_DIR", folder.path().join("token")).output().unwrap();
    assert_held(&output);
    assert_eq!(output.stdout, b"softsdf: all held\n");
}

#[test]
fn a_c_program_uses_the_device() {
    run(&[]);
}

#[test]
fn a_c_program_uses_the_device_with_fields_of_256_bits() {
    run(&["-DECCref_MAX_BITS=256"]);
}

/// What was compiled for one layout does not get through with the other.
#[test]
fn a_program_of_the_other_layout_does_not_hold() {
    let folder = tempfile::tempdir().unwrap();
    let program = compile(folder.path(), &[]);
    let token = folder.path().join("token");
    std::fs::create_dir(&token).unwrap();
    std::fs::set_permissions(&token, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    std::fs::write(token.join("control"), "ecc_bits 256\n").unwrap();
    let output = Command::new(program).env("SOFTSDF_DIR", &token).output().unwrap();
    assert!(!output.status.success());
}
