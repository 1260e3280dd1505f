//! An encrypted bucket of ours as a program, for `python/clients/oss_encryption.py`: what one side writes, the other reads.

use sanyun_core::{Body, Retry};
use sanyun_oss::encryption::{EncryptedBucket, EncryptedUpload, MasterKey};
use sanyun_oss::ops::Part;
use sanyun_oss::{Client, Credential};
use serde_json::Value;

use crate::{Done, option};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// `encryption put|get --endpoint URL --ak ID --sk SECRET --bucket B --key KEY --file FILE
/// --private PEM --description JSON [--older-private PEM --older-description JSON]`, to put also
/// `[--part-size N [--resume UPLOAD]]`, to get also `[--range HEADER]`
pub(crate) fn run(args: &[String]) -> Done {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match args.first().map(String::as_str) {
            Some("put") => put(args).await,
            Some("get") => get(args).await,
            _ => Err("put or get?".into()),
        }
    })
}

fn needed<'a>(args: &'a [String], name: &str) -> Result<&'a str> {
    option(args, name).ok_or_else(|| format!("{name} is missing").into())
}

fn bucket(args: &[String]) -> Result<EncryptedBucket> {
    let client = Client::builder()
        .region("cn-hangzhou")
        .endpoint(needed(args, "--endpoint")?)
        .credentials(Credential::keys(needed(args, "--ak")?, needed(args, "--sk")?))
        .retry(Retry::none())
        .build()?;
    let bucket = client.bucket(needed(args, "--bucket")?).encrypted(master(args, "")?);
    Ok(if option(args, "--older-private").is_some() { bucket.older_key(master(args, "older-")?) } else { bucket })
}

fn master(args: &[String], which: &str) -> Result<MasterKey> {
    let private = std::fs::read_to_string(needed(args, &format!("--{which}private"))?)?;
    let description: Value = serde_json::from_str(needed(args, &format!("--{which}description"))?)?;
    Ok(MasterKey::rsa_private(private)?.description(description))
}

async fn put(args: &[String]) -> Done {
    let (bucket, key, file) = (bucket(args)?, needed(args, "--key")?, needed(args, "--file")?);
    let size = std::fs::metadata(file)?.len();
    let Some(part_size) = option(args, "--part-size") else {
        bucket.put(key, Body::file(file)?).await?;
        return Ok(());
    };
    let (upload, parts) = match option(args, "--resume") {
        Some(id) => bucket.resume(key, id).await?,
        None => (bucket.initiate(key, part_size.parse()?).data_size(size).await?.into_inner(), Vec::new()),
    };
    println!("{} parts were there", parts.len());
    let parts = rest(&upload, parts, file, size).await?;
    upload.complete(parts).await?;
    Ok(())
}

/// Sends the parts that are not there yet.
async fn rest(upload: &EncryptedUpload, mut parts: Vec<Part>, file: &str, size: u64) -> Result<Vec<Part>> {
    for number in 1..=size.div_ceil(upload.part_size()).max(1) {
        if parts.iter().any(|part| part.part_number == i64::try_from(number).ok()) {
            continue;
        }
        let start = (number - 1) * upload.part_size();
        let body = Body::file_range(file, start, upload.part_size().min(size - start))?;
        parts.push(upload.part(u32::try_from(number)?, body).await?.into_inner());
    }
    Ok(parts)
}

async fn get(args: &[String]) -> Done {
    let action = bucket(args)?.get(needed(args, "--key")?);
    let action = match option(args, "--range") {
        Some(range) => action.header("range", range),
        None => action,
    };
    let mut object = action.await?.into_inner();
    println!("{:?} bytes, {}", object.content_length(), object.header("content-range").unwrap_or("whole"));
    std::fs::write(needed(args, "--file")?, object.bytes().await?)?;
    Ok(())
}
