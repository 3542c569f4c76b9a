//! Writing the canonical form.

use super::{
    Budget, LARGEST_INTEGER, Value,
    fault::{Fault, Offence, shown},
    order, short_escape,
};
use std::borrow::Cow;

/// The canonical form of a value.
///
/// # Errors
/// [`Fault`] where the value has none, or one that [`super::read`] would not read
/// under the same budget: an integer out of range, a name that stands twice, too
/// deep, too long.
pub fn write(value: &Value<'_>, budget: &Budget) -> Result<Vec<u8>, Fault> {
    let mut writer = Writer { out: String::new(), budget, values_left: budget.values };
    writer.value(value, 0)?;
    if writer.out.len() > budget.octets {
        return Err(Fault::at(0, Offence::TooLong { limit: budget.octets }));
    }
    Ok(writer.out.into_bytes())
}

struct Writer<'b> {
    out: String,
    budget: &'b Budget,
    values_left: usize,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value<'_>, depth: usize) -> Result<(), Fault> {
        let fault = |offence| Err(Fault::at(0, offence));
        if self.values_left == 0 {
            return fault(Offence::TooManyValues { limit: self.budget.values });
        }
        self.values_left -= 1;
        let items = match value {
            Value::Array(values) => Some(values.len()),
            Value::Object(members) => Some(members.len()),
            _ => None,
        };
        if items.is_some_and(|items| items > self.budget.items) {
            return fault(Offence::TooManyItems { limit: self.budget.items });
        }
        if items.is_some() && depth >= self.budget.depth {
            return fault(Offence::TooDeep { limit: self.budget.depth });
        }
        match value {
            Value::Boolean(is_true) => self.out.push_str(if *is_true { "true" } else { "false" }),
            Value::Integer(number) if number.unsigned_abs() > LARGEST_INTEGER.unsigned_abs() => {
                return fault(Offence::IntegerRange);
            }
            Value::Integer(number) => self.out.push_str(&number.to_string()),
            Value::Text(text) => self.text(text),
            Value::Array(values) => self.array(values, depth + 1)?,
            Value::Object(members) => self.object(members, depth + 1)?,
        }
        Ok(())
    }

    fn array(&mut self, values: &[Value<'_>], depth: usize) -> Result<(), Fault> {
        self.out.push('[');
        for (index, value) in values.iter().enumerate() {
            if index > 0 {
                self.out.push(',');
            }
            self.value(value, depth).map_err(|fault| fault.within(index))?;
        }
        self.out.push(']');
        Ok(())
    }

    fn object(&mut self, members: &[(Cow<'_, str>, Value<'_>)], depth: usize) -> Result<(), Fault> {
        let mut sorted: Vec<&(Cow<'_, str>, Value<'_>)> = members.iter().collect();
        sorted.sort_by(|left, right| order(&left.0, &right.0));
        self.out.push('{');
        let mut last: Option<&str> = None;
        for (name, value) in sorted {
            if last == Some(name.as_ref()) {
                return Err(Fault::at(0, Offence::MemberTwice(shown(name))));
            }
            if last.is_some() {
                self.out.push(',');
            }
            self.text(name);
            self.out.push(':');
            self.value(value, depth).map_err(|fault| fault.within_member(name))?;
            last = Some(name);
        }
        self.out.push('}');
        Ok(())
    }

    /// 3.2.2.2: short escapes, `\u00xx` in lower case for other control characters below
    /// U+0020, everything else as it is.
    fn text(&mut self, text: &str) {
        self.out.push('"');
        for character in text.chars() {
            match short_escape(character) {
                Some(letter) => self.out.extend(['\\', letter]),
                None if u32::from(character) < 0x20 => {
                    self.out.push_str(&format!("\\u{:04x}", u32::from(character)));
                }
                None => self.out.push(character),
            }
        }
        self.out.push('"');
    }
}
