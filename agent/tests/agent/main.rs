//! The agent as a process, before an ingress that does what each test wants.

mod ingress;
mod process;
mod pushing;
mod registering;
