//! Path objects (GB/T 33190 9): abbreviated data to path data of SVG.

use crate::{
    finding::Code,
    geometry::{Bounds, number, words},
    painter::{Drawn, Object, Painter},
    param::{BLACK, Paint, write_paint},
    svg::Svg,
    tree::Node,
};

impl Painter<'_, '_, '_> {
    /// A path: stroked in black and not filled unless it says otherwise.
    pub(crate) fn path(&mut self, object: &Object<'_>) -> Drawn {
        let Object { node, param, .. } = object;
        let mut drawn = Drawn::default();
        let fill = if node.flag("Fill", false) { param.fill.unwrap_or(Paint::Nothing) } else { Paint::Nothing };
        let stroke = if node.flag("Stroke", true) { param.stroke.unwrap_or(BLACK) } else { Paint::Nothing };
        if fill == Paint::Nothing && stroke == Paint::Nothing {
            return drawn;
        }
        let mut bounds = Bounds::new();
        let Some(data) = self.path_data(node, &mut bounds) else { return drawn };
        drawn.svg.text("<path d=\"").text(&data).text("\"");
        write_paint(&mut drawn.svg, "fill", fill);
        if node.get("Rule") == Some("Even-Odd") && fill != Paint::Nothing {
            drawn.svg.text(" fill-rule=\"evenodd\"");
        }
        if stroke != Paint::Nothing {
            param.write_stroke(&mut drawn.svg, stroke, 1.0);
        }
        drawn.svg.text("/>");
        drawn.is_outline = fill == Paint::Nothing;
        (drawn.bounds, drawn.slack) = (bounds.rect(), param.width() / 2.0);
        drawn
    }

    /// The data of a path; `None` without any, or when the page has too many steps or no room.
    pub(crate) fn path_data(&mut self, node: &Node, bounds: &mut Bounds) -> Option<String> {
        let text = node.child("AbbreviatedData")?.trimmed();
        // about as many octets as a short step has
        let steps = 1 + text.len() / 8;
        if text.is_empty() || !self.canvas.budget.path_steps(steps, &mut self.canvas.findings) {
            return None;
        }
        let data = abbreviated(text, bounds);
        if data.is_none() {
            self.canvas.findings.add(Code::BadValue, "AbbreviatedData");
        }
        data.filter(|data| self.canvas.has_room(data.len()))
    }
}

/// 9.3: `S` and `M` begin, `L`, `Q`, `B`, `A` draw, `C` closes. `None` for anything else.
fn abbreviated(text: &str, bounds: &mut Bounds) -> Option<String> {
    let mut out = Svg::default();
    // some writers put no space between a command and its numbers
    let is_command = |c: char| "SMLQBAC".contains(c);
    let spaced = text.split_inclusive(is_command).flat_map(|piece| {
        let command = piece.chars().next_back().filter(|c| is_command(*c)).map_or(0, char::len_utf8);
        let (before, command) = piece.split_at(piece.len() - command);
        words(before).chain(words(command))
    });
    let mut words = spaced;
    let mut began = false;
    while let Some(command) = words.next() {
        let count = match command {
            "S" | "M" | "L" => 2,
            "Q" => 4,
            "B" => 6,
            "A" => 7,
            "C" => 0,
            _ => return None,
        };
        let mut values = [0.0; 7];
        for value in values.iter_mut().take(count) {
            *value = number(words.next()?)?;
        }
        let [a, b, c, d, e, f, g] = values;
        if !began && !matches!(command, "S" | "M") {
            out.text("M0 0");
            bounds.add([0.0, 0.0]);
        }
        began = true;
        let letter = match command {
            "S" | "M" => "M",
            "L" => "L",
            "Q" => "Q",
            "B" => "C",
            "A" => "A",
            _ => "Z",
        };
        out.text(letter);
        match command {
            "A" => {
                let flag = |value: f64| if value == 0.0 { " 0" } else { " 1" };
                out.number(a.abs()).text(" ").number(b.abs()).text(" ").number(c).text(flag(d)).text(flag(e));
                out.text(" ").number(f).text(" ").number(g);
                // an ellipse reaches no farther than its larger diameter
                let reach = 2.0 * a.abs().max(b.abs());
                bounds.add([f - reach, g - reach]);
                bounds.add([f + reach, g + reach]);
            }
            _ => {
                for (index, pair) in values.get(..count)?.chunks_exact(2).enumerate() {
                    if let &[x, y] = pair {
                        out.text(if index > 0 { " " } else { "" }).number(x).text(" ").number(y);
                        bounds.add([x, y]);
                    }
                }
            }
        }
    }
    began.then_some(out.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command() {
        let data = |text: &str| abbreviated(text, &mut Bounds::new());
        let all = "S 0 0 M 1 2 L 3 4.5 Q 1 2 3 4 B 1 2 3 4 5 6 A 5 -4 30 1 0 9 9 C";
        assert_eq!(data(all).as_deref(), Some("M0 0M1 2L3 4.5Q1 2 3 4C1 2 3 4 5 6A5 4 30 1 0 9 9Z"));
        assert_eq!(data("M1 2L3 4.5C").as_deref(), Some("M1 2L3 4.5Z"));
        assert_eq!(data("L 1 1").as_deref(), Some("M0 0L1 1"));
        for bad in ["", "M 1", "M 1 x", "M NaN 0", "M 1 1e9", "X 1 1", "M 1 1 1", "m 1 1", "M1 1\"/><script>"] {
            assert_eq!(data(bad), None, "{bad}");
        }
        let mut bounds = Bounds::new();
        abbreviated("M 1 2 L -3 8", &mut bounds);
        let rect = bounds.rect().unwrap();
        assert_eq!((rect.x, rect.y, rect.w, rect.h), (-3.0, 2.0, 4.0, 6.0));
    }
}
