//! Applications and their second person: over the flows, and over the pages without a browser.

mod doors;
mod steps;
