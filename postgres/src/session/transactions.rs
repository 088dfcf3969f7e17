//! Transactions, which mean settings, cursors, and what follows a failure.

use pgwire::messages::response::{NoticeResponse, TransactionStatus};
use tokio::io::{AsyncRead, AsyncWrite};

use super::Session;
use crate::command::Command;
use crate::error::{Result, code, refuse};
use crate::io::Io;

impl Session {
    pub(super) fn transaction<R, W>(
        &mut self,
        command: &Command,
        io: &mut Io<R, W>,
    ) -> Result<String>
    where
        R: AsyncRead + Unpin,
        W: AsyncWrite + Unpin,
    {
        let is_open = self.status != TransactionStatus::Idle;
        let warn = |io: &mut Io<R, W>, code: &str, text: &str| {
            let fields = [
                (b'S', "WARNING"),
                (b'V', "WARNING"),
                (b'C', code),
                (b'M', text),
            ];
            let fields = fields.map(|(key, value)| (key, value.to_owned()));
            io.put(&NoticeResponse::new(fields.to_vec()))
        };
        match command {
            Command::Begin => {
                if is_open {
                    warn(io, "25001", "there is already a transaction in progress")?;
                } else {
                    self.begin();
                }
                Ok("BEGIN".into())
            }
            Command::Commit { chain } | Command::RollBack { chain } => {
                let failed = self.status == TransactionStatus::Error;
                let commits = matches!(command, Command::Commit { .. }) && !failed;
                if !is_open {
                    warn(
                        io,
                        code::NO_TRANSACTION,
                        "there is no transaction in progress",
                    )?;
                }
                self.end(commits);
                if *chain && is_open {
                    self.begin();
                }
                Ok(if commits { "COMMIT" } else { "ROLLBACK" }.into())
            }
            Command::Savepoint(name) | Command::Release(name) | Command::RollBackTo(name) => {
                let word = match command {
                    Command::Savepoint(_) => "SAVEPOINT",
                    Command::Release(_) => "RELEASE",
                    _ => "ROLLBACK",
                };
                if !is_open {
                    let text = format!("{word} can only be used in transaction blocks");
                    return Err(refuse(code::NO_TRANSACTION, text));
                }
                if word == "SAVEPOINT" {
                    self.savepoints.push(name.clone());
                    return Ok(word.into());
                }
                let Some(at) = self.savepoints.iter().rposition(|point| point == name) else {
                    let text = format!("savepoint \"{name}\" does not exist");
                    return Err(refuse(code::NO_SAVEPOINT, text));
                };
                if word == "RELEASE" {
                    self.savepoints.truncate(at);
                } else {
                    self.savepoints.truncate(at + 1);
                    self.status = TransactionStatus::Transaction;
                }
                Ok(word.into())
            }
            other => Err(refuse(code::INTERNAL, format!("not done: {other:?}"))),
        }
    }

    fn begin(&mut self) {
        self.status = TransactionStatus::Transaction;
        self.settings().begin();
    }

    fn end(&mut self, commits: bool) {
        self.status = TransactionStatus::Idle;
        self.savepoints.clear();
        self.close_portals();
        if commits {
            self.settings().commit();
        } else {
            self.settings().roll_back();
        }
    }

    /// Closes what does not outlive a transaction.
    pub(crate) fn close_portals(&mut self) {
        self.portals.retain(|_, portal| portal.hold);
    }

    /// A statement failed.
    pub(crate) fn failed(&mut self) {
        if self.status == TransactionStatus::Transaction {
            self.status = TransactionStatus::Error;
        }
    }
}
