//! The running sums of the counted ballots, one for each group.

use std::collections::HashMap;

use veche_crypto::elgamal::Aggregate;
use veche_record::entry::GroupInput;
use veche_record::manifest::ReportBy;
use veche_record::{Ballot, Group, Manifest};

#[derive(Debug)]
struct Sum {
    group: Group,
    ballots: u32,
    aggregate: Aggregate,
}

/// All sums, in the manifest's order of groups.
#[derive(Debug)]
pub(super) struct Sums {
    sums: Vec<Sum>,
    positions: HashMap<Group, usize>,
}

impl Sums {
    pub fn new(manifest: &Manifest) -> Self {
        let slots =
            |group: &Group| manifest.compiled().get(usize::from(group.contest)).map_or(0, |c| c.slots());
        let sum = |group: &Group| Sum { group: *group, ballots: 0, aggregate: Aggregate::new(slots(group)) };
        let groups = manifest.groups();
        Sums {
            sums: groups.iter().map(sum).collect(),
            positions: groups.iter().enumerate().map(|(position, group)| (*group, position)).collect(),
        }
    }

    fn each(&mut self, manifest: &Manifest, ballot: &Ballot, mut change: impl FnMut(&mut Sum, usize)) {
        let Some(style) = manifest.ballot_style(ballot.header().style) else { return };
        let by_style = manifest.document().report_by == ReportBy::ContestAndStyle;
        for (position, &contest) in style.contests.iter().enumerate() {
            let group = Group { contest: contest as u16, style: by_style.then_some(style.declared) };
            let sum = self.positions.get(&group).and_then(|&at| self.sums.get_mut(at));
            if let Some(sum) = sum {
                change(sum, position);
            }
        }
    }

    /// Adds a ballot.
    pub fn add(&mut self, manifest: &Manifest, ballot: &Ballot) {
        self.each(manifest, ballot, |sum, position| {
            // The number of slots is the contest's: the ballot was decoded for it.
            let added = ballot.sections().get(position).is_some_and(|section| sum.aggregate.add(section));
            sum.ballots += u32::from(added);
        });
    }

    /// Takes a replaced ballot, which was added before, out again.
    pub fn subtract(&mut self, manifest: &Manifest, ballot: &Ballot) {
        self.each(manifest, ballot, |sum, position| {
            let taken =
                ballot.sections().get(position).is_some_and(|section| sum.aggregate.subtract(section));
            sum.ballots -= u32::from(taken);
        });
    }

    /// What the tally input must say.
    pub fn inputs(&self, manifest: &Manifest) -> Vec<GroupInput> {
        let minimum = manifest.document().minimum_group;
        let input = |sum: &Sum| GroupInput {
            group: sum.group,
            ballots: sum.ballots,
            // A group without ballots has nothing to hide: its totals are zeros.
            withheld: (1..minimum).contains(&sum.ballots),
            alpha: sum.aggregate.alpha(),
            betas: sum.aggregate.betas(),
        };
        self.sums.iter().map(input).collect()
    }
}
