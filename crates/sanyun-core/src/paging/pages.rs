//! The loop over pages.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use serde_json::Value;

use super::{Advance, Cursor, Page, Paged, Paging, hash};
use crate::body::Body;
use crate::call::Source;
use crate::clock::BoxFuture;
use crate::codec::{self, Field};
use crate::error::{Error, Result};
use crate::reply::Response;

/// An operation that a loop over pages can drive: a typed one ([`Paged`]), or one called by name ([`Named`]).
pub trait Listing: Send + 'static {
    /// What it answers.
    type Page: Send + 'static;
    /// What the pages are made of.
    type Item: Send + 'static;

    /// How to get from one page to the next.
    ///
    /// # Errors
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if that is not known.
    fn paging(&self) -> Result<Paging>;
    /// A parameter as it stands.
    fn parameter(&mut self, name: &str) -> Option<Value>;
    /// Changes a parameter.
    ///
    /// # Errors
    /// The parameter cannot have that value.
    fn set(&mut self, name: &str, value: &Value) -> Result<()>;
    /// What a page tells about the next one.
    ///
    /// # Errors
    /// Those of [`Cursor::next`].
    fn next(&self, page: &mut Self::Page, cursor: &mut Cursor) -> Result<Option<(&'static str, Value)>>;
    /// Takes the items out of a page.
    fn take_items(&self, page: &mut Self::Page) -> Vec<Self::Item>;
}

impl<O: Paged> Listing for O {
    type Page = O::Output;
    type Item = O::Item;

    fn paging(&self) -> Result<Paging> {
        Ok(O::PAGING)
    }

    fn parameter(&mut self, name: &str) -> Option<Value> {
        let json: Value = serde_json::from_str(&codec::operation_json(self)).ok()?;
        json.get(name).cloned()
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        codec::set(self, name, value)
    }

    fn next(&self, page: &mut O::Output, cursor: &mut Cursor) -> Result<Option<(&'static str, Value)>> {
        let items = O::items(page).map(|items| (items.len(), items.last_mut()));
        let (count, last) = items.unwrap_or_default();
        let wanted = match cursor.paging().advance {
            Advance::Marker { field, .. } => last.and_then(|last| codec::get(last, field)),
            _ => None,
        };
        cursor.next(&mut TypedPage { count, wanted, page })
    }

    fn take_items(&self, page: &mut O::Output) -> Vec<O::Item> {
        O::items(page).map(std::mem::take).unwrap_or_default()
    }
}

struct TypedPage<'a, T> {
    count: usize,
    /// The marker of the last item.
    wanted: Option<Value>,
    page: &'a mut T,
}

impl<T: Field> Page for TypedPage<'_, T> {
    fn at(&mut self, path: &str) -> Option<Value> {
        codec::get(self.page, path)
    }

    fn count(&self) -> usize {
        self.count
    }

    fn of_last(&self, _: &str) -> Option<Value> {
        self.wanted.clone()
    }

    fn fingerprint(&mut self, items: &str) -> u64 {
        hash(&codec::get(self.page, items).map(|items| items.to_string()).unwrap_or_default())
    }
}

/// An operation that was called by its name.
#[derive(Clone)]
pub struct Named {
    parameters: Value,
    rule: Arc<dyn Fn() -> Option<Rule> + Send + Sync>,
    files: Vec<(String, Body)>,
    takes_files: bool,
}

/// What a catalog says about the pages of an operation.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// How to get from one page to the next.
    pub paging: Paging,
    /// Whether the parameter that changes is a text.
    pub as_text: bool,
}

impl Named {
    /// Parameters (an object, or null for none) and where to look the rule up when pages are asked for.
    pub fn new(parameters: Value, rule: impl Fn() -> Option<Rule> + Send + Sync + 'static) -> Self {
        Self { parameters, rule: Arc::new(rule), files: Vec::new(), takes_files: false }
    }

    /// The same with room for [files](Self::files).
    #[must_use]
    pub fn taking_files(self) -> Self {
        Self { takes_files: true, ..self }
    }

    /// Files that stand for values of parameters, with the places of those (`Tasks.1.ImageURL`).
    pub fn files(&self) -> &[(String, Body)] {
        &self.files
    }

    /// Adds a file, unless there is no room for any.
    pub(crate) fn add_file(&mut self, parameter: &str, body: Body) -> bool {
        if self.takes_files {
            self.files.push((parameter.to_owned(), body));
        }
        self.takes_files
    }

    /// The parameters.
    pub fn parameters(&self) -> &Value {
        &self.parameters
    }
}

/// Shows no parameter: they carry passwords.
impl std::fmt::Debug for Named {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Named").finish_non_exhaustive()
    }
}

impl Listing for Named {
    type Page = Value;
    type Item = Value;

    fn paging(&self) -> Result<Paging> {
        (self.rule)().map(|rule| rule.paging).ok_or_else(|| {
            Error::input("the catalog knows no rule for the pages of this operation")
                .with_hint("make one call a page, with the parameters that the vendor's page names")
        })
    }

    fn parameter(&mut self, name: &str) -> Option<Value> {
        self.parameters.get(name).cloned()
    }

    fn set(&mut self, name: &str, value: &Value) -> Result<()> {
        let as_text = (self.rule)().is_some_and(|rule| rule.as_text);
        let value = match value {
            Value::Number(number) if as_text => Value::from(number.to_string()),
            value => value.clone(),
        };
        if self.parameters.is_null() {
            self.parameters = Value::Object(Default::default());
        }
        let members = self.parameters.as_object_mut();
        let members = members.ok_or_else(|| Error::input("the parameters are no JSON object"))?;
        members.insert(name.to_owned(), value);
        Ok(())
    }

