//! The pages: over plain HTTP, and as Chromium shows them.

mod axe;
mod browser;
mod chromium86;
mod codes_in_browser;
mod copies;
mod delegations;
mod identity;
mod languages;
mod letters;
mod my;
mod my_disclosure;
mod my_offline;
mod office;
mod plain;
mod printed;
mod resolver;
mod seals;
mod seen;
mod trust;
mod weight;
mod window;
mod window_apart;
mod window_camera;
mod window_keys;
mod window_states;
