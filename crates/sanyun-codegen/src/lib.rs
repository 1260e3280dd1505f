//! The room of the generator that turns catalog facts into Rust source. It is empty: typed clients come with the whole
//! catalog (see `CHANGELOG.md`), and until then operations are called by name.
