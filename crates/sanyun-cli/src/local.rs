//! `sanyun local`: the local cloud as a server.

use std::future::{Future as _, poll_fn};
use std::path::PathBuf;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use clap::ArgMatches;
use sanyun_core::{Error, Result};
use sanyun_local::{
    ACCESS_KEY, DOMAIN_NAME, Local, Metadata, SECRET_KEY, SESSION_ACCESS_KEY, SESSION_SECRET_KEY, SESSION_TOKEN,
    USER_NAME, USER_PASSWORD,
};

use crate::{runtime, terminal};

/// The port if none is asked for.
const DEFAULT_PORT: u16 = 8700;

/// Serves until it is told to end.
///
/// # Errors
/// The port is taken, or the folder cannot be used.
pub(crate) fn run(arguments: &ArgMatches) -> Result<()> {
    let port = arguments.get_one("port").copied().unwrap_or(DEFAULT_PORT);
    let folder = arguments.get_one::<PathBuf>("data");
    runtime::block_on(async {
        let metadata = arguments.get_one::<String>("metadata").map_or("both", String::as_str);
        let mut builder = Local::builder()
            .port(port)
            .access_log(std::io::stdout())
            .fault_control(arguments.get_flag("faults"))
            .metadata(metadata_kind(metadata));
        if let Some(life) = arguments.get_one::<Duration>("key-life") {
            builder = builder.key_life(*life);
        }
        if let Some(role) = arguments.get_one::<String>("cvm-role") {
            builder = builder.cvm_role(role);
        }
        if let Some(folder) = folder {
            builder = builder.data_dir(folder);
        }
        let local = builder.start().await.map_err(|error| Error::io("starting the local cloud", error))?;
        let kept = folder.map_or_else(|| "nowhere: gone at the end".to_owned(), |folder| folder.display().to_string());
        let banner = banner(&local.url(), &kept);
        let mut end = pin!(local.run_until_signal());
        // Whoever reads the banner may end it at once: signals are listened to before.
        let early = poll_fn(|cx| Poll::Ready(end.as_mut().poll(cx))).await;
        terminal::print(&banner).map_err(|error| Error::io("writing", error))?;
        let ended = match early {
            Poll::Ready(ended) => ended,
            Poll::Pending => end.await,
        };
        ended.map_err(|error| Error::io("waiting for the end", error))
    })
}

/// The metadata service that a word of the command line means.
fn metadata_kind(word: &str) -> Metadata {
    match word {
        "v1" => Metadata::V1,
        "v2" => Metadata::V2,
        "no-agency" => Metadata::NoAgency,
        _ => Metadata::Both,
    }
}

/// What somebody who starts the server has to know.
fn banner(url: &str, kept: &str) -> String {
    let host = url.strip_prefix("http://").unwrap_or(url);
    format!(
        "\
Sanyun local cloud: Huawei Cloud, Tencent Cloud, Alibaba Cloud and OSS on {url}
  data            {kept}
  access key      {ACCESS_KEY} / {SECRET_KEY}
  temporary key   {SESSION_ACCESS_KEY} / {SESSION_SECRET_KEY}, token {SESSION_TOKEN}
  user of IAM     {USER_NAME} / {USER_PASSWORD}, account {DOMAIN_NAME}
  instance keys   http_proxy={url} lets an SDK find the metadata service here

Any SDK works against it, signatures are checked. Give it the key above and this endpoint:
  Python, huaweicloudsdk…     Client.new_builder().with_credentials(…).with_endpoint(\"{url}\")
  Python, tencentcloud-sdk…   HttpProfile(protocol=\"http\", endpoint=\"{host}\")
  Python, alibabacloud_…      Config(protocol=\"http\", endpoint=\"{host}\")
  Python, alibabacloud-oss-v2 config.endpoint = \"{url}\"
  sanyun                      sanyun --endpoint {url} tencent cvm DescribeZones

Ctrl-C ends it. Each line below is a request: time, cloud, status, operation, error code, method, path, sizes, duration, id.
"
    )
}

#[cfg(test)]
mod tests {
    use super::banner;

    #[test]
    fn the_banner_says_where_and_with_which_key() {
        let text = banner("http://127.0.0.1:8700", "./cloud");
        assert!(text.contains("HttpProfile(protocol=\"http\", endpoint=\"127.0.0.1:8700\")"), "{text}");
        assert!(text.contains("sanyun-local-ak / sanyun-local-sk"));
        assert!(text.contains("sanyun-local-user / sanyun-local-password, account sanyun-local"));
        assert!(text.contains("http_proxy=http://127.0.0.1:8700 "));
    }
}
