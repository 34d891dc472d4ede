//! What people do to each other: pages, incidents, members.

use contract::rpc::{Caller, Error, Role};
use contract::{audit, incident, invitation, member, page};

use crate::deployment::Owner;
use crate::messages::{note, now, page_spec};

use super::Walk;

impl Walk<'_> {
    /// Visits the page of one who has nothing to show, and meddles with another's.
    pub(super) async fn visit_pages(&self, mine: &Owner, theirs: &Owner) {
        let at = || page::Address::first("umbrella".parse().expect("a slug"));
        let show = self.ask(&theirs.caller, page::Show::of(at())).await;
        let view = show.expect("a page").open().expect("no password");
        assert_eq!((view.groups, view.incidents), (Vec::new(), Vec::new()));
        let key = None;
        let history = page::History {
            at: at(),
            key: None,
            before: now(),
            behind: None,
            limit: 9,
        };
        assert_eq!(self.ask(&Caller::Visitor, history).await, Ok(Vec::new()));
        let entered = self
            .ask(&Caller::Visitor, page::Enter { at: at(), key })
            .await;
        assert_eq!(entered.expect("open").monitors, Vec::new());
        let pages = self
            .ask(&mine.caller, page::List::ALL)
            .await
            .expect("pages");
        let (id, caller) = (pages[0].id, &theirs.caller);
        let host = || "status.example.org".to_owned();
        let spec = page_spec("mine-now");
        let users = Vec::new();
        let refused = [
            self.ask(caller, page::Read { id }).await.err(),
            self.ask(
                caller,
                page::Update {
                    id,
                    spec,
                    revision: None,
                },
            )
            .await
            .err(),
            self.ask(caller, page::Delete { id }).await.err(),
            self.ask(caller, page::SetPassword { id, password: None })
                .await
                .err(),
            self.ask(caller, page::SetLogo { id, logo: None })
                .await
                .err(),
            self.ask(
                caller,
                page::SetHost {
                    id,
                    host: Some(host()),
                },
            )
            .await
            .err(),
            self.ask(caller, page::ConfirmHost { id, host: host() })
                .await
                .err(),
            self.ask(caller, page::SetCollaborators { id, users })
                .await
                .err(),
            self.ask(caller, page::Find { host: host() }).await.err(),
            self.ask(
                caller,
                page::ReadLogo {
                    at: at(),
                    key: None,
                },
            )
            .await
            .err(),
            self.ask(
                caller,
                page::Unlock {
                    at: at(),
                    password: host(),
                },
            )
            .await
            .err(),
            self.ask(caller, measure(at())).await.err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(Error::NotFound { .. })), "{error:?}");
        }
        let unchanged = self.ask(&mine.caller, page::List::ALL).await;
        assert_eq!(unchanged.as_ref(), Ok(&pages));
    }

    /// Reads and changes an incident of another tenant.
    pub(super) async fn meddle_with_incidents(&self, mine: &Owner, theirs: &Owner) {
        let list = incident::List {
            limit: 9,
            before: None,
        };
        let incidents = self.ask(&mine.caller, list).await.expect("incidents");
        let (id, caller) = (incidents[0].id, &theirs.caller);
        let refused = [
            self.ask(caller, incident::Read { id }).await.err(),
            self.ask(caller, incident::AddUpdate { id, note: note() })
                .await
                .err(),
            self.ask(caller, incident::Delete { id }).await.err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(Error::NotFound { .. })), "{error:?}");
        }
        let unchanged = self.ask(&mine.caller, incident::Read { id }).await;
        assert_eq!(unchanged.as_ref(), Ok(&incidents[0]));
    }

    /// Meddles with members and invitations of another tenant, and reads its audit log.
    pub(super) async fn meddle_with_members(&self, mine: &Owner, theirs: &Owner) {
        let Caller::Member { user, .. } = mine.caller else {
            panic!("no member")
        };
        let caller = &theirs.caller;
        let open = self.ask(&mine.caller, invitation::List::ALL).await;
        let id = open.expect("invitations")[0].id;
        let role = Role::Viewer;
        let refused = [
            self.ask(caller, member::ChangeRole { user, role })
                .await
                .err(),
            self.ask(caller, member::Remove { user }).await.err(),
            self.ask(caller, invitation::Revoke { id }).await.err(),
        ];
        for error in refused {
            assert!(matches!(error, Some(Error::NotFound { .. })), "{error:?}");
        }
        let log = || audit::List {
            before: None,
            limit: 99,
        };
        let own = async |owner: &Owner| {
            let members = self.ask(&owner.caller, member::List::ALL).await;
            let open = self.ask(&owner.caller, invitation::List::ALL).await;
            let told = self.ask(&owner.caller, log()).await.expect("a log");
            let about = told
                .entries
                .into_iter()
                .filter(|it| it.entity == "invitation");
            (
                members.expect("an answer").len(),
                open.expect("an answer").len(),
                about.count(),
            )
        };
        assert_eq!((own(mine).await, own(theirs).await), ((1, 1, 1), (1, 0, 0)));
        let left = self.ask(caller, member::Leave {}).await.err();
        assert!(matches!(left, Some(Error::Conflict { .. })), "{left:?}");
    }
}

/// A badge of the monitor that another tenant has on its page.
fn measure(at: page::Address) -> page::Measure {
    page::Measure {
        at,
        component: page::key_of(Some("Shop"), "Front door"),
        span: page::Span::Day,
        times: true,
    }
}
