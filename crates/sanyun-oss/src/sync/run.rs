//! Doing what a plan says.

use std::collections::HashMap;
use std::fmt;
use std::future::IntoFuture as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use sanyun_core::{Error, ErrorKind, Result};
use tokio::task::JoinSet;

use super::place::{Entry, Spot};
use super::plan::{Plan, Refused, Step};
use crate::bucket::Bucket;
use crate::delete_many::NotDeleted;
use crate::transfer::{Cancel, Download, ObjectCopy, TransferProgress, Upload};

/// How many files and objects are copied at a time, unless another number is set. Small ones wait for the network most
/// of the time.
pub const COPIED_AT_ONCE: usize = 8;

/// How many objects one call deletes.
const DELETED_AT_ONCE: usize = 1000;

type Change<T> = Arc<dyn Fn(T) -> T + Send + Sync>;
type Listener = Arc<dyn Fn(Event<'_>) + Send + Sync>;

/// How a plan is carried out.
#[derive(Clone)]
pub struct Execution {
    parallel: usize,
    checkpoint: Option<PathBuf>,
    upload: Option<Change<Upload>>,
    download: Option<Change<Download>>,
    copy: Option<Change<ObjectCopy>>,
    listener: Option<Listener>,
    cancel: Cancel,
    moves: bool,
}

impl Default for Execution {
    fn default() -> Self {
        Self::new()
    }
}

impl Execution {
    /// [`COPIED_AT_ONCE`] copies at a time, nothing resumed.
    pub fn new() -> Self {
        Self {
            parallel: COPIED_AT_ONCE,
            checkpoint: None,
            upload: None,
            download: None,
            copy: None,
            listener: None,
            cancel: Cancel::new(),
            moves: false,
        }
    }

    /// How many files and objects are copied at a time; 0 counts as 1. Each of them may go in several parts.
    #[must_use]
    pub fn parallel(mut self, copies: usize) -> Self {
        self.parallel = copies.max(1);
        self
    }

    /// Writes down in this folder how far each copy has come, and goes on where an earlier run stopped.
    #[must_use]
    pub fn checkpoint(mut self, folder: impl Into<PathBuf>) -> Self {
        self.checkpoint = Some(folder.into());
        self
    }

    /// What is said of every upload.
    #[must_use]
    pub fn upload(mut self, change: impl Fn(Upload) -> Upload + Send + Sync + 'static) -> Self {
        self.upload = Some(Arc::new(change));
        self
    }

    /// What is said of every download.
    #[must_use]
    pub fn download(mut self, change: impl Fn(Download) -> Download + Send + Sync + 'static) -> Self {
        self.download = Some(Arc::new(change));
        self
    }

    /// What is said of every copy inside OSS.
    #[must_use]
    pub fn copy(mut self, change: impl Fn(ObjectCopy) -> ObjectCopy + Send + Sync + 'static) -> Self {
        self.copy = Some(Arc::new(change));
        self
    }

    /// Tells a callback what happens. It must not block.
    #[must_use]
    pub fn listener(mut self, listener: impl Fn(Event<'_>) + Send + Sync + 'static) -> Self {
        self.listener = Some(Arc::new(listener));
        self
    }

    /// Lets it be stopped from outside.
    #[must_use]
    pub fn cancel_with(mut self, cancel: &Cancel) -> Self {
        self.cancel = cancel.clone();
        self
    }

    /// Deletes each source when it has been copied.
    #[must_use]
    pub fn moves(mut self, moves: bool) -> Self {
        self.moves = moves;
        self
    }

    fn tell(&self, event: Event<'_>) {
        if let Some(listener) = &self.listener {
            listener(event);
        }
    }
}

impl fmt::Debug for Execution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Execution")
            .field("parallel", &self.parallel)
            .field("checkpoint", &self.checkpoint)
            .field("moves", &self.moves)
            .finish_non_exhaustive()
    }
}

