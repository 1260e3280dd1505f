use sanyun_core::{ServiceClass, ServiceError, TimeoutPhase};
use serde_json::json;

use super::*;

const MS: Duration = Duration::from_millis(1);
/// The largest number below 1.
const ALMOST_ONE: f64 = 1.0 - f64::EPSILON / 2.0;

fn refused(status: u16, code: &str) -> Error {
    Error::from_service(ServiceError::new(status, code, "m"))
}

fn bounds(policy: Policy, failed: u32) -> [u128; 2] {
    [0.0, ALMOST_ONE].map(|unit| policy.delay(failed, unit).as_millis())
}

#[test]
fn policies_have_both_their_bounds() {
    let policy = |name: &str| Policy::named(name, 100 * MS, None).unwrap();
    assert_eq!([1, 9].map(|n| bounds(policy("Fixed"), n)), [[100, 100]; 2]);
    assert_eq!([1, 3, 900].map(|n| bounds(policy("Random"), n)), [[0, 100], [0, 300], [0, 20_000]]);
    assert_eq!([1, 3, 99].map(|n| bounds(policy("Exponential"), n)), [[200, 200], [800, 800], [259_200_000; 2]]);
    for name in ["EqualJitter", "ExponentialWithEqualJitter"] {
        assert_eq!([1, 3].map(|n| bounds(policy(name), n)), [[100, 200], [400, 800]]);
    }
    for name in ["FullJitter", "ExponentialWithFullJitter"] {
        assert_eq!([1, 3].map(|n| bounds(policy(name), n)), [[0, 200], [0, 800]]);
    }
    assert_eq!(bounds(Policy::named("FullJitter", 100 * MS, Some(150 * MS)).unwrap(), 5), [0, 150]);
    assert_eq!(Policy::named("Linear", MS, None), None);
}

#[test]
fn failures_have_the_vendors_names() {
    let names = |error: &Error| exception_names(error).into_iter().flatten().collect::<Vec<_>>();
    assert_eq!(names(&refused(404, "x")), ["ClientException"]);
    assert_eq!(names(&refused(503, "x")), ["ServerException"]);
    let throttled = ServiceError::new(400, "Throttling.User", "").with_class(ServiceClass::Throttled);
    assert_eq!(names(&Error::from_service(throttled.clone())), ["ThrottlingException", "ClientException"]);
    let waiting = throttled.with_retry_after(Some(MS));
    assert_eq!(names(&Error::from_service(waiting)), ["ThrottlingException"]);
    for network in [Error::new(ErrorKind::Connect, ""), Error::timed_out(TimeoutPhase::Read, "")] {
        assert_eq!(names(&network), ["RetryError"]);
    }
    assert!(names(&Error::input("")).is_empty() && names(&Error::decode("")).is_empty());
}

#[test]
fn the_first_condition_that_names_a_failure_decides() {
    let options = Options::from_json(&json!({
        "retryCondition": [
            {"errorCode": ["A"], "maxAttempts": 2},
            {"exception": ["ServerException"], "maxAttempts": 9, "backoff": {"policy": "Fixed", "period": 7}},
        ],
        "noRetryCondition": [{"errorCode": ["B"]}],
    }))
    .unwrap();
    let delay = |code: &str, failed| options.delay(&refused(500, code), failed, 0.0).map(|wait| wait.as_millis());
    assert_eq!((delay("A", 1), delay("A", 2)), (Some(100), None));
    assert_eq!((delay("C", 8), delay("C", 9)), (Some(7), None));
    assert_eq!(delay("B", 1), None);
    assert_eq!(options.clone().retryable(false).delay(&refused(500, "C"), 1, 0.0), None);
}

#[test]
fn what_is_not_known_is_a_mistake_of_the_configuration() {
    let options = json!({"retryCondition": [{"backoff": {"policy": "Linear"}}]});
    assert_eq!(Options::from_json(&options).unwrap_err().kind(), ErrorKind::Config);
    assert_eq!(Options::from_json(&Value::Null).unwrap().delay(&refused(500, "x"), 1, 0.0), None);
}
