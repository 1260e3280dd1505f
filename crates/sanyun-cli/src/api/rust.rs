//! A request as a program.

use sanyun_catalog::Operation;
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
