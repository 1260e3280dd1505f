"""A proxy that ends TLS in front of the local cloud, for programs that insist on `https`: `CONNECT` to any name is
answered with a certificate of a certificate authority made for this run."""

import contextlib
import datetime
import os
import pathlib
import socket
import ssl
import tempfile
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# In place of the package whose file the SDK trusts, whatever the variables of OpenSSL say.
STAND_IN = "import os\n\n\ndef where():\n    return os.environ['TRUSTED']\n"
PEM = serialization.Encoding.PEM


class Terminator:
    """Listens on a port of its own until the process ends; `trusting` is the environment of programs that use it."""

    def __init__(self, options, domain):
        host, port = options.host.rsplit(":", 1)
        self.target = (host, int(port))
        certificate, key = self_signed(domain)
        home = pathlib.Path(tempfile.mkdtemp(dir=os.environ["HOME"]))
        for name, text in {"cert": certificate, "key": key, "certifi.py": STAND_IN}.items():
            (home / name).write_text(text, encoding="utf-8")
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(home / "cert", home / "key")
        self.listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.trusting = {"https_proxy": url, "PYTHONPATH": str(home), "TRUSTED": str(home / "cert")}
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        head = b""
        while not head.endswith(b"\r\n\r\n") and (byte := connection.recv(1)):
            head += byte
        if not head.startswith(b"CONNECT "):
            return connection.close()
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with contextlib.suppress(OSError):  # a client that does not trust us, or goes away
            client = self.context.wrap_socket(connection, server_side=True)
            server = socket.create_connection(self.target)
            threading.Thread(target=copy, args=(server, client), daemon=True).start()
            copy(client, server)


def copy(source, target):
    """Until one of the two is closed."""
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def self_signed(domain):
    """A certificate for all names directly below the domain, and its key, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "local cloud")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()) \
        .serial_number(x509.random_serial_number()) \
        .not_valid_before(now - datetime.timedelta(hours=1)).not_valid_after(now + datetime.timedelta(hours=1)) \
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("*." + domain)]), critical=False) \
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True).sign(key, hashes.SHA256())
    private = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(PEM).decode(), private.decode()
