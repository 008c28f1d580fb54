//! Saves a published record as a folder: what an observer does before checking it offline.

use crate::ballot_box::Http;
use anyhow::{Context, Result};
use std::path::Path;
use veche_board::layout;

/// Saves every file of the record behind a ballot box, the result too where there is one.
///
/// # Errors
/// When a file is missing or cannot be written.
pub fn save(http: &Http, folder: &Path) -> Result<()> {
    let checkpoint = http.get("/record/checkpoint")?;
    let size = std::str::from_utf8(&checkpoint)?.lines().nth(1).unwrap_or_default();
    let size: u64 = size.parse().context("the checkpoint states no size")?;
    let write = |path: &str, bytes: &[u8]| -> Result<()> {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap_or(folder))?;
        std::fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))
    };
    for file in layout(size).map(|file| file.to_string()) {
        // The board may have grown since: the checkpoint that was read is the one to keep.
        if file == "checkpoint" {
            write(&file, &checkpoint)?;
        } else {
            write(&file, &http.get(&format!("/record/{file}"))?)?;
        }
    }
    write("manifest.json", &http.get("/record/manifest.json")?)?;
    let published = http.election()?.get("phase").is_some_and(|phase| phase == "published");
    if published {
        write("result.json", &http.get("/record/result.json")?)?;
    }
    Ok(())
}
