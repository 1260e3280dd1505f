//! ZOO 2020-01-02 of Tencent Cloud.
//!
//! Written by sanyun-codegen from the facts of
//! - tccli 3.1.0 (Apache Software License)

#![allow(dead_code, deprecated, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

use sanyun::tencent::typed as sdk;

/// ZOO 2020-01-02 of Tencent Cloud.
pub static SERVICE: sdk::Service = sdk::Service {
    product: "zoo",
    regions: "\
default zoo.tencentcloudapi.com",
    ..sdk::Service::new("zoo", "2020-01-02")
};

/// `DescribeAnimals` ([documentation](https://console.cloud.tencent.com/api/explorer?Product=zoo&Version=2020-01-02&Action=DescribeAnimals))
#[derive(Clone)]
pub struct DescribeAnimals {
    pub limit: Option<i64>,
    pub offset: Option<i64>,
    pub filters: Option<Vec<Filter>>,
}

impl DescribeAnimals {
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub fn limit(mut self, value: i64) -> Self {
        self.limit = Some(value);
        self
    }

    #[inline]
    pub fn offset(mut self, value: i64) -> Self {
        self.offset = Some(value);
        self
    }

    #[inline]
    pub fn filters(mut self, value: impl sdk::IntoList<Filter>) -> Self {
        self.filters = Some(value.into_list());
        self
    }
}

impl Default for DescribeAnimals {
    #[inline]
    fn default() -> Self {
        Self { limit: None, offset: None, filters: None }
    }
}

impl sdk::Record for DescribeAnimals {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["Limit", "Offset", "Filters"],
            &mut [&mut self.limit, &mut self.offset, &mut self.filters],
        )
    }
}

impl sdk::Operation for DescribeAnimals {
    type Cloud = sdk::Cloud;
    type Output = DescribeAnimalsResponse;
    const API: sdk::Api = sdk::Api::new(&SERVICE, "DescribeAnimals", "POST", "/");
}

impl sdk::Paged for DescribeAnimals {
    type Item = Animal;
    const PAGING: sdk::Paging = sdk::Paging {
        advance: sdk::Advance::Offset { offset: "Offset" },
        items: "AnimalSet",
        limit: Some("Limit"),
        total: Some("TotalCount"),
        more: None,
    };

    #[inline]
    fn items(page: &mut Self::Output) -> Option<&mut Vec<Self::Item>> {
        Some(&mut page.animal_set)
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

/// `Option` ([documentation](https://console.cloud.tencent.com/api/explorer?Product=zoo&Version=2020-01-02&Action=Option))
///
/// Required: `option`, `names`.
#[deprecated(note = "the vendor advises against it")]
#[derive(Clone)]
pub struct Option_ {
    pub option: Option_2,
    pub names: Vec<String>,
}

impl Option_ {
    #[inline]
    pub fn new(option: Option_2, names: impl sdk::IntoList<String>) -> Self {
        Self { option, names: names.into_list() }
    }
}

impl Default for Option_ {
    #[inline]
    fn default() -> Self {
        Self { option: Option_2::default(), names: Vec::new() }
    }
}

impl sdk::Record for Option_ {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["Option", "Names"], &mut [&mut self.option, &mut self.names])
    }
}

impl sdk::Operation for Option_ {
    type Cloud = sdk::Cloud;
    type Output = OptionResponse;
    const API: sdk::Api = sdk::Api::new(&SERVICE, "Option", "POST", "/");
}

impl std::fmt::Debug for Option_ {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "Option_", f)
    }
}

impl PartialEq for Option_ {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// `SendFile` ([documentation](https://console.cloud.tencent.com/api/explorer?Product=zoo&Version=2020-01-02&Action=SendFile))
///
/// Required: `file`.
#[derive(Clone)]
pub struct SendFile {
    pub file: sdk::File,
    pub name: Option<String>,
}

impl SendFile {
    #[inline]
    pub fn new(file: impl Into<sdk::File>) -> Self {
        Self { file: file.into(), ..Self::default() }
    }

    #[inline]
    pub fn name(mut self, value: impl Into<String>) -> Self {
        self.name = Some(value.into());
        self
    }
}

impl Default for SendFile {
    #[inline]
    fn default() -> Self {
        Self { file: sdk::File::default(), name: None }
    }
}

impl sdk::Record for SendFile {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["form File", "form Name"], &mut [&mut self.file, &mut self.name])
    }
}

