//! What users of `aliyun` type, against the local cloud, and the requests that arrive.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod support;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use support::{Run, Server, run, sanyun};

/// The binary in a home folder, with its file of profiles if there is one.
fn at_home(home: &Path, config: Option<&Value>) -> Command {
    if let Some(config) = config {
        let folder = home.join(".aliyun");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.json"), config.to_string()).unwrap();
    }
    let mut command = sanyun();
    command.env("HOME", home).arg("alibaba");
    command
}

fn profiles(current: &str, profiles: &[Value]) -> Value {
    json!({"current": current, "profiles": profiles, "meta_path": "kept"})
}

fn keys(name: &str) -> Value {
    json!({
        "name": name, "mode": "AK", "access_key_id": "sanyun-local-ak", "access_key_secret": "sanyun-local-sk",
        "region_id": "cn-beijing", "output_format": "json", "language": "zh",
    })
}

/// The local cloud with five instances, in a folder with a home in it.
struct Cloud {
    folder: tempfile::TempDir,
    server: Server,
}

impl Cloud {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start(&folder.path().join("cloud"));
        let cloud = Self { folder, server };
        let made = "ecs RunInstances --Amount 5 --ImageId img --InstanceType t --Tag.1.Key k --Tag.1.Value v";
        cloud.call(made).ok();
        cloud
    }

    fn command(&self, words: &str) -> Command {
        self.command_with(&profiles("default", &[keys("default")]), words)
    }

    fn command_with(&self, config: &Value, words: &str) -> Command {
        let mut command = at_home(&self.folder.path().join("home"), Some(config));
        command.args(words.split(' ')).args(["--endpoint", &self.server.url]);
        command
    }

    fn call(&self, words: &str) -> Run {
        run(&mut self.command(words))
    }
}

fn count(answer: &Value) -> usize {
    answer["Instances"]["Instance"].as_array().unwrap().len()
}

#[test]
fn pages_are_turned_by_number_and_by_token() {
    let cloud = Cloud::new();
    for words in [
        "--pager --PageSize 2",
        "--pager --MaxResults 2",
        "--pager path=Instances.Instance[] PageNumber=PageNumber PageSize=PageSize TotalCount=TotalCount --PageSize 2",
        "--PageSize 2 --pager NextToken=",
        "--MaxResults 2 --pager path=Instances.Instance NextToken=NextToken",
        "--all --PageSize 2",
        "--all --MaxResults 2",
    ] {
        let answer = cloud.call(&format!("ecs DescribeInstances {words}")).json();
        assert_eq!(count(&answer), 5, "{words}: {answer}");
        assert_eq!(answer["TotalCount"], 5, "{words}");
    }
    assert_eq!(count(&cloud.call("ecs DescribeInstances --PageSize 2").json()), 2);
    assert_eq!(count(&cloud.call("ecs DescribeInstances --PageSize 2 --max-items 3").json()), 3);
    for (words, part) in [
        ("--pager --waiter expr=TotalCount to=5", "--pager excludes --wait and --waiter"),
        ("--pager Path=x", "--pager: `Path=x` is unknown"),
        ("--pager path=a[", "--pager: `path`: "),
    ] {
        let told = cloud.call(&format!("ecs DescribeInstances {words}")).failed(2);
        assert!(told.contains(part), "{words}: {told}");
    }
}

#[test]
fn what_is_waited_for_is_a_text() {
    let cloud = Cloud::new();
    let wait = |words: &str| cloud.call(&format!("ecs DescribeInstances --waiter {words}"));
    assert_eq!(wait("expr=Instances.Instance[0].Status to=Running").json()["TotalCount"], 5);
    assert_eq!(wait("expr=TotalCount to=5 timeout=1 interval=1 --cli-query TotalCount").json(), 5);
    let told = wait("expr=Instances.Instance[0].Status to=Stopped timeout=1 interval=1").failed(5);
    assert!(told.contains("hint: at last it was \"Running\""), "{told}");
}

