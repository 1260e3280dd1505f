//! Files for operations that take the address of one (`...Advance` in the vendor's SDKs): the product's bucket is asked
//! for, the file is posted there as a form, and the operation is called with its address.

use std::sync::{Arc, OnceLock};

use http::Method;
use http::header::{CONTENT_TYPE, DATE, HOST, USER_AGENT};
use sanyun_core::{
    Attempt, Body, BoxFuture, CallInfo, CallOptions, Endpoint, Error, Output, Pipeline, Protocol, Reply, Request,
    Result, Scheme, ServiceError, Signature, Verdict, encode, time,
};
use serde_json::{Value, json};

use crate::endpoint::upload_host;
use crate::error;
use crate::protocol::Alibaba;
use crate::shape::{Input, MAX_IN_MEMORY_BYTES, Multipart};
use crate::sign::SignatureVersion;

/// Where uploads are authorised.
const OPEN_PLATFORM: &str = "openplatform.aliyuncs.com";

/// What a client's builder was told about uploads.
#[derive(Clone, Default)]
pub(crate) struct Given {
    pub(crate) open_platform: Option<String>,
    pub(crate) endpoint_type: String,
}

/// How a client uploads.
#[derive(Default)]
pub(crate) struct Settings {
    open_platform: Option<Endpoint>,
    endpoint_type: String,
}

impl Given {
    pub(crate) fn parsed(&self, scheme: Scheme) -> Result<Settings> {
        let known = ["", "public", "internal", "accelerate"].contains(&&*self.endpoint_type);
        if !known {
            return Err(Error::config(format!("`{}` is no endpoint type", self.endpoint_type))
                .with_hint("`internal`, `accelerate` or `public`"));
        }
        let open_platform = self.open_platform.as_deref().filter(|endpoint| !endpoint.is_empty());
        let open_platform = open_platform.map(|endpoint| Endpoint::parse(endpoint, scheme)).transpose()?;
        Ok(Settings { open_platform, endpoint_type: self.endpoint_type.clone() })
    }
}

/// What a call needs before it is sent: its files uploaded, its stream read for the hash.
pub(crate) fn before<'a>(
    alibaba: &'a Arc<Alibaba>,
    input: &'a Input,
    version: SignatureVersion,
    options: &'a CallOptions,
    pipeline: &'a Pipeline,
) -> Option<BoxFuture<'a, Result<()>>> {
    let attached = input.attached.as_deref().filter(|attached| !attached.is_complete());
    let is_hashed = matches!(version, SignatureVersion::V3(_));
    if attached.is_none() && !(is_hashed && input.unread().is_some()) {
        return None;
    }
    Some(Box::pin(async move {
        if let Some(attached) = attached {
            let mut addresses = Vec::new();
            for file in attached.files() {
                addresses.push(upload(alibaba, attached.product(), file, options, pipeline).await?);
            }
            attached.complete(&addresses)?;
        }
        match (version, input.ready()?.unread()) {
            (SignatureVersion::V3(algorithm), Some(octets)) => octets.read(algorithm).await,
            _ => Ok(()),
        }
    }))
}

/// Uploads a file of a call; gives its address.
async fn upload(
    alibaba: &Arc<Alibaba>,
    product: &str,
    file: &Body,
    options: &CallOptions,
    pipeline: &Pipeline,
) -> Result<String> {
    let own = Upload {
        region: options.region().map(str::to_owned),
        endpoint: options.endpoint().cloned(),
        ..Upload::new(product, file.clone())
    };
    let own = Arc::new(own);
    pipeline.ask(&Arc::new(PostObject(Arc::clone(alibaba))), Arc::clone(&own), options.of_caller()).await?;
    own.address()
}

/// A file on its way to a product's bucket.
pub(crate) struct Upload {
    product: String,
    file: Body,
    /// Those of the call that the file belongs to.
    region: Option<String>,
    endpoint: Option<Endpoint>,
    target: OnceLock<Target>,
}

impl Upload {
    pub(crate) fn new(product: &str, file: Body) -> Self {
        let product = product.to_ascii_lowercase();
        Self { product, file, region: None, endpoint: None, target: OnceLock::new() }
    }

