//! One bucket, and what can be done with it as a whole.

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use sanyun_core::{Output, Result};
use serde_json::{Map, Value};

use crate::action::{Action, Asked, FromReply};
use crate::client::Client;
use crate::input::Input;
use crate::operation::Operation;
use crate::operation::Request as _;
use crate::operation::bucket::{DeleteBucket, GetBucketAcl, GetBucketInfo, PutBucket};
use crate::xml::{Document, Node};

/// A bucket by its name. Making one sends nothing; cloning it is cheap.
#[derive(Clone)]
pub struct Bucket {
    client: Client,
    name: Arc<str>,
}

impl Bucket {
    pub(crate) fn new(client: Client, name: &str) -> Self {
        Self { client, name: name.into() }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its client.
    pub fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn whole<T>(&self, operation: &'static Operation) -> Action<T> {
        Action::new(self.client.clone(), Ok(Input::new(operation).bucket(self.name())))
    }

    /// Creates the bucket in the client's region. Creating one's own bucket again succeeds.
    pub fn create(&self) -> Action<Created> {
        self.whole(PutBucket::OPERATION)
    }

    /// Deletes the bucket, which has to be empty.
    pub fn delete_bucket(&self) -> Action<()> {
        self.whole(DeleteBucket::OPERATION)
    }

    /// What is known about the bucket.
    pub fn info(&self) -> Action<BucketInfo> {
        self.whole(GetBucketInfo::OPERATION)
    }

    /// Whether the bucket exists. One that belongs to somebody else, or lies in another region, does; wrong keys and
    /// failures of the service are errors.
    pub fn exists(&self) -> Action<bool> {
        self.whole(GetBucketAcl::OPERATION).change(|input| {
            input.answers = |refused| {
                let redirected = matches!(refused.status(), 301 | 302 | 307 | 308);
                redirected || matches!(refused.code(), "NoSuchBucket" | "AccessDenied")
            };
            Ok(())
        })
    }
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({})", self.name)
    }
}

/// A bucket was created.
#[derive(Clone, Copy, Debug)]
pub struct Created(());

impl FromReply for Created {
    fn from_reply(_: Output, _: &Asked) -> Result<Self> {
        Ok(Self(()))
    }
}

impl Action<Created> {
    /// The storage class of objects that are stored without one: `Standard` (the default), `IA`, `Archive`,
    /// `ColdArchive`, `DeepColdArchive`.
    pub fn storage_class(self, class: &str) -> Self {
        self.configure("storage_class", class)
    }

    /// How copies are kept: `LRS` (one zone) or `ZRS` (three zones).
    pub fn redundancy(self, kind: &str) -> Self {
        self.configure("data_redundancy_type", kind)
    }

    /// Who may read and write it: `private` (the default), `public-read`, `public-read-write`.
    pub fn acl(self, acl: &str) -> Self {
        self.set("x-oss-acl", acl)
    }

    fn configure(self, member: &str, value: &str) -> Self {
        self.change(|input| {
            let document = input.document.get_or_insert_with(|| Value::Object(Map::new()));
            if let Some(members) = document.as_object_mut() {
                members.insert(member.to_owned(), value.into());
            }
            Ok(())
        })
    }
}

/// Who owns something.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Owner {
    /// The id of the account.
    pub id: String,
    /// The name of the account.
    pub display_name: String,
}

impl Owner {
    pub(crate) fn read(node: Node<'_>) -> Self {
        Self { id: node.text("ID").to_owned(), display_name: node.text("DisplayName").to_owned() }
    }
}

/// What is known about a bucket. Texts that OSS did not send are empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BucketInfo {
    /// The name.
    pub name: String,
    /// Where it lies, such as `oss-cn-hangzhou`.
    pub location: String,
    /// The host for calls over the internet.
    pub public_host: String,
    /// The host for calls from the same region.
    pub internal_host: String,
    /// When it was created.
    pub created_at: Option<SystemTime>,
    /// The storage class of objects that are stored without one.
    pub storage_class: String,
    /// How copies are kept: `LRS` or `ZRS`.
    pub redundancy: String,
    /// Who may read and write it.
    pub acl: String,
    /// Who owns it.
    pub owner: Owner,
    /// `Enabled` or `Suspended`; `None` if it never had versions.
    pub versioning: Option<String>,
    /// The resource group.
    pub resource_group_id: String,
}

impl FromReply for BucketInfo {
    fn from_reply(output: Output, _: &Asked) -> Result<Self> {
        let text = output.reply.text();
        let document = Document::parse(&text)?;
        let node = document.root().child("Bucket").unwrap_or(document.root());
        let text = |name| node.text(name).to_owned();
        Ok(Self {
            name: text("Name"),
            location: text("Location"),
            public_host: text("ExtranetEndpoint"),
            internal_host: text("IntranetEndpoint"),
            created_at: node.moment("CreationDate")?,
            storage_class: text("StorageClass"),
            redundancy: text("DataRedundancyType"),
            acl: node.child("AccessControlList").map(|list| list.text("Grant").to_owned()).unwrap_or_default(),
            owner: node.child("Owner").map(Owner::read).unwrap_or_default(),
            versioning: node.some_text("Versioning"),
            resource_group_id: text("ResourceGroupId"),
        })
    }
}
