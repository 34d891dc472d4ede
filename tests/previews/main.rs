//! Environments beside each other, and what becomes of them.

mod isolation;
mod reaping;