    fn target(&self) -> Result<&Target> {
        self.target.get().ok_or_else(|| Error::input("the upload has not been authorised"))
    }

    /// The address of the file once it lies in the bucket.
    pub(crate) fn address(&self) -> Result<String> {
        self.target().map(|target| target.address.clone())
    }
}

/// Where the file goes, what the form says, and where the file then lies.
struct Target {
    endpoint: Endpoint,
    path: String,
    fields: Vec<(&'static str, String)>,
    key: String,
    /// With its length known: the object store takes no other.
    file: Body,
    address: String,
}

impl Target {
    /// Reads the answer of the authorisation. `scheme` is the client's.
    fn read(answer: &Value, settings: &Settings, scheme: Scheme, file: Body) -> Result<Self> {
        let text = |name: &str| {
            let found = answer.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
            found.map(str::to_owned).ok_or_else(|| Error::decode(format!("the authorisation has no `{name}`")))
        };
        let (bucket, host, key) = (text("Bucket")?, text("Endpoint")?, text("ObjectKey")?);
        let accelerates = answer.get("UseAccelerate").is_some_and(|flag| *flag == true || *flag == "true");
        let (endpoint, path) = place(&bucket, &upload_host(&host, accelerates, &settings.endpoint_type), scheme)?;
        let fields = vec![
            ("OSSAccessKeyId", text("AccessKeyId")?),
            ("Signature", text("Signature")?),
            ("host", endpoint.authority().to_owned()),
            ("key", key.clone()),
            ("policy", text("EncodedPolicy")?),
            ("success_action_status", "201".to_owned()),
        ];
        let address = address(&bucket, &host, &key, scheme)?;
        Ok(Self { endpoint, path, fields, key, file, address })
    }
}

/// A bucket is a part of the host's name, or of the path where the host is an address of numbers.
fn place(bucket: &str, host: &str, scheme: Scheme) -> Result<(Endpoint, String)> {
    let endpoint = Endpoint::parse(host, scheme)?;
    match endpoint.is_ip() {
        true => Ok((endpoint, format!("/{}/", encode::percent(bucket)))),
        false => Ok((Endpoint::parse(&format!("{bucket}.{host}"), scheme)?, "/".to_owned())),
    }
}

/// The file's URL: always of the unchanged host, and HTTPS unless it lies on a machine without a name.
fn address(bucket: &str, host: &str, key: &str, scheme: Scheme) -> Result<String> {
    let (endpoint, path) = place(bucket, host, Scheme::Https)?;
    let endpoint = if endpoint.is_ip() { Endpoint::parse(host, scheme)? } else { endpoint };
    Ok(format!("{endpoint}{path}{}", encode::percent_path(key)))
}

/// The post of a form to the object store. What it may do the form says, so that nothing is signed.
pub(crate) struct PostObject(pub(crate) Arc<Alibaba>);

impl PostObject {
    /// Asks where the file may go.
    async fn authorize(&self, upload: &Upload, options: &CallOptions, pipeline: &Pipeline) -> Result<Target> {
        let file = match upload.file.len() {
            Some(_) => upload.file.clone(),
            None => upload
                .file
                .clone()
                .into_replayable(MAX_IN_MEMORY_BYTES)
                .await
                .map_err(|error| Error::io("reading the file for its length", error))?,
        };
        let region = options.region().or(upload.region.as_deref()).unwrap_or(&self.0.region);
        let explicit = options.endpoint().or(upload.endpoint.as_ref()).or(self.0.endpoint.as_ref());
        let scheme = explicit.map_or(self.0.route.scheme, Endpoint::scheme);
        let asking = options.of_caller().with_endpoint(self.open_platform(explicit, scheme)?);
        let answer = pipeline.ask(&self.0, self.authorization(&upload.product, region)?, asking).await?.json()?;
        Target::read(&answer, &self.0.upload, scheme, file)
    }

