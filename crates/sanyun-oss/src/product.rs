//! The products that speak OSS's protocol: where each puts its bucket, and what it signs (OSS API reference, "Vector
//! buckets", "Table buckets", "Agentic buckets").

use std::borrow::Cow;

use sanyun_core::{Endpoint, Error, Result, encode};

use crate::endpoint::{Addresses, Addressing};
use crate::input::Input;
use crate::name;
use crate::operation::Product;
use crate::sign::v4::Resource;

/// The longest label of a host name (RFC 1035).
const MAX_LABEL: usize = 63;

/// Which account's buckets of which product a client calls.
#[derive(Debug, Default)]
pub(crate) struct Account {
    pub(crate) product: Product,
    id: Option<String>,
}

impl Account {
    /// Checks the account's id.
    pub(crate) fn new(product: Product, id: Option<String>) -> Result<Self> {
        let id = id.filter(|id| !id.is_empty());
        match &id {
            Some(given) if !given.bytes().all(|byte| byte.is_ascii_digit()) => {
                Err(Error::config(format!("account id `{given}` is not valid: it has digits only")))
            }
            _ => Ok(Self { product, id }),
        }
    }

    fn id(&self) -> Result<&str> {
        let missing = || Error::config("`account_id` is missing: names of these buckets are made with it");
        self.id.as_deref().ok_or_else(missing)
    }

    /// The bucket as the host or the path names it.
    fn bucket<'a>(&self, input: &'a Input, region: &str, alias: bool) -> Result<Option<Cow<'a, str>>> {
        let Some(bucket) = input.bucket.as_deref() else { return Ok(None) };
        Ok(Some(match self.product {
            Product::Oss | Product::DataProcess => bucket.into(),
            Product::Vectors => label(format!("{bucket}-{}", self.id()?))?.into(),
            Product::Agentic if alias => label(format!("{bucket}-alias-ab-apsr"))?.into(),
            Product::Agentic => label(self.full_name(bucket, region)?)?.into(),
            Product::Tables => return Ok(None),
        }))
    }

    /// The name of an agentic bucket, of which callers give the beginning.
    fn full_name(&self, bucket: &str, region: &str) -> Result<String> {
        Ok(format!("{bucket}-{}-{region}-ab-apsr", self.id()?))
    }

    /// Host and encoded path of a call.
    ///
    /// # Errors
    /// [`ErrorKind::Config`](sanyun_core::ErrorKind::Config) without an account's id where names are made with it;
    /// [`ErrorKind::Input`](sanyun_core::ErrorKind::Input) for a resource name that is none, or a name that makes no host.
    pub(crate) fn target(
        &self,
        addresses: &Addresses,
        endpoint: &Endpoint,
        input: &Input,
    ) -> Result<(Endpoint, String)> {
        if self.product == Product::Tables {
            return table_target(addresses, endpoint, input);
        }
        let region = addresses.default_region().unwrap_or_default();
        let alias = addresses.addressing(endpoint) == Addressing::VirtualHostAlias;
        let bucket = self.bucket(input, region, alias)?;
        Ok(addresses.target(endpoint, bucket.as_deref(), input.key.as_deref()))
    }

    /// Calls with what signature V4 names the resource.
    pub(crate) fn with_resource<T>(
        &self,
        region: &str,
        input: &Input,
        path: &str,
        sign: impl FnOnce(Resource<'_>) -> Result<T>,
    ) -> Result<T> {
        let (bucket, key) = (input.bucket.as_deref(), input.key.as_deref());
        match self.product {
            Product::Oss | Product::DataProcess => sign(Resource::Object { bucket, key }),
            Product::Vectors => sign(Resource::Vectors { region, account: self.id()?, bucket, key }),
            Product::Agentic => {
                let name = bucket.map(|bucket| self.full_name(bucket, region)).transpose()?;
                sign(Resource::Object { bucket: name.as_deref(), key })
            }
            Product::Tables => {
                let path = path.strip_prefix('/').unwrap_or(path);
                sign(Resource::Tables { region, arn: table_bucket(input), path })
            }
        }
    }
}

fn label(text: String) -> Result<String> {
    if text.len() <= MAX_LABEL {
        return Ok(text);
    }
    Err(Error::input(format!("`{text}` is longer than the {MAX_LABEL} characters that a part of a host may have")))
}

/// The table bucket that a call is about: named itself, or as the beginning of a table's name.
fn table_bucket(input: &Input) -> Option<&str> {
    let query = |name: &str| input.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let named = input.path.iter().find(|(name, _)| *name == "table_bucket_arn").map(|(_, value)| value.as_str());
    let of_table = || query("tableArn").and_then(|arn| arn.split_once("/table/")).map(|(bucket, _)| bucket);
    named.or_else(|| query("tableBucketARN")).or_else(of_table)
}

fn table_target(addresses: &Addresses, endpoint: &Endpoint, input: &Input) -> Result<(Endpoint, String)> {
    let path = filled(input.operation.path, input)?;
    let Some(arn) = table_bucket(input) else { return Ok((endpoint.clone(), path)) };
    let (account, bucket) = name::table_bucket(arn)?;
    Ok(match addresses.addressing(endpoint) {
        Addressing::VirtualHost => (endpoint.with_label(&label(format!("{bucket}-{account}"))?), path),
        _ => (endpoint.clone(), path),
    })
}

/// A path with its placeholders filled, each value encoded as a whole.
fn filled(template: &str, input: &Input) -> Result<String> {
    let mut path = String::with_capacity(template.len() + 64);
    for part in template.split('/').filter(|part| !part.is_empty()) {
        path.push('/');
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(placeholder) => encode::push_percent(&mut path, value(placeholder, input)?),
            None => path.push_str(part),
        }
    }
    Ok(path)
}

fn value<'a>(placeholder: &str, input: &'a Input) -> Result<&'a str> {
    let name = match placeholder {
        "arn" => "table_bucket_arn",
        "ns" => "namespace",
        other => other,
    };
    let in_path = input.path.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
    let in_query = || input.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    let given = in_path.or_else(in_query).filter(|value| !value.is_empty());
    given.ok_or_else(|| Error::input(format!("`{name}` is missing")))
}
