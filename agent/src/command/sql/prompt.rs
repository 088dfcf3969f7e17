//! The prompt: queries over several lines, with a history.

use std::io::Write;
use std::path::Path;

use modeldb_sql::{Format, ends_statement, split};
use modeldb_warehouse::{Error, Result};
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Config, Editor};

use super::Database;

/// Queries that are remembered.
const HISTORY_MAX: usize = 1000;

const HELP: &str = "\
A query ends with a semicolon and may have several lines.
  \\d             the relations
  \\d RELATION    its columns
  \\format NAME   how answers are written: table, csv or json
  set modeldb.as_of = '2026-05-03';   what follows is answered as of then
  \\?             this help
  \\q             leave, as Ctrl-D does
Ctrl-C cancels the query that runs, or what was typed.";

/// Asks for queries until the user leaves.
pub(super) async fn run(
    database: &Database,
    format: Format,
    history: Option<&Path>,
    out: &mut (dyn Write + Send),
) -> Result<()> {
    let mut editor = Some(editor(history)?);
    let mut session = Session {
        typed: String::new(),
        format,
    };
    say(out, "\\? for help, \\q to leave")?;
    loop {
        let Some(mut taken) = editor.take() else {
            return Ok(());
        };
        let prompt = if session.typed.is_empty() {
            "modeldb> "
        } else {
            "      -> "
        };
        // The terminal is read on a thread for such waiting, not on the runtime's own.
        let read = tokio::task::spawn_blocking(move || {
            let line = taken.readline(prompt);
            (taken, line)
        });
        let (mut taken, line) = read
            .await
            .map_err(|error| Error::Internal(error.to_string()))?;
        let step = match line {
            Ok(line) => session.take(&line),
            Err(ReadlineError::Interrupted) => {
                session.typed.clear();
                Step::More
            }
            Err(ReadlineError::Eof) => Step::Leave,
            Err(error) => return Err(Error::storage("read the terminal", error)),
        };
        match step {
            Step::More => {}
            Step::Leave => return Ok(()),
            Step::Say(text) => say(out, &text)?,
            Step::Ask { typed, queries } => {
                remember(&mut taken, history, &typed, out)?;
                for query in queries {
                    if !ask(database, session.format, &query, out).await? {
                        break;
                    }
                }
            }
        }
        editor = Some(taken);
    }
}

fn editor(history: Option<&Path>) -> Result<Editor<(), FileHistory>> {
    let config = Config::builder()
        .max_history_size(HISTORY_MAX)
        .map(|config| config.auto_add_history(false).build());
    let editor = config.and_then(Editor::with_config);
    let mut editor = editor.map_err(|error| Error::storage("use the terminal", error))?;
    if let Some(history) = history
        && history.exists()
    {
        editor
            .load_history(history)
            .map_err(|error| Error::storage(format!("read {}", history.display()), error))?;
    }
    Ok(editor)
}

/// Adds `typed` to the history. A history that cannot be kept ends no session.
fn remember(
    editor: &mut Editor<(), FileHistory>,
    history: Option<&Path>,
    typed: &str,
    out: &mut (dyn Write + Send),
) -> Result<()> {
    let Some(file) = history else {
        return Ok(());
    };
    let mut keep = || -> std::result::Result<(), Box<dyn std::error::Error>> {
        if !editor.add_history_entry(typed)? {
            return Ok(());
        }
        if let Some(directory) = file.parent() {
            std::fs::create_dir_all(directory)?;
        }
        editor.save_history(file)?;
        Ok(())
    };
    match keep() {
        Ok(()) => Ok(()),
        Err(error) => {
            let file = file.display();
            say(out, &format!("the history is not kept in {file}: {error}"))
        }
    }
}

/// Runs one query until it ends or Ctrl-C; tells whether the next may run.
async fn ask(
    database: &Database,
    format: Format,
    query: &str,
    out: &mut (dyn Write + Send),
) -> Result<bool> {
    let end = tokio::select! {
        end = database.answer(query, format, out) => end.map_err(|error| error.to_string()),
        interrupt = tokio::signal::ctrl_c() => Err(match interrupt {
            Ok(()) => "cancelled".to_owned(),
            Err(error) => format!("cannot wait for Ctrl-C: {error}"),
        }),
    };
    match end {
        Ok(()) => Ok(true),
        Err(text) => say(out, &text).map(|()| false),
    }
}

