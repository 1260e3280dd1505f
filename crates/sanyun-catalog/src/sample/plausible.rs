//! Plain values that look like what their names say.

use serde_json::{Value, json};

use crate::{Cloud, Type};

/// A stream of numbers from a seed (SplitMix64).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 up to, but not including, `limit`; 0 for a limit of 0.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or(0)
    }

    fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from_digit((self.next() % 16) as u32, 16).unwrap_or('0')).collect()
    }
}

/// A name in lower case without anything but letters and digits.
pub(super) fn plain_name(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// A plain value of a type for a field of that name.
pub(super) fn plain(ty: &Type<'_>, name: &str, cloud: Cloud, chance: &mut Chance) -> Value {
    let word = plain_name(name);
    match ty {
        Type::Int | Type::Uint => json!(integer(&word, chance)),
        Type::Float | Type::Decimal => json!(chance.below(10_000) as f64 / 100.0),
        Type::Bool => json!(word == "success" || chance.below(2) == 1),
        Type::Bytes => json!("c2FueXVu"),
        Type::Date => json!(date(chance)),
        Type::DateTime => json!(date_time(cloud, chance)),
        Type::DateTimeIso => json!(date_time_iso(chance)),
        Type::Any => json!({}),
        _ => json!(text(&word, cloud, chance)),
    }
}

fn integer(word: &str, chance: &mut Chance) -> u64 {
    let has = |parts: &[&str]| parts.iter().any(|part| word.contains(part));
    if has(&["timestamp", "time", "date"]) && !has(&["timeout", "times"]) {
        1_700_000_000 + chance.below(30_000_000)
    } else if has(&["port"]) {
        1_024 + chance.below(60_000)
    } else if has(&["count", "total", "number", "page"]) {
        1 + chance.below(2)
    } else if has(&["code", "err"]) {
        0
    } else if has(&["memory", "disk", "size", "quota", "bandwidth"]) {
        1 << chance.below(9)
    } else {
        chance.below(100)
    }
}

fn text(word: &str, cloud: Cloud, chance: &mut Chance) -> String {
    let has = |part: &str| word.contains(part);
    let ends = |part: &str| word.ends_with(part);
    if ["id", "ids", "idset", "idsets"].into_iter().any(ends) || has("uuid") {
        return id(word, cloud, chance);
    }
    if has("ipv6") {
        return format!("2001:db8::{:x}", 1 + chance.below(0xfffe));
    }
    if has("cidr") || has("network") && has("address") {
        return format!("10.{}.{}.0/24", chance.below(256), chance.below(256));
    }
    if ends("ip") || ends("ips") || has("ipaddr") || ends("ipset") || has("gatewayip") {
        return format!("10.{}.{}.{}", chance.below(256), chance.below(256), 1 + chance.below(254));
    }
    if has("mac") && (has("addr") || ends("mac")) {
        let hex = chance.hex(6);
        let (a, rest) = hex.split_at(2);
        let (b, c) = rest.split_at(2);
        return format!("fa:16:3e:{a}:{b}:{c}");
    }
    if ends("time") || ends("at") && (has("created") || has("updated")) || ends("date") || has("timestamp") {
        return date_time_iso(chance);
    }
    let fixed = fixed_text(word, cloud);
    if !fixed.is_empty() {
        return fixed.to_owned();
    }
    format!("{}-{}", if word.is_empty() { "sample" } else { word }, chance.hex(4))
}

/// Texts that are the same every time; empty if the name says nothing.
fn fixed_text(word: &str, cloud: Cloud) -> &'static str {
    let has = |part: &str| word.contains(part);
    if has("zone") {
        match cloud {
            Cloud::Huawei => "cn-north-4a",
            Cloud::Tencent => "ap-guangzhou-3",
            Cloud::Alibaba => "cn-hangzhou-h",
        }
    } else if has("region") {
        match cloud {
            Cloud::Huawei => "cn-north-4",
            Cloud::Tencent => "ap-guangzhou",
            Cloud::Alibaba => "cn-hangzhou",
        }
    } else if word.ends_with("status") || word.ends_with("state") {
        match cloud {
            Cloud::Huawei => "ACTIVE",
            Cloud::Tencent => "RUNNING",
            Cloud::Alibaba => "Running",
        }
    } else if has("url") || has("uri") || has("href") {
        "https://example.com/sample"
    } else if has("domain") || has("host") || has("endpoint") {
        "sample.example.com"
    } else if has("email") || has("mail") {
        "user@example.com"
    } else if has("phone") || has("mobile") {
        "13800000000"
    } else if word == "code" {
        "OK"
    } else if has("version") {
        "1.0"
    } else if has("protocol") {
        "TCP"
    } else {
        ""
    }
}

/// A UUID where the vendor uses them, else the kind of thing and some digits: `instance-3f2a91bc`.
fn id(word: &str, cloud: Cloud, chance: &mut Chance) -> String {
    if cloud == Cloud::Huawei || word.contains("uuid") {
        let hex = |chance: &mut Chance, digits| chance.hex(digits);
        let (a, b, c) = (hex(chance, 8), hex(chance, 4), hex(chance, 3));
        let (d, e) = (hex(chance, 3), hex(chance, 12));
        return format!("{a}-{b}-4{c}-a{d}-{e}");
    }
    let thing = word.trim_end_matches('s').trim_end_matches("set").trim_end_matches('s').trim_end_matches("id");
    format!("{}-{}", if thing.is_empty() { "id" } else { thing }, chance.hex(8))
}

fn date(chance: &mut Chance) -> String {
    format!("2026-{:02}-{:02}", 1 + chance.below(12), 1 + chance.below(28))
}

fn clock(chance: &mut Chance) -> String {
    format!("{:02}:{:02}:{:02}", chance.below(24), chance.below(60), chance.below(60))
}

/// Tencent Cloud writes local time with a blank, the others follow ISO 8601.
fn date_time(cloud: Cloud, chance: &mut Chance) -> String {
    match cloud {
        Cloud::Tencent => format!("{} {}", date(chance), clock(chance)),
        _ => date_time_iso(chance),
    }
}

fn date_time_iso(chance: &mut Chance) -> String {
    format!("{}T{}Z", date(chance), clock(chance))
}
