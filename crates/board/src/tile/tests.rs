use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

#[test]
fn paths_are_those_of_the_specification() {
    // "For example, index 1234067 will be encoded as x001/x234/067."
    assert_eq!(tile_path(0, 1_234_067, 256).unwrap(), "tile/0/x001/x234/067");
    assert_eq!(tile_path(0, 0, 1).unwrap(), "tile/0/000.p/1");
    assert_eq!(tile_path(2, 999, 256).unwrap(), "tile/2/999");
    assert_eq!(tile_path(1, 1000, 255).unwrap(), "tile/1/x001/000.p/255");
    assert_eq!(entries_path(273, 112).unwrap(), "tile/entries/273.p/112");
    assert_eq!(LogFile::Checkpoint.to_string(), "checkpoint");
}

#[test]
fn a_log_of_70_000_has_the_files_that_the_specification_counts() {
    let mut expected = BTreeSet::from(["checkpoint".to_owned()]);
    // "273 full level 0 tiles, one partial level 0 tile of width 112, one full level 1 tile, one partial level 1 tile
    // of width 17, and one partial level 2 tile of width 1"
    for kind in ["0", "entries"] {
        expected.extend((0..273).map(|i| format!("tile/{kind}/{i:03}")));
        expected.insert(format!("tile/{kind}/273.p/112"));
    }
    expected.extend(["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"].map(str::to_owned));
    let files: Vec<String> = layout(70_000).map(|file| file.to_string()).collect();
    assert_eq!(files.len(), expected.len());
    assert_eq!(BTreeSet::from_iter(files), expected);
}

