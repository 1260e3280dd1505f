//! `sanyun oss sync`.

use clap::ArgMatches;
use sanyun_core::{Error, Result};
use sanyun_oss::sync::{Compare, Place, Sync};

use super::session::{Session, flag};
use super::url::Url;
use super::{carry, ways};
use crate::runtime;

/// Copies what is new or differs, and with `--delete` deletes the rest.
///
/// # Errors
/// Both sides are on this machine, or one lies in the other; what the copies fail with.
pub(super) async fn run(session: &Session, arguments: &ArgMatches) -> Result<()> {
    let word = |name: &str| arguments.get_one::<String>(name).map_or("", String::as_str);
    let (source, target) = (word("SOURCE"), word("TARGET"));
    check(source, target)?;
    let sync = Sync::new(place(session, source)?, place(session, target)?)
        .filter(ways::filter(arguments)?)
        .compare(ways::compare(arguments, Compare::SizeAndTime))
        .names(ways::names(arguments))
        .delete(flag(arguments, "delete"))
        .force(flag(arguments, "force"));
    let plan = runtime::until_interrupted(sync.plan()).await.map_err(Session::advised)?;
    carry::carry_out(session, arguments, plan, false).await
}

/// A prefix is a folder, whether its slash was written or not.
fn place(session: &Session, text: &str) -> Result<Place> {
    if !Url::is_one(text) {
        return Ok(Place::folder(text));
    }
    let url = Url::parse(text)?.as_folder();
    Ok(Place::objects(&session.bucket(&url.bucket), url.key))
}

fn check(source: &str, target: &str) -> Result<()> {
    if !Url::is_one(source) && !Url::is_one(target) {
        return Err(Error::input("neither address begins with oss://"));
    }
    if !Url::is_one(source) || !Url::is_one(target) {
        return Ok(());
    }
    let (source, target) = (Url::parse(source)?.as_folder(), Url::parse(target)?.as_folder());
    let overlap = source.key.starts_with(&target.key) || target.key.starts_with(&source.key);
    if source.bucket == target.bucket && overlap {
        return Err(Error::input(format!("{source} and {target} lie in each other")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn a_folder_is_not_synchronised_with_a_part_of_itself() {
        for (source, target) in
            [("a", "b"), ("oss://b/p", "oss://b/p/q"), ("oss://b/p", "oss://b"), ("oss://b", "oss://b")]
        {
            assert!(check(source, target).is_err(), "{source} {target}");
        }
        for (source, target) in [("a", "oss://b"), ("oss://b/p", "oss://b/pq"), ("oss://b/p", "oss://c/p")] {
            assert!(check(source, target).is_ok(), "{source} {target}");
        }
    }
}
