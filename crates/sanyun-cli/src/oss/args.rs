//! The command line of `sanyun oss`.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};

use super::setting::SETTINGS;
use super::size;

const AFTER_HELP: &str = "\
Addresses are oss://BUCKET/KEY. A key is what stands behind the bucket's slash, byte for byte: nothing is decoded.
`*`, `?` and `**` (across slashes) are patterns where there is no object of exactly that key; --glob and --literal say
which is meant. Copies go on where an interrupted run of the same command stopped, unless --no-resume is given.

Examples:
  sanyun oss cp photo.jpg oss://bucket/photos/
  sanyun oss cp 'oss://bucket/logs/**/*.gz' logs/
  sanyun oss sync photos oss://bucket/photos --exclude '*.tmp' --delete --dry-run
  tar c . | sanyun oss cp - oss://bucket/all.tar
  sanyun oss lifecycle get oss://bucket > rules.json && sanyun oss lifecycle put oss://bucket rules.json
  sanyun oss call GetBucketStat --bucket bucket";

/// `sanyun oss`
pub(crate) fn command() -> Command {
    Command::new("oss")
        .about("Files and objects of Alibaba Cloud OSS")
        .after_help(AFTER_HELP)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommands(objects())
        .subcommands([make_bucket(), Command::new("rb").about("Remove an empty bucket").arg(url("oss://BUCKET"))])
        .subcommands(properties())
        .subcommands(SETTINGS.map(|setting| setting.command()))
        .subcommand(call())
}

fn url(name: &'static str) -> Arg {
    Arg::new(name).value_name(name).required(true)
}

fn object() -> Arg {
    url("oss://BUCKET/KEY")
}

fn switch(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).help(help).action(ArgAction::SetTrue)
}

