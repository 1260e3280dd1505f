//! Objects to files.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sanyun_core::{BoxFuture, Error, Response, Result};
use sanyun_oss::Object;
use serde_json::json;

use super::progress::Progress;
use super::session::Session;
use super::size::human;
use super::transfer::Done;
use super::url::Url;

/// Writes an object to standard output.
///
/// # Errors
/// As the call; standard output cannot be written.
pub(super) async fn cat(session: &Session, source: &Url) -> Result<()> {
    let get = session.bucket(&source.bucket).get(&source.key);
    let Some(mut object) = session.call(get).await? else { return Ok(()) };
    let mut out = io::stdout().lock();
    while let Some(piece) = object.chunk().await? {
        match out.write_all(&piece) {
            // Whoever reads has enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            result => result.map_err(|error| Error::io("writing the object", error))?,
        }
    }
    out.flush().map_err(|error| Error::io("writing the object", error))
}

/// The download of an object into a file, ready to run. Until it is there whole, and its checksum fits, it has another
/// name: whatever was under the name before stays until then. The progress bar learns the length from the reply, unless
/// it has been told `expected` bytes before.
pub(super) fn job(
    session: &Session,
    source: &Url,
    expected: Option<u64>,
    target: PathBuf,
    progress: &Progress,
) -> BoxFuture<'static, Result<Done>> {
    let get = session.prepared(session.bucket(&source.bucket).get(&source.key));
    let (source, progress) = (source.clone(), progress.clone());
    Box::pin(async move {
        progress.name(&source.key);
        let object = get.await.map_err(|error| match error.code() {
            Some("NoSuchKey") if source.key.ends_with('/') => error.with_hint("-r copies all objects below"),
            _ => error,
        })?;
        if expected.is_none() {
            progress.expect(object.content_length().unwrap_or_default());
        }
        let bytes = write(object, &target, &progress).await?;
        let (source, target) = (source.to_string(), target.display().to_string());
        let line = format!("{source} -> {target} ({})", human(bytes));
        Ok(Done { line, facts: json!({"source": source, "target": target, "bytes": bytes}), bytes })
    })
}

async fn write(mut object: Response<Object>, target: &Path, progress: &Progress) -> Result<u64> {
    let failed = |error| Error::io(format!("writing {}", target.display()), error);
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut part = part_in(folder).map_err(failed)?;
    let count = progress.count();
    let mut len = 0;
    while let Some(piece) = object.chunk().await? {
        part.write_all(&piece).map_err(failed)?;
        len += piece.len() as u64;
        count.at(len);
    }
    part.as_file().sync_data().map_err(failed)?;
    part.persist(target).map_err(|error| failed(error.error))?;
    Ok(len)
}

/// A temporary file with the permissions of any other new file.
fn part_in(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".sanyun-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666)).tempfile_in(folder)
    }
    #[cfg(not(unix))]
    builder.tempfile_in(folder)
}
