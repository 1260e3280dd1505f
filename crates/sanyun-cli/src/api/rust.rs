//! A request as a program.

use sanyun_catalog::Operation;
use sanyun_codegen::{Module, Selection, feature};
use serde_json::{Map, Value};

/// The call by name.
pub(super) fn by_name(operation: &Operation<'_>, request: &Map<String, Value>) -> String {
    let meta = operation.service.meta();
    let (service, version, name) = (meta.service, meta.api_version, operation.name);
    let call =
        |parameters: &str| format!("client.invoke({service:?}, {version:?}, {name:?}, json!({parameters})).await?;");
    let parameters = Value::Object(request.clone());
    let line = call(&parameters.to_string());
    match line.len() <= 100 {
        true => line,
        false => call(&format!("{parameters:#}")),
    }
}

/// The typed call: what is to be imported, and the call.
pub(super) fn typed(operation: &Operation<'_>, request: &Map<String, Value>) -> Option<String> {
    let only = Selection::Operations(vec![operation.name.to_owned()]);
    let module = Module::new(operation.service, &only).ok()?;
    let call = module.expression(operation.name, request)?;
    let path = match feature(module.service()) {
        own if own == module.service() => module.service_name(),
        other => other.replace('-', "_"),
    };
    let (cloud, version) = (operation.service.cloud(), module.version_name());
    Some(format!("use sanyun_{cloud}::{path}::{version}::*;\nclient.call({call}).await?;"))
}

/// The cargo feature that the typed call needs.
pub(super) fn feature_of(operation: &Operation<'_>) -> String {
    feature(operation.service.name())
}
