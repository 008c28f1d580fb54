//! The turnout against time: at every size of a board that has an hour, what the board itself counted when it had that
//! size.

use veche_record::entry::{CredentialTerms, Notice, NoticeForm, RevocationReason, Signed};
use veche_results::{By, ByHour, Point, Replay, Sighting, course};
use veche_tests::small::manifest_json;
use veche_verify::RouteTurnout;

use crate::board::{Board, CLOSES, NORTH, PAPER, SOUTH, log_files_as_they_are};
use crate::voters::{vote_with, with_paper};
use crate::witnessed;

const OPENED: u64 = 1_777_622_400;

/// A board on which everything happens that changes a turnout, and what it counted at each size.
struct Told {
    board: Board,
    /// What the board counted, by its size.
    counted: Vec<(u64, Vec<RouteTurnout>)>,
}

impl Told {
    fn note(&mut self) {
        self.counted.push((self.board.next(), self.board.state.turnout()));
    }

    fn at(&self, size: u64) -> &[RouteTurnout] {
        &self.counted.iter().find(|(at, _)| *at == size).unwrap().1
    }
}

fn told(manifest: &serde_json::Value) -> Told {
    let mut told = Told { board: Board::of(manifest), counted: Vec::new() };
    told.board.register(1, NORTH);
    told.board.register(2, SOUTH);
    told.board.rehearse();
    told.note();
    told.board.append(told.board.signed_open());
    told.board.register(3, SOUTH);
    told.board.vote(1, NORTH, 0);
    told.board.vote(2, SOUTH, 0);
    told.note();
    let notice =
        Notice { number: 0, form: NoticeForm::Words, time: OPENED + 3_600, texts: vec!["Hurry.".into()] };
    let notice = Signed::new(notice, told.board.organiser(), &told.board.fingerprint()).unwrap();
    told.board.append(notice);
    // Another device, another ballot of the same voter, and one who is struck off with a ballot.
    told.board.append(told.board.handover(2, 2, 22, SOUTH));
    vote_with(&mut told.board, 2, 22, SOUTH, 1);
    told.board.vote(3, SOUTH, 2);
    told.note();
    told.board.struck(1, 1, RevocationReason::NotEntitled);
    told.note();
    told
}

fn read(board: &Board, kept: &[Sighting]) -> Vec<Point> {
    let files = log_files_as_they_are(&board.small, &board.small.log_key, &board.leaves);
    course(&board.small.manifest, &files, board.next(), kept).unwrap()
}

#[test]
fn at_every_hour_the_turnout_is_what_the_board_counted_then() {
    let mut told = told(&manifest_json());
    let end = told.board.next();
    told.board.close();
    told.board.fix_sums();
    told.board.finish();
    // Somebody has kept the checkpoint before the last voter was struck off, and one that is beyond the board.
    let looks = [(end - 1, OPENED + 7_200), (told.board.next() + 1, OPENED + 9_000)];
    let kept = looks.map(|(size, time)| Sighting { size, time, by: By::Keeper });
    let points = read(&told.board, &kept);
    let sizes: Vec<u64> = told.counted.iter().map(|(size, _)| *size).collect();
    assert_eq!(points.iter().map(|point| point.size).collect::<Vec<_>>(), sizes);
    for point in &points {
        assert_eq!(point.turnout, told.at(point.size), "at {}", point.size);
    }
    let hours: Vec<_> = points.iter().map(|point| (point.time, point.by().unwrap())).collect();
    assert_eq!(
        hours,
        [
            (OPENED, By::Organiser),
            (OPENED + 3_600, By::Organiser),
            (OPENED + 7_200, By::Keeper),
            (CLOSES, By::Organiser)
        ]
    );
    // Nobody has voted at the opening; at the end the one who was struck off is gone.
    let ballots = |point: &Point| point.turnout.iter().map(|row| row.ballots).sum::<u32>();
    assert_eq!(points.iter().map(ballots).collect::<Vec<_>>(), [0, 2, 3, 2]);
}

