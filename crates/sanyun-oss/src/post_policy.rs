//! Uploads by a form in a browser: what the form may say, signed (OSS API reference, "PostObject").

use std::fmt;
use std::ops::{Bound, RangeBounds};
use std::time::{Duration, SystemTime};

use sanyun_core::{Error, Keys, Preview, Request, Result, Secret, Signature, encode, time};
use serde_json::{Value, json};

use crate::action::Action;
use crate::bucket::Bucket;
use crate::callback::Callback;
use crate::client::Client;
use crate::input::{Expiry, Input};
use crate::name;
use crate::operation::{Operation, Target, Verb};
use crate::sign::{push_pair, v1, v4};

static POST_OBJECT: Operation = Operation::new("PostObject", Verb::Post, Target::Bucket);

/// In a key: the name of the file as the browser tells it.
const FILE_NAME: &str = "${filename}";

impl Bucket {
    /// A form with which a browser, or whoever has no keys, stores one object. `${filename}` in the key stands for the
    /// name of the file; then only what is in front of it is fixed.
    ///
    /// ```no_run
    /// # async fn example(photos: sanyun_oss::Bucket) -> sanyun_oss::Result<()> {
    /// use std::time::Duration;
    /// let policy = photos.post_policy("incoming/${filename}").content_length(1..=10 << 20).field("x-oss-meta-user", "li");
    /// let form = policy.sign(Duration::from_secs(600)).await?;
    /// println!("<form action=\"{}\" method=\"post\" enctype=\"multipart/form-data\">", form.url());
    /// for (name, value) in form.fields() {
    ///     println!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
    /// }
    /// println!("<input type=\"file\" name=\"file\"> <input type=\"submit\"></form>");
    /// # Ok(()) }
    /// ```
    pub fn post_policy(&self, key: impl Into<String>) -> PostPolicy {
        let key = key.into();
        let condition = match key.split_once(FILE_NAME) {
            Some((fixed, _)) => json!(["starts-with", "$key", fixed]),
            None => json!(["eq", "$key", key]),
        };
        let wrong = name::check_key(&key).err();
        PostPolicy {
            client: self.client().clone(),
            bucket: self.name().to_owned(),
            form: Form { fields: vec![("key".to_owned(), key)], conditions: vec![condition] },
            wrong,
        }
    }
}

/// What a form may say, before it is signed.
#[must_use = "a policy is for signing"]
pub struct PostPolicy {
    client: Client,
    bucket: String,
    form: Form,
    wrong: Option<Error>,
}

/// The fields that a form has, and what holds of them and of those that its user adds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
    conditions: Vec<Value>,
}

impl PostPolicy {
    /// A field of the form with this value and no other: a header of the object such as `Content-Type`,
    /// `x-oss-object-acl` or `x-oss-meta-user`, or `success_action_status`, `success_action_redirect`.
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.form.fields.push((name.to_owned(), value.to_owned()));
        self.condition(json!(["eq", dollar(name), value]))
    }

    /// The user's form may have this field, and its value has to begin so.
    pub fn starts_with(self, name: &str, prefix: &str) -> Self {
        self.condition(json!(["starts-with", dollar(name), prefix]))
    }

    /// The user's form has this field with one of these values.
    pub fn any_of<'v>(self, name: &str, values: impl IntoIterator<Item = &'v str>) -> Self {
        self.condition(json!(["in", dollar(name), list(values)]))
    }

    /// The user's form has none of these values in this field.
    pub fn none_of<'v>(self, name: &str, values: impl IntoIterator<Item = &'v str>) -> Self {
        self.condition(json!(["not-in", dollar(name), list(values)]))
    }

    /// How long the file may be, in bytes.
    pub fn content_length(mut self, bytes: impl RangeBounds<u64>) -> Self {
        let least = match bytes.start_bound() {
            Bound::Included(&least) => Some(least),
            Bound::Excluded(&before) => before.checked_add(1),
            Bound::Unbounded => Some(0),
        };
        let most = match bytes.end_bound() {
            Bound::Included(&most) => Some(most),
            Bound::Excluded(&after) => after.checked_sub(1),
            Bound::Unbounded => Some(MAX_POST_BYTES),
        };
        match least.zip(most).filter(|(least, most)| least <= most) {
            Some((least, most)) => self.condition(json!(["content-length-range", least, most])),
            None => {
                self.fail(Error::input("the range of lengths is empty"));
                self
            }
        }
    }

    /// Lets OSS call the user's own server when the object is stored.
    pub fn callback(mut self, callback: &Callback) -> Self {
        match callback.form_fields() {
            Ok(fields) => fields.into_iter().fold(self, |policy, (name, value)| policy.field(&name, &value)),
            Err(error) => {
                self.fail(error);
                self
            }
        }
    }

    fn condition(mut self, condition: Value) -> Self {
        self.form.conditions.push(condition);
        self
    }

    fn fail(&mut self, error: Error) {
        self.wrong.get_or_insert(error);
    }

    /// Signs the form for this long, with signature V4 at most 7 days. Nothing is sent; only the credentials may have to
    /// be fetched. Without keys the form has the key and the fields alone, for buckets that everybody may write.
    ///
    /// # Errors
    /// The lifetime is out of its range, what the policy was made of is wrong, or there are no credentials.
    pub async fn sign(self, lifetime: Duration) -> Result<PostForm> {
        if let Some(wrong) = self.wrong {
            return Err(wrong);
        }
        let mut input = Input::new(&POST_OBJECT).bucket(self.bucket);
        input.expiry = Some(Expiry::After(lifetime));
        input.form = Some(self.form.clone());
        let Preview { mut request, .. } = Action::<()>::new(self.client, Ok(input)).preview().await?;
        let signed = std::mem::take(&mut request.query);
        let decoded = |text: &str| encode::percent_decode(text).into_owned();
        let mut fields = self.form.fields;
        fields.extend(encode::pairs(&signed).map(|(name, value)| (decoded(name), decoded(value))));
        Ok(PostForm { url: request.url(), fields })
    }
}

