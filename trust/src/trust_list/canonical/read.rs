//! Reading: one pass, which knows at every octet what the canonical form would be.

use super::{
    Budget, LARGEST_INTEGER, Value,
    fault::{Fault, Offence, shown},
    order, short_escape,
};
use std::borrow::Cow;

/// Reads octets that are their own canonical form.
///
/// # Errors
/// The first [`Fault`].
pub fn read<'a>(octets: &'a [u8], budget: &Budget) -> Result<Value<'a>, Fault> {
    whole(octets, budget, true)
}

/// Reads any JSON whose values have a canonical form: space, order of members and
/// escapes are free.
///
/// # Errors
/// The first [`Fault`].
pub fn read_any<'a>(octets: &'a [u8], budget: &Budget) -> Result<Value<'a>, Fault> {
    whole(octets, budget, false)
}

fn whole<'a>(octets: &'a [u8], budget: &Budget, canonical: bool) -> Result<Value<'a>, Fault> {
    if octets.len() > budget.octets {
        return Err(Fault::at(budget.octets, Offence::TooLong { limit: budget.octets }));
    }
    let text = core::str::from_utf8(octets).map_err(|error| Fault::at(error.valid_up_to(), Offence::NotUtf8))?;
    let mut reader = Reader { text, at: 0, canonical, budget, values_left: budget.values };
    reader.space()?;
    let value = reader.value(0)?;
    reader.space()?;
    if reader.at < text.len() { Err(reader.fault(Offence::Trailing)) } else { Ok(value) }
}

struct Reader<'a, 'b> {
    text: &'a str,
    at: usize,
    canonical: bool,
    budget: &'b Budget,
    values_left: usize,
}

