//! One file per page.

pub mod account;
pub mod audit;
pub mod channels;
pub mod create_monitor;
pub mod dashboard;
pub mod explore;
pub mod home;
pub mod hosts;
pub mod incidents;
pub mod invite;
pub mod maintenances;
pub mod members;
pub mod monitor;
pub mod monitors;
pub mod not_found;
pub mod overview;
pub mod pages;
pub mod rules;
pub mod settings;
pub mod sign_in;
pub mod sign_up;
pub mod status_page;
pub mod tenants;
pub mod tokens;
