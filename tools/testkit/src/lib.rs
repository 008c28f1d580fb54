//! Runs the cases of `tests/vectors`: one file a case, each saying what must happen and why.
//!
//! A case is a JSON object. `kind` says what is tried, `why` why it must come out as it must, and
//! `expect` what must come out; the rest is the input. The kinds are the variants of [`Case`]. Bytes
//! are hexadecimal, files of a record base64.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use veche_board::Hash;
use veche_crypto::ballot_proof::{Prepared, Section, Sections, Statement};
use veche_crypto::batch::Batch;
use veche_crypto::group::Point;
use veche_crypto::hash::{Digest, digest, scalar};
use veche_crypto::randomness::Randomness;
use veche_record::manifest::{Contest, ContestOption, Funding, Text};
use veche_record::rules::{Approval, CompiledContest, Rule};
use veche_record::selection::Selection;
use veche_record::{Manifest, Pseudonym};
use veche_verify::audit;
use veche_verify::funding::{ContestFunding, Verdict, fund};
use veche_verify::sample::{self, Dice};
use veche_verify::{KeyChanges, RouteTurnout, Status};

/// A case of the testkit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseFile {
    /// Why it must come out as it must.
    pub why: String,
    /// What is tried.
    #[serde(flatten)]
    pub case: Case,
}

/// What is tried, and what must come out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Case {
    /// `H(tag; fields)` as a digest and as a scalar.
    Hash {
        /// The domain tag.
        tag: String,
        /// The fields, each in hexadecimal.
        fields: Vec<String>,
        /// What must come out.
        expect: HashExpected,
    },
    /// A rule compiled into a ballot program.
    Rule {
        /// The contest.
        contest: ContestInput,
        /// What must come out.
        expect: RuleExpected,
    },
    /// A section sealed from a seed, byte for byte.
    Seal {
        /// The contest.
        contest: ContestInput,
        /// What the section is sealed under.
        under: SectionInput,
        /// The seed, 32 bytes.
        seed: String,
        /// One value for each option.
        values: Vec<u32>,
        /// Whether the ballot is blank.
        blank: bool,
        /// The section.
        expect: String,
    },
    /// A section's bytes, accepted or refused.
    Section {
        /// The contest.
        contest: ContestInput,
        /// What the section must be a proof about.
        under: SectionInput,
        /// The section's bytes.
        section: String,
        /// Whether it is accepted.
        expect: bool,
    },
    /// Totals and draws, and who is funded by them.
    Funding {
        /// The contest's money, its totals and draws.
        contest: FundingInput,
        /// What must come out.
        expect: FundingExpected,
    },
    /// Voters drawn by dice, to be asked whether they took part.
    Sample {
        /// The root of the board with its closing.
        root: String,
        /// The throws.
        dice: String,
        /// Whose ballots count.
        pseudonyms: Vec<String>,
        /// How many are drawn.
        number: u32,
        /// Who is drawn; nobody where the throws are refused.
        expect: Option<Vec<String>>,
    },
    /// A manifest, accepted or refused.
    Manifest {
        /// Its text.
        manifest: String,
        /// Whether it is accepted.
        expect: bool,
    },
    /// A whole record.
    Record {
        /// The fingerprint that the reader expects, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
        /// Its files, by path, in base64.
        files: BTreeMap<String, String>,
        /// What must come out.
        expect: RecordExpected,
    },
}

/// Both readings of a hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HashExpected {
    /// The first 32 bytes.
    pub digest: String,
    /// All 64 bytes modulo the group order.
    pub scalar: String,
}

/// A contest as the rule compiler sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContestInput {
    /// The rule, as in a manifest.
    pub rule: Rule,
    /// The cost of each option, or null for none.
    pub costs: Vec<Option<u64>>,
    /// The sum of the maximum electorates.
    pub electorate: u64,
}

/// What a rule compiles to; nothing when it is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleExpected {
    /// Sent bits.
    pub bits: usize,
    /// Ciphertext slots.
    pub slots: usize,
    /// How many options share a slot.
    pub packing: usize,
    /// The program digest.
    pub program: String,
}

