//! `--wait` and `--waiter`: the call is made until a condition holds of its answer.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use clap::ArgMatches;
use sanyun_core::{Call, Error, ErrorKind, Result, every};
use serde_json::Value;

use crate::query::Condition;
use crate::tccli::Waiter;
use crate::terminal::Activity;

const INTERVAL: Duration = Duration::from_secs(5);
const LIMIT: Duration = Duration::from_secs(600);
/// Characters that are shown of what is waited for.
const SHOWN: usize = 120;

/// What was asked for.
pub(crate) struct Wait {
    condition: Condition,
    interval: Duration,
    limit: Duration,
}

impl Wait {
    /// Reads the options; `None` if nothing is waited for. `waiter` is the wish in the way of `tccli` or `aliyun`.
    ///
    /// # Errors
    /// The condition cannot be understood; an option that means nothing without it, or with `--all`.
    pub(crate) fn asked(matches: &ArgMatches, waiter: Option<Waiter>) -> Result<Option<Self>> {
        let text = matches.get_one::<String>("wait");
        let name = if text.is_some() { "wait" } else { "waiter" };
        if text.is_some() && waiter.is_some() {
            return Err(Error::input("--wait and --waiter exclude each other").with_hint("both say what to wait for"));
        }
        if (text.is_some() || waiter.is_some()) && (matches.get_flag("all") || matches.contains_id("max-items")) {
            let one_page = format!("--{name} looks at one page");
            return Err(Error::input(format!("--{name} and --all exclude each other")).with_hint(one_page));
        }
        let time = |name: &str| matches.get_one::<Duration>(name).copied();
        let Some(text) = text else {
            let alone = ["wait-interval", "wait-timeout"].into_iter().find(|name| time(name).is_some());
            return match alone {
                Some(name) => Err(Error::input(format!("--{name} means nothing without --wait"))),
                None => Ok(waiter.map(|Waiter { condition, interval, limit }| Self { condition, interval, limit })),
            };
        };
        let condition = Condition::parse(text).map_err(|why| {
            Error::input(format!("--wait: {why}")).with_hint(
                "such as 'Instances[].State==RUNNING'; the language is JMESPath: https://jmespath.org/tutorial.html",
            )
        })?;
        let (interval, limit) = (time("wait-interval").unwrap_or(INTERVAL), time("wait-timeout").unwrap_or(LIMIT));
        Ok(Some(Self { condition, interval, limit }))
    }

    /// Makes the call as often as needed.
    ///
    /// # Errors
    /// A call fails, or the condition does not hold in time.
    pub(crate) async fn answer<O: 'static>(self, call: Call<Value, O>, activity: &Arc<Activity>) -> Result<Value> {
        let Self { condition, interval, limit } = self;
        let last = Arc::new(Mutex::new(String::new()));
        let (seen, activity) = (Arc::clone(&last), Arc::clone(activity));
        let until = call.until(every(interval).up_to(limit), move |answer: &Value| {
            let holds = condition.holds(answer);
            let now = match &holds {
                Ok(_) => condition.watched(answer).map(|value| shortened(&value.to_string())).unwrap_or_default(),
                Err(why) => why.clone(),
            };
            activity.say(&format!("waiting: {now}"));
            *seen.lock().unwrap_or_else(PoisonError::into_inner) = now;
            holds.unwrap_or_default()
        });
        let answer = until.await.map_err(|error| {
            let last = last.lock().unwrap_or_else(PoisonError::into_inner);
            match error.kind() {
                ErrorKind::Timeout if !last.is_empty() => error.with_hint(format!("at last it was {last}")),
                _ => error,
            }
        });
        answer.map(sanyun_core::Response::into_inner)
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_shortened() {
        assert_eq!(shortened("[\"a\"]"), "[\"a\"]");
        assert_eq!(shortened(&"行".repeat(200)).chars().count(), SHOWN + 1);
    }
}
