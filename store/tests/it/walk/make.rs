//! What is made belongs to who made it.

use contract::rpc::{Caller, Role};
use contract::{agent, channel, incident, maintenance, monitor, page, rule, token};

use crate::members::invite;
use crate::messages::{incident_spec, maintenance_spec, page_spec, rule_spec, spec};

use super::Walk;

impl Walk<'_> {
    /// Makes one of everything that can be made: it belongs to who made it.
    pub(super) async fn make(&self, caller: &Caller) {
        let channel_spec = channel::Spec::webhook("On call", "https://example.com/");
        let token = token::Create {
            name: "agent".to_owned(),
            scopes: vec![token::Scope::Read],
        };
        let spec = spec("Front door");
        let name = "web-1".to_owned();
        let made = [
            self.ask(
                caller,
                channel::Create {
                    spec: channel_spec,
                    secret: None,
                },
            )
            .await
            .err(),
            self.ask(caller, invite(Role::Viewer)).await.err(),
            self.ask(caller, token).await.err(),
            self.ask(caller, monitor::Create { spec }).await.err(),
            self.ask(caller, agent::Invite { name }).await.err(),
            self.ask(
                caller,
                incident::Create {
                    spec: incident_spec(),
                },
            )
            .await
            .err(),
            self.ask(
                caller,
                rule::Create {
                    spec: rule_spec("Busy"),
                },
            )
            .await
            .err(),
            self.ask(
                caller,
                maintenance::Create {
                    spec: maintenance_spec(),
                },
            )
            .await
            .err(),
            self.ask(
                caller,
                page::Create {
                    spec: page_spec("eu"),
                },
            )
            .await
            .err(),
        ];
        assert_eq!(made, [const { None }; 9]);
    }
}
