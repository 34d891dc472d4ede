//! What stands in a field, read when a form is sent: what was entered before the page came alive counts, too.

use leptos::html::{Input, Select};
use leptos::prelude::*;

pub fn text(field: NodeRef<Input>) -> String {
    let field = field.get_untracked();
    field.map(|field| field.value()).unwrap_or_default()
}

pub fn is_ticked(field: NodeRef<Input>) -> bool {
    field.get_untracked().is_some_and(|field| field.checked())
}

pub fn choice(field: NodeRef<Select>) -> String {
    let field = field.get_untracked();
    field.map(|field| field.value()).unwrap_or_default()
}
