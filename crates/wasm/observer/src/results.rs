//! A published result, as far as a page can check it from a few static files.

use std::rc::Rc;

use js_sys::{Array, Map, Uint8Array};
use veche_results::statement::{self, Files};
use veche_results::{
    BoardEnd, Drawn, Misfit, ResultsError, Standing, Statement, StatementError, View, Words, language,
    language_of_names,
};
use veche_verify::{Phase, ResultFile, RouteTurnout};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use veche_wasm_common::convert::{self, to_js};
use veche_wasm_common::{Fault, VecheError};

use crate::election::Election;

#[wasm_bindgen]
impl Election {
    /// The files of a record of `size` entries that its last `bundles` bundles of entries are checked with.
    ///
    /// # Errors
    /// Numbers that are none.
    #[wasm_bindgen(js_name = endFiles)]
    pub fn end_files(&self, size: f64, bundles: f64) -> Result<Vec<String>, JsValue> {
        Ok(statement::files(convert::count(size)?, convert::count(bundles)?))
    }

    /// How far the vote has come, as far as the last entries of the board say, which are checked against the signed
    /// checkpoint. `files` holds the [`Self::end_files`].
    ///
    /// # Errors
    /// `record-unreadable` when a file is missing, `result-wrong` when these are not the entries that were signed.
    #[wasm_bindgen(unchecked_return_type = "Stage | undefined")]
    pub fn stage(
        &self,
        checkpoint: &str,
        bundles: f64,
        #[wasm_bindgen(unchecked_param_type = "Map<string, Uint8Array>")] files: &Map,
    ) -> Result<JsValue, JsValue> {
        Ok(self.end(checkpoint, bundles, files)?.phase().map_or(JsValue::UNDEFINED, |phase| {
            JsValue::from_str(match phase {
                Phase::Setup => "before",
                Phase::Open => "open",
                Phase::Closed => "counting",
                Phase::Published => "published",
                Phase::Cancelled => "cancelled",
            })
        }))
    }

    /// When voting ended, in seconds since 1970, where the organiser says it in the last entries of the board; the
    /// organiser's signature is verified. `files` holds the [`Self::end_files`].
    ///
    /// # Errors
    /// `record-unreadable` when a file is missing, `result-wrong` when these are not the entries that were signed.
    pub fn ended(
        &self,
        checkpoint: &str,
        bundles: f64,
        #[wasm_bindgen(unchecked_param_type = "Map<string, Uint8Array>")] files: &Map,
    ) -> Result<Option<f64>, JsValue> {
        // Seconds are exact in a number of JavaScript for longer than there will be hours to say.
        Ok(self.end(checkpoint, bundles, files)?.ended(self.inner()).map(|time| time as f64))
    }

    /// What the organiser says to everybody in the last entries of the board, in their order; each is verified by the
    /// organiser's signature. `files` holds the [`Self::end_files`].
    ///
    /// # Errors
    /// `record-unreadable` when a file is missing, `result-wrong` when these are not the entries that were signed.
    #[wasm_bindgen(unchecked_return_type = "OrganiserStatement[]")]
    pub fn statements(
        &self,
        checkpoint: &str,
        bundles: f64,
        #[wasm_bindgen(unchecked_param_type = "Map<string, Uint8Array>")] files: &Map,
    ) -> Result<Array, JsValue> {
        let end = self.end(checkpoint, bundles, files)?;
        Ok(end
            .leaves()
            .iter()
            .filter_map(|leaf| veche_wasm_common::statement(self.inner(), leaf).ok())
            .collect())
    }

    /// Reads a published `result.json`, and takes it only when it fits the manifest and states what stands at the end
    /// of the signed board. Whether that is right is not checked here: it needs every ballot.
    ///
    /// # Errors
    /// `result-wrong`; `record-unreadable` when a file is missing; `more-bundles` when the statement begins before the
    /// last `bundles` bundles: call again with one more.
    pub fn results(
        &self,
        result: &[u8],
        checkpoint: &str,
        bundles: f64,
        #[wasm_bindgen(unchecked_param_type = "Map<string, Uint8Array>")] files: &Map,
    ) -> Result<Results, JsValue> {
        let election = self.shared();
        let file = veche_results::published::read(election.manifest(), result).map_err(misfit)?;
        let end = self.end(checkpoint, bundles, files)?;
        let statement = Statement::find(&end).map_err(misstated)?;
        statement.compare(&file).map_err(misstated)?;
        let draws = statement.draws(&election, &file).map_err(misstated)?;
        Ok(Results { election, file, draws })
    }
}

