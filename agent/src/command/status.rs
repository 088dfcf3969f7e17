//! `modeldb status`: what is in a warehouse and what its agent is doing.

use std::io::Write;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use modeldb_proto::v1;
use modeldb_proto::v1::agent_status_client::AgentStatusClient;
use modeldb_warehouse::{Access, Clock, Error, Micros, Reader, Result, relation_status};
use serde_json::json;

use crate::status::{relation, run as run_status};

/// Asks the files, or the agent.
#[derive(Debug, Args)]
pub struct StatusArgs {
    /// The warehouse to look at; the one of the settings otherwise
    #[arg(long, value_name = "URL", conflicts_with = "connect")]
    pub warehouse: Option<String>,
    /// The agent to ask, e.g. http://127.0.0.1:7617
    #[arg(long, value_name = "URL")]
    pub connect: Option<String>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
}

/// How a status is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Format {
    Table,
    Json,
}

/// Prints the status; `warehouse` is the one of the settings.
pub async fn run(
    args: StatusArgs,
    warehouse: &str,
    clock: Arc<dyn Clock>,
    out: &mut dyn Write,
) -> Result<()> {
    let now = clock.now();
    let status = match &args.connect {
        Some(url) => ask(url).await?,
        None => look(args.warehouse.as_deref().unwrap_or(warehouse), clock).await?,
    };
    let print = match args.format {
        Format::Table => print_table(&status, now, out),
        Format::Json => print_json(&status, out),
    };
    match print {
        // Whoever read it has seen enough.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        print => print.map_err(|error| Error::storage("print", error)),
    }
}

async fn ask(url: &str) -> Result<v1::GetStatusResponse> {
    let nobody = |error: &dyn std::fmt::Display| {
        Error::Unavailable(format!(
            "no agent answers at {url}: {error}. `modeldb serve` starts one"
        ))
    };
    let client = AgentStatusClient::connect(url.to_owned()).await;
    let mut client = client.map_err(|error| nobody(&error))?;
    let answer = client.get(v1::GetStatusRequest {}).await;
    let answer = answer.map_err(|status| nobody(&status.message()))?;
    Ok(answer.into_inner())
}

async fn look(location: &str, clock: Arc<dyn Clock>) -> Result<v1::GetStatusResponse> {
    let reader = Reader::open(location, clock).await?;
    let (view, runs) = reader.look(&Access::everything()).await?;
    let relations = view.relations.iter().map(|view| {
        let hot = view.hot.iter().map(|batch| batch.num_rows()).sum();
        let status = relation_status(view.relation, &view.table, hot)?;
        Ok(relation(&status))
    });
    Ok(v1::GetStatusResponse {
        version: env!("CARGO_PKG_VERSION").into(),
        warehouse: reader.store().url().to_string(),
        format_version: modeldb_warehouse::FORMAT_VERSION,
        relations: relations.collect::<Result<_>>()?,
        runs: runs.iter().map(run_status).collect(),
        ..v1::GetStatusResponse::default()
    })
}

fn print_table(
    status: &v1::GetStatusResponse,
    now: Micros,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(
        out,
        "warehouse  {} (format {})",
        status.warehouse, status.format_version
    )?;
    if let Some(journal) = &status.journal {
        writeln!(
            out,
            "agent      {} (modeldb {})",
            status.agent_id, status.version
        )?;
        writeln!(
            out,
            "journal    {} bytes in {} segments; {} entries durable, {} of them folded",
            journal.bytes, journal.segments, journal.durable, journal.folded
        )?;
        writeln!(out, "folds      {}", status.folds)?;
        if !status.last_fold_error.is_empty() {
            writeln!(
                out,
                "           the last one failed: {}",
                status.last_fold_error
            )?;
        }
    } else {
        writeln!(
            out,
            "agent      not asked; `modeldb status --connect http://HOST:PORT` does"
        )?;
    }
    writeln!(
        out,
        "\n{:<16} {:>10} {:>10} {:>7} {:>12} {:>8}",
        "relation", "rows", "unfolded", "files", "bytes", "version"
    )?;
    for relation in &status.relations {
        writeln!(
            out,
            "{:<16} {:>10} {:>10} {:>7} {:>12} {:>8}",
            relation.name,
            relation.rows,
            relation.unfolded_rows,
            relation.files,
            relation.bytes,
            relation.version
        )?;
    }
    if !status.producers.is_empty() {
        writeln!(
            out,
            "\n{:<38} {:<14} {:>8} {:>6} {:>12}",
            "producer", "kind", "batches", "open", "heard"
        )?;
    }
    for producer in &status.producers {
        let ago = now.since(Micros(producer.last_heard_us)).as_secs();
        writeln!(
            out,
            "{:<38} {:<14} {:>8} {:>6} {:>9} s ago",
            producer.id, producer.kind, producer.acked_seq, producer.open_operations, ago
        )?;
    }
    print_runs(status, now, out)
}

