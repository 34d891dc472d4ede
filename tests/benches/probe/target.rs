//! What is checked: the least that is an HTTP server, so that the checks are measured and not it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok";
/// Threads that accept.
const WORKERS: usize = 4;

/// Starts it for the rest of the process. Returns its URL.
pub(crate) fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("a bound socket");
    for _ in 0..WORKERS {
        let listener = listener.try_clone().expect("a second handle");
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that went away is no matter.
                answer(stream).ok();
            }
        });
    }
    format!("http://{address}/")
}

/// One request a connection: neither of the two keeps any.
fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut request = [0; 4_096];
    let mut read = 0;
    while !request[..read].ends_with(b"\r\n\r\n") {
        let more = stream.read(&mut request[read..])?;
        if more == 0 {
            return Ok(());
        }
        read += more;
    }
    stream.write_all(ANSWER)?;
    stream.shutdown(std::net::Shutdown::Write)?;
    // Its end of the connection comes first, so that no port of ours is kept waiting.
    stream.read(&mut request).map(drop)
}
