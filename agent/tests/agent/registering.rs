use std::os::unix::fs::PermissionsExt as _;
use std::process::Output;

use preview_envs::scratch::Folder;

use crate::ingress::Ingress;
use crate::process::{Agent, command, registered};

fn register(folder: &Folder, url: &str, code: &str) -> Output {
    let words = ["register", "--url", url, "--code", code];
    command(folder.path(), &words)
        .output()
        .expect("the agent runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_becomes_a_token_that_only_its_owner_reads() {
    let ingress = Ingress::start().await;
    let folder = Folder::new("agent");
    let output = register(&folder, &ingress.url(), "ovc_good");
    assert!(output.status.success(), "{}", said(&output));
    let form = ingress.forms().remove(0);
    assert_eq!(form["version"], env!("CARGO_PKG_VERSION"));
    assert!(
        form["hostname"].is_string() && form["os"].is_string(),
        "{form}"
    );
    let file = folder.path().join("agent.json");
    let mode = std::fs::metadata(&file).expect("kept").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let kept = std::fs::read_to_string(file).expect("kept");
    assert!(kept.contains("ovs_secret"));
    assert!(!said(&output).contains("ovs_secret"), "{}", said(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_refused_in_words() {
    let ingress = Ingress::start().await;
    let folder = Folder::new("agent");
    let output = register(&folder, &ingress.url(), "ovc_bad");
    assert!(!output.status.success());
    assert!(
        said(&output).contains("refused (422): not now: the words of ingress"),
        "{}",
        said(&output)
    );
    assert!(!folder.path().join("agent.json").exists());
}

#[test]
fn an_agent_that_is_not_registered_says_what_to_do() {
    let folder = Folder::new("agent");
    let output = command(folder.path(), &["run"])
        .output()
        .expect("the agent runs");
    assert!(!output.status.success());
    let said = said(&output);
    assert!(said.contains("this host is not registered"), "{said}");
    assert!(said.contains("in the dashboard under Hosts"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_agents_do_not_share_a_state_folder() {
    let ingress = Ingress::start().await;
    let state = registered(&ingress.url());
    let _first = Agent::run(state.path());
    ingress.takes(1).await;
    let second = command(state.path(), &["run"])
        .output()
        .expect("the agent runs");
    assert!(!second.status.success());
    assert!(
        said(&second).contains("another agent uses"),
        "{}",
        said(&second)
    );
}
