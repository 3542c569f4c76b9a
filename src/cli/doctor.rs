//! `yinxin doctor`.

use super::{
    Exit,
    installation::places,
    register::{Stop, ended, open_settings, say},
};
use crate::{clock::SystemClock, config, flow::doctor, store::Store};
use std::path::Path;

/// Looks at every part of the installation and says what is wrong with each, and what mends it.
pub(super) fn run(config: Option<&Path>) -> Exit {
    ended((|| {
        let config = config::find(config).map_err(Stop::usage)?;
        let places = places(&config)?;
        let database = config.database.as_ref();
        let database = database.ok_or_else(|| Stop::usage("the configuration has no [database]: run yinxin init"))?;
        let store: Result<Store, Stop> = open_settings(database.settings());
        let findings = match &store {
            Ok(store) => doctor::examine(&places, Ok(store), &SystemClock),
            Err(Stop(_, why)) => doctor::examine(&places, Err(why), &SystemClock),
        };
        for finding in &findings {
            let state = if finding.sound { "good" } else { "BAD" };
            say(format_args!("{}\t{state}\t{}", finding.part, finding.sentence))?;
        }
        say(format_args!("listen\t{}", config.serve.listen))?;
        match findings.iter().filter(|finding| !finding.sound).count() {
            0 => Ok(()),
            1 => Err(Stop(Exit::Unavailable, "one part is not as it should be".to_owned())),
            count => Err(Stop(Exit::Unavailable, format!("{count} parts are not as they should be"))),
        }
    })())
}
