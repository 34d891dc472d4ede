//! Echo requests and replies (RFC 792, RFC 4443) on a socket that is connected to one address.

use std::io;
use std::net::{IpAddr, SocketAddr};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

/// Tells our replies from those to others on a raw socket.
const TOKEN_BYTES: usize = 16;
const HEAD_BYTES: usize = 8;
const MAX_PACKET_BYTES: usize = 1_500;

/// The system lets this process ask nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this prober must not ping: let its group in with sysctl net.ipv4.ping_group_range=\"0 2147483647\", or give it CAP_NET_RAW"
)]
pub(super) struct Forbidden;

pub(super) struct Echo {
    socket: UdpSocket,
    address: IpAddr,
    /// Replies come with the network's header before them.
    has_header: bool,
    token: [u8; TOKEN_BYTES],
}

impl Echo {
    /// The first address to which there is a route; the inner error tells why there is none.
    pub(super) fn to_first_reachable(
        addresses: &[IpAddr],
    ) -> Result<Result<Self, String>, Forbidden> {
        let mut told = Vec::new();
        for address in addresses {
            match Self::to(*address) {
                Ok(echo) => return Ok(Ok(echo)),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                    return Err(Forbidden);
                }
                Err(error) => told.push(format!("no route to {address}: {error}")),
            }
        }
        Ok(Err(told.join("; ")))
    }

    fn to(address: IpAddr) -> io::Result<Self> {
        let (domain, protocol) = match address {
            IpAddr::V4(_) => (Domain::IPV4, Protocol::ICMPV4),
            IpAddr::V6(_) => (Domain::IPV6, Protocol::ICMPV6),
        };
        let (socket, is_raw) = match Socket::new(domain, Type::DGRAM, Some(protocol)) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                (Socket::new(domain, Type::RAW, Some(protocol))?, true)
            }
            unprivileged => (unprivileged?, false),
        };
        socket.connect(&SocketAddr::new(address, 0).into())?;
        socket.set_nonblocking(true)?;
        Ok(Self {
            socket: UdpSocket::from_std(std::net::UdpSocket::from(socket))?,
            address,
            has_header: is_raw && address.is_ipv4(),
            token: rand::random(),
        })
    }

    pub(super) fn address(&self) -> IpAddr {
        self.address
    }

    /// Asks and waits for the answer.
    pub(super) async fn exchange(&self, number: u32) -> io::Result<()> {
        let number = u16::try_from(number).map_err(io::Error::other)?;
        self.socket.send(&self.request(number)).await?;
        let mut buffer = [0; MAX_PACKET_BYTES];
        loop {
            let length = self.socket.recv(&mut buffer).await?;
            if self.is_reply(&buffer[..length], number) {
                return Ok(());
            }
        }
    }

    fn request(&self, number: u16) -> Vec<u8> {
        let kind = if self.address.is_ipv4() { 8 } else { 128 };
        let [high, low] = number.to_be_bytes();
        // On unprivileged sockets the kernel writes the identifier, and for v6 the checksum.
        let mut packet = vec![kind, 0, 0, 0, self.token[0], self.token[1], high, low];
        packet.extend(self.token);
        if self.address.is_ipv4() {
            let sum = checksum(&packet).to_be_bytes();
            packet[2..4].copy_from_slice(&sum);
        }
        packet
    }

    fn is_reply(&self, packet: &[u8], number: u16) -> bool {
        let skipped = match packet.first() {
            Some(first) if self.has_header => usize::from(first & 0x0f) * 4,
            _ => 0,
        };
        let Some(packet) = packet.get(skipped..) else {
            return false;
        };
        let kind = if self.address.is_ipv4() { 0 } else { 129 };
        packet.len() >= HEAD_BYTES + TOKEN_BYTES
            && packet[0] == kind
            && packet[6..8] == number.to_be_bytes()
            && packet[HEAD_BYTES..HEAD_BYTES + TOKEN_BYTES] == self.token
    }
}

/// RFC 1071.
fn checksum(packet: &[u8]) -> u16 {
    let words = packet.chunks(2).map(|pair| {
        u32::from(u16::from_be_bytes([
            pair[0],
            pair.get(1).copied().unwrap_or(0),
        ]))
    });
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn a_packet_with_its_checksum_sums_up_to_nothing() {
        let mut packet = vec![8, 0, 0, 0, 0x12, 0x34, 0, 1, 0xff, 0xfe, 0x80];
        let sum = checksum(&packet).to_be_bytes();
        packet[2..4].copy_from_slice(&sum);
        assert_eq!(checksum(&packet), 0);
    }
}
