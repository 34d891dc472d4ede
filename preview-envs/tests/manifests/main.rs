//! What `deploy/openshift` renders to, held against the rules of the platform and against what the code says.

mod combinations;
mod custom;
mod environment;
mod nats;
mod network;
mod pods;
mod rendered;
mod schemas;
mod selectors;
