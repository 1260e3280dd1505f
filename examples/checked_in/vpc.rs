//! VPC v2 of Huawei Cloud.
//!
//! Written by sanyun-codegen from the facts of
//! - huaweicloudsdkvpc 3.1.219 (Apache-2.0)

#![allow(dead_code, deprecated, missing_docs, unreachable_pub, clippy::all, clippy::pedantic)]

use sanyun::huawei::typed as sdk;

/// VPC v2 of Huawei Cloud.
pub static SERVICE: sdk::Service = sdk::Service {
    credentials: "BasicCredentials",
    regions: "\
af-south-1 https://vpc.af-south-1.myhuaweicloud.com
cn-north-4 https://vpc.cn-north-4.myhuaweicloud.com
cn-north-1 https://vpc.cn-north-1.myhuaweicloud.com
cn-east-2 https://vpc.cn-east-2.myhuaweicloud.com
cn-east-3 https://vpc.cn-east-3.myhuaweicloud.com
cn-east-5 https://vpc.cn-east-5.myhuaweicloud.com
cn-south-1 https://vpc.cn-south-1.myhuaweicloud.com
cn-south-4 https://vpc.cn-south-4.myhuaweicloud.com
cn-southwest-2 https://vpc.cn-southwest-2.myhuaweicloud.com
ap-southeast-2 https://vpc.ap-southeast-2.myhuaweicloud.com
cn-north-9 https://vpc.cn-north-9.myhuaweicloud.com
cn-north-11 https://vpc.cn-north-11.myhuaweicloud.com
ap-southeast-1 https://vpc.ap-southeast-1.myhuaweicloud.com
ap-southeast-3 https://vpc.ap-southeast-3.myhuaweicloud.com
sa-brazil-1 https://vpc.sa-brazil-1.myhuaweicloud.com
la-north-2 https://vpc.la-north-2.myhuaweicloud.com
cn-south-2 https://vpc.cn-south-2.myhuaweicloud.com
cn-north-2 https://vpc.cn-north-2.myhuaweicloud.com
la-south-2 https://vpc.la-south-2.myhuaweicloud.com
na-mexico-1 https://vpc.na-mexico-1.myhuaweicloud.com
ap-southeast-4 https://vpc.ap-southeast-4.myhuaweicloud.com
tr-west-1 https://vpc.tr-west-1.myhuaweicloud.com
eu-west-101 https://vpc.eu-west-101.myhuaweicloud.com
me-east-1 https://vpc.me-east-1.myhuaweicloud.com
ae-ad-1 https://vpc.ae-ad-1.myhuaweicloud.com
eu-west-0 https://vpc.eu-west-0.myhuaweicloud.com
ru-northwest-2 https://vpc.ru-northwest-2.myhuaweicloud.com
my-kualalumpur-1 https://vpc.my-kualalumpur-1.myhuaweicloud.com
ru-moscow-1 https://vpc.ru-moscow-1.myhuaweicloud.com
cn-east-4 https://vpc.cn-east-4.myhuaweicloud.com
af-north-1 https://vpc.af-north-1.myhuaweicloud.com
ap-southeast-5 https://vpc.ap-southeast-5.myhuaweicloud.com
cn-southwest-3 https://vpc.cn-southwest-3.myhuaweicloud.com
cn-north-12 https://vpc.cn-north-12.myhuaweicloud.com",
    ..sdk::Service::new("vpc", "v2")
};

/// `POST /v1/{project_id}/vpcs` ([documentation](https://console.huaweicloud.com/apiexplorer/#/openapi/VPC/doc?api=CreateVpc&version=v2))
#[derive(Clone)]
pub struct CreateVpc {
    pub body: Option<CreateVpcRequestBody>,
}

impl CreateVpc {
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub fn body(mut self, value: CreateVpcRequestBody) -> Self {
        self.body = Some(value);
        self
    }
}

impl Default for CreateVpc {
    #[inline]
    fn default() -> Self {
        Self { body: None }
    }
}

impl sdk::Record for CreateVpc {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["body"], &mut [&mut self.body])
    }
}

impl sdk::Operation for CreateVpc {
    type Cloud = sdk::Cloud;
    type Output = CreateVpcResponse;
    const API: sdk::Api = sdk::Api {
        consumes: "application/json;charset=UTF-8",
        ..sdk::Api::new(&SERVICE, "CreateVpc", "POST", "/v1/{project_id}/vpcs")
    };
}

impl std::fmt::Debug for CreateVpc {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "CreateVpc", f)
    }
}

