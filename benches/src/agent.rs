//! A real agent in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// An agent that is ready.
pub struct Agent {
    child: Child,
    /// Its URL.
    pub url: String,
}

impl Agent {
    /// Starts `program` on an empty warehouse.
    pub fn start(program: &Path, warehouse: &Path) -> Result<Self, String> {
        Self::start_at(program, &warehouse.display().to_string(), &[])
    }

    /// Starts `program` on a warehouse anywhere, with more in its environment.
    pub fn start_at(
        program: &Path,
        warehouse: &str,
        environment: &[(&str, String)],
    ) -> Result<Self, String> {
        let mut child = Command::new(program)
            .args(["serve", "--grpc", "127.0.0.1:0", "--http", "127.0.0.1:0"])
            .args([
                "--postgres",
                "127.0.0.1:0",
                "--log-format",
                "json",
                "--warehouse",
            ])
            .arg(warehouse)
            .envs(environment.iter().map(|(name, value)| (name, value)))
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
    pub fn memory(&self) -> Result<(u64, u64), String> {
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

/// Of the processor's time in `/proc`, everywhere on Linux.
const TICKS_IN_A_SECOND: f64 = 100.0;

impl Agent {
    /// The processor time that it took so far, in milliseconds, and whether it has ended.
    fn stat(&self) -> Result<(f64, bool), String> {
        let path = format!("/proc/{}/stat", self.child.id());
        let stat = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        // After the name, which may hold anything.
        let (_, stat) = stat.rsplit_once(')').ok_or("no stat")?;
        let fields: Vec<_> = stat.split_whitespace().collect();
        let ticks = |index: usize| fields.get(index)?.parse::<f64>().ok();
        let (user, system) = (ticks(11).ok_or("no utime")?, ticks(12).ok_or("no stime")?);
        Ok(((user + system) * 1e3 / TICKS_IN_A_SECOND, fields[0] == "Z"))
    }

    /// The processor time that it took so far, in milliseconds.
    pub fn cpu_ms(&self) -> Result<f64, String> {
        self.stat().map(|(cpu, _)| cpu)
    }

    /// Stops it, which folds what it has; answers the processor time of its whole life, in
    /// milliseconds.
    pub fn stop(self) -> Result<f64, String> {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        told.map_err(|error| format!("kill: {error}"))?;
        for _ in 0..6_000 {
            // One that nobody waited for yet has its figures still.
            if let (cpu, true) = self.stat()? {
                return Ok(cpu);
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        Err("the agent did not stop within a minute".into())
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        // The measurement is over; the warehouse is a temporary directory.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
