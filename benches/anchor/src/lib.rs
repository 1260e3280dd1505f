//! Nothing of its own: what is measured is the dependency.
