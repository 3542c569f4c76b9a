//! Trust lists (信任列表): what one operator vouches for, signed. So far the one form
//! of their octets.

pub mod canonical;
