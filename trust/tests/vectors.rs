//! Known answers: every file of the shared folder `vectors` is a test.
//!
//! Each module reads its files and says which they are; `every_file_has_a_test`
//! fails when the folder holds one that nobody reads.

#![expect(clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests")]

mod vectors {
    mod certificates;
    mod pki_objects;
    mod private_key_files;
    mod signed_data;
    mod signed_objects;
    mod sm2_encryption;
    mod sm2_forgery;
    mod sm2_signature_cases;
    mod sm2_signatures;
    mod sm3;
    mod sm4;
    mod sm4_wycheproof;
    mod support;

    use std::path::Path;
    use support::{folder, listed};

    /// Files that are no data: documentation, generators, and the manifests
    /// that the modules below read to find their files.
    const NO_DATA: [&str; 2] = ["README.md", "manifest.json"];

    #[test]
    fn every_file_has_a_test() {
        let Some(root) = folder() else { return };
        let mut tested: Vec<String> = [sm3::FILES, sm4::FILES, sm4_wycheproof::FILES, sm2_signatures::FILES]
            .concat()
            .into_iter()
            .chain([sm2_encryption::FILE, sm2_signature_cases::FILE])
            .map(str::to_owned)
            .collect();
        for (folder, key) in [
            (certificates::FOLDER, "certificates"),
            (pki_objects::FOLDER, "files"),
            (signed_data::FOLDER, "files"),
            (private_key_files::FOLDER, "files"),
        ] {
            tested.extend(listed(folder, key).iter().map(|entry| format!("{folder}/{}", support::text(entry, "file"))));
        }
        let mut untested = Vec::new();
        walk(&root, "", &mut |name| {
            let last = name.rsplit('/').next().unwrap_or(name);
            if !NO_DATA.contains(&last) && !name.starts_with("gen/") && !tested.iter().any(|known| known == name) {
                untested.push(name.to_owned());
            }
        });
        assert!(untested.is_empty(), "files without a test: {untested:?}");
    }

    fn walk(folder: &Path, prefix: &str, see: &mut dyn FnMut(&str)) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let entry = entry.expect("an entry");
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                walk(&entry.path(), &format!("{name}/"), see);
            } else {
                see(&name);
            }
        }
    }
}
