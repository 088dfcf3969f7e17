"""Brings events to the agent: in the background, with bounded memory, in order, once.

What the agent does not take rests in a spool on disk, which `modeldb ingest` delivers. The
protocol is `proto/modeldb/v1/ingest.proto`; the spool's format is that of the Spark bridge.
"""
