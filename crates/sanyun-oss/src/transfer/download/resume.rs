//! Where a download begins: at the first byte, or where an earlier run has stopped.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sanyun_core::Result;
use serde_json::{Value, json};

use super::Wanted;
use crate::transfer::Options;
use crate::transfer::checkpoint::official::DownloadFacts;
use crate::transfer::checkpoint::{Checkpoint, Done, Found, Kind, Saver, names};
use crate::transfer::disk::{Shared, blocking};
use crate::transfer::plan::PartPlan;
use crate::transfer::target::Target;

/// What is there of a download, and where that is written down.
pub(super) struct Resume {
    pub(super) done: Done,
    saved: Option<(Arc<Checkpoint>, Saver)>,
}

/// The file to write to, and what is in it.
pub(super) async fn start(what: &Wanted, path: &Path, options: &Options) -> Result<(Target, Resume)> {
    let (plan, none) = (&what.plan, Done::none(what.plan.count()));
    let Some(folder) = &options.checkpoint else {
        return Ok((Target::create(path, plan.len()).await?, Resume { done: none, saved: None }));
    };
    let (source, written) = (what.source(), path.to_string_lossy());
    let temporary = path.with_file_name(format!(".sanyun-{}.part", names(&source, &written)));
    let facts = what.facts(path);
    let checkpoint = Checkpoint::take(folder, Kind::Download, &source, &written, facts).await?;
    let claimed = match checkpoint.load().await {
        Found::State(state) => Done::from_state(&state, plan.count()).unwrap_or_else(|| none.clone()),
        Found::Stale(_) => none.clone(),
        Found::Nothing => adopt(what, path, &temporary, folder).await.unwrap_or_else(|| none.clone()),
    };
    let target = Target::keep(path, temporary, plan.len()).await?;
    let done = verified(&target.shared, plan, claimed).await?;
    let checkpoint = Arc::new(checkpoint);
    let clock = Arc::clone(&what.bucket.client().pipeline.context().clock);
    let saver = Saver::new(Arc::clone(&checkpoint), clock);
    Ok((target, Resume { done, saved: Some((checkpoint, saver)) }))
}

/// The parts whose bytes in the file have the checksum that was written down. What did not reach the disk before a crash
/// is downloaded again.
async fn verified(shared: &Arc<Shared>, plan: &PartPlan, claimed: Done) -> Result<Done> {
    let (shared, plan) = (Arc::clone(shared), plan.clone());
    let check = move || {
        let mut done = claimed;
        for index in 0..plan.count() {
            let (Some(crc64), Some(part)) = (done.get(index), plan.part(index)) else { continue };
            let there = shared.checksum(part.start - plan.first()..part.end - plan.first());
            if there.ok() != Some(crc64) {
                done.set(index, None);
            }
        }
        Ok(done)
    };
    blocking(check).await.map_err(|error| sanyun_core::Error::io("reading what an earlier run has left", error))
}

/// Takes over a download of the official SDK: its temporary file becomes ours, if the bytes in it are what its checkpoint
/// says. `None` if there is none.
async fn adopt(what: &Wanted, path: &Path, temporary: &Path, folder: &Path) -> Option<Done> {
    let mut theirs = path.as_os_str().to_owned();
    theirs.push(".temp");
    let theirs = PathBuf::from(theirs);
    let facts = what.official_facts(&theirs);
    let (checkpoint, first, plan) = (folder.join(facts.file_name()), what.plan.first(), what.plan.clone());
    let temporary = temporary.to_owned();
    let take_over = move || {
        let text = std::fs::read_to_string(&checkpoint)?;
        let there = std::fs::symlink_metadata(&theirs).ok().filter(std::fs::Metadata::is_file);
        let so_far = facts.read(&text, first, there.map(|facts| facts.len()));
        // Read or not, it is of no use any more.
        std::fs::remove_file(&checkpoint)?;
        let Some(so_far) = so_far else { return Ok(None) };
        let file = Shared::new(std::fs::File::open(&theirs)?);
        let len = so_far.offset - first;
        if so_far.crc64 != 0 && file.checksum(0..len)? != so_far.crc64 {
            return Ok(None);
        }
        let mut done = Done::none(plan.count());
        for index in 0..plan.count() {
            let Some(part) = plan.part(index).filter(|part| part.end <= so_far.offset) else { break };
            done.set(index, Some(file.checksum(part.start - first..part.end - first)?));
        }
        std::fs::rename(&theirs, &temporary)?;
        Ok(Some(done))
    };
    blocking(take_over).await.ok().flatten()
}

impl Wanted {
    fn source(&self) -> String {
        let version = self.version.as_deref().unwrap_or_default();
        format!("oss://{}/{}\n{version}\n{}", self.bucket.name(), self.key, self.range_text())
    }

    fn range_text(&self) -> String {
        self.range.map(|range| range.to_string()).unwrap_or_default()
    }

    fn facts(&self, path: &Path) -> Value {
        json!({
            "bucket": self.bucket.name(),
            "key": self.key,
            "version_id": self.version,
            "size": self.object.size,
            "etag": self.object.etag,
            "last_modified": self.object.meta.header("last-modified"),
            "first": self.plan.first(),
            "len": self.plan.len(),
            "part_size": self.plan.part_size(),
            "path": path.to_string_lossy(),
        })
    }

    fn official_facts(&self, temporary: &Path) -> DownloadFacts {
        DownloadFacts {
            bucket: self.bucket.name().to_owned(),
            key: self.key.clone(),
            version_id: self.version.clone().unwrap_or_default(),
            range: self.range_text(),
            file_path: temporary.to_string_lossy().into_owned(),
            size: self.object.size,
            last_modified: self.object.meta.header("last-modified").unwrap_or_default().to_owned(),
            etag: self.object.etag.clone(),
            part_size: self.plan.part_size(),
        }
    }
}

impl Resume {
    /// The bytes that are there.
    pub(super) fn bytes(&self, plan: &PartPlan) -> u64 {
        let there = (0..plan.count()).filter(|index| self.done.get(*index).is_some());
        there.filter_map(|index| plan.part(index)).map(|part| part.end - part.start).sum()
    }

    pub(super) fn part_done(&mut self, index: u64, crc64: u64) {
        self.done.set(index, Some(crc64));
        if let Some((_, saver)) = &mut self.saved {
            saver.offer(|| self.done.to_state());
        }
    }

    /// Writes down how far it has come. That this fails too is not what the caller has to know first.
    pub(super) async fn save_last(&mut self) {
        if let Some((_, saver)) = &mut self.saved {
            let _ = saver.finish(self.done.to_state()).await;
        }
    }

    /// Nothing is to be resumed any more.
    pub(super) async fn remove(self) -> Result<()> {
        let Some((checkpoint, saver)) = self.saved else { return Ok(()) };
        saver.stop().await;
        match Arc::try_unwrap(checkpoint) {
            Ok(checkpoint) => checkpoint.remove().await,
            Err(_) => Ok(()),
        }
    }
}
