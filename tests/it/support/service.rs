//! The running service.

use super::{Folder, cli::command, http::get};
use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::Duration,
};

/// A service on free ports of the loopback; killed when dropped.
pub(crate) struct Service {
    pub(crate) public: SocketAddr,
    pub(crate) admin: SocketAddr,
    child: Child,
    _folder: Folder,
}

impl Service {
    /// Starts it without anchors.
    pub(crate) fn start() -> Self {
        Self::start_with("", "")
    }

    /// Starts it with more members of `[serve]` and more sections.
    pub(crate) fn start_with(serve: &str, sections: &str) -> Self {
        let folder = Folder::new();
        folder.file(
            "yinxin.toml",
            format!("[serve]\nlisten = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n{serve}\n{sections}\n"),
        );
        let mut child = command(&folder).arg("serve").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |word: &str| {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix(word).unwrap_or_else(|| panic!("{line}")).parse().unwrap()
        };
        let (public, admin) = (address("listening http://"), address("admin http://"));
        Self { public, admin, child, _folder: folder }
    }

    /// The value of a metric by its exact name and labels.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let text = get(self.admin, "/metrics").body;
        let found = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        found.unwrap_or_else(|| panic!("{name} is missing in\n{text}"))
    }

    /// Waits until a metric has a value. The test fails by hanging, never by haste.
    pub(crate) fn wait_for(&self, name: &str, value: f64) {
        while (self.metric(name) - value).abs() > f64::EPSILON {
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Tells it to stop, as an operator does.
    pub(crate) fn terminate(&self) {
        let id = self.child.id();
        assert!(Command::new("sh").args(["-c", &format!("kill -TERM {id}")]).status().unwrap().success());
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) const SEATED: &str = "yinxin_lane_seated{lane=\"verify\"}";
