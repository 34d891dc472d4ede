//! Our phases against curl's own on the same server, with the same delays in the same places.
//!
//! Both resolve by the same `/etc/resolv.conf`, which only a namespace of one's own lets a test write: so the comparison runs
//! in a child of this test, in user, mount and network namespaces of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use contract::probe::{Outcome, Timings};
use preview_envs::toolchain::packages;
use preview_envs::workspace;
use prober::check::{Engine, Settings};
use serde_json::json;
use testkit::target::{Answer, Server};
use tokio::runtime::{Builder, Runtime};

use crate::names::{NameServer, found};
use crate::stage::check;

const ROUNDS: usize = 20;
/// Of each in a round; the first of curl's is not counted, since a new process has to load its resolver.
const IN_A_ROUND: usize = 10;
const NAMES: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 53);
const DNS_DELAY: Duration = Duration::from_millis(20);
const HANDSHAKE_DELAY: Duration = Duration::from_millis(20);
const FIRST_BYTE_DELAY: Duration = Duration::from_millis(20);
/// The lower quartiles may differ by this much, or by 5 %: what a busy machine adds is above them.
const TOLERANCE_MS: f64 = 0.3;
/// That they agree once is enough: what a busy machine adds parts them.
const ATTEMPTS: usize = 4;
const MOMENTS: &str = "%{time_namelookup} %{time_connect} %{time_appconnect} %{time_pretransfer} %{time_starttransfer}\\n";

/// DNS, connect, TLS and first byte, in milliseconds.
type Phases = [f64; 4];

#[test]
fn each_phase_agrees_with_curl() {
    install_tools();
    let resolv = std::env::temp_dir().join(format!("prober-{}-resolv.conf", std::process::id()));
    std::fs::write(&resolv, "nameserver 127.0.0.1\n").expect("room on the disk");
    let script = "ip link set lo up && mount --bind \"$0\" /etc/resolv.conf && exec \"$@\"";
    let child = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "--net"])
        .args(["sh", "-c", script])
        .arg(&resolv)
        .arg(std::env::current_exe().expect("a test has a file"))
        .args(["--exact", "accuracy::inside_the_namespace"])
        .args(["--ignored", "--nocapture"])
        .stdin(Stdio::null())
        .output()
        .expect("util-linux is installed");
    std::fs::remove_file(resolv).expect("the file");
    let [out, err] =
        [child.stdout, child.stderr].map(|it| String::from_utf8_lossy(&it).into_owned());
    assert!(
        child.status.success() && out.contains("1 passed"),
        "{out}\n{err}"
    );
}

fn install_tools() {
    let tools = [
        ("curl", "curl"),
        ("ip", "iproute2"),
        ("unshare", "util-linux"),
    ];
    let runtime = Runtime::new().expect("a runtime");
    for (_, package) in tools
        .into_iter()
        .filter(|(tool, _)| workspace::on_path(tool).is_none())
    {
        let packages = [package];
        let installed = packages::install(&packages, "to compare with curl");
        runtime.block_on(installed).expect("a package of Debian");
    }
}

#[test]
#[ignore = "is run by each_phase_agrees_with_curl, in namespaces of its own"]
fn inside_the_namespace() {
    // Threads of their own, so that what the servers do is no time of the prober's.
    let servers = Runtime::new().expect("a runtime");
    let (target, _names) = servers.block_on(async {
        let target = Server::tls().await;
        target.answer(Answer {
            handshake_delay: HANDSHAKE_DELAY,
            first_byte_delay: FIRST_BYTE_DELAY,
            ..Answer::default()
        });
        let names = NameServer::at(NAMES, DNS_DELAY, |_, _| Some(found(&["127.0.0.1"]))).await;
        (target, names)
    });
    let file = std::env::temp_dir().join(format!("prober-{}-accuracy.pem", std::process::id()));
    std::fs::write(&file, target.certificate_pem().expect("a certificate")).expect("a file");
    let settings = Settings {
        ca_file: Some(file.clone()),
        ..crate::stage::settings()
    };
    let engine = Engine::new(settings).expect("an engine");
    let prober = Builder::new_current_thread().enable_all().build();
    let prober = prober.expect("a runtime");
    let port = target.address().port();
    let agree = (0..ATTEMPTS).any(|_| {
        let (mut ours, mut curls) = (Vec::new(), Vec::new());
        // In turn, so that whatever the machine does in between is done to both.
        for round in 0..ROUNDS {
            // curl remembers names for as long as it lives, so each is asked for once.
            let url = |number| format!("https://n{round}-{number}.site.test:{port}/");
            for number in 0..IN_A_ROUND {
                ours.push(prober.block_on(by_us(&engine, &url(number))));
            }
            let urls: Vec<String> = (0..=IN_A_ROUND).map(url).collect();
            curls.extend(by_curl(&urls, &file).into_iter().skip(1));
        }
        assert_eq!((ours.len(), curls.len()), (200, 200));
        compare(&ours, &curls)
    });
    std::fs::remove_file(file).expect("the file");
    assert!(agree, "they never agreed in all phases: see above");
}

/// Whether all phases agree.
fn compare(ours: &[Phases], curls: &[Phases]) -> bool {
    let mut agree = true;
    for (phase, name) in ["dns", "connect", "tls", "first byte"]
        .into_iter()
        .enumerate()
    {
        let [ours, curls] = [ours, curls].map(|all| quartile(all.iter().map(|it| it[phase])));
        let allowed = TOLERANCE_MS.max(curls * 0.05);
        eprintln!(
            "{name}: {ours:.3} ms by us, {curls:.3} ms by curl, at most {allowed:.3} ms apart"
        );
        agree &= (ours - curls).abs() <= allowed;
    }
    agree
}

async fn by_us(engine: &Engine, url: &str) -> Phases {
    let fields = json!({"http_version": "1.1", "conditions": ["[BODY] == all is well"]});
    let report = engine.run(&check(url, fields), Duration::ZERO).await;
    assert_eq!(report.outcome, Outcome::Success, "{report:?}");
    let Timings {
        dns_lookup_ms,
        tcp_connect_ms,
        tls_handshake_ms,
        time_to_first_byte_ms,
        ..
    } = report.timings;
    [
        dns_lookup_ms,
        tcp_connect_ms,
        tls_handshake_ms,
        time_to_first_byte_ms,
    ]
    .map(|phase| phase.expect("a phase that was reached"))
}

/// The same phases by curl's own clock, one connection each.
fn by_curl(urls: &[String], certificate: &Path) -> Vec<Phases> {
    let mut command = Command::new("curl");
    command
        .args(["--silent", "--show-error", "--http1.1", "--no-sessionid"])
        .args(["--header", "Connection: close", "--write-out", MOMENTS])
        .arg("--cacert")
        .arg(certificate);
    for url in urls {
        command.args(["--output", "/dev/null"]).arg(url);
    }
    let output = command.output().expect("curl is installed");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    let text = String::from_utf8(output.stdout).expect("numbers");
    text.lines().map(phases).collect()
}

fn phases(line: &str) -> Phases {
    let moments: Vec<f64> = line
        .split(' ')
        .map(|moment| moment.parse::<f64>().expect("a number") * 1_000.0)
        .collect();
    let [dns, connect, tls, begun, first_byte] = moments[..] else {
        panic!("{line}")
    };
    [dns, connect - dns, tls - connect, first_byte - begun]
}

fn quartile(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 4]
}
