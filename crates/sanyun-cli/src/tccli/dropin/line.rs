//! The command line in its parts: options for every call, the service and the action, and what belongs to the action.

use super::Stop;

/// Options with a value.
const VALUED: [&str; 17] = [
    "secretId",
    "secretKey",
    "token",
    "role-arn",
    "role-session-name",
    "region",
    "endpoint",
    "version",
    "language",
    "filter",
    "profile",
    "timeout",
    "output",
    "https-proxy",
    "cli-input-json",
    "waiter",
    "request-client",
];
/// Options without one.
const SWITCHES: [&str; 5] = ["use-cvm-role", "cli-unfold-argument", "generate-cli-skeleton", "warning", "detail"];
/// Those whose values are known.
const CHOICES: [(&str, &[&str]); 2] = [("output", &["json", "text", "table"]), ("language", &["zh-CN", "en-US"])];

/// A command line.
#[derive(Debug, Default)]
pub(super) struct Line {
    options: Vec<(&'static str, String)>,
    /// Words in front of the first parameter: service and action.
    pub(super) plain: Vec<String>,
    /// The first parameter and all that follows, options taken out.
    pub(super) rest: Vec<String>,
    /// Whether the release of the program is asked for, and nothing else.
    pub(super) asks_release: bool,
}

impl Line {
    /// Takes it apart. Options may stand anywhere; of one that is repeated the last counts.
    ///
    /// # Errors
    /// An option without its value, or with one that is none of those known.
    pub(super) fn read(words: &[String]) -> Result<Self, Stop> {
        let mut line = Self::default();
        let mut words = words.iter().peekable();
        while let Some(word) = words.next() {
            let (name, own) = split(word);
            let known = |all: &[&'static str]| all.iter().copied().find(|option| Some(*option) == name);
            if let Some(name) = known(&SWITCHES) {
                if name == "generate-cli-skeleton" {
                    let _ = words.next_if(|word| *word == "input");
                }
                line.options.push((name, String::new()));
            } else if let Some(name) = known(&VALUED) {
                let value = own.map(str::to_owned).or_else(|| words.next_if(|word| !word.starts_with("--")).cloned());
                line.take(name, value)?;
            } else if name.is_none() && line.rest.is_empty() {
                line.plain.push(word.clone());
            } else {
                line.rest.push(word.clone());
            }
        }
        Ok(line)
    }

    fn take(&mut self, name: &'static str, value: Option<String>) -> Result<(), Stop> {
        let choices = CHOICES.iter().find(|(option, _)| *option == name).map(|(_, choices)| *choices);
        match value {
            // Without a day it asks for that of the program.
            None if name == "version" => self.asks_release = true,
            Some(value) if name == "version" && !is_day(&value) => self.asks_release = true,
            None => return Err(Stop::syntax(format!("argument --{name}: expected one argument"))),
            Some(value) if choices.is_some_and(|choices| !choices.contains(&value.as_str())) => {
                let known = choices.unwrap_or_default().join(", ");
                return Err(Stop::syntax(format!("argument --{name}: `{value}` is none of {known}")));
            }
            Some(value) => self.options.push((name, value)),
        }
        Ok(())
    }

    /// The value of an option.
    pub(super) fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|(option, _)| *option == name).map(|(_, value)| value.as_str())
    }

    /// Whether an option is given.
    pub(super) fn has(&self, name: &str) -> bool {
        self.option(name).is_some()
    }
}

/// The name of an option, and the value that hangs on it.
pub(super) fn split(word: &str) -> (Option<&str>, Option<&str>) {
    let option = word.strip_prefix("--").filter(|option| !option.is_empty());
    let parts = option.map(|option| option.split_once('=').map_or((option, None), |(name, value)| (name, Some(value))));
    (parts.map(|(name, _)| name), parts.and_then(|(_, value)| value))
}

/// A day such as 2017-03-12: the version of an API.
fn is_day(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let numeric = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    numeric && parts.len() == 3 && text.len() == 10
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Line, Stop> {
        Line::read(&words.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn options_stand_anywhere() {
        let line = read("--region r cvm DescribeZones --Limit 5 --output=text --Ids a b --region s --detail").unwrap();
        assert_eq!((line.option("region"), line.option("output")), (Some("s"), Some("text")));
        assert_eq!(
            (line.plain.join(" "), line.rest.join(" ")),
            ("cvm DescribeZones".into(), "--Limit 5 --Ids a b".into())
        );
        assert!(line.has("detail") && !line.has("warning") && !line.asks_release);
        assert!(read("cvm X --generate-cli-skeleton input").unwrap().rest.is_empty());
    }

    #[test]
    fn a_version_is_a_day_or_the_programs() {
        assert!(read("--version").unwrap().asks_release);
        assert!(read("cvm --version x").unwrap().asks_release);
        assert_eq!(read("cvm X --version 2017-03-12").unwrap().option("version"), Some("2017-03-12"));
    }

    #[test]
    fn values_that_are_none_have_their_exit_code() {
        for (words, text) in [
            ("cvm X --output yaml", "argument --output: `yaml` is none of json, text, table"),
            ("cvm X --region", "argument --region: expected one argument"),
            ("cvm X --filter --Limit 1", "argument --filter: expected one argument"),
        ] {
            let stop = read(words).unwrap_err();
            assert_eq!((stop.code, stop.text.as_str()), (252, text));
        }
    }
}
