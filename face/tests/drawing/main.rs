//! The shipped faces drawn: packages that verify, texts that are all there, copies
//! that can be read.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod annotated;
mod copies;
mod faces;
mod package;
mod papers;
mod read_back;
mod refusals;
mod sample;
mod stamped;
mod texts;

use yinxin_trust::ofd::write::PackagePlan;

/// An entry as text.
fn text(package: &PackagePlan, name: &str) -> String {
    let part = package.get(name).unwrap_or_else(|| panic!("no entry {name}"));
    String::from_utf8(part.octets().to_vec()).unwrap()
}

/// A text object of a page.
#[derive(Clone, Debug)]
struct Shown {
    id: String,
    /// x, y, width, height.
    boundary: [f64; 4],
    size: f64,
    text: String,
}

/// The text objects of a page file, in order.
fn shown(page: &str) -> Vec<Shown> {
    let unescape =
        |text: &str| text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    let attribute = |object: &str, name: &str| {
        let after = object.split_once(&format!(" {name}=\"")).unwrap().1;
        after.split_once('"').unwrap().0.to_owned()
    };
    page.split("<ofd:TextObject")
        .skip(1)
        .map(|object| {
            let numbers: Vec<f64> =
                attribute(object, "Boundary").split(' ').map(|number| number.parse().unwrap()).collect();
            let code = object.split_once("<ofd:TextCode").unwrap().1.split_once('>').unwrap().1;
            Shown {
                id: attribute(object, "ID"),
                boundary: numbers.try_into().unwrap(),
                size: attribute(object, "Size").parse().unwrap(),
                text: unescape(code.split_once("</ofd:TextCode>").unwrap().0),
            }
        })
        .collect()
}

/// The text objects of all pages and their templates, page by page.
fn pages(package: &PackagePlan) -> Vec<Vec<Shown>> {
    let name = |number: usize| format!("Doc_0/Pages/Page_{number}/Content.xml");
    (0..)
        .take_while(|number| package.get(&name(*number)).is_some())
        .map(|number| {
            let template = format!("Doc_0/Tpls/Tpl_{}/Content.xml", number.min(1));
            let mut all = shown(&text(package, &template));
            all.extend(shown(&text(package, &name(number))));
            all
        })
        .collect()
}

/// The tag file: field, and the page and object of each text that shows it.
fn bound(package: &PackagePlan) -> Vec<(String, Vec<(String, String)>)> {
    let tag = text(package, "Doc_0/Tags/CustomTag.xml");
    tag.split("<yx:Field Name=\"")
        .skip(1)
        .map(|field| {
            let (name, rest) = field.split_once('"').unwrap();
            let inside = rest.split_once("</yx:Field>").unwrap().0;
            let objects = inside.split("<ofd:ObjectRef PageRef=\"").skip(1).map(|object| {
                let (page, rest) = object.split_once("\">").unwrap();
                (page.to_owned(), rest.split_once('<').unwrap().0.to_owned())
            });
            (name.to_owned(), objects.collect())
        })
        .collect()
}
