//! What has to be done so that one place holds what the other does.

use std::time::SystemTime;

use sanyun_core::{Error, Result};
use tokio::task::JoinSet;

use super::glob::Filter;
use super::names::Names;
use super::place::{Entry, Inventory, Place, Spot};
use crate::crc;

/// What counts as different where both places have something of one name.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Compare {
    /// Another length, or a source that was written to after the target. An object that is downloaded gives its file its
    /// own time of writing, so that the next comparison holds. Objects of one ETag are the same. OSS tells whole seconds:
    /// where that leaves a doubt, the checksums are compared. A file and its object may be dated by different clocks.
    #[default]
    SizeAndTime,
    /// Another length or another CRC-64: every file of the same length is read, and every object asked for.
    Checksum,
    /// Another length.
    Size,
    /// A source that was written to after the target, whatever the lengths.
    Newer,
    /// Nothing: what is there stays.
    Missing,
    /// Everything.
    Always,
}

/// Makes one place hold what another does.
///
/// ```no_run
/// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
/// use sanyun_oss::sync::{Execution, Filter, Place, Sync};
///
/// let sync = Sync::new(Place::folder("photos"), Place::objects(&photos, "2026/"))
///     .filter(Filter::new().exclude("*.tmp")?)
///     .delete(true);
/// let plan = sync.plan().await?;
/// println!("{} to copy, {} to delete", plan.steps.len(), plan.deletions.len());
/// let report = plan.run(&Execution::new()).await;
/// assert!(report.is_complete(), "{report:?}");
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Sync {
    source: Place,
    target: Place,
    filter: Filter,
    compare: Compare,
    names: Names,
    deletes: bool,
    forces: bool,
}

/// How many checksums are computed or asked for at a time.
const CHECKSUMS_AT_ONCE: usize = 8;

impl Sync {
    /// Everything that is in `source` shall be in `target`.
    pub fn new(source: Place, target: Place) -> Self {
        Self {
            source,
            target,
            filter: Filter::new(),
            compare: Compare::default(),
            names: Names::default(),
            deletes: false,
            forces: false,
        }
    }

    /// Only these names: others are neither copied nor deleted.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// What counts as different.
    #[must_use]
    pub fn compare(mut self, compare: Compare) -> Self {
        self.compare = compare;
        self
    }

    /// How keys become names of files, and back.
    #[must_use]
    pub fn names(mut self, names: Names) -> Self {
        self.names = names;
        self
    }

    /// Deletes in the target what the source does not have. Folders in a bucket (objects without bytes whose key ends
    /// with a slash) stay where the source is a folder.
    #[must_use]
    pub fn delete(mut self, deletes: bool) -> Self {
        self.deletes = deletes;
        self
    }

    /// Deletes even if the source is empty, so that nothing would be left.
    #[must_use]
    pub fn force(mut self, forces: bool) -> Self {
        self.forces = forces;
        self
    }

    /// Looks at both places and compares them. Nothing is changed.
    ///
    /// # Errors
    /// One of the places cannot be looked at; everything would be deleted because the source is empty.
    pub async fn plan(&self) -> Result<Plan> {
        let source = self.source.look(&self.filter, self.names).await?;
        // Where nothing is compared, nobody needs to know what the target has.
        let target = match (self.compare, self.deletes, &self.target) {
            (Compare::Always, false, _) => Inventory::default(),
            (_, _, Place::Folder(folder)) if !folder.exists() => Inventory::default(),
            _ => self.target.look(&self.filter, self.names).await?,
        };
        self.compared(source, target).await
    }

    async fn compared(&self, source: Inventory, target: Inventory) -> Result<Plan> {
        let mut plan = Plan {
            excluded: source.excluded,
            temporary: source.temporary + target.temporary,
            refused: source.unreadable.into_iter().map(|(name, error)| Refused { name, error }).collect(),
            ..Plan::default()
        };
        let (mut undecided, mut is_partial) = (Vec::new(), !plan.refused.is_empty());
        for (name, error) in target.unreadable {
            plan.refused.push(Refused { name, error });
            is_partial = true;
        }
        let folders = match self.target {
            Place::Folder(_) => folders(&source.entries),
            Place::Objects { .. } => Vec::new(),
        };
        let is_empty = source.entries.is_empty();
        let mut there = target.entries.into_iter().peekable();
        for entry in source.entries {
            while let Some(extra) = there.next_if(|other| other.name < entry.name) {
                self.extra(&mut plan, extra);
            }
            let other = there.next_if(|other| other.name == entry.name);
            self.one(&mut plan, &mut undecided, entry, other, &folders);
        }
        there.for_each(|extra| self.extra(&mut plan, extra));
        decide(&mut plan, undecided).await?;
        if is_empty && !plan.deletions.is_empty() && !self.forces {
            let count = plan.deletions.len();
            return Err(Error::input(format!("the source is empty: all {count} files or objects would be deleted"))
                .with_hint("if that is meant, force it"));
        }
        if is_partial {
            // What could not be read may be there.
            plan.withheld = std::mem::take(&mut plan.deletions).len() as u64;
        }
        Ok(plan)
    }

