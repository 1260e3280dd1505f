//! How a credential source talks to the service that hands out credentials.

use std::time::Duration;

use http::HeaderValue;
use http::header::USER_AGENT;

use crate::context::Context;
use crate::error::{Error, Result, TimeoutPhase};
use crate::pipeline::common_headers;
use crate::reply::Reply;
use crate::request::Request;
use crate::retry::Retry;
use crate::transport::{RawReply, TransportError};

/// The longest answer that is read: credentials are short.
const MAX_ANSWER_BYTES: u64 = 1 << 20;

/// A failure on the way to a credential, as a failure of the credential: its text follows the source's name, it is the
/// error's source, and it keeps its hint and whether it passes. The kind is
/// [`Credentials`](crate::ErrorKind::Credentials), whatever it was: a caller must not take the "not found" of an agency or
/// a role for that of the thing it asked for. For the clouds' crates.
pub fn failed(source: &str, error: Error) -> Error {
    let (retryable, hint) = (error.is_retryable(), error.hint().map(str::to_owned));
    let failed = Error::credentials(format!("{source}: {error}")).with_retryable(retryable).with_source(error);
    hint.into_iter().fold(failed, Error::with_hint)
}

impl Context {
    /// Sends a request and reads the whole answer, whatever its status. Each attempt may take `limit`; failures below
    /// HTTP and the statuses 429 and 5xx are tried again as `retry` says. Nothing is signed, masked or logged here.
    ///
    /// # Errors
    /// What the last attempt failed with, if it got no answer.
    pub async fn exchange(&self, request: &Request, limit: Duration, retry: &Retry) -> Result<Reply> {
        self.exchange_where(request, limit, retry, &|_| false).await
    }

    /// The same for a cloud whose passing refusals have other statuses as well: replies of which `passing` holds are
    /// tried again too.
    ///
    /// # Errors
    /// As [`exchange`](Self::exchange).
    pub async fn exchange_where(
        &self,
        request: &Request,
        limit: Duration,
        retry: &Retry,
        passing: &(dyn Fn(&Reply) -> bool + Sync),
    ) -> Result<Reply> {
        let mut attempts = 0;
        loop {
            let result = self.exchange_once(request.clone(), limit).await;
            attempts += 1;
            let passes = match &result {
                Ok(reply) => matches!(reply.status.as_u16(), 429 | 500..=599) || passing(reply),
                Err(error) => error.is_retryable(),
            };
            let wish = result.as_ref().ok().and_then(Reply::retry_after);
            let wait = retry.delay(attempts, wish, self.chance.unit());
            match wait.filter(|_| passes && attempts < retry.max_attempts()) {
                Some(wait) => self.clock.sleep(wait).await,
                None => return result,
            }
        }
    }

    async fn exchange_once(&self, mut request: Request, limit: Duration) -> Result<Reply> {
        common_headers(&mut request, false);
        if let Ok(value) = HeaderValue::from_str(&self.user_agent) {
            request.headers.entry(USER_AGENT).or_insert(value);
        }
        let endpoint = request.endpoint.clone();
        let exchange = async {
            let RawReply { status, headers, body } = self.transport.send(request).await?;
            let body = body.collect_at_most(MAX_ANSWER_BYTES).await.map_err(TransportError::from_body)?;
            Ok(Reply { status, headers, body })
        };
        match tokio::time::timeout(limit, exchange).await {
            Ok(answered) => answered.map_err(|error: TransportError| error.into()),
            Err(_) => {
                let message = format!("no answer within {limit:?} ({endpoint})");
                Err(Error::timed_out(TimeoutPhase::Attempt, message))
            }
        }
    }
}
