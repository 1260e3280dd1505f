//! One SDK for Huawei Cloud, Tencent Cloud and Alibaba Cloud.
