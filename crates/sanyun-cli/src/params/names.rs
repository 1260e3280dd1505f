//! The names that may stand at a place, and what they name.

use sanyun_catalog::{Field, Operation, Service, Type, TypeDef};

/// The names that an object may have.
pub(super) enum Names<'a> {
    Known(Vec<(String, Type<'a>)>),
    /// Any, with this type.
    Free(Option<Type<'a>>),
}

impl<'a> Names<'a> {
    /// Those that may stand first: parameters, fields of the body, `body` for the whole body, what is sent as a stream,
    /// and what the credential fills otherwise.
    pub(super) fn of_operation(operation: &Operation<'a>) -> Self {
        let params = operation.params.iter().map(|param| (param.name, param.ty.clone()));
        let fields = operation.body_fields().into_iter().map(|field| (field.name, field.ty));
        let body = operation.body.iter().map(|ty| ("body", ty.clone()));
        let stream = operation.rare.stream_request.iter().map(|name| (name.as_str(), Type::File));
        let placeholders = operation.unfilled_placeholders().map(|name| (name, Type::String));
        let all = params.chain(fields).chain(body).chain(stream).chain(placeholders);
        Self::Known(all.map(|(name, ty)| (name.to_owned(), ty)).collect())
    }

    /// Those of a structure; any for what is not known.
    pub(super) fn of_type(service: Option<Service<'a>>, ty: Option<&Type<'a>>) -> Self {
        match ty {
            Some(Type::Map(item)) => Self::Free(Some((**item).clone())),
            Some(named) => match service.and_then(|service| service.resolve(named)) {
                Some(TypeDef::Struct(it)) => {
                    Self::Known(it.fields.into_iter().map(|Field { name, ty, .. }| (name.to_owned(), ty)).collect())
                }
                _ => Self::Free(None),
            },
            None => Self::Free(None),
        }
    }

    /// The member that the first segments name, and how many they are: some wire names have dots in them.
    pub(super) fn find(&self, segments: &[&str]) -> (String, Option<Type<'a>>, usize) {
        let first = segments.first().copied().unwrap_or_default().to_owned();
        match self {
            Self::Free(ty) => (first, ty.clone(), 1),
            Self::Known(names) => {
                let named = |count: usize| segments.get(..count).and_then(|name| same_name(names, &name.join(".")));
                let found = (1..=segments.len()).rev().find_map(|count| Some((named(count)?, count)));
                found.map_or((first, None, 1), |((name, ty), count)| (name.clone(), Some(ty.clone()), count))
            }
        }
    }
}

/// The name itself, else the only one that differs in case, else the only one that differs in `-`, `_` and blanks too.
fn same_name<'n, 'a>(names: &'n [(String, Type<'a>)], wanted: &str) -> Option<&'n (String, Type<'a>)> {
    let plain = |name: &str| name.replace(['-', '_', ' '], "").to_ascii_lowercase();
    let wanted_plain = plain(wanted);
    let fits: [&dyn Fn(&str) -> bool; 3] =
        [&|name| name == wanted, &|name| name.eq_ignore_ascii_case(wanted), &|name| plain(name) == wanted_plain];
    fits.iter().find_map(|fits| {
        let mut found = names.iter().filter(|(name, _)| fits(name));
        let first = found.next()?;
        found.all(|(name, _)| *name == first.0).then_some(first)
    })
}