#[test]
fn tables_have_the_columns_that_are_asked_for() {
    let cloud = Cloud::new();
    let words =
        "ecs DescribeInstances --output cols=ImageId,Nope,Tags.Tag[0].TagKey rows=Instances.Instance[] num=true";
    let table = cloud.call(&format!("{words} --PageSize 2")).ok();
    assert_eq!(
        table,
        "\
Num | ImageId | Nope | Tags.Tag[0].TagKey
--- | ------- | ---- | ------------------
0   | img     |      | k
1   | img     |      | k
"
    );
    let of_all = cloud.call(&format!("{words} --PageSize 2 --pager")).ok();
    assert_eq!(of_all.lines().count(), 7);
    let lists =
        "ecs DescribeInstances --cli-query {R:Instances.Instance[:1].[ImageId,Cpu]} -o cols=image:0,cpu:1 rows=R";
    assert_eq!(cloud.call(lists).ok(), "image | cpu\n----- | ---\nimg   | 2\n");
    assert_eq!(cloud.call("ecs DescribeInstances -q").ok(), "");
    let told = cloud.call("ecs DescribeInstances -o rows=A").failed(2);
    assert!(told.contains("--output: `cols=` is missing"), "{told}");
}

#[test]
fn every_mode_of_a_profile_calls() {
    let cloud = Cloud::new();
    let temporary = json!({
        "name": "sts", "mode": "StsToken", "access_key_id": "sanyun-local-sts-ak",
        "access_key_secret": "sanyun-local-sts-sk", "sts_token": "sanyun-local-token", "region_id": "cn-beijing",
    });
    let role = json!({
        "name": "role", "mode": "RamRoleArn", "access_key_id": "sanyun-local-ak",
        "access_key_secret": "sanyun-local-sk", "ram_role_arn": "acs:ram::1000000000000001:role/r",
        "ram_session_name": "session", "sts_endpoint": cloud.server.url, "region_id": "cn-beijing",
    });
    let chain = json!({
        "name": "chain", "mode": "ChainableRamRoleArn", "source_profile": "default", "ram_session_name": "session",
        "ram_role_arn": "acs:ram::1000000000000001:role/r", "sts_endpoint": cloud.server.url,
        "region_id": "cn-beijing",
    });
    let config = profiles("default", &[keys("default"), temporary, role, chain]);
    let count = "ecs DescribeInstances --cli-query TotalCount";
    let call = |more: &str| cloud.command_with(&config, &format!("{count}{more}"));
    for more in [
        "",
        " --profile sts",
        " -p role",
        " --profile chain",
        " -p sts --mode AK --access-key-id sanyun-local-ak --access-key-secret sanyun-local-sk --output json",
        " --ram-role-arn acs:ram::1000000000000001:role/r --role-session-name session --sts-endpoint URL",
    ] {
        let answer = run(&mut call(&more.replace("URL", &cloud.server.url))).json();
        assert_eq!(answer, json!(5), "{more}");
    }
    let ini = cloud.folder.path().join("home").join(".alibabacloud");
    std::fs::create_dir_all(&ini).unwrap();
    let section = "[sdk]\ntype = access_key\naccess_key_id = sanyun-local-ak\naccess_key_secret = sanyun-local-sk\n";
    std::fs::write(ini.join("credentials"), section).unwrap();
    assert_eq!(run(&mut call(" --profile sdk --region cn-beijing")).json(), json!(5));
    std::fs::remove_dir_all(&ini).unwrap();
    for (name, value) in [("ALIBABA_CLOUD_PROFILE", "role"), ("ALICLOUD_PROFILE", "sts")] {
        assert_eq!(run(call("").env(name, value)).json(), json!(5), "{name}");
    }
    let told = run(&mut call(" --profile none")).failed(2);
    assert!(told.contains("there is no profile `none` in ") && told.contains("it has default, sts, role"), "{told}");
    let told = run(call("").env("ALIBABA_CLOUD_IGNORE_PROFILE", "TRUE")).failed(3);
    assert!(told.contains("no credential found"), "{told}");
}