    /// A client that calls one place of its own, such as a server on this machine, asks there, too.
    fn open_platform(&self, explicit: Option<&Endpoint>, scheme: Scheme) -> Result<Endpoint> {
        let own = explicit.filter(|endpoint| !endpoint.host().ends_with(".aliyuncs.com"));
        match self.0.upload.open_platform.as_ref().or(own) {
            Some(endpoint) => Ok(endpoint.clone()),
            None => Endpoint::parse(OPEN_PLATFORM, scheme),
        }
    }

    fn authorization(&self, product: &str, region: &str) -> Result<Input> {
        let region = Some(region).filter(|region| !region.is_empty());
        // There is no other way to sign it.
        let signature = match self.0.signature {
            version @ SignatureVersion::V3(_) => version,
            SignatureVersion::V1 => SignatureVersion::default(),
        };
        Input::rpc("openplatform", "2019-12-19", "AuthorizeFileUpload")
            .method(Method::GET)
            .query(json!({"Product": product, "RegionId": region}))
            .signature(signature)
            .idempotent(true)
            .needing_keys()
            .checked()
    }
}

impl Protocol for PostObject {
    type Input = Arc<Upload>;

    fn info<'a>(&'a self, _: &'a Arc<Upload>) -> CallInfo<'a> {
        CallInfo {
            cloud: "alibaba",
            service: "oss",
            operation: "PostObject",
            // The same object again.
            idempotent: true,
            signed: false,
            credential_kind: "",
            accepts_gzip: false,
            shown_headers: &["x-oss-request-id"],
        }
    }

    fn endpoints(&self, upload: &Arc<Upload>, _: &CallOptions) -> Result<Arc<[Endpoint]>> {
        Ok([upload.target()?.endpoint.clone()].into())
    }

    fn before<'a>(
        self: &'a Arc<Self>,
        upload: &'a Arc<Upload>,
        options: &'a CallOptions,
        pipeline: &'a Pipeline,
    ) -> Option<BoxFuture<'a, Result<()>>> {
        if upload.target.get().is_some() {
            return None;
        }
        Some(Box::pin(async move {
            let target = self.authorize(upload, options, pipeline).await?;
            let _ = upload.target.set(target);
            Ok(())
        }))
    }

    fn shape(&self, upload: &Arc<Upload>, attempt: &Attempt<'_>) -> Result<Request> {
        let target = upload.target()?;
        let mut request = Request::new(Method::POST, attempt.endpoint.clone(), target.path.clone());
        // The form as the vendor's SDKs write it: what stands in it must not contain the boundary.
        let boundary = format!("{:014}", attempt.chance.next_u64() % 100_000_000_000_000);
        let fields = target.fields.iter().map(|(name, value)| (*name, &**value));
        let form = Multipart::new(&boundary, fields, &target.key, "");
        request.set_header(HOST, attempt.endpoint.authority())?;
        request.set_header(DATE, &time::http_date(attempt.now))?;
        request.set_header(USER_AGENT, attempt.user_agent)?;
        attempt.options.apply_headers(&mut request);
        request.set_header(CONTENT_TYPE, form.content_type())?;
        request.body = form.stream(target.file.clone());
        Ok(request)
    }

    fn sign(&self, _: &Arc<Upload>, _: &mut Request, _: &Attempt<'_>) -> Result<Signature> {
        Ok(Signature::default())
    }

    fn judge(&self, _: &Arc<Upload>, reply: &Reply) -> Verdict {
        if reply.status.is_success() { Verdict::Success } else { error::parse(reply).into() }
    }

    fn request_id(&self, _: &Arc<Upload>, reply: &Reply) -> Option<String> {
        reply.header("x-oss-request-id").map(str::to_owned)
    }

    fn hint(&self, upload: &Arc<Upload>, error: &ServiceError, _: &Signature) -> Option<String> {
        let len = upload.file.len().unwrap_or_default();
        (error.code() == "EntityTooLarge").then(|| format!("the product takes no file of {len} bytes"))
    }
}

/// The address that the answer to an upload stands for.
pub(crate) fn address_of(upload: Arc<Upload>) -> impl Fn(&mut Output) -> Result<String> + Send + Sync + 'static {
    move |_| upload.address()
}

#[cfg(test)]
mod tests;