/// A field's name as conditions have it.
fn dollar(name: &str) -> String {
    ["$", name].concat()
}

fn list<'v>(values: impl IntoIterator<Item = &'v str>) -> Value {
    values.into_iter().collect()
}

/// The longest file that a form can bring: 5 GiB.
const MAX_POST_BYTES: u64 = 5 << 30;

impl Form {
    /// Signs the form: the fields go into the request's query.
    pub(crate) fn sign_v4(
        &self,
        signer: &v4::Signer<'_>,
        bucket: &str,
        end: SystemTime,
        request: &mut Request,
    ) -> Signature {
        let datetime = time::iso_basic(signer.time);
        let credential = [&signer.keys.id, "/", &v4::scope(&datetime, signer.region, signer.product)].concat();
        let mut fields = vec![
            ("x-oss-signature-version", v4::ALGORITHM.to_owned()),
            ("x-oss-credential", credential),
            ("x-oss-date", datetime.clone()),
        ];
        fields.extend(token(signer.keys));
        let policy = self.policy(bucket, end, &fields);
        let day = datetime.get(..8).unwrap_or_default();
        let key = v4::signing_key(&signer.keys.secret, day, signer.region, signer.product);
        fields.push(("x-oss-signature", v4::signature(&key, &policy)));
        fields.push(("policy", policy.clone()));
        put(request, &fields);
        Signature { canonical_request: String::new(), string_to_sign: policy }
    }

    /// The same with signature V1.
    pub(crate) fn sign_v1(&self, keys: &Keys, bucket: &str, end: SystemTime, request: &mut Request) -> Signature {
        let mut fields: Vec<_> = token(keys).into_iter().collect();
        let policy = self.policy(bucket, end, &fields);
        fields.push(("OSSAccessKeyId", keys.id.clone()));
        fields.push(("Signature", v1::signature(&keys.secret, &policy)));
        fields.push(("policy", policy.clone()));
        put(request, &fields);
        Signature { canonical_request: String::new(), string_to_sign: policy }
    }

    /// The policy as the form has it: JSON in base64.
    fn policy(&self, bucket: &str, end: SystemTime, fields: &[(&str, String)]) -> String {
        let mut conditions = vec![json!({"bucket": bucket})];
        conditions.extend(fields.iter().map(|(name, value)| json!({*name: value})));
        conditions.extend(self.conditions.iter().cloned());
        let expiration = time::iso_extended(end).replace('Z', ".000Z");
        encode::base64(json!({"expiration": expiration, "conditions": conditions}).to_string().as_bytes())
    }
}

fn token(keys: &Keys) -> Option<(&'static str, String)> {
    keys.token.as_ref().map(Secret::expose).map(|token| ("x-oss-security-token", token.to_owned()))
}

fn put(request: &mut Request, fields: &[(&str, String)]) {
    request.query.clear();
    fields.iter().for_each(|(name, value)| push_pair(&mut request.query, name, value));
}

/// A signed form. Whoever has it can store an object, so `Debug` hides its fields.
#[derive(Clone)]
pub struct PostForm {
    url: String,
    fields: Vec<(String, String)>,
}

impl PostForm {
    /// Where the form is sent, with `POST` as `multipart/form-data`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The fields, name and value. The file comes behind them, in a field named `file`.
    pub fn fields(&self) -> &[(String, String)] {
        &self.fields
    }

    /// The value of a field.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for PostForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        f.debug_struct("PostForm").field("url", &self.url).field("fields", &names).finish()
    }
}

impl fmt::Debug for PostPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostPolicy").field("bucket", &self.bucket).field("form", &self.form).finish_non_exhaustive()
    }
}
