//! The three clouds, side by side: what differs between them is here.

use std::sync::Arc;

use sanyun_catalog::Cloud;
use sanyun_core::paging::Named;
use sanyun_core::{Call, CredentialSource, Error, ErrorKind, Result, Scheme, Settings};
use serde_json::Value;

use crate::place::{self, Party};
use crate::tccli::Asked;

/// What a call consists of.
pub(crate) struct Request<'a> {
    pub(crate) cloud: Cloud,
    pub(crate) service: &'a str,
    /// Empty for the newest.
    pub(crate) version: &'a str,
    pub(crate) operation: &'a str,
    pub(crate) params: Value,
    /// Whether it is sent although the check complains.
    pub(crate) unchecked: bool,
    /// What only Tencent Cloud's calls have.
    pub(crate) asked: &'a Asked,
}

/// Where a call goes, and who makes it.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) settings: Settings,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// Huawei Cloud's project, where it does not come with the credentials.
    pub(crate) project_id: Option<String>,
    /// Where Huawei Cloud's ids are looked up, if not where the credentials or the environment say.
    pub(crate) iam_endpoint: Option<String>,
}

/// The name for people.
pub(crate) fn title(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Huawei => "Huawei Cloud",
        Cloud::Tencent => "Tencent Cloud",
        Cloud::Alibaba => "Alibaba Cloud",
    }
}

/// What the cloud wants to know before it can be called. `asked` counts for Tencent Cloud, `profile` for the others.
///
/// # Errors
/// [`ErrorKind::Credentials`](sanyun_core::ErrorKind::Credentials): a profile is asked for, and this cloud has none that
/// can be read.
pub(crate) fn party(cloud: Cloud, profile: Option<&str>, asked: &Asked) -> Result<Party> {
    let credentials: Arc<dyn CredentialSource> = match (cloud, profile) {
        (Cloud::Tencent, _) => asked.credentials(),
        (Cloud::Huawei, Some(name)) => Arc::new(sanyun_huawei::credentials::Profile::section(name)),
        (Cloud::Alibaba, Some(name)) => Arc::new(sanyun_alibaba::credentials::CliProfile::named(name)),
        (Cloud::Huawei, None) => Arc::new(sanyun_huawei::credentials::default_chain()),
        (Cloud::Alibaba, None) => Arc::new(sanyun_alibaba::credentials::default_chain()),
    };
    let region = match cloud {
        Cloud::Huawei => place::variable("HUAWEICLOUD_SDK_REGION"),
        Cloud::Tencent => asked.region(),
        Cloud::Alibaba => place::variable("ALIBABA_CLOUD_REGION_ID"),
    };
    Ok(Party { region, some_region: some_region(cloud), credentials })
}

/// A region that exists, for examples and for the local cloud.
pub(crate) fn some_region(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Huawei => "cn-north-4",
        Cloud::Tencent => "ap-guangzhou",
        Cloud::Alibaba => "cn-hangzhou",
    }
}

/// The variables of the keys.
fn key_variables(cloud: Cloud) -> (&'static str, &'static str) {
    match cloud {
        Cloud::Huawei => ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"),
        Cloud::Tencent => ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
        Cloud::Alibaba => ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    }
}

/// The error for a profile that cannot be read.
pub(crate) fn no_profile(title: &str, name: &str, (id, secret): (&str, &str)) -> Error {
    Error::credentials(format!("profile `{name}`: profiles of {title} cannot be read yet"))
        .with_hint(format!("set {id} and {secret} in the environment, and leave --profile out"))
}

/// An error about missing credentials with advice for somebody at a shell.
pub(crate) fn advise(error: Error, variables: (&str, &str)) -> Error {
    let (id, secret) = variables;
    match error.kind() {
        ErrorKind::Credentials if error.message().starts_with("no credential found") => error.with_hint(format!(
            "set {id} and {secret}, or add --local to call the embedded local cloud without an account"
        )),
        _ => error,
    }
}

/// Makes or previews a call: [`advise`] for the cloud's own variables.
pub(crate) fn advise_for(cloud: Cloud) -> impl Fn(Error) -> Error {
    move |error| advise(error, key_variables(cloud))
}

/// The call of a request, not yet made.
///
/// # Errors
/// A setting is wrong.
pub(crate) fn call(request: Request<'_>, account: Account) -> Result<Call<Value, Named>> {
    match request.cloud {
        Cloud::Huawei => huawei(request, account),
        Cloud::Tencent => tencent(request, account),
        Cloud::Alibaba => alibaba(request, account),
    }
}

fn huawei(request: Request<'_>, account: Account) -> Result<Call<Value, Named>> {
    let Request { service, version, operation, params, unchecked, .. } = request;
    let mut builder = sanyun_huawei::Client::builder().settings(account.settings);
    builder = account.region.into_iter().fold(builder, sanyun_huawei::Builder::region);
    builder = account.endpoint.into_iter().fold(builder, sanyun_huawei::Builder::endpoint);
    builder = account.project_id.into_iter().fold(builder, sanyun_huawei::Builder::project_id);
    builder = account.iam_endpoint.into_iter().fold(builder, sanyun_huawei::Builder::iam_endpoint);
    let client = builder.build()?;
    Ok(match unchecked {
        false => client.invoke(service, version, operation, params),
        true => client.invoke_unchecked(service, version, operation, params),
    })
}

/// A client of Tencent Cloud.
///
/// # Errors
/// A setting is wrong.
pub(crate) fn tencent_client(asked: &Asked, account: Account) -> Result<sanyun_tencent::Client> {
    let mut builder = sanyun_tencent::Client::builder().settings(account.settings).language(asked.language());
    builder = asked.request_client().into_iter().fold(builder, sanyun_tencent::Builder::request_client);
    builder = account.region.into_iter().fold(builder, sanyun_tencent::Builder::region);
    builder = account.endpoint.into_iter().fold(builder, sanyun_tencent::Builder::endpoint);
    builder.build()
}

fn tencent(request: Request<'_>, account: Account) -> Result<Call<Value, Named>> {
    let Request { service, version, operation, params, unchecked, asked, .. } = request;
    let client = tencent_client(asked, account)?;
    Ok(match unchecked {
        false => client.invoke(service, version, operation, params),
        true => client.invoke_unchecked(service, version, operation, params),
    })
}

/// A client of Alibaba Cloud, by a scheme and for the hosts of a network if they are said.
///
/// # Errors
/// A setting is wrong.
pub(crate) fn alibaba_client(
    account: Account,
    scheme: Option<Scheme>,
    network: Option<String>,
) -> Result<sanyun_alibaba::Client> {
    let mut builder = sanyun_alibaba::Client::builder().settings(account.settings);
    builder = account.region.into_iter().fold(builder, sanyun_alibaba::Builder::region);
    builder = account.endpoint.into_iter().fold(builder, sanyun_alibaba::Builder::endpoint);
    builder = scheme.into_iter().fold(builder, sanyun_alibaba::Builder::scheme);
    builder = network.into_iter().fold(builder, sanyun_alibaba::Builder::network);
    builder.build()
}

fn alibaba(request: Request<'_>, account: Account) -> Result<Call<Value, Named>> {
    let Request { service, version, operation, params, unchecked, .. } = request;
    let client = alibaba_client(account, None, None)?;
    Ok(match unchecked {
        false => client.invoke(service, version, operation, params),
        true => client.invoke_unchecked(service, version, operation, params),
    })
}
