//! The code of one service version.

mod expression;

use sanyun_catalog::Service;

use crate::Error;
use crate::model::Model;
use crate::{naming, write};

/// Which operations of a service are generated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Selection {
    /// All.
    #[default]
    All,
    /// These, and the types that they need.
    Operations(Vec<String>),
}

impl Selection {
    /// Adds operations; of all there are, only these are left.
    pub(crate) fn add(&mut self, names: impl IntoIterator<Item = String>) {
        match self {
            Selection::All => *self = Selection::Operations(names.into_iter().collect()),
            Selection::Operations(known) => known.extend(names),
        }
    }

    /// What both want.
    pub(crate) fn merge(&mut self, other: &Selection) {
        match (&mut *self, other) {
            (Selection::Operations(known), Selection::Operations(names)) => known.extend(names.iter().cloned()),
            _ => *self = Selection::All,
        }
    }
}

/// The code of one service version, or of some of its operations. The same facts give the same text.
pub struct Module<'a> {
    model: Model<'a>,
}

impl<'a> Module<'a> {
    /// Plans the code.
    ///
    /// # Errors
    /// [`Error::Lookup`] with the nearest names if there is no operation of a name; [`Error::Archive`] for a damaged
    /// catalog.
    pub fn new(service: Service<'a>, selection: &Selection) -> Result<Self, Error> {
        Ok(Self { model: Model::new(service, selection)? })
    }

    /// The text of a file that is a module of its own. `root` is the path of what has the module `typed`:
    /// `sanyun::alibaba`, `sanyun_alibaba`, or `crate` in that crate itself.
    pub fn source(&self, root: &str) -> String {
        let origin = write::origin(&self.model, "//!");
        format!("{origin}\n#![allow({})]\n\n{}", write::ALLOWED, self.items(root))
    }

    /// The text of a file for `include!`, without what may only stand at the beginning of a module.
    pub fn included(&self, root: &str) -> String {
        format!("{}\n{}", write::origin(&self.model, "//"), self.items(root))
    }

    fn items(&self, root: &str) -> String {
        write::items(&self.model, root)
    }

    /// One line that says what it is: `VPC v3 of Huawei Cloud`.
    pub fn title(&self) -> String {
        write::title(&self.model)
    }

    /// The name of the service in the catalog.
    pub fn service(&self) -> &'a str {
        self.model.service.name()
    }

    /// The name of the module of the service, such as `ocr_api`.
    pub fn service_name(&self) -> String {
        naming::module(self.model.service.name())
    }

    /// The name of the module of the version, such as `v20140526`.
    pub fn version_name(&self) -> String {
        naming::version_module(self.model.service.version())
    }

    /// Whether it is the version that the service's name alone means: see [`Catalog::service`].
    ///
    /// [`Catalog::service`]: sanyun_catalog::Catalog::service
    pub fn is_main(&self) -> bool {
        let service = self.model.service;
        let main = service.catalog().service(service.name(), None);
        main.is_ok_and(|main| main.version() == service.version())
    }

    /// How much it is.
    pub fn counts(&self) -> Counts {
        let model = &self.model;
        Counts {
            operations: model.operations.len(),
            structures: model.structures.len(),
            enumerations: model.enumerations.len(),
        }
    }
}

/// How much code it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Operations.
    pub operations: usize,
    /// Structures.
    pub structures: usize,
    /// Enumerations.
    pub enumerations: usize,
}