#[test]
fn routes_are_counted_apart_and_typed_ballots_until_the_end() {
    let mut board = Board::open_of(&with_paper());
    board.vote(1, NORTH, 0);
    board.end_voting();
    let ended = board.next();
    let terms = CredentialTerms { route: PAPER, ..board.terms(4, 4, SOUTH) };
    board.append(board.issue(terms, 4, None));
    board.vote(4, SOUTH, 1);
    board.count_papers(SOUTH, 1);
    board.append(board.signed_close());
    let points = read(&board, &[]);
    let last = points.last().unwrap();
    assert_eq!(last.turnout, board.state.turnout());
    assert_eq!(last.turnout.iter().filter(|row| row.route == "paper").map(|row| row.ballots).sum::<u32>(), 1);
    let before = points.iter().find(|point| point.size < ended && point.time == CLOSES).unwrap();
    assert!(before.turnout.iter().all(|row| row.route != "paper"), "{before:?}");
}

#[test]
fn witnesses_give_hours_of_what_they_have_seen_and_a_clock_behind_moves_no_point_back() {
    let mut board = Board::open_of(&witnessed::manifest());
    board.vote(1, NORTH, 0);
    let size = board.next();
    let note =
        board.small.sealer().note_at(&board.leaves, &[OPENED + 500, OPENED + 700, OPENED + 600]).unwrap();
    let mut seen = veche_results::course::witnessed(board.state.manifest(), &note);
    assert_eq!(seen.len(), 3);
    board.vote(2, SOUTH, 0);
    seen.push(Sighting { size: board.next(), time: OPENED + 10, by: By::Keeper });
    let points = read(&board, &seen);
    let hours: Vec<_> = points.iter().map(|point| (point.size, point.time, point.by().unwrap())).collect();
    let [opening, ..] = hours[..] else { panic!("no points") };
    assert_eq!(
        hours,
        [opening, (size, OPENED + 600, By::Witness), (size + 1, OPENED + 600, By::Keeper)],
        "the middle one of the witnesses, and no point before it"
    );
}

#[test]
fn a_bundle_that_was_altered_gives_another_root() {
    let board = told(&manifest_json()).board;
    let files = log_files_as_they_are(&board.small, &board.small.log_key, &board.leaves);
    let whole = |files: &crate::board::Files| {
        let mut replay = Replay::new(&board.small.manifest, &[]).unwrap();
        for file in veche_board::layout(board.next()) {
            if let veche_board::LogFile::Bundle(bundle) = file {
                replay.add(bundle, &files[&bundle.to_string()]).unwrap();
            }
        }
        replay
    };
    let honest = whole(&files);
    let tree: veche_board::MerkleTree =
        board.leaves.iter().map(|leaf| veche_board::leaf_hash(leaf)).collect();
    assert_eq!((honest.size(), honest.root()), (board.next(), tree.root()));
    let by_hour = ByHour::of(board.state.manifest(), honest);
    assert!(by_hour.open);
    assert_eq!(by_hour.turnout, board.state.turnout());
    let sums: Vec<_> = by_hour.districts.iter().map(|one| (one.voters, one.ballots)).collect();
    assert_eq!(sums, [(0, 0), (2, 2)]);

    // The last byte of the last ballot's signature: nothing notices it but the tree.
    let mut altered = files.clone();
    let (_, bytes) = altered.iter_mut().find(|(path, _)| path.starts_with("tile/entries/")).unwrap();
    let ballot = board.leaves.iter().rev().find(|leaf| leaf.len() > 400).unwrap();
    let at = bytes.windows(ballot.len()).position(|window| window == ballot).unwrap() + ballot.len() - 1;
    bytes[at] ^= 1;
    assert_ne!(whole(&altered).root(), tree.root());
}

#[test]
fn a_table_for_software_has_a_line_for_each_hour_district_and_route() {
    let board = told(&manifest_json()).board;
    let files = log_files_as_they_are(&board.small, &board.small.log_key, &board.leaves);
    let mut replay = Replay::new(&board.small.manifest, &[]).unwrap();
    for file in veche_board::layout(board.next()) {
        if let veche_board::LogFile::Bundle(bundle) = file {
            replay.add(bundle, &files[&bundle.to_string()]).unwrap();
        }
    }
    let csv = ByHour::of(board.state.manifest(), replay).csv().unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "hour,said_by,entries,district,electorate,route,voters,ballots");
    assert_eq!(lines.len(), 1 + 2 + 2, "{csv}");
    assert!(lines[1].starts_with("2026-05-01T08:00:00Z,organiser,"), "{csv}");
    assert!(lines[3].contains(",north,") && lines[3].ends_with(",1,1"), "{csv}");
}
