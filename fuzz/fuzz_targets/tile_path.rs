//! The path of a log's file: read, it is the only spelling of that file's name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use veche_board::LogFile;

fuzz_target!(|path: &str| {
    if let Ok(file) = path.parse::<LogFile>() {
        assert_eq!(file.to_string(), path);
        if let LogFile::Tile(tile) = file {
            assert!(tile.end() > 0 && tile.width() <= 256);
        }
    }
});
