//! A deployment of store and frontend for one test.

use std::time::Duration;

use bus::Bus;
use contract::access;
use contract::id::TenantId;
use reqwest::header::AUTHORIZATION;
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use testkit::{Database, Nats, Process, eventually};
use tokio_util::sync::CancellationToken;

pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct World {
    pub(crate) nats: Nats,
    pub(crate) database: Database,
    pub(crate) store: Option<Process>,
    pub(crate) frontend: Process,
    pub(crate) http: Client,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// With a frontend that is configured otherwise.
    pub(crate) async fn start_with(configure: impl FnOnce(&mut frontend::Args)) -> Self {
        let (nats, database) = tokio::join!(testkit::nats(), testkit::database());
        nats.provision().await;
        let store = start_store(&nats, &database, &[]).await;
        let mut args = frontend_args(&nats);
        configure(&mut args);
        let frontend = Process::start(access::FRONTEND, frontend::serve, args).await;
        Self {
            nats,
            database,
            store: Some(store),
            frontend,
            http: testkit::http::client(),
        }
    }

    pub(crate) async fn stop(mut self) {
        self.frontend.stop().await;
        if let Some(store) = self.store.take() {
            store.stop().await;
        }
    }

    pub(crate) async fn stop_store(&mut self) {
        let store = self.store.take().expect("the store runs");
        store.stop().await;
    }

    /// The same store once more, told something else.
    pub(crate) async fn restart_store(&mut self, more: &[&str]) {
        self.stop_store().await;
        self.store = Some(start_store(&self.nats, &self.database, more).await);
    }

    /// A connection as another service.
    pub(crate) async fn bus(&self, user: &'static str) -> Bus {
        self.nats.bus(user, &CancellationToken::new()).await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        self.frontend.url(path)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path))
    }

    /// A person with a tenant of their own; returns their bearer token.
    pub(crate) async fn sign_up(&self, tenant: &str) -> String {
        let form =
            json!({"email": email(tenant), "password": PASSWORD, "name": "Ada", "tenant": tenant});
        let answer = self.post("/api/v1/signup", None, &form).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        bearer(answer).await
    }

    pub(crate) async fn get(&self, path: &str, bearer: &str) -> (StatusCode, Value) {
        let answer = self
            .request(Method::GET, path)
            .header(AUTHORIZATION, format!("Bearer {bearer}"))
            .send()
            .await
            .expect("an answer");
        (answer.status(), json_of(answer).await)
    }

    pub(crate) async fn post(&self, path: &str, bearer: Option<&str>, body: &Value) -> Response {
        let request = self.request(Method::POST, path).json(body);
        let request = match bearer {
            Some(bearer) => request.header(AUTHORIZATION, format!("Bearer {bearer}")),
            None => request,
        };
        request.send().await.expect("an answer")
    }

    /// Creates a page and returns it.
    pub(crate) async fn create_page(&self, tenant: &str, bearer: &str, body: &Value) -> Value {
        let path = format!("/api/v1/tenants/{tenant}/pages");
        let answer = self.post(&path, Some(bearer), body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        json_of(answer).await
    }

    pub(crate) async fn put(&self, path: &str, bearer: &str, body: &Value) -> Response {
        let request = self.request(Method::PUT, path).json(body);
        let request = request.header(AUTHORIZATION, format!("Bearer {bearer}"));
        request.send().await.expect("an answer")
    }

    /// Anybody's look at a path, on a host if one is named.
    pub(crate) async fn visit(&self, path: &str, host: Option<&str>) -> Response {
        let request = self
            .request(Method::GET, path)
            .header("accept", "text/html, */*");
        let request = match host {
            Some(host) => request.header("host", host),
            None => request,
        };
        request.send().await.expect("an answer")
    }

    /// Creates a monitor and returns its id.
    pub(crate) async fn create_monitor(&self, tenant: &str, bearer: &str, body: &Value) -> String {
        let path = format!("/api/v1/tenants/{tenant}/monitors");
        let answer = self.post(&path, Some(bearer), body).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let monitor = json_of(answer).await;
        monitor["id"].as_str().expect("an id").to_owned()
    }

    /// Creates an API token and waits until it is known; returns its id and its secret.
    pub(crate) async fn create_token(
        &self,
        tenant: &str,
        bearer: &str,
        scope: &str,
    ) -> (String, String) {
        let path = format!("/api/v1/tenants/{tenant}/tokens");
        let wanted = json!({"name": "CI", "scopes": [scope]});
        let answer = self.post(&path, Some(bearer), &wanted).await;
        assert_eq!(answer.status(), StatusCode::CREATED);
        let created = json_of(answer).await;
        let text = |field: &str| created[field].as_str().expect("text").to_owned();
        let secret = text("secret");
        // The bucket follows the database.
        eventually(Duration::from_secs(20), || async {
            self.get(&path, &secret).await.0 == StatusCode::FORBIDDEN
        })
        .await;
        (text("id"), secret)
    }

    pub(crate) async fn tenant_id(&self, slug: &str) -> TenantId {
        let pool = self.database.pool().await;
        let id: String = sqlx::query_scalar("select id::text from tenant where slug = $1")
            .bind(slug)
            .fetch_one(&pool)
            .await
            .expect("the tenant exists");
        pool.close().await;
        id.parse().expect("an id")
    }

    /// The bearer token of a person who signed up.
    pub(crate) async fn log_in(&self, person: &str) -> String {
        let form = json!({"email": email(person), "password": PASSWORD});
        bearer(self.post("/api/v1/login", None, &form).await).await
    }

    /// Makes the person who owns tenant `person` a member of `tenant`, by invitation of its owner.
    pub(crate) async fn add_member(&self, tenant: &str, person: &str, role: &str) {
        let (owner, person) = (self.log_in(tenant).await, self.log_in(person).await);
        let path = format!("/api/v1/tenants/{tenant}/invitations");
        let invited = self.post(&path, Some(&owner), &json!({"role": role})).await;
        assert_eq!(invited.status(), StatusCode::CREATED);
        let secret = json!({"secret": json_of(invited).await["secret"]});
        let accept = "/api/v1/invitations/accept";
        let accepted = self.post(accept, Some(&person), &secret).await;
        assert_eq!(accepted.status(), StatusCode::OK);
    }

    /// Signs in as a browser without script would; returns the `Cookie` header it then sends.
    pub(crate) async fn sign_in(&self, person: &str) -> String {
        let answer = self
            .request(Method::POST, "/fn/sign-in")
            .header("accept", "text/html")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!(
                "email={}&password={}",
                email(person),
                PASSWORD.replace(' ', "+")
            ))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::FOUND);
        let cookie = answer.headers()["set-cookie"].to_str().expect("text");
        let (cookie, _) = cookie.split_once(';').expect("attributes");
        cookie.to_owned()
    }
}

