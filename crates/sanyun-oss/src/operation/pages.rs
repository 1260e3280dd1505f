//! Any listing, page by page: where the next one begins follows from the names of its table.

use sanyun_core::{Error, Response, Result};
use serde_json::{Map, Value};

use super::typed::{self, FromFields, Request};
use super::{Operation, RequestBody};
use crate::action::Action;
use crate::client::Client;
use crate::invoke;

/// Members that stand under the same name in a reply and in the request for the next page.
const TOKENS: &[&str] = &["next_token", "continuation_token"];

impl Client {
    /// The pages of a listing. An operation that has no pages gives one.
    ///
    /// ```no_run
    /// # async fn example(client: sanyun_oss::Client) -> sanyun_oss::Result<()> {
    /// use sanyun_oss::ops::ListParts;
    ///
    /// let mut pages = client.pages(ListParts::new("photos", "a.jpg", "0004B9894A22E5B1888A1E29F823****").max_parts(100));
    /// while let Some(page) = pages.next().await {
    ///     println!("{} parts", page?.parts.len());
    /// }
    /// # Ok(()) }
    /// ```
    pub fn pages<R: Request>(&self, mut request: R) -> OperationPages<R::Output>
    where
        R::Output: FromFields,
    {
        let next = typed::params(&mut request).map(|params| (R::OPERATION, params));
        OperationPages { client: self.clone(), next: Some(next), kind: std::marker::PhantomData }
    }

    /// The pages of a listing that is called by its name.
    pub fn invoke_pages(&self, operation: &str, params: Value) -> OperationPages<Value> {
        let next = invoke::operation(self, operation).map(|operation| (operation, params));
        OperationPages { client: self.clone(), next: Some(next), kind: std::marker::PhantomData }
    }
}

/// The pages of a listing.
#[derive(Debug)]
pub struct OperationPages<T> {
    client: Client,
    /// The call for the next page, or why there is none.
    next: Option<Result<(&'static Operation, Value)>>,
    kind: std::marker::PhantomData<fn() -> T>,
}

impl<T: FromFields> OperationPages<T> {
    /// The next page; `None` behind the last one, and after an error.
    ///
    /// # Errors
    /// As the call itself; [`ErrorKind::Decode`](sanyun_core::ErrorKind::Decode) if the listing says that it goes on, but
    /// not where.
    pub async fn next(&mut self) -> Option<Result<Response<T>>> {
        Some(match self.next.take()? {
            Ok((operation, params)) => self.page(operation, params).await,
            Err(error) => Err(error),
        })
    }

    async fn page(&mut self, operation: &'static Operation, mut params: Value) -> Result<Response<T>> {
        let input = invoke::input(operation, &params);
        let page = Action::<Value>::new(self.client.clone(), input).await?;
        if let (Some(given), Some(fields)) = (params.as_object_mut(), page.as_object())
            && advance(operation, given, fields)?
        {
            self.next = Some(Ok((operation, params)));
        }
        page.try_map(T::from_fields)
    }
}

/// Sets where the next page begins; false behind the last one.
fn advance(operation: &Operation, params: &mut Map<String, Value>, fields: &Map<String, Value>) -> Result<bool> {
    let truncated = fields.get("is_truncated").and_then(Value::as_bool);
    let positions = positions(operation, fields);
    if truncated == Some(false) || (truncated.is_none() && positions.is_empty()) {
        return Ok(false);
    }
    if positions.is_empty() {
        return Err(Error::decode("the listing says that it goes on, but not where"));
    }
    let before = params.clone();
    params.extend(positions);
    match *params == before {
        true => Err(Error::decode("the listing does not go on: the next page would be the same")),
        false => Ok(true),
    }
}

/// The parameters that say where the next page begins, from the reply's members of the same name or with `next_` in front.
fn positions(operation: &Operation, fields: &Map<String, Value>) -> Vec<(String, Value)> {
    let members = match operation.body {
        RequestBody::Json(model) => model.members,
        _ => &[],
    };
    let names = operation.params().map(|param| param.name).chain(members.iter().map(|member| member.name));
    let is_set = |value: &&Value| !value.is_null() && value.as_str() != Some("");
    let position = |name: &str| {
        let prefixed = fields.get(&["next_", name].concat()).filter(is_set);
        prefixed.or_else(|| fields.get(name).filter(|_| TOKENS.contains(&name)).filter(is_set)).cloned()
    };
    names.filter_map(|name| Some((name.to_owned(), position(name)?))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::operation::Product;

    fn next(product: Product, name: &str, fields: Value) -> Result<Option<Value>> {
        let mut params = Map::new();
        let goes_on = advance(product.operation(name).unwrap(), &mut params, fields.as_object().unwrap())?;
        Ok(goes_on.then_some(Value::Object(params)))
    }

    #[test]
    fn each_listing_goes_on_by_its_own_members() {
        for (product, name, fields, expected) in [
            (
                Product::Oss,
                "ListParts",
                json!({"is_truncated": true, "next_part_number_marker": 7}),
                json!({"part_number_marker": 7}),
            ),
            (
                Product::Oss,
                "ListObjectVersions",
                json!({"is_truncated": true, "next_key_marker": "k", "next_version_id_marker": "v"}),
                json!({"key_marker": "k", "version_id_marker": "v"}),
            ),
            (
                Product::Oss,
                "ListObjectsV2",
                json!({"is_truncated": true, "continuation_token": "old", "next_continuation_token": "new"}),
                json!({"continuation_token": "new"}),
            ),
            (Product::Vectors, "ListVectors", json!({"next_token": "t"}), json!({"next_token": "t"})),
            (Product::Tables, "ListTables", json!({"continuation_token": "t"}), json!({"continuation_token": "t"})),
        ] {
            assert_eq!(next(product, name, fields).unwrap(), Some(expected), "{name}");
        }
    }

    #[test]
    fn the_end_and_a_listing_that_stands_still() {
        let parts = |fields| next(Product::Oss, "ListParts", fields);
        assert_eq!(parts(json!({"is_truncated": false, "next_part_number_marker": 7})).unwrap(), None);
        assert_eq!(next(Product::Vectors, "ListVectors", json!({})).unwrap(), None);
        assert!(parts(json!({"is_truncated": true})).is_err());
        let mut params = Map::from_iter([("part_number_marker".to_owned(), json!(7))]);
        let fields = json!({"is_truncated": true, "next_part_number_marker": 7});
        let operation = Product::Oss.operation("ListParts").unwrap();
        assert!(advance(operation, &mut params, fields.as_object().unwrap()).is_err());
    }
}
