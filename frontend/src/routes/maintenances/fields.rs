//! The fields of planned work.

use leptos::prelude::*;

use crate::api::Error;
use crate::components::area::Area;
use crate::components::clock::own_zone;
use crate::components::field::{Field, is_wrong};
use crate::components::input::Input;
use crate::components::kinds::{Kinds, Only};
use crate::components::ticks::Ticks;
use crate::view::maintenance_form::{MaintenanceForm, WEEKDAYS};

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
    error: Signal<Option<Error>>,
) -> impl IntoView {
    let days = WEEKDAYS.map(|(_, day)| (day.to_owned(), day.to_owned()));
    view! {
        <Input id="name" label="Name" help="As your visitors read it." value=form.name error required=true />
        <Area id="description" label="What happens" help="What visitors have to know. It may be empty." value=form.description error />
        <Kinds id="repeat" legend="When" options=RHYTHMS.to_vec() chosen=form.repeat />
        <Only kinds="once">
            <Input id="from" label="From" kind="datetime-local" value=form.from error />
            <Input id="to" label="To" kind="datetime-local" value=form.to error />
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
        <Zone zone=form.time_zone error />
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

/// The reader's own zone is proposed as soon as a browser tells it.
#[component]
fn Zone(zone: String, error: Signal<Option<Error>>) -> impl IntoView {
    let value = RwSignal::new(zone.clone());
    Effect::new(move |_| {
        if value.get_untracked() == "UTC"
            && let Some(own) = own_zone()
        {
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
