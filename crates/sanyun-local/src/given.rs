//! What a request gives to its operation, and whether that fits.

use sanyun_catalog::check::{Problem, ProblemKind, Severity, check};
use sanyun_catalog::{Operation, Place, Type};
use serde_json::{Map, Value, json};

/// The key that stands for the whole body.
const BODY: &str = "body";

/// The parameters of a request, read into values.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// By wire name.
    pub(crate) parameters: Map<String, Value>,
    /// The body, if it has a type of its own.
    pub(crate) body: Option<Value>,
    /// Parameters whose value the wire does not tell unmistakably: only their presence counts.
    pub(crate) vague: Vec<&'static str>,
    /// The body is of a form that is not looked into.
    pub(crate) opaque: bool,
}

impl Given {
    /// What does not fit. Unknown names are none of it: neither Huawei Cloud nor Alibaba Cloud minds them.
    pub(crate) fn problems(&self, operation: &Operation<'static>) -> Vec<Problem> {
        let mut problems = self.of_parameters(operation);
        if !self.opaque {
            problems.extend(self.of_body(operation));
        }
        problems.retain(|problem| !matches!(problem.kind, ProblemKind::Unknown { .. }));
        problems
    }

    fn of_parameters(&self, operation: &Operation<'static>) -> Vec<Problem> {
        let mut operation = operation.clone();
        operation.body = None;
        // The host is not the client's, and what is sent as it is has no type.
        let stream = operation.rare.stream_request.take();
        operation.params.retain(|param| {
            let in_body = self.opaque && param.place == Place::Body;
            !in_body && param.place != Place::Host && stream.as_deref() != Some(param.name)
        });
        for param in operation.params.iter_mut().filter(|param| self.vague.contains(&param.name)) {
            param.ty = Type::Any;
        }
        check(&operation, &Value::Object(self.parameters.clone())).problems
    }

    fn of_body(&self, operation: &Operation<'static>) -> Vec<Problem> {
        let mut operation = operation.clone();
        operation.params.clear();
        let is_field = operation.body_fields().iter().any(|field| field.name == BODY);
        let given = match &self.body {
            None => json!({}),
            Some(body @ Value::Object(_)) if is_field => body.clone(),
            Some(body) => json!({ BODY: body }),
        };
        let mut problems = check(&operation, &given).problems;
        for problem in &mut problems {
            if let Some(rest) = problem.path.strip_prefix("body.").filter(|_| !is_field) {
                problem.path = rest.to_owned();
            }
        }
        problems
    }

    /// Parameters and the body's fields side by side.
    pub(crate) fn all(&self) -> Value {
        let mut all = match &self.body {
            Some(Value::Object(fields)) => fields.clone(),
            Some(body) => Map::from_iter([(BODY.to_owned(), body.clone())]),
            None => Map::new(),
        };
        all.extend(self.parameters.iter().map(|(name, value)| (name.clone(), value.clone())));
        Value::Object(all)
    }

    /// How badly the request fits an operation: errors count first, then what is merely unusual.
    pub(crate) fn misfit(&self, operation: &Operation<'static>) -> (usize, usize) {
        let problems = self.problems(operation);
        let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        (errors, problems.len() - errors)
    }
}

/// The first thing that forbids the request.
pub(crate) fn first_error(problems: &[Problem]) -> Option<&Problem> {
    problems.iter().find(|problem| problem.severity == Severity::Error)
}
