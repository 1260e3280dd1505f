//! The modules of several services, for one `include!`.

use std::collections::BTreeMap;

use crate::Module;
use crate::naming;
use crate::write::ALLOWED;

/// The modules of several services: one a service, in it one a version, and the items of the main version in both: the
/// one that the catalog takes, or the latest of those that are there.
///
/// The text of each service version is a file of its own, so that tools lead to files of a bearable size.
#[derive(Default)]
pub struct Tree {
    services: BTreeMap<(String, String), BTreeMap<String, Leaf>>,
}

struct Leaf {
    title: String,
    file: String,
    is_main: bool,
}

impl Tree {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the module of a service version, whose text is in `file`, a path from the tree's own file. `parent` is the
    /// module around that of the service, empty for none; `service` is what the service is called.
    pub fn add(&mut self, parent: &str, service: &str, module: &Module<'_>, file: &str) {
        let versions = self.services.entry((parent.to_owned(), naming::module(service))).or_default();
        let leaf = Leaf { title: module.title(), file: file.to_owned(), is_main: module.is_main() };
        versions.insert(module.version_name(), leaf);
    }

    /// The text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut open = "";
        for ((parent, service), versions) in &self.services {
            if parent != open {
                text += if open.is_empty() { "" } else { "}\n\n" };
                text +=
                    &format!("/// Services of {}.\n#[allow(unreachable_pub)]\npub mod {parent} {{\n", title(parent));
                open = parent;
            }
            text += &service_text(service, versions);
        }
        text + if open.is_empty() { "" } else { "}\n" }
    }
}

fn service_text(service: &str, versions: &BTreeMap<String, Leaf>) -> String {
    let mut ordered: Vec<(&String, &Leaf)> = versions.iter().collect();
    ordered.sort_by_key(|(version, _)| number(version));
    let main = ordered.iter().find(|(_, leaf)| leaf.is_main).or(ordered.last());
    let (main, title) = main.map(|(version, leaf)| (version.as_str(), leaf.title.as_str())).unwrap_or_default();
    let mut text = format!("/// {title}, and its other versions.\n#[allow(unreachable_pub)]\npub mod {service} {{\n");
    if versions.len() == 1 {
        text = format!("/// {title}.\n#[allow(unreachable_pub)]\npub mod {service} {{\n");
    }
    text += &format!("#[allow(unused_imports)]\n#[doc(no_inline)]\npub use self::{main}::*;\n\n");
    for (version, leaf) in ordered {
        text += &format!("/// {}.\n#[allow({ALLOWED})]\npub mod {version} {{\n", leaf.title);
        text += &format!("include!(\"{}\");\n}}\n", leaf.file);
    }
    text + "}\n\n"
}

/// Versions are ordered by the number in them.
fn number(version: &str) -> u64 {
    let digits = version.bytes().filter(u8::is_ascii_digit);
    digits.fold(0, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0')))
}

fn title(cloud: &str) -> &str {
    match cloud {
        "huawei" => "Huawei Cloud",
        "tencent" => "Tencent Cloud",
        "alibaba" => "Alibaba Cloud",
        other => other,
    }
}
