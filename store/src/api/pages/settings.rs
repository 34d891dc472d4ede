//! Password, logo, domain and collaborators of a page.

use contract::id::TenantId;
use contract::page::{
    ConfirmHost, LOGO_BYTES, LOGO_TYPES, Logo, Page, SetCollaborators, SetHost, SetLogo,
    SetPassword, is_domain,
};
use contract::rpc::Error;

use super::{App, edit, existing, finish, unknown};
use crate::access::Insider;
use crate::database::Scope;
use crate::failure::{Failure, conflict, violates};
use crate::secrets;
use crate::tables::page::settings;

const PASSWORD_CHARACTERS: std::ops::RangeInclusive<usize> = 8..=256;

pub(in crate::api) async fn set_password(
    app: App,
    member: Insider,
    request: SetPassword,
) -> Result<Page, Failure> {
    let hash = match request.password {
        Some(password) if !PASSWORD_CHARACTERS.contains(&password.chars().count()) => {
            return Err(Error::invalid("password", "between 8 and 256 characters").into());
        }
        Some(password) => Some(app.passwords.hash(password).await?),
        None => None,
    };
    let (mut transaction, _) = edit(&app, member, request.id).await?;
    settings::set_password(&mut transaction, request.id, hash.as_deref()).await?;
    finish(transaction, request.id).await
}

pub(in crate::api) async fn set_logo(
    app: App,
    member: Insider,
    request: SetLogo,
) -> Result<Page, Failure> {
    if let Some(logo) = &request.logo {
        judge(logo)?;
    }
    let (mut transaction, _) = edit(&app, member, request.id).await?;
    settings::set_logo(&mut transaction, request.id, request.logo.as_ref()).await?;
    finish(transaction, request.id).await
}

pub(in crate::api) async fn set_host(
    app: App,
    member: Insider,
    request: SetHost,
) -> Result<Page, Failure> {
    let host = request.host.map(|host| host.trim().to_lowercase());
    if host.as_deref().is_some_and(|host| !is_domain(host)) {
        return Err(Error::invalid("host", "a domain, such as status.example.org").into());
    }
    let token = host.as_ref().map(|_| secrets::generate(""));
    let (mut transaction, _) = edit(&app, member, request.id).await?;
    settings::set_host(
        &mut transaction,
        request.id,
        host.as_deref(),
        token.as_deref(),
    )
    .await?;
    finish(transaction, request.id).await
}

pub(in crate::api) async fn confirm_host(
    app: App,
    member: Insider,
    request: ConfirmHost,
) -> Result<Page, Failure> {
    let (mut transaction, _) = edit(&app, member, request.id).await?;
    let confirmed = settings::confirm_host(&mut transaction, request.id, &request.host).await;
    match confirmed {
        Ok(true) => finish(transaction, request.id).await,
        Ok(false) => Err(unknown().into()),
        Err(error) if violates(&error, "page_host_key") => {
            Err(conflict("another page shows itself at this domain"))
        }
        Err(error) => Err(error.into()),
    }
}

pub(in crate::api) async fn set_collaborators(
    app: App,
    tenant: TenantId,
    request: SetCollaborators,
) -> Result<Page, Failure> {
    let mut transaction = app.database.begin(Scope::Tenant(tenant)).await?;
    existing(&mut transaction, request.id).await?;
    let users: Vec<_> = request.users.iter().map(|user| user.0).collect();
    settings::set_collaborators(&mut transaction, tenant, request.id, &users)
        .await
        .map_err(stranger)?;
    finish(transaction, request.id).await
}

/// The image is what it says to be, as far as its first bytes tell.
fn judge(logo: &Logo) -> Result<(), Error> {
    let begins = |with: &[u8]| logo.bytes.starts_with(with);
    let fits = match logo.media_type.as_str() {
        "image/png" => begins(b"\x89PNG\r\n\x1a\n"),
        "image/jpeg" => begins(b"\xff\xd8\xff"),
        "image/webp" => begins(b"RIFF") && logo.bytes.get(8..12) == Some(b"WEBP"),
        _ => false,
    };
    if !fits {
        let rule = format!("an image that is one of {}", LOGO_TYPES.join(", "));
        return Err(Error::invalid("logo", rule));
    }
    if logo.bytes.len() > LOGO_BYTES {
        let rule = format!("at most {} KiB", LOGO_BYTES / 1024);
        return Err(Error::invalid("logo", rule));
    }
    Ok(())
}

fn stranger(error: sqlx::Error) -> Failure {
    if violates(&error, "page_collaborator_membership_fkey") {
        Error::invalid("users", "only members of the tenant").into()
    } else {
        error.into()
    }
}
