//! A real agent in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// An agent that is ready.
pub(crate) struct Agent {
    child: Child,
    /// Its URL.
    pub(crate) url: String,
}

impl Agent {
    /// Starts `program` on an empty warehouse.
    pub(crate) fn start(program: &Path, warehouse: &Path) -> Result<Self, String> {
        let mut child = Command::new(program)
            .args(["serve", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"])
            .args(["--log-format", "json", "--warehouse"])
            .arg(warehouse)
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
        let mut log = BufReader::new(child.stderr.take().ok_or("the agent has no log")?);
        let mut line = String::new();
        loop {
            line.clear();
            if log
                .read_line(&mut line)
                .map_err(|error| error.to_string())?
                == 0
            {
                return Err("the agent did not start".into());
            }
            let event = serde_json::from_str::<serde_json::Value>(&line).unwrap_or_default();
            if event["message"] == "agent ready" {
                let address = event["grpc"].as_str().ok_or("the agent has no address")?;
                let url = format!("http://{address}");
                // What it logs from here on is nobody's.
                std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
                return Ok(Self { child, url });
            }
        }
    }

    /// Its resident memory and the part of it that is not backed by files, in MiB.
    pub(crate) fn memory(&self) -> Result<(u64, u64), String> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        };
        let total = field("VmRSS:").ok_or("no VmRSS")?;
        let anonymous = field("RssAnon:").ok_or("no RssAnon")?;
        Ok((total / 1024, anonymous / 1024))
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // The measurement is over; the warehouse is a temporary directory.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
