use std::fmt::Write as _;
use std::path::Path;

use contract::access::User;

use super::Ports;
use crate::server::secrets::Secrets;

/// The account everything of an environment is in.
pub const ACCOUNT: &str = "OVERSEER";
/// The user of the system account, for people who look after the server.
pub(super) const SYSTEM_USER: &str = "sys";

/// Reservations of the streams are counted against this; it promises nothing about the disk.
const MAX_FILE_STORE: &str = "256GB";

/// The configuration of a server with these users. Port -1 is "any", told in a ports file.
pub(super) fn render(
    folder: &Path,
    ports: Option<Ports>,
    users: &[User],
    secrets: &Secrets,
) -> String {
    let (client, monitor) = ports.map_or((-1, -1), |ports| {
        (i32::from(ports.client), i32::from(ports.monitor))
    });
    let folder = folder.display();
    let mut text = format!(
        r#"# Written by `preview`; a change here is lost at the next start.
server_name: "overseer"
listen: "127.0.0.1:{client}"
http: "127.0.0.1:{monitor}"
ports_file_dir: "{folder}"
jetstream {{
  store_dir: "{folder}"
  sync_interval: "1s"
  max_file_store: {MAX_FILE_STORE}
}}
system_account: SYS
accounts {{
  SYS {{ users: [ {{ user: "{SYSTEM_USER}", password: "{}" }} ] }}
  {ACCOUNT} {{
    jetstream: enabled
    users: [
"#,
        password(secrets, SYSTEM_USER)
    );
    for user in users {
        let password = format!("\"{}\"", password(secrets, user.name));
        push_user(&mut text, user, &password);
    }
    text.push_str("    ]\n  }\n}\n");
    text
}

/// The users of an account in a file to include, for servers that others start. Each password is a variable of the server's
/// environment, such as `$INGRESS_PASSWORD`; nats-server takes one that looks like a number for a number.
pub fn users_file(users: &[User]) -> String {
    let mut text = "# Written by `cargo preview nats-users`; rights are decided in crates/contract/src/access.rs.\nusers: [\n".to_owned();
    for user in users {
        push_user(&mut text, user, &format!("${}", password_variable(user)));
    }
    text.push_str("]\n");
    text
}

/// `INGRESS_PASSWORD`.
fn password_variable(user: &User) -> String {
    format!("{}_PASSWORD", user.name.to_uppercase())
}

/// `password` is written as it is: a quoted string, or a variable.
fn push_user(text: &mut String, user: &User, password: &str) {
    let publish = subjects(&user.publish);
    let subscribe = subjects(&user.subscribe);
    let written = write!(
        text,
        r#"      {{ user: "{}", password: {password}, permissions: {{
          publish: {{ allow: [{publish}] }}
          subscribe: {{ allow: [{subscribe}] }}
      }} }}
"#,
        user.name
    );
    debug_assert!(written.is_ok(), "writing to a string does not fail");
}

fn subjects(subjects: &[String]) -> String {
    let quoted: Vec<String> = subjects
        .iter()
        .map(|subject| format!("\"{subject}\""))
        .collect();
    quoted.join(", ")
}

fn password<'a>(secrets: &'a Secrets, user: &str) -> &'a str {
    secrets.get(user).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_users() -> (Vec<User>, Secrets) {
        let user = |name, publish: &[&str]| User {
            name,
            publish: publish.iter().map(ToString::to_string).collect(),
            subscribe: vec![format!("_INBOX_{name}.>")],
        };
        let secrets = ["sys", "a", "b"].map(|name| (name.to_owned(), format!("{name}-secret")));
        (
            vec![user("a", &["x.>", "y"]), user("b", &["z"])],
            secrets.into(),
        )
    }

    #[test]
    fn each_user_has_exactly_its_own_subjects() {
        let (users, secrets) = two_users();
        let text = render(Path::new("/state"), None, &users, &secrets);
        assert!(
            text.contains(r#"user: "a", password: "a-secret""#),
            "{text}"
        );
        assert!(
            text.contains(r#"publish: { allow: ["x.>", "y"] }"#),
            "{text}"
        );
        assert!(
            text.contains(r#"subscribe: { allow: ["_INBOX_b.>"] }"#),
            "{text}"
        );
    }

    #[test]
    fn ports_are_any_unless_they_are_to_be_used_again() {
        let (users, secrets) = two_users();
        let any = render(Path::new("/state"), None, &users, &secrets);
        assert!(any.contains(r#"listen: "127.0.0.1:-1""#));
        let ports = Ports {
            client: 4_222,
            monitor: 8_222,
        };
        let same = render(Path::new("/state"), Some(ports), &users, &secrets);
        assert!(same.contains(r#"listen: "127.0.0.1:4222""#));
        assert!(same.contains(r#"http: "127.0.0.1:8222""#));
    }
}