fn say(out: &mut (dyn Write + Send), text: &str) -> Result<()> {
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .map_err(|error| Error::storage("write to the terminal", error))
}

/// What was typed so far, and how answers are written.
struct Session {
    typed: String,
    format: Format,
}

/// What to do after a line.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    More,
    Leave,
    Say(String),
    Ask { typed: String, queries: Vec<String> },
}

impl Session {
    fn take(&mut self, line: &str) -> Step {
        if self.typed.is_empty() {
            let word = line.trim();
            if let Some(command) = word.strip_prefix('\\') {
                return self.command(command);
            }
            if ["exit", "quit"].contains(&word.trim_end_matches(';')) {
                return Step::Leave;
            }
            if word.is_empty() {
                return Step::More;
            }
        } else {
            self.typed.push('\n');
        }
        self.typed.push_str(line);
        if !ends_statement(&self.typed) {
            return Step::More;
        }
        let typed = std::mem::take(&mut self.typed);
        match split(&typed) {
            Ok(statements) => Step::Ask {
                typed,
                queries: statements.into_iter().map(|s| s.text).collect(),
            },
            Err(error) => Step::Say(error.to_string()),
        }
    }

    fn command(&mut self, command: &str) -> Step {
        let (name, argument) = command
            .split_once(char::is_whitespace)
            .unwrap_or((command, ""));
        let argument = argument.trim().trim_end_matches(';');
        match (name, argument) {
            ("q", _) => Step::Leave,
            ("?" | "h", _) => Step::Say(HELP.to_owned()),
            ("d", "") => Step::Ask {
                typed: format!("\\{command}"),
                queries: vec![
                    "SELECT table_name AS relation FROM information_schema.tables \
                     WHERE table_schema = 'public' ORDER BY 1"
                        .to_owned(),
                ],
            },
            ("d", relation) => Step::Ask {
                typed: format!("\\{command}"),
                queries: vec![format!(
                    "SELECT column_name AS \"column\", data_type AS type \
                     FROM information_schema.columns \
                     WHERE table_schema = 'public' AND table_name = '{}' \
                     ORDER BY ordinal_position",
                    relation.replace('\'', "''")
                )],
            },
            ("format", name) => match name.parse::<Format>() {
                Ok(format) if format.is_text() => {
                    self.format = format;
                    Step::More
                }
                Ok(format) => Step::Say(format!("{} is not for a terminal", format.name())),
                Err(text) => Step::Say(text),
            },
            (name, _) => Step::Say(format!("\\{name} is no command; \\? lists them")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session {
            typed: String::new(),
            format: Format::Table,
        }
    }

    fn queries(step: Step) -> Vec<String> {
        match step {
            Step::Ask { queries, .. } => queries,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn lines_until_a_semicolon_are_one_query() {
        let mut session = session();
        assert_eq!(session.take("select"), Step::More);
        assert_eq!(session.take("  ';'"), Step::More);
        assert_eq!(
            queries(session.take("; select 2;")),
            ["select\n  ';'", "select 2"]
        );
        assert_eq!(session.take(""), Step::More);
        assert!(session.typed.is_empty());
    }

    #[test]
    fn commands() {
        let mut session = session();
        assert_eq!(session.take("\\q"), Step::Leave);
        assert_eq!(session.take("exit;"), Step::Leave);
        assert!(matches!(session.take("\\?"), Step::Say(_)));
        assert!(queries(session.take("\\d"))[0].contains("tables"));
        assert!(queries(session.take("\\d o'x;"))[0].contains("'o''x'"));
        assert_eq!(session.take("\\format csv"), Step::More);
        assert_eq!(session.format, Format::Csv);
        assert!(matches!(session.take("\\format parquet"), Step::Say(_)));
        assert!(matches!(session.take("\\x"), Step::Say(_)));
    }
}
