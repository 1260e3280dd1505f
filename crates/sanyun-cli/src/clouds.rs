//! The three clouds, side by side: what differs between them is here.

use std::sync::Arc;

use sanyun_catalog::Cloud;
use sanyun_core::{Call, CredentialSource, Error, Result, Settings};
use serde_json::Value;

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
}

/// Where a call goes, and who makes it.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) settings: Settings,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    /// Huawei Cloud's project, where it does not come with the credentials.
    pub(crate) project_id: Option<String>,
}

/// The name for people.
pub(crate) fn title(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Huawei => "Huawei Cloud",
        Cloud::Tencent => "Tencent Cloud",
        Cloud::Alibaba => "Alibaba Cloud",
    }
}

/// The variable that names the region.
pub(crate) fn region_variable(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Huawei => "HUAWEICLOUD_SDK_REGION",
        Cloud::Tencent => "TENCENTCLOUD_REGION",
        Cloud::Alibaba => "ALIBABA_CLOUD_REGION_ID",
    }
}

/// A region for the local cloud, where any will do.
pub(crate) fn some_region(cloud: Cloud) -> &'static str {
    match cloud {
        Cloud::Huawei => "cn-north-4",
        Cloud::Tencent => "ap-guangzhou",
        Cloud::Alibaba => "cn-hangzhou",
    }
}

/// The variables of the keys.
pub(crate) fn key_variables(cloud: Cloud) -> (&'static str, &'static str) {
    match cloud {
        Cloud::Huawei => ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"),
        Cloud::Tencent => ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
        Cloud::Alibaba => ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
    }
}

/// The cloud's own chain of credential sources.
pub(crate) fn default_chain(cloud: Cloud) -> Arc<dyn CredentialSource> {
    match cloud {
        Cloud::Huawei => Arc::new(sanyun_huawei::credentials::default_chain()),
        Cloud::Tencent => Arc::new(sanyun_tencent::credentials::default_chain()),
        Cloud::Alibaba => Arc::new(sanyun_alibaba::credentials::default_chain()),
    }
}

/// The credentials of a profile.
///
/// # Errors
/// [`ErrorKind::Credentials`](sanyun_core::ErrorKind::Credentials): this cloud has none that can be read.
pub(crate) fn profile(cloud: Cloud, name: &str) -> Result<Arc<dyn CredentialSource>> {
    if cloud == Cloud::Tencent {
        return Ok(Arc::new(sanyun_tencent::credentials::Profile::named(name)));
    }
    let (id, secret) = key_variables(cloud);
    Err(Error::credentials(format!("profile `{name}`: profiles of {} cannot be read yet", title(cloud)))
        .with_hint(format!("set {id} and {secret} in the environment, and leave --profile out")))
}

/// The call of a request, not yet made.
///
/// # Errors
/// A setting is wrong.
pub(crate) fn call(request: Request<'_>, account: Account) -> Result<Call<Value>> {
    match request.cloud {
        Cloud::Huawei => huawei(request, account),
        Cloud::Tencent => tencent(request, account),
        Cloud::Alibaba => alibaba(request, account),
    }
}

fn huawei(request: Request<'_>, account: Account) -> Result<Call<Value>> {
    let Request { service, version, operation, params, unchecked, .. } = request;
    let mut builder = sanyun_huawei::Client::builder().settings(account.settings);
    builder = account.region.into_iter().fold(builder, sanyun_huawei::Builder::region);
    builder = account.endpoint.into_iter().fold(builder, sanyun_huawei::Builder::endpoint);
    builder = account.project_id.into_iter().fold(builder, sanyun_huawei::Builder::project_id);
    let client = builder.build()?;
    Ok(match unchecked {
        false => client.invoke(service, version, operation, params),
        true => client.invoke_unchecked(service, version, operation, params),
    })
}

fn tencent(request: Request<'_>, account: Account) -> Result<Call<Value>> {
    let Request { service, version, operation, params, unchecked, .. } = request;
    let mut builder = sanyun_tencent::Client::builder().settings(account.settings);
    builder = builder.language(sanyun_tencent::Language::English);
    builder = account.region.into_iter().fold(builder, sanyun_tencent::Builder::region);
    builder = account.endpoint.into_iter().fold(builder, sanyun_tencent::Builder::endpoint);
    let client = builder.build()?;
    Ok(match unchecked {
        false => client.invoke(service, version, operation, params),
        true => client.invoke_unchecked(service, version, operation, params),
    })
}

fn alibaba(request: Request<'_>, account: Account) -> Result<Call<Value>> {
    let Request { service, version, operation, params, unchecked, .. } = request;
    let mut builder = sanyun_alibaba::Client::builder().settings(account.settings);
    builder = account.region.into_iter().fold(builder, sanyun_alibaba::Builder::region);
    builder = account.endpoint.into_iter().fold(builder, sanyun_alibaba::Builder::endpoint);
    let client = builder.build()?;
    Ok(match unchecked {
        false => client.invoke(service, version, operation, params),
        true => client.invoke_unchecked(service, version, operation, params),
    })
}
