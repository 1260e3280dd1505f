//! ZOO v3 of Huawei Cloud.
//!
//! Written by sanyun-codegen from the facts of
//! - huaweicloudsdkzoo 1.2.3 (Apache-2.0)

#![allow(dead_code, deprecated, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

use sanyun::huawei::typed as sdk;

/// ZOO v3 of Huawei Cloud.
pub static SERVICE: sdk::Service = sdk::Service {
    credentials: "BasicCredentials,GlobalCredentials",
    regions: "\
cn-north-4 https://zoo.cn-north-4.myhuaweicloud.com
cn-south-1 https://zoo.cn-south-1.myhuaweicloud.com https://zoo2.cn-south-1.myhuaweicloud.com",
    ..sdk::Service::new("zoo", "v3")
};

/// `POST /v3/{project_id}/animals` ([documentation](https://console.huaweicloud.com/apiexplorer/#/openapi/ZOO/doc?api=CreateAnimal&version=v3))
#[derive(Clone)]
pub struct CreateAnimal {
    pub x_auth_token: Option<sdk::Secret>,
    pub body: Option<CreateAnimalBody>,
}

impl CreateAnimal {
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub fn x_auth_token(mut self, value: impl Into<sdk::Secret>) -> Self {
        self.x_auth_token = Some(value.into());
        self
    }

    #[inline]
    pub fn body(mut self, value: CreateAnimalBody) -> Self {
        self.body = Some(value);
        self
    }
}

impl Default for CreateAnimal {
    #[inline]
    fn default() -> Self {
        Self { x_auth_token: None, body: None }
    }
}

impl sdk::Record for CreateAnimal {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["header X-Auth-Token", "body"], &mut [&mut self.x_auth_token, &mut self.body])
    }
}

impl sdk::Operation for CreateAnimal {
    type Cloud = sdk::Cloud;
    type Output = CreateAnimalResponse;
    const API: sdk::Api = sdk::Api::new(
        &SERVICE, "CreateAnimal", "POST", "/v3/{project_id}/animals",
    );
}

impl std::fmt::Debug for CreateAnimal {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "CreateAnimal", f)
    }
}

impl PartialEq for CreateAnimal {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// `GET /v3/{project_id}/animals` ([documentation](https://console.huaweicloud.com/apiexplorer/#/openapi/ZOO/doc?api=ListAnimals&version=v3))
#[derive(Clone)]
pub struct ListAnimals {
    pub limit: Option<i64>,
    pub marker: Option<String>,
    pub type_: Option<Vec<String>>,
}

impl ListAnimals {
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
    pub fn marker(mut self, value: impl Into<String>) -> Self {
        self.marker = Some(value.into());
        self
    }

    #[inline]
    pub fn type_(mut self, value: impl sdk::IntoList<String>) -> Self {
        self.type_ = Some(value.into_list());
        self
    }
}

impl Default for ListAnimals {
    #[inline]
    fn default() -> Self {
        Self { limit: None, marker: None, type_: None }
    }
}

impl sdk::Record for ListAnimals {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["query limit", "query marker", "query,multi type"],
            &mut [&mut self.limit, &mut self.marker, &mut self.type_],
        )
    }
}

impl sdk::Operation for ListAnimals {
    type Cloud = sdk::Cloud;
    type Output = ListAnimalsResponse;
    const API: sdk::Api = sdk::Api::new(&SERVICE, "ListAnimals", "GET", "/v3/{project_id}/animals");
}

impl sdk::Paged for ListAnimals {
    type Item = Animal;
    const PAGING: sdk::Paging = sdk::Paging {
        advance: sdk::Advance::Token { token: "marker", next: "page_info.next_marker" },
        items: "animals",
        limit: Some("limit"),
        total: None,
        more: None,
    };

    #[inline]
    fn items(page: &mut Self::Output) -> Option<&mut Vec<Self::Item>> {
        Some(&mut page.animals)
    }
}

impl std::fmt::Debug for ListAnimals {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "ListAnimals", f)
    }
}

impl PartialEq for ListAnimals {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// `GET /v3/names` ([documentation](https://console.huaweicloud.com/apiexplorer/#/openapi/ZOO/doc?api=ListNames&version=v3))
#[derive(Clone)]
pub struct ListNames {}

impl ListNames {
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Default for ListNames {
    #[inline]
    fn default() -> Self {
        Self {}
    }
}

impl sdk::Record for ListNames {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&[], &mut [])
    }
}