fn option(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

fn recursive(help: &'static str) -> Arg {
    switch("recursive", help).short('r')
}

fn version() -> Arg {
    option("version-id", "ID", "This version of the object")
}

fn filters() -> [Arg; 2] {
    [
        option("include", "PATTERN", "Only names that this pattern, or another --include, covers; can be repeated")
            .action(ArgAction::Append),
        option(
            "exclude",
            "PATTERN",
            "No names that this pattern covers, such as '*.tmp' or node_modules; can be repeated",
        )
        .action(ArgAction::Append),
    ]
}

fn patterns() -> [Arg; 2] {
    [
        switch("glob", "Take `*`, `?` and `**` in addresses as patterns").conflicts_with("literal"),
        switch("literal", "Take `*` and `?` in addresses as characters of keys"),
    ]
}

fn objects() -> [Command; 7] {
    [
        Command::new("ls")
            .about("List buckets, or the objects of a bucket")
            .arg(Arg::new("url").value_name("oss://BUCKET/PREFIX"))
            .arg(recursive("List what lies below, too"))
            .arg(switch("long", "Also show storage class, type and ETag").short('l'))
            .arg(switch("versions", "List all versions and delete markers").conflicts_with("uploads"))
            .arg(switch("uploads", "List uploads in parts that are not complete"))
            .args(patterns())
            .args(filters()),
        Command::new("du")
            .about("Add up the objects below an address, by storage class")
            .arg(url("oss://BUCKET/PREFIX"))
            .args(patterns())
            .args(filters()),
        transfer("cp", "Copy files to objects, objects to files, objects to objects"),
        transfer("mv", "Move: copy, and delete each source that was copied"),
        sync(),
        Command::new("rm")
            .about("Delete an object, or many")
            .arg(object().num_args(1..).action(ArgAction::Append))
            .arg(recursive("Delete all objects whose keys begin with KEY"))
            .arg(switch("everything", "With -r and no KEY: empty the bucket").requires("recursive"))
            .arg(switch("all-versions", "Delete all versions and delete markers, for good").conflicts_with("uploads"))
            .arg(version().conflicts_with_all(["all-versions", "uploads", "recursive", "glob"]))
            .arg(switch("uploads", "Give up uploads in parts instead; no object is touched"))
            .arg(switch("quiet", "Print no line for each object").short('q'))
            .arg(switch("glob", "Take `*`, `?` and `**` in addresses as patterns"))
            .args(filters()),
        Command::new("cat")
            .about("Write an object to standard output")
            .arg(object())
            .arg(
                option("range", "FIRST-LAST", "Only these bytes: 0-99, 100- or -10 for the last ten")
                    .allow_hyphen_values(true),
            )
            .arg(version()),
    ]
}

fn make_bucket() -> Command {
    Command::new("mb")
        .about("Make a bucket")
        .arg(url("oss://BUCKET"))
        .arg(option("acl", "ACL", "private (default), public-read or public-read-write"))
        .arg(option("storage-class", "CLASS", "Standard (default), IA, Archive, ColdArchive or DeepColdArchive"))
        .arg(option("redundancy", "KIND", "LRS (one zone) or ZRS (three)"))
}

fn transfer(name: &'static str, about: &'static str) -> Command {
    // Options may stand between them.
    let paths = Arg::new("PATH").num_args(1..).action(ArgAction::Append).required(true).help(
        "Files, folders with -r, or oss://BUCKET/KEY; the last one is the target. `-` is standard input or output",
    );
    Command::new(name)
        .about(about)
        .override_usage(format!("sanyun oss {name} [OPTIONS] SOURCE... TARGET"))
        .arg(paths)
        .arg(recursive("Folders, and all objects whose keys begin with KEY"))
        .arg(
            switch("update", "Only where the source is newer than the target, or there is none")
                .short('u')
                .visible_alias("if-newer"),
        )
        .arg(switch("no-clobber", "Leave alone what is there").short('n').conflicts_with("update"))
        .arg(switch("force", "Overwrite what is there (the default)").short('f').conflicts_with("no-clobber"))
        .arg(version())
        .args(patterns())
        .args(filters())
        .args(ways())
}

fn sync() -> Command {
    Command::new("sync")
        .about("Copy what is new or differs from one folder or bucket to another")
        .after_help(
            "What is in both places is copied if its length differs or its source is newer; where seconds do not tell,\n\
             checksums do. Downloaded files get the time of their object. --delete deletes in the target what the source\n\
             does not have: never what --include and --exclude leave out, never while something else failed, and not\n\
             everything because the source is empty, unless --force is given.",
        )
        .arg(url("SOURCE").help("A folder, or oss://BUCKET/PREFIX"))
        .arg(url("TARGET").help("The same; one of the two, or both, are on OSS"))
        .arg(switch("delete", "Delete in the target what the source does not have"))
        .arg(switch("force", "Delete everything if the source is empty").short('f'))
        .arg(switch("checksum", "Compare lengths and CRC-64 instead of times"))
        .arg(switch("size-only", "Compare only lengths").conflicts_with("checksum"))
        .arg(switch("update", "Only where the source is newer").short('u').conflicts_with_all(["checksum", "size-only"]))
        .args(filters())
        .args(ways())
}

/// How copies are made.
fn ways() -> Vec<Arg> {
    let bytes = |arg: Arg| arg.value_parser(size::parse);
    vec![
        option("storage-class", "CLASS", "Standard, IA, Archive, ColdArchive or DeepColdArchive"),
        option("acl", "ACL", "default, private, public-read or public-read-write"),
        option("meta", "NAME=VALUE", "Keep this text with the object; can be repeated").action(ArgAction::Append),
        option("content-type", "TYPE", "The media type; by default that of the file name's ending"),
        option("tag", "NAME=VALUE", "Give the object this tag; can be repeated").action(ArgAction::Append),
        bytes(option("part-size", "SIZE", "The length of a part, such as 8MiB")),
        option("parallel", "N", "How many parts of one object go at a time (default 3)")
            .value_parser(value_parser!(u16).range(1..)),
        option("jobs", "N", "How many objects go at a time (default 8)")
            .short('j')
            .value_parser(value_parser!(u16).range(1..)),
        bytes(option("limit-rate", "RATE", "The most bytes a second of all copies together, such as 10MB/s")),
        option("checkpoint-dir", "DIR", "Where it is written down how far copies have come")
            .value_parser(value_parser!(PathBuf)),
        switch("no-resume", "Begin anew, and leave nothing behind when interrupted").conflicts_with("checkpoint-dir"),
        switch("encode-names", "Spell keys that no file can have so that one can: `..` as %2E%2E, and so on"),
        switch("no-progress", "No progress bar, also on a terminal"),
        switch("quiet", "Print no line for each object").short('q'),
    ]
}

fn properties() -> Vec<Command> {
    let action = |words: &[&'static str]| {
        Arg::new("action").value_name("ACTION").required(true).value_parser(PossibleValuesParser::new(words.to_vec()))
    };
    vec![
        Command::new("stat").about("Show the properties of an object or a bucket").arg(object()).arg(version()),
        presign(),
        Command::new("hash")
            .about("Compute the checksum of a file, an object or standard input")
            .arg(url("PATH").help("A file, `-`, or oss://BUCKET/KEY"))
            .arg(
                option("type", "KIND", "crc64 (default) or md5").value_parser(["crc64", "md5"]).default_value("crc64"),
            ),
        Command::new("append")
            .about("Append a file or standard input to an object")
            .arg(url("FILE"))
            .arg(object())
            .arg(option("content-type", "TYPE", "The media type, if the object is made")),
        Command::new("restore")
            .about("Restore archived objects, so that they can be read")
            .arg(object())
            .arg(recursive("All objects whose keys begin with KEY"))
            .arg(option("days", "N", "How long (default 1)").value_parser(value_parser!(u32).range(1..)))
            .arg(option("tier", "TIER", "Expedited, Standard or Bulk")),
        Command::new("tag")
            .about("Get, set or delete the tags of an object or a bucket")
            .arg(action(&["get", "set", "delete"]))
            .arg(object())
            .arg(Arg::new("tags").value_name("NAME=VALUE").num_args(0..)),
        Command::new("acl")
            .about("Get or set who may read and write an object or a bucket")
            .arg(action(&["get", "set"]))
            .arg(object())
            .arg(Arg::new("acl").value_name("ACL")),
        Command::new("symlink")
            .about("Get or set a symbolic link to an object of the same bucket")
            .arg(action(&["get", "set"]))
            .arg(object())
            .arg(Arg::new("target").value_name("KEY")),
    ]
}

fn presign() -> Command {
    Command::new("presign")
        .about("Print a URL with which anybody can read an object, or do what --method says")
        .arg(object())
        .arg(
            option("expires", "SECONDS", "How long the URL works (default 3600; at most 7 days)")
                .value_parser(link_lifetime),
        )
        .arg(
            option("method", "METHOD", "GET (default), HEAD, PUT or DELETE")
                .value_parser(["GET", "HEAD", "PUT", "DELETE"])
                .ignore_case(true)
                .default_value("GET"),
        )
        .arg(option("content-type", "TYPE", "With PUT: the media type, which has to be sent too"))
        .arg(version())
}

/// Signature V4 allows 7 days.
fn link_lifetime(text: &str) -> Result<Duration, String> {
    let longest = Duration::from_secs(7 * 24 * 3600);
    let lifetime = crate::duration::parse(text)?;
    if lifetime > longest { Err("a link works for at most 7 days (604800 seconds)".to_owned()) } else { Ok(lifetime) }
}

/// The options of `sanyun oss call` beside those that every command has.
pub(crate) fn call_options() -> Vec<Arg> {
    vec![
        option("product", "PRODUCT", "Whose operation it is")
            .value_parser(["oss", "vectors", "tables", "data-process", "agentic"])
            .default_value("oss"),
        option("account-id", "ID", "The id of the account, which stands in the names of vector and agentic buckets"),
        option("params-file", "FILE", "Parameters as a JSON object, `-` for standard input; options go before it"),
    ]
}

fn call() -> Command {
    Command::new("call")
        .about("Call any operation by its name; without one, list the operations")
        .after_help(
            "Parameters are written --name VALUE, with hyphens or underscores; a value that begins with { or [ is JSON, and\n\
             @FILE stands for what is in the file. `--body` gives the bytes of operations that send some.",
        )
        .args(call_options())
        .arg(Arg::new("call").num_args(0..).last(true).value_name("OPERATION [--parameter VALUE]..."))
}
