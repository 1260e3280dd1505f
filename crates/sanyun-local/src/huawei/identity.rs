//! Who is who at Huawei Cloud: users, projects, tokens, and the temporary keys that were given out. What was given out is
//! kept in memory until the end; expiry is by the local cloud's clock.

use std::sync::Arc;
use std::time::SystemTime;

use sanyun_core::{Chance, Secret, time};
use serde_json::Value;

use crate::keys::{DEFAULT_ACCOUNT, Key};
use crate::seed;
use crate::table::Table;

/// The name of the account of all keys and users, as a login of Huawei Cloud states it.
pub const DOMAIN_NAME: &str = "sanyun-local";
/// The user of Huawei Cloud that is always known.
pub const USER_NAME: &str = "sanyun-local-user";
/// The password of [`USER_NAME`].
pub const USER_PASSWORD: &str = "sanyun-local-password";
/// The token that a pod shows for its keys at `POST /v1/credentials`.
pub const POD_TOKEN: &str = "sanyun-local-pod-token";

/// The regions whose projects are listed when none is named.
const REGIONS: [&str; 6] = ["cn-north-1", "cn-north-4", "cn-east-3", "cn-south-1", "cn-southwest-2", "ap-southeast-1"];

/// A user who logs in with a password.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) password: Secret,
}

impl User {
    pub(crate) fn id(&self) -> String {
        seed::id(&format!("user {}", self.name))
    }
}

/// A project of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Project {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// What a builder says about identities.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) users: Vec<User>,
    /// `None`: one project in every region.
    pub(crate) projects: Option<Vec<Project>>,
    pub(crate) hide_domains: bool,
}

impl Default for Setup {
    fn default() -> Self {
        let user = User { name: USER_NAME.to_owned(), password: USER_PASSWORD.into() };
        Self { users: vec![user], projects: None, hide_domains: false }
    }
}

/// What a token may be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Only to get another token or keys.
    Nothing,
    /// The services of the whole account.
    Domain,
    /// The services in one project.
    Project(Project),
}

/// A token that was given out.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Who has it, as an URN.
    pub(crate) principal: String,
    pub(crate) scope: Scope,
    pub(crate) expires_at: SystemTime,
    /// The member `token` of the answer that it came with.
    pub(crate) document: Value,
}

/// Temporary keys that were given out.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    pub(crate) secret: Secret,
    pub(crate) token: Secret,
    pub(crate) expires_at: SystemTime,
}

/// Everything known about identities.
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) setup: Setup,
    tokens: Table<Token>,
    keys: Table<Key>,
    /// Tokens of the metadata service, and when they end.
    metadata_tokens: Table<SystemTime>,
}

impl Identity {
    pub(crate) fn new(setup: Setup) -> Self {
        Self { setup, tokens: Table::new(), keys: Table::new(), metadata_tokens: Table::new() }
    }

    /// The projects of an account, those of a name or all. Unless the builder named some, there is one in every region,
    /// always with the same id.
    pub(crate) fn projects(&self, account: &str, name: Option<&str>) -> Vec<Project> {
        match (&self.setup.projects, name) {
            (Some(known), name) => {
                known.iter().filter(|one| name.is_none_or(|name| one.name == name)).cloned().collect()
            }
            (None, Some(name)) => vec![project(account, name)],
            (None, None) => REGIONS.iter().map(|region| project(account, region)).collect(),
        }
    }

    /// The project of an id. Unless the builder named some, every id is one: the programs of these tests make them up.
    pub(crate) fn project(&self, account: &str, id: &str) -> Option<Project> {
        let known = self.projects(account, None).into_iter().find(|one| one.id == id);
        let any = || Project { id: id.to_owned(), name: id.to_owned() };
        known.or_else(|| (self.setup.projects.is_none() && !id.is_empty()).then(any))
    }

    /// Keeps a token and says its text.
    pub(crate) fn add_token(&self, chance: &dyn Chance, token: Token) -> String {
        let text = chance.hex32() + &chance.hex32();
        self.tokens.add(text.clone(), token);
        text
    }

    /// The token of a text, whether it is still good or not.
    pub(crate) fn token(&self, text: &str) -> Option<Arc<Token>> {
        self.tokens.find(text)
    }

