//! docs/conformance.md, held against the sources: every check id stands there,
//! every function and every test it names exists where it says.

use std::{collections::BTreeSet, fs, path::Path};
use yinxin_trust::verify::CheckId;

/// One step of a standard, as the table tells it.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    line: usize,
    /// `GB/T 38540 7.3` and the like: the heading above the table.
    standard: String,
    step: String,
    checks: Vec<String>,
    functions: Vec<Place>,
    tests: Vec<Place>,
}

/// `path/of/file.rs: name`.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    file: String,
    name: String,
}

/// Headings of the tables that are read.
const COLUMNS: [&str; 5] = ["step", "what", "check", "function", "test"];

/// Every row of every table with [`COLUMNS`] as its head.
fn parse(text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut standard = String::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        let line_number = number + 1;
        if let Some(heading) = line.strip_prefix("## ") {
            heading.clone_into(&mut standard);
        }
        let Some(row) = line.trim().strip_prefix('|').and_then(|row| row.strip_suffix('|')) else {
            inside = false;
            continue;
        };
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        if cells == COLUMNS {
            inside = true;
        } else if inside && !cells.iter().all(|cell| cell.chars().all(|c| c == '-' || c == ':') && !cell.is_empty()) {
            let [step, _, checks, functions, tests] = cells[..] else {
                return Err(format!("line {line_number}: {} cells instead of 5", cells.len()));
            };
            let places = |cell| places(cell).map_err(|error| format!("line {line_number}: {error}"));
            steps.push(Step {
                line: line_number,
                standard: standard.clone(),
                step: step.to_owned(),
                checks: codes(checks).map(str::to_owned).collect(),
                functions: places(functions)?,
                tests: places(tests)?,
            });
        }
    }
    Ok(steps)
}

/// What stands between backquotes.
fn codes(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

fn places(cell: &str) -> Result<Vec<Place>, String> {
    codes(cell)
        .map(|code| {
            let (file, name) = code.split_once(": ").ok_or_else(|| format!("`{code}` is not `file: name`"))?;
            Ok(Place { file: file.to_owned(), name: name.to_owned() })
        })
        .collect()
}

/// Whether `source` defines the function `name`.
fn defines(source: &str, name: &str) -> bool {
    source.lines().any(|line| function_of(line) == Some(name))
}

/// Whether it does so under a `#[test]` attribute of any framework.
fn defines_test(source: &str, name: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    lines.iter().enumerate().any(|(at, line)| {
        let attributes =
            || lines[..at].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("//"));
        function_of(line) == Some(name) && attributes().any(|line| line.ends_with("test]"))
    })
}

/// The name of the function that a line begins to define.
fn function_of(line: &str) -> Option<&str> {
    let line = line.trim();
    let (before, after) = line.split_once("fn ")?;
    let modifiers = ["pub", "const", "async", "unsafe", "pub(crate)", "pub(super)", "pub(in"];
    let defines = before.split_whitespace().all(|word| modifiers.contains(&word));
    let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
    defines.then(|| &after[..end])
}

/// What is wrong with the table; `read` gives a file of the repository.
fn faults(steps: &[Step], read: &dyn Fn(&str) -> Option<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let known: BTreeSet<&str> = CheckId::ALL.iter().map(|id| id.as_str()).collect();
    let named: BTreeSet<&str> = steps.iter().flat_map(|step| step.checks.iter().map(String::as_str)).collect();
    faults.extend(known.difference(&named).map(|id| format!("{id} is a check of no step")));
    for step in steps {
        let at = format!("line {}, {} step {}", step.line, step.standard, step.step);
        for id in step.checks.iter().filter(|id| !known.contains(id.as_str()) && *id != "verdict") {
            faults.push(format!("{at}: {id} is no check id"));
        }
        for (what, empty) in [
            ("check", step.checks.is_empty()),
            ("function", step.functions.is_empty()),
            ("test", step.tests.is_empty()),
        ] {
            if empty {
                faults.push(format!("{at}: no {what} is named"));
            }
        }
        for place in &step.functions {
            if !read(&place.file).is_some_and(|source| defines(&source, &place.name)) {
                faults.push(format!("{at}: no function {} in {}", place.name, place.file));
            }
        }
        for place in &step.tests {
            if !read(&place.file).is_some_and(|source| defines_test(&source, &place.name)) {
                faults.push(format!("{at}: no test {} in {}", place.name, place.file));
            }
        }
    }
    faults
}

#[test]
fn the_table_is_true() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| fs::read_to_string(root.join(file)).ok();
    let steps = parse(&read("docs/conformance.md").unwrap()).unwrap();
    assert!(steps.len() > 40, "only {} steps were found", steps.len());
    let faults = faults(&steps, &read);
    assert!(faults.is_empty(), "docs/conformance.md:\n{}", faults.join("\n"));
}

#[test]
fn untrue_rows_are_caught() {
    let head = "## S\n| step | what | check | function | test |\n|---|---|---|---|---|\n";
    let source = "pub(crate) fn look() {}\n#[test]\n// why\nfn looks() {}\nfn looks_not() {}\n";
    let read = |file: &str| (file == "a.rs").then(|| source.to_owned());
    let all: String = CheckId::ALL.iter().map(|id| format!("`{id}` ")).collect();
    let found = |row: &str| faults(&parse(&format!("{head}{row}\n")).unwrap(), &read);
    assert_eq!(found(&format!("| a | w | {all} | `a.rs: look` | `a.rs: looks` |")), Vec::<String>::new());
    assert_eq!(found("| a | w | `verdict` | `a.rs: look` | `a.rs: looks` |").len(), CheckId::ALL.len());
    for row in [
        format!("| a | w | {all} `no.such` | `a.rs: look` | `a.rs: looks` |"),
        format!("| a | w | {all} | | `a.rs: looks` |"),
        format!("| a | w | {all} | `a.rs: look` | |"),
        format!("| a | w | {all} | `a.rs: loo` | `a.rs: looks` |"),
        format!("| a | w | {all} | `b.rs: look` | `a.rs: looks` |"),
        format!("| a | w | {all} | `a.rs: look` | `a.rs: looks_not` |"),
    ] {
        assert_eq!(found(&row).len(), 1, "{row}");
    }
    assert!(parse(&format!("{head}| a | w | c | f |\n")).is_err());
    assert!(parse(&format!("{head}| a | w | c | `look` | t |\n")).is_err());
}
