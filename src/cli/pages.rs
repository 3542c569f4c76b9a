//! `yinxin verify --pages`: the pages of a document as pictures in a folder.

use super::lang::{Lang, shown};
use crate::flow::{
    file_source::FileSource,
    view::{self, NoPicture, Wanted},
};
use std::{
    fmt, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};
use yinxin_trust::{base::Sentence, verify::Report};
use yinxin_view::PagePicture;

/// Pages drawn of one document unless one is named.
const PAGES: usize = 200;

/// Why pages are not there as files.
pub(super) enum NotWritten {
    None(NoPicture),
    Io(PathBuf, io::Error),
}

impl From<NoPicture> for NotWritten {
    fn from(error: NoPicture) -> Self {
        Self::None(error)
    }
}

impl NotWritten {
    /// Whether the folder is the cause, not the document.
    pub(super) const fn is_ours(&self) -> bool {
        matches!(self, Self::Io(..))
    }

    fn sentence(&self) -> Sentence {
        match self {
            Self::None(NoPicture::Withheld) => Sentence::new(
                "文件不是签章所说的那样，因此不画出页面。",
                "The document is not what its stamps say, so its pages are not drawn.",
            ),
            Self::None(NoPicture::NoPages) => {
                Sentence::new("只有 OFD 文件才有页面。", "Only OFD documents have pages.")
            }
            Self::None(error) => Sentence::new("页面无法画出。", format!("The pages cannot be drawn: {error}.")),
            Self::Io(path, error) => {
                let path = path.display();
                Sentence::new(format!("无法写入 {path}。"), format!("{path} cannot be written: {error}."))
            }
        }
    }
}

/// Draws the pages of a document, or the one that is named, into `folder`; says on
/// standard error what became of each.
pub(super) fn write(
    source: &FileSource,
    report: &Report,
    name: &Path,
    folder: &Path,
    page: Option<usize>,
    lang: Lang,
) -> Result<(), NotWritten> {
    let wanted = match page {
        Some(first) => Wanted { first, pages: 1, svg_bytes: usize::MAX },
        None => Wanted { first: 1, pages: PAGES, svg_bytes: usize::MAX },
    };
    fs::create_dir_all(folder).map_err(|error| NotWritten::Io(folder.to_owned(), error))?;
    let stem = name.file_stem().filter(|stem| *stem != "-").map_or("document".into(), |stem| stem.to_string_lossy());
    let mut written = 0;
    let of = view::each_page(source, report, wanted, &mut |picture, of| {
        let path = folder.join(format!("{stem}-{}.svg", picture.number));
        fs::write(&path, &picture.svg).map_err(|error| NotWritten::Io(path.clone(), error))?;
        written += 1;
        say(&Told { picture: &picture, of, path: &path, lang });
        Ok::<_, NotWritten>(())
    })?;
    if page.is_none() && written < of {
        let text = match lang {
            Lang::Zh => format!("共 {of} 页，只画出前 {written} 页；其余用 --page 逐页画出。"),
            Lang::En => format!("Only the first {written} of {of} pages are drawn; --page draws another one."),
        };
        say(&text);
    }
    Ok(())
}

/// Says why there are none.
pub(super) fn say_why_not(why: &NotWritten, lang: Lang) {
    say(&lang.sentence(&why.sentence()));
}

fn say(text: &dyn fmt::Display) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// One page, and what of it is not drawn as it stands.
struct Told<'a> {
    picture: &'a PagePicture,
    of: usize,
    path: &'a Path,
    lang: Lang,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { picture, of, path, lang } = self;
        let (number, path) = (picture.number, shown(&path.to_string_lossy()));
        match lang {
            Lang::Zh => write!(f, "第 {number} 页，共 {of} 页：{path}")?,
            Lang::En => write!(f, "Page {number} of {of}: {path}")?,
        }
        for finding in &picture.findings {
            write!(f, "\n  - {}", lang.sentence(&finding.sentence()))?;
        }
        Ok(())
    }
}