    /// Makes temporary keys for somebody and keeps them.
    pub(crate) fn add_session(&self, chance: &dyn Chance, principal: &str, expires_at: SystemTime) -> Session {
        let session = Session {
            id: format!("HSTA{}", chance.hex32().split_at(16).0.to_ascii_uppercase()),
            secret: (chance.hex32() + chance.hex32().split_at(8).0).into(),
            token: (chance.hex32() + &chance.hex32()).into(),
            expires_at,
        };
        let key = Key {
            expires_at: Some(expires_at),
            principal: Some(principal.to_owned()),
            ..Key::new(&session.id, session.secret.clone(), Some(session.token.clone()))
        };
        self.keys.add(session.id.clone(), key);
        session
    }

    /// A temporary key that was given out.
    pub(crate) fn session_key(&self, id: &str) -> Option<Arc<Key>> {
        self.keys.find(id)
    }

    /// Makes a token of the metadata service.
    pub(crate) fn add_metadata_token(&self, chance: &dyn Chance, expires_at: SystemTime) -> String {
        let text = chance.hex32();
        self.metadata_tokens.add(text.clone(), expires_at);
        text
    }

    /// Whether a text is a token of the metadata service that has not ended.
    pub(crate) fn knows_metadata_token(&self, text: &str, now: SystemTime) -> bool {
        self.metadata_tokens.find(text).is_some_and(|expires_at| now < *expires_at)
    }
}

fn project(account: &str, region: &str) -> Project {
    Project { id: seed::id(&format!("project {account} {region}")), name: region.to_owned() }
}

/// The id of an account.
pub(crate) fn domain_id(account: &str) -> String {
    seed::id(&format!("domain {account}"))
}

/// The URN of a user.
pub(crate) fn user_urn(name: &str) -> String {
    format!("iam::{}:user:{name}", domain_id(DEFAULT_ACCOUNT))
}

/// The URN of somebody who acts through an agency.
pub(crate) fn agency_urn(agency: &str, session: &str) -> String {
    format!("sts::{}:assumed-agency:{agency}/{session}", domain_id(DEFAULT_ACCOUNT))
}

/// A moment as IAM writes it, `2026-01-02T03:04:05.000000Z`.
pub(crate) fn micros(at: SystemTime) -> String {
    with_fraction(at, 6)
}

/// A moment as STS writes it, `2026-01-02T03:04:05.000Z`.
pub(crate) fn millis(at: SystemTime) -> String {
    with_fraction(at, 3)
}

fn with_fraction(at: SystemTime, digits: usize) -> String {
    let nanos = at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |age| age.subsec_nanos());
    let fraction = format!("{nanos:09}");
    format!("{}.{}Z", time::iso_extended(at).trim_end_matches('Z'), fraction.split_at(digits).0)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sanyun_core::SystemChance;

    use super::*;

    #[test]
    fn projects_are_those_of_the_builder_or_one_in_every_region() {
        let any = Identity::new(Setup::default());
        assert_eq!(any.projects("a", None).len(), REGIONS.len());
        assert_eq!(any.projects("a", Some("cn-north-4")), any.projects("a", Some("cn-north-4")));
        assert_eq!(any.project("a", &any.projects("a", Some("cn-north-4"))[0].id).unwrap().name, "cn-north-4");
        assert_eq!(any.project("a", "made-up").unwrap().name, "made-up");
        let named = |id: &str, name: &str| Project { id: id.to_owned(), name: name.to_owned() };
        let projects = vec![named("1", "r"), named("2", "r"), named("3", "r_team")];
        let some = Identity::new(Setup { projects: Some(projects), ..Setup::default() });
        let ids = |name| some.projects("a", name).into_iter().map(|one| one.id).collect::<Vec<_>>();
        assert_eq!((ids(None).len(), ids(Some("r")), ids(Some("x"))), (3, vec!["1".to_owned(), "2".into()], vec![]));
        assert_eq!((some.project("a", "3"), some.project("a", "4")), (Some(named("3", "r_team")), None));
    }

    #[test]
    fn secrets_do_not_show() {
        let identity = Identity::new(Setup::default());
        let session = identity.add_session(&SystemChance, "me", SystemTime::UNIX_EPOCH);
        let shown = format!("{identity:?} {session:?}");
        for secret in [session.secret.expose(), session.token.expose(), USER_PASSWORD] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }

    #[test]
    fn moments_have_fractions_of_a_second() {
        let at = time::from_unix(1_767_323_045) + Duration::from_micros(1200);
        assert_eq!((micros(at), millis(at)), ("2026-01-02T03:04:05.001200Z".into(), "2026-01-02T03:04:05.001Z".into()));
    }
}
