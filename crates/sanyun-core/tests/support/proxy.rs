//! Working proxies: HTTP (tunnels and plain requests) and SOCKS5, both with user and password, and one behind TLS.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::{Conn, splice};

/// A running proxy and what it was asked for.
pub struct Proxy {
    pub addr: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// An HTTP proxy that lets in `user:password`; names are looked up in `hosts`.
    pub fn http(hosts: &[(&str, SocketAddr)]) -> Self {
        Self::start(hosts, http_session)
    }

    /// A SOCKS5 proxy that lets in `user:password`; names are looked up in `hosts`.
    pub fn socks5(hosts: &[(&str, SocketAddr)]) -> Self {
        Self::start(hosts, |stream, hosts, seen| {
            // A client that breaks off is no failure of the proxy.
            let _ = socks5_session(stream, hosts, seen);
        })
    }

    fn start(hosts: &[(&str, SocketAddr)], session: fn(TcpStream, &Hosts, &Mutex<Vec<String>>)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let hosts: Arc<Hosts> = Arc::new(hosts.iter().map(|(name, addr)| ((*name).to_owned(), *addr)).collect());
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(stream) = stream else { return };
                let (hosts, seen) = (Arc::clone(&hosts), Arc::clone(&log));
                std::thread::spawn(move || session(stream, &hosts, &seen));
            }
        });
        Self { addr, seen }
    }
}

/// A proxy that is itself reached over TLS. It tunnels to whatever `hosts` say and asks for no password.
pub async fn https(identity: &super::tls::Identity, hosts: &[(&str, SocketAddr)]) -> SocketAddr {
    let acceptor = tokio_rustls::TlsAcceptor::from(super::tls::server_config(identity, None));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let hosts: Arc<Hosts> = Arc::new(hosts.iter().map(|(name, addr)| ((*name).to_owned(), *addr)).collect());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, hosts) = (acceptor.clone(), Arc::clone(&hosts));
            tokio::spawn(async move {
                let mut inside = acceptor.accept(stream).await.unwrap();
                let mut head = Vec::new();
                while !head.ends_with(b"\r\n\r\n") {
                    head.push(inside.read_u8().await.unwrap());
                }
                let head = String::from_utf8(head).unwrap();
                let target = head.strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap();
                let mut upstream = tokio::net::TcpStream::connect(look_up(&hosts, target).unwrap()).await.unwrap();
                inside.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
                // Either side may go away without a farewell.
                let _ = tokio::io::copy_bidirectional(&mut inside, &mut upstream).await;
            });
        }
    });
    addr
}

type Hosts = Vec<(String, SocketAddr)>;

fn look_up(hosts: &Hosts, name: &str) -> Option<SocketAddr> {
    hosts.iter().find(|(known, _)| known == name).map(|(_, addr)| *addr).or_else(|| name.parse().ok())
}

/// A password with characters that a URL cannot hold as they are.
pub const SPECIAL_PASSWORD: &str = "p@ss:w/d %ö+";

/// `user:password`, and `user` with the [`SPECIAL_PASSWORD`].
const WELCOME: [&str; 2] = ["Basic dXNlcjpwYXNzd29yZA==", "Basic dXNlcjpwQHNzOncvZCAlw7Yr"];

fn http_session(mut stream: TcpStream, hosts: &Hosts, seen: &Mutex<Vec<String>>) {
    let mut conn = Conn::new(Box::new(stream.try_clone().unwrap()), 0);
    let Some(head) = conn.head() else { return };
    seen.lock().unwrap().push(head.line.clone());
    if !head.header("proxy-authorization").is_some_and(|auth| WELCOME.contains(&auth)) {
        let _ = stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    let target = head.target();
    let Some(path) = target.strip_prefix("http://") else {
        let Some(addr) = look_up(hosts, target) else { return };
        let upstream = TcpStream::connect(addr).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        return splice(stream, upstream);
    };
    let (host, path) = path.split_once('/').unwrap();
    let Some(addr) = look_up(hosts, host) else { return };
    let mut upstream = TcpStream::connect(addr).unwrap();
    let method = head.line.split(' ').next().unwrap();
    let mut forwarded = format!("{method} /{path} HTTP/1.1\r\nconnection: close\r\n");
    for (name, value) in head.headers.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("proxy-authorization")) {
        forwarded += &format!("{name}: {value}\r\n");
    }
    upstream.write_all(format!("{forwarded}\r\n").as_bytes()).unwrap();
    splice(stream, upstream);
}

/// RFC 1928 and RFC 1929.
fn socks5_session(mut stream: TcpStream, hosts: &Hosts, seen: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let [_, methods] = read::<2>(&mut stream)?;
    let mut offered = vec![0; methods.into()];
    stream.read_exact(&mut offered)?;
    if !offered.contains(&2) {
        return stream.write_all(&[5, 0xff]);
    }
    stream.write_all(&[5, 2])?;
    let [_, length] = read::<2>(&mut stream)?;
    let user = text(&mut stream, length)?;
    let [length] = read::<1>(&mut stream)?;
    let password = text(&mut stream, length)?;
    let welcome = (user.as_str(), password.as_str()) == ("user", "password");
    stream.write_all(&[1, u8::from(!welcome)])?;
    if !welcome {
        return Ok(());
    }
    let [_, _, _, kind] = read::<4>(&mut stream)?;
    let name = match kind {
        1 => std::net::Ipv4Addr::from(read::<4>(&mut stream)?).to_string(),
        _ => {
            let [length] = read::<1>(&mut stream)?;
            text(&mut stream, length)?
        }
    };
    let port = u16::from_be_bytes(read::<2>(&mut stream)?);
    let target = format!("{name}:{port}");
    seen.lock().unwrap().push(target.clone());
    let Some(addr) = look_up(hosts, &target) else { return stream.write_all(&[5, 4, 0, 1, 0, 0, 0, 0, 0, 0]) };
    let upstream = TcpStream::connect(addr)?;
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0])?;
    splice(stream, upstream);
    Ok(())
}

fn read<const N: usize>(stream: &mut TcpStream) -> std::io::Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).map(|()| bytes)
}

fn text(stream: &mut TcpStream, length: u8) -> std::io::Result<String> {
    let mut bytes = vec![0; length.into()];
    stream.read_exact(&mut bytes)?;
    Ok(String::from_utf8(bytes).unwrap())
}