#[test]
fn the_environment_fills_what_the_profile_leaves_empty() {
    let cloud = Cloud::new();
    let empty = json!({"name": "default", "mode": "AK", "access_key_id": "", "access_key_secret": "", "region_id": ""});
    let words = "ecs DescribeInstances --cli-query TotalCount";
    let mut command = cloud.command_with(&profiles("default", &[empty]), words);
    command.env("ALICLOUD_ACCESS_KEY_ID", "sanyun-local-ak").env("ALICLOUD_ACCESS_KEY_SECRET", "sanyun-local-sk");
    assert_eq!(run(command.env("ALICLOUD_REGION_ID", "cn-beijing")).json(), json!(5));
    // The profile goes first.
    let mut command = cloud.command(words);
    command.env("ALIBABA_CLOUD_ACCESS_KEY_ID", "other").env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "other");
    assert_eq!(run(command.env("ALIBABA_CLOUD_REGION_ID", "cn-hangzhou")).json(), json!(5));
    // Without a file, as everywhere.
    let mut command = at_home(&cloud.folder.path().join("nowhere"), None);
    command.args(words.split(' ')).args(["--endpoint", &cloud.server.url, "--region", "cn-beijing"]);
    command.env("ACCESS_KEY_ID", "sanyun-local-ak").env("ACCESS_KEY_SECRET", "sanyun-local-sk");
    assert_eq!(run(&mut command).json(), json!(5));
}

/// A request as it arrived.
#[derive(Clone, Debug)]
struct Seen {
    line: String,
    headers: Vec<(String, String)>,
    body: String,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A server that answers `{}` and keeps what it was asked.
struct Listener {
    url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Listener {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                log.lock().unwrap().push(answer(stream.unwrap()));
            }
        });
        Self { url, seen }
    }

    /// The request that the words send.
    fn request(&self, words: &[&str]) -> Seen {
        let home = tempfile::tempdir().unwrap();
        let mut command = at_home(home.path(), Some(&profiles("default", &[keys("default")])));
        run(command.args(words).args(["--endpoint", &self.url])).ok();
        self.seen.lock().unwrap().pop().unwrap()
    }
}

fn answer(mut stream: TcpStream) -> Seen {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim() {
            "" => break,
            line => lines.push(line.to_owned()),
        }
    }
    let headers = lines.iter().skip(1).filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    let mut seen = Seen { line: lines[0].clone(), headers, body: String::new() };
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    reader.take(length).read_to_string(&mut seen.body).unwrap();
    stream
        .write_all(
            b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}",
        )
        .unwrap();
    seen
}

/// The query of a request, sorted.
fn query(seen: &Seen) -> Vec<String> {
    let target = seen.line.split(' ').nth(1).unwrap();
    let mut pairs: Vec<String> =
        target.split_once('?').map_or("", |(_, query)| query).split('&').map(str::to_owned).collect();
    pairs.sort();
    pairs
}

#[test]
fn lists_parts_and_texts_of_json_arrive_as_the_wire_has_them() {
    let listener = Listener::new();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data");
    std::fs::write(&file, "from a file").unwrap();
    let seen = listener.request(&[
        "ecs",
        "RunInstances",
        "--ImageId",
        "i",
        "--InstanceType=t",
        "--Tag.1.Key",
        "k",
        "--Tag.1.Value",
        "v w",
        "--Tag.2.Key",
        "l",
        "--SecurityGroupIds.1",
        "sg-1",
        "--SecurityGroupIds.2",
        "sg-2",
        "--SystemDisk.Size",
        "40",
        "--DryRun",
        "true",
        "--UserData-FILE",
        file.to_str().unwrap(),
        "--ClientToken",
        "c",
    ]);
    assert_eq!(
        query(&seen),
        [
            "ClientToken=c",
            "DryRun=true",
            "ImageId=i",
            "InstanceType=t",
            // That of the profile.
            "RegionId=cn-beijing",
            "SecurityGroupIds.1=sg-1",
            "SecurityGroupIds.2=sg-2",
            "SystemDisk.Size=40",
            "Tag.1.Key=k",
            "Tag.1.Value=v%20w",
            "Tag.2.Key=l",
            "UserData=from%20a%20file",
        ]
    );
    let ids = r#"["i-1","i-2"]"#;
    let seen = listener.request(&["ecs", "DescribeInstances", "--InstanceIds", ids, "--RegionId", "r-1"]);
    assert_eq!(query(&seen), ["InstanceIds=%5B%22i-1%22%2C%22i-2%22%5D", "RegionId=r-1"]);
}