    fn next(&self, page: &mut Value, cursor: &mut Cursor) -> Result<Option<(&'static str, Value)>> {
        let items = cursor.paging().items;
        cursor.next(&mut ValuePage { page, items })
    }

    fn take_items(&self, page: &mut Value) -> Vec<Value> {
        let path = (self.rule)().map(|rule| rule.paging.items).unwrap_or_default();
        match at_mut(page, path).map(Value::take) {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        }
    }
}

struct ValuePage<'a> {
    page: &'a Value,
    items: &'static str,
}

impl ValuePage<'_> {
    fn items(&self) -> &[Value] {
        at(self.page, self.items).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Page for ValuePage<'_> {
    fn at(&mut self, path: &str) -> Option<Value> {
        at(self.page, path).cloned()
    }

    fn count(&self) -> usize {
        self.items().len()
    }

    fn of_last(&self, field: &str) -> Option<Value> {
        at(self.items().last()?, field).cloned()
    }

    fn fingerprint(&mut self, items: &str) -> u64 {
        hash(&at(self.page, items).map(Value::to_string).unwrap_or_default())
    }
}

/// What stands at a path: names separated by points; an empty path is the value itself.
pub fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').filter(|name| !name.is_empty()).try_fold(value, |value, name| value.get(name))
}

/// As [`at`], to be changed.
pub fn at_mut<'a>(value: &'a mut Value, path: &str) -> Option<&'a mut Value> {
    path.split('.').filter(|name| !name.is_empty()).try_fold(value, |value, name| value.get_mut(name))
}

/// The pages of a listing, one call each, made when it is asked for. After an error it is at its end.
///
/// It is a [`Stream`]; [`next`](Self::next) needs no other crate.
#[must_use = "no page is asked for until `next`"]
pub struct Pages<O: Listing> {
    source: Source<O::Page, O>,
    state: State<O::Page>,
    cursor: Option<Cursor>,
}

enum State<T> {
    Ready,
    Running(BoxFuture<'static, Result<Response<T>>>),
    Done,
}

impl<O: Listing> Pages<O> {
    pub(crate) fn new(source: Source<O::Page, O>) -> Self {
        Self { source, state: State::Ready, cursor: None }
    }

    /// The next page; `None` behind the last one.
    pub async fn next(&mut self) -> Option<Result<Response<O::Page>>> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Response<O::Page>>>> {
        loop {
            match &mut self.state {
                State::Done => return Poll::Ready(None),
                State::Ready => match self.begin() {
                    Ok(call) => self.state = State::Running(call),
                    Err(error) => return self.fail(error),
                },
                State::Running(call) => {
                    let page = match ready!(call.as_mut().poll(context)) {
                        Ok(page) => page,
                        Err(error) => return self.fail(error),
                    };
                    return Poll::Ready(Some(self.turn(page)));
                }
            }
        }
    }

    fn fail<T>(&mut self, error: Error) -> Poll<Option<Result<T>>> {
        self.state = State::Done;
        Poll::Ready(Some(Err(error)))
    }

    fn begin(&mut self) -> Result<BoxFuture<'static, Result<Response<O::Page>>>> {
        if self.cursor.is_none() {
            let operation = self.source.operation_mut();
            let paging = operation.paging()?;
            self.cursor = Some(Cursor::new(paging, |name| operation.parameter(name)));
        }
        self.source.call()
    }

    /// Prepares the call of the page behind this one.
    fn turn(&mut self, mut page: Response<O::Page>) -> Result<Response<O::Page>> {
        self.state = State::Done;
        let Some(cursor) = &mut self.cursor else { return Ok(page) };
        let next = self.source.operation().next(page.value_mut(), cursor);
        let next = next.and_then(|next| {
            let Some((name, value)) = next else { return Ok(false) };
            self.source.operation_mut().set(name, &value).map(|()| true)
        });
        match next {
            Ok(true) => self.state = State::Ready,
            Ok(false) => {}
            // The page itself is good; what comes next is not.
            Err(error) => self.state = State::Running(Box::pin(std::future::ready(Err(error)))),
        }
        Ok(page)
    }
}

impl<O: Listing + Unpin> Stream for Pages<O> {
    type Item = Result<Response<O::Page>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}

/// The items of all pages of a listing, a page asked for when the one before is used up.
///
/// It is a [`Stream`]; [`next`](Self::next) needs no other crate.
#[must_use = "nothing is asked for until `next`"]
pub struct Items<O: Listing> {
    pages: Pages<O>,
    ready: std::vec::IntoIter<O::Item>,
}

impl<O: Listing> Items<O> {
    pub(crate) fn new(pages: Pages<O>) -> Self {
        Self { pages, ready: Vec::new().into_iter() }
    }

    /// The next item; `None` behind the last one.
    pub async fn next(&mut self) -> Option<Result<O::Item>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// All items that are left.
    ///
    /// # Errors
    /// What a call for a page returns; the items before it are lost.
    pub async fn all(mut self) -> Result<Vec<O::Item>> {
        let mut items = Vec::new();
        while let Some(item) = self.next().await {
            items.push(item?);
        }
        Ok(items)
    }

    /// The items one after the other on a thread without an async runtime. Feature `blocking`.
    #[cfg(feature = "blocking")]
    pub fn block(mut self) -> impl Iterator<Item = Result<O::Item>> {
        std::iter::from_fn(move || crate::blocking::block_on(async { self.next().await.transpose() }).transpose())
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<O::Item>>> {
        loop {
            if let Some(item) = self.ready.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.poll(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(mut page)) => {
                    self.ready = self.pages.source.operation().take_items(page.value_mut()).into_iter();
                }
            }
        }
    }
}

impl<O: Listing + Unpin> Stream for Items<O>
where
    O::Item: Unpin,
{
    type Item = Result<O::Item>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll(context)
    }
}
