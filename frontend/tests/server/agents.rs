use reqwest::StatusCode;
use serde_json::json;

use crate::world::{World, json_of};

const AGENTS: &str = "/api/v1/tenants/acme/agents";
const REGISTER: &str = "/api/v1/agents/register";

#[tokio::test]
async fn a_host_is_added_with_a_command_that_works_once() {
    let world = World::start().await;
    let acme = world.sign_up("acme").await;
    let invited = world
        .post(AGENTS, Some(&acme), &json!({"name": "web-1"}))
        .await;
    assert_eq!(invited.status(), StatusCode::CREATED);
    let invited = json_of(invited).await;
    let code = invited["code"].as_str().expect("a code");
    let url = world.url("");
    assert_eq!(
        invited["command"],
        format!("overseer-agent register --url {url} --code {code} && overseer-agent run")
    );
    let form = json!({"code": code, "hostname": "web-1", "version": "0.1.0", "os": "Debian 12"});
    let welcome = world.post(REGISTER, None, &form).await;
    assert_eq!(welcome.status(), StatusCode::CREATED);
    let welcome = json_of(welcome).await;
    assert_eq!(welcome["tenant"], "acme");
    assert_eq!(welcome["ingress_url"], "http://127.0.0.1:8081");
    let token = welcome["token"].as_str().expect("a token");
    assert!(token.starts_with("ovs_"), "{token}");

    let again = world.post(REGISTER, None, &form).await;
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(json_of(again).await["errors"][0]["field"], "code");
    let (_, listed) = world.get(AGENTS, &acme).await;
    assert_eq!(listed[0]["standing"], "registered");
    let told = listed.to_string();
    assert!(!told.contains(code) && !told.contains(token), "{told}");
    world.stop().await;
}
