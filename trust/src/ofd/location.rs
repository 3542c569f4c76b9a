//! Locations (ST_Loc) in OFD files, and what they name.
//!
//! Forms accepted, as genuine files have them: absolute (`/Doc_0/Document.xml`,
//! also with several leading slashes), relative to the folder of the file that
//! names it, relative to the package root where the former does not exist;
//! `.` and `..` inside a path that stays in the package. Leaving the package
//! is refused.

use super::Package;

/// Why text is no location inside the package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocationFault {
    /// No text at all.
    #[error("the location is empty")]
    Empty,
    /// `..` beyond the root of the package.
    #[error("the location leaves the package")]
    LeavesPackage,
}

/// What a location names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The entry name, in canonical form.
    pub name: String,
    /// Whether there is such an entry.
    pub exists: bool,
}

/// The folder of an entry: `Doc_0/Signs` of `Doc_0/Signs/Signatures.xml`,
/// empty for files in the root.
pub fn folder(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Resolves `text` found in a file of `folder`.
///
/// # Errors
/// [`LocationFault`]; a location that names nothing is no error.
pub fn resolve(package: &Package<'_>, folder: &str, text: &str) -> Result<Location, LocationFault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(LocationFault::Empty);
    }
    let first = canonical(folder, text)?;
    if package.contains(&first) {
        return Ok(Location { name: first, exists: true });
    }
    if let Ok(from_root) = canonical("", text)
        && package.contains(&from_root)
    {
        return Ok(Location { name: from_root, exists: true });
    }
    Ok(Location { name: first, exists: false })
}

/// The folder that `Res/@BaseLoc` names in a resource file of `folder`.
///
/// # Errors
/// [`LocationFault::LeavesPackage`].
pub fn base_folder(folder: &str, base_loc: &str) -> Result<String, LocationFault> {
    canonical(folder, base_loc.trim())
}

/// `text` seen from `folder`, without `.`, `..` and empty segments.
fn canonical(folder: &str, text: &str) -> Result<String, LocationFault> {
    let mut segments: Vec<&str> = Vec::new();
    let above = if text.starts_with('/') { "" } else { folder };
    for segment in above.split('/').chain(text.split('/')) {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop().ok_or(LocationFault::LeavesPackage)?;
            }
            _ => segments.push(segment),
        }
    }
    Ok(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Limits;
    use crate::ofd::testing::zip;

    #[test]
    fn every_form() {
        let octets =
            zip(&[("OFD.xml", b""), ("Doc_0/Document.xml", b""), ("Doc_0/Res/a.png", b""), ("Res/b.png", b"")]);
        let package = Package::open(&octets, &Limits::default()).unwrap();
        let resolved = |folder: &str, text: &str| resolve(&package, folder, text).map(|l| (l.name, l.exists));
        let found = |name: &str| Ok((name.to_owned(), true));
        let dangling = |name: &str| Ok((name.to_owned(), false));
        assert_eq!(resolved("", "Doc_0/Document.xml"), found("Doc_0/Document.xml"));
        assert_eq!(resolved("Doc_0/Signs", "/Doc_0/Document.xml"), found("Doc_0/Document.xml"));
        assert_eq!(resolved("Doc_0/Signs", "//Doc_0/./Document.xml"), found("Doc_0/Document.xml"));
        assert_eq!(resolved("Doc_0/Signs", "../Document.xml"), found("Doc_0/Document.xml"));
        assert_eq!(resolved("Doc_0/Signs", "../../OFD.xml"), found("OFD.xml"));
        assert_eq!(resolved("Doc_0", "Doc_0/Document.xml"), found("Doc_0/Document.xml"));
        assert_eq!(resolved("Doc_0", " ./Res/a.png\n"), found("Doc_0/Res/a.png"));
        assert_eq!(resolved("Doc_0", "Res/b.png"), found("Res/b.png"));
        assert_eq!(resolved("Doc_0", "document.xml"), dangling("Doc_0/document.xml"));
        assert_eq!(resolved("Doc_0", "../../OFD.xml"), Err(LocationFault::LeavesPackage));
        assert_eq!(resolved("Doc_0", "/../OFD.xml"), Err(LocationFault::LeavesPackage));
        assert_eq!(resolved("Doc_0", "  "), Err(LocationFault::Empty));
    }

    #[test]
    fn folders() {
        assert_eq!(folder("Doc_0/Signs/Signatures.xml"), "Doc_0/Signs");
        assert_eq!(folder("OFD.xml"), "");
        assert_eq!(base_folder("Doc_0", "Res").as_deref(), Ok("Doc_0/Res"));
        assert_eq!(base_folder("Doc_0", "/Shared/").as_deref(), Ok("Shared"));
        assert_eq!(base_folder("Doc_0", "").as_deref(), Ok("Doc_0"));
        assert_eq!(base_folder("Doc_0", "../.."), Err(LocationFault::LeavesPackage));
    }
}
