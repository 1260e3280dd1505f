//! `sanyun oss hash`.

use std::io::Read;

use clap::ArgMatches;
use md5::{Digest as _, Md5};
use sanyun_core::{Error, Result, encode};
use sanyun_oss::crc;
use serde_json::json;

use super::session::Session;
use super::url::Url;

/// Prints the checksum of a file, of standard input or of an object.
///
/// # Errors
/// It cannot be read; as the calls.
pub(super) async fn run(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let word = |name: &str| arguments.get_one::<String>(name).map_or("", String::as_str);
    let (path, kind) = (word("PATH"), word("type"));
    let mut sum = Sum::new(kind);
    let known = if Url::is_one(path) {
        match object(session, &Url::parse(path)?, &mut sum, kind).await? {
            Some(known) => known,
            None => return Ok(()),
        }
    } else {
        let failed = |error| Error::io(format!("reading {path}"), error);
        if path == "-" {
            sum.read(std::io::stdin().lock()).map_err(failed)?;
        } else {
            sum.read(std::fs::File::open(path).map_err(failed)?).map_err(failed)?;
        }
        None
    };
    let value = known.unwrap_or_else(|| sum.finish());
    session.tell(&format!("{value}  {path}\n"), || json!({"path": path, "type": kind, "hash": value}))
}

/// OSS keeps the CRC-64 of its objects, and nobody has to read them for that. `None` is a dry run.
async fn object(session: &Session, url: &Url, sum: &mut Sum, kind: &str) -> Result<Option<Option<String>>> {
    let bucket = session.bucket(&url.bucket);
    if kind == "crc64" {
        let Some(meta) = session.call(bucket.head(&*url.key)).await? else { return Ok(None) };
        if let Some(crc) = meta.crc64() {
            return Ok(Some(Some(crc.to_string())));
        }
    }
    let Some(mut object) = session.call(bucket.get(&*url.key)).await? else { return Ok(None) };
    while let Some(piece) = object.chunk().await? {
        sum.update(&piece);
    }
    Ok(Some(None))
}

enum Sum {
    Crc64(crc::Digest),
    Md5(Md5),
}

impl Sum {
    fn new(kind: &str) -> Self {
        if kind == "md5" { Self::Md5(Md5::default()) } else { Self::Crc64(crc::Digest::new()) }
    }

    fn update(&mut self, piece: &[u8]) {
        match self {
            Self::Crc64(digest) => digest.update(piece),
            Self::Md5(digest) => digest.update(piece),
        }
    }

    fn read(&mut self, mut source: impl Read) -> std::io::Result<()> {
        let mut buffer = vec![0; 256 << 10];
        loop {
            match source.read(&mut buffer)? {
                0 => return Ok(()),
                len => self.update(buffer.get(..len).unwrap_or_default()),
            }
        }
    }

    fn finish(self) -> String {
        match self {
            Self::Crc64(digest) => digest.value().to_string(),
            Self::Md5(digest) => encode::hex(&digest.finalize()),
        }
    }
}