/// Something that happens while a plan is carried out.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A copy begins: the first has the number 0.
    Began(usize, &'a Step),
    /// A copy goes on.
    Moved(usize, TransferProgress),
    /// A copy is done.
    Copied(usize, &'a Step, &'a Copy),
    /// Something was deleted.
    Deleted(&'a Entry),
    /// Something could not be done.
    Failed(&'a Refused),
}

/// What became of one copy.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Copy {
    /// The bytes of the copy.
    pub bytes: u64,
    /// Those that an earlier run had copied.
    pub resumed: u64,
    /// The CRC-64, which both sides agree about; `None` if OSS did not tell its own.
    pub crc64: Option<u64>,
}

/// What became of a plan.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Report {
    /// How many files or objects were copied.
    pub copied: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Those of them that an earlier run had copied.
    pub resumed: u64,
    /// How many files or objects were deleted in the target.
    pub deleted: u64,
    /// Deletions that were not made because something else failed.
    pub withheld: u64,
    /// How many were there already.
    pub same: u64,
    /// What could not be done.
    pub failed: Vec<Refused>,
    /// Copies that were stopped or not begun when the execution was cancelled.
    pub unfinished: u64,
}

impl Report {
    /// Whether everything was done.
    pub fn is_complete(&self) -> bool {
        self.failed.is_empty() && self.unfinished == 0 && self.withheld == 0
    }
}

impl Plan {
    /// Carries the plan out: first the copies, then, unless something failed, the deletions. What fails does not stop the
    /// rest.
    pub async fn run(self, execution: &Execution) -> Report {
        let mut run = Run { execution, report: Report { same: self.same, ..Report::default() } };
        for refused in self.refused {
            run.failed(refused);
        }
        run.copies(self.steps).await;
        run.report.withheld = self.withheld;
        if !run.report.failed.is_empty() || run.report.unfinished > 0 {
            run.report.withheld += self.deletions.len() as u64;
        } else {
            run.deletions(self.deletions).await;
        }
        run.report
    }
}

struct Run<'a> {
    execution: &'a Execution,
    report: Report,
}

type Finished = (usize, Step, Result<Copy>);

impl Run<'_> {
    fn failed(&mut self, refused: Refused) {
        self.execution.tell(Event::Failed(&refused));
        self.report.failed.push(refused);
    }

    async fn copies(&mut self, steps: Vec<Step>) {
        let mut waiting = steps.into_iter().enumerate();
        let mut running: JoinSet<Finished> = JoinSet::new();
        loop {
            while running.len() < self.execution.parallel && !self.execution.cancel.is_cancelled() {
                let Some((number, step)) = waiting.next() else { break };
                self.execution.tell(Event::Began(number, &step));
                let execution = self.execution.clone();
                running.spawn(async move {
                    let mut result = step.run(&execution, number).await;
                    // A program that was killed may have asked OSS to complete the upload, which it did after this one
                    // had looked: then it begins anew.
                    if result.as_ref().is_err_and(|error| error.code() == Some("NoSuchUpload")) {
                        result = step.run(&execution, number).await;
                    }
                    (number, step, result)
                });
            }
            match running.join_next().await {
                Some(Ok((number, step, result))) => self.finished(number, &step, result),
                Some(Err(stopped)) => {
                    let error = Error::io("a copy", std::io::Error::other(stopped));
                    self.failed(Refused { name: "a copy".to_owned(), error });
                }
                None => break,
            }
        }
        self.report.unfinished += waiting.len() as u64;
    }

    fn finished(&mut self, number: usize, step: &Step, result: Result<Copy>) {
        match result {
            Ok(copy) => {
                self.report.copied += 1;
                self.report.bytes += copy.bytes;
                self.report.resumed += copy.resumed;
                self.execution.tell(Event::Copied(number, step, &copy));
            }
            Err(error) if self.execution.cancel.is_cancelled() && error.kind() == ErrorKind::Io => {
                self.report.unfinished += 1;
            }
            Err(error) => self.failed(Refused { name: step.from.spot.to_string(), error }),
        }
    }

    async fn deletions(&mut self, entries: Vec<Entry>) {
        let mut files = Vec::new();
        let mut objects = Vec::new();
        for entry in entries {
            match entry.spot.clone() {
                Spot::File(path) => files.push((path, entry)),
                Spot::Object { bucket, key } => objects.push((bucket, key, entry)),
            }
        }
        for (path, entry) in files {
            match remove_file(path).await {
                Ok(()) => self.deleted(&entry),
                Err(error) => self.failed(Refused { name: entry.spot.to_string(), error }),
            }
        }
        while !objects.is_empty() && !self.execution.cancel.is_cancelled() {
            let rest = objects.split_off(objects.len().min(DELETED_AT_ONCE));
            self.delete_objects(std::mem::replace(&mut objects, rest)).await;
        }
        self.report.withheld += objects.len() as u64;
    }

    async fn delete_objects(&mut self, objects: Vec<(Bucket, String, Entry)>) {
        let Some((bucket, ..)) = objects.first() else { return };
        let failed = match bucket.delete_many(objects.iter().map(|(_, key, _)| key.as_str())).await {
            Ok(summary) => summary.failed.into_iter().map(reason).collect(),
            Err(error) => objects.iter().map(|(_, key, _)| (key.clone(), error.to_string())).collect(),
        };
        let mut failed: HashMap<String, String> = failed;
        for (_, key, entry) in &objects {
            match failed.remove(key) {
                None => self.deleted(entry),
                Some(why) => {
                    let error = Error::new(ErrorKind::Io, why);
                    self.failed(Refused { name: entry.spot.to_string(), error });
                }
            }
        }
    }

    fn deleted(&mut self, entry: &Entry) {
        self.report.deleted += 1;
        self.execution.tell(Event::Deleted(entry));
    }
}

