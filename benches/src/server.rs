//! The role of the server: the local cloud, with what the calls need.

use sanyun_local::Local;

use crate::Done;
use crate::clouds::{ACCESS_KEY, SECRET_KEY};

/// `server`: prints its URL and serves until it is killed.
pub(crate) fn run() -> Done {
    crate::pin_to(0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let local = Local::builder().port(0).key(ACCESS_KEY, SECRET_KEY).start().await?;
        println!("{}", local.url());
        std::future::pending::<Done>().await
    })
}
