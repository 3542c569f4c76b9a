//! Each budget at its end is a finding, and what came before it is drawn.

use super::{Code, Made, codes, draw};
use yinxin_view::{Seen, ViewLimits};

fn over(objects: &str, limits: ViewLimits) -> Vec<Code> {
    let picture = draw(&Made::page(objects).octets(), &Seen::default(), limits, 1).unwrap();
    codes(&picture).into_iter().map(|found| found.0).filter(|code| *code != Code::FontSubstituted).collect()
}

#[test]
fn every_budget() {
    let path = "<ofd:PathObject ID=\"3\" Boundary=\"0 0 90 10\"><ofd:AbbreviatedData>M 0 0 L 1 1 L 2 2 L 3 3</ofd:AbbreviatedData></ofd:PathObject>";
    let text = "<ofd:TextObject ID=\"3\" Boundary=\"0 0 90 10\" Font=\"5\" Size=\"4\"><ofd:TextCode X=\"0\" Y=\"4\">一二三四五六七八九十</ofd:TextCode></ofd:TextObject>";
    let all = || ViewLimits::default();
    for (objects, limits, code) in [
        (path.repeat(5), ViewLimits { objects: 3, ..all() }, Code::TooManyObjects),
        (path.repeat(5), ViewLimits { path_steps: 9, ..all() }, Code::TooManySteps),
        (path.repeat(50), ViewLimits { elements: 20, ..all() }, Code::TooManyElements),
        (path.repeat(50), ViewLimits { svg_bytes: 1000, ..all() }, Code::TooLarge),
        (text.to_owned(), ViewLimits { glyphs: 5, ..all() }, Code::TooManyGlyphs),
        (text.to_owned(), ViewLimits { path_steps: 30, ..all() }, Code::TooManySteps),
        (text.repeat(30), ViewLimits { svg_bytes: 3000, ..all() }, Code::TooLarge),
    ] {
        assert_eq!(over(&objects, limits), [code]);
        assert_eq!(over(&objects, all()), []);
    }
}

#[test]
fn the_picture_stays_below_its_limit_and_one_object() {
    let path = "<ofd:PathObject ID=\"3\" Boundary=\"0 0 90 10\"><ofd:AbbreviatedData>M 0 0 L 1 1</ofd:AbbreviatedData></ofd:PathObject>";
    let octets = Made::page(&path.repeat(2000)).octets();
    let limits = ViewLimits { svg_bytes: 20_000, ..ViewLimits::default() };
    let picture = draw(&octets, &Seen::default(), limits, 1).unwrap();
    assert!((19_000..22_000).contains(&picture.svg.len()), "{}", picture.svg.len());
}
