//! Ports on 127.0.0.1.

use std::net::{Ipv4Addr, TcpListener};

/// A port that nobody has at this moment.
pub fn any() -> anyhow::Result<u16> {
    let any = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(any.local_addr()?.port())
}

/// Whether a server could listen there now.
pub fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_taken_as_long_as_somebody_listens() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bound");
        let port = taken.local_addr().expect("bound").port();
        assert!(!is_free(port));
        drop(taken);
        assert!(is_free(port));
    }
}
