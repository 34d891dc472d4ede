//! The measuring engine against real servers on loopback.

mod accuracy;
mod address;
mod alone;
mod hostile;
mod kinds;
mod names;
mod phases;
mod program;
mod redirects;
mod servers;
mod stage;
mod tls;
