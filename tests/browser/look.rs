use system_tests::browser::{DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK};

use crate::Stage;
use crate::dashboard::{dashboard, sign_in};

/// Pictures for people to look at; that nothing sticks out sideways is checked here.
pub(crate) async fn dashboard_and_status_page_have_their_picture_taken(stage: &Stage) {
    let views = [
        ("light", DESKTOP),
        ("dark", DESKTOP_DARK),
        ("phone-light", PHONE),
        ("phone-dark", PHONE_DARK),
    ];
    let pages = [
        ("status-page", stage.environment.status_page()),
        ("dashboard", dashboard(stage, "")),
        ("monitors", dashboard(stage, "/monitors")),
        ("explore", dashboard(stage, "/explore")),
        ("members", dashboard(stage, "/members")),
        ("audit", dashboard(stage, "/audit")),
        ("settings", dashboard(stage, "/settings")),
        ("account", stage.environment.frontend("/account")),
    ];
    let page = sign_in(stage).await;
    for (name, url) in pages {
        for (suffix, view) in views {
            page.look(view).await;
            page.open(&url).await;
            page.becomes("document.readyState === 'complete'").await;
            page.screenshot(&format!("{name}-{suffix}")).await;
            page.becomes("document.documentElement.scrollWidth <= window.innerWidth")
                .await;
        }
    }
    page.is_clean();
    page.close().await;
}
