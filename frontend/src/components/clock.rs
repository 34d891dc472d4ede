//! The reader's clock: absent on the server and while hydrating, so that both render the same text.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

/// What time it is for the reader, once a browser is there to know.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    now: RwSignal<Option<DateTime<Utc>>>,
    /// The distance from UTC before the reader's is known, in minutes.
    before: i32,
}

impl Clock {
    /// Starts the clock for everything below.
    pub fn provide() {
        let now = RwSignal::new(None);
        provide_context(Self { now, before: 0 });
        Effect::new(move |_| tick(now));
    }

    /// For a page that is written once, by clocks that are this far from UTC.
    pub fn provide_zone(offset_minutes: i32) {
        provide_context(Self {
            now: RwSignal::new(None),
            before: offset_minutes,
        });
    }

    /// The clock of the page; one that never goes where none was provided.
    pub fn of_page() -> Self {
        use_context().unwrap_or_else(|| Self {
            now: RwSignal::new(None),
            before: 0,
        })
    }

    /// Now, to within some seconds.
    pub fn now(self) -> Option<DateTime<Utc>> {
        self.now.get()
    }

    /// The reader's distance from UTC at an instant, in minutes; zero until it is known, or the page's own.
    pub fn offset_minutes(self, at: DateTime<Utc>) -> i32 {
        self.now
            .with(|now| now.map_or(self.before, |_| offset_at(at)))
    }
}

/// Now, on either side.
pub fn now() -> DateTime<Utc> {
    #[cfg(feature = "hydrate")]
    return browser_now();
    #[cfg(not(feature = "hydrate"))]
    return service::now();
}

#[cfg(feature = "hydrate")]
fn tick(now: RwSignal<Option<DateTime<Utc>>>) {
    use std::time::Duration;

    let show = move || now.set(Some(browser_now()));
    show();
    if let Ok(handle) = set_interval_with_handle(show, Duration::from_secs(10)) {
        on_cleanup(move || handle.clear());
    }
}

#[cfg(not(feature = "hydrate"))]
fn tick(_now: RwSignal<Option<DateTime<Utc>>>) {}

#[cfg(feature = "hydrate")]
#[expect(
    clippy::cast_possible_truncation,
    reason = "the browser's clock counts whole milliseconds"
)]
fn browser_now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(web_sys::js_sys::Date::now() as i64).unwrap_or_default()
}

/// The distance of the reader's clocks from UTC at an instant, in minutes; zero where no browser is there to tell.
#[cfg(feature = "hydrate")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "offsets are whole minutes below a day, instants far below 2^52 ms"
)]
pub fn offset_at(at: DateTime<Utc>) -> i32 {
    let at = web_sys::js_sys::Date::new(&(at.timestamp_millis() as f64).into());
    -(at.get_timezone_offset() as i32)
}

#[cfg(not(feature = "hydrate"))]
pub fn offset_at(_at: DateTime<Utc>) -> i32 {
    0
}

/// The name of the reader's time zone, once a browser is there to tell it.
#[cfg(feature = "hydrate")]
pub fn own_zone() -> Option<String> {
    use web_sys::js_sys::{Array, Intl, Object, Reflect};

    let format = Intl::DateTimeFormat::new(&Array::new(), &Object::new());
    let name = Reflect::get(&format.resolved_options(), &"timeZone".into());
    name.ok()?.as_string()
}

#[cfg(not(feature = "hydrate"))]
pub fn own_zone() -> Option<String> {
    None
}
