//! The service `modeldb.v1.Ingest`.

use std::sync::Arc;

use modeldb_proto::v1::ingest_server::{Ingest, IngestServer};
use modeldb_proto::v1::{
    ArtifactFile, GetArtifactRequest, GetArtifactResponse, PushRequest, PushResponse,
    PutArtifactRequest, PutArtifactResponse, SyncRequest, SyncResponse,
};
use modeldb_warehouse::limits::MAX_BATCH_BYTES;
use modeldb_warehouse::{Access, Error, Seq, Warehouse};
use tonic::{Request, Response, Status};
use tracing::{debug, error, warn};

use super::{SamplePolicy, convert};

/// What a message takes besides its events.
const ENVELOPE_BYTES: usize = 64 << 10;

/// See the module.
#[derive(Debug)]
pub struct IngestService {
    warehouse: Arc<Warehouse>,
    policy: SamplePolicy,
}

impl IngestService {
    /// The service over an open warehouse, which takes samples as `policy` says.
    pub fn server(warehouse: Arc<Warehouse>, policy: SamplePolicy) -> IngestServer<Self> {
        IngestServer::new(Self { warehouse, policy })
            // Somewhat more than a batch may have: the refusal of one that is a little
            // too large then says which limit it broke.
            .max_decoding_message_size(2 * MAX_BATCH_BYTES + ENVELOPE_BYTES)
    }
}

#[tonic::async_trait]
impl Ingest for IngestService {
    async fn push(&self, request: Request<PushRequest>) -> Result<Response<PushResponse>, Status> {
        // Who asks will come from the request's metadata.
        let access = Access::everything();
        let request = request.into_inner();
        let acked_before = Seq(request.acked_seq);
        let received_at = self.warehouse.clock().now();
        let taken = convert::batch(request, received_at, &self.policy);
        let mut taken = taken.map_err(|refused| {
            warn!(%refused, "batch refused");
            Status::invalid_argument(refused.to_string())
        })?;
        // The rows are durable before the events that tell where they are.
        for (index, rows) in std::mem::take(&mut taken.samples) {
            let kept = self.warehouse.keep_sample(&access, &rows).await;
            taken.kept(index, kept.map_err(status)?);
        }
        let batch = taken.batch;
        let (producer, seq, events) = (batch.producer.id.clone(), batch.seq, batch.events.len());
        let ack = self
            .warehouse
            .push(&access, batch, acked_before)
            .await
            .map_err(|failure| {
                warn!(%producer, %seq, %failure, "batch not taken");
                status(failure)
            })?;
        debug!(%producer, %seq, events, "batch durable");
        if let Some((from, to)) = ack.lost {
            error!(%producer, %from, %to, "DATA LOSS: these batches had been acked to the producer and are not in this warehouse");
        }
        let (from, to) = ack.lost.unwrap_or_default();
        Ok(Response::new(PushResponse {
            acked_seq: ack.acked.0,
            lost_from: from.0,
            lost_to: to.0,
        }))
    }

    async fn sync(&self, request: Request<SyncRequest>) -> Result<Response<SyncResponse>, Status> {
        let producer = convert::producer(request.into_inner().producer)
            .map_err(|refused| Status::invalid_argument(refused.to_string()))?;
        let acked = self.warehouse.acked(&producer).await.map_err(status)?;
        Ok(Response::new(SyncResponse { acked_seq: acked.0 }))
    }

    async fn put_artifact(
        &self,
        request: Request<PutArtifactRequest>,
    ) -> Result<Response<PutArtifactResponse>, Status> {
        let access = Access::everything();
        let piece = convert::piece(request.into_inner()).map_err(|refused| {
            warn!(%refused, "piece of an artifact refused");
            Status::invalid_argument(refused.to_string())
        })?;
        let sha256 = piece.sha256.clone();
        let received = self.warehouse.put_piece(&access, piece).await;
        let received = received.map_err(|failure| {
            warn!(%sha256, %failure, "piece of an artifact not taken");
            status(failure)
        })?;
        if received.complete {
            debug!(%sha256, "artifact in the warehouse");
        }
        Ok(Response::new(PutArtifactResponse {
            complete: received.complete,
            received: received.bytes,
        }))
    }

    async fn get_artifact(
        &self,
        request: Request<GetArtifactRequest>,
    ) -> Result<Response<GetArtifactResponse>, Status> {
        let access = Access::everything();
        let asked = request.into_inner();
        let (file, offset) = (asked.file as usize, asked.offset);
        let got = self
            .warehouse
            .get_piece(&access, &asked.sha256, file, offset);
        let (files, content) = got.await.map_err(status)?;
        let file = |file: modeldb_warehouse::ArtifactFile| ArtifactFile {
            path: file.path,
            size: file.size,
            sha256: file.sha256,
        };
        Ok(Response::new(GetArtifactResponse {
            files: files.into_iter().map(file).collect(),
            content,
        }))
    }
}

/// One gRPC code for each kind of error.
pub fn status(error: Error) -> Status {
    let message = error.to_string();
    match error {
        Error::Invalid(_) => Status::invalid_argument(message),
        Error::OutOfOrder(_) => Status::failed_precondition(message),
        Error::Behind(_) => Status::resource_exhausted(message),
        Error::Unavailable(_) | Error::Storage(_) => Status::unavailable(message),
        Error::Conflict(_) => Status::aborted(message),
        Error::Damaged(_) => Status::data_loss(message),
        Error::TooNew(_) => Status::unimplemented(message),
        Error::Internal(_) => Status::internal(message),
    }
}
