//! TLS: which provider, which roots, which identity. Built at the first HTTPS connection, because loading the system's
//! roots costs more than everything a short command does besides.

use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme, SupportedProtocolVersion};

use super::http::{Http, Pem, TlsVersion};
use crate::error::{Error, Result};

/// The TLS settings of a client; the configuration is made when it is first needed.
pub(super) struct Tls {
    authorities: Vec<CertificateDer<'static>>,
    identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
    accept_all: bool,
    min: TlsVersion,
    config: OnceLock<Result<Arc<ClientConfig>, String>>,
}

impl Tls {
    /// Reads the certificates that the options name.
    pub(super) fn new(http: &Http) -> Result<Self> {
        let mut authorities = Vec::new();
        for pem in &http.authorities {
            authorities.extend(certificates(pem)?);
        }
        let identity = match &http.identity {
            None => None,
            Some((chain, key)) => Some((certificates(chain)?, private_key(key)?)),
        };
        let (accept_all, min) = (http.accept_invalid_certificates, http.min_tls);
        Ok(Self { authorities, identity, accept_all, min, config: OnceLock::new() })
    }

    /// The configuration for rustls.
    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, String> {
        self.config.get_or_init(|| self.build().map(Arc::new).map_err(|error| error.to_string())).clone()
    }

    fn build(&self) -> Result<ClientConfig, rustls::Error> {
        let provider = provider();
        let verifier: Arc<dyn ServerCertVerifier> =
            if self.accept_all { Arc::new(AcceptAll(Arc::clone(&provider))) } else { self.verifier(&provider)? };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions(self.min))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder.with_client_auth_cert(chain.clone(), key.clone_key())?,
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    /// The system's own verifier; where the system has no roots at all, Mozilla's.
    fn verifier(&self, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, rustls::Error> {
        let own = self.authorities.iter().cloned();
        let system = rustls_platform_verifier::Verifier::new_with_extra_roots(own, Arc::clone(provider));
        if let Ok(verifier) = system {
            return Ok(Arc::new(verifier));
        }
        let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        roots.add_parsable_certificates(self.authorities.iter().cloned());
        let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider)).build();
        verifier
            .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
            .map_err(|error| rustls::Error::General(format!("no root certificates: {error}")))
    }
}

fn versions(min: TlsVersion) -> &'static [&'static SupportedProtocolVersion] {
    static ONLY_1_3: &[&SupportedProtocolVersion] = &[&rustls::version::TLS13];
    match min {
        TlsVersion::V1_2 => rustls::DEFAULT_VERSIONS,
        TlsVersion::V1_3 => ONLY_1_3,
    }
}

/// The one place where the provider is chosen.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    #[cfg(feature = "tls-ring")]
    let provider = rustls::crypto::ring::default_provider();
    #[cfg(all(feature = "tls-aws-lc", not(feature = "tls-ring")))]
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    Arc::new(provider)
}

#[cfg(not(any(feature = "tls-ring", feature = "tls-aws-lc")))]
compile_error!("choose a TLS provider: feature `tls-ring` (the default) or `tls-aws-lc`");

fn read(pem: &Pem) -> Result<(String, Vec<u8>)> {
    match pem {
        Pem::Text(text) => Ok(("the PEM text".to_owned(), text.expose().as_bytes().to_vec())),
        Pem::File(path) => {
            let name = path.display().to_string();
            let bytes = std::fs::read(path).map_err(|error| Error::config(format!("{name}: {error}")))?;
            Ok((name, bytes))
        }
    }
}

fn certificates(pem: &Pem) -> Result<Vec<CertificateDer<'static>>> {
    let (name, bytes) = read(pem)?;
    let found: Vec<_> = CertificateDer::pem_slice_iter(&bytes)
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| Error::config(format!("{name}: not PEM: {error}")))?;
    if found.is_empty() { Err(Error::config(format!("{name}: no certificate in it"))) } else { Ok(found) }
}

fn private_key(pem: &Pem) -> Result<PrivateKeyDer<'static>> {
    let (name, bytes) = read(pem)?;
    PrivateKeyDer::from_pem_slice(&bytes)
        .map_err(|_| Error::config(format!("{name}: no private key in PEM form in it")))
}

/// Verifies nothing about the certificate, only that the other side has its key.
#[derive(Debug)]
struct AcceptAll(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAll {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