impl sdk::Operation for ListNames {
    type Cloud = sdk::Cloud;
    type Output = Vec<String>;
    const API: sdk::Api = sdk::Api {
        consumes: "application/json;charset=UTF-8",
        response_root: true,
        ..sdk::Api::new(&SERVICE, "ListNames", "GET", "/v3/names")
    };
}

impl std::fmt::Debug for ListNames {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "ListNames", f)
    }
}

impl PartialEq for ListNames {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// `GET /v3/{project_id}/animals/{animal_id}/picture` ([documentation](https://console.huaweicloud.com/apiexplorer/#/openapi/ZOO/doc?api=ShowPicture&version=v3))
///
/// Required: `animal_id`.
#[deprecated(note = "the vendor advises against it")]
#[derive(Clone)]
pub struct ShowPicture {
    pub animal_id: String,
}

impl ShowPicture {
    #[inline]
    pub fn new(animal_id: impl Into<String>) -> Self {
        Self { animal_id: animal_id.into() }
    }
}

impl Default for ShowPicture {
    #[inline]
    fn default() -> Self {
        Self { animal_id: String::new() }
    }
}

impl sdk::Record for ShowPicture {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["path animal_id"], &mut [&mut self.animal_id])
    }
}

impl sdk::Operation for ShowPicture {
    type Cloud = sdk::Cloud;
    type Output = sdk::StreamBody;
    const API: sdk::Api = sdk::Api::new(
        &SERVICE, "ShowPicture", "GET", "/v3/{project_id}/animals/{animal_id}/picture",
    );
}

impl std::fmt::Debug for ShowPicture {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "ShowPicture", f)
    }
}

impl PartialEq for ShowPicture {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// `POST /v3/{project_id}/animals/{animal_id}/picture` ([documentation](https://console.huaweicloud.com/apiexplorer/#/openapi/ZOO/doc?api=UploadPicture&version=v3))
///
/// Required: `animal_id`, `file`.
#[derive(Clone)]
pub struct UploadPicture {
    pub animal_id: String,
    pub file: sdk::File,
    pub title: Option<String>,
}

impl UploadPicture {
    #[inline]
    pub fn new(animal_id: impl Into<String>, file: impl Into<sdk::File>) -> Self {
        Self { animal_id: animal_id.into(), file: file.into(), ..Self::default() }
    }

    #[inline]
    pub fn title(mut self, value: impl Into<String>) -> Self {
        self.title = Some(value.into());
        self
    }
}

impl Default for UploadPicture {
    #[inline]
    fn default() -> Self {
        Self { animal_id: String::new(), file: sdk::File::default(), title: None }
    }
}

impl sdk::Record for UploadPicture {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["path animal_id", "form file", "form title"],
            &mut [&mut self.animal_id, &mut self.file, &mut self.title],
        )
    }
}

impl sdk::Operation for UploadPicture {
    type Cloud = sdk::Cloud;
    type Output = ();
    const API: sdk::Api = sdk::Api {
        consumes: "multipart/form-data",
        ..sdk::Api::new(
            &SERVICE, "UploadPicture", "POST", "/v3/{project_id}/animals/{animal_id}/picture",
        )
    };
}

impl std::fmt::Debug for UploadPicture {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "UploadPicture", f)
    }
}

