//! The running sums of the counted ballots, one for each group.

use std::collections::HashMap;

use veche_crypto::elgamal::Aggregate;
use veche_crypto::group::AnyPoint;
use veche_record::entry::GroupInput;
use veche_record::{Ballot, Group, JoinedGroup, Manifest};

use crate::join::{Counted, Joined, join};

#[derive(Debug)]
struct Sum {
    group: Group,
    ballots: u32,
    aggregate: Aggregate,
}

impl Sum {
    fn input(&self) -> GroupInput {
        GroupInput {
            group: self.group.into(),
            ballots: self.ballots,
            withheld: false,
            alpha: self.aggregate.alpha(),
            betas: self.aggregate.betas(),
        }
    }
}

/// One sum, to be kept between two runs: how many ballots, then the encodings of α and of every β.
pub(crate) type SavedSum = (u32, Vec<[u8; 32]>);

/// All sums, in the manifest's order of groups.
#[derive(Debug)]
pub(crate) struct Sums {
    sums: Vec<Sum>,
    positions: HashMap<Group, usize>,
}

impl Sums {
    /// Sums of nothing.
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
        for position in 0..style.contests.len() {
            let group = manifest.group_of(style, position);
            let sum =
                group.and_then(|group| self.positions.get(&group)).and_then(|&at| self.sums.get_mut(at));
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
            sum.ballots = sum.ballots.saturating_sub(taken.into());
        });
    }

    /// The groups of the tally input, small ones joined. `typed` says how many of a group's ballots were typed from
    /// paper.
    pub fn joined(&self, minimum: u32, typed: &HashMap<Group, u32>) -> Vec<GroupInput> {
        let counted = |sum: &Sum| {
            let typed = typed.get(&sum.group).copied().unwrap_or(0);
            Counted { style: sum.group.style, ballots: sum.ballots, own: sum.ballots.saturating_sub(typed) }
        };
        let input = |sums: &[Sum], joined: &Joined| {
            let mut sums = joined.members.iter().filter_map(|&member| sums.get(member));
            let first = sums.next()?;
            let (mut group, mut input) = (JoinedGroup::from(first.group), first.input());
            let mut aggregate = first.aggregate.clone();
            for sum in sums {
                group.styles.extend(sum.group.style);
                input.ballots += sum.ballots;
                // All are of one contest, so of one shape.
                let _ = aggregate.merge(&sum.aggregate);
            }
            (input.alpha, input.betas) = (aggregate.alpha(), aggregate.betas());
            Some(GroupInput { group, withheld: joined.withheld, ..input })
        };
        let contests = self.sums.chunk_by(|one, next| one.group.contest == next.group.contest);
        contests
            .flat_map(|sums| {
                let counted: Vec<Counted> = sums.iter().map(counted).collect();
                join(&counted, minimum).into_iter().filter_map(move |joined| input(sums, &joined))
            })
            .collect()
    }

    /// The groups as they are, none joined.
    pub fn inputs(&self) -> Vec<GroupInput> {
        self.sums.iter().map(Sum::input).collect()
    }

    /// The sums as they are now.
    pub fn save(&self) -> Vec<SavedSum> {
        let save = |sum: &Sum| {
            let betas = sum.aggregate.betas();
            let points = std::iter::once(sum.aggregate.alpha()).chain(betas);
            (sum.ballots, points.map(|point| point.to_bytes()).collect())
        };
        self.sums.iter().map(save).collect()
    }

    /// Begins with sums that were saved. `false`, and nothing changes, when they are not of this shape.
    #[must_use]
    pub fn restore(&mut self, saved: &[SavedSum]) -> bool {
        let Some(read) = self.read(saved) else { return false };
        for (sum, (ballots, aggregate)) in self.sums.iter_mut().zip(read) {
            (sum.ballots, sum.aggregate) = (ballots, aggregate);
        }
        true
    }

    /// Adds sums that others have made. `false`, and nothing changes, when they are not of this shape.
    #[must_use]
    pub fn absorb(&mut self, saved: &[SavedSum]) -> bool {
        let Some(read) = self.read(saved) else { return false };
        for (sum, (ballots, aggregate)) in self.sums.iter_mut().zip(read) {
            // The shape was compared when they were read.
            let added = sum.aggregate.merge(&aggregate);
            sum.ballots = sum.ballots.saturating_add(if added { ballots } else { 0 });
        }
        true
    }

    fn read(&self, saved: &[SavedSum]) -> Option<Vec<(u32, Aggregate)>> {
        let read = |(sum, (ballots, points)): (&Sum, &SavedSum)| {
            let points: Option<Vec<AnyPoint>> =
                points.iter().map(|bytes| AnyPoint::from_bytes(bytes).ok()).collect();
            let points = points?;
            let (alpha, betas) = points.split_first()?;
            let fits = betas.len() == sum.aggregate.betas().len();
            fits.then(|| (*ballots, Aggregate::from_points(alpha, betas)))
        };
        if saved.len() != self.sums.len() {
            return None;
        }
        self.sums.iter().zip(saved).map(read).collect()
    }
}
