use crate::environment::Summary;
use crate::supervisor::distance_ms;

/// What a person wants to know of an environment that is ready.
pub(super) fn text(summary: &Summary) -> String {
    let or_none = |field: &Option<String>| field.clone().unwrap_or_else(|| "-".to_owned());
    let ingress = or_none(&summary.ingress_url);
    let lines = [
        ("Dashboard", or_none(&summary.frontend_url)),
        ("  e-mail", or_none(&summary.email)),
        ("  password", or_none(&summary.password)),
        ("Status page", or_none(&summary.status_page_url)),
        ("Push metrics", format!("{ingress}/api/v1/metrics")),
        ("  token", or_none(&summary.token)),
        (
            "NATS",
            format!(
                "{} (monitor {})",
                or_none(&summary.nats_url),
                or_none(&summary.nats_monitor_url)
            ),
        ),
        ("Database", or_none(&summary.database_url)),
        ("Regions", regions(summary)),
        ("State and logs", summary.state_dir.clone()),
    ];
    let table: Vec<String> = lines
        .iter()
        .map(|(what, value)| format!("  {what:<15} {value}\n"))
        .collect();
    let table = table.concat();
    let name = &summary.name;
    let token = or_none(&summary.token);
    format!(
        "\n  `{name}` is ready.\n\n{table}\n  curl {ingress}/api/v1/metrics -H 'Authorization: Bearer {token}' \\\n       \
         -H 'Content-Type: application/json' -d '{{\"samples\":[{{\"name\":\"hello\",\"value\":1}}]}}'\n"
    )
}

fn regions(summary: &Summary) -> String {
    let described = summary
        .regions
        .iter()
        .map(|region| match distance_ms(region) {
            Some(ms) if summary.demo => format!("{region} (+{ms} ms, simulated)"),
            _ => region.to_string(),
        });
    described.collect::<Vec<String>>().join(", ")
}
