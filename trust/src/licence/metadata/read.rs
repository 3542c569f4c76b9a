//! Reading: 1 pairs sorted by element · 2 each value in its own type · 3 values
//! against the identifier and against each other. All offences are told at once.

use super::{AnnotatedCopy, Element, HolderCode, HolderCodeType, Metadata, MetadataOffence, REQUIRED, pairs::Pairs};
use crate::{
    base::{Day, Moment},
    licence::{
        Expiry,
        codes::{CitizenNumber, CreditCode, RegionCode},
        identifier::{LicenceIdentifier, TypeCode, Version},
        name::HolderName,
    },
};

/// What stands between several holders or codes in one text. \[ADVICE\]
const SEPARATORS: [char; 8] = [',', '，', '、', ';', '；', '|', '/', '^'];

/// Elements that every annotated copy has.
const COPY: [Element; 4] = [Element::CopyCreatedAt, Element::CopyCreator, Element::CopyCause, Element::CopyExpiresAt];

impl Metadata {
    /// Reads metadata from name and value pairs, as `CustomDatas` of an OFD
    /// file or an attached list holds them.
    ///
    /// # Errors
    /// Every [`MetadataOffence`] that is there, never an empty list.
    pub fn read(pairs: &[(String, String)]) -> Result<Self, Vec<MetadataOffence>> {
        let mut offences = Vec::new();
        // 1
        let pairs = Pairs::sort(pairs, &mut offences);
        if offences.iter().any(|offence| matches!(offence, MetadataOffence::TooMany { .. })) {
            return Err(offences);
        }
        for element in REQUIRED {
            if pairs.value(element).is_none() {
                offences.push(MetadataOffence::Missing(element));
            }
        }
        Reader { pairs, offences }.read()
    }
}

struct Reader<'a> {
    pairs: Pairs<'a>,
    offences: Vec<MetadataOffence>,
}

