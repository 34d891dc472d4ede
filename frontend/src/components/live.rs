//! What moves while a dashboard is open: one stream of updates a page, and a fresh read after every connection.

use std::time::Duration;

use contract::live;
use leptos::prelude::*;

type Listener = Box<dyn Fn(&live::Update) + Send + Sync>;

/// The stream of a tenant's updates.
#[derive(Clone, Copy)]
pub struct Live {
    /// Absent until the first connection; false while it is lost.
    connected: RwSignal<Option<bool>>,
    /// Counts connections: whoever shows data reads it again when this grows.
    missed: RwSignal<u32>,
    /// Grows to connect anew where the browser gave up.
    attempt: RwSignal<u32>,
    /// Nobody sees the page. Then it holds no connection, of which a browser has only six for each host.
    hidden: RwSignal<bool>,
    listeners: StoredValue<Vec<(u64, Listener)>>,
}

impl Live {
    /// Opens the stream in a browser and provides it to everything below.
    pub fn provide(slug: Signal<String>) -> Self {
        let live = Self {
            connected: RwSignal::new(None),
            missed: RwSignal::new(0),
            attempt: RwSignal::new(0),
            hidden: RwSignal::new(false),
            listeners: StoredValue::new(vec![]),
        };
        provide_context(live);
        Effect::new(move |_| watch_visibility(live.hidden));
        Effect::new(move |_| {
            live.attempt.track();
            if !live.hidden.get() {
                connect(live, &slug.get());
            }
        });
        live
    }

    /// Calls back for every update until the calling component goes away.
    pub fn listen(self, listener: impl Fn(&live::Update) + Send + Sync + 'static) {
        let id = self
            .listeners
            .try_update_value(|all| {
                let id = all.last().map_or(0, |last| last.0 + 1);
                all.push((id, Box::new(listener)));
                id
            })
            .unwrap_or_default();
        on_cleanup(move || {
            self.listeners
                .try_update_value(|all| all.retain(|(known, _)| *known != id));
        });
    }

    /// Calls `again` soon after an update that matters, and when updates may have been missed.
    pub fn keep_fresh(
        self,
        matters: impl Fn(&live::Update) -> bool + Send + Sync + 'static,
        again: impl Fn() + Copy + Send + Sync + 'static,
    ) {
        let hurry = soon(again);
        self.listen(move |update| {
            if matters(update) {
                hurry();
            }
        });
        let known = self.missed.get_untracked();
        Effect::new(move |_| {
            if self.missed() > known {
                again();
            }
        });
    }

    pub fn missed_untracked(self) -> u32 {
        self.missed.get_untracked()
    }

    /// Grows whenever updates may have been missed.
    pub fn missed(self) -> u32 {
        self.missed.get()
    }
}

/// Calls half a second after it was asked to, once for all that asked meanwhile. Many updates become one read.
pub fn soon(
    action: impl Fn() + Copy + Send + Sync + 'static,
) -> impl Fn() + Copy + Send + Sync + 'static {
    within(Duration::from_millis(500), action)
}

/// Calls so long after it was asked to, once for all that asked meanwhile.
pub fn within(
    delay: Duration,
    action: impl Fn() + Copy + Send + Sync + 'static,
) -> impl Fn() + Copy + Send + Sync + 'static {
    let planned = StoredValue::new(false);
    move || {
        if planned.try_get_value() == Some(false) {
            planned.set_value(true);
            let run = move || {
                // The page may have been left meanwhile.
                if planned.try_set_value(false).is_none() {
                    action();
                }
            };
            set_timeout(run, delay);
        }
    }
}

/// A dot and a word: whether what is shown moves by itself.
#[component]
pub fn LiveDot() -> impl IntoView {
    let connected = use_context::<Live>().map(|live| live.connected);
    let state = move || connected.and_then(|connected| connected.get());
    view! {
        <span class="fresh" class:live=move || state() == Some(true)>
            <span class="dot" aria-hidden="true"></span>
            <span>
                {move || match state() {
                    None => "Not live yet",
                    Some(true) => "Live",
                    Some(false) => "Connection lost, trying again",
                }}
            </span>
        </span>
    }
}

/// Keeps `hidden` true while the page is in a tab behind another one. Shown again, it connects anew and reads what was missed.
fn watch_visibility(hidden: RwSignal<bool>) {
    let look = move || hidden.set(document().hidden());
    look();
    let handle = window_event_listener_untyped("visibilitychange", move |_| look());
    on_cleanup(move || handle.remove());
}

#[cfg(feature = "hydrate")]
fn connect(live: Live, slug: &str) {
    use web_sys::wasm_bindgen::JsCast;
    use web_sys::wasm_bindgen::prelude::Closure;

    let Ok(source) = web_sys::EventSource::new(&format!("/d/{slug}/live")) else {
        return;
    };
    let opened = Closure::<dyn Fn()>::new(move || live.opened());
    let stream = source.clone();
    let failed = Closure::<dyn Fn()>::new(move || live.failed(&stream));
    let arrived = Closure::<dyn Fn(web_sys::MessageEvent)>::new(move |event| live.arrived(&event));
    source.set_onopen(Some(opened.as_ref().unchecked_ref()));
    source.set_onerror(Some(failed.as_ref().unchecked_ref()));
    for topic in ["samples", "monitor", "incident", "alert"] {
        // A name and a function: there is nothing to refuse.
        let _ = source.add_event_listener_with_callback(topic, arrived.as_ref().unchecked_ref());
    }
    let open = StoredValue::new_local((source, opened, failed, arrived));
    on_cleanup(move || {
        open.try_with_value(|open| open.0.close());
    });
}

#[cfg(not(feature = "hydrate"))]
fn connect(_live: Live, _slug: &str) {}

#[cfg(feature = "hydrate")]
impl Live {
    fn opened(self) {
        // Also the first time: what happened since the server rendered the page was not heard.
        self.missed.update(|times| *times += 1);
        self.connected.set(Some(true));
    }

    /// Browsers connect anew by themselves, except after an answer that was no stream.
    fn failed(self, source: &web_sys::EventSource) {
        self.connected.set(Some(false));
        if source.ready_state() == web_sys::EventSource::CLOSED {
            let again = move || {
                self.attempt.try_update(|attempt| *attempt += 1);
            };
            set_timeout(again, Duration::from_secs(5));
        }
    }

    fn arrived(self, event: &web_sys::MessageEvent) {
        let text = event.data().as_string().unwrap_or_default();
        // An update of a newer server is not for this page; the next read brings what it meant.
        if let Ok(update) = serde_json::from_str::<live::Update>(&text) {
            self.listeners.with_value(|all| {
                for (_, listener) in all {
                    listener(&update);
                }
            });
        }
    }
}
