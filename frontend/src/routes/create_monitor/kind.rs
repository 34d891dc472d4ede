//! The fields that differ by kind.

use contract::monitor::check::dns::Record;
use contract::monitor::check::http::METHODS;
use leptos::prelude::*;

use crate::api::Error;
use crate::components::area::Area;
use crate::components::choose::{Choose, options};
use crate::components::fold::Fold;
use crate::components::input::Input;
use crate::components::kinds::Only;
use crate::components::ticks::Tick;
use crate::view::monitor_form::MonitorForm;

#[component]
pub fn KindFields(form: MonitorForm, error: Signal<Option<Error>>) -> impl IntoView {
    let records = Record::ALL.map(|record| (record.as_str(), record.as_str()));
    let form = StoredValue::new(form);
    let text = move |of: fn(&MonitorForm) -> &String| form.with_value(|form| of(form).clone());
    view! {
        <Only kinds="tcp">
            <Area id="send" label="Say" help="Sent once connected. It may be empty." value=text(|form| &form.send) error code=true rows=2 />
            <Input id="expect" label="And hear" help="What the server has to answer, such as SSH-2.0. Empty means that connecting is enough." value=text(|form| &form.expect) error />
        </Only>
        <Only kinds="dns">
            <Choose id="record" label="Record" options=options(records) chosen=text(|form| &form.record) error />
            <Input
                id="resolver"
                label="Name server"
                help="Address and port, such as 192.0.2.1:53. Empty asks the prober's own."
                value=text(|form| &form.resolver)
                error
            />
            <Choose
                id="transport"
                label="Over"
                options=options([("udp", "UDP"), ("tcp", "TCP")])
                chosen=text(|form| &form.transport)
                error
            />
        </Only>
        <Only kinds="tls">
            <Input id="min_days_left" label="Fails below (days left)" help="Before the certificate expires. Empty means when it has." kind="numeric" value=text(|form| &form.min_days_left) error />
            <Input id="server_name" label="Server name" help="Asked for instead of the address's host. It may be empty." value=text(|form| &form.server_name) error />
        </Only>
        <Only kinds="icmp">
            <Input id="count" label="Echo requests" help="1 to 10, one after another; one answer is enough." kind="numeric" value=text(|form| &form.count) error />
        </Only>
        <Only kinds="heartbeat">
            <Input id="grace_s" label="Grace" help="How much later than expected it may come, such as 5 min." value=text(|form| &form.grace_s) error />
        </Only>
        <Only kinds="http">
            <Fold summary="The request" fields=&["method", "headers", "body"] error>
                <Http form=form.get_value() error />
            </Fold>
        </Only>
    }
}

#[component]
fn Http(form: MonitorForm, error: Signal<Option<Error>>) -> impl IntoView {
    let methods = METHODS.map(|method| (method, method));
    view! {
        <Choose id="method" label="Method" options=options(methods) chosen=form.method error />
        <Area id="headers" label="Headers" help="One a line, such as Accept: application/json." value=form.headers error code=true rows=2 />
        <Area id="body" label="Body" help="Sent with the request. It may be empty." value=form.body error code=true rows=2 />
        <Tick name="follow_redirects" words="Follow redirects" ticked=form.follow_redirects.is_some() />
        <Tick name="insecure" words="Accept an invalid certificate; it is told all the same" ticked=form.insecure.is_some() />
    }
}
