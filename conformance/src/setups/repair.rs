//! What the official SDK does not cope with, each with the set-up that it does cope with and that means the same: ours
//! must find in the first what the official SDK finds in the second. The numbers are sections of the specification of
//! Huawei Cloud.

use serde_json::{Map, Value, json};

use crate::support::text;

/// One listed point.
pub struct Repair {
    /// What it is, and where it is specified.
    pub reason: &'static str,
    apply: fn(&mut Value, &Value),
}

/// All of them. Those that begin with `ours:` are no defect of the official SDK but more than it does.
pub const REPAIRS: &[Repair] = &[
    Repair { reason: "`%` in a profile is taken for interpolation (3.4)", apply: interpolation },
    Repair { reason: "a byte order mark in front of a profile is not understood (3.4)", apply: byte_order_mark },
    Repair {
        reason: "ours: keys of a profile may also be in camel case, as in the vendor's example (3.4)",
        apply: camel_case,
    },
    Repair { reason: "a token file of blanks passes and is sent as an empty token (3.5)", apply: blank_tokens },
    Repair { reason: "an expiry without a fraction of a second is refused (3.6)", apply: fraction },
    Repair { reason: "federation reads keys from the member `credential` only (3.6)", apply: member },
    Repair { reason: "keys living less than 40 minutes are fetched again for every request (3.6)", apply: short_life },
    Repair {
        reason: "a metadata service that is not there, or answers something else, ends the chain with a raw error (3.10)",
        apply: metadata,
    },
    Repair {
        reason: "ours: the account's id is read from the agency's URN instead of being looked up (4.2)",
        apply: account,
    },
    Repair { reason: "an empty file of regions is an error (5.2)", apply: empty_regions },
    Repair {
        reason: "the variable with a region's endpoints is not trimmed, and an empty item is kept (5.2)",
        apply: region_variables,
    },
];

impl Repair {
    /// The repaired set-up, unless nothing is to be repaired in this way. `ours` is our answer to the set-up.
    pub fn applied(&self, setup: &Value, ours: &Value) -> Option<Value> {
        let mut repaired = setup.clone();
        (self.apply)(&mut repaired, ours);
        (repaired != *setup).then_some(repaired)
    }
}

fn members<'a>(setup: &'a mut Value, name: &str) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    setup.get_mut(name).and_then(Value::as_object_mut).into_iter().flatten()
}

/// Rewrites the files whose paths have `part` in them.
fn rewrite(setup: &mut Value, part: &str, change: impl Fn(&str) -> String) {
    for (_, content) in members(setup, "files").filter(|(path, _)| path.contains(part)) {
        *content = Value::from(change(content.as_str().unwrap_or_default()));
    }
}

fn interpolation(setup: &mut Value, _: &Value) {
    rewrite(setup, "credentials", |content| content.replace('%', "%%"));
}

fn byte_order_mark(setup: &mut Value, _: &Value) {
    rewrite(setup, "credentials", |content| content.trim_start_matches('\u{feff}').to_owned());
}

fn camel_case(setup: &mut Value, _: &Value) {
    rewrite(setup, "credentials", snake_case);
}

/// A profile with its keys in the spelling that the official parser knows. Where a section has both, that one counts.
fn snake_case(profile: &str) -> String {
    const KEYS: [(&str, &str); 3] =
        [("domainid", "domain_id"), ("projectid", "project_id"), ("securitytoken", "security_token")];
    let sections = profile.split("[").map(|section| {
        let has = |key: &str| section.lines().any(|line| line.trim().to_lowercase().starts_with(key));
        let lines = section.split_inclusive('\n').map(|line| {
            let known = KEYS.into_iter().find(|(camel, _)| line.to_lowercase().starts_with(camel));
            match known.and_then(|(camel, snake)| Some((snake, line.get(camel.len()..)?))) {
                Some((snake, _)) if has(snake) => String::new(),
                Some((snake, rest)) => format!("{snake}{rest}"),
                None => line.to_owned(),
            }
        });
        lines.collect::<String>()
    });
    sections.collect::<Vec<_>>().join("[")
}

