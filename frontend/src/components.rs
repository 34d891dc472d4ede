//! Parts that pages are made of.

pub mod alone;
pub mod bars;
pub mod chart;
pub mod checks;
pub mod clock;
pub mod command;
pub mod field;
pub mod figures;
pub mod icon;
pub mod incident;
pub mod legend;
pub mod live;
pub mod navigation;
pub mod problem;
pub mod spark;
pub mod state;
pub mod theme;
pub mod time;
pub mod waterfall;
