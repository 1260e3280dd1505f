//! An endpoint that can be taken away: connections to it are passed on to a server, or refused.

use std::net::SocketAddr;
use std::sync::Mutex;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// The address stays the same whether it is open or closed.
pub(crate) struct Gate {
    at: SocketAddr,
    server: SocketAddr,
    listening: Mutex<Option<AbortHandle>>,
}

impl Gate {
    /// An open gate in front of a server.
    pub(crate) async fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let gate = Self { at, server, listening: Mutex::new(None) };
        gate.listen(listener);
        gate
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.at)
    }

    /// Refuses what comes, and breaks what is there.
    pub(crate) fn close(&self) {
        if let Some(listening) = self.listening.lock().unwrap().take() {
            listening.abort();
        }
    }

    pub(crate) async fn open(&self) {
        if self.listening.lock().unwrap().is_some() {
            return;
        }
        // The one before may not have been dropped yet, or somebody else was faster: then it stays as it is.
        if let Ok(listener) = TcpListener::bind(self.at).await {
            self.listen(listener);
        }
    }

    fn listen(&self, listener: TcpListener) {
        let server = self.server;
        let passing = tokio::spawn(async move {
            // Dropped with this task, and the connections with it.
            let mut connections = JoinSet::new();
            while let Ok((mut from, _)) = listener.accept().await {
                connections.spawn(async move {
                    if let Ok(mut to) = TcpStream::connect(server).await {
                        let _ = tokio::io::copy_bidirectional(&mut from, &mut to).await;
                    }
                });
            }
        });
        *self.listening.lock().unwrap() = Some(passing.abort_handle());
    }
}