impl Reader<'_> {
    fn read(mut self) -> Result<Metadata, Vec<MetadataOffence>> {
        // 2
        let identifier = self.identifier(Element::Identifier);
        let associated = self.identifier(Element::Associated);
        let issued_on = self.day(Element::IssuedOn);
        let holder = self.holder();
        let holder_code_type = self.holder_code_type();
        self.check_holder_code(holder_code_type);
        let valid_from = self.day(Element::ValidFrom);
        let valid_until = self.valid_until(valid_from);
        let area = self.area();
        let sealed_at = self.time(Element::SealedAt);
        let created_at = self.time(Element::CreatedAt);
        let copy = self.copy();
        // 3
        let of_identifier = identifier.as_ref().map(|identifier| self.against_identifier(identifier));

        let Self { pairs, offences } = self;
        match (identifier, of_identifier, issued_on, holder) {
            (Some(identifier), Some((type_code, version, issuing_body_code)), Some(issued_on), Some(holder))
                if offences.is_empty() =>
            {
                Ok(Metadata {
                    identifier,
                    type_name: pairs.text(Element::TypeName).unwrap_or_default(),
                    type_code,
                    name: pairs.text(Element::Name),
                    number: pairs.text(Element::Number),
                    version,
                    issuing_body: pairs.text(Element::IssuingBody).unwrap_or_default(),
                    issuing_body_code,
                    issued_on,
                    defining_body: pairs.text(Element::DefiningBody),
                    defining_body_code: pairs.text(Element::DefiningBodyCode),
                    holder,
                    holder_code: pairs.value(Element::HolderCode).map(|code| HolderCode(code.into())),
                    holder_code_type,
                    valid_from,
                    valid_until,
                    validity_range: pairs.text(Element::ValidityRange),
                    area,
                    item_name: pairs.text(Element::ItemName),
                    item_code: pairs.text(Element::ItemCode),
                    seal_user: pairs.text(Element::SealUser),
                    sealed_at,
                    seal_name: pairs.text(Element::SealName),
                    created_at,
                    copy,
                    extend_info: pairs.text(Element::ExtendInfo),
                    associated,
                    extensions: pairs.extensions,
                    others: pairs.others,
                })
            }
            _ => Err(offences),
        }
    }

    fn identifier(&mut self, element: Element) -> Option<LicenceIdentifier> {
        let read = self.pairs.value(element)?.parse::<LicenceIdentifier>();
        if let Err(offences) = &read {
            let all = offences.all().iter().cloned();
            self.offences.extend(all.map(|offence| MetadataOffence::Identifier { element, offence }));
        }
        read.ok()
    }

    fn day(&mut self, element: Element) -> Option<Day> {
        let read = Day::parse(self.pairs.value(element)?);
        read.map_err(|offence| self.offences.push(MetadataOffence::Day { element, offence })).ok()
    }

    fn valid_until(&mut self, valid_from: Option<Day>) -> Option<Expiry> {
        let element = Element::ValidUntil;
        let read = Expiry::parse(self.pairs.written(element)?);
        let until = read.map_err(|offence| self.offences.push(MetadataOffence::Day { element, offence })).ok()?;
        if valid_from.is_some_and(|from| until.is_past_on(from)) {
            self.offences.push(MetadataOffence::PeriodInverted);
        }
        Some(until)
    }

    /// Fourteen digits, Beijing time.
    fn time(&mut self, element: Element) -> Option<Moment> {
        let read = beijing_time(self.pairs.value(element)?);
        if read.is_none() {
            self.offences.push(MetadataOffence::Time(element));
        }
        read
    }

    fn holder(&mut self) -> Option<HolderName> {
        let read = self.pairs.value(Element::Holder)?.parse();
        read.map_err(|offence| self.offences.push(MetadataOffence::Holder(offence))).ok()
    }

    fn holder_code_type(&mut self) -> Option<HolderCodeType> {
        let code = self.pairs.value(Element::HolderCodeType);
        let name = self.pairs.value(Element::HolderCodeTypeName);
        let by_code = code.and_then(HolderCodeType::of_code);
        let by_name = name.and_then(HolderCodeType::of_name);
        if code.is_some() && by_code.is_none() || code.is_none() && name.is_some() && by_name.is_none() {
            self.offences.push(MetadataOffence::HolderCodeTypeUnknown);
        } else if by_code.is_some() && by_name.is_some() && by_code != by_name {
            self.offences.push(MetadataOffence::HolderCodeTypesDisagree);
        }
        by_code.or(by_name)
    }

    /// Credit codes and citizen numbers carry checks; other codes do not.
    fn check_holder_code(&mut self, kind: Option<HolderCodeType>) {
        let codes = self.pairs.value(Element::HolderCode).unwrap_or_default();
        for code in codes.split(SEPARATORS).map(str::trim).filter(|code| !code.is_empty()) {
            if kind == Some(HolderCodeType::CREDIT_CODE) {
                self.offences.extend(CreditCode::offences(code).into_iter().map(MetadataOffence::HolderCreditCode));
            } else if kind == Some(HolderCodeType::CITIZEN_NUMBER) {
                let offences = CitizenNumber::offences(code);
                self.offences.extend(offences.into_iter().map(MetadataOffence::HolderCitizenNumber));
            }
        }
    }

    fn area(&mut self) -> Option<RegionCode> {
        let read = self.pairs.value(Element::Area)?.parse();
        read.map_err(|offence| self.offences.push(MetadataOffence::Area(offence))).ok()
    }

    fn copy(&mut self) -> Option<AnnotatedCopy> {
        if Element::ALL.iter().filter(|one| one.marks_a_copy()).all(|one| self.pairs.value(*one).is_none()) {
            return None;
        }
        for element in COPY {
            if self.pairs.value(element).is_none() {
                self.offences.push(MetadataOffence::CopyIncomplete(element));
            }
        }
        let created_at = self.time(Element::CopyCreatedAt);
        let expires_at = self.time(Element::CopyExpiresAt);
        let (created_at, expires_at) = (created_at?, expires_at?);
        if expires_at < created_at {
            self.offences.push(MetadataOffence::CopyPeriodInverted);
        }
        let creator = self.pairs.text(Element::CopyCreator)?;
        let cause = self.pairs.text(Element::CopyCause)?;
        let (recipient, number) = (self.pairs.text(Element::CopyRecipient), self.pairs.text(Element::CopyNumber));
        Some(AnnotatedCopy { created_at, creator, cause, expires_at, recipient, number })
    }

    /// The elements that repeat parts of the identifier.
    fn against_identifier(&mut self, identifier: &LicenceIdentifier) -> (TypeCode, Version, String) {
        let type_code = identifier.type_code();
        if let Some(written) = self.pairs.value(Element::TypeCode) {
            match written.parse::<TypeCode>() {
                Ok(same) if same == type_code => {}
                Ok(_) => self.contradicts(Element::TypeCode),
                Err(offences) => {
                    self.offences.extend(offences.all().iter().cloned().map(MetadataOffence::TypeCode));
                }
            }
        }
        let version = identifier.version();
        if let Some(written) = self.pairs.value(Element::Version) {
            match written.parse::<Version>() {
                Ok(same) if same == version => {}
                Ok(_) => self.contradicts(Element::Version),
                Err(offence) => self.offences.push(MetadataOffence::Version(offence)),
            }
        }
        if self.pairs.value(Element::IssuingBodyCode).is_some_and(|code| code != identifier.issuer()) {
            self.contradicts(Element::IssuingBodyCode);
        }
        let defining_body = type_code.defining_body();
        if self.pairs.value(Element::DefiningBodyCode).is_some_and(|code| code != defining_body.as_str()) {
            self.contradicts(Element::DefiningBodyCode);
        }
        (type_code, version, identifier.issuer().to_owned())
    }

    fn contradicts(&mut self, element: Element) {
        self.offences.push(MetadataOffence::ContradictsIdentifier(element));
    }
}

/// `yyyyMMddHHmmss`.
pub(crate) fn beijing_time(text: &str) -> Option<Moment> {
    if text.len() != 14 || !text.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let two = |at: usize| text.get(at..at + 2).and_then(|digits| digits.parse::<u8>().ok());
    Day::parse(text.get(..8)?).ok()?.at_beijing_time(two(8)?, two(10)?, two(12)?)
}