impl sdk::Operation for SendFile {
    type Cloud = sdk::Cloud;
    type Output = OptionResponse;
    const API: sdk::Api = sdk::Api::new(&SERVICE, "SendFile", "POST", "/");
}

impl std::fmt::Debug for SendFile {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "SendFile", f)
    }
}

impl PartialEq for SendFile {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In replies.
#[derive(Clone)]
pub struct Animal {
    pub animal_id: String,
    pub name: Option<String>,
    pub uui: Option<String>,
    pub uui_2: Option<String>,
    pub owner: Option<Option_2>,
    pub extra: sdk::Extra,
}

impl Default for Animal {
    #[inline]
    fn default() -> Self {
        Self {
            animal_id: String::new(), name: None, uui: None, uui_2: None, owner: None,
            extra: sdk::Extra::default(),
        }
    }
}

impl sdk::Record for Animal {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["AnimalId", "Name", "UUI", "Uui", "Owner", "*"],
            &mut [
                &mut self.animal_id, &mut self.name, &mut self.uui, &mut self.uui_2,
                &mut self.owner, &mut self.extra,
            ],
        )
    }
}

impl std::fmt::Debug for Animal {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "Animal", f)
    }
}

/// In replies.
#[derive(Clone)]
pub struct DescribeAnimalsResponse {
    pub total_count: u64,
    pub animal_set: Vec<Animal>,
    pub request_id: String,
    pub extra: sdk::Extra,
}

impl Default for DescribeAnimalsResponse {
    #[inline]
    fn default() -> Self {
        Self {
            total_count: 0, animal_set: Vec::new(), request_id: String::new(),
            extra: sdk::Extra::default(),
        }
    }
}

impl sdk::Record for DescribeAnimalsResponse {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["TotalCount", "AnimalSet", "RequestId", "*"],
            &mut [
                &mut self.total_count, &mut self.animal_set, &mut self.request_id, &mut self.extra,
            ],
        )
    }
}

impl std::fmt::Debug for DescribeAnimalsResponse {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "DescribeAnimalsResponse", f)
    }
}

/// In requests.
#[derive(Clone)]
pub struct Filter {
    pub name: String,
    pub values: Vec<String>,
}

impl Filter {
    #[inline]
    pub fn new(name: impl Into<String>, values: impl sdk::IntoList<String>) -> Self {
        Self { name: name.into(), values: values.into_list() }
    }
}

impl Default for Filter {
    #[inline]
    fn default() -> Self {
        Self { name: String::new(), values: Vec::new() }
    }
}

impl sdk::Record for Filter {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["Name", "Values"], &mut [&mut self.name, &mut self.values])
    }
}

impl std::fmt::Debug for Filter {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "Filter", f)
    }
}

impl PartialEq for Filter {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// `Option`. In requests and replies.
#[derive(Clone)]
pub struct Option_2 {
    pub default: Option<bool>,
    pub new: Option<String>,
    pub extra: sdk::Extra,
}

impl Option_2 {
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub fn default_(mut self, value: bool) -> Self {
        self.default = Some(value);
        self
    }

    #[inline]
    pub fn new_(mut self, value: impl Into<String>) -> Self {
        self.new = Some(value.into());
        self
    }
}

impl Default for Option_2 {
    #[inline]
    fn default() -> Self {
        Self { default: None, new: None, extra: sdk::Extra::default() }
    }
}

impl sdk::Record for Option_2 {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["Default", "New", "*"],
            &mut [&mut self.default, &mut self.new, &mut self.extra],
        )
    }
}

impl std::fmt::Debug for Option_2 {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "Option_2", f)
    }
}

impl PartialEq for Option_2 {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In replies.
#[derive(Clone)]
pub struct OptionResponse {
    pub request_id: String,
    pub extra: sdk::Extra,
}

impl Default for OptionResponse {
    #[inline]
    fn default() -> Self {
        Self { request_id: String::new(), extra: sdk::Extra::default() }
    }
}

impl sdk::Record for OptionResponse {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["RequestId", "*"], &mut [&mut self.request_id, &mut self.extra])
    }
}

impl std::fmt::Debug for OptionResponse {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "OptionResponse", f)
    }
}
