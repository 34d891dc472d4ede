//! The fields of planned work.

use chrono::{DateTime, TimeDelta, Utc};
use contract::maintenance::Occurrence;
use leptos::prelude::*;

use crate::api::Error;
use crate::components::area::Area;
use crate::components::clock::{offset_at, own_zone};
use crate::components::field::{Field, is_wrong};
use crate::components::input::Input;
use crate::components::kinds::{Kinds, Only};
use crate::components::ticks::Ticks;
use crate::view::maintenance_form::{MaintenanceForm, WEEKDAYS, written};

const RHYTHMS: [(&str, &str); 3] = [
    ("once", "Once"),
    ("weekly", "Every week"),
    ("monthly", "Every month"),
];

#[component]
pub fn Fields(
    form: MaintenanceForm,
    /// Identifiers and names.
    monitors: Vec<(String, String)>,
    /// Whether its times are by clocks that nobody chose: then those of the reader take their place.
    proposes: bool,
    /// When it is, if that is known and once.
    #[prop(optional_no_strip)]
    once: Option<Occurrence>,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let own = RwSignal::new(None);
    Effect::new(move |_| {
        if proposes {
            own.set(own_zone());
        }
    });
    let from = by_clocks(own, form.from, once.map(|once| once.from));
    let to = by_clocks(own, form.to, once.map(|once| once.to));
    let days = WEEKDAYS.map(|(_, day)| (day.to_owned(), day.to_owned()));
    view! {
        <Input id="name" label="Name" help="As your visitors read it." value=form.name error required=true />
        <Area id="description" label="What happens" help="What visitors have to know. It may be empty." value=form.description error />
        <Kinds id="repeat" legend="When" options=RHYTHMS.to_vec() chosen=form.repeat />
        <Only kinds="once">
            {move || view! { <Input id="from" label="From" kind="datetime-local" value=from() error /> }}
            {move || view! { <Input id="to" label="To" kind="datetime-local" value=to() error /> }}
        </Only>
        <Only kinds="weekly">
            <Ticks name="weekdays" blamed=Some("days") legend="On" options=days.into() chosen=form.weekdays error />
        </Only>
        <Only kinds="monthly">
            <Input id="days" label="On the days" help="Of the month, such as 1, 15. A month without such a day has no window." value=form.days error />
        </Only>
        <Only kinds="weekly monthly">
            <Input id="at" label="Begins at" kind="time" value=form.at error />
            <Input id="duration_min" label="Lasts" help="Such as 45 min or 2 h, at most 31 days." value=form.duration_min error />
        </Only>
        <Zone zone=form.time_zone own error />
        <Ticks
            name="monitors"
            legend="About"
            help="All monitors where none is ticked."
            options=monitors
            chosen=form.monitors
            error
        />
    }
}

/// What stands in a field for a moment: as typed, or as the reader's clocks show it once they are known.
fn by_clocks(
    own: RwSignal<Option<String>>,
    typed: String,
    at: Option<DateTime<Utc>>,
) -> impl Fn() -> String {
    move || match at {
        Some(at) if own.with(Option::is_some) => {
            let offset = TimeDelta::minutes(offset_at(at).into());
            written((at + offset).naive_utc())
        }
        _ => typed.clone(),
    }
}

/// The reader's own zone is proposed as soon as a browser tells it.
#[component]
fn Zone(
    zone: String,
    own: RwSignal<Option<String>>,
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let value = RwSignal::new(zone.clone());
    Effect::new(move |_| {
        if let Some(own) = own.get() {
            value.set(own);
        }
    });
    view! {
        <Field id="time_zone" label="By the clocks of" help="A time zone such as Europe/Berlin, summer time included." error>
            <input
                id="time_zone"
                name="form[time_zone]"
                value=zone
                prop:value=value
                list="zones"
                data-own-zone=""
                required
                autocomplete="off"
                spellcheck="false"
                aria-describedby="time_zone-help"
                aria-invalid=is_wrong(error, "time_zone")
            />
            <datalist id="zones"></datalist>
        </Field>
    }
}