#[test]
fn the_edges_of_layout() {
    let files = |size| layout(size).map(|file| file.to_string()).collect::<Vec<_>>();
    assert_eq!(files(0), ["checkpoint"]);
    assert_eq!(files(1), ["checkpoint", "tile/0/000.p/1", "tile/entries/000.p/1"]);
    assert_eq!(files(255), ["checkpoint", "tile/0/000.p/255", "tile/entries/000.p/255"]);
    // "a tree of size 256 will be represented by a full level 0 tile and a partial level 1 tile of width 1"
    assert_eq!(files(256), ["checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
    assert_eq!(
        files(257),
        [
            "checkpoint",
            "tile/0/000",
            "tile/0/001.p/1",
            "tile/1/000.p/1",
            "tile/entries/000",
            "tile/entries/001.p/1"
        ]
    );
}

#[test]
fn the_largest_log_is_no_special_case() {
    assert_eq!(layout(u64::MAX).take(3).count(), 3);
    let last = Tile::new(7, 0, 255).unwrap();
    assert_eq!(last.end(), 255 << 56);
    assert_eq!(Tile::new(7, 0, 256), Err(PathError::OutOfRange));
    assert_eq!(Tile::new(0, u64::MAX / 256, 255).unwrap().end(), u64::MAX);
    assert_eq!(Tile::new(0, u64::MAX / 256, 256), Err(PathError::OutOfRange));
}

#[test]
fn attack_33_a_file_has_one_name() {
    for (path, error) in [
        ("", PathError::Form),
        ("tile", PathError::Form),
        ("tile/", PathError::Form),
        ("tile/0", PathError::Form),
        ("tile/0/", PathError::Form),
        ("tile//000", PathError::Form),
        ("/tile/0/000", PathError::Form),
        ("./tile/0/000", PathError::Form),
        ("tile/0/../../checkpoint", PathError::Form),
        ("Tile/0/000", PathError::Form),
        ("tile/00/000", PathError::Form),
        ("tile/+1/000", PathError::Form),
        ("tile/x/000", PathError::Form),
        ("tile/256/000", PathError::Form),
        ("tile/0/0", PathError::Form),
        ("tile/0/00", PathError::Form),
        ("tile/0/0000", PathError::Form),
        ("tile/0/x000", PathError::Form),
        ("tile/0/x000/000", PathError::Form),
        ("tile/0/x000/001", PathError::Form),
        ("tile/0/001/000", PathError::Form),
        ("tile/0/x001/x000", PathError::Form),
        ("tile/0/xx01/000", PathError::Form),
        ("tile/0/X001/000", PathError::Form),
        ("tile/0/000/", PathError::Form),
        ("tile/0/000.p", PathError::Form),
        ("tile/0/000.p/", PathError::Form),
        ("tile/0/000.p/01", PathError::Form),
        ("tile/0/000.p/+1", PathError::Form),
        ("tile/0/000.p/1/", PathError::Form),
        ("tile/0/000.p/1.p/1", PathError::Form),
        ("tile/0/000.P/1", PathError::Form),
        ("tile/0/000.p/70000", PathError::Form),
        ("tile/0/000.p/0", PathError::Width),
        ("tile/0/000.p/256", PathError::Width),
        ("tile/0/٠٠٠", PathError::Form),
        ("tile/entries", PathError::Form),
        ("tile/entries/x000/000", PathError::Form),
        ("tile/Entries/000", PathError::Form),
        ("tile/data/000", PathError::Form),
        ("checkpoint/", PathError::Form),
        ("checkpoint\n", PathError::Form),
        ("tile/8/000", PathError::OutOfRange),
        ("tile/63/000", PathError::OutOfRange),
        // 2^64 tiles, whose index would wrap to 0.
        ("tile/0/x018/x446/x744/x073/x709/x551/616", PathError::OutOfRange),
        ("tile/0/x999/x999/x999/x999/x999/x999/999", PathError::OutOfRange),
        (
            concat!("tile/0/x001/x001/x001/x001/x001/x001/x001/x001/x001/x001/", "x001/x001/001"),
            PathError::Form,
        ),
    ] {
        assert_eq!(path.parse::<LogFile>(), Err(error), "{path:?}");
    }
}

#[test]
fn names_have_room_under_the_limit() {
    let longest = tile_path(0, u64::MAX / 256, 255).unwrap();
    assert!(longest.len() <= MAX_PATH_LEN, "{longest}");
    assert_eq!(longest.parse(), Ok(LogFile::Tile(Tile::new(0, u64::MAX / 256, 255).unwrap())));
    let longest = entries_path(u64::MAX / 256, 255).unwrap();
    assert!(longest.len() <= MAX_PATH_LEN, "{longest}");
    assert!(longest.parse::<LogFile>().is_ok());
}

fn file() -> impl Strategy<Value = LogFile> {
    (0u8..9, 0u32..64, any::<u64>(), 1u16..=256).prop_filter_map(
        "no such tile",
        |(level, shift, index, width)| {
            let index = index >> shift;
            if level == 8 {
                Bundle::new(index, width).ok().map(LogFile::Bundle)
            } else {
                Tile::new(level, index, width).ok().map(LogFile::Tile)
            }
        },
    )
}

proptest! {
    #[test]
    fn paths_read_back(file in file()) {
        prop_assert_eq!(file.to_string().parse(), Ok(file));
    }

    #[test]
    fn every_file_of_a_layout_reads_back_and_no_two_share_a_name(size in 0u64..300_000) {
        let mut names = BTreeSet::new();
        for file in layout(size) {
            let name = file.to_string();
            prop_assert_eq!(name.parse(), Ok(file));
            prop_assert!(names.insert(name));
            if let LogFile::Tile(tile) = file {
                prop_assert!(tile.end() <= size);
            }
        }
    }

    #[test]
    fn whatever_is_read_was_the_only_spelling(path in "(tile/)?(entries|[0-9+x]{1,2})(/[x0-9]{3,4}){1,7}(\\.p/[0-9]{1,3})?") {
        if let Ok(file) = path.parse::<LogFile>() {
            prop_assert_eq!(file.to_string(), path);
        }
    }

    #[test]
    fn arbitrary_text_is_judged_without_panic(path in any::<String>()) {
        prop_assert!(path == "checkpoint" || path.parse::<LogFile>().is_err());
    }
}