/// What a section is sealed under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SectionInput {
    /// `hdr`.
    pub header: String,
    /// The contest's identifier.
    pub contest: String,
    /// K_1, K_2, ….
    pub keys: Vec<String>,
}

/// What a record's audit comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordExpected {
    /// The exit code of `veche verify`.
    pub exit: u8,
    /// What became of each check, in the order of their numbers: `p` passed, `f` failed, `n` not applicable, `-` not
    /// reached.
    pub statuses: String,
    /// What failed: each check with each entry that fails it and who is to blame.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<FailureExpected>,
    /// Who is funded, by a record that passes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub funding: Vec<ContestFunding>,
    /// How often keys changed and voters were struck off, by a record that passes and has any of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_changes: Option<KeyChanges>,
    /// Voters and counted ballots by district and route, by the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turnout: Vec<RouteTurnout>,
}

/// One failure of a check.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FailureExpected {
    /// The number of the check.
    pub check: u8,
    /// The entry, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<u64>,
    /// Who is to blame.
    pub blame: String,
}

/// A contest whose options have their positions as ids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingInput {
    /// What there is to spend.
    pub budget: u64,
    /// The cost of each option.
    pub costs: Vec<u64>,
    /// The method, as in a manifest.
    pub funding: Funding,
    /// The total of each option.
    pub totals: Vec<u64>,
    /// The draws, each as positions.
    pub draws: Vec<Vec<u16>>,
}

/// Who is funded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FundingExpected {
    /// The funded options, by position.
    pub funded: Vec<usize>,
    /// What is left of the budget.
    pub left: u64,
    /// The options that the next draw must order, by position.
    pub undecided: Option<Vec<usize>>,
}

impl FundingInput {
    /// Who is funded.
    ///
    /// # Errors
    /// Why the question makes no sense.
    pub fn outcome(&self) -> Result<FundingExpected, String> {
        let option = |(position, cost): (usize, &u64)| ContestOption {
            id: position.to_string(),
            name: Text::new("en", "option"),
            text: None,
            cost: Some(*cost),
            picture: None,
            place: None,
            number: None,
            category: None,
            coordinates: None,
        };
        let contest = Contest {
            id: "contest".into(),
            title: Text::new("en", "contest"),
            text: None,
            budget: Some(self.budget),
            currency: None,
            report_by: veche_record::manifest::ReportBy::Contest,
            rule: Rule::Approval(Approval { min: 0, max: 1, blank: false }),
            funding: self.funding.clone(),
            options: self.costs.iter().enumerate().map(option).collect(),
        };
        let funded = fund(&contest, &self.totals, self.draws.iter().map(Vec::as_slice))
            .ok_or("these totals fund nobody")?;
        let verdicts = funded.verdicts.iter().enumerate();
        Ok(FundingExpected {
            funded: verdicts.filter(|(_, verdict)| **verdict == Verdict::Funded).map(|(at, _)| at).collect(),
            left: funded.budget - funded.spent,
            undecided: funded.undecided,
        })
    }
}

/// Runs one case file.
///
/// # Errors
/// What came out instead, or why the file is not a case.
pub fn run(file: &[u8]) -> Result<(), String> {
    let file: CaseFile = serde_json::from_slice(file).map_err(|error| format!("not a case: {error}"))?;
    let agree =
        |came: String, must: String| if came == must { Ok(()) } else { Err(format!("{came}, not {must}")) };
    match file.case {
        Case::Hash { tag, fields, expect } => {
            agree(format!("{:?}", hash(&tag, &fields)?), format!("{expect:?}"))
        }
        Case::Rule { contest, expect } => agree(format!("{:?}", contest.compiled()?), format!("{expect:?}")),
        Case::Seal { contest, under, seed, values, blank, expect } => {
            agree(seal(&contest, &under, &seed, &Selection { values, blank })?, expect)
        }
        Case::Section { contest, under, section, expect } => {
            agree(accepts(&contest, &under, &section)?.to_string(), expect.to_string())
        }
        Case::Funding { contest, expect } => {
            agree(format!("{:?}", contest.outcome()?), format!("{expect:?}"))
        }
        Case::Sample { root, dice, pseudonyms, number, expect } => {
            agree(format!("{:?}", drawn(&root, &dice, &pseudonyms, number)?), format!("{expect:?}"))
        }
        Case::Manifest { manifest, expect } => {
            agree(Manifest::parse(manifest.as_bytes()).is_ok().to_string(), expect.to_string())
        }
        Case::Record { expected, files, expect } => {
            agree(format!("{:?}", verdict(expected.as_deref(), &files)?), format!("{expect:?}"))
        }
    }
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    hex::decode(text).map_err(|error| format!("\"{text}\": {error}"))
}