/// Am I being captured?
fn print_runs(
    status: &v1::GetStatusResponse,
    now: Micros,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    if status.runs.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\n{:<38} {:<10} {:<8} {:<10} {:>7} {:>12}",
        "run", "status", "capture", "attached", "fits", "started"
    )?;
    for run in &status.runs {
        let ago = now.since(Micros(run.started_at_us)).as_secs();
        writeln!(
            out,
            "{:<38} {:<10} {:<8} {:<10} {:>7} {:>9} s ago",
            run.run_id,
            run.status,
            or_dash(&run.capture_mode),
            or_dash(&run.attached_by),
            run.fits,
            ago
        )?;
        writeln!(
            out,
            "  project {}, application {}",
            run.project,
            or_dash(&run.application_id)
        )?;
        if !run.capture_note.is_empty() {
            writeln!(out, "  {}", run.capture_note)?;
        }
        let mut counts: Vec<_> = run.not_captured.iter().collect();
        counts.sort();
        if !counts.is_empty() {
            let counts = counts
                .iter()
                .map(|(reason, count)| format!("{reason} {count}"));
            let counts: Vec<_> = counts.collect();
            writeln!(out, "  not captured: {}", counts.join(", "))?;
        }
    }
    Ok(())
}

fn or_dash(text: &str) -> &str {
    if text.is_empty() { "-" } else { text }
}

fn print_json(status: &v1::GetStatusResponse, out: &mut dyn Write) -> std::io::Result<()> {
    let relations: Vec<_> = status
        .relations
        .iter()
        .map(|r| {
            json!({
                "name": r.name, "rows": r.rows, "unfolded_rows": r.unfolded_rows,
                "files": r.files, "bytes": r.bytes, "version": r.version,
            })
        })
        .collect();
    let producers: Vec<_> = status
        .producers
        .iter()
        .map(|p| {
            json!({
                "id": p.id, "kind": p.kind, "acked_seq": p.acked_seq,
                "last_heard_us": p.last_heard_us, "open_operations": p.open_operations,
            })
        })
        .collect();
    let runs: Vec<_> = status
        .runs
        .iter()
        .map(|r| {
            json!({
                "run_id": r.run_id, "project": r.project, "application_id": r.application_id,
                "status": r.status, "capture_mode": r.capture_mode,
                "attached_by": r.attached_by, "capture_note": r.capture_note,
                "not_captured": r.not_captured, "started_at_us": r.started_at_us, "fits": r.fits,
            })
        })
        .collect();
    let journal = status.journal.as_ref().map(|j| {
        json!({
            "durable": j.durable, "folded": j.folded, "segments": j.segments, "bytes": j.bytes,
        })
    });
    let value = json!({
        "version": status.version, "agent_id": status.agent_id, "warehouse": status.warehouse,
        "format_version": status.format_version, "journal": journal, "folds": status.folds,
        "last_fold_error": status.last_fold_error,
        "relations": relations, "producers": producers, "runs": runs,
    });
    serde_json::to_writer_pretty(&mut *out, &value)?;
    writeln!(out)
}
