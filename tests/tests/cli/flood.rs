//! A real ballot box, flooded for a moment in every known way while people vote.

use anyhow::Result;
use veche_xtask::flood;

use crate::support::programs;

/// Where somebody may be told to try again. Whoever asks for codes for one number may delay its owner for minutes. And
/// a development build makes the card so slowly that a few clients who ask for it and read nothing keep its readers
/// busy.
const DELAYED: [&str; 2] = ["one-number", "idle"];

#[test]
fn floods_lose_nothing_and_turn_no_voter_away() -> Result<()> {
    let scratch = tempfile::tempdir()?;
    let options = flood::Options { seconds: 2, only: Vec::new() };
    let rows = flood::run(programs(), &scratch.path().join("town"), &options, |row| println!("{row}"))?;
    assert!(rows.len() > 5);
    for row in &rows {
        assert_eq!((row.lost, row.casting.unserved), (0, 0), "{row}");
        assert!(row.casting.waits.len() >= 16, "hardly anybody voted: {row}");
        assert!(!row.entering.waits.is_empty(), "nobody signed in: {row}");
        if !DELAYED.contains(&row.name) {
            assert_eq!((row.casting.refusals(), row.entering.refusals()), (0, 0), "{row}");
            assert_eq!(row.entering.unserved, 0, "{row}");
        }
    }
    Ok(())
}
