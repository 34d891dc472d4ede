use system_tests::api::{Api, text};
use system_tests::browser::{DESKTOP, DESKTOP_DARK, PHONE, PHONE_DARK};

use crate::Stage;
use crate::dashboard::{LIVE, dashboard, sign_in};

/// A rule that is tried as the page opens.
const RULE: &str = "/rules/new?form%5Bname%5D=Busy&form%5Bkind%5D=threshold&form%5Bmetric%5D=system.cpu.utilization&form%5Bvalue%5D=0.5";

/// The page of one of the demo's monitors.
async fn monitor(stage: &Stage) -> String {
    let all = Api::sign_in(&stage.environment)
        .await
        .get("/monitors")
        .await;
    format!("/monitors/{}", text(&all.expect(200)[0], "id"))
}

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
        ("monitor", dashboard(stage, &monitor(stage).await)),
        ("create-monitor", dashboard(stage, "/monitors/new")),
        ("rules", dashboard(stage, "/rules")),
        ("create-rule", dashboard(stage, RULE)),
        ("incidents", dashboard(stage, "/incidents")),
        ("maintenance", dashboard(stage, "/maintenance")),
        ("plan-work", dashboard(stage, "/maintenance/new")),
        ("hosts", dashboard(stage, "/hosts")),
        ("channels", dashboard(stage, "/channels")),
        ("tokens", dashboard(stage, "/tokens")),
        ("pages", dashboard(stage, "/pages")),
    ];
    let page = sign_in(stage).await;
    for (name, url) in pages {
        for (suffix, view) in views {
            page.look(view).await;
            page.open(&url).await;
            page.becomes("document.readyState === 'complete'").await;
            if url.contains("/d/") {
                // The picture is of the page as it works, and nothing is left in the middle of hydration.
                page.becomes(LIVE).await;
            }
            page.screenshot(&format!("{name}-{suffix}")).await;
            page.becomes("document.documentElement.scrollWidth <= window.innerWidth")
                .await;
        }
    }
    page.is_clean();
}
