//! The phases of a check in words.

use contract::probe::Phase;

/// "the total time"
pub fn words(phase: Phase) -> &'static str {
    match phase {
        Phase::DnsLookup => "the DNS lookup",
        Phase::TcpConnect => "the connection",
        Phase::TlsHandshake => "the TLS handshake",
        Phase::TimeToFirstByte => "the wait for the first byte",
        Phase::Transfer => "the transfer",
        Phase::TotalTime => "the total time",
    }
}

/// The name and class that a phase has in tables and waterfalls.
pub fn name(phase: Phase) -> &'static str {
    match phase {
        Phase::DnsLookup => "dns",
        Phase::TcpConnect => "connect",
        Phase::TlsHandshake => "tls",
        Phase::TimeToFirstByte => "wait",
        Phase::Transfer => "transfer",
        Phase::TotalTime => "total",
    }
}

/// "DNS"
pub fn label(phase: Phase) -> &'static str {
    match phase {
        Phase::DnsLookup => "DNS",
        Phase::TcpConnect => "Connect",
        Phase::TlsHandshake => "TLS",
        Phase::TimeToFirstByte => "Wait",
        Phase::Transfer => "Transfer",
        Phase::TotalTime => "Total",
    }
}