fn blank_tokens(setup: &mut Value, _: &Value) {
    rewrite(setup, "-token", |content| if content.trim().is_empty() { String::new() } else { content.to_owned() });
}

fn empty_regions(setup: &mut Value, _: &Value) {
    let says_nothing = |content: &str| content.lines().all(|line| line.trim().is_empty() || line.starts_with('#'));
    if let Some(files) = setup.get_mut("files").and_then(Value::as_object_mut) {
        files.retain(|path, content| !(path.ends_with("yaml") && content.as_str().is_some_and(says_nothing)));
    }
}

fn region_variables(setup: &mut Value, _: &Value) {
    for (_, value) in members(setup, "env").filter(|(name, _)| name.starts_with("HUAWEICLOUD_SDK_REGION_")) {
        let items = value.as_str().unwrap_or_default().split(',').map(str::trim).filter(|item| !item.is_empty());
        *value = Value::from(items.collect::<Vec<_>>().join(","));
    }
}

/// Rewrites the bodies of replies.
fn rewrite_replies(setup: &mut Value, change: impl Fn(&str, &mut Value)) {
    for (route, replies) in members(setup, "network") {
        replies.as_array_mut().into_iter().flatten().for_each(|reply| change(route, reply));
    }
}

fn in_bodies(setup: &mut Value, from: &str, to: &str) {
    rewrite_replies(setup, |_, reply| reply["body"] = Value::from(text(reply, "body").replace(from, to)));
}

fn fraction(setup: &mut Value, _: &Value) {
    in_bodies(setup, ":05Z", ":05.0Z");
}

fn short_life(setup: &mut Value, _: &Value) {
    in_bodies(setup, "2026-01-02T03:24:05", "2026-01-02T09:24:05");
}

fn member(setup: &mut Value, _: &Value) {
    rewrite_replies(setup, |route, reply| {
        let body = text(reply, "body");
        if route.ends_with("securitytokens") && reply["status"] == 200 && !body.starts_with("{\"credential") {
            reply["body"] = Value::from(format!("{{\"credential\":{body}}}"));
        }
    });
}

/// A refusal instead of silence or of keys that are not whole: the official chain goes on from there.
fn metadata(setup: &mut Value, _: &Value) {
    let refusal = || json!({"status": 403, "body": "no"});
    rewrite_replies(setup, |route, reply| {
        if route.ends_with("/securitykey") && reply["status"] == 200 && !is_whole(text(reply, "body")) {
            *reply = refusal();
        }
    });
    if let Some(network) = setup.get_mut("network").and_then(Value::as_object_mut) {
        network.entry("PUT /meta-data/latest/api/token").or_insert_with(|| json!([refusal()]));
    }
}

/// Whether keys in a reply have all that is needed.
fn is_whole(body: &str) -> bool {
    let reply: Value = serde_json::from_str(body).unwrap_or_default();
    let keys = reply.as_object().and_then(|reply| reply.values().find_map(Value::as_object).or(Some(reply)));
    let has = |keys: &Map<String, Value>, names: [&str; 3]| names.iter().any(|name| keys.contains_key(*name));
    keys.is_some_and(|keys| {
        has(keys, ["access", "accessKeyId", "access_key_id"])
            && has(keys, ["secret", "secretAccessKey", "secret_access_key"])
            && has(keys, ["expires_at", "expiration", ""])
    })
}

fn account(setup: &mut Value, ours: &Value) {
    let id = text(&setup["env"], "HUAWEICLOUD_OIDC_AGENCY_URN").split(':').nth(2).map(str::to_owned);
    if text(&ours["credentials"], "source") == "oidc"
        && text(&setup["env"], "HUAWEICLOUD_SDK_DOMAIN_ID").is_empty()
        && setup["kind"] == "global"
    {
        setup["env"]["HUAWEICLOUD_SDK_DOMAIN_ID"] = id.into();
    }
}
