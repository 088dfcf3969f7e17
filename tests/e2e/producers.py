"""A producer of batches, as a bridge is one, without a Spark behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import grpc

import wire
from conftest import Agent

# Finished fits in a batch.
FITS = 3


@dataclass
class Producer:
    """Delivers runs with finished fits, as a bridge does."""

    name: str
    messages: wire.Messages
    sent: int = 0
    models: int = 0
    # For how long it waits for an ack, in seconds.
    patience: float = 60
    channels: dict[str, grpc.Channel] = field(default_factory=dict)

    def push(self, agent: Agent) -> None:
        """One more batch, to this agent; returns when it is acked. The same one again
        where it was not."""
        self.deliver(agent, self.request(self.sent + 1))
        self.sent += 1
        self.models += FITS

    def end(self, agent: Agent) -> None:
        """Ends the run."""
        request = self.request(self.sent + 1)
        del request.events[:]
        request.events.append(self.event(run_ended={"outcome": 1}).SerializeToString())
        self.deliver(agent, request)
        self.sent += 1

    def request(self, seq: int) -> Any:
        request = self.messages.push(seq=seq, acked_seq=seq - 1)
        request.producer.id = f"producer-{self.name}"
        request.producer.kind = "test"
        request.producer.version = "1"
        events = [self.event(run_started={"project": "tests", "name": self.name})]
        for fit in range(FITS):
            operation = seq * 1000 + fit
            component = {"class_name": "org.example.Estimator", "uid": f"est_{operation}"}
            start = {"operation": operation, "kind": 1, "estimator": component}
            end = {"operation": operation, "outcome": 1, "duration_us": 5}
            events += [self.event(fit_started=start), self.event(fit_ended=end)]
        request.events.extend(event.SerializeToString() for event in events[seq > 1 :])
        return request

    def event(self, **what: Any) -> Any:
        moment = 1_700_000_000_000_000
        return self.messages.event(run_id=f"run-of-{self.name}", occurred_at_us=moment, **what)

    def deliver(self, agent: Agent, request: Any) -> None:
        address = agent.addresses["grpc"]
        channel = self.channels.setdefault(address, grpc.insecure_channel(address))
        push = channel.unary_unary(
            "/modeldb.v1.Ingest/Push",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=self.messages.pushed.FromString,
        )
        answer = push(request, timeout=self.patience)
        assert answer.acked_seq == request.seq
        assert answer.lost_to == 0