    fn crosses(&self) -> bool {
        !matches!((&self.source, &self.target), (Place::Objects { .. }, Place::Objects { .. }))
    }

    fn extra(&self, plan: &mut Plan, entry: Entry) {
        let stays = self.crosses() && self.names == Names::Plain && entry.is_folder_marker();
        if self.deletes && !stays {
            plan.deletions.push(entry);
        }
    }

    fn one(
        &self,
        plan: &mut Plan,
        undecided: &mut Vec<(Step, Entry)>,
        source: Entry,
        target: Option<Entry>,
        folders: &[String],
    ) {
        let is_plain = self.crosses() && self.names == Names::Plain;
        if source.is_folder_marker() && (is_plain || source.name.is_empty()) {
            plan.markers.push(source.spot.to_string());
            return;
        }
        let to = match &target {
            Some(target) => Ok(target.spot.clone()),
            None if folders.binary_search(&source.name).is_ok() => self.beside_folder(&source.name),
            None => self.target.spot(&source.name, self.names),
        };
        let to = match to {
            Ok(to) => to,
            Err(error) => return plan.refused.push(Refused { name: source.spot.to_string(), error }),
        };
        let step = Step { why: if target.is_some() { Why::Changed } else { Why::New }, from: source, to };
        let differs = target.as_ref().map_or(Some(true), |target| self.compare.differs(&step.from, target));
        match (differs, target) {
            (Some(true), _) => plan.steps.push(step),
            (None, Some(target)) => undecided.push((step, target)),
            _ => plan.same += 1,
        }
    }

    fn beside_folder(&self, name: &str) -> Result<Spot> {
        match &self.target {
            Place::Folder(folder) => Ok(Spot::File(folder.join(self.names.to_path_beside_folder(name)?))),
            Place::Objects { .. } => self.target.spot(name, self.names),
        }
    }
}

/// The names that are folders to others: on a disk a name is one or the other.
fn folders(entries: &[Entry]) -> Vec<String> {
    let is_folder = |name: &str| {
        let below = format!("{name}/");
        let at = entries.partition_point(|entry| entry.name < below);
        entries.get(at).is_some_and(|entry| entry.name.starts_with(&below))
    };
    entries.iter().map(|entry| &entry.name).filter(|name| is_folder(name)).cloned().collect()
}

impl Compare {
    /// A plan for one thing: it is copied, or it is the same.
    ///
    /// # Errors
    /// The target cannot be looked at, or a checksum not be computed.
    pub async fn plan(self, from: Entry, to: Spot) -> Result<Plan> {
        let there = if self == Self::Always { None } else { to.look(&from.name).await? };
        let Some(target) = there else { return Ok(Plan::of(from, to)) };
        let step = Step { from, to, why: Why::Changed };
        let mut plan = Plan::default();
        match self.differs(&step.from, &target) {
            Some(true) => plan.steps.push(step),
            Some(false) => plan.same = 1,
            None => decide(&mut plan, vec![(step, target)]).await?,
        }
        Ok(plan)
    }

    /// Whether the target has to be written; `None` if their checksums have to be compared.
    fn differs(self, source: &Entry, target: &Entry) -> Option<bool> {
        let sized = source.size != target.size;
        match self {
            Self::Always => Some(true),
            Self::Missing => Some(false),
            Self::Size => Some(sized),
            Self::Newer if sized => Some(is_newer(source, target) != Some(false)),
            Self::Newer => is_newer(source, target),
            Self::SizeAndTime if sized => Some(true),
            Self::SizeAndTime => is_newer(source, target),
            Self::Checksum => sized.then_some(true),
        }
    }
}