pub(crate) fn email(person: &str) -> String {
    format!("{person}@example.org")
}

pub(crate) async fn bearer(answer: Response) -> String {
    let body = json_of(answer).await;
    body["token"].as_str().expect("a token").to_owned()
}

/// The body as JSON; null where there is none.
pub(crate) async fn json_of(answer: Response) -> Value {
    let body = answer.text().await.expect("a body");
    serde_json::from_str(&body).unwrap_or_default()
}

/// A monitor as its owner describes it.
pub(crate) fn monitor(name: &str, public: bool) -> Value {
    json!({"name": name, "target": "https://example.org/health", "regions": ["eu-central"], "public": public})
}

async fn start_store(nats: &Nats, database: &Database, more: &[&str]) -> Process {
    let (url, password) = (nats.url(), nats.password(access::STORE));
    let words = [
        "--nats-url",
        &url,
        "--nats-password",
        &password,
        "--database-url",
        &database.store_url(),
    ];
    let args = testkit::args(&[&words, more].concat());
    Process::start(access::STORE, store::run, args).await
}

fn frontend_args(nats: &Nats) -> frontend::Args {
    frontend::Args {
        nats: nats.args(access::FRONTEND),
        listen: ([127, 0, 0, 1], 0).into(),
        jwt_secret: "a secret of at least thirty-two characters".to_owned(),
        assets: None,
        ingress_url: "http://127.0.0.1:8081".to_owned(),
        base_domain: None,
        name_servers: Vec::new(),
        https: false,
    }
}
