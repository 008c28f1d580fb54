//! Builds the packed site into the program, where `VECHE_SITE` names one (`cargo xtask site --pack FILE` makes it).
//! Without it the program is complete but for `veche site`, which then says so: a clean clone compiles by itself.

use std::path::PathBuf;

fn main() {
    println!("cargo::rustc-check-cfg=cfg(packed_site)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=VECHE_SITE");
    let Some(name) = std::env::var_os("VECHE_SITE").filter(|name| !name.is_empty()) else { return };
    let named = PathBuf::from(name);
    // The compiler stands in this crate's folder, and whoever set the variable stood in another.
    match named.canonicalize() {
        Ok(file) if named.is_absolute() => {
            println!("cargo::rerun-if-changed={}", file.display());
            println!("cargo::rustc-env=VECHE_PACKED_SITE={}", file.display());
            println!("cargo::rustc-cfg=packed_site");
        }
        Ok(_) => {
            println!("cargo::error=VECHE_SITE must be a whole path, as $PWD/site.tar: {}", named.display())
        }
        Err(error) => {
            println!("cargo::error=VECHE_SITE names no file that can be read: {}: {error}", named.display())
        }
    }
}
