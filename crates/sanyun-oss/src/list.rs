//! Listings: the objects of a bucket, the buckets of an account, page by page or one by one.

use std::time::SystemTime;
use std::vec;

use sanyun_core::{Error, Output, Response, Result};

use crate::action::{Action, Asked, FromReply};
use crate::bucket::{Bucket, Owner};
use crate::client::Client;
use crate::input::Input;
use crate::operation::Request as _;
use crate::operation::bucket::ListObjectsV2;
use crate::operation::service::ListBuckets;
use crate::xml::{Document, KeySpelling, Node};

impl Bucket {
    /// Lists objects in the order of their keys. Awaited it gives one page of up to 100 objects (see
    /// [`page_size`](Action::page_size)); [`pages`](Action::pages) and [`items`](Action::items) give all.
    ///
    /// ```no_run
    /// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// let mut objects = photos.list().prefix("a/").items();
    /// while let Some(object) = objects.next().await {
    ///     let object = object?;
    ///     println!("{} {}", object.size, object.key);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn list(&self) -> Action<ObjectPage> {
        self.whole(ListObjectsV2::OPERATION)
    }
}

impl Client {
    /// Lists the buckets of the account, in the order of their names, those of all regions.
    pub fn list_buckets(&self) -> Action<BucketPage> {
        Action::new(self.clone(), Ok(Input::new(ListBuckets::OPERATION)))
    }
}

/// Results that are one page of a listing.
pub trait Page: FromReply {
    /// What the listing consists of.
    type Item: Send + 'static;
    /// The query parameter that asks for a further page.
    #[doc(hidden)]
    const POSITION: &'static str;
    /// What that parameter has to be for the next page; `None` on the last page.
    ///
    /// # Errors
    /// The page says that there are more, but not where.
    fn next_position(&self) -> Result<Option<String>>;
    /// The page's items.
    fn into_items(self) -> Vec<Self::Item>;
}

impl<P: Page> Action<P> {
    /// Only names that begin so.
    pub fn prefix(self, prefix: impl Into<String>) -> Self {
        self.query("prefix", prefix)
    }

    /// How many entries a page has at most, 1 to 1000; 100 if unset.
    pub fn page_size(self, entries: u32) -> Self {
        self.query("max-keys", entries.to_string())
    }

    /// Page after page, each fetched when it is asked for.
    pub fn pages(self) -> Pages<P> {
        Pages { next: Some(self) }
    }

    /// Entry after entry of all pages.
    pub fn items(self) -> Items<P> {
        Items { pages: self.pages(), ready: Vec::new().into_iter() }
    }

    /// The same call once more.
    fn again(&self) -> Option<Self> {
        self.input.as_ref().ok().map(|input| Self::new(self.client.clone(), Ok(input.clone())))
    }
}

impl Action<ObjectPage> {
    /// Keys with this text behind the prefix are not listed but put together, as in a folder: see
    /// [`ObjectPage::prefixes`]. Usually `/`.
    pub fn delimiter(self, delimiter: impl Into<String>) -> Self {
        self.query("delimiter", delimiter)
    }

    /// Only keys behind this one.
    pub fn start_after(self, key: impl Into<String>) -> Self {
        self.query("start-after", key)
    }

    /// Also tells the owner of each object.
    pub fn with_owner(self) -> Self {
        self.query("fetch-owner", "true")
    }
}

/// The pages of a listing.
#[derive(Debug)]
pub struct Pages<P> {
    next: Option<Action<P>>,
}

impl<P: Page> Pages<P> {
    /// The next page; `None` behind the last one, and after an error. Dropping the future loses no page.
    ///
    /// # Errors
    /// As awaiting the listing.
    pub async fn next(&mut self) -> Option<Result<Response<P>>> {
        let current = self.next.as_ref()?;
        let result = match current.again() {
            Some(call) => call.await,
            None => self.next.take()?.await,
        };
        let result = result.and_then(|page| {
            self.advance(page.next_position()?)?;
            Ok(page)
        });
        if result.is_err() {
            self.next = None;
        }
        Some(result)
    }

    fn advance(&mut self, position: Option<String>) -> Result<()> {
        let Some(position) = position else {
            self.next = None;
            return Ok(());
        };
        let Some(Ok(input)) = self.next.as_mut().map(|action| action.input.as_mut()) else { return Ok(()) };
        if input.query.iter().any(|(name, value)| name == P::POSITION && *value == position) {
            return Err(Error::decode("the listing does not go on: the next page would be the same"));
        }
        input.set_query(P::POSITION.into(), position);
        Ok(())
    }
}

/// The entries of a listing.
#[derive(Debug)]
pub struct Items<P: Page> {
    pages: Pages<P>,
    ready: vec::IntoIter<P::Item>,
}

