//! Random set-ups of a machine: environment, files, what answers on its network, and a call to make from it.
//!
//! Paths are below `{root}`, a folder that each side chooses. Texts are such that they can stand in a header.

mod network;
mod profile;
mod regions;

use sanyun_core::Chance;
use serde_json::{Map, Value, json};

use super::Random;

/// Service, version, operation, the name of its method in the official client, whether the service is global.
const CALLS: &[(&str, &str, &str, &str, bool)] = &[
    ("vpc", "v2", "ListVpcs", "list_vpcs", false),
    ("vpc", "v3", "ListVpcs", "list_vpcs", false),
    ("ecs", "v2", "ListServersDetails", "list_servers_details", false),
    ("cts", "v3", "ListTrackers", "list_trackers", false),
    ("dsc", "v1", "ListRuleGroups", "list_rule_groups", false),
    ("iam", "v3", "KeystoneListRegions", "keystone_list_regions", true),
    ("eps", "v1", "ListEnterpriseProject", "list_enterprise_project", true),
    ("config", "v1", "ListPolicyAssignments", "list_policy_assignments", true),
];

const REGIONS: &[&str] = &[
    "cn-north-4",
    "cn-north-4",
    "cn-north-4",
    "cn-east-3",
    "cn-south-1",
    "ap-southeast-3",
    "eu-west-101",
    "la-south-2",
    "my-kualalumpur-1",
    "cn-nort-4",
    "my-own-1",
];

/// Where the vendor looks for the two files unless it is told otherwise.
const CREDENTIALS_FILE: &str = "{root}/home/.huaweicloud/credentials";
const REGIONS_FILE: &str = "{root}/home/.huaweicloud/regions.yaml";

/// A set-up, as a case of kind `setup`.
pub fn setup(chance: &dyn Chance) -> Value {
    let random = &Random(chance);
    let (service, version, operation, method, is_global) = *random.pick(CALLS);
    let region = *random.pick(REGIONS);
    let mut setup = Setup::default();
    if !random.one_in(20) {
        setup.var("HOME", "{root}/home");
    }
    environment(random, &mut setup);
    oidc(random, &mut setup);
    profile_file(random, &mut setup);
    pod_identity(random, &mut setup);
    endpoints(random, &mut setup, service, region);
    json!({
        "env": setup.env,
        "files": setup.files,
        "network": network::replies(random),
        "time": "2026-01-02T03:04:05Z",
        "kind": if is_global { "global" } else { "basic" },
        "service": service,
        "version": version,
        "operation": operation,
        "method": method,
        "region": region,
    })
}

#[derive(Default)]
struct Setup {
    env: Map<String, Value>,
    files: Map<String, Value>,
}

impl Setup {
    fn var(&mut self, name: &str, text: impl Into<String>) {
        self.env.insert(name.to_owned(), Value::String(text.into()));
    }

    fn file(&mut self, path: &str, content: impl Into<String>) {
        self.files.insert(path.to_owned(), Value::String(content.into()));
    }

    /// Sets a variable; now and then to nothing, or not at all.
    fn usually(&mut self, random: &Random<'_>, name: &str, text: impl Into<String>) {
        match random.below(12) {
            0 => {}
            1 => self.var(name, ""),
            _ => self.var(name, text),
        }
    }

    /// A file with an identity token, and where it is; now and then empty or not there.
    fn token_file(&mut self, random: &Random<'_>, name: &str) -> String {
        let path = format!("{{root}}/{name}");
        let token = random.word(30);
        match random.below(14) {
            0 => {}
            1 => self.file(&path, ""),
            2 => self.file(&path, " \n"),
            3 => self.file(&path, format!("  {token}\r\n")),
            4 | 5 => self.file(&path, format!("{token}\n")),
            _ => self.file(&path, token),
        }
        path
    }
}

/// A key: printable ASCII, with what parsers take for something else, but for the signs that are listed defects.
fn key(random: &Random<'_>) -> String {
    const ODD: &[&str] = &["+", "/", "=", ":", "#", ";", "\"", "'", "$", "{x}", "\\n", " "];
    let plain = random.word(20);
    if random.one_in(3) { format!("{plain}{}{}", random.pick(ODD), random.word(8)) } else { plain }
}