impl PartialEq for UploadPicture {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In replies.
#[derive(Clone)]
pub struct Animal {
    pub id: String,
    pub type_: Kind,
    pub parent: Option<Box<Animal>>,
    pub children: Vec<Animal>,
    pub born_at: Option<sdk::Timestamp>,
    pub n2nd_name: Option<String>,
    pub extra: sdk::Map<sdk::Value>,
    pub extra_: sdk::Extra,
}

impl Default for Animal {
    #[inline]
    fn default() -> Self {
        Self {
            id: String::new(), type_: Kind::default(), parent: None, children: Vec::new(),
            born_at: None, n2nd_name: None, extra: sdk::Map::default(),
            extra_: sdk::Extra::default(),
        }
    }
}

impl sdk::Record for Animal {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["id", "type", "parent", "children", "born_at", "2nd_name", "extra", "*"],
            &mut [
                &mut self.id, &mut self.type_, &mut self.parent, &mut self.children,
                &mut self.born_at, &mut self.n2nd_name, &mut self.extra, &mut self.extra_,
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

/// In requests.
#[derive(Clone)]
pub struct CreateAnimalBody {
    pub name: String,
    pub weight: sdk::Decimal,
    pub password: Option<sdk::Secret>,
    pub tags: Option<Vec<Tag>>,
}

impl CreateAnimalBody {
    #[inline]
    pub fn new(name: impl Into<String>, weight: impl Into<sdk::Decimal>) -> Self {
        Self { name: name.into(), weight: weight.into(), ..Self::default() }
    }

    #[inline]
    pub fn password(mut self, value: impl Into<sdk::Secret>) -> Self {
        self.password = Some(value.into());
        self
    }

    #[inline]
    pub fn tags(mut self, value: impl sdk::IntoList<Tag>) -> Self {
        self.tags = Some(value.into_list());
        self
    }
}

impl Default for CreateAnimalBody {
    #[inline]
    fn default() -> Self {
        Self { name: String::new(), weight: sdk::Decimal::default(), password: None, tags: None }
    }
}

impl sdk::Record for CreateAnimalBody {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["name", "weight", "password", "tags"],
            &mut [&mut self.name, &mut self.weight, &mut self.password, &mut self.tags],
        )
    }
}

impl std::fmt::Debug for CreateAnimalBody {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "CreateAnimalBody", f)
    }
}

impl PartialEq for CreateAnimalBody {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In replies.
#[derive(Clone)]
pub struct CreateAnimalResponse {
    pub animal: Option<Animal>,
    pub extra: sdk::Extra,
}

impl Default for CreateAnimalResponse {
    #[inline]
    fn default() -> Self {
        Self { animal: None, extra: sdk::Extra::default() }
    }
}

impl sdk::Record for CreateAnimalResponse {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["animal", "*"], &mut [&mut self.animal, &mut self.extra])
    }
}

impl std::fmt::Debug for CreateAnimalResponse {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "CreateAnimalResponse", f)
    }
}

/// In replies.
#[derive(Clone)]
pub struct ListAnimalsResponse {
    pub animals: Vec<Animal>,
    pub page_info: Option<PageInfo>,
    pub extra: sdk::Extra,
}

impl Default for ListAnimalsResponse {
    #[inline]
    fn default() -> Self {
        Self { animals: Vec::new(), page_info: None, extra: sdk::Extra::default() }
    }
}

impl sdk::Record for ListAnimalsResponse {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["animals", "page_info", "*"],
            &mut [&mut self.animals, &mut self.page_info, &mut self.extra],
        )
    }
}

impl std::fmt::Debug for ListAnimalsResponse {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "ListAnimalsResponse", f)
    }
}

/// In replies.
#[derive(Clone)]
pub struct PageInfo {
    pub next_marker: Option<String>,
    pub extra: sdk::Extra,
}

impl Default for PageInfo {
    #[inline]
    fn default() -> Self {
        Self { next_marker: None, extra: sdk::Extra::default() }
    }
}

impl sdk::Record for PageInfo {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["next_marker", "*"], &mut [&mut self.next_marker, &mut self.extra])
    }
}

impl std::fmt::Debug for PageInfo {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "PageInfo", f)
    }
}

/// In requests.
#[derive(Clone)]
pub struct Tag {
    pub key: String,
    pub value: Option<String>,
}

impl Tag {
    #[inline]
    pub fn new(key: impl Into<String>) -> Self {
        Self { key: key.into(), ..Self::default() }
    }

    #[inline]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

impl Default for Tag {
    #[inline]
    fn default() -> Self {
        Self { key: String::new(), value: None }
    }
}

impl sdk::Record for Tag {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["key", "value"], &mut [&mut self.key, &mut self.value])
    }
}

impl std::fmt::Debug for Tag {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "Tag", f)
    }
}

impl PartialEq for Tag {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

sdk::text_enum! {
    Kind {
        LION = "lion",
        RED_PANDA = "red-panda",
        LION_2 = "Lion",
    }
}