#[test]
fn a_method_and_a_path_are_a_call() {
    let listener = Listener::new();
    let seen = listener.request(&["cs", "GET", "/clusters/c-1/nodepools", "--NodepoolName", "n", "--RegionId", "r"]);
    assert_eq!(seen.line, "GET /clusters/c-1/nodepools?NodepoolName=n HTTP/1.1");
    assert_eq!(seen.header("x-acs-action"), Some("DescribeClusterNodePools"));
    let body = r#"{"name": "n", "region_id": "r", "tags": [{"key": "k"}]}"#;
    let seen = listener.request(&["cs", "POST", "/clusters", "--body", body, "--header", "X-Own=1"]);
    assert_eq!((seen.line.as_str(), seen.header("x-own")), ("POST /clusters HTTP/1.1", Some("1")));
    let sent: Value = serde_json::from_str(&seen.body).unwrap();
    assert_eq!(sent, serde_json::from_str::<Value>(body).unwrap());
    let by_name = listener.request(&["cs", "CreateCluster", "--name", "n", "--region_id", "r", "--tags.1.key", "k"]);
    assert_eq!((by_name.line, serde_json::from_str::<Value>(&by_name.body).unwrap()), (seen.line, sent));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body.json");
    std::fs::write(&file, body).unwrap();
    let path = file.to_str().unwrap();
    let seen =
        listener.request(&["cs", "POST", "/nope?a=1", "--force", "--version", "2015-12-15", "--body-file", path]);
    assert_eq!((seen.line.as_str(), seen.body.as_str()), ("POST /nope?a=1 HTTP/1.1", body));
    assert_eq!(seen.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(seen.header("x-acs-version"), Some("2015-12-15"));
}

#[test]
fn a_call_by_path_is_answered_by_the_local_cloud() {
    let cloud = Cloud::new();
    let answer = cloud.call("cs GET /clusters/c-1/nodepools").json();
    assert!(answer["nodepools"].is_array(), "{answer}");
    let told = cloud.call("cs PUT /clusters").failed(2);
    assert!(told.contains("the catalog has no `PUT /clusters` of this product"), "{told}");
}

#[test]
fn options_of_its_own_mean_what_they_mean_there() {
    let listener = Listener::new();
    let more = ["--method", "GET", "--accept", "application/xml", "--user-agent", "own/1", "--retry-count", "0"];
    let mut words = vec!["ecs", "DescribeInstances", "--PageSize", "2", "--log-level", "debug", "--yes"];
    words.extend(more);
    let seen = listener.request(&words);
    assert_eq!(seen.line, "GET /?PageSize=2&RegionId=cn-beijing HTTP/1.1");
    assert_eq!(seen.header("accept"), Some("application/xml"));
    assert!(seen.header("user-agent").unwrap().ends_with(" own/1"), "{seen:?}");
    let unknown = ["ecs", "DescribeNope", "--force", "--version", "2014-05-26", "--A.1.B", "c"];
    let seen = listener.request(&unknown);
    assert_eq!((seen.line.as_str(), seen.header("x-acs-action")), ("POST /?A.1.B=c HTTP/1.1", Some("DescribeNope")));
    let dry = |words: &str| {
        let mut command = at_home(Path::new("/nowhere"), None);
        command.env("ALIBABA_CLOUD_ACCESS_KEY_ID", "i").env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s");
        run(command.args(words.split(' ')).args(["--cli-dry-run", "--region", "cn-beijing", "--output", "json"])).json()
    };
    for (words, url) in [
        ("ecs DescribeZones", "https://ecs.cn-beijing.aliyuncs.com/"),
        ("ecs DescribeZones --insecure", "http://ecs.cn-beijing.aliyuncs.com/"),
        ("ecs DescribeZones --endpoint-type vpc", "https://ecs-vpc.cn-beijing.aliyuncs.com/"),
        ("ecs DescribeZones -e ecs.example.com --secure", "https://ecs.example.com/"),
    ] {
        let shown = dry(words);
        assert!(shown["url"].as_str().unwrap().starts_with(url), "{words}: {}", shown["url"]);
    }
}

#[test]
fn profiles_are_made_shown_and_removed() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".aliyun").join("config.json");
    let configure = |words: &str| {
        let mut command = at_home(home.path(), None);
        run(command.arg("configure").args(words.split(' ')))
    };
    let read = || serde_json::from_slice::<Value>(&std::fs::read(&file).unwrap()).unwrap();
    configure("set --profile work --access-key-id LTAI0123456789ab --access-key-secret secret-0123456789 --region r")
        .ok();
    assert_eq!((&read()["current"], &read()["profiles"][0]["mode"]), (&json!("work"), &json!("AK")));
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        assert_eq!(std::fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    }
    let mut content = read();
    content["profiles"][0]["odd"] = json!({"kept": true});
    std::fs::write(&file, content.to_string()).unwrap();
    configure("set -p role --mode ramrolearn --access-key-id id --access-key-secret se --ram-role-arn a --expired-seconds 900").ok();
    configure("set --profile work --region cn-beijing --retry-count 3").ok();
    let work = read()["profiles"][0].clone();
    assert_eq!(
        (&work["odd"], &work["region_id"], &work["retry_count"]),
        (&json!({"kept": true}), &json!("cn-beijing"), &json!(3))
    );
    assert_eq!(
        (&read()["profiles"][1]["mode"], &read()["profiles"][1]["expired_seconds"]),
        (&json!("RamRoleArn"), &json!(900))
    );

    let shown = configure("get").ok();
    assert!(!shown.contains("secret-0123456789") && shown.contains("\"***789\""), "{shown}");
    let lines = configure("get region access-key-secret mode").ok();
    assert_eq!(lines, "region=cn-beijing\naccess-key-secret=***789\nmode=AK\n");
    let listed = configure("list").ok();
    assert!(listed.contains("work *    | AK:***9ab") && listed.contains("| Valid   | cn-beijing"), "{listed}");
    assert!(listed.contains("role      | RamRoleArn:***"), "{listed}");

    configure("switch --profile role").ok();
    assert_eq!(read()["current"], "role");
    configure("delete --profile role").ok();
    assert_eq!((&read()["current"], read()["profiles"].as_array().unwrap().len()), (&json!("work"), 1));
    for (words, part) in [
        ("delete --profile none", "there is no profile `none`"),
        ("switch", "--profile NAME is missing"),
        ("set", "nothing to set is given"),
        ("set --mode nope", "there is no mode `nope`"),
        ("set --profile new --mode OIDC", "mode OIDC needs --oidc-provider-arn, --oidc-token-file, --ram-role-arn"),
        ("get nope", "no setting is called `nope`"),
        ("set --region r --local", "--local means nothing to `sanyun alibaba configure`"),
    ] {
        let told = configure(words).failed(2);
        assert!(told.contains(part), "{words}: {told}");
    }
    assert_eq!(read()["profiles"].as_array().unwrap().len(), 1);
}

#[test]
fn slips_get_suggestions() {
    for (words, part) in [
        ("ecs DescribeInstance --dry-run --local", "DescribeInstances"),
        ("ecz DescribeInstances --local", "ecs"),
        ("ecs DescribeInstances --PageSiz 1 --local", "PageSize"),
        ("ecs DescribeInstances --pagr --local", "did you mean the option --pager?"),
    ] {
        let mut command = sanyun();
        let told = run(command.arg("alibaba").args(words.split(' '))).failed(2);
        assert!(told.contains(part), "{words}: {told}");
    }
}