fn bytes32(text: &str) -> Result<[u8; 32], String> {
    bytes(text)?.try_into().map_err(|_| format!("\"{text}\" is not 32 bytes"))
}

fn hash(tag: &str, fields: &[String]) -> Result<HashExpected, String> {
    let fields = fields.iter().map(|field| bytes(field)).collect::<Result<Vec<_>, _>>()?;
    let fields: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
    Ok(HashExpected {
        digest: digest(tag, &fields).to_string(),
        scalar: hex::encode(scalar(tag, &fields).as_bytes()),
    })
}

impl ContestInput {
    fn compile(&self) -> Result<CompiledContest, String> {
        CompiledContest::with_costs(&self.rule, &self.costs, self.electorate)
            .map_err(|error| error.to_string())
    }

    /// What the rule compiles to.
    ///
    /// # Errors
    /// Why the rule is refused.
    pub fn compiled(&self) -> Result<RuleExpected, String> {
        let contest = self.compile()?;
        Ok(RuleExpected {
            bits: contest.program().bits(),
            slots: contest.slots(),
            packing: contest.packing().options(),
            program: contest.program().digest().to_string(),
        })
    }
}

/// Who is drawn, unless the throws are refused.
///
/// # Errors
/// Why the question makes no sense.
pub fn drawn(
    root: &str,
    dice: &str,
    pseudonyms: &[String],
    number: u32,
) -> Result<Option<Vec<String>>, String> {
    let Ok(dice) = dice.parse::<Dice>() else { return Ok(None) };
    let seed = sample::seed(&Hash::from_bytes(bytes32(root)?), &dice);
    let read = |text: &String| Pseudonym::from_hex(text).ok_or_else(|| format!("\"{text}\" is no pseudonym"));
    let pseudonyms = pseudonyms.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    let drawn = sample::least(&seed, pseudonyms, number, |pseudonym| *pseudonym);
    Ok(Some(drawn.iter().map(Pseudonym::to_string).collect()))
}

struct Ready {
    contest: CompiledContest,
    header: Digest,
    keys: Vec<Point>,
}

fn ready(contest: &ContestInput, under: &SectionInput) -> Result<Ready, String> {
    let key = |text: &String| Point::from_bytes(&bytes32(text)?).map_err(|error| error.to_string());
    Ok(Ready {
        contest: contest.compile()?,
        header: Digest::from_bytes(bytes32(&under.header)?),
        keys: under.keys.iter().map(key).collect::<Result<_, _>>()?,
    })
}

/// Seals a section, as hexadecimal.
///
/// # Errors
/// Why it cannot be sealed.
pub fn seal(
    contest: &ContestInput,
    under: &SectionInput,
    seed: &str,
    selection: &Selection,
) -> Result<String, String> {
    let ready = ready(contest, under)?;
    let program = ready.contest.program();
    let statement = Statement { contest: under.contest.as_bytes(), program, keys: &ready.keys };
    let bits = ready.contest.bits(selection).map_err(|error| error.to_string())?;
    let prepared = Prepared::new(&statement, &bytes32(seed)?).map_err(|error| error.to_string())?;
    let sealed = prepared.seal(&ready.header, &statement, &bits).map_err(|error| error.to_string())?;
    Ok(sealed.sections().iter().map(|section| hex::encode(section.to_bytes())).collect())
}

