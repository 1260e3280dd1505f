//! Section 6 of the manual: the access log and listeners.

use sanyun::huawei::Client;
use sanyun::huawei::vpc::v2::ListVpcs;

use sanyun_examples::Done;

pub(crate) async fn run() -> Done {
    access_log().await?;
    listeners().await
}

async fn access_log() -> Done {
    // [access_log]
    use sanyun::huawei::AccessLog;

    // 10 485 760 bytes a file and five files before it, as the vendor's SDK has it, unless something else is said.
    let file = AccessLog::file("test.log")?.max_bytes(10_485_760).backups(5);
    let client = Client::builder().region("cn-north-4").hook(file).hook(AccessLog::stdout()).build()?;
    // [end]
    client.call(ListVpcs::new()).await?;
    assert!(std::fs::read_to_string("test.log")?.contains("vpc.ListVpcs 1 INFO \"GET http"));
    Ok(())
}

async fn listeners() -> Done {
    // [listeners]
    use sanyun::hook;

    let client = Client::builder()
        .region("cn-north-4")
        .hook(hook::on_request(|attempt| println!("{} is about to leave", attempt.call.operation)))
        // Keys, tokens and passwords are masked …
        .hook(hook::on_response(|attempt, outcome| {
            let request = attempt.request;
            println!("> {} {}\n> {:?}\n> {}", request.method(), request.url(), request.headers(), request.body());
            if let Some(reply) = outcome.reply {
                println!("< {}\n< {:?}\n< {}", reply.status(), reply.headers(), reply.body());
            }
        }))
        // … unless the client says that it wants to see them. Not for production.
        .danger_unmasked_hooks()
        .hook(hook::on_response(|attempt, _| {
            if let Some(request) = attempt.request.unmasked() {
                println!("> {:?}", request.headers);
            }
        }))
        .build()?;
    // [end]
    client.call(ListVpcs::new()).await?;
    Ok(())
}
