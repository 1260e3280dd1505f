//! Generates the typed code that `cargo xtask bench codec` measures, and beside it the same structures with serde's
//! derives, made of the text of the first so that both have the same members.

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    sanyun_codegen::Build::new()
        .root("sanyun_{cloud}")
        .service("tencent/cvm/2017-03-12")
        .operations(["DescribeInstances"])
        .service("alibaba/ecs/2014-05-26")
        .operations(["DescribeInstances"])
        .generate()?;
    let folder = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    for name in ["tencent_cvm_v20170312", "alibaba_ecs_v20140526"] {
        derived(&folder.join(name).with_extension("rs"), &folder.join(format!("{name}_derived.rs")))?;
    }
    Ok(())
}

/// Writes the structures of a generated file with derives.
fn derived(from: &Path, to: &Path) -> Result<(), Box<dyn Error>> {
    let text = std::fs::read_to_string(from)?;
    let mut out = String::new();
    for (name, fields) in structures(&text) {
        let names = wire_names(&text, name).ok_or_else(|| format!("{name} has no names"))?;
        writeln!(out, "#[derive(Clone, Default, serde::Deserialize, serde::Serialize)]\n#[serde(default)]")?;
        writeln!(out, "pub struct {name} {{")?;
        // Unknown members would make serde read everything twice (`flatten`); it is let off.
        for (wire, (field, of)) in names.iter().zip(fields).filter(|(wire, _)| **wire != "*") {
            let absent = if of.starts_with("Option<") { ", skip_serializing_if = \"Option::is_none\"" } else { "" };
            writeln!(out, "    #[serde(rename = \"{wire}\"{absent})]\n    pub {field}: {},", plain(of))?;
        }
        out.push_str("}\n\n");
    }
    std::fs::write(to, out)?;
    Ok(())
}

/// The structures of a text with their members' names and types.
fn structures(text: &str) -> impl Iterator<Item = (&str, Vec<(&str, &str)>)> {
    text.split("\npub struct ").skip(1).filter_map(|item| {
        let (name, rest) = item.split_once(" {\n")?;
        let lines = rest.lines().take_while(|line| *line != "}");
        let members = lines.filter_map(|line| line.trim().strip_prefix("pub ")?.strip_suffix(',')?.split_once(": "));
        Some((name, members.collect()))
    })
}

/// The names of a structure's members on the wire.
fn wire_names<'a>(text: &'a str, name: &str) -> Option<Vec<&'a str>> {
    let record = text.split_once(&format!("impl sdk::Record for {name} {{"))?.1;
    let list = record.split_once("&[")?.1.split_once(']')?.0;
    // Those of operations begin with a place.
    Some(list.split('"').skip(1).step_by(2).map(|entry| entry.rsplit(' ').next().unwrap_or(entry)).collect())
}

/// The type without ours.
fn plain(of: &str) -> String {
    of.replace("sdk::Timestamp", "String").replace("sdk::Decimal", "String").replace("sdk::Value", "serde_json::Value")
}
