//! The pages: over plain HTTP, and as Chromium shows them.

mod axe;
mod browser;
mod delegations;
mod my;
mod my_offline;
mod office;
mod plain;
mod printed;
mod seals;
mod seen;
mod window;
mod window_camera;
mod window_keys;
