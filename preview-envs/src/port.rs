//! Ports on 127.0.0.1.

use std::net::{Ipv4Addr, TcpListener};

/// The wanted port if nobody has it, any free one otherwise.
pub fn free(wanted: Option<u16>) -> anyhow::Result<u16> {
    if let Some(port) = wanted.filter(|port| is_free(*port)) {
        return Ok(port);
    }
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
    fn a_taken_port_is_replaced_and_a_free_one_is_kept() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("bound");
        let port = taken.local_addr().expect("bound").port();
        assert_ne!(free(Some(port)).expect("found"), port);
        drop(taken);
        assert_eq!(free(Some(port)).expect("found"), port);
    }
}
