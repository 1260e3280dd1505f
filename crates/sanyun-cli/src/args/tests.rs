use super::*;

fn sorted(line: &str) -> String {
    let argv = line.split(' ').map(OsString::from).collect();
    let words: Vec<_> = sort(argv, &command()).into_iter().map(|word| word.into_string().unwrap()).collect();
    words.join(" ")
}

#[test]
fn the_command_line_is_consistent() {
    command().debug_assert();
}

#[test]
fn options_are_found_among_parameters() {
    for (line, expected) in [
        ("sanyun oss ls --region r", "sanyun oss ls --region r"),
        (
            "sanyun --region r huawei vpc ListVpcs --limit 1 --output table --query a",
            "sanyun --region r huawei --output table --query a -- vpc ListVpcs --limit 1",
        ),
        ("sanyun hw --local vpc ListVpcs", "sanyun hw --local -- vpc ListVpcs"),
        ("sanyun ali ecs X --Timeout 3 --timeout=5", "sanyun ali --timeout=5 -- ecs X --Timeout 3"),
        ("sanyun tx cvm --help", "sanyun tx -- cvm --help"),
        ("sanyun tx --api-version 1 cvm X --body {}", "sanyun tx --api-version 1 -- cvm X --body {}"),
        ("sanyun --version", "sanyun --version"),
        (
            "sanyun tx cvm X --filter a --version=2 --https-proxy p",
            "sanyun tx --query a --api-version=2 --proxy p -- cvm X",
        ),
        ("sanyun hw vpc X --filter a", "sanyun hw -- vpc X --filter a"),
        ("sanyun tx --filter a cvm X", "sanyun tx --query a -- cvm X"),
        ("sanyun hw --region r token --user u", "sanyun hw --region r token --user u"),
        ("sanyun hw vpc token", "sanyun hw -- vpc token"),
        ("sanyun tx token X", "sanyun tx -- token X"),
    ] {
        assert_eq!(sorted(line), expected, "{line}");
    }
}

#[test]
fn slips_in_options_are_recognised() {
    for (name, option) in [
        ("regoin", "region"),
        ("quer", "query"),
        ("outputt", "output"),
        ("max-item", "max-items"),
        ("wiat", "wait"),
        ("langauge", "language"),
    ] {
        assert_eq!(nearly_own_option(Cloud::Tencent, name).as_deref(), Some(option), "{name}");
    }
    for name in ["langauge", "limit", "Offset", "zone", "ip", "noise"] {
        assert_eq!(nearly_own_option(Cloud::Huawei, name), None, "{name}");
    }
}

#[test]
fn clap_takes_the_sorted_line_apart() {
    let argv = "sanyun tx cvm DescribeZones --InstanceIds.0 -1 --region r --unchecked";
    let argv = argv.split(' ').map(OsString::from).collect();
    let matches = command().try_get_matches_from(sort(argv, &command())).unwrap();
    let (name, call) = matches.subcommand().unwrap();
    assert_eq!(name, "tencent");
    let words: Vec<&String> = call.get_many("call").unwrap().collect();
    assert_eq!(words, ["cvm", "DescribeZones", "--InstanceIds.0", "-1"]);
    assert_eq!(call.get_one::<String>("region").unwrap(), "r");
    assert!(call.get_flag("unchecked") && !call.get_flag("local"));
}
