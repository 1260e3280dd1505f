//! A TLS server with certificates made on the spot.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::Conn;

/// An authority of our own.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate chain and its key, in PEM form.
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for `host` that ends in `year`.
    pub fn issue(&self, host: &str, year: i32) -> Identity {
        let mut params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        let key = KeyPair::generate().unwrap();
        Identity { certificate: params.signed_by(&key, &self.0).unwrap().pem(), key: key.serialize_pem() }
    }
}

/// How a server introduces itself; with `clients`, it demands a certificate of that authority.
pub fn server_config(identity: &Identity, clients: Option<&Authority>) -> Arc<rustls::ServerConfig> {
    let chain = vec![CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = match clients {
        None => builder.with_no_client_auth(),
        Some(authority) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
            let roots = Arc::new(roots);
            let verifier =
                rustls::server::WebPkiClientVerifier::builder_with_provider(roots, provider).build().unwrap();
            builder.with_client_cert_verifier(verifier)
        }
    };
    Arc::new(config.with_single_cert(chain, key).unwrap())
}

/// A server that speaks TLS with `identity`; with `clients`, it demands a certificate of that authority.
pub fn start(
    identity: &Identity,
    clients: Option<&Authority>,
    serve: impl Fn(&mut Conn) + Send + Sync + 'static,
) -> SocketAddr {
    start_with(server_config(identity, clients), serve)
}

/// A server that speaks TLS 1.2 and nothing newer.
pub fn server_config_1_2(identity: &Identity) -> Arc<rustls::ServerConfig> {
    let chain = vec![CertificateDer::from_pem_slice(identity.certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).unwrap();
    let builder = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let builder = builder.with_protocol_versions(&[&rustls::version::TLS12]).unwrap();
    Arc::new(builder.with_no_client_auth().with_single_cert(chain, key).unwrap())
}

/// A server that speaks TLS as `config` says.
pub fn start_with(config: Arc<rustls::ServerConfig>, serve: impl Fn(&mut Conn) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let (config, serve) = (Arc::clone(&config), Arc::clone(&serve));
            let Ok(stream): Result<TcpStream, _> = stream else { return };
            std::thread::spawn(move || {
                let session = rustls::ServerConnection::new(config).unwrap();
                serve(&mut Conn::new(Box::new(rustls::StreamOwned::new(session, stream)), number));
            });
        }
    });
    addr
}
