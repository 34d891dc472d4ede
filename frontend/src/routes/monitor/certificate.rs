//! What the last check saw of the certificate.

use contract::monitor::State;
use contract::probe::{Certificate, Finished};
use leptos::prelude::*;

use crate::components::clock::Clock;
use crate::components::state::StateBadge;
use crate::components::time::Time;
use crate::view::certificate::{days_left, trouble, words, worry};
use crate::view::state::capitalised;

#[component]
pub fn CertificateFacts(results: Signal<Vec<Finished>>) -> impl IntoView {
    let latest = Memo::new(move |_| {
        results.with(|results| results.iter().find_map(|result| result.certificate.clone()))
    });
    move || {
        latest
            .get()
            .map(|certificate| view! { <Facts certificate /> })
    }
}

#[component]
fn Facts(certificate: Certificate) -> impl IntoView {
    let clock = Clock::of_page();
    let at = certificate.expires_at;
    let left = move || {
        let days = days_left(at, clock.now()?);
        Some(view! { <StateBadge state=worry(days) word=words(days) /> })
    };
    let problem = trouble(&certificate).map(|problem| {
        view! {
            <p class="row"><StateBadge state=State::Down word="Not to be trusted" /> <span>{capitalised(&problem)}</span></p>
        }
    });
    view! {
        <section aria-labelledby="certificate">
            <h2 id="certificate">"Certificate"</h2>
            <div class="card stack">
                {problem}
                <dl class="pairs">
                    <dt>"Expires"</dt>
                    <dd><span class="row"><Time at /> {left}</span></dd>
                    <dt>"Subject"</dt>
                    <dd>{certificate.subject}</dd>
                    <dt>"Issuer"</dt>
                    <dd>{certificate.issuer}</dd>
                    <dt>"Connection"</dt>
                    <dd>{format!("{}, {}", certificate.tls_version, certificate.cipher)}</dd>
                </dl>
            </div>
        </section>
    }
}
