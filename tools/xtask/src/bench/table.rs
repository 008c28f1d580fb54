//! The table of docs/benchmarks.md, made of figures.

use super::{Cores, Figures, chromium::Cold};
use anyhow::{Context, Result};
use std::fmt::Write;
use std::process::Command;

/// What was measured in one run.
pub struct Report {
    /// Natively, on one core.
    pub native: Figures,
    /// Natively, on two.
    pub cores: Cores,
    /// In Chromium.
    pub wasm: Figures,
    /// In new tabs of Chromium.
    pub cold: Cold,
}

/// The measured contests and how they are called here.
const CONTESTS: [(&str, &str); 4] =
    [("10", "10"), ("40", "40"), ("160", "160"), ("40.unpacked", "40, not packed")];

/// Most of the time of its own group operations that verifying may take.
const VERIFY_LIMIT: f64 = 1.2;
/// Most microseconds that hashing, scalars and copies may add to verifying a ballot of 40 options.
const OVERHEAD_LIMIT: f64 = 30.0;
/// Least of the rate of verifying the same ballots in one's own process that `veche verify-ballot` may have.
const PIPED_LIMIT: f64 = 0.8;
/// Most of the time of its own group operations that preparing and sealing may take in a browser.
const BROWSER_LIMIT: f64 = 1.15;

impl Report {
    /// The whole table, in Markdown.
    pub fn text(&self) -> Result<String> {
        let mut text = format!("Measured {} on {}, {} cores.\n\n", date(), processor(), self.cores.available);
        self.goals(&mut text)?;
        self.contests(&mut text)?;
        self.shares(&mut text)?;
        self.primitives(&mut text)?;
        Ok(text)
    }

    fn goals(&self, text: &mut String) -> Result<()> {
        text.push_str("| goal | limit | measured | |\n|---|---|---|---|\n");
        let mut line = |what: &str, limit: &str, measured: String, met: bool| {
            let verdict = if met { "met" } else { "**missed**" };
            writeln!(text, "| {what} | {limit} | {measured} | {verdict} |")
        };
        for (name, bytes) in [("40", 1_984.0), ("160", 7_104.0)] {
            let (found, slots, bits) = (
                get(&self.native, name, "bytes")?,
                get(&self.native, name, "slots")?,
                get(&self.native, name, "bits")?,
            );
            let what = format!("bytes of a sealed contest of {name}: 32·(μ+n+6), μ = {slots}, n = {bits}");
            let exact = found == bytes && found == 32.0 * (slots + bits + 6.0);
            line(&what, &format!("exactly {bytes}"), format!("{found}"), exact)?;
        }
        for name in ["40", "160"] {
            let ratio = ratio(&self.native, name, "verify")?;
            let what = format!("batch verification of {name}, one core, to its own group operations");
            let limit = format!("at most {VERIFY_LIMIT:.2}");
            line(&what, &limit, format!("{ratio:.2}"), ratio <= VERIFY_LIMIT)?;
        }
        let overhead = get(&self.native, "40", "verify")? - get(&self.native, "40", "verify.group")?;
        let what = "hashing, scalars and copies in batch verification of 40, one core";
        let limit = format!("at most {OVERHEAD_LIMIT:.0} µs");
        line(what, &limit, format!("{overhead:.0} µs"), overhead <= OVERHEAD_LIMIT)?;
        let factor = figure(&self.native, "peer.verify")? / get(&self.native, "40", "verify")?;
        line(
            "batch verification of 40, to the peer's",
            "30 × faster",
            format!("{factor:.1} ×"),
            factor >= 30.0,
        )?;
        let Cores { one, threads, copies, .. } = self.cores;
        let what = "speed-up on two cores: two threads, to two copies of the program";
        let measured =
            format!("{:.2} ({:.2} to {:.2})", copies / threads, 2.0 * one / threads, 2.0 * one / copies);
        line(what, "at least 0.90", measured, copies / threads >= 0.9)?;
        let (piped, rate) =
            (figure(&self.native, "verify-ballot.ratio")?, figure(&self.native, "verify-ballot.rate")?);
        let what = "`veche verify-ballot`, all cores: its rate to that of the same batches without lines";
        let measured = format!("{piped:.2} ({rate:.0} ballots a second)");
        line(what, &format!("at least {PIPED_LIMIT:.2}"), measured, piped >= PIPED_LIMIT)?;
        for (what, name) in [("prepare", "40"), ("prepare", "160"), ("seal", "40"), ("seal", "160")] {
            let ratio = ratio(&self.wasm, name, what)?;
            let sentence = format!("{what} of {name} in Chromium, to its own group operations");
            let limit = format!("at most {BROWSER_LIMIT:.2}");
            line(&sentence, &limit, format!("{ratio:.2}"), ratio <= BROWSER_LIMIT)?;
        }
        for name in ["40", "160"] {
            let factor = figure(&self.wasm, "peer.prove")? / get(&self.wasm, name, "seal")?;
            let what = format!("seal of {name} in Chromium, to the peer's proof of 40");
            line(&what, "10 × faster", format!("{factor:.1} ×"), factor >= 10.0)?;
        }
        let Cold { compile, prepare, seal } = self.cold;
        let what = "first ballot of 40 in a cold Chromium tab: compile, tables and prepare, seal";
        let sum = compile + prepare + seal;
        let measured = format!("{sum:.0} ms: {compile:.1} + {prepare:.1} + {seal:.1}");
        writeln!(text, "| {what} | reported | {measured} | |\n")?;
        Ok(())
    }

