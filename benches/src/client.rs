//! The role of a client: N small calls, one after the other or 64 at once, and the CPU time they took.

use std::sync::Arc;

use serde_json::json;

use crate::clouds::Target;
use crate::floor::Floor;
use crate::{Done, cpu_seconds, option};

/// Calls under way at once in the concurrent mode.
pub(crate) const LANES: usize = 64;

/// `client --cloud C --who ours|invoke|floor|bytes --mode sequential|concurrent --count N --endpoint URL`
pub(crate) fn run(args: &[String]) -> Done {
    let count: usize = option(args, "--count").parse()?;
    let lanes = if option(args, "--mode") == "concurrent" { LANES } else { 1 };
    crate::pin_to(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cpu = runtime.block_on(async {
        let target = Target::new(option(args, "--cloud"), option(args, "--endpoint")).await;
        target.make_ready().await;
        let who = option(args, "--who");
        measure(&target, who, lanes, count / 20 + lanes).await;
        let before = cpu_seconds();
        measure(&target, who, lanes, count).await;
        cpu_seconds() - before
    });
    println!("{}", json!({"calls": count, "cpu_s": cpu}));
    Ok(())
}

async fn measure(target: &Target, who: &str, lanes: usize, count: usize) {
    let (unsigned, floor) = (Arc::new(target.unsigned()), Floor::new(target.preview().request));
    let each = count.div_ceil(lanes);
    let tasks: Vec<_> = (0..lanes)
        .map(|_| {
            let (target, unsigned, floor, who) = (target.clone(), Arc::clone(&unsigned), floor.clone(), who.to_owned());
            tokio::spawn(async move {
                for _ in 0..each {
                    match who.as_str() {
                        "ours" => target.call().await,
                        "invoke" => target.invoke().await,
                        // The same signature, made anew for every call as any client has to.
                        "floor" => {
                            let headers = target.signed_headers(&unsigned);
                            floor.send(headers).await;
                        }
                        _ => {
                            floor.send(floor.headers()).await;
                        }
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("the lane ended well");
    }
}