impl Election {
    fn end(&self, checkpoint: &str, bundles: f64, files: &Map) -> Result<BoardEnd, VecheError> {
        let opened = self.inner().open_checkpoint(checkpoint);
        let checkpoint = opened.map_err(|error| VecheError::new("result-wrong", Fault::Server, error))?;
        let mut given = Files::new();
        files.for_each(&mut |bytes, path| {
            if let Some(path) = path.as_string() {
                given.insert(path, Uint8Array::new(&bytes).to_vec());
            }
        });
        BoardEnd::open(&checkpoint, convert::count(bundles)?, &given).map_err(misstated)
    }
}

/// A published result that fits its manifest and stands on the board.
#[wasm_bindgen]
pub struct Results {
    election: Rc<veche_record::Election>,
    file: ResultFile,
    draws: Vec<Drawn>,
}

#[wasm_bindgen]
impl Results {
    /// Everything that a page draws.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(unchecked_return_type = "ResultsView")]
    pub fn view(&self) -> Result<JsValue, JsValue> {
        Ok(to_js(&View::new(self.election.manifest(), &self.file, &self.draws))?)
    }

    /// The table for spreadsheets, as `veche results --format csv` prints it. The names of options are in the given
    /// language where the manifest has it, otherwise in the manifest's first.
    ///
    /// # Errors
    /// None in practice.
    pub fn csv(&self, wanted: &str) -> Result<String, JsValue> {
        let manifest = self.election.manifest();
        let known = manifest.document().languages.iter().find(|&one| one == wanted);
        let language = known.map_or_else(|| language(manifest), String::as_str);
        Ok(veche_results::csv(&self.standings(), language).map_err(unprinted)?)
    }

    /// The table for a spreadsheet program of the reader's language, byte for byte as `veche results --format csv
    /// --for-excel --language …` writes it. `turnout` is, as JSON, what an audit or a [`crate::TurnoutReader`] has
    /// counted by district and route; where nobody has, the table of the turnout is left out.
    ///
    /// # Errors
    /// `bad-argument` for a language without words.
    #[wasm_bindgen(js_name = excelCsv)]
    pub fn excel_csv(&self, wanted: &str, turnout: &str) -> Result<Vec<u8>, JsValue> {
        let manifest = self.election.manifest();
        let words = Words::of(wanted).map_err(unprinted)?;
        let turnout: Vec<RouteTurnout> = serde_json::from_str(turnout).map_err(VecheError::argument)?;
        let names = language_of_names(manifest, wanted);
        let sheets = veche_results::sheets(manifest, &self.standings(), &turnout, &words, names);
        Ok(veche_results::excel_csv(&sheets, &words).map_err(unprinted)?)
    }

    /// Everything for other software, as `veche results --format json` prints it.
    ///
    /// # Errors
    /// None in practice.
    pub fn json(&self) -> Result<String, JsValue> {
        let manifest = self.election.manifest();
        let standings = self.standings();
        let results = veche_results::Results::new(&standings, language(manifest));
        Ok(results.of_kind(manifest.document().ballot_kind).to_json().map_err(unprinted)?)
    }

    /// One contest's result as a file of Pabulib, without votes.
    ///
    /// # Errors
    /// `no-pabulib` for a contest that Pabulib has no place for.
    pub fn pabulib(&self, contest: &str) -> Result<String, JsValue> {
        let manifest = self.election.manifest();
        let standings = self.standings();
        let standing = standings.iter().find(|standing| standing.contest.id == contest);
        let standing = standing
            .ok_or_else(|| VecheError::argument(format!("this election has no contest \"{contest}\"")))?;
        let file = veche_results::pb(standing, manifest.document(), language(manifest));
        Ok(file.map_err(unprinted)?)
    }
}

impl Results {
    fn standings(&self) -> Vec<Standing<'_>> {
        Standing::all(self.election.manifest(), &self.file, &self.draws)
    }
}

fn misfit(error: Misfit) -> VecheError {
    VecheError::new("result-wrong", Fault::Server, error)
}

fn misstated(error: StatementError) -> VecheError {
    let (code, fault) = match error {
        StatementError::MoreBundles => ("more-bundles", Fault::Caller),
        StatementError::File(_) => ("record-unreadable", Fault::Server),
        _ => ("result-wrong", Fault::Server),
    };
    VecheError::new(code, fault, error)
}

fn unprinted(error: ResultsError) -> VecheError {
    let code = if let ResultsError::NotPabulib { .. } = error { "no-pabulib" } else { "bad-argument" };
    VecheError::new(code, Fault::Caller, error)
}
