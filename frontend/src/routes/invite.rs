//! Following an invitation: who invites to what, and the way in, for those who have an account and those who have not.

use contract::account::Identity;
use contract::invitation::Offer;
use leptos::either::EitherOf3;
use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::api::invitations::AcceptInvitation;
use crate::api::{self, Error};
use crate::components::alone::Alone;
use crate::components::problem::{FormProblem, Refusal, error_of};
use crate::components::time::Time;
use crate::view::invitation::{link, towards};
use crate::view::role;

/// What the page needs: the offer, and who looks at it.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Shown {
    offer: Offer,
    reader: Option<Identity>,
}

#[component]
pub fn FollowInvitation() -> impl IntoView {
    let params = use_params_map();
    let secret = Memo::new(move |_| params.with(|it| it.get("secret")).unwrap_or_default());
    let accept = ServerAction::<AcceptInvitation>::new();
    let shown = Resource::new(move || secret.get(), read);
    view! {
        <Title text="Invitation" />
        <Alone>
            <Suspense fallback=|| view! { <p class="quiet-text">"Reading…"</p> }>
                {move || Suspend::new(async move {
                    match shown.await {
                        Ok(shown) => EitherOf3::A(view! { <Invitation secret shown accept /> }),
                        Err(error) if error.is_not_found() => EitherOf3::B(view! { <Gone /> }),
                        Err(error) => EitherOf3::C(view! { <Refusal error /> }),
                    }
                })}
            </Suspense>
        </Alone>
    }
}

async fn read(secret: String) -> Result<Shown, Error> {
    let offer = api::show_invitation(secret).await?;
    let reader = api::session().await?;
    Ok(Shown { offer, reader })
}

#[component]
fn Invitation(
    secret: Memo<String>,
    shown: Shown,
    accept: ServerAction<AcceptInvitation>,
) -> impl IntoView {
    let Shown { offer, reader } = shown;
    let place = reader.as_ref().and_then(|reader| {
        let places = reader.memberships.iter();
        places.clone().find(|place| place.slug == offer.tenant)
    });
    let way = match (&reader, place) {
        (_, Some(place)) => EitherOf3::A(view! {
            <p>"You are a member already, as " {role::title(place.role).to_lowercase()} "."</p>
            <a class="button primary" href=format!("/d/{}", place.slug) rel="external">"Open the dashboard"</a>
        }),
        (Some(reader), None) => {
            let name = reader.user.email.clone();
            EitherOf3::B(view! { <Join secret name accept /> })
        }
        (None, None) => EitherOf3::C(view! { <Strangers secret /> }),
    };
    view! {
        <h1>{format!("Join {}", offer.tenant_name)}</h1>
        <div class="stack">
            <p>
                <b>{offer.invited_by}</b>
                " invites you as "
                <b>{role::title(offer.role).to_lowercase()}</b>
                {format!(": you will be able to {}.", role::rights(offer.role))}
            </p>
            <p class="quiet-text">"The link is good once, until " <Time at=offer.expires_at /> "."</p>
            {way}
        </div>
    }
}

#[component]
fn Join(
    secret: Memo<String>,
    name: String,
    accept: ServerAction<AcceptInvitation>,
) -> impl IntoView {
    let error = error_of(accept);
    view! {
        <FormProblem error />
        <ActionForm action=accept>
            <input type="hidden" name="secret" value=secret.get_untracked() />
            <button type="submit" class="primary" disabled=move || accept.pending().get()>"Accept the invitation"</button>
        </ActionForm>
        <p class="quiet-text">"You are signed in as " {name} "."</p>
    }
}

#[component]
fn Strangers(secret: Memo<String>) -> impl IntoView {
    let way = move |page: &str| {
        let here = link("", &secret.get_untracked());
        towards(page, Some(&here))
    };
    view! {
        <p>"Sign in to accept it, or create an account first. You come back here."</p>
        <p class="row">
            <a class="button primary" href=way("/sign-in")>"Sign in"</a>
            <a class="button" href=way("/sign-up")>"Create an account"</a>
        </p>
    }
}

#[component]
fn Gone() -> impl IntoView {
    let words = "It was used, withdrawn, or has expired. Ask whoever sent it for a new one.";
    view! {
        <h1>"This invitation is good no longer"</h1>
        <p>{words}</p>
    }
}
