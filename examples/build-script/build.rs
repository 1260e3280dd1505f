//! Generates the operations that the program uses, and the types that they need; nothing else.

fn main() -> Result<(), sanyun_codegen::Error> {
    sanyun_codegen::Build::new()
        .service("alibaba/ecs/2014-05-26")
        .operations(["DescribeInstances", "DescribeRegions"])
        .generate()
}