impl PartialEq for CreateVpc {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// `GET /v1/{project_id}/vpcs` ([documentation](https://console.huaweicloud.com/apiexplorer/#/openapi/VPC/doc?api=ListVpcs&version=v2))
#[derive(Clone)]
pub struct ListVpcs {
    pub limit: Option<i64>,
    pub marker: Option<String>,
    pub id: Option<String>,
    pub enterprise_project_id: Option<String>,
}

impl ListVpcs {
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
    pub fn id(mut self, value: impl Into<String>) -> Self {
        self.id = Some(value.into());
        self
    }

    #[inline]
    pub fn enterprise_project_id(mut self, value: impl Into<String>) -> Self {
        self.enterprise_project_id = Some(value.into());
        self
    }
}

impl Default for ListVpcs {
    #[inline]
    fn default() -> Self {
        Self { limit: None, marker: None, id: None, enterprise_project_id: None }
    }
}

impl sdk::Record for ListVpcs {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &["query limit", "query marker", "query id", "query enterprise_project_id"],
            &mut [&mut self.limit, &mut self.marker, &mut self.id, &mut self.enterprise_project_id],
        )
    }
}

impl sdk::Operation for ListVpcs {
    type Cloud = sdk::Cloud;
    type Output = ListVpcsResponse;
    const API: sdk::Api = sdk::Api::new(&SERVICE, "ListVpcs", "GET", "/v1/{project_id}/vpcs");
}

impl sdk::Paged for ListVpcs {
    type Item = Vpc;
    const PAGING: sdk::Paging = sdk::Paging {
        advance: sdk::Advance::Marker { marker: "marker", field: "id" },
        items: "vpcs",
        limit: Some("limit"),
        total: None,
        more: None,
    };

    #[inline]
    fn items(page: &mut Self::Output) -> Option<&mut Vec<Self::Item>> {
        Some(&mut page.vpcs)
    }
}

impl std::fmt::Debug for ListVpcs {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "ListVpcs", f)
    }
}

impl PartialEq for ListVpcs {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In requests.
#[derive(Clone)]
pub struct CreateVpcOption {
    pub cidr: Option<String>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub enterprise_project_id: Option<String>,
    pub tags: Option<Vec<String>>,
    pub block_service_endpoint_states: Option<String>,
    pub enable_network_address_usage_metrics: Option<bool>,
}

impl CreateVpcOption {
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub fn cidr(mut self, value: impl Into<String>) -> Self {
        self.cidr = Some(value.into());
        self
    }

    #[inline]
    pub fn name(mut self, value: impl Into<String>) -> Self {
        self.name = Some(value.into());
        self
    }

    #[inline]
    pub fn description(mut self, value: impl Into<String>) -> Self {
        self.description = Some(value.into());
        self
    }

    #[inline]
    pub fn enterprise_project_id(mut self, value: impl Into<String>) -> Self {
        self.enterprise_project_id = Some(value.into());
        self
    }

    #[inline]
    pub fn tags(mut self, value: impl sdk::IntoList<String>) -> Self {
        self.tags = Some(value.into_list());
        self
    }

    #[inline]
    pub fn block_service_endpoint_states(mut self, value: impl Into<String>) -> Self {
        self.block_service_endpoint_states = Some(value.into());
        self
    }

    #[inline]
    pub fn enable_network_address_usage_metrics(mut self, value: bool) -> Self {
        self.enable_network_address_usage_metrics = Some(value);
        self
    }
}

impl Default for CreateVpcOption {
    #[inline]
    fn default() -> Self {
        Self {
            cidr: None,
            name: None,
            description: None,
            enterprise_project_id: None,
            tags: None,
            block_service_endpoint_states: None,
            enable_network_address_usage_metrics: None,
        }
    }
}

impl sdk::Record for CreateVpcOption {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &[
                "cidr",
                "name",
                "description",
                "enterprise_project_id",
                "tags",
                "block_service_endpoint_states",
                "enable_network_address_usage_metrics",
            ],
            &mut [
                &mut self.cidr,
                &mut self.name,
                &mut self.description,
                &mut self.enterprise_project_id,
                &mut self.tags,
                &mut self.block_service_endpoint_states,
                &mut self.enable_network_address_usage_metrics,
            ],
        )
    }
}

impl std::fmt::Debug for CreateVpcOption {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "CreateVpcOption", f)
    }
}

impl PartialEq for CreateVpcOption {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In requests.
#[derive(Clone)]
pub struct CreateVpcRequestBody {
    pub vpc: CreateVpcOption,
}

impl CreateVpcRequestBody {
    #[inline]
    pub fn new(vpc: CreateVpcOption) -> Self {
        Self { vpc }
    }
}

impl Default for CreateVpcRequestBody {
    #[inline]
    fn default() -> Self {
        Self { vpc: CreateVpcOption::default() }
    }
}

impl sdk::Record for CreateVpcRequestBody {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["vpc"], &mut [&mut self.vpc])
    }
}

