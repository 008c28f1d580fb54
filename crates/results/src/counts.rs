//! How many there are, before anything is decrypted: what people compare with what the town has announced.

use serde::Serialize;
use veche_record::Manifest;
use veche_record::entry::TallyKind;
use veche_verify::{BoardState, RouteTurnout};

/// Voters and ballots by district and route, and by the groups whose totals will be published. A trustee compares them
/// with what the town has announced before they consent: voters whom somebody has invented, and groups in which
/// somebody is alone, are seen here or nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// By district and route, without voters who were struck off.
    pub turnout: Vec<RouteTurnout>,
    /// In the order of the result.
    pub groups: Vec<GroupCount>,
}

/// The ballots of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GroupCount {
    /// The contest's identifier.
    pub contest: String,
    /// The identifiers of its districts; the empty text for voters of others. Several where small ones are joined, none
    /// where the totals are the whole contest's.
    pub styles: Vec<String>,
    /// How many ballots count.
    pub ballots: u32,
    /// Whether they are too few for their totals to be published.
    pub withheld: bool,
}

impl Counts {
    /// Those of a board on which the sums of the votes are fixed; nothing before that.
    pub fn of(board: &BoardState) -> Option<Self> {
        let manifest = board.manifest();
        let groups = board.count(TallyKind::Vote)?.input().groups().iter().filter_map(|input| {
            Some(GroupCount {
                contest: manifest.contests().get(usize::from(input.group.contest))?.id.clone(),
                styles: input.group.styles.iter().map(|&style| style_id(manifest, style)).collect(),
                ballots: input.ballots,
                withheld: input.withheld,
            })
        });
        Some(Counts { turnout: board.turnout(), groups: groups.collect() })
    }
}

/// As in `result.json`.
fn style_id(manifest: &Manifest, style: u16) -> String {
    manifest.styles().get(usize::from(style)).map(|style| style.id.clone()).unwrap_or_default()
}
