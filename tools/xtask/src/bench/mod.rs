//! `cargo xtask bench`: what sealing and verifying cost, natively and in Chromium, beside the group operations they are
//! made of and beside a peer. The measuring is `tools/bench`; here it is built, run and written down.

mod chromium;
mod table;

use crate::process::{read, run, say};
use crate::site::{self, Bundled};
use crate::tools;
use crate::workspace::{cargo, root};
use anyhow::{Context, Result, ensure};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What was measured: microseconds, bytes or counts, by name.
type Figures = BTreeMap<String, f64>;

/// Where the written table begins and ends in a document.
const BEGIN: &str = "<!-- cargo xtask bench: begin -->";
const END: &str = "<!-- cargo xtask bench: end -->";

/// Measures everything, prints the table, and writes it between the two marks of a document.
///
/// # Errors
/// When a tool is missing and cannot be installed, or something that is measured does not work.
pub fn bench(write: Option<&Path>) -> Result<()> {
    tools::for_site()?;
    tools::for_chromium()?;
    say(
        "Building with full optimisation and measuring: about 8 minutes the first time, 3 minutes after that.",
    );
    let program = native_program()?;
    let page = chromium::Page { glue: String::new(), module: Vec::new(), shipped: shipped_module()? };
    let page = wasm_module(page)?;
    run(&mut verify_ballot(&["--no-run"]))?;
    say("Measuring natively.");
    let mut native = figures(&read(&mut Command::new(&program))?)?;
    say("Measuring `veche verify-ballot`.");
    native.extend(figures(&read(&mut verify_ballot(&[]))?)?);
    say("Measuring two cores.");
    let cores = two_cores(&program)?;
    say("Measuring in Chromium.");
    let browser = chromium::measure(&page)?;
    let table =
        table::Report { native, cores, wasm: figures(&browser.figures)?, cold: browser.cold }.text()?;
    say(&table);
    let Some(file) = write else { return Ok(()) };
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let text = replaced(&text, &table)
        .with_context(|| format!("{} has no lines \"{BEGIN}\" and \"{END}\"", file.display()))?;
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

fn replaced(document: &str, table: &str) -> Option<String> {
    let (before, rest) = document.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}\n\n{}\n\n{END}{after}", table.trim()))
}

/// Lines of a name and a number.
fn figures(lines: &str) -> Result<Figures> {
    let line = |line: &str| -> Result<(String, f64)> {
        let (name, value) = line.split_once(' ').with_context(|| format!("not a figure: {line}"))?;
        Ok((name.to_owned(), value.parse().with_context(|| format!("not a figure: {line}"))?))
    };
    lines.lines().map(line).collect()
}

/// Builds the measuring program, and asks Cargo where it went.
fn native_program() -> Result<PathBuf> {
    let build = ["build", "--release", "--package", "veche-bench", "--bin", "veche-bench"];
    run(cargo().args(build))?;
    let said = read(cargo().args(build).args(["--quiet", "--message-format=json"]))?;
    let messages = said.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let file =
        messages.filter_map(|message| Some(PathBuf::from(message.get("executable")?.as_str()?))).next_back();
    file.context("cargo built no veche-bench")
}

/// The measuring of `veche verify-ballot`, which stands beside what it measures.
fn verify_ballot(how: &[&str]) -> Command {
    let mut command = cargo();
    command.args(["bench", "--quiet", "--package", "veche-cli", "--bench", "verify_ballot"]).args(how);
    command
}

/// The module that voters download, as the site has it.
fn shipped_module() -> Result<Vec<u8>> {
    let path = site::build(Bundled::Never)?.unbundled.join("veche-wasm-voter_bg.wasm");
    std::fs::read(&path).with_context(|| format!("the site has no {}", path.display()))
}

/// Builds the measuring code for the browser, with the flags of the site.
fn wasm_module(page: chromium::Page) -> Result<chromium::Page> {
    let out = root().join("target").join("bench-wasm");
    let target = ["--target", "wasm32-unknown-unknown", "--profile", "wasm", "--target-dir"];
    run(cargo().args(["build", "--package", "veche-bench", "--lib"]).args(target).arg(&out))?;
    run(Command::new(tools::program("wasm-bindgen"))
        .arg(out.join("wasm32-unknown-unknown").join("wasm").join("veche_bench.wasm"))
        .args(["--target", "no-modules", "--no-typescript", "--out-dir"])
        .arg(&out))?;
    Ok(chromium::Page {
        glue: std::fs::read_to_string(out.join("veche_bench.js"))?,
        module: std::fs::read(out.join("veche_bench_bg.wasm"))?,
        ..page
    })
}

/// Milliseconds to verify the same batches once on one core, twice on two threads, and once in each of two programs.
#[derive(Debug, Clone, Copy)]
struct Cores {
    available: usize,
    one: f64,
    threads: f64,
    copies: f64,
}

fn two_cores(program: &Path) -> Result<Cores> {
    const ROUNDS: usize = 7;
    let mut first = Copy::start(program)?;
    let mut second = Copy::start(program)?;
    let (mut one, mut threads, mut copies) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        first.ask(1)?;
        one.push(first.answer()?);
        first.ask(2)?;
        threads.push(first.answer()?);
        first.ask(1)?;
        second.ask(1)?;
        copies.push(first.answer()?.max(second.answer()?));
    }
    let available = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(Cores { available, one: median(one), threads: median(threads), copies: median(copies) })
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One copy of the measuring program, waiting to be asked.
struct Copy {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Copy {
    fn start(program: &Path) -> Result<Self> {
        let mut process = Command::new(program)
            .arg("verify")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("veche-bench could not be started")?;
        let input = process.stdin.take().context("veche-bench has no input")?;
        let output = BufReader::new(process.stdout.take().context("veche-bench has no output")?);
        let mut copy = Self { process, input, output };
        ensure!(copy.line()?.trim() == "ready", "veche-bench is not ready");
        Ok(copy)
    }

    fn ask(&mut self, threads: usize) -> Result<()> {
        writeln!(self.input, "{threads}")?;
        Ok(self.input.flush()?)
    }

    fn answer(&mut self) -> Result<f64> {
        let line = self.line()?;
        line.trim().parse().with_context(|| format!("veche-bench said {line}"))
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let document = format!("before\n{BEGIN}\nold\n{END}\nafter\n");
        assert_eq!(
            replaced(&document, "new\n").unwrap_or_default(),
            format!("before\n{BEGIN}\n\nnew\n\n{END}\nafter\n")
        );
        assert_eq!(replaced("no marks", "new"), None);
    }

    #[test]
    fn a_failure_is_not_a_figure() {
        assert!(figures("failed the sections do not verify").is_err());
        assert_eq!(figures("40.seal 1.5\n").unwrap_or_default().get("40.seal"), Some(&1.5));
    }
}
