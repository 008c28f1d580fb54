//! `cargo bench`: the table, natively and then as WebAssembly in the JavaScript engine of Node.js.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

fn main() {
    // `cargo test --benches` and `cargo bench -- --list` only ask whether this starts.
    if std::env::args().any(|argument| argument == "--test" || argument == "--list") {
        return;
    }
    let start = Instant::now();
    println!("\nnative ({})\n", std::env::consts::ARCH);
    println!("{}", veche_bench::table(&|| start.elapsed().as_secs_f64() * 1_000.0));
    match wasm() {
        Ok(table) => println!("WebAssembly (Node.js)\n\n{table}"),
        Err(reason) => println!("WebAssembly: not run. {reason}"),
    }
}

fn wasm() -> Result<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = root.join("target/bench-wasm");
    let bindgen = root.join(".tools/bin/wasm-bindgen");
    if !bindgen.exists() {
        return Err("wasm-bindgen is missing; `cargo xtask bench` installs it.".into());
    }
    run(Command::new(env!("CARGO"))
        .current_dir(&root)
        .args([
            "build",
            "--quiet",
            "--package=veche-bench",
            "--lib",
            "--target=wasm32-unknown-unknown",
            "--profile=wasm",
            "--target-dir",
        ])
        .arg(&out))?;
    let module = out.join("wasm32-unknown-unknown/wasm/veche_bench.wasm");
    run(Command::new(bindgen).arg(&module).args(["--target", "nodejs", "--out-dir"]).arg(&out))?;
    run(Command::new("node")
        .arg("-e")
        .arg("process.stdout.write(require(process.argv[1]).table())")
        .arg(out.join("veche_bench.js")))
}

fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