fn reason(failure: NotDeleted) -> (String, String) {
    (failure.object.key.unwrap_or_default(), failure.reason)
}

/// The setters that an execution has for all kinds of transfers.
macro_rules! prepared {
    ($transfer:expr, $change:expr, $execution:expr, $number:expr) => {{
        let mut transfer = $transfer.cancel_with(&$execution.cancel);
        if let Some(folder) = &$execution.checkpoint {
            transfer = transfer.checkpoint(folder);
        }
        if let Some(listener) = $execution.listener.clone() {
            let number = $number;
            transfer = transfer.progress(move |progress| listener(Event::Moved(number, progress)));
        }
        match &$change {
            Some(change) => change(transfer),
            None => transfer,
        }
    }};
}

impl Step {
    async fn run(&self, execution: &Execution, number: usize) -> Result<Copy> {
        let copy = match (&self.from.spot, &self.to) {
            (Spot::File(path), Spot::Object { bucket, key }) => {
                let upload = bucket.upload_file(&**key, path);
                let done = prepared!(upload, execution.upload, execution, number).into_future().await?;
                Copy { bytes: done.bytes, resumed: done.resumed, crc64: done.crc64 }
            }
            (Spot::Object { bucket, key }, Spot::File(path)) => {
                make_folder_of(path).await?;
                let download = bucket.download_file(&**key, path);
                let done = prepared!(download, execution.download, execution, number).into_future().await?;
                set_time(path, self.from.modified).await?;
                Copy { bytes: done.bytes, resumed: done.resumed, crc64: done.verified.then_some(done.crc64) }
            }
            (Spot::Object { bucket, key }, Spot::Object { bucket: to, key: name }) => {
                if execution.moves && bucket.name() == to.name() && key == name {
                    return Err(Error::input("an object cannot be moved to where it is"));
                }
                let copy = to.copy_from(bucket.name(), &**key, &**name);
                let done = prepared!(copy, execution.copy, execution, number).into_future().await?;
                Copy { bytes: done.bytes, resumed: done.resumed, crc64: done.crc64 }
            }
            (Spot::File(_), Spot::File(_)) => return Err(Error::input("neither of both is on OSS")),
        };
        if execution.moves {
            self.remove_source().await?;
        }
        Ok(copy)
    }

    async fn remove_source(&self) -> Result<()> {
        match &self.from.spot {
            Spot::Object { bucket, key } => bucket.delete(&**key).await.map(drop),
            Spot::File(path) => remove_file(path.clone()).await,
        }
    }
}

async fn make_folder_of(path: &Path) -> Result<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned) else {
        return Ok(());
    };
    let what = format!("making the folder {}", folder.display());
    blocking(what, move || std::fs::create_dir_all(folder)).await
}

/// The file gets the time of its object, so that it can be seen later whether the object has changed.
async fn set_time(path: &Path, moment: Option<SystemTime>) -> Result<()> {
    let Some(moment) = moment else { return Ok(()) };
    let own = path.to_owned();
    let set = move || std::fs::File::options().write(true).open(own)?.set_modified(moment);
    blocking(format!("setting the time of {}", path.display()), set).await
}

async fn remove_file(path: PathBuf) -> Result<()> {
    blocking(format!("deleting {}", path.display()), move || std::fs::remove_file(path)).await
}

async fn blocking(what: String, work: impl FnOnce() -> std::io::Result<()> + Send + 'static) -> Result<()> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|stopped| Err(std::io::Error::other(stopped))).map_err(|error| Error::io(what, error))
}
