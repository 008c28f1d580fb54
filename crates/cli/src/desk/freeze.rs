//! The vote is frozen: the name of the town is typed, or the vote's title, and whoever runs the ballot box gets a
//! folder with what it is made of.

use std::path::Path;
use std::sync::Arc;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use veche_desk::{Language, phrases};
use veche_record::Manifest;
use veche_record::manifest::{ManifestDocument, Text};

use super::Desk;
use super::describe::draft::{Draft, sha256, sources};
use super::describe::{Spoken, now};
use super::folder::Folder;
use super::problem::{Kind, Problem};
use super::request::{Answer, Form, work};
use crate::dated::texts_with_years;
use crate::error::Error;
use crate::files;

/// The routes of this page.
pub(crate) fn routes() -> Router<Arc<Desk>> {
    Router::new().route("/freeze", post(freeze)).route("/freeze/anew", post(anew))
}

/// A name as it is compared: whatever the case, and the spaces around and between its words.
fn compared(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Freezes the vote of a folder, and writes what the ballot box is made of into its folder `founding`.
pub(crate) fn freeze_folder(folder: &Folder, name: &str, language: Language) -> Result<(), Problem> {
    let notes = folder.notes();
    if notes.frozen {
        return Err(Problem::new(Kind::DeskFrozen, "the vote is frozen already"));
    }
    let no_key = "there is no organiser's key yet: open the desk, and make it";
    let key = notes.public_key.ok_or_else(|| Problem::new(Kind::DeskNoKey, no_key))?;
    let (mut draft, mut town) = (Draft::of(folder)?, None);
    if !draft.files.is_empty() {
        if !draft.confirmed {
            return Err(Problem::new(
                Kind::DeskUnconfirmed,
                "nobody has confirmed how the columns were understood",
            ));
        }
        // What is wrong by now is wrong before it is frozen.
        town = draft.view(folder, language, now())?.town;
    }
    if !folder.manifest().is_file() {
        return Err(Problem::new(Kind::DeskUndescribed, "there is no manifest yet: describe the vote first"));
    }
    let bytes = files::read(&folder.manifest())?;
    let manifest =
        Manifest::parse(&bytes).map_err(|error| Problem::new(Kind::DeskManifest, error.to_string()))?;
    let typed = |text: &Text| text.iter().any(|(_, own)| compared(own) == compared(name));
    match &town {
        Some(town) if !typed(town) => {
            return Err(Problem::new(Kind::DeskTown, "this is not the name of the town in the description"));
        }
        None if !typed(&manifest.document().title) => {
            return Err(Problem::new(
                Kind::DeskTitle,
                "this is not the title of the vote; its description names no town",
            ));
        }
        _ => {}
    }
    let founding = folder.path().join("founding");
    let failed = |source| Error::Write { path: founding.clone(), source };
    std::fs::create_dir_all(&founding).map_err(failed)?;
    files::replace(&founding.join("manifest.json"), &bytes)?;
    files::replace(&founding.join("organiser-key.txt"), format!("{key}\n").as_bytes())?;
    let readme = readme(&manifest, &bytes, &key, language);
    files::replace(&founding.join("README.txt"), readme.as_bytes())?;
    folder.note(|notes| notes.frozen = true)?;
    // The note counts; this keeps an editor from what is published.
    let _ = read_only(&folder.manifest());
    Ok(())
}

fn read_only(path: &Path) -> std::io::Result<()> {
    let mut rights = std::fs::metadata(path)?.permissions();
    rights.set_readonly(true);
    std::fs::set_permissions(path, rights)
}

fn readme(manifest: &Manifest, bytes: &[u8], key: &str, language: Language) -> String {
    let title = &manifest.document().title;
    let title = title.get(language.code()).or_else(|| title.iter().next().map(|(_, own)| own));
    let init = format!(
        "veche-server init --data box --manifest manifest.json --origin vote.example/2027 --organiser-key {key}"
    );
    // The site is of this vote once its keys are made: then it is served by the same program, or by a host for files.
    let serve =
        "veche-server serve --data box --sms command:/usr/local/bin/send-sms --behind-proxy".to_owned();
    let with_site = format!("{serve} --site site");
    let pass = "veche-server desk-pass give --data box --operator NAME --for roll".to_owned();
    let values = [
        ("title", title.unwrap_or_default().to_owned()),
        ("init", init),
        ("serve", serve),
        ("site", with_site),
        ("pass", pass),
        ("sha256", sha256(bytes)),
    ];
    // A plain file has no need of the marks that a page has.
    phrases().say(language, "founding.readme", &values).replace(['\u{2068}', '\u{2069}'], "")
}

#[derive(Debug, Deserialize)]
struct Typed {
    /// The name of the town, or where the description gives none, the title of the vote.
    name: String,
    #[serde(flatten)]
    spoken: Spoken,
}

async fn freeze(State(desk): State<Arc<Desk>>, Form(typed): Form<Typed>) -> Answer<Value> {
    let command = work(desk, move |desk| {
        freeze_folder(&desk.folder, &typed.name, typed.spoken.language())?;
        Ok(format!("veche manifest freeze {} --name NAME", desk.folder.path().display()))
    });
    Ok(Json(json!({ "command": command.await? })))
}

#[derive(Debug, Deserialize)]
struct Anew {
    /// The name of the new folder, beside this one.
    folder: String,
}

/// What was copied, and what of it names a year.
#[derive(Debug, Default, Serialize)]
struct Copied {
    command: String,
    /// The folder with the spreadsheet, where the vote was described by one.
    files: Option<String>,
    /// The town's own texts that name a year.
    dated: Vec<String>,
}

async fn anew(State(desk): State<Arc<Desk>>, Form(form): Form<Anew>) -> Answer<Copied> {
    let copied = work(desk, move |desk| {
        let name = form.folder.trim();
        let plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', ':']);
        let here = std::path::absolute(desk.folder.path())
            .map_err(|source| Error::Read { path: desk.folder.path().to_owned(), source })?;
        let place = here.parent().filter(|_| plain).map(|parent| parent.join(name));
        let place = place.ok_or_else(|| Problem::new(Kind::DeskFolderName, "this is no name of a folder"))?;
        if place.exists() {
            return Err(Problem::new(Kind::DeskFolderThere, format!("{} is there already", place.display())));
        }
        copy(&desk.folder, &place)
    });
    Ok(Json(copied.await?))
}

/// The draft of a folder in a new one. Its key and its passes stay where they are.
fn copy(folder: &Folder, place: &Path) -> Result<Copied, Problem> {
    let new = Folder::open(place)?;
    let draft = Draft::of(folder)?;
    let to = sources(&new);
    let failed = |source| Error::Write { path: to.clone(), source };
    std::fs::create_dir_all(&to).map_err(failed)?;
    for file in &draft.files {
        files::replace(&to.join(&file.name), &files::read(&sources(folder).join(&file.name))?)?;
    }
    for name in ["describe.json", "manifest.json"] {
        let from = folder.path().join(name);
        if from.is_file() {
            files::replace(&new.path().join(name), &files::read(&from)?)?;
        }
    }
    let dated = match std::fs::read(new.manifest()).ok().and_then(|bytes| Manifest::parse(&bytes).ok()) {
        Some(manifest) => dated(manifest.document())?,
        None => Default::default(),
    };
    Ok(Copied {
        command: format!("veche desk {}", place.display()),
        files: (!draft.files.is_empty()).then(|| to.display().to_string()),
        dated,
    })
}

/// The texts of a vote that name a year, each once.
fn dated(document: &ManifestDocument) -> Result<Vec<String>, Error> {
    let mut texts = Vec::new();
    for (_, text) in texts_with_years(document)? {
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Ok(texts)
}
