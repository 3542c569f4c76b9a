//! `yinxin verify`.

use super::{
    Exit,
    arguments::{Profile, Trust, Verify},
    complain,
    json::{self, FileProblem},
    lang::Lang,
    text,
};
use crate::{
    clock::SystemClock,
    config::{self, Config},
    flow::{
        anchors,
        file_source::{FileError, FileSource},
        verify::{Verifier, VerifyError},
    },
};
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    fmt,
    io::{self, IsTerminal, Write},
    path::Path,
    sync::Arc,
};
use yinxin_trust::{
    anchor::Anchors,
    base::{Moment, Sentence},
    verify::{Policy, Report},
};

pub(super) fn run(command: &Verify, config: Option<&Path>) -> Exit {
    let prepared = config::find(config).map_err(|e| e.to_string()).and_then(|config| {
        let anchors = trusted(command.trust.as_ref(), &config).map_err(|e| e.to_string())?;
        Ok((config, anchors))
    });
    let (config, anchors) = match prepared {
        Ok(prepared) => prepared,
        Err(why) => return complain(Exit::Usage, &why),
    };
    let policy = Policy {
        strict_encoding: command.strict,
        strict_time: command.profile == Profile::StrictTime,
        ..Policy::default()
    };
    let verifier = Verifier::new(anchors, policy, Arc::new(SystemClock));
    let lang = command.lang.unwrap_or_else(Lang::of_locale);
    let mut tally = text::Tally::default();
    let (mut worst, several) = (Exit::Valid, command.files.len() > 1);
    let progress = progress(command.files.len());
    let mut out = anstream::AutoStream::auto(io::stdout());

    for path in &command.files {
        let answer = verify_one(&verifier, path, config.serve.upload_limit_bytes, command.at);
        let exit = answer.as_ref().map_or_else(|refused| refused.exit, Exit::of);
        worst = worst.worst(exit);
        tally.count(exit);
        let (name, answer) = (path.to_string_lossy(), answer.as_ref().map_err(|refused| &refused.problem));
        let written = progress.suspend(|| {
            if command.json {
                json::write(&mut out, several, &name, answer)
            } else {
                text::write(&mut out, lang, &name, answer)
            }
        });
        progress.inc(1);
        match written {
            // Nobody reads on: the exit code still tells about what was verified.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return worst,
            Err(error) => return complain(Exit::Internal, &error),
            Ok(()) => {}
        }
    }
    progress.finish_and_clear();
    if several && !command.json {
        let _ = tally.write(&mut out, lang);
    }
    match out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => complain(Exit::Internal, &error),
        _ => worst,
    }
}

fn trusted(asked: Option<&Trust>, config: &Config) -> Result<Anchors, anchors::AnchorsFault> {
    match asked {
        Some(Trust::None) => Ok(Anchors::not_asked()),
        Some(Trust::File(path)) => anchors::load(Some(path)),
        None => anchors::load(config.trust.anchors.as_deref()),
    }
}

/// Why a file has no report, and how the program then ends.
struct Refused {
    exit: Exit,
    problem: FileProblem,
}

fn verify_one(verifier: &Verifier, path: &Path, limit: usize, at: Option<Moment>) -> Result<Report, Refused> {
    let source = if path == Path::new("-") {
        FileSource::spool(io::stdin().lock(), limit)
    } else {
        FileSource::open(path, limit)
    }?;
    let answer = verifier.verify(&source, at);
    // Before anything is said about its content: was it one file all the time?
    source.confirm_unchanged()?;
    Ok(answer?)
}

impl From<FileError> for Refused {
    fn from(error: FileError) -> Self {
        let (code, zh) = match &error {
            FileError::Io(_) => ("unreadable", "读不到这个文件"),
            FileError::Folder => ("unreadable", "这是文件夹，不是文件"),
            FileError::TooLong(_) => ("too_long", "管道内容太长，请先存成文件"),
            FileError::Changed => ("changed", "读取时文件变了，请重新核验"),
        };
        Self::new(Exit::Unreadable, code, zh, &error)
    }
}

impl From<VerifyError> for Refused {
    fn from(error: VerifyError) -> Self {
        match &error {
            VerifyError::NotADocument => {
                Self::new(Exit::NotADocument, "not_a_document", "不是 OFD 文件、电子印章或签名值", &error)
            }
            VerifyError::Unreadable(_) => Self::new(Exit::Unreadable, "unreadable", "读取文件时出错", &error),
            VerifyError::Clock(_) => Self::new(Exit::Internal, "internal", "本机时钟不可用", &error),
        }
    }
}

impl Refused {
    fn new(exit: Exit, code: &'static str, zh: &str, en: &dyn fmt::Display) -> Self {
        Self { exit, problem: FileProblem { code, sentence: Sentence::new(zh, en.to_string()) } }
    }
}

/// For several files, and only where somebody looks on.
fn progress(files: usize) -> ProgressBar {
    if files < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}
