//! Schemathesis: it makes requests of our OpenAPI document, good ones and bad ones, and holds every answer against it.

use std::process::Output;
use std::time::Duration;

use preview_envs::scratch::Folder;
use preview_envs::toolchain::peers::CLIENTS;
use system_tests::Environment;
use system_tests::api::get;
use system_tests::story::say;
use tokio::process::Command;

/// Requests of each kind for each operation.
const EXAMPLES: &str = "25";
/// How bodies are written that it does not know: as they are.
const HOOKS: &str = r#"
import json
import schemathesis

@schemathesis.serializer("application/x-ndjson", "application/x-protobuf")
def as_it_is(context, value):
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return json.dumps(value).encode()
"#;
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance";
const DONE: Duration = Duration::from_mins(3);

pub(crate) async fn every_answer_is_as_the_document_says(environment: &Environment) {
    let document = environment.ingress("/api/v1/openapi.json");
    let served = get(&document).await;
    assert_eq!(served.status, 200, "{served:?}");
    let output = examine(&document, &environment.token()).await;
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for line in said
        .lines()
        .filter(|line| line.contains("generated") || line.contains("passed"))
    {
        say(&format!("      {}", line.trim()));
    }
}

async fn examine(document: &str, token: &str) -> Output {
    let program = CLIENTS.find("schemathesis");
    let program = program.expect("`cargo preview test end-to-end` installs it");
    // It leaves what it learned in the folder that it runs in.
    let folder = Folder::new("schemathesis");
    std::fs::write(folder.path().join("hooks.py"), HOOKS).expect("written");
    let mut command = Command::new(program);
    command
        .args(["--no-color", "run", document, "--checks", CHECKS])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            EXAMPLES,
        ])
        .args(["--generation-deterministic", "--continue-on-failure"])
        .args(["--warnings", "off"])
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", folder.path())
        .current_dir(folder.path())
        .kill_on_drop(true);
    let output = tokio::time::timeout(DONE, command.output()).await;
    output.expect("it ends in time").expect("it runs")
}
