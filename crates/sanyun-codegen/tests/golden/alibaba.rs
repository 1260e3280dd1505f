//! ZOO_API 2020-01-02 of Alibaba Cloud.
//!
//! Written by sanyun-codegen from the facts of
//! - alibabacloud-zoo-api20200102 1.0.0 (Apache License 2.0)

#![allow(dead_code, deprecated, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

use sanyun::alibaba::typed as sdk;

/// ZOO_API 2020-01-02 of Alibaba Cloud.
pub static SERVICE: sdk::Service = sdk::Service {
    product: "Zoo",
    endpoint_rule: "regional",
    settings: "signature_algorithm=v2",
    regions: "\
cn-hangzhou zoo.cn-hangzhou.aliyuncs.com",
    ..sdk::Service::new("zoo_api", "2020-01-02")
};

/// `POST DescribeAnimals` ([documentation](https://api.aliyun.com/document/Zoo/2020-01-02/DescribeAnimals))
///
/// Required: `region_id`.
#[derive(Clone)]
pub struct DescribeAnimals {
    pub region_id: String,
    pub page_number: Option<i64>,
    pub page_size: Option<i64>,
    pub ids: Option<Vec<String>>,
    pub tag: Option<Vec<DescribeAnimalsRequestTag>>,
}

impl DescribeAnimals {
    #[inline]
    pub fn new(region_id: impl Into<String>) -> Self {
        Self { region_id: region_id.into(), ..Self::default() }
    }

    #[inline]
    pub fn page_number(mut self, value: i64) -> Self {
        self.page_number = Some(value);
        self
    }

    #[inline]
    pub fn page_size(mut self, value: i64) -> Self {
        self.page_size = Some(value);
        self
    }

    #[inline]
    pub fn ids(mut self, value: impl sdk::IntoList<String>) -> Self {
        self.ids = Some(value.into_list());
        self
    }

    #[inline]
    pub fn tag(mut self, value: impl sdk::IntoList<DescribeAnimalsRequestTag>) -> Self {
        self.tag = Some(value.into_list());
        self
    }
}

impl Default for DescribeAnimals {
    #[inline]
    fn default() -> Self {
        Self { region_id: String::new(), page_number: None, page_size: None, ids: None, tag: None }
    }
}

impl sdk::Record for DescribeAnimals {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &[
                "query RegionId", "query PageNumber", "query PageSize", "query,json Ids",
                "body,flat Tag",
            ],
            &mut [
                &mut self.region_id, &mut self.page_number, &mut self.page_size, &mut self.ids,
                &mut self.tag,
            ],
        )
    }
}

impl sdk::Operation for DescribeAnimals {
    type Cloud = sdk::Cloud;
    type Output = DescribeAnimalsResponseBody;
    const API: sdk::Api = sdk::Api {
        style: sdk::Style::Rpc,
        consumes: "formData",
        produces: "json",
        ..sdk::Api::new(&SERVICE, "DescribeAnimals", "POST", "/")
    };
}

impl sdk::Paged for DescribeAnimals {
    type Item = Animal;
    const PAGING: sdk::Paging = sdk::Paging {
        advance: sdk::Advance::Page { number: "PageNumber", first: 1 },
        items: "Animals.Animal",
        limit: Some("PageSize"),
        total: Some("TotalCount"),
        more: None,
    };

    #[inline]
    fn items(page: &mut Self::Output) -> Option<&mut Vec<Self::Item>> {
        Some(&mut page.animals.as_mut()?.animal)
    }
}

impl std::fmt::Debug for DescribeAnimals {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "DescribeAnimals", f)
    }
}

impl PartialEq for DescribeAnimals {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// `PUT /animals/{name}` ([documentation](https://api.aliyun.com/document/Zoo/2020-01-02/PutAnimal))
///
/// Required: `name`, `bucket`, `body`.
#[derive(Clone)]
pub struct PutAnimal {
    pub name: String,
    pub bucket: String,
    pub body: sdk::Body,
}

impl PutAnimal {
    #[inline]
    pub fn new(
        name: impl Into<String>, bucket: impl Into<String>, body: impl Into<sdk::Body>,
    ) -> Self {
        Self { name: name.into(), bucket: bucket.into(), body: body.into() }
    }
}

impl Default for PutAnimal {
    #[inline]
    fn default() -> Self {
        Self { name: String::new(), bucket: String::new(), body: sdk::Body::default() }
    }
}

impl sdk::Record for PutAnimal {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["path,raw name", "host bucket", "stream"],
            &mut [&mut self.name, &mut self.bucket, &mut self.body],
        )
    }
}

impl sdk::Operation for PutAnimal {
    type Cloud = sdk::Cloud;
    type Output = ();
    const API: sdk::Api = sdk::Api {
        consumes: "binary",
        produces: "none",
        ..sdk::Api::new(&SERVICE, "PutAnimal", "PUT", "/animals/{name}")
    };
}

