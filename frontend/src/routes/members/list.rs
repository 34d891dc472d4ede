//! The members there are, each with what the reader may do with them.

use contract::member::{Member, grantable, manages};
use contract::rpc::Role;
use leptos::either::Either;
use leptos::form::ActionForm;
use leptos::prelude::*;

use super::actions::Actions;
use crate::components::removal::RemovalOf;
use crate::components::time::Time;
use crate::routes::dashboard::tenant::Tenant;
use crate::view::role;
use crate::view::time::Precision;

#[component]
pub fn List(tenant: Tenant, members: Vec<Member>, actions: Actions) -> impl IntoView {
    let reader = tenant.reader.get_untracked().map(|reader| reader.user.id);
    let own = tenant.role();
    let rows = members.into_iter().map(|member| {
        let is_reader = reader == Some(member.user);
        row(tenant, member, own, is_reader, actions)
    });
    view! {
        <div class="table" tabindex="0" role="group" aria-label="Members">
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"E-mail"</th>
                        <th scope="col">"Role"</th>
                        <th scope="col">"Since"</th>
                        <th scope="col"><span class="visually-hidden">"Remove"</span></th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
        <p class="help">
            "Viewers read. Editors change monitors, rules, channels and incidents. Admins also manage members, tokens and hosts. Owners may do everything."
        </p>
    }
}

fn row(
    tenant: Tenant,
    member: Member,
    own: Role,
    is_reader: bool,
    actions: Actions,
) -> impl IntoView {
    let managed = manages(own, member.role);
    let present = if managed {
        Either::Left(choice(tenant, &member, own, actions))
    } else {
        Either::Right(role::title(member.role))
    };
    let removal = (managed && !is_reader).then(|| removal(tenant, &member, actions));
    view! {
        <tr>
            <th scope="row">
                {member.name.clone()}
                {is_reader.then(|| view! { <span class="quiet-text">" (you)"</span> })}
            </th>
            <td>{member.email.clone()}</td>
            <td>{present}</td>
            <td class="nowrap"><Time at=member.joined_at precision=Precision::Day /></td>
            <td class="number">{removal}</td>
        </tr>
    }
}

fn choice(tenant: Tenant, member: &Member, own: Role, actions: Actions) -> impl IntoView + use<> {
    let (user, present) = (member.user, member.role);
    let label = format!("Role of {}", member.name);
    let save = format!("Save the role of {}", member.name);
    let options = grantable(own).iter().map(move |&each| {
        view! {
            <option value=each.as_str() selected=each == present>{role::title(each)}</option>
        }
    });
    view! {
        <ActionForm action=actions.change>
            <div class="inline">
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <input type="hidden" name="user" value=user.to_string() />
                <select name="role" aria-label=label>{options.collect_view()}</select>
                <button type="submit" class="small" aria-label=save>"Save"</button>
            </div>
        </ActionForm>
    }
}

fn removal(tenant: Tenant, member: &Member, actions: Actions) -> impl IntoView + use<> {
    let lost = format!(
        "{} sees nothing of this tenant any more, until somebody invites them again. What they made stays.",
        member.name
    );
    let user = member.user;
    view! {
        <RemovalOf what="Remove" name=member.name.clone() lost>
            <ActionForm action=actions.remove>
                <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                <input type="hidden" name="user" value=user.to_string() />
                <button type="submit" class="danger small">"Remove the member"</button>
            </ActionForm>
        </RemovalOf>
    }
}
