//! A page's logo. The file is sent by the page's script.

use contract::page::Page;
use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::pages::RemovePageLogo;
use crate::components::problem::{FormProblem, error_of};
use crate::routes::dashboard::tenant::Tenant;

#[component]
pub fn Look(tenant: Tenant, page: Page) -> impl IntoView {
    let remove = ServerAction::<RemovePageLogo>::new();
    let error = error_of(remove);
    let id = page.id;
    let has_logo = page.has_logo;
    view! {
        <section>
            <h2>"Logo"</h2>
            <FormProblem error />
            <div class="form">
                <div class="field">
                    <label for="logo">{if has_logo { "Another image" } else { "Image" }}</label>
                    <input
                        id="logo"
                        type="file"
                        accept="image/png,image/jpeg,image/webp"
                        data-upload=move || tenant.path(&format!("/pages/{id}/logo"))
                        aria-describedby="logo-help"
                    />
                    <p id="logo-help" class="help" aria-live="polite">
                        "PNG, JPEG or WebP, at most 48 KiB. It stands 32 pixels high in place of the mark."
                    </p>
                </div>
                <Show when=move || has_logo>
                    <ActionForm action=remove>
                        <input type="hidden" name="tenant" value=tenant.slug.get_untracked() />
                        <input type="hidden" name="id" value=id.to_string() />
                        <button type="submit">"Remove the logo"</button>
                    </ActionForm>
                </Show>
            </div>
        </section>
    }
}