    fn contests(&self, text: &mut String) -> Result<()> {
        text.push_str(
            "Microseconds a contest; in brackets the ratio to its own group operations. \"Decode\" is part of verifying.\n\n\
             | options | where | bytes | prepare | seal | verify in a batch | decode | sections of a batch |\n\
             |---|---|---|---|---|---|---|---|\n",
        );
        for (name, title) in CONTESTS {
            for (place, figures) in self.places() {
                let with_ratio = |what: &str| -> Result<String> {
                    Ok(format!("{:.0} ({:.2})", get(figures, name, what)?, ratio(figures, name, what)?))
                };
                writeln!(
                    text,
                    "| {title} | {place} | {} | {} | {} | {} | {:.0} | {} |",
                    get(figures, name, "bytes")?,
                    with_ratio("prepare")?,
                    with_ratio("seal")?,
                    with_ratio("verify")?,
                    get(figures, name, "verify.decode")?,
                    get(figures, name, "batch")?,
                )?;
            }
        }
        for (place, figures) in self.places() {
            writeln!(
                text,
                "| peer, 40 | {place} | {} | | {:.0} (prove) | {:.0} (one by one) | | |",
                figure(figures, "peer.bytes")?,
                figure(figures, "peer.prove")?,
                figure(figures, "peer.verify")?,
            )?;
        }
        text.push('\n');
        Ok(())
    }

    /// Where the time goes. The group operations are measured; the rest is what is left.
    fn shares(&self, text: &mut String) -> Result<()> {
        text.push_str(
            "Where the time goes, 40 options, in microseconds and hundredths of the whole:\n\n\
             | step | where | group operations | of them | hashing, scalars, copies |\n|---|---|---|---|---|\n",
        );
        for (place, figures) in self.places() {
            for step in ["prepare", "seal", "verify"] {
                let whole = get(figures, "40", step)?;
                let group = get(figures, "40", &format!("{step}.group"))?;
                let slots = get(figures, "40", "slots")?;
                let bits = get(figures, "40", "bits")?;
                let share =
                    |what: &str, time: f64| format!("{what} {time:.0} ({:.0} %)", 100.0 * time / whole);
                let parts = match step {
                    "prepare" => vec![
                        share("Σ d_i·P_i", bits * figure(figures, "multiscalar")?),
                        share("r·K_j", slots * figure(figures, "variable-base")?),
                        share("fixed bases", 4.0 * figure(figures, "fixed-base")?),
                    ],
                    "seal" => vec![
                        share("Σ w^j·K_j", slots * figure(figures, "multiscalar.vartime")?),
                        share("fixed and variable base", {
                            2.0 * figure(figures, "fixed-base")? + figure(figures, "variable-base")?
                        }),
                        share("encoding", {
                            let batch = (slots + 3.0) * figure(figures, "compress.batch")?;
                            batch + 2.0 * figure(figures, "compress")?
                        }),
                    ],
                    _ => {
                        let decoding = (slots + 4.0) * figure(figures, "decompress")?;
                        vec![share("decoding points", decoding), share("multiscalar", group - decoding)]
                    }
                };
                let (group, rest) = (share("", group), share("", whole - group));
                writeln!(
                    text,
                    "| {step} | {place} | {} | {} | {} |",
                    group.trim(),
                    parts.join(", "),
                    rest.trim()
                )?;
            }
        }
        text.push('\n');
        Ok(())
    }

    fn primitives(&self, text: &mut String) -> Result<()> {
        const NAMES: [(&str, &str); 8] = [
            ("fixed-base", "fixed-base multiplication"),
            ("variable-base", "variable-base multiplication"),
            ("decompress", "decoding a point"),
            ("compress", "encoding a point"),
            ("compress.batch", "encoding a point, 40 doubles at once"),
            ("addition", "addition"),
            ("multiscalar", "a point of a constant-time multiscalar multiplication of 40"),
            ("multiscalar.vartime", "a point of a variable-time multiscalar multiplication of 40"),
        ];
        text.push_str("| group operation, µs | native | Chromium |\n|---|---|---|\n");
        for (name, title) in NAMES {
            let (native, wasm) = (figure(&self.native, name)?, figure(&self.wasm, name)?);
            writeln!(text, "| {title} | {native:.2} | {wasm:.2} |")?;
        }
        let large = |figures: &Figures| -> Result<f64> {
            let own = get(figures, "40", "slots")? + 4.0;
            Ok(get(figures, "40", "verify.group")? / own - figure(figures, "decompress")?)
        };
        let (native, wasm) = (large(&self.native)?, large(&self.wasm)?);
        writeln!(
            text,
            "| a point of a variable-time multiscalar multiplication of 10,000 | {native:.2} | {wasm:.2} |"
        )?;
        Ok(())
    }

    fn places(&self) -> [(&'static str, &Figures); 2] {
        [("native", &self.native), ("Chromium", &self.wasm)]
    }
}

fn figure(figures: &Figures, name: &str) -> Result<f64> {
    figures.get(name).copied().with_context(|| format!("{name} was not measured"))
}

fn get(figures: &Figures, contest: &str, what: &str) -> Result<f64> {
    figure(figures, &format!("{contest}.{what}"))
}

fn ratio(figures: &Figures, contest: &str, what: &str) -> Result<f64> {
    get(figures, contest, &format!("{what}.ratio"))
}

fn date() -> String {
    let said = crate::process::read(Command::new("date").args(["-u", "+%Y-%m-%d"]));
    said.map_or_else(|_| "on an unknown day".to_owned(), |date| date.trim().to_owned())
}

fn processor() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map(|(_, value)| value.trim().to_owned())
    };
    let model = field("model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let vectors = match field("flags") {
        Some(flags) if flags.contains("avx512ifma") => " (AVX-512 IFMA)",
        Some(flags) if flags.contains("avx2") => " (AVX2)",
        _ => "",
    };
    format!("{model}{vectors}")
}
