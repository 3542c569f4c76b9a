//! The command line. Each command reads its arguments and calls one flow.

mod arguments;
mod authority;
mod body;
mod ceremony;
mod demo;
mod doctor;
mod evidence;
mod exit;
mod ferry;
mod holder;
mod init;
mod installation;
mod issuing;
mod json;
mod keys;
mod lang;
mod localities;
mod mandate;
mod ocsp;
mod pages;
mod person;
mod receipts;
mod register;
mod seal;
mod seal_keeping;
mod serve;
mod shares;
mod stamp;
mod text;
mod token;
mod trust;
mod tsa;
mod verify;

pub use exit::Exit;

use arguments::{Arguments, Command};
use clap::{Parser, error::ErrorKind};
use std::{fmt, io::Write, process::ExitCode};

/// Runs the program with the arguments it was called with.
pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => Exit::Usage.into(),
            };
        }
    };
    let config = arguments.config.as_deref();
    match arguments.command {
        Command::Verify(command) => verify::run(&command, config),
        Command::Replay(command) => receipts::replay(&command, config),
        Command::Recheck(command) => receipts::recheck(&command, config),
        Command::Receipt(command) => receipts::run(&command, config),
        Command::Evidence(command) => evidence::run(&command, config),
        Command::Demo(command) => demo::run(&command),
        Command::Init(command) => init::run(&command),
        Command::Serve { roles } => serve::run(config, &roles),
        Command::Openapi => openapi(),
        Command::States => print(&crate::web::pages::states_document()),
        Command::Migrate { status } => register::migrate(status, config),
        Command::Body(command) => body::run(&command, config),
        Command::Person(command) => person::run(&command, config),
        Command::Holder(command) => holder::run(&command, config),
        Command::Token(command) => token::run(&command, config),
        Command::Seal(command) => seal::run(&command, config),
        Command::Issue(command) => issuing::issue(&command, config),
        Command::Act(command) => issuing::act(&command, config),
        Command::Stamp(command) => stamp::run(&command, config),
        Command::Recover => issuing::recover(config),
        Command::Key(command) => keys::run(&command, config),
        Command::Mandate(command) => mandate::run(&command),
        Command::Trust(command) => trust::run(&command, config),
        Command::Ferry(command) => ferry::run(&command, config),
        Command::Authority(command) => authority::run(&command, config),
        Command::Ocsp(command) => ocsp::run(&command, config),
        Command::Tsa(command) => tsa::run(&command, config),
        Command::Ceremony(command) => ceremony::run(&command, config),
        Command::Doctor => doctor::run(config),
    }
    .into()
}

fn openapi() -> Exit {
    match crate::web::openapi::generate() {
        Ok(text) => print(&text),
        Err(error) => complain(Exit::Internal, &error),
    }
}

fn print(text: &str) -> Exit {
    if std::io::stdout().write_all(text.as_bytes()).is_ok() { Exit::Valid } else { Exit::Internal }
}

/// Says on standard error why the program ends.
fn complain(exit: Exit, why: &dyn fmt::Display) -> Exit {
    let _ = writeln!(anstream::stderr(), "yinxin: {}", lang::shown(&why.to_string()));
    exit
}