/// Whether a source was written to after its target; `None` if it was in the same second, and OSS tells no more.
fn is_newer(source: &Entry, target: &Entry) -> Option<bool> {
    let (Some(from), Some(to)) = (source.modified, target.modified) else { return None };
    match (&source.etag, &target.etag) {
        (Some(one), Some(other)) if one == other => Some(false),
        // The file has the object's own time, if it was downloaded from it.
        (Some(_), None) => Some(seconds(from) > seconds(to)),
        (None, _) if from <= to => Some(false),
        _ if seconds(from) == seconds(to) => None,
        _ => Some(from > to),
    }
}

fn seconds(moment: SystemTime) -> i64 {
    sanyun_core::time::unix_seconds(moment)
}

/// Compares the checksums of what is of one length.
async fn decide(plan: &mut Plan, undecided: Vec<(Step, Entry)>) -> Result<()> {
    let mut waiting = undecided.into_iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < CHECKSUMS_AT_ONCE
            && let Some((step, target)) = waiting.next()
        {
            running.spawn(async move {
                let sums = async { Ok((checksum(&step.from.spot).await?, checksum(&target.spot).await?)) };
                (sums.await, step)
            });
        }
        match running.join_next().await {
            None => break,
            Some(Ok((Ok((Some(one), Some(other))), _))) if one == other => plan.same += 1,
            Some(Ok((Ok(_), step))) => plan.steps.push(step),
            Some(Ok((Err(error), step))) => {
                plan.refused.push(Refused { name: step.from.spot.to_string(), error });
            }
            Some(Err(stopped)) => return Err(Error::io("comparing checksums", std::io::Error::other(stopped))),
        }
    }
    plan.steps.sort_by(|one, other| one.from.name.cmp(&other.from.name));
    Ok(())
}

/// The CRC-64 of a file, or of an object if OSS keeps it.
pub(super) async fn checksum(spot: &Spot) -> Result<Option<u64>> {
    match spot {
        Spot::Object { bucket, key } => Ok(bucket.head(&**key).await?.crc64()),
        Spot::File(path) => {
            let (own, what) = (path.clone(), format!("reading {}", path.display()));
            let read = tokio::task::spawn_blocking(move || {
                let mut digest = crc::Digest::new();
                let mut file = std::fs::File::open(own)?;
                let mut buffer = vec![0; 256 << 10];
                loop {
                    match std::io::Read::read(&mut file, &mut buffer)? {
                        0 => return Ok(digest.value()),
                        len => digest.update(buffer.get(..len).unwrap_or_default()),
                    }
                }
            });
            let read = read.await.unwrap_or_else(|stopped| Err(std::io::Error::other(stopped)));
            read.map(Some).map_err(|error| Error::io(what, error))
        }
    }
}

/// What is to be done.
#[derive(Debug, Default)]
pub struct Plan {
    /// What is copied, in the order of names.
    pub steps: Vec<Step>,
    /// What is deleted in the target.
    pub deletions: Vec<Entry>,
    /// Deletions that are not made because not everything could be looked at.
    pub withheld: u64,
    /// What cannot be done, and why.
    pub refused: Vec<Refused>,
    /// Folders as objects, which are folders on a disk anyway.
    pub markers: Vec<String>,
    /// What is there already.
    pub same: u64,
    /// What the filter left out of the source.
    pub excluded: u64,
    /// Temporary files of downloads that were cut off, or are at work: they are not looked at.
    pub temporary: u64,
}

impl Plan {
    /// A plan that copies one thing.
    pub fn of(from: Entry, to: Spot) -> Self {
        Self { steps: vec![Step { from, to, why: Why::New }], ..Self::default() }
    }

    /// The bytes that are copied.
    pub fn bytes(&self) -> u64 {
        self.steps.iter().map(|step| step.from.size).sum()
    }

    /// Does both.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        self.deletions.extend(other.deletions);
        self.refused.extend(other.refused);
        self.markers.extend(other.markers);
        self.withheld += other.withheld;
        self.same += other.same;
        self.excluded += other.excluded;
        self.temporary += other.temporary;
        self
    }
}

/// One copy.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is copied.
    pub from: Entry,
    /// What it becomes.
    pub to: Spot,
    /// Why.
    pub why: Why,
}

/// Why something is copied.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Why {
    /// The target does not have it, as far as anybody looked.
    New,
    /// The target has something else.
    Changed,
}

/// Something that cannot be done.
#[derive(Debug)]
pub struct Refused {
    /// What it is about.
    pub name: String,
    /// Why not.
    pub error: Error,
}

#[cfg(test)]
mod tests;
