//! Tokens: which one is meant, and the facts that a diagnosis prints.

use super::{
    error::Pkcs11Error,
    module::{Module, raw_error, wrapper_error},
    raw::MechanismInfo,
};
use core::fmt;
use cryptoki::slot::{Limit, Slot, TokenInfo};
use cryptoki_sys as sys;

/// Which token of a library: by label, by serial number, or by both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenPick {
    /// CK_TOKEN_INFO label, without the blanks that fill it.
    pub label: Option<String>,
    /// CK_TOKEN_INFO serialNumber. Unlike the label it cannot be given twice.
    pub serial: Option<String>,
}

impl TokenPick {
    /// The token with this label.
    pub fn by_label(label: &str) -> Self {
        Self { label: Some(label.to_owned()), serial: None }
    }

    /// The token with this serial number.
    pub fn by_serial(serial: &str) -> Self {
        Self { label: None, serial: Some(serial.to_owned()) }
    }

    /// Whether a token is meant.
    pub fn fits(&self, token: &TokenFacts) -> bool {
        self.label.as_ref().is_none_or(|label| *label == token.label)
            && self.serial.as_ref().is_none_or(|serial| *serial == token.serial)
    }
}

impl fmt::Display for TokenPick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.label, &self.serial) {
            (Some(label), Some(serial)) => write!(f, "label {label:?} and serial number {serial:?}"),
            (Some(label), None) => write!(f, "label {label:?}"),
            (None, Some(serial)) => write!(f, "serial number {serial:?}"),
            (None, None) => f.write_str("any label"),
        }
    }
}

/// What a library says about one token.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TokenFacts {
    /// CK_SLOT_ID. Slots may be numbered anew when a device is plugged in.
    pub slot: u64,
    /// What the library calls the slot.
    pub slot_description: String,
    /// The token's label.
    pub label: String,
    /// The token's serial number.
    pub serial: String,
    /// Who made it.
    pub manufacturer: String,
    /// Which model it is.
    pub model: String,
    /// Version of its firmware, such as `2.6`.
    pub firmware: String,
    /// Whether it is initialised and has a user PIN.
    pub initialised: bool,
    /// What the token says about its user PIN.
    pub pin: PinState,
    /// Fewest and most octets of a PIN.
    pub pin_length: (u64, u64),
    /// Sessions that the caller's process may have open at once; `None` where the token sets no limit.
    pub session_limit: Option<u64>,
    /// Sessions that are open now, where the token says.
    pub sessions_open: Option<u64>,
    /// Whether it lets nothing be written to it.
    pub write_protected: bool,
}

/// What a token says about its user PIN: the flags CKF_USER_PIN_* of CK_TOKEN_INFO.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PinState {
    /// No wrong try since the last right one, as far as the token says.
    Sound,
    /// At least one wrong try since the last right one.
    CountLow,
    /// The next wrong try locks it.
    FinalTry,
    /// Locked.
    Locked,
    /// It has to be changed before anything else.
    ToBeChanged,
    /// It is entered on a keypad of the token's own.
    Keypad,
}

/// One mechanism of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MechanismFacts {
    /// CK_MECHANISM_TYPE.
    pub number: u64,
    /// Smallest and largest key, in bits mostly; the standard lets mechanisms differ.
    pub key_size: (u64, u64),
    /// Whether it signs.
    pub signs: bool,
    /// Whether it makes key pairs.
    pub generates_pairs: bool,
    /// Whether the device computes it, and not the library.
    pub in_hardware: bool,
}

impl MechanismFacts {
    pub(super) const fn new(number: u64, info: MechanismInfo) -> Self {
        Self {
            number,
            key_size: (info.smallest, info.largest),
            signs: info.flags & sys::CKF_SIGN != 0,
            generates_pairs: info.flags & sys::CKF_GENERATE_KEY_PAIR != 0,
            in_hardware: info.flags & sys::CKF_HW != 0,
        }
    }
}

impl TokenFacts {
    fn new(slot: Slot, slot_description: &str, token: &TokenInfo) -> Self {
        Self {
            slot: slot.id(),
            slot_description: slot_description.to_owned(),
            label: token.label().to_owned(),
            serial: token.serial_number().to_owned(),
            manufacturer: token.manufacturer_id().to_owned(),
            model: token.model().to_owned(),
            firmware: token.firmware_version().to_string(),
            initialised: token.token_initialized() && token.user_pin_initialized(),
            pin: PinState::of(token),
            pin_length: (token.min_pin_length() as u64, token.max_pin_length() as u64),
            session_limit: match token.max_session_count() {
                Limit::Max(most) => Some(most),
                Limit::Unavailable | Limit::Infinite => None,
            },
            sessions_open: token.session_count(),
            write_protected: token.write_protected(),
        }
    }
}

impl PinState {
    /// The gravest of the flags.
    fn of(token: &TokenInfo) -> Self {
        if token.user_pin_locked() {
            Self::Locked
        } else if token.user_pin_final_try() {
            Self::FinalTry
        } else if token.user_pin_to_be_changed() {
            Self::ToBeChanged
        } else if token.protected_authentication_path() {
            Self::Keypad
        } else if token.user_pin_count_low() {
            Self::CountLow
        } else {
            Self::Sound
        }
    }
}

/// All tokens that are in the library's slots.
pub(super) fn all(module: &Module) -> Result<Vec<(Slot, TokenFacts)>, Pkcs11Error> {
    let device = module.name();
    let error = |cause| wrapper_error(&device, cause);
    let mut tokens = Vec::new();
    for slot in module.context().get_slots_with_token().map_err(error)? {
        // a slot that empties meanwhile, or another token that is broken, does not stand in the way
        let Ok(token) = module.context().get_token_info(slot) else { continue };
        let description = match module.context().get_slot_info(slot) {
            Ok(info) => info.slot_description().to_owned(),
            Err(_) => String::new(),
        };
        tokens.push((slot, TokenFacts::new(slot, &description, &token)));
    }
    Ok(tokens)
}

/// The one token that is meant.
pub(super) fn find(module: &Module, wanted: &TokenPick) -> Result<(Slot, TokenFacts), Pkcs11Error> {
    let (fitting, others): (Vec<_>, Vec<_>) = all(module)?.into_iter().partition(|(_, token)| wanted.fits(token));
    let list = |tokens: &[(Slot, TokenFacts)]| {
        let list: Vec<_> = tokens.iter().map(|(_, token)| format!("{:?} ({})", token.label, token.serial)).collect();
        if list.is_empty() { "none".to_owned() } else { list.join(", ") }
    };
    let (device, wanted) = (module.name(), wanted.clone());
    match <[_; 1]>::try_from(fitting) {
        Ok([token]) => Ok(token),
        Err(none) if none.is_empty() => Err(Pkcs11Error::NoToken { device, wanted, found: list(&others) }),
        Err(several) => Err(Pkcs11Error::ManyTokens { device, wanted, count: several.len(), found: list(&several) }),
    }
}

/// All mechanisms of the token in a slot, the vendor's included.
pub(super) fn mechanisms(module: &Module, slot: u64) -> Result<Vec<MechanismFacts>, Pkcs11Error> {
    let device = module.name();
    let error = |failed| raw_error(&device, failed);
    let mut facts = Vec::new();
    for number in module.raw().mechanisms(slot).map_err(error)? {
        if let Some(info) = module.raw().mechanism(slot, number).map_err(error)? {
            facts.push(MechanismFacts::new(number, info));
        }
    }
    facts.sort_by_key(|fact| fact.number);
    Ok(facts)
}
