//! The service `modeldb.v1.AgentStatus`.

use std::sync::Arc;

use modeldb_proto::v1;
use modeldb_proto::v1::agent_status_server::{AgentStatus, AgentStatusServer};
use modeldb_warehouse::{Micros, RelationStatus, RunStatus, Status as WarehouseStatus, Warehouse};
use tonic::{Request, Response, Status};

use crate::ingest::status;

/// See the module.
#[derive(Debug)]
pub struct StatusService {
    warehouse: Arc<Warehouse>,
    started_at: Micros,
}

impl StatusService {
    /// The service over an open warehouse.
    pub fn server(warehouse: Arc<Warehouse>) -> AgentStatusServer<Self> {
        let started_at = warehouse.clock().now();
        AgentStatusServer::new(Self {
            warehouse,
            started_at,
        })
    }
}

#[tonic::async_trait]
impl AgentStatus for StatusService {
    async fn get(
        &self,
        _request: Request<v1::GetStatusRequest>,
    ) -> Result<Response<v1::GetStatusResponse>, Status> {
        let of = self.warehouse.status().await.map_err(status)?;
        Ok(Response::new(response(of, self.started_at)))
    }
}

fn response(of: WarehouseStatus, started_at: Micros) -> v1::GetStatusResponse {
    let relations = of.relations.iter().map(relation);
    let producers = of.producers.iter().map(|producer| v1::ProducerStatus {
        id: producer.id.to_string(),
        kind: producer.kind.clone(),
        acked_seq: producer.acked.0,
        last_heard_us: producer.last_heard.0,
        open_operations: producer.open_operations as u64,
    });
    v1::GetStatusResponse {
        version: env!("CARGO_PKG_VERSION").into(),
        agent_id: of.agent.to_string(),
        warehouse: of.url,
        format_version: of.format_version,
        started_at_us: started_at.0,
        journal: Some(v1::Journal {
            durable: of.durable.0,
            folded: of.folded.0,
            segments: of.journal.segments,
            bytes: of.journal.bytes,
        }),
        relations: relations.collect(),
        producers: producers.collect(),
        runs: of.runs.iter().map(run).collect(),
        folds: of.folds.folds,
        last_fold_error: of.folds.last_error.unwrap_or_default(),
    }
}

/// A relation's status as it goes over the wire.
pub(crate) fn relation(of: &RelationStatus) -> v1::Relation {
    v1::Relation {
        name: of.relation.name().into(),
        version: of.version as i64,
        files: of.files,
        bytes: of.bytes,
        rows: of.rows,
        unfolded_rows: of.unfolded_rows,
    }
}

/// A run's status as it goes over the wire.
pub(crate) fn run(of: &RunStatus) -> v1::RunStatus {
    let RunStatus { row, fits } = of;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let counts = row.capture.not_captured.iter();
    v1::RunStatus {
        run_id: row.run_id.clone(),
        project: row.project.clone(),
        application_id: text(&row.application_id),
        status: row.status.clone(),
        capture_mode: text(&row.capture.mode),
        attached_by: text(&row.attached_by),
        capture_note: text(&row.capture_note),
        not_captured: counts
            .map(|(reason, count)| (reason.clone(), count.max(&0).unsigned_abs()))
            .collect(),
        started_at_us: row.started_at.0,
        fits: *fits,
    }
}