impl<P: Page> Items<P> {
    /// The next entry; `None` behind the last one, and after an error.
    ///
    /// # Errors
    /// As awaiting the listing.
    pub async fn next(&mut self) -> Option<Result<P::Item>> {
        loop {
            if let Some(item) = self.ready.next() {
                return Some(Ok(item));
            }
            match self.pages.next().await? {
                Ok(page) => self.ready = page.into_inner().into_items().into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// One page of a bucket's objects.
#[derive(Clone, Debug, Default)]
pub struct ObjectPage {
    /// The objects.
    pub objects: Vec<ObjectSummary>,
    /// What the keys between prefix and delimiter are, each once, with both: the folders.
    pub prefixes: Vec<String>,
    /// Whether there are further pages.
    pub is_truncated: bool,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// An object as a listing tells it.
#[derive(Clone, Debug, Default)]
pub struct ObjectSummary {
    /// The key.
    pub key: String,
    /// The length in bytes.
    pub size: u64,
    /// The ETag with its quotes.
    pub etag: String,
    /// When it was stored.
    pub last_modified: Option<SystemTime>,
    /// The storage class.
    pub storage_class: String,
    /// How it was stored: `Normal`, `Multipart`, `Appendable`, `Symlink`.
    pub object_type: String,
    /// Who owns it, if that was asked for.
    pub owner: Option<Owner>,
    /// How far the restoring of an archived object is.
    pub restore: Option<String>,
}

impl ObjectSummary {
    fn read(node: Node<'_>, spelling: KeySpelling) -> Result<Self> {
        Ok(Self {
            key: spelling.decode(node.text("Key")),
            size: node.number("Size")?.unwrap_or_default(),
            etag: node.text("ETag").to_owned(),
            last_modified: node.moment("LastModified")?,
            storage_class: node.text("StorageClass").to_owned(),
            object_type: node.text("Type").to_owned(),
            owner: node.child("Owner").map(Owner::read),
            restore: node.some_text("RestoreInfo"),
        })
    }
}

impl FromReply for ObjectPage {
    fn from_reply(output: Output, _: &Asked) -> Result<Self> {
        let text = output.reply.text();
        let document = Document::parse(&text)?;
        let root = document.root();
        let spelling = KeySpelling::of(root);
        let mut page = Self { is_truncated: root.flag("IsTruncated"), ..Self::default() };
        for child in root.children() {
            match child.name() {
                "Contents" => page.objects.push(ObjectSummary::read(child, spelling)?),
                "CommonPrefixes" => page.prefixes.push(spelling.decode(child.text("Prefix"))),
                "NextContinuationToken" => page.next = Some(spelling.decode(child.content())),
                _ => {}
            }
        }
        Ok(page)
    }
}

impl Page for ObjectPage {
    type Item = ObjectSummary;
    const POSITION: &'static str = "continuation-token";

    fn next_position(&self) -> Result<Option<String>> {
        next_position(self.is_truncated, self.next.as_deref())
    }

    fn into_items(self) -> Vec<ObjectSummary> {
        self.objects
    }
}

/// One page of an account's buckets.
#[derive(Clone, Debug, Default)]
pub struct BucketPage {
    /// The buckets.
    pub buckets: Vec<BucketSummary>,
    /// Who owns them.
    pub owner: Owner,
    /// Whether there are further pages.
    pub is_truncated: bool,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A bucket as a listing tells it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct BucketSummary {
    /// The name.
    pub name: String,
    /// The region's id, such as `cn-hangzhou`.
    pub region: String,
    /// Where it lies, such as `oss-cn-hangzhou`.
    pub location: String,
    /// When it was created.
    pub created_at: Option<SystemTime>,
    /// The storage class of objects that are stored without one.
    pub storage_class: String,
    /// The host for calls over the internet.
    pub public_host: String,
    /// The host for calls from the same region.
    pub internal_host: String,
}

impl BucketSummary {
    fn read(node: Node<'_>) -> Result<Self> {
        let text = |name| node.text(name).to_owned();
        Ok(Self {
            name: text("Name"),
            region: text("Region"),
            location: text("Location"),
            created_at: node.moment("CreationDate")?,
            storage_class: text("StorageClass"),
            public_host: text("ExtranetEndpoint"),
            internal_host: text("IntranetEndpoint"),
        })
    }
}

impl FromReply for BucketPage {
    fn from_reply(output: Output, _: &Asked) -> Result<Self> {
        let text = output.reply.text();
        let document = Document::parse(&text)?;
        let root = document.root();
        let buckets = root.child("Buckets").into_iter().flat_map(|list| list.all("Bucket"));
        Ok(Self {
            buckets: buckets.map(BucketSummary::read).collect::<Result<_>>()?,
            owner: root.child("Owner").map(Owner::read).unwrap_or_default(),
            is_truncated: root.flag("IsTruncated"),
            next: root.some_text("NextMarker"),
        })
    }
}

impl Page for BucketPage {
    type Item = BucketSummary;
    const POSITION: &'static str = "marker";

    fn next_position(&self) -> Result<Option<String>> {
        next_position(self.is_truncated, self.next.as_deref())
    }

    fn into_items(self) -> Vec<BucketSummary> {
        self.buckets
    }
}

fn next_position(is_truncated: bool, next: Option<&str>) -> Result<Option<String>> {
    match next.filter(|next| is_truncated && !next.is_empty()) {
        None if is_truncated => Err(Error::decode("the listing says that it goes on, but not where")),
        next => Ok(next.map(str::to_owned)),
    }
}
