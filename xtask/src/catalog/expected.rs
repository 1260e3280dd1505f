//! The reference: what a right importer finds in given releases (`expected.tsv`).

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use sanyun_catalog::Cloud;

use super::count::Counts;

/// The file, taken apart.
#[derive(Default)]
pub(super) struct Expected {
    /// Counts by cloud, service, version and release.
    pub(super) counts: BTreeMap<[String; 4], Counts>,
    /// Totals and digests of whole clouds, in the order of the file.
    pub(super) totals: BTreeMap<Cloud, Vec<(String, String)>>,
    /// Totals that differ from the reference, by cloud and name; the file says why.
    pub(super) known: BTreeMap<(Cloud, String), String>,
    /// Lines of the digest of fields that the reference counts and the archive leaves out on purpose.
    pub(super) left_out: BTreeMap<Cloud, Vec<String>>,
}

impl Expected {
    pub(super) fn read(path: &Path) -> Result<Expected, Box<dyn Error>> {
        let mut expected = Expected::default();
        for line in fs::read_to_string(path)?.lines().filter(|line| !line.starts_with('#')) {
            expected.line(line).ok_or_else(|| format!("{}: {line:?}", path.display()))?;
        }
        Ok(expected)
    }

    fn line(&mut self, line: &str) -> Option<()> {
        let (kind, rest) = line.split_once('\t')?;
        let (cloud, rest) = rest.split_once('\t')?;
        let of = Cloud::from_word(cloud)?;
        match kind {
            "service" => self.service(cloud, rest)?,
            "total" => {
                let (name, value) = rest.split_once('\t')?;
                self.totals.entry(of).or_default().push((name.to_owned(), value.to_owned()));
            }
            "known" => {
                let (name, value) = rest.split_once('\t')?;
                self.known.insert((of, name.to_owned()), value.to_owned());
            }
            "left-out" => self.left_out.entry(of).or_default().push(rest.to_owned()),
            _ => return None,
        }
        Some(())
    }

    fn service(&mut self, cloud: &str, line: &str) -> Option<()> {
        let cells: Vec<&str> = line.split('\t').collect();
        let [service, version, release, counts @ ..] = cells.as_slice() else { return None };
        let counts = counts.iter().map(|count| count.parse().ok()).collect::<Option<Vec<usize>>>()?;
        let key = [cloud, service, version, release].map(str::to_owned);
        self.counts.insert(key, counts.try_into().ok()?);
        Some(())
    }
}
