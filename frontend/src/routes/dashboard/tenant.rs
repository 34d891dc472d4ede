//! The tenant whose dashboard is open: read once, then kept true by live updates.

use std::sync::{Arc, Mutex, PoisonError};

use contract::account::{Identity, Membership};
use contract::alert::Alert;
use contract::fault::Fault;
use contract::id::{MonitorId, Slug};
use contract::incident::Incident;
use contract::live;
use contract::monitor::Overview;
use contract::rpc::{self, Role};
use contract::telemetry::TENANT;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_params_map;

use crate::api::monitors::Board;
use crate::api::{self, Error};
use crate::components::live::{Live, soon};
use crate::view::live::{Effect as Became, apply};

/// What all pages of a tenant share.
#[derive(Clone, Copy)]
pub struct Tenant {
    /// As it stands in the URL.
    pub slug: Signal<String>,
    pub monitors: RwSignal<Vec<Overview>>,
    /// Open ones first, then the newest first.
    pub incidents: RwSignal<Vec<Incident>>,
    /// Those that are open, the newest first.
    pub alerts: RwSignal<Vec<Alert>>,
    /// Who is looking; absent until it is read.
    pub reader: RwSignal<Option<Identity>>,
    pub ingress_url: RwSignal<String>,
    /// What is broken on purpose; absent where nothing can be, and for those who do not run this.
    pub faults: RwSignal<Option<Vec<Fault>>>,
    pub live: Live,
    board: Resource<Result<Board, Error>>,
    /// The slug that the signals speak of. Locked while they are written: a signal that is being written cannot be read.
    taken: StoredValue<Arc<Mutex<Option<Slug>>>>,
}

impl Tenant {
    /// Begins to read the tenant that the URL names.
    pub fn provide() -> Self {
        let params = use_params_map();
        let slug = Memo::new(move |_| {
            params
                .with(|params| params.get("tenant"))
                .unwrap_or_default()
        });
        let slug = Signal::from(slug);
        let tenant = Self {
            slug,
            monitors: RwSignal::new(vec![]),
            incidents: RwSignal::new(vec![]),
            alerts: RwSignal::new(vec![]),
            reader: RwSignal::new(None),
            ingress_url: RwSignal::new(String::new()),
            faults: RwSignal::new(None),
            live: Live::provide(slug),
            board: Resource::new(move || slug.get(), read),
            taken: StoredValue::default(),
        };
        provide_context(tenant);
        tenant.follow();
        tenant
    }

    /// The tenant of the page.
    pub fn of_page() -> Self {
        expect_context()
    }

    /// Waits until the signals hold what the tenant has.
    pub async fn ready(self) -> Result<(), Error> {
        let board = self.board.await?;
        // Several parts of a page wait for it, on a server at once. What one of them has taken is not taken again: whoever
        // has read the signals by then would be drawn anew.
        self.hold(|taken| {
            if taken.as_ref() != Some(&board.membership.slug) {
                self.take(taken, board);
            }
        });
        Ok(())
    }

    /// The same, for pages that are of use to people of a role alone.
    pub async fn ready_for(self, role: Role) -> Result<(), Error> {
        #[cfg(feature = "ssr")]
        let visit = use_context::<crate::server::visit::Visit>();
        self.ready().await?;
        if self.role() >= role {
            return Ok(());
        }
        let refusal = rpc::Error::Forbidden;
        #[cfg(feature = "ssr")]
        if let Some(visit) = visit {
            visit.tell(&refusal);
        }
        Err(refusal.into())
    }

    /// Reads the tenant again, without disturbing what is shown meanwhile.
    pub fn read_again(self) {
        let slug = self.slug.get_untracked();
        spawn_local(async move {
            // What is shown stays; the next update or reconnection tries again.
            if let Ok(board) = read(slug).await {
                self.hold(|taken| self.take(taken, board));
            }
        });
    }

    /// Whether the reader's role allows what needs at least `role`.
    pub fn may(self, role: Role) -> bool {
        self.reader.track();
        self.slug.track();
        self.role() >= role
    }

