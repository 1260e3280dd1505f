use super::*;

fn all() -> [&'static Catalog; 3] {
    [Catalog::huawei(), Catalog::tencent(), Catalog::alibaba()]
}

fn names(query: &Query) -> Vec<String> {
    let hits = query.run(all());
    hits.iter().map(|hit| format!("{} {} {}", hit.cloud, hit.service, hit.operation.unwrap_or("-"))).collect()
}

#[test]
fn a_service_comes_before_its_operations() {
    let hits = names(&Query::new("cvm").limit(1));
    assert_eq!(hits, ["tencent cvm -"]);
}

#[test]
fn whole_names_come_first() {
    assert_eq!(names(&Query::new("AssumeRole").limit(2)), ["tencent sts AssumeRole", "alibaba sts AssumeRole"]);
    let hits = names(&Query::new("runinstances").limit(6));
    assert!(hits.iter().all(|hit| hit.ends_with(" RunInstances")), "{hits:?}");
    assert!(hits.contains(&"alibaba ecs RunInstances".to_owned()), "{hits:?}");
}

#[test]
fn all_words_must_fit_and_verbs_of_other_clouds_do() {
    let hits = names(&Query::new("list snapshots").limit(20));
    assert!(hits.contains(&"alibaba ecs DescribeSnapshots".to_owned()), "{hits:?}");
    assert!(names(&Query::new("listSnapshots").limit(20)).contains(&hits[0]));
    assert!(names(&Query::new("snapshots xyzzy")).is_empty());
    assert!(names(&Query::new("   ")).is_empty());
}

#[test]
fn a_word_may_name_the_service() {
    let hits = names(&Query::new("ecs DescribeZones"));
    assert_eq!(hits, ["alibaba ecs DescribeZones"]);
}

#[test]
fn parameters_are_found_when_asked_for() {
    let query = Query::new("internetchargetype").service("ecs");
    assert!(names(&query).iter().all(|name| !name.contains("RunInstances")));
    let hits = query.parameters().limit(100).run(all());
    let run = hits.iter().find(|hit| hit.operation == Some("RunInstances")).unwrap();
    assert_eq!((run.cloud, run.parameter), (Cloud::Alibaba, Some("InternetChargeType")));

    // Tencent Cloud's parameters are the fields of the body.
    let hits = Query::new("runinstances HpcClusterId").parameters().run(all());
    assert_eq!((hits[0].service, hits[0].parameter), ("cvm", Some("HpcClusterId")));
}