impl std::fmt::Debug for CreateVpcRequestBody {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "CreateVpcRequestBody", f)
    }
}

impl PartialEq for CreateVpcRequestBody {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In replies.
#[derive(Clone)]
pub struct CreateVpcResponse {
    pub vpc: Option<Vpc>,
    pub extra: sdk::Extra,
}

impl Default for CreateVpcResponse {
    #[inline]
    fn default() -> Self {
        Self { vpc: None, extra: sdk::Extra::default() }
    }
}

impl sdk::Record for CreateVpcResponse {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["vpc", "*"], &mut [&mut self.vpc, &mut self.extra])
    }
}

impl std::fmt::Debug for CreateVpcResponse {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "CreateVpcResponse", f)
    }
}

/// In replies.
#[derive(Clone)]
pub struct ListVpcsResponse {
    pub vpcs: Vec<Vpc>,
    pub extra: sdk::Extra,
}

impl Default for ListVpcsResponse {
    #[inline]
    fn default() -> Self {
        Self { vpcs: Vec::new(), extra: sdk::Extra::default() }
    }
}

impl sdk::Record for ListVpcsResponse {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["vpcs", "*"], &mut [&mut self.vpcs, &mut self.extra])
    }
}

impl std::fmt::Debug for ListVpcsResponse {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "ListVpcsResponse", f)
    }
}

/// In requests and replies.
#[derive(Clone)]
pub struct Route {
    pub destination: Option<String>,
    pub nexthop: Option<String>,
    pub extra: sdk::Extra,
}

impl Route {
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    #[inline]
    pub fn destination(mut self, value: impl Into<String>) -> Self {
        self.destination = Some(value.into());
        self
    }

    #[inline]
    pub fn nexthop(mut self, value: impl Into<String>) -> Self {
        self.nexthop = Some(value.into());
        self
    }
}

impl Default for Route {
    #[inline]
    fn default() -> Self {
        Self { destination: None, nexthop: None, extra: sdk::Extra::default() }
    }
}

impl sdk::Record for Route {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(&["destination", "nexthop", "*"], &mut [&mut self.destination, &mut self.nexthop, &mut self.extra])
    }
}

impl std::fmt::Debug for Route {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "Route", f)
    }
}

impl PartialEq for Route {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        sdk::equal(&mut self.clone(), &mut other.clone())
    }
}

/// In replies.
#[derive(Clone)]
pub struct Vpc {
    pub id: String,
    pub name: String,
    pub cidr: String,
    pub description: String,
    pub routes: Vec<Route>,
    pub status: String,
    pub enterprise_project_id: String,
    pub tenant_id: String,
    pub created_at: sdk::Timestamp,
    pub updated_at: sdk::Timestamp,
    pub block_service_endpoint_states: String,
    pub enable_network_address_usage_metrics: bool,
    pub extra: sdk::Extra,
}

impl Default for Vpc {
    #[inline]
    fn default() -> Self {
        Self {
            id: String::new(),
            name: String::new(),
            cidr: String::new(),
            description: String::new(),
            routes: Vec::new(),
            status: String::new(),
            enterprise_project_id: String::new(),
            tenant_id: String::new(),
            created_at: sdk::Timestamp::default(),
            updated_at: sdk::Timestamp::default(),
            block_service_endpoint_states: String::new(),
            enable_network_address_usage_metrics: false,
            extra: sdk::Extra::default(),
        }
    }
}

impl sdk::Record for Vpc {
    #[inline]
    fn visit(&mut self, by: &mut dyn sdk::Visitor) -> sdk::Result<()> {
        by.record(
            &[
                "id",
                "name",
                "cidr",
                "description",
                "routes",
                "status",
                "enterprise_project_id",
                "tenant_id",
                "created_at",
                "updated_at",
                "block_service_endpoint_states",
                "enable_network_address_usage_metrics",
                "*",
            ],
            &mut [
                &mut self.id,
                &mut self.name,
                &mut self.cidr,
                &mut self.description,
                &mut self.routes,
                &mut self.status,
                &mut self.enterprise_project_id,
                &mut self.tenant_id,
                &mut self.created_at,
                &mut self.updated_at,
                &mut self.block_service_endpoint_states,
                &mut self.enable_network_address_usage_metrics,
                &mut self.extra,
            ],
        )
    }
}

impl std::fmt::Debug for Vpc {
    #[inline]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        sdk::debug(&mut self.clone(), "Vpc", f)
    }
}
