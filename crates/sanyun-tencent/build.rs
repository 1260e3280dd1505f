//! Writes the typed operations of the services whose cargo features are on.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "typed")]
    sanyun_codegen::services(sanyun_codegen::Cloud::Tencent)?;
    Ok(())
}
