//! The network between a program and the local cloud, as the program would have it with the real clouds: every host name,
//! TLS with a certificate for it, and a proxy that leads there.
//!
//! A program that is started with [`variables`](Internet::variables) reaches the local cloud under the clouds' own names.
//! Nothing of it is a mock: the proxy speaks `CONNECT`, the certificates are checked.

use std::collections::HashMap;
use std::error::Error;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The longest request to the proxy that is read.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// A proxy that runs until it is dropped.
pub struct Internet {
    address: SocketAddr,
    authorities: PathBuf,
    serving: tokio::task::JoinHandle<()>,
    /// Holds the file with the certificate of the authority.
    _folder: tempfile::TempDir,
}

impl Internet {
    /// Leads every host to the server at `cloud`.
    ///
    /// # Errors
    /// No port, or no room for the certificate's file.
    pub async fn before(cloud: SocketAddr) -> Result<Self, Box<dyn Error>> {
        let hosts = Hosts::new()?;
        let folder = tempfile::tempdir()?;
        let authorities = folder.path().join("authority.pem");
        std::fs::write(&authorities, hosts.authority.pem())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(hosts));
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let serving = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                // A connection that breaks is its client's matter.
                tokio::spawn(async move { drop(lead(client, acceptor, cloud).await) });
            }
        });
        Ok(Self { address, authorities, serving, _folder: folder })
    }

    /// What a program must find in its environment.
    pub fn variables(&self) -> [(&'static str, String); 2] {
        [("HTTPS_PROXY", format!("http://{}", self.address)), ("SSL_CERT_FILE", self.authorities.display().to_string())]
    }
}

impl Drop for Internet {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Answers `CONNECT`, then speaks TLS as whoever was asked for, and passes on what is said.
async fn lead(mut client: TcpStream, acceptor: TlsAcceptor, cloud: SocketAddr) -> std::io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < MAX_HEAD_BYTES {
        head.push(client.read_u8().await?);
    }
    if !head.starts_with(b"CONNECT ") {
        return client.write_all(b"HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n").await;
    }
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    let mut client = acceptor.accept(client).await?;
    let mut server = TcpStream::connect(cloud).await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// Makes a certificate for every host that is asked for.
struct Hosts {
    authority: CertifiedIssuer<'static, KeyPair>,
    known: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

impl Hosts {
    fn new() -> Result<Self, rcgen::Error> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        Ok(Self { authority, known: Mutex::default() })
    }

    fn certificate(&self, host: &str) -> Result<CertifiedKey, Box<dyn Error>> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec![host.to_owned()])?.signed_by(&key, &self.authority)?;
        let key = any_supported_type(&PrivateKeyDer::try_from(key.serialize_der())?)?;
        Ok(CertifiedKey::new(vec![certificate.der().clone()], key))
    }
}

impl ResolvesServerCert for Hosts {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let host = hello.server_name()?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.contains_key(host) {
            known.insert(host.to_owned(), Arc::new(self.certificate(host).ok()?));
        }
        known.get(host).cloned()
    }
}

impl std::fmt::Debug for Hosts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hosts")
    }
}