impl<'a> Reader<'a, '_> {
    const fn fault(&self, offence: Offence) -> Fault {
        Fault::at(self.at, offence)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Goes on where this octet, an ASCII one, is next.
    fn take(&mut self, octet: u8) -> bool {
        let found = self.peek() == Some(octet);
        self.at += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes()));
        self.at += if found { word.len() } else { 0 };
        found
    }

    fn space(&mut self) -> Result<(), Fault> {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            if self.canonical {
                return Err(self.fault(Offence::Space));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Value<'a>, Fault> {
        if self.values_left == 0 {
            return Err(self.fault(Offence::TooManyValues { limit: self.budget.values }));
        }
        self.values_left -= 1;
        match self.peek() {
            Some(b'{' | b'[') if depth >= self.budget.depth => {
                Err(self.fault(Offence::TooDeep { limit: self.budget.depth }))
            }
            Some(b'{') => self.object(depth + 1).map(Value::Object),
            Some(b'[') => self.array(depth + 1).map(Value::Array),
            Some(b'"') => self.string().map(Value::Text),
            Some(b'-' | b'0'..=b'9') => self.integer().map(Value::Integer),
            _ if self.word("true") => Ok(Value::Boolean(true)),
            _ if self.word("false") => Ok(Value::Boolean(false)),
            _ if self.word("null") => Err(self.fault(Offence::Null)),
            _ => Err(self.fault(Offence::Syntax("a value is expected"))),
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Value<'a>>, Fault> {
        let mut values = Vec::new();
        self.at += 1;
        self.space()?;
        if self.take(b']') {
            return Ok(values);
        }
        loop {
            if values.len() >= self.budget.items {
                return Err(self.fault(Offence::TooManyItems { limit: self.budget.items }));
            }
            let value = self.value(depth).map_err(|fault| fault.within(values.len()))?;
            values.push(value);
            self.space()?;
            if self.take(b']') {
                return Ok(values);
            }
            if !self.take(b',') {
                return Err(self.fault(Offence::Syntax("a comma or the end of the array is expected")));
            }
            self.space()?;
        }
    }

    fn object(&mut self, depth: usize) -> Result<Vec<(Cow<'a, str>, Value<'a>)>, Fault> {
        let mut members: Vec<(Cow<'a, str>, Value<'a>)> = Vec::new();
        self.at += 1;
        self.space()?;
        if self.take(b'}') {
            return Ok(members);
        }
        loop {
            if members.len() >= self.budget.items {
                return Err(self.fault(Offence::TooManyItems { limit: self.budget.items }));
            }
            if self.peek() != Some(b'"') {
                return Err(self.fault(Offence::Syntax("the name of a member is expected")));
            }
            let begin = self.at;
            let name = self.string()?;
            if let Some((last, _)) = members.last().filter(|_| self.canonical) {
                match order(last, &name) {
                    core::cmp::Ordering::Less => {}
                    core::cmp::Ordering::Equal => return Err(twice(begin, &name)),
                    core::cmp::Ordering::Greater => {
                        return Err(Fault::at(begin, Offence::MemberOrder(shown(&name))));
                    }
                }
            }
            self.space()?;
            if !self.take(b':') {
                return Err(self.fault(Offence::Syntax("a colon is expected")));
            }
            self.space()?;
            let value = self.value(depth).map_err(|fault| fault.within_member(&name))?;
            members.push((name, value));
            self.space()?;
            if self.take(b'}') {
                break;
            }
            if !self.take(b',') {
                return Err(self.fault(Offence::Syntax("a comma or the end of the object is expected")));
            }
            self.space()?;
        }
        if !self.canonical {
            let mut names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
            names.sort_unstable();
            if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
                return Err(twice(self.at, pair[0]));
            }
        }
        Ok(members)
    }

    fn integer(&mut self) -> Result<i64, Fault> {
        let begin = self.at;
        let negative = self.take(b'-');
        let first = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        let digits = self.text.get(first..self.at).unwrap_or_default();
        let fault = |offence| Err(Fault::at(begin, offence));
        if digits.is_empty() || (digits.len() > 1 && digits.starts_with('0')) {
            return fault(Offence::Syntax("a number is -, and digits that do not start with a superfluous nought"));
        }
        if let Some(b'.' | b'e' | b'E') = self.peek() {
            return fault(Offence::Float);
        }
        match digits.parse::<i64>() {
            Ok(0) if negative => fault(Offence::NegativeZero),
            Ok(number) if number <= LARGEST_INTEGER => Ok(if negative { -number } else { number }),
            _ => fault(Offence::IntegerRange),
        }
    }

    fn string(&mut self) -> Result<Cow<'a, str>, Fault> {
        self.at += 1;
        let plain = self.plain();
        if self.take(b'"') {
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        loop {
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(Cow::Owned(text));
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return Err(self.fault(Offence::Syntax("a control character stands unescaped"))),
                None => return Err(self.fault(Offence::Syntax("a string does not end"))),
            }
            text.push_str(self.plain());
        }
    }

    /// Up to the next quotation mark, escape or control character.
    fn plain(&mut self) -> &'a str {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let ends = |octet: &u8| matches!(octet, b'"' | b'\\' | 0..=0x1F);
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let plain = self.text.get(self.at..self.at + length).unwrap_or_default();
        self.at += length;
        plain
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let begin = self.at;
        self.at += 1;
        let letter = self.peek().unwrap_or_default();
        self.at += 1;
        let (character, is_canonical) = match letter {
            b'"' => ('"', true),
            b'\\' => ('\\', true),
            b'b' => ('\u{8}', true),
            b'f' => ('\u{c}', true),
            b'n' => ('\n', true),
            b'r' => ('\r', true),
            b't' => ('\t', true),
            b'/' => ('/', false),
            b'u' => {
                let character = self.code_units(begin)?;
                let written = self.text.get(begin..self.at).unwrap_or_default();
                let needed = u32::from(character) < 0x20 && short_escape(character).is_none();
                (character, needed && !written.bytes().any(|octet| octet.is_ascii_uppercase()))
            }
            _ => return Err(Fault::at(begin, Offence::Syntax("no such escape"))),
        };
        if self.canonical && !is_canonical {
            return Err(Fault::at(begin, Offence::Escape));
        }
        Ok(character)
    }

    /// The character of `\uXXXX`, or of two of them that are a surrogate pair.
    fn code_units(&mut self, begin: usize) -> Result<char, Fault> {
        let high = self.four_digits(begin)?;
        let lone = || Fault::at(begin, Offence::LoneSurrogate);
        if !(0xD800..0xE000).contains(&high) {
            return char::from_u32(high).ok_or_else(lone);
        }
        if high >= 0xDC00 || !self.word("\\u") {
            return Err(lone());
        }
        let low = self.four_digits(begin)?;
        if !(0xDC00..0xE000).contains(&low) {
            return Err(lone());
        }
        char::from_u32(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00)).ok_or_else(lone)
    }

    fn four_digits(&mut self, begin: usize) -> Result<u32, Fault> {
        let digits = self.text.as_bytes().get(self.at..self.at + 4).unwrap_or_default();
        let unit = digits.iter().try_fold(0, |unit, &digit| Some(unit << 4 | char::from(digit).to_digit(16)?));
        let unit = unit.filter(|_| digits.len() == 4);
        self.at += 4;
        unit.ok_or_else(|| Fault::at(begin, Offence::Syntax("\\u is followed by four hexadecimal digits")))
    }
}

fn twice(at: usize, name: &str) -> Fault {
    Fault::at(at, Offence::MemberTwice(shown(name)))
}
