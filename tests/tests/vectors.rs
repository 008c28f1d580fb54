//! The test vectors, natively and as WebAssembly in a real browser.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use anyhow::{Result, ensure};
use serde_json::json;
use veche_crypto::group::{Point, Scalar};
use veche_crypto::hash::digest;
use veche_record::manifest::Funding;
use veche_record::rules::Rule;
use veche_record::selection::Selection;
use veche_testkit::{
    Case, CaseFile, ContestInput, FundingInput, HashExpected, SectionInput, accepts, drawn, run, seal,
};
use veche_tests::browser::Driver;
use veche_tests::host::Host;
use veche_tests::{vectors, wasm};

#[test]
fn every_vector_comes_out_as_it_says() {
    write_small_cases();
    let mut failed = Vec::new();
    let cases = vectors::all().unwrap();
    for path in &cases {
        if let Err(problem) = run(&std::fs::read(path).unwrap()) {
            failed.push(format!("{}: {problem}", path.display()));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    assert!(cases.len() > 80, "only {} cases", cases.len());
    println!("{} vectors", cases.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_every_vector_comes_out_the_same_in_webassembly() -> Result<()> {
    let folder = tempfile::tempdir()?;
    wasm::build("veche-testkit", folder.path())?;
    let mut cases = Vec::new();
    for path in vectors::all()? {
        let name = format!("{}.json", cases.len());
        std::fs::copy(&path, folder.path().join(&name))?;
        cases.push(path);
    }
    let page = format!(
        "<!doctype html><title>running</title><script type=module>
        import init, {{ run }} from './veche_testkit.js';
        const failed = [];
        try {{
          await init();
          for (let i = 0; i < {}; i++) {{
            const problem = run(await (await fetch(`${{i}}.json`)).text());
            if (problem) failed.push([i, problem]);
          }}
        }} catch (error) {{ failed.push([-1, String(error)]); }}
        window.failed = failed;
        document.title = 'done';
        document.body.innerText = 'done';
        </script><body>running</body>",
        cases.len()
    );
    std::fs::write(folder.path().join("index.html"), page)?;
    let host = Host::of(folder.path())?;
    let driver = Driver::start()?;
    let browser = driver.open().await?;
    browser.goto(&host.address).await?;
    browser.says("done").await?;
    let failed = browser.run("return window.failed", vec![]).await?;
    browser.close().await?;
    ensure!(failed == json!([]), "in WebAssembly: {failed}");
    ensure!(cases.len() > 80, "only {} cases", cases.len());
    Ok(())
}

fn contest(rule: serde_json::Value, costs: &[Option<u64>], electorate: u64) -> ContestInput {
    let rule: Rule = serde_json::from_value(rule).unwrap();
    ContestInput { rule, costs: costs.to_vec(), electorate }
}

fn under(slots: usize) -> SectionInput {
    let key = |index: usize| {
        let secret = Scalar::from_bytes_mod_order(*digest("vector-key", &[&[index as u8]]).as_bytes());
        hex::encode(
            Point::new(curve25519_dalek::constants::RISTRETTO_BASEPOINT_TABLE * &secret).unwrap().to_bytes(),
        )
    };
    SectionInput {
        header: digest("vector-header", &[]).to_string(),
        contest: "contest".into(),
        keys: (0..slots).map(key).collect(),
    }
}

/// The cases that are not records. Written only when asked to; read like all others.
fn write_small_cases() {
    if !vectors::writing() {
        return;
    }
    let put = |kind: &str, name: &str, why: &str, case: Case| {
        let file = CaseFile { why: why.to_owned(), case };
        vectors::write(kind, name, &veche_testkit::write(&file).unwrap()).unwrap();
    };
    for (name, why, tag, fields) in [
        ("empty", "no field at all", "t", vec![]),
        ("one", "one field", "t", vec!["6162"]),
        ("moved", "a boundary moved between fields gives another hash", "t", vec!["61", "62"]),
        ("blank", "an empty field is a field", "t", vec!["6162", ""]),
    ] {
        let fields: Vec<String> = fields.into_iter().map(str::to_owned).collect();
        let bytes: Vec<Vec<u8>> = fields.iter().map(|field| hex::decode(field).unwrap()).collect();
        let refs: Vec<&[u8]> = bytes.iter().map(Vec::as_slice).collect();
        let expect = HashExpected {
            digest: digest(tag, &refs).to_string(),
            scalar: hex::encode(veche_crypto::hash::scalar(tag, &refs).as_bytes()),
        };
        put("hashes", name, why, Case::Hash { tag: tag.into(), fields, expect });
    }

    write_funding_cases(&put);
    write_samples(&put);
    for case in veche_tests::manifests::cases() {
        let text = Case::Manifest { manifest: case.text, expect: case.good };
        put("manifests", &case.name, &case.why, text);
    }

    let costs = [Some(600), Some(400), Some(1_000)];
    let rules = [
        ("exactly-one", json!({"type":"approval","min":1,"max":1,"blank":false}), vec![0, 1, 0], false),
        ("at-most-one", json!({"type":"approval","min":0,"max":1,"blank":false}), vec![0, 0, 0], false),
        ("approval", json!({"type":"approval","min":1,"max":3,"blank":false}), vec![1, 0, 1], false),
        ("approval-blank", json!({"type":"approval","min":1,"max":2,"blank":true}), vec![0, 0, 0], true),
        ("knapsack", json!({"type":"knapsack","budget":1000,"min":0,"blank":false}), vec![1, 1, 0], false),
        (
            "knapsack-count",
            json!({"type":"knapsack","budget":1500,"min":1,"max":2,"blank":true}),
            vec![0, 1, 1],
            false,
        ),
        (
            "cumulative",
            json!({"type":"cumulative","points":7,"min_points":1,"max_per_option":3,"blank":false}),
            vec![3, 0, 2],
            false,
        ),
        (
            "cumulative-all",
            json!({"type":"cumulative","points":3,"min_points":3,"max_per_option":3,"blank":true}),
            vec![1, 2, 0],
            false,
        ),
        (
            "ranked",
            json!({"type":"ranked","places":3,"min":1,"scores":[3,2,1],"blank":false}),
            vec![2, 0, 1],
            false,
        ),
        (
            "ranked-blank",
            json!({"type":"ranked","places":2,"min":2,"scores":[5,1],"blank":true}),
            vec![0, 0, 0],
            true,
        ),
        (
            "quadratic",
            json!({"type":"quadratic","credits":10,"min_credits":0,"blank":false}),
            vec![2, 1, 2],
            false,
        ),
    ];
    for (name, rule, values, blank) in rules {
        for (size, electorate) in [("one-slot", 9), ("packed", 100_000), ("unpacked", 3 << 22)] {
            let contest = contest(rule.clone(), &costs, electorate);
            let expect = contest.compiled().unwrap();
            let under = under(expect.slots);
            put(
                "rules",
                &format!("{name}-{size}"),
                "a rule and its program",
                Case::Rule { contest: contest.clone(), expect },
            );
            let seed = digest("vector-seed", &[name.as_bytes()]).to_string();
            let section =
                seal(&contest, &under, &seed, &Selection { values: values.clone(), blank }).unwrap();
            let sealed = Case::Seal {
                contest: contest.clone(),
                under: under.clone(),
                seed,
                values: values.clone(),
                blank,
                expect: section.clone(),
            };
            put(
                "seals",
                &format!("{name}-{size}"),
                "one seed and one choice give one section, byte for byte",
                sealed,
            );
            assert!(accepts(&contest, &under, &section).unwrap());
            let accepted = Case::Section {
                contest: contest.clone(),
                under: under.clone(),
                section: section.clone(),
                expect: true,
            };
            put("sections", &format!("{name}-{size}"), "an honest section", accepted);
            if size == "packed" {
                write_tampered_sections(name, &contest, &under, &section, &put);
            }
        }
    }
}

/// Whom an auditor asks.
fn write_samples(put: &impl Fn(&str, &str, &str, Case)) {
    let root = digest("vector-root", &[]).to_string();
    let other_root = digest("vector-root", &[b"another"]).to_string();
    let name = |number: u8| hex::encode(&digest("vector-pseudonym", &[&[number]]).as_bytes()[..16]);
    let pseudonyms: Vec<String> = (0..12).map(name).collect();
    let reversed: Vec<String> = pseudonyms.iter().rev().cloned().collect();
    let throws = "31662453216543265416";
    for (case, why, root, dice, pseudonyms, number) in [
        ("five", "five of twelve", &root, throws, &pseudonyms, 5),
        (
            "spaces",
            "spaces between the throws change nothing",
            &root,
            "3166 2453 2165 4326 5416",
            &pseudonyms,
            5,
        ),
        ("order", "the order of the voters changes nothing", &root, throws, &reversed, 5),
        ("seven", "more voters are the same ones and then others", &root, throws, &pseudonyms, 7),
        ("all", "who asks for more than there are draws all", &root, throws, &pseudonyms, 300),
        (
            "fewer",
            "one voter less leaves the others where they were",
            &root,
            throws,
            &pseudonyms[1..].to_vec(),
            12,
        ),
        ("dice", "other dice draw others", &root, "31662453216543265415", &pseudonyms, 5),
        ("root", "another board draws others", &other_root, throws, &pseudonyms, 5),
        ("nobody", "of nobody nobody is drawn", &root, throws, &Vec::new(), 5),
        ("few-throws", "nineteen throws are too few", &root, "3166245321654326541", &pseudonyms, 5),
        ("zero", "a die has no 0", &root, "31662453216543265410", &pseudonyms, 5),
    ] {
        let expect = drawn(root, dice, pseudonyms, number).unwrap();
        let (root, dice, pseudonyms) = (root.clone(), dice.to_owned(), pseudonyms.clone());
        put("samples", case, why, Case::Sample { root, dice, pseudonyms, number, expect });
    }
}

/// Who is funded: one case of each turn that the text describes, and made-up ones.
fn write_funding_cases(put: &impl Fn(&str, &str, &str, Case)) {
    let write = |name: &str, why: &str, input: FundingInput| {
        let expect = input.outcome().unwrap();
        put("funding", name, why, Case::Funding { contest: input, expect });
    };
    let funding = |unaffordable: &str, minimum: u64, ties: &str, exclusive: &[&[usize]]| -> Funding {
        let ids = |list: &&[usize]| -> Vec<String> { list.iter().map(usize::to_string).collect() };
        let exclusive: Vec<Vec<String>> = exclusive.iter().map(ids).collect();
        let funding = json!({"method": "greedy", "unaffordable": unaffordable, "minimum_votes": minimum,
                             "ties": ties, "exclusive": exclusive});
        serde_json::from_value(funding).unwrap()
    };
    let case = |budget, costs: &[u64], funding, totals: &[u64], draws: &[&[u16]]| FundingInput {
        budget,
        costs: costs.to_vec(),
        funding,
        totals: totals.to_vec(),
        draws: draws.iter().map(|draw| draw.to_vec()).collect(),
    };
    let skip = |ties| funding("skip", 1, ties, &[]);
    let stop = |ties| funding("stop", 1, ties, &[]);
    for (name, why, input) in [
        (
            "minimum",
            "a total equal to the minimum is enough",
            case(9, &[1, 1, 0], funding("skip", 5, "order", &[]), &[5, 4, 4], &[]),
        ),
        (
            "skip",
            "what the rest does not pay for is passed over",
            case(101, &[60, 50, 40, 1], skip("cheaper"), &[9, 8, 7, 6], &[]),
        ),
        (
            "stop",
            "nothing below it gets money, and what costs nothing needs none",
            case(101, &[60, 50, 40, 0], stop("cheaper"), &[9, 8, 7, 6], &[]),
        ),
        (
            "cheaper",
            "of equal totals the cheaper, of equal costs the first",
            case(16, &[9, 8, 8], skip("cheaper"), &[5, 5, 5], &[]),
        ),
        (
            "order",
            "of equal totals the one listed first",
            case(16, &[9, 8, 8], skip("order"), &[5, 5, 5], &[]),
        ),
        (
            "rival",
            "a rival is passed over and stops nobody",
            case(10, &[6, 99, 3], funding("stop", 1, "order", &[&[0, 1]]), &[9, 8, 7], &[]),
        ),
        (
            "rival-unfunded",
            "a rival that is not funded excludes nobody",
            case(10, &[60, 5], funding("skip", 1, "order", &[&[0, 1]]), &[9, 8], &[]),
        ),
        (
            "no-votes",
            "a minimum of 0 is reached by nobody's votes",
            case(10, &[5, 6], funding("skip", 0, "order", &[]), &[0, 0], &[]),
        ),
        ("lot-none", "all of a tie are paid for: no draw", case(10, &[5, 5], skip("lot"), &[9, 9], &[])),
        ("lot-first", "two ties, no draw yet", case(10, &[6, 6, 4, 4], skip("lot"), &[9, 9, 8, 8], &[])),
        (
            "lot-second",
            "the first tie is drawn, the second is found after it",
            case(10, &[6, 6, 4, 4], skip("lot"), &[9, 9, 8, 8], &[&[1, 0]]),
        ),
        (
            "lot-done",
            "both are drawn",
            case(10, &[6, 6, 4, 4], skip("lot"), &[9, 9, 8, 8], &[&[1, 0], &[2, 3]]),
        ),
        (
            "lot-other",
            "a draw of another tie decides nothing",
            case(10, &[6, 6, 4, 4], skip("lot"), &[9, 9, 8, 8], &[&[2, 3], &[1, 0]]),
        ),
        (
            "lot-stop",
            "an unaffordable one could stop the others",
            case(10, &[5, 11, 5], stop("lot"), &[9, 9, 9], &[]),
        ),
        (
            "lot-stop-drawn",
            "it is drawn between them",
            case(10, &[5, 11, 5], stop("lot"), &[9, 9, 9], &[&[2, 1, 0]]),
        ),
        (
            "lot-free",
            "what costs nothing is stopped by nobody: no draw",
            case(10, &[0, 11, 3], stop("lot"), &[9, 9, 8], &[]),
        ),
        (
            "lot-rivals",
            "one of two rivals is drawn, also after a stop",
            case(10, &[11, 0, 0, 3], funding("stop", 1, "lot", &[&[1, 2]]), &[9, 5, 5, 5], &[]),
        ),
        (
            "lot-excluded",
            "no draw is needed: what fits has its turn first, and excludes what would stop",
            case(10, &[11, 0, 3], funding("stop", 1, "lot", &[&[0, 1]]), &[9, 9, 5], &[]),
        ),
    ] {
        write(name, why, input);
    }
    for number in 0..30_u8 {
        let bytes = *digest("vector-funding", &[&[number]]).as_bytes();
        let byte = |at: usize| u64::from(bytes[at]);
        let unaffordable = if byte(0) % 2 == 0 { "skip" } else { "stop" };
        let ties = ["cheaper", "order", "lot", "lot"][bytes[1] as usize % 4];
        let (one, other) = (bytes[3] as usize % 6, 6 + bytes[4] as usize % 2);
        let lists: &[&[usize]] = &[&[one, other], &[(one + 1) % 6, (one + 3) % 6]];
        let costs: Vec<u64> = (8..16).map(|at| byte(at) % 8).collect();
        let totals: Vec<u64> = (16..24).map(|at| byte(at) % 3).collect();
        let rule = funding(unaffordable, byte(2) % 2, ties, &lists[..bytes[5] as usize % 3]);
        let mut input = case(1 + byte(6) % 20, &costs, rule, &totals, &[]);
        // Every second one is drawn to its end, the others are left where they are.
        while let (0, Some(tie)) = (number % 2, input.outcome().unwrap().undecided) {
            input.draws.push(tie.iter().rev().map(|option| *option as u16).collect());
        }
        write(&format!("made-up-{number}"), "made up", input);
    }
}

fn write_tampered_sections(
    name: &str,
    contest: &ContestInput,
    under: &SectionInput,
    section: &str,
    put: &dyn Fn(&str, &str, &str, Case),
) {
    let refuse = |label: &str, why: &str, under: &SectionInput, section: String| {
        assert!(!accepts(contest, under, &section).unwrap());
        let case = Case::Section { contest: contest.clone(), under: under.clone(), section, expect: false };
        put("sections", &format!("{name}-{label}"), why, case);
    };
    let bytes = hex::decode(section).unwrap();
    let mut flipped = bytes.clone();
    let last_beta = 32 * under.keys.len();
    flipped[last_beta..last_beta + 32].copy_from_slice(&bytes[..32]);
    refuse("beta", "another point in place of the last β", under, hex::encode(flipped));
    let mut zeta = bytes.clone();
    let at = zeta.len() - 32;
    zeta[at] ^= 1;
    refuse("zeta", "ζ is off by one", under, hex::encode(zeta));
    let mut identity = bytes.clone();
    identity[..32].fill(0);
    refuse("identity", "α is the identity", under, hex::encode(identity));
    let mut elsewhere = under.clone();
    elsewhere.contest = "elsewhere".into();
    refuse("contest", "the section was sealed for another contest", &elsewhere, section.to_owned());
    let mut header = under.clone();
    header.header = digest("vector-header", &[b"another"]).to_string();
    refuse("header", "the section was sealed under another header", &header, section.to_owned());
    refuse("long", "a byte too many", under, format!("{section}00"));
}
