//! Kind `icmp`: echo requests, over sockets that need no privilege where the system allows them.

mod echo;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use contract::monitor::check::Icmp;
use contract::monitor::check::endpoint::Host;
use contract::probe::Reason;
use tokio::time::sleep;

use super::Failure;
use super::clock::Laps;
use super::findings::Findings;
use super::hop::Hop;
use super::look::Look;
use echo::{Echo, Forbidden};

/// Between two requests of a check.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn look(look: &Look<'_>, settings: &Icmp) -> Findings {
    let mut hop = Hop::to(&settings.target);
    match ping(look, settings, &mut hop).await {
        Ok(()) => Findings::of(hop, None),
        Err(Trouble::Target(failure)) => Findings::of(hop, Some(failure)),
        Err(Trouble::Ours(message)) => Findings::missed(message),
    }
}

enum Trouble {
    Target(Failure),
    /// The prober must not ask; that says nothing of the target.
    Ours(String),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Target(failure)
    }
}

impl From<Forbidden> for Trouble {
    fn from(forbidden: Forbidden) -> Self {
        Self::Ours(forbidden.to_string())
    }
}

async fn ping(look: &Look<'_>, settings: &Icmp, hop: &mut Hop) -> Result<(), Trouble> {
    let host: Host = settings
        .target
        .parse()
        .map_err(|error| Failure::unusable(format!("the target {error}")))?;
    let mut laps = Laps::start();
    let addresses = look.resolve(&host, 0, hop, &mut laps).await?;
    let candidates: Vec<IpAddr> = addresses.iter().map(SocketAddr::ip).collect();
    let echo = Echo::to_first_reachable(&candidates)?
        .map_err(|message| Failure::new(Reason::ConnectionError, message))?;
    // Opening a socket is the prober's own affair.
    laps.lap();
    let mut answered = Duration::ZERO;
    let mut answers = 0;
    for number in 1..=settings.count {
        let share = look.budget.left() / (settings.count + 1 - number);
        let exchange = async {
            echo.exchange(number).await?;
            look.travel().await;
            Ok::<_, std::io::Error>(())
        };
        match tokio::time::timeout(share, exchange).await {
            Ok(Ok(())) => {
                answered += laps.lap();
                answers += 1;
            }
            Ok(Err(error)) => {
                let message = format!("cannot reach {}: {error}", echo.address());
                hop.phases.first_byte = Some(laps.lap());
                return Err(Failure::new(Reason::ConnectionError, message).into());
            }
            Err(_) if number == settings.count && answers == 0 => {
                hop.phases.first_byte = Some(laps.lap());
                return Err(look.budget.over("echo").into());
            }
            Err(_) => {}
        }
        if number < settings.count {
            sleep(PAUSE.min(look.budget.left())).await;
            laps.lap();
        }
    }
    if answers == 0 {
        return Err(look.budget.over("echo").into());
    }
    hop.address = Some((echo.address(), 0).into());
    hop.phases.first_byte = Some(answered / answers);
    Ok(())
}