/// Whether a section is accepted.
///
/// # Errors
/// Why the question makes no sense.
pub fn accepts(contest: &ContestInput, under: &SectionInput, section: &str) -> Result<bool, String> {
    let ready = ready(contest, under)?;
    let program = ready.contest.program();
    let Ok(section) = Section::from_bytes(program, &bytes(section)?) else { return Ok(false) };
    let sections = Sections::new(&ready.header, vec![section]);
    let mut batch = Batch::new(&ready.keys);
    batch.push_section(&sections, 0, under.contest.as_bytes(), program).map_err(|error| error.to_string())?;
    Ok(batch.verify(&fresh()?).is_ok())
}

/// What a verifier draws, the same in every run.
fn fresh() -> Result<Randomness, String> {
    let filled = |bytes: &mut [u8]| {
        bytes.iter_mut().zip(0..).for_each(|(byte, number)| *byte = number);
        Ok::<_, Infallible>(())
    };
    Randomness::draw(filled).map_err(|error| error.to_string())
}

fn verdict(expected: Option<&str>, files: &BTreeMap<String, String>) -> Result<RecordExpected, String> {
    let decode = |(path, text): (&String, &String)| {
        let bytes = STANDARD.decode(text).map_err(|error| format!("{path}: {error}"))?;
        Ok((path.clone(), bytes))
    };
    let files = files.iter().map(decode).collect::<Result<BTreeMap<_, _>, String>>()?;
    let expected = expected.map(|text| bytes32(text).map(Digest::from_bytes)).transpose()?;
    let report = audit(&files, expected, fresh()?, |_, _| {}).report;
    let statuses = report.checks.iter().map(|check| match check.status {
        Status::Passed => 'p',
        Status::Failed => 'f',
        Status::NotApplicable => 'n',
        Status::NotReached => '-',
    });
    let failures = report.failed().flat_map(|failed| {
        let all = failed.failure.iter().chain(&failed.more_failures);
        all.map(|failure| FailureExpected {
            check: failed.check.number(),
            entry: failure.entry,
            blame: failure.culprit.clone(),
        })
    });
    // A ballot may have several false sections.
    let failures: BTreeSet<_> = failures.collect();
    let passes = report.exit_code() == 0;
    let key_changes = report.key_changes.filter(|changes| passes && *changes != KeyChanges::default());
    Ok(RecordExpected {
        key_changes,
        turnout: if key_changes.is_some() { report.turnout.clone() } else { Vec::new() },
        funding: if report.exit_code() == 0 { report.funding.clone() } else { Vec::new() },
        exit: report.exit_code(),
        statuses: statuses.collect(),
        failures: failures.into_iter().collect(),
    })
}

/// Writes a record as a case file.
///
/// # Errors
/// When the case cannot be written as JSON.
pub fn record_case(
    why: &str,
    files: &BTreeMap<String, Vec<u8>>,
    expected: Option<Digest>,
) -> Result<String, String> {
    let files: BTreeMap<String, String> =
        files.iter().map(|(path, bytes)| (path.clone(), STANDARD.encode(bytes))).collect();
    let expected = expected.map(|digest| digest.to_string());
    let expect = verdict(expected.as_deref(), &files)?;
    write(&CaseFile { why: why.to_owned(), case: Case::Record { expected, files, expect } })
}

/// Writes a case file.
///
/// # Errors
/// When the case cannot be written as JSON.
pub fn write(case: &CaseFile) -> Result<String, String> {
    serde_json::to_string_pretty(case).map(|text| text + "\n").map_err(|error| error.to_string())
}

#[cfg(target_arch = "wasm32")]
mod wasm {
    use wasm_bindgen::prelude::wasm_bindgen;

    /// Runs one case file; an empty string says that all is well.
    #[wasm_bindgen]
    pub fn run(file: &str) -> String {
        crate::run(file.as_bytes()).err().unwrap_or_default()
    }
}
