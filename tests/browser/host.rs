use system_tests::agent::Agent;
use system_tests::push::unique;

use crate::Stage;
use crate::dashboard::{LIVE, dashboard, sign_in};

/// A host is added, its agent is let in by the command of the page, and its chart moves.
pub(crate) async fn a_host_is_added_and_its_chart_is_drawn(stage: &Stage) {
    let page = sign_in(stage).await;
    page.open(&dashboard(stage, "/hosts")).await;
    page.becomes(LIVE).await;
    let host = unique("host");
    page.fill("#name", &host).await;
    page.click("#add ~ form button[type=submit], section form.form button.primary")
        .await;
    let command = "document.querySelector('.fresh-secret code')?.textContent ?? ''";
    page.becomes(&format!("({command}).includes('--code ')"))
        .await;
    let command: String = page.value(command).await.expect("a command");
    let mut words = command
        .split_whitespace()
        .skip_while(|word| *word != "--code");
    let code = words.nth(1).expect("a code");
    let agent = Agent::let_in(&stage.environment, code, &[]).await;
    page.open(&dashboard(
        stage,
        &format!("/explore?metric=system.cpu.utilization&match=host%3D{host}&range=15m"),
    ))
    .await;
    let line = "(document.querySelector('svg.lines path.series-1')?.getAttribute('d') ?? '')";
    page.becomes(&format!("{line} !== ''")).await;
    page.becomes(LIVE).await;
    page.mark().await;
    let before: String = page.value(line).await.expect("a line");
    let before = serde_json::to_string(&before).expect("text is JSON");
    page.becomes(&format!("{line} !== {before}")).await;
    page.was_not_reloaded().await;
    page.is_clean();
    agent.stop().await;
}
