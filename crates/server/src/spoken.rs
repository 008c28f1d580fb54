//! What the program says at a terminal, and the words of keys that it shows there and asks for.

use std::io::IsTerminal;
use std::path::Path;

use veche_server::{FolderError, KeyName, KeysError, Restoring};
use veche_words::terminal;
use zeroize::Zeroizing;

/// Prints a line. That nobody reads it is no reason to stop.
pub(crate) fn say(to: &mut impl std::io::Write, line: &str) {
    let _ = writeln!(to, "{line}");
}

/// Shows the words of a key, or says that they are elsewhere.
pub(crate) fn show_words(data: &Path, name: KeyName) -> Result<(), String> {
    let mut out = std::io::stdout();
    match veche_server::seed(data, name).map_err(|error| error.to_string())? {
        None => say(&mut out, &format!("\nThe {name} is held elsewhere, and so are its words.")),
        Some(seed) => {
            say(
                &mut out,
                &format!(
                    "\nThe words of the {name}. Write them on paper, with the numbers. Whoever reads them holds the key:"
                ),
            );
            terminal::show(&seed).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

pub(crate) fn check_words(data: &Path, name: KeyName) -> Result<(), String> {
    let sentence = |error: FolderError| error.to_string();
    // Before anybody types: whether there is anything to compare with.
    veche_server::seed(data, name)
        .map_err(sentence)?
        .ok_or_else(|| KeysError::Elsewhere(name).to_string())?;
    let typed = ask(name)?;
    veche_server::check_words(data, name, &typed).map_err(sentence)?;
    let opens = if name == KeyName::Organiser { " As far as this goes, the vote can be opened." } else { "" };
    say(
        &mut std::io::stdout(),
        &format!("These are the words of the {name}. Keep the paper where nobody else reads it.{opens}"),
    );
    Ok(())
}

pub(crate) fn ask(name: KeyName) -> Result<Zeroizing<[u8; 32]>, String> {
    say(&mut std::io::stderr(), &format!("Type the words of the {name} from your paper."));
    terminal::ask().map_err(|error| error.to_string())
}

/// Words that are those of the board's key. Somebody at a terminal may look for another paper.
pub(crate) fn ask_until_right(name: KeyName, restoring: &Restoring) -> Result<Zeroizing<[u8; 32]>, String> {
    loop {
        let seed = ask(name)?;
        match restoring.check(name, &seed) {
            Ok(()) => return Ok(seed),
            Err(error) if std::io::stdin().is_terminal() => say(&mut std::io::stderr(), &format!("{error}.")),
            Err(error) => return Err(error.to_string()),
        }
    }
}
