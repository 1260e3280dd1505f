//! Files: uploaded for operations that take addresses, and replies that are files.

use std::sync::Arc;

use sanyun_core::{Body, Call, Output, StreamBody};
use serde_json::Value;

use super::{Builder, Client};
use crate::shape::{Input, Name};
use crate::upload::{PostObject, Upload, address_of};

impl Client {
    /// Uploads a file for the operations of a product (`ocr`, `facebody`, …) and gives its address, an HTTPS URL that
    /// only the product can use, and not for long. Calls by name do it themselves for a file that is given with
    /// [`Call::file`] or, as a parameter's value, with its path; typed operations take the address as their field.
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_alibaba::Client) -> sanyun_alibaba::Result<()> {
    /// use sanyun_alibaba::Body;
    /// use serde_json::json;
    ///
    /// let card = Body::file("card.jpg").expect("a file");
    /// let reply = client.invoke("ocr", "2019-12-30", "RecognizeBankCard", json!({})).file("ImageURL", card).await?;
    /// println!("{}", reply["Data"]);
    ///
    /// let params = json!({"Tasks": [{"ImageURL": {"path": "code.png"}}]});
    /// let reply = client.invoke("ocr", "2019-12-30", "RecognizeQrCode", params).await?;
    /// println!("{}", reply["Data"]);
    ///
    /// let address = client.upload("ocr", Body::file("card.jpg").expect("a file")).await?;
    /// println!("{}", *address);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// The file is read while it is sent, whatever its size; what has no known length goes through memory up to 1 MiB and
    /// a temporary file beyond. It needs an access key, permanent or temporary. A one-shot stream is not sent again after
    /// a broken connection; everything else is, whole.
    ///
    /// # Errors
    /// A credential without a key, a refusal of the authorisation or of the object store.
    pub fn upload(&self, product: &str, file: impl Into<Body>) -> Call<String> {
        let upload = Arc::new(Upload::new(product, file.into()));
        let protocol = Arc::new(PostObject(Arc::clone(&self.protocol)));
        Call::new(&self.pipeline, &protocol, Ok(Arc::clone(&upload)), address_of(upload))
    }

    /// Like [`invoke`](Self::invoke), for operations whose answer is a file: gives the body as it arrives, whatever it is.
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_alibaba::Client) -> sanyun_alibaba::Result<()> {
    /// use serde_json::json;
    ///
    /// let regions = client.download("ecs", "", "DescribeRegions", json!({}));
    /// regions.await?.save("regions.json").await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn download(&self, service: &str, version: &str, operation: &str, params: Value) -> Call<StreamBody> {
        let name = Name { service: service.into(), version: version.into(), operation: operation.into() };
        let input = name.input(&params, true).and_then(Input::checked).map(Input::streamed);
        Call::new(&self.pipeline, &self.protocol, input, Output::take_stream)
    }
}

impl Builder {
    /// Where uploads are authorised, `openplatform.aliyuncs.com` if unset. A client with an [`endpoint`](Self::endpoint)
    /// outside `aliyuncs.com` asks there.
    pub fn open_platform_endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.upload.open_platform = Some(endpoint.into());
        self
    }

    /// Which host of the object store takes uploads: `internal` from within the region's network, `accelerate` from afar,
    /// where the product allows it; the public one if unset.
    pub fn endpoint_type(mut self, kind: impl Into<String>) -> Self {
        self.upload.endpoint_type = kind.into();
        self
    }
}
