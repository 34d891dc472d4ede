use system_tests::browser::{Browser, DESKTOP, Page};
use system_tests::push::unique;

use crate::Stage;
use crate::dashboard::{LIVE, dashboard, sign_in};

const LINK: &str = "document.querySelector('.fresh-secret pre code')?.textContent ?? ''";
/// What the server says to who posts a monitor from this page.
const CREATE: &str = "fetch('/fn/create-monitor', {
    method: 'POST',
    headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({tenant: location.pathname.split('/')[2], spec: {
        name: 'Not mine', target: 'https://example.org/', regions: ['eu-central']
    }}),
}).then(answer => answer.status)";

pub(crate) async fn a_viewer_who_is_invited_comes_in_and_cannot_edit(stage: &Stage) {
    let owner = sign_in(stage).await;
    let link = invite(stage, &owner).await;

    // Somebody else, with cookies of their own.
    let browser = Browser::start().await;
    let page = browser.tab(DESKTOP).await;
    page.open(&link).await;
    page.shows("invites you as viewer").await;
    page.click("main a[href^='/sign-up?next=/invite/']").await;
    page.becomes("location.pathname === '/sign-up'").await;
    let name = unique("viewer");
    page.fill("#name", &name).await;
    page.fill("#email", &format!("{name}@example.com")).await;
    page.fill("#password", "correct horse battery").await;
    page.click("button[type=submit]").await;
    page.shows("Accept the invitation").await;
    page.click("main button[type=submit]").await;
    page.becomes("location.pathname.startsWith('/d/')").await;
    page.open(&dashboard(stage, "/members")).await;
    page.becomes(LIVE).await;
    page.shows(&format!("{name} (you)")).await;
    let text = page.text().await;
    assert!(!text.contains("Invite somebody"), "{text}");
    page.is_clean();
    // From here on the console names what the server refuses.
    assert_eq!(page.value::<u16>(CREATE).await, Ok(403));
    page.open(&dashboard(stage, "/audit")).await;
    page.shows("Your role does not allow this").await;
    leave(stage, &page).await;
    browser.stop().await;

    owner.open(&dashboard(stage, "/audit")).await;
    owner.shows("joined as viewer").await;
    owner.is_clean();
}

/// Founds a tenant, deletes it, and then the account.
async fn leave(stage: &Stage, page: &Page) {
    page.open(&stage.environment.frontend("/tenants/new")).await;
    let slug = unique("short-lived").replace('_', "-");
    page.fill("#name", "Short-lived").await;
    page.fill("#address", &slug).await;
    page.click("main button[type=submit]").await;
    page.becomes(&format!("location.pathname === '/d/{slug}'"))
        .await;
    page.open(&stage.environment.frontend(&format!("/d/{slug}/settings")))
        .await;
    page.becomes(LIVE).await;
    page.click("main details > summary").await;
    page.fill("#confirm", "another").await;
    page.click("main details button[type=submit]").await;
    page.shows("Is not the tenant's name in addresses").await;
    page.clear("#confirm").await;
    page.fill("#confirm", &slug).await;
    page.click("main details button[type=submit]").await;
    page.becomes("!location.pathname.includes('/settings')")
        .await;
    let account = stage.environment.frontend("/account");
    page.open(&account).await;
    page.click("main details > summary").await;
    page.fill("#password", "correct horse battery").await;
    page.click("main details button[type=submit]").await;
    page.becomes("location.pathname === '/'").await;
    page.open(&account).await;
    page.becomes("location.pathname === '/sign-in'").await;
}

/// Makes a link by the form.
async fn invite(stage: &Stage, owner: &Page) -> String {
    owner.open(&dashboard(stage, "/members")).await;
    owner.becomes(LIVE).await;
    owner
        .becomes("document.querySelector('form #role') !== null")
        .await;
    owner
        .click("section[aria-labelledby=invite] button[type=submit]")
        .await;
    owner.becomes(&format!("({LINK}) !== ''")).await;
    owner.value(LINK).await.expect("a link")
}
