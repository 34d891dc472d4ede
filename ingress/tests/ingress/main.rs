//! Ingress before a real nats-server.

mod describes;
mod faults;
mod heartbeats;
mod hostile;
mod influx;
mod limits;
mod neighbours;
mod otlp;
mod own;
mod remote_write;
mod stage;
mod telemetry;
mod tokens;
