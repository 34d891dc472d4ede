//! Kind `tls`: a handshake, and what the certificate is worth.

use contract::monitor::check::Tls;
use contract::probe::Reason;

use super::Failure;
use super::certificate::Session;
use super::clock::Laps;
use super::findings::Findings;
use super::handshake::Wish;
use super::hop::Hop;
use super::look::Look;

pub(super) async fn look(look: &Look<'_>, settings: &Tls) -> Findings {
    let mut hop = Hop::to(&settings.target);
    let failure = shake_hands(look, settings, &mut hop).await.err();
    Findings::of(hop, failure)
}

async fn shake_hands(look: &Look<'_>, settings: &Tls, hop: &mut Hop) -> Result<(), Failure> {
    let mut laps = Laps::start();
    let (endpoint, stream) = look.reach(&settings.target, hop, &mut laps).await?;
    let host = endpoint.host.to_string();
    let wish = Wish {
        name: settings.server_name.as_deref().unwrap_or(&host),
        protocols: &[],
        insecure: settings.insecure,
    };
    look.secure(wish, stream, hop, &mut laps).await?;
    lasts(settings, hop)
}

fn lasts(settings: &Tls, hop: &Hop) -> Result<(), Failure> {
    let certificate = hop.session.as_ref().and_then(Session::certificate);
    let (Some(least), Some(certificate)) = (settings.min_days_left, certificate) else {
        return Ok(());
    };
    let left = (certificate.expires_at - service::now()).num_days();
    if left >= i64::from(least) {
        return Ok(());
    }
    let day = certificate.expires_at.format("%Y-%m-%d");
    Err(Failure::new(
        Reason::Assertion,
        format!("the certificate expires on {day}, in {left} days; at least {least} were wanted"),
    ))
}
