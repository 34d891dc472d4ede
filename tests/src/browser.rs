//! Chromium, driven over its own protocol.

mod console;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chromiumoxide::browser::{Browser as Chromium, BrowserConfig};
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetScriptExecutionDisabledParams,
};
use chromiumoxide::cdp::browser_protocol::log::EventEntryAdded;
use chromiumoxide::cdp::js_protocol::runtime::{EventConsoleApiCalled, EventExceptionThrown};
use chromiumoxide::page::ScreenshotParams;
use futures_util::StreamExt as _;
use preview_envs::scratch::Folder;
use preview_envs::{suites, workspace};
use serde::de::DeserializeOwned;
use testkit::eventually;
use tokio::task::JoinSet;

const SHOWN: Duration = Duration::from_secs(20);
/// Without them the browser looks for hosts of its maker.
pub const QUIET: [&str; 7] = [
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "disable-dev-shm-usage",
];

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
pub struct View {
    pub dark: bool,
    pub width_px: u32,
}

pub const DESKTOP: View = View {
    dark: false,
    width_px: 1280,
};
pub const DESKTOP_DARK: View = View {
    dark: true,
    ..DESKTOP
};
pub const PHONE: View = View {
    dark: false,
    width_px: 390,
};
pub const PHONE_DARK: View = View {
    dark: true,
    ..PHONE
};

/// A browser with a fresh profile.
pub struct Browser {
    chromium: Chromium,
    _profile: Folder,
    tasks: JoinSet<()>,
}

/// A tab, and what its console complained about where.
pub struct Page {
    tab: chromiumoxide::Page,
    /// What was opened last.
    opened: Arc<Mutex<String>>,
    complaints: Arc<Mutex<Vec<String>>>,
    tasks: JoinSet<()>,
}

impl Browser {
    /// Starts the browser of this machine; none is ever downloaded.
    pub async fn start() -> Self {
        let program = suites::browser::find();
        let program = program.expect("a Chromium on PATH: on Debian `apt-get install chromium`");
        let profile = Folder::new("browser");
        let config = BrowserConfig::builder()
            .chrome_executable(program)
            .user_data_dir(profile.path())
            .no_sandbox()
            .new_headless_mode()
            .viewport(None)
            .args(QUIET)
            .build()
            .expect("the browser's configuration is complete");
        let (chromium, mut handler) = Chromium::launch(config).await.expect("the browser starts");
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            // An event this library cannot read is none of ours.
            while handler.next().await.is_some() {}
        });
        Self {
            chromium,
            _profile: profile,
            tasks,
        }
    }

    /// A new tab, not yet anywhere. Tabs share their cookies.
    pub async fn tab(&self, view: View) -> Page {
        let tab = self.chromium.new_page("about:blank").await.expect("a tab");
        let mut page = Page {
            tab,
            opened: Arc::default(),
            complaints: Arc::default(),
            tasks: JoinSet::new(),
        };
        page.listen().await;
        page.look(view).await;
        page
    }

    /// Ends the browser.
    pub async fn stop(mut self) {
        self.chromium
            .close()
            .await
            .expect("the browser can be told");
        self.chromium.wait().await.expect("the browser ends");
        self.tasks.shutdown().await;
    }
}

impl Page {
    async fn listen(&mut self) {
        self.tab.enable_log().await.expect("the log can be read");
        let mut calls = self.events::<EventConsoleApiCalled>().await;
        let mut thrown = self.events::<EventExceptionThrown>().await;
        let mut entries = self.events::<EventEntryAdded>().await;
        let (opened, complaints) = (self.opened.clone(), self.complaints.clone());
        self.tasks.spawn(async move {
            loop {
                let complaint = tokio::select! {
                    Some(call) = calls.next() => console::of_call(&call),
                    Some(thrown) = thrown.next() => Some(console::of_exception(&thrown)),
                    Some(entry) = entries.next() => console::of_entry(&entry),
                    else => break,
                };
                let page = opened.lock().expect("no holder panics").clone();
                let complaint = complaint.map(|complaint| format!("{page}: {complaint}"));
                complaints
                    .lock()
                    .expect("no holder of the complaints panics")
                    .extend(complaint);
            }
        });
    }

    async fn events<E>(&self) -> chromiumoxide::listeners::EventStream<E>
    where
        E: chromiumoxide::cdp::IntoEventKind + Unpin,
    {
        let events = self.tab.event_listener::<E>().await;
        events.expect("events can be listened to")
    }

    /// Changes theme and width, without a reload.
    pub async fn look(&self, view: View) {
        let scheme = MediaFeature {
            name: "prefers-color-scheme".to_owned(),
            value: if view.dark { "dark" } else { "light" }.to_owned(),
        };
        self.tab
            .emulate_media_features(vec![scheme])
            .await
            .expect("a theme can be emulated");
        let phone = view.width_px < 600;
        let size = SetDeviceMetricsOverrideParams::new(view.width_px, 900, 1.0, phone);
        self.tab
            .execute(size)
            .await
            .expect("a size can be emulated");
    }

