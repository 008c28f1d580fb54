//! `veche-server backup`, `restore --from` and `rebuild`.

use std::path::Path;

use veche_server::{BackedUp, Rebuilt};

use crate::spoken::say;

/// What is in a backup.
fn holds(copy: &BackedUp) -> String {
    match copy.entries {
        Some(entries) => {
            format!("{} files, with the {entries} entries of the board at {}", copy.files, copy.made)
        }
        None => format!("{} files of a registrar at {}", copy.files, copy.made),
    }
}

pub(crate) async fn backup(data: &Path, out: &Path) -> Result<(), String> {
    let made = veche_server::back_up(data, out).await.map_err(|error| error.to_string())?;
    say(
        &mut std::io::stdout(),
        &format!(
            "The backup is in {}: {}.\nWhoever has it has the keys: keep it as the folder itself, and never serve both.",
            out.display(),
            holds(&made)
        ),
    );
    Ok(())
}

pub(crate) fn restore(backup: &Path, data: &Path) -> Result<(), String> {
    let made = veche_server::put_back(backup, data).map_err(|error| error.to_string())?;
    say(
        &mut std::io::stdout(),
        &format!(
            "The folder {data} is made of the backup: {held}.\n\
             What was acknowledged since is not in it. Where there is a published copy of the record, it brings that back:\n  \
             veche-server rebuild --data {data} --record PLACE\n\
             Then serve it with --mirror or --publish of that copy, so that nothing that others have seen is missing.",
            data = data.display(),
            held = holds(&made)
        ),
    );
    Ok(())
}

pub(crate) async fn rebuild(data: &Path, record: &str) -> Result<(), String> {
    let Rebuilt { before, now } =
        veche_server::rebuild(data, record).await.map_err(|error| error.to_string())?;
    let said = if now == before {
        format!("Nothing is missing: the database has {before} entries, and {record} has no more.")
    } else {
        format!(
            "{} entries are brought back: the board had {before} and has {now}. Voters get their receipts again when \
             their pages ask.\nWhat the roll, the journal and codes on paper were is as in the backup: look at them.",
            now - before
        )
    };
    say(&mut std::io::stdout(), &said);
    Ok(())
}