    /// The reader's role, as it was read last; the least of all before.
    pub fn role(self) -> Role {
        self.place().map_or(Role::Viewer, |place| place.role)
    }

    /// The reader's place in the tenant, as it was read last.
    pub fn place(self) -> Option<Membership> {
        let reader = self.reader.try_get_untracked().flatten()?;
        let slug = self.slug.try_get_untracked()?;
        let mut places = reader.memberships.into_iter();
        places.find(|place| place.slug.as_str() == slug)
    }

    /// Who is looking. Nobody once the page is gone: on a server, parts of it may be asked for later.
    pub fn who(self) -> Option<Identity> {
        self.reader.try_get().flatten()
    }

    /// The reader's place in the tenant `overseer`, if they run all of this.
    pub fn own_place(self) -> Option<Membership> {
        let reader = self.who()?;
        let mut places = reader.memberships.into_iter();
        places.find(|place| place.tenant == TENANT)
    }

    /// A path below the traces of what the services did for this tenant: whole ones where the reader may see those, else the
    /// pieces that are about the tenant.
    pub fn traces(self, rest: &str) -> String {
        match self.own_place() {
            Some(place) => format!("/d/{}/traces{rest}", place.slug),
            None => self.path(&format!("/traces{rest}")),
        }
    }

    /// A path below the tenant, such as `/monitors`.
    pub fn path(self, rest: &str) -> String {
        self.slug.with(|slug| format!("/d/{slug}{rest}"))
    }

    /// The name of a monitor.
    pub fn name_of(self, monitor: MonitorId) -> String {
        let name = self.monitors.with(|monitors| {
            let found = monitors.iter().find(|one| one.monitor.id == monitor);
            found.map(|one| one.monitor.spec.name.clone())
        });
        name.unwrap_or_else(|| "a monitor that was deleted".to_owned())
    }

    /// The tenant's name as an identifier.
    pub fn id(self) -> Result<Slug, Error> {
        parsed(&self.slug.get_untracked())
    }

    /// Does something that nobody else does at the same time; nothing once the page is gone.
    fn hold(self, act: impl FnOnce(&mut Option<Slug>)) {
        if let Some(taken) = self.taken.try_get_value() {
            act(&mut taken.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn take(self, taken: &mut Option<Slug>, board: Board) {
        *taken = Some(board.membership.slug);
        renew(self.reader, Some(board.identity));
        renew(self.ingress_url, board.ingress_url);
        renew(self.faults, board.faults);
        renew(self.incidents, board.incidents);
        renew(self.alerts, board.alerts);
        renew(self.monitors, board.monitors);
    }

    /// Takes up which faults are on.
    pub fn learn_faults(self, on: Vec<Fault>) {
        self.hold(|_| renew(self.faults, Some(on)));
    }

    fn follow(self) {
        let again = soon(move || self.read_again());
        self.live.listen(move |update: &live::Update| {
            let touches_monitors = matches!(update, live::Update::Monitor(_));
            let mut became = Became::Stale;
            if touches_monitors {
                self.monitors
                    .update(|monitors| became = apply(monitors, update));
            } else {
                became = apply(&mut [], update);
            }
            if became == Became::Stale {
                again();
            }
        });
        Effect::new(move |_| {
            if self.live.missed() > 0 {
                self.read_again();
            }
        });
    }
}

async fn read(slug: String) -> Result<Board, Error> {
    api::overview(parsed(&slug)?).await
}

fn parsed(slug: &str) -> Result<Slug, Error> {
    slug.parse()
        .map_err(|_| Error::Refused(rpc::Error::not_found("tenant")))
}

/// Sets what has changed, and nothing else: who shows it is drawn anew, with all that people have entered there. A server draws
/// once, its parts side by side: there nobody is drawn anew.
fn renew<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|known| *known == value) != Some(false) {
        return;
    }
    #[cfg(feature = "ssr")]
    if let Some(mut known) = signal.try_write_untracked() {
        *known = value;
    }
    #[cfg(not(feature = "ssr"))]
    signal.set(value);
}
