//! What pages show, worked out without a browser, a server or a clock: `now` is an argument.

pub mod answer;
pub mod audit;
pub mod axis;
pub mod bars;
pub mod certificate;
pub mod channel_form;
pub mod check;
pub mod command;
pub mod explore;
pub mod figure;
pub mod form;
pub mod history;
pub mod invitation;
pub mod live;
pub mod months;
pub mod overview;
pub mod page_form;
pub mod path;
pub mod period;
pub mod planned;
pub mod plot;
pub mod response;
pub mod role;
pub mod state;
pub mod time;
pub mod waterfall;
