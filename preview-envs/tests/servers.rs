//! The servers, for real.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use contract::access;
use contract::id::Region;
use preview_envs::scratch::Folder;
use preview_envs::server::{nats, postgres};

fn regions() -> Vec<Region> {
    ["eu-central", "us-east"]
        .map(|region| region.parse().expect("valid"))
        .to_vec()
}

/// What the server says to a client that signs in as `user` and then sends `commands`.
fn talk(server: &nats::Server, user: &str, password: &str, commands: &str) -> String {
    let mut connection =
        TcpStream::connect(("127.0.0.1", server.ports().client)).expect("connected");
    connection
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("set");
    let hello =
        serde_json::json!({"user": user, "pass": password, "verbose": false, "pedantic": false});
    write!(connection, "CONNECT {hello}\r\n{commands}PING\r\n").expect("sent");
    let mut said = Vec::new();
    let mut buffer = [0; 4_096];
    while !String::from_utf8_lossy(&said).contains("PONG") {
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(count) => said.extend_from_slice(&buffer[..count]),
        }
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn every_user_may_use_its_own_subjects_and_no_others() {
    let folder = Folder::new("nats");
    let options = nats::Options::new(folder.path(), regions());
    let server = nats::Server::start(&options).await.expect("started");
    for user in access::users(&regions()) {
        let password = server.password(user.name).expect("known").to_owned();
        let own: Vec<String> = user
            .subscribe
            .iter()
            .map(|subject| format!("SUB {subject} 1\r\n"))
            .collect();
        let own = own.concat();
        let said = talk(&server, user.name, &password, &own);
        assert!(
            said.contains("PONG") && !said.contains("-ERR"),
            "{}: {said}",
            user.name
        );
        let said = talk(&server, user.name, &password, "SUB strange 1\r\n");
        assert!(
            said.contains("Permissions Violation for Subscription"),
            "{}: {said}",
            user.name
        );
        let said = talk(&server, user.name, &password, "PUB strange 0\r\n\r\n");
        assert!(
            said.contains("Permissions Violation for Publish"),
            "{}: {said}",
            user.name
        );
        let said = talk(&server, user.name, "wrong", "");
        assert!(
            said.contains("Authorization Violation"),
            "{}: {said}",
            user.name
        );
    }
    server.stop().await.expect("stopped");
}

#[tokio::test]
async fn a_killed_nats_server_comes_back_on_its_ports_with_its_passwords() {
    let folder = Folder::new("nats-again");
    let mut options = nats::Options::new(folder.path(), regions());
    let first = nats::Server::start(&options).await.expect("started");
    let (ports, password) = (
        first.ports(),
        first.password("store").expect("known").to_owned(),
    );
    drop(first);
    options.ports = Some(ports);
    let second = nats::Server::start(&options).await.expect("started again");
    assert_eq!(second.ports(), ports);
    assert_eq!(second.password("store").expect("known"), password);
    second.stop().await.expect("stopped");
}

#[tokio::test]
async fn a_killed_postgres_comes_back_with_its_databases() {
    let folder = Folder::new("postgres");
    let options = postgres::Options {
        durable: false,
        ..postgres::Options::new(folder.path())
    };
    let first = postgres::Server::start(&options).await.expect("started");
    assert!(first.ensure_database("overseer").await.expect("created"));
    let port = first.port();
    drop(first);
    let options = postgres::Options {
        port: Some(port),
        ..options
    };
    let second = postgres::Server::start(&options)
        .await
        .expect("started again");
    assert!(!second.ensure_database("overseer").await.expect("found"));
    assert!(
        second
            .owner_url("overseer")
            .starts_with("postgres://overseer_owner:")
    );
    second.stop().await.expect("stopped");
    postgres::remove(folder.path()).expect("removed");
}

#[tokio::test]
async fn databases_are_copied_from_a_template() {
    let folder = Folder::new("postgres-template");
    let options = postgres::Options {
        durable: false,
        ..postgres::Options::new(folder.path())
    };
    let server = postgres::Server::start(&options).await.expect("started");
    server
        .create_database("seeded", None)
        .await
        .expect("created");
    server.make_template("seeded").await.expect("marked");
    server
        .create_database("copy", Some("seeded"))
        .await
        .expect("copied");
    server.drop_database("copy").await.expect("dropped");
    assert!(server.ensure_database("copy").await.expect("created again"));
    server.stop().await.expect("stopped");
    postgres::remove(folder.path()).expect("removed");
}
