//! Schemathesis: it makes requests of our OpenAPI documents, good ones and bad ones, and holds every answer against them.

use std::process::Output;
use std::time::Duration;

use preview_envs::scratch::Folder;
use preview_envs::toolchain::peers::CLIENTS;
use system_tests::Environment;
use system_tests::api::{Api, get};
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
/// Enough for some thousands of requests.
const BUDGET_S: &str = "60";
const DONE: Duration = Duration::from_mins(3);

pub(crate) async fn every_answer_of_ingress_is_as_its_document_says(environment: &Environment) {
    let document = environment.ingress("/api/v1/openapi.json");
    examine(&document, &environment.token(), "", &[]).await;
}

pub(crate) async fn every_answer_of_the_frontend_is_as_its_document_says(
    environment: &Environment,
) {
    let document = environment.frontend("/api/v1/openapi.json");
    let owner = Api::sign_up(environment, "examined").await;
    // A tenant made up at random would not be found.
    let config = "[parameters]\n\"path.tenant\" = \"examined\"\n";
    // After this one the others would be asked by nobody.
    let last = "sign_out_everywhere";
    for choice in ["--exclude-operation-id", "--include-operation-id"] {
        examine(&document, owner.bearer(), config, &[choice, last]).await;
    }
}

async fn examine(document: &str, bearer: &str, config: &str, choice: &[&str]) {
    let served = get(document).await;
    assert_eq!(served.status, 200, "{served:?}");
    let output = run(document, bearer, config, choice).await;
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

async fn run(document: &str, bearer: &str, config: &str, choice: &[&str]) -> Output {
    let program = CLIENTS.find("schemathesis");
    let program = program.expect("`cargo preview test end-to-end` installs it");
    // It leaves what it learned in the folder that it runs in.
    let folder = Folder::new("schemathesis");
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text);
    write("hooks.py", HOOKS).expect("written");
    write("schemathesis.toml", config).expect("written");
    let mut command = Command::new(program);
    command
        .args(["--no-color", "run", document, "--checks", CHECKS])
        .args(["--header", &format!("Authorization: Bearer {bearer}")])
        .args([
            "--phases",
            "examples,coverage,fuzzing",
            "--max-examples",
            EXAMPLES,
        ])
        .args(["--generation-deterministic", "--continue-on-failure"])
        .args(["--max-time", BUDGET_S])
        .args(["--warnings", "off"])
        .args(choice)
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", folder.path())
        .current_dir(folder.path())
        .kill_on_drop(true);
    let output = tokio::time::timeout(DONE, command.output()).await;
    output.expect("it ends in time").expect("it runs")
}
