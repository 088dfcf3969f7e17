//! The program `modeldb`.
//!
//! The environment is read here and nowhere else.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use modeldb_agent::cli::{Cli, Command};
use modeldb_agent::command::{delete, ingest, maintain, publish, python, sql, status, views};
use modeldb_agent::settings::Settings;
use modeldb_agent::{logging, serve};
use modeldb_warehouse::{Error, Result, SystemClock};

/// Rows are made of many small texts, on several threads: see docs/adr/0012-allocator.md.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let (command, arguments) = match &cli.command {
        Command::Run(args) => ("run", &args.arguments),
        Command::Import(args) => ("import", &args.arguments),
        _ => return in_runtime(cli),
    };
    let program = std::env::current_exe().ok();
    let ran = python::run(command, arguments, program.as_deref());
    ran.map_or_else(|error| said(&error), ExitCode::from)
}

fn in_runtime(cli: Cli) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => {
            let done = runtime.block_on(run(cli));
            // A query or a disk that hangs does not keep the program from ending.
            runtime.shutdown_background();
            done
        }
        Err(error) => Err(Error::Storage(format!("cannot start: {error}"))),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => said(&error),
    }
}

fn said(error: &Error) -> ExitCode {
    use std::io::Write;
    // There is no other place to say it.
    let _ = writeln!(std::io::stderr(), "modeldb: {error}");
    ExitCode::FAILURE
}

async fn run(cli: Cli) -> Result<()> {
    let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default());
    let environment = std::env::vars_os().filter_map(|(name, value)| {
        Some((
            name.into_string().ok()?,
            value.to_string_lossy().into_owned(),
        ))
    });
    let settings = |flags: Vec<(&'static str, String)>| {
        Settings::load(&home, cli.config.as_deref(), environment, flags)
            .map_err(|bad| Error::Invalid(bad.to_string()))
    };
    match cli.command {
        Command::Serve(args) => {
            let settings = settings(args.given().collect())?;
            logging::start(&settings);
            serve::run(&settings).await
        }
        Command::Sql(args) => {
            let settings = settings(Vec::new())?;
            let history = home.join(".modeldb/history");
            let mut out = std::io::stdout();
            let clock = Arc::new(SystemClock);
            let (warehouse, limits) = (&settings.warehouse, &settings.sql);
            sql::run(args, warehouse, limits, clock, Some(&history), &mut out).await
        }
        Command::Maintain(args) => {
            let settings = settings(Vec::new())?;
            let mut out = std::io::stdout();
            maintain::run(args, &settings, Arc::new(SystemClock), &mut out).await
        }
        Command::Publish(args) => {
            let settings = settings(Vec::new())?;
            let mut out = std::io::stdout();
            publish::run(args, &settings, Arc::new(SystemClock), &mut out).await
        }
        Command::Views(args) => {
            let settings = settings(Vec::new())?;
            views::run(&args, &settings.warehouse, &mut std::io::stdout())
        }
        Command::Delete(args) => {
            let settings = settings(Vec::new())?;
            let mut out = std::io::stdout();
            delete::run(args, &settings, Arc::new(SystemClock), &mut out).await
        }
        Command::Status(args) => {
            let settings = settings(Vec::new())?;
            let mut out = std::io::stdout().lock();
            status::run(args, &settings.warehouse, Arc::new(SystemClock), &mut out).await
        }
        Command::Ingest(args) => {
            let settings = settings(Vec::new())?;
            let agent = format!("http://{}", settings.grpc);
            ingest::run(args, &agent, &mut std::io::stdout()).await
        }
        // Python does these, without a runtime of ours.
        Command::Run(_) | Command::Import(_) => Ok(()),
    }
}