    /// From the next page on.
    pub async fn disable_scripts(&self) {
        let disabled = SetScriptExecutionDisabledParams::new(true);
        self.tab
            .execute(disabled)
            .await
            .expect("scripts can be disabled");
    }

    /// Opens a URL and waits until the page has loaded.
    pub async fn open(&self, url: &str) {
        url.clone_into(&mut self.opened.lock().expect("no holder panics"));
        self.tab.goto(url).await.expect("the page loads");
    }

    pub async fn url(&self) -> String {
        let url = self.tab.url().await.expect("a tab has a URL");
        url.unwrap_or_default()
    }

    /// The value of a JavaScript expression.
    pub async fn value<T: DeserializeOwned>(&self, expression: &str) -> Result<T, String> {
        let value = self.tab.evaluate_expression(expression).await;
        let value = value.map_err(|error| format!("{expression}: {error}"))?;
        value
            .into_value()
            .map_err(|error| format!("{expression}: {error}"))
    }

    /// Runs a script for its effect.
    pub async fn run(&self, script: &str) {
        let run = self.tab.evaluate_expression(script).await;
        run.expect("the script runs");
    }

    /// All text that is shown.
    pub async fn text(&self) -> String {
        let text = self.value("document.body.innerText").await;
        text.unwrap_or_default()
    }

    /// Waits until a JavaScript expression is true.
    pub async fn becomes(&self, expression: &str) {
        eventually(SHOWN, || async {
            if self.value(expression).await? {
                return Ok(());
            }
            Err(format!(
                "`{expression}` is not true of {}, whose console complains of {:#?}:\n{}",
                self.url().await,
                self.complaints(),
                self.text().await
            ))
        })
        .await;
    }

    /// Waits until the page shows a text.
    pub async fn shows(&self, text: &str) {
        let text = serde_json::to_string(text).expect("text is JSON");
        self.becomes(&format!("document.body.innerText.includes({text})"))
            .await;
    }

    /// Types into the field that a CSS selector names.
    pub async fn fill(&self, selector: &str, text: &str) {
        let field = eventually(SHOWN, || self.tab.find_element(selector)).await;
        field.click().await.expect("the field can be clicked");
        field.type_str(text).await.expect("the field takes text");
    }

    /// Chooses an option of a select by its value.
    pub async fn choose(&self, selector: &str, value: &str) {
        eventually(SHOWN, || self.tab.find_element(selector)).await;
        self.run(&format!(
            "{{ const field = document.querySelector({selector:?}); field.value = {value:?}; \
             field.dispatchEvent(new Event('change', {{ bubbles: true }})); }}"
        ))
        .await;
    }

    /// Empties a field.
    pub async fn clear(&self, selector: &str) {
        eventually(SHOWN, || self.tab.find_element(selector)).await;
        self.run(&format!("document.querySelector({selector:?}).value = ''"))
            .await;
    }

    pub async fn click(&self, selector: &str) {
        let element = eventually(SHOWN, || self.tab.find_element(selector)).await;
        element.click().await.expect("it can be clicked");
    }

    /// Marks the document, so that [`Self::was_not_reloaded`] can tell.
    pub async fn mark(&self) {
        self.value::<bool>("(window.untouched = true)")
            .await
            .expect("a mark");
    }

    pub async fn was_not_reloaded(&self) {
        let untouched = self.value("window.untouched === true").await;
        assert_eq!(untouched, Ok(true), "the page was loaded again");
    }

    /// Writes the whole page to `target/screenshots/<name>.png`.
    pub async fn screenshot(&self, name: &str) {
        let whole = ScreenshotParams::builder().full_page(true).build();
        let png = self.tab.screenshot(whole).await.expect("a picture");
        let folder = screenshots();
        std::fs::create_dir_all(&folder).expect("the target folder can be written");
        std::fs::write(folder.join(format!("{name}.png")), png).expect("a picture is written");
    }

    /// Fails when the console showed an error or an exception was thrown.
    pub fn is_clean(&self) {
        let complaints = self.complaints();
        assert!(
            complaints.is_empty(),
            "the console complains: {complaints:#?}"
        );
    }

    fn complaints(&self) -> Vec<String> {
        let complaints = self.complaints.lock();
        complaints
            .expect("no holder of the complaints panics")
            .clone()
    }
}

/// A tab that stayed open would keep a connection, of which a browser has six for each host.
impl Drop for Page {
    #[expect(
        clippy::disallowed_methods,
        reason = "a destructor cannot wait, and it ends with the browser at the latest"
    )]
    fn drop(&mut self) {
        let tab = self.tab.clone();
        tokio::spawn(async move {
            // A browser that has ended has no tabs either.
            let _ = tab.close().await;
        });
    }
}

fn screenshots() -> PathBuf {
    workspace::root().join("target/screenshots")
}
