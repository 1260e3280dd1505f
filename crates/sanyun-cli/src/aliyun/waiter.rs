//! `--waiter expr=… to=… timeout=180 interval=5`.

use std::time::Duration;

use sanyun_core::{Error, Result};

use super::pairs::Pairs;
use crate::query::Condition;
use crate::tccli::Waiter;

/// The names of its parts.
pub(super) const NAMES: [&str; 4] = ["expr", "to", "timeout", "interval"];
const USAGE: &str = "such as --waiter expr='Instances.Instance[0].Status' to=Running";
const LIMIT: Duration = Duration::from_secs(180);
const INTERVAL: Duration = Duration::from_secs(5);

/// What is waited for.
///
/// # Errors
/// A part is missing, or cannot be understood.
pub(super) fn read(pairs: &Pairs) -> Result<Waiter> {
    let wrong = |why: String| Error::input(format!("--waiter: {why}")).with_hint(USAGE);
    let (expr, to) = (pairs.needed("expr")?, pairs.needed("to")?);
    let condition = Condition::equals(expr, to.into()).map_err(|why| wrong(format!("`expr`: {why}")))?;
    let time = |name: &str, usual: Duration| match pairs.get(name) {
        None => Ok(usual),
        Some(text) => {
            let time = crate::duration::parse(text).ok().filter(|time| !time.is_zero());
            time.ok_or_else(|| wrong(format!("`{name}` must be a number of seconds, more than 0")))
        }
    };
    let limit = time("timeout", LIMIT)?;
    Ok(Waiter { condition, interval: time("interval", INTERVAL)?.min(limit), limit })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_waits_for_a_text() {
        let waiter = read(&Pairs::of("waiter", "expr=A[0].S to=Running timeout=30 interval=2")).unwrap();
        assert_eq!((waiter.interval, waiter.limit), (Duration::from_secs(2), Duration::from_secs(30)));
        let holds = |answer| waiter.condition.holds(&answer).unwrap();
        assert!(holds(json!({"A": [{"S": "Running"}]})));
        assert!(!holds(json!({"A": [{"S": "Starting"}]})));
        assert!(!holds(json!({"A": []})));
        let number = read(&Pairs::of("waiter", "expr=TotalCount to=2")).unwrap();
        assert_eq!((number.interval, number.limit), (INTERVAL, LIMIT));
        assert_eq!(number.condition.holds(&json!({"TotalCount": 2})), Ok(true));
    }

    #[test]
    fn slips_are_told() {
        for (words, message) in [
            ("to=x", "--waiter: `expr=` is missing"),
            ("expr=a", "--waiter: `to=` is missing"),
            ("expr=a[ to=b", "--waiter: `expr`: the expression ends too early"),
            ("expr=a to=b timeout=0", "--waiter: `timeout` must be a number of seconds, more than 0"),
            ("expr=a to=b interval=x", "--waiter: `interval` must be a number of seconds, more than 0"),
        ] {
            let told = read(&Pairs::of("waiter", words)).unwrap_err();
            assert!(told.message().starts_with(message), "{words}: {told}");
        }
    }
}