impl std::fmt::Debug for PutAnimal {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "PutAnimal", f)
    }
}

impl PartialEq for PutAnimal {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// `POST /animals/{body}` ([documentation](https://api.aliyun.com/document/Zoo/2020-01-02/UpdateAnimal))
///
/// Required: `body`.
#[derive(Clone)]
pub struct UpdateAnimal {
    pub body: String,
    pub body_: Option<Animal>,
}

impl UpdateAnimal {
    #[inline]
    pub fn new(body: impl Into<String>) -> Self {
        Self { body: body.into(), ..Self::default() }
    }

    #[inline]
    pub fn body_(mut self, value: Animal) -> Self {
        self.body_ = Some(value);
        self
    }
}

impl Default for UpdateAnimal {
    #[inline]
    fn default() -> Self {
        Self { body: String::new(), body_: None }
    }
}

impl sdk::Record for UpdateAnimal {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["path body", "body"], &mut [&mut self.body, &mut self.body_])
    }
}

impl sdk::Operation for UpdateAnimal {
    type Cloud = sdk::Cloud;
    type Output = Animal;
    const API: sdk::Api = sdk::Api {
        consumes: "json",
        produces: "json",
        ..sdk::Api::new(&SERVICE, "UpdateAnimal", "POST", "/animals/{body}")
    };
}

impl std::fmt::Debug for UpdateAnimal {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "UpdateAnimal", f)
    }
}

impl PartialEq for UpdateAnimal {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In requests and replies.
#[derive(Clone)]
pub struct Animal {
    pub name: Option<String>,
    pub food: Option<Vec<String>>,
    pub extra: sdk::Extra,
}

impl Animal {
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub fn name(mut self, value: impl Into<String>) -> Self {
        self.name = Some(value.into());
        self
    }

    #[inline]
    pub fn food(mut self, value: impl sdk::IntoList<String>) -> Self {
        self.food = Some(value.into_list());
        self
    }
}

impl Default for Animal {
    #[inline]
    fn default() -> Self {
        Self { name: None, food: None, extra: sdk::Extra::default() }
    }
}

impl sdk::Record for Animal {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["Name", "Food", "*"], &mut [&mut self.name, &mut self.food, &mut self.extra])
    }
}

impl std::fmt::Debug for Animal {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "Animal", f)
    }
}

impl PartialEq for Animal {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In requests.
#[derive(Clone)]
pub struct DescribeAnimalsRequestTag {
    pub key: Option<String>,
}

impl DescribeAnimalsRequestTag {
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub fn key(mut self, value: impl Into<String>) -> Self {
        self.key = Some(value.into());
        self
    }
}

impl Default for DescribeAnimalsRequestTag {
    #[inline]
    fn default() -> Self {
        Self { key: None }
    }
}

impl sdk::Record for DescribeAnimalsRequestTag {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["Key"], &mut [&mut self.key])
    }
}

impl std::fmt::Debug for DescribeAnimalsRequestTag {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "DescribeAnimalsRequestTag", f)
    }
}

impl PartialEq for DescribeAnimalsRequestTag {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In replies.
#[derive(Clone)]
pub struct DescribeAnimalsResponseBody {
    pub animals: Option<DescribeAnimalsResponseBodyAnimals>,
    pub page_number: Option<i64>,
    pub request_id: Option<String>,
    pub total_count: Option<i64>,
    pub extra: sdk::Extra,
}

impl Default for DescribeAnimalsResponseBody {
    #[inline]
    fn default() -> Self {
        Self {
            animals: None, page_number: None, request_id: None, total_count: None,
            extra: sdk::Extra::default(),
        }
    }
}

impl sdk::Record for DescribeAnimalsResponseBody {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["Animals", "PageNumber", "RequestId", "TotalCount", "*"],
            &mut [
                &mut self.animals, &mut self.page_number, &mut self.request_id,
                &mut self.total_count, &mut self.extra,
            ],
        )
    }
}

impl std::fmt::Debug for DescribeAnimalsResponseBody {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "DescribeAnimalsResponseBody", f)
    }
}

/// In replies.
#[derive(Clone)]
pub struct DescribeAnimalsResponseBodyAnimals {
    pub animal: Vec<Animal>,
    pub extra: sdk::Extra,
}

impl Default for DescribeAnimalsResponseBodyAnimals {
    #[inline]
    fn default() -> Self {
        Self { animal: Vec::new(), extra: sdk::Extra::default() }
    }
}

impl sdk::Record for DescribeAnimalsResponseBodyAnimals {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["Animal", "*"], &mut [&mut self.animal, &mut self.extra])
    }
}

impl std::fmt::Debug for DescribeAnimalsResponseBodyAnimals {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "DescribeAnimalsResponseBodyAnimals", f)
    }
}
