//! The facts of a whole service version, and what follows from all of them together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sanyun_catalog::{Cloud, Enum, LookupError, Operation, Service, Struct, Type, TypeDef};

use crate::Selection;
use crate::naming::{Taken, type_name};

/// Where a structure occurs.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Uses {
    pub(crate) request: bool,
    pub(crate) reply: bool,
}

/// Everything that is known of a service version.
pub(crate) struct Facts<'a> {
    pub(crate) service: Service<'a>,
    operations: Vec<Operation<'a>>,
    types: BTreeMap<&'a str, TypeDef<'a>>,
    operation_names: HashMap<&'a str, String>,
    type_names: HashMap<&'a str, String>,
    uses: HashMap<&'a str, Uses>,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(service: Service<'a>) -> Self {
        let operations: Vec<_> = service.all_operations().collect();
        let types: BTreeMap<_, _> = service.types().map(|it| (it.name(), it)).collect();
        let mut taken = Taken::default();
        let operation_names = operations.iter().map(|it| (it.name, taken.settle(type_name(it.name), ""))).collect();
        let type_names = types.keys().map(|name| (*name, structure_name(&mut taken, name))).collect();
        let mut facts = Self { service, operations, types, operation_names, type_names, uses: HashMap::new() };
        facts.uses = facts.find_uses();
        facts
    }

    pub(crate) fn cloud(&self) -> Cloud {
        self.service.cloud()
    }

    /// The operations that are asked for, in the order of their names.
    pub(crate) fn selected(&self, selection: &Selection) -> Result<Vec<&Operation<'a>>, LookupError> {
        let Selection::Operations(names) = selection else { return Ok(self.operations.iter().collect()) };
        let mut wanted = BTreeSet::new();
        for name in names {
            wanted.insert(self.service.operation(name)?.name);
        }
        Ok(self.operations.iter().filter(|it| wanted.contains(it.name)).collect())
    }

    /// The types that operations need.
    pub(crate) fn needed(&self, operations: &[&Operation<'a>]) -> BTreeSet<&'a str> {
        let mut needed = BTreeSet::new();
        for operation in operations {
            let roots = self.request_types(operation).chain(operation.response.as_ref());
            self.reach(roots, &mut needed);
        }
        needed
    }

    pub(crate) fn structures(&self) -> impl Iterator<Item = (&'a str, &Struct<'a>)> {
        self.types.iter().filter_map(|(name, it)| Some((*name, it.as_struct()?)))
    }

    pub(crate) fn enumerations(&self) -> impl Iterator<Item = (&'a str, &Enum<'a>)> {
        self.types.iter().filter_map(|(name, it)| match it {
            TypeDef::Enum(it) => Some((*name, it)),
            TypeDef::Struct(_) => None,
        })
    }

    pub(crate) fn structure(&self, name: &str) -> Option<&Struct<'a>> {
        self.types.get(name)?.as_struct()
    }

    /// The name of an operation in Rust.
    pub(crate) fn operation_name(&self, name: &str) -> &str {
        self.operation_names.get(name).map(String::as_str).unwrap_or_default()
    }

    /// The name of a structure or enumeration in Rust; empty if there is none of that name.
    pub(crate) fn type_name(&self, name: &str) -> &str {
        self.type_names.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Where a structure occurs.
    pub(crate) fn uses(&self, name: &str) -> Uses {
        self.uses.get(name).copied().unwrap_or_default()
    }

    /// The structure whose fields are the operation's own: the input of Tencent Cloud, a form of Huawei Cloud.
    pub(crate) fn dissolved(&self, operation: &Operation<'a>) -> Option<&Struct<'a>> {
        let Some(Type::Named(name)) = operation.body else { return None };
        let dissolves = self.cloud() == Cloud::Tencent || self.cloud() == Cloud::Huawei && is_form(operation);
        if dissolves { self.structure(name) } else { None }
    }

    /// Whether a field of this type closes a cycle without a list or map in between.
    pub(crate) fn is_recursive(&self, owner: &str, ty: &Type<'a>) -> bool {
        let Type::Named(first) = ty else { return false };
        let mut seen = BTreeSet::new();
        let mut open = vec![*first];
        while let Some(name) = open.pop() {
            if name == owner {
                return true;
            }
            if seen.insert(name) {
                open.extend(self.direct(name));
            }
        }
        false
    }

    /// The structures that lie in a structure without a list or map in between.
    fn direct(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let fields = self.structure(name).into_iter().flat_map(|it| &it.fields);
        fields.filter_map(|field| match field.ty {
            Type::Named(name) => Some(name),
            _ => None,
        })
    }

    /// The types of what is sent.
    fn request_types<'s>(&'s self, operation: &'s Operation<'a>) -> impl Iterator<Item = &'s Type<'a>> {
        let dissolved = self.dissolved(operation);
        let body = operation.body.as_ref().filter(|_| dissolved.is_none());
        let fields = dissolved.into_iter().flat_map(|it| it.fields.iter().map(|field| &field.ty));
        operation.params.iter().map(|param| &param.ty).chain(body).chain(fields)
    }

    fn find_uses(&self) -> HashMap<&'a str, Uses> {
        let mut requests = BTreeSet::new();
        let mut replies = BTreeSet::new();
        for operation in &self.operations {
            self.reach(self.request_types(operation), &mut requests);
            self.reach(operation.response.iter(), &mut replies);
        }
        let uses = |name: &&'a str| Uses { request: requests.contains(name), reply: replies.contains(name) };
        self.types.keys().map(|name| (*name, uses(name))).collect()
    }

    /// Adds the types that others lead to.
    fn reach<'t>(&self, roots: impl Iterator<Item = &'t Type<'a>>, found: &mut BTreeSet<&'a str>)
    where
        'a: 't,
    {
        let mut open: Vec<&'a str> = roots.filter_map(Type::name).collect();
        while let Some(name) = open.pop() {
            if !found.insert(name) {
                continue;
            }
            let fields = self.structure(name).into_iter().flat_map(|it| &it.fields);
            open.extend(fields.filter_map(|field| field.ty.name()));
        }
    }
}

/// The name of a structure: one that an operation has gets a `_`, one that another structure has a number.
fn structure_name(taken: &mut Taken, wire: &str) -> String {
    let name = type_name(wire);
    if taken.has(&name) && !name.ends_with('_') {
        return taken.settle(name + "_", "");
    }
    taken.settle(name, "")
}

/// Whether the body is a form, whose parts are the fields of the body's structure.
fn is_form(operation: &Operation<'_>) -> bool {
    let content = operation.consumes.first().copied().unwrap_or_default();
    content.starts_with("multipart/form-data") || content.starts_with("application/x-www-form-urlencoded")
}