fn environment(random: &Random<'_>, setup: &mut Setup) {
    if random.one_in(2) {
        let blank = if random.one_in(25) { " " } else { "" };
        setup.usually(random, "HUAWEICLOUD_SDK_AK", key(random));
        setup.usually(random, "HUAWEICLOUD_SDK_SK", format!("{}{blank}", key(random)));
        if random.one_in(3) {
            setup.usually(random, "HUAWEICLOUD_SDK_SECURITY_TOKEN", random.word(60));
        }
    }
    if random.one_in(5) {
        setup.usually(random, "HUAWEICLOUD_SDK_IDP_ID", random.word(10));
        let path = setup.token_file(random, "environment-token");
        setup.usually(random, "HUAWEICLOUD_SDK_ID_TOKEN_FILE", path);
    }
    if random.one_in(3) {
        setup.usually(random, "HUAWEICLOUD_SDK_PROJECT_ID", random.word(32));
    }
    if random.one_in(3) {
        setup.usually(random, "HUAWEICLOUD_SDK_DOMAIN_ID", random.word(32));
    }
}

fn oidc(random: &Random<'_>, setup: &mut Setup) {
    if !random.one_in(6) {
        return;
    }
    setup.usually(random, "HUAWEICLOUD_OIDC_PROVIDER_URN", format!("iam::{}:provider:p", random.word(8)));
    setup.usually(random, "HUAWEICLOUD_OIDC_AGENCY_URN", format!("iam::{}:agency:a", random.word(8)));
    if random.one_in(2) {
        setup.usually(random, "HUAWEICLOUD_OIDC_ID_TOKEN", random.word(30));
    }
    if random.one_in(2) {
        let path = setup.token_file(random, "oidc-token");
        setup.usually(random, "HUAWEICLOUD_OIDC_TOKEN_FILE", path);
    }
    if random.one_in(3) {
        setup.var("HUAWEICLOUD_OIDC_SESSION_NAME", random.word(10));
    }
    if random.one_in(3) {
        setup.var("HUAWEICLOUD_OIDC_DURATION_SECONDS", *random.pick(&["900", "7200", "3600", "an hour"]));
    }
    if random.one_in(4) {
        setup.usually(random, "HUAWEICLOUD_OIDC_POLICY", "{\"Version\":\"5.0\"}");
    }
    if random.one_in(4) {
        setup.usually(random, "HUAWEICLOUD_OIDC_POLICY_IDS", *random.pick(&["a", "a,b", " a , b,,", ","]));
    }
}

fn profile_file(random: &Random<'_>, setup: &mut Setup) {
    let path = match random.below(6) {
        0 => {
            setup.var("HUAWEICLOUD_SDK_CREDENTIALS_FILE", "{root}/own-credentials");
            "{root}/own-credentials"
        }
        1 => {
            setup.var("HUAWEICLOUD_SDK_CREDENTIALS_FILE", "");
            CREDENTIALS_FILE
        }
        _ => CREDENTIALS_FILE,
    };
    if random.one_in(2) {
        let token_file = setup.token_file(random, "profile-token");
        let text = profile::text(random, &token_file);
        setup.file(path, text);
    }
}

fn pod_identity(random: &Random<'_>, setup: &mut Setup) {
    if random.one_in(5) {
        setup.usually(random, "HC_CONTAINER_CREDENTIALS_FULL_URI", "http://169.254.23.23/pod/credentials");
        let path = setup.token_file(random, "pod-token");
        setup.usually(random, "HC_CONTAINER_AUTHORIZATION_TOKEN_FILE", path);
    }
}

fn endpoints(random: &Random<'_>, setup: &mut Setup, service: &str, region: &str) {
    const OWN: &[&str] = &["https://identity.example.com", "http://127.0.0.1:8080", "https://identity.example.com/"];
    if random.one_in(6) {
        setup.usually(random, "HUAWEICLOUD_SDK_IAM_ENDPOINT", *random.pick(OWN));
    }
    if random.one_in(6) {
        setup.usually(random, "HUAWEICLOUD_SDK_STS_ENDPOINT", *random.pick(OWN));
    }
    if random.one_in(4) {
        let variable = format!("HUAWEICLOUD_SDK_REGION_{service}_{region}").to_uppercase().replace('-', "_");
        setup.usually(random, &variable, regions::list(random));
    }
    if random.one_in(10) {
        setup.var("HUAWEICLOUD_SDK_REGION_OTHER_CN_NORTH_4", "https://other.example.com");
    }
    if random.one_in(2) {
        let path = match random.below(5) {
            0 => {
                setup.var("HUAWEICLOUD_SDK_REGIONS_FILE", "{root}/own-regions.yaml");
                "{root}/own-regions.yaml"
            }
            _ => REGIONS_FILE,
        };
        if !random.one_in(8) {
            setup.file(path, regions::yaml(random, service, region));
        }
    }
}
