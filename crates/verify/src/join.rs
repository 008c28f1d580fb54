//! Small groups are joined with others, so that no total is of a few people's ballots.
//!
//! ```
//! use veche_verify::join::{Counted, join};
//!
//! let of = |style, ballots| Counted { style: Some(style), ballots, own: ballots };
//! // With a minimum of 10, groups of 6, 6 and 6 are one group of 18, and not one of 12 beside one of 6.
//! let joined = join(&[of(0, 6), of(1, 6), of(2, 6)], 10);
//! assert_eq!((joined.len(), joined[0].members.as_slice(), joined[0].withheld), (1, &[0, 1, 2][..], false));
//! ```

/// A group of a contest before small ones are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// The style it is of.
    pub style: Option<u16>,
    /// Its counted ballots.
    pub ballots: u32,
    /// Those of them that their voters sealed themselves. Whoever typed the others from paper knows them, and could
    /// take them off a total.
    pub own: u32,
}

/// What becomes of the groups of a contest: one total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// Which of the groups, ascending.
    pub members: Vec<usize>,
    /// Whether there are too few ballots to decrypt, however many groups are joined.
    pub withheld: bool,
}

/// Joins the groups of one contest, which stand in the order of their styles.
///
/// A group is small when it has ballots and fewer than `minimum` that their voters sealed themselves. If any is small,
/// the groups with ballots are put in the order of these numbers, and the shortest beginning of them is joined that has
/// the minimum together and leaves no small group. If there is none, all are joined, and withheld where even all
/// ballots are fewer than the minimum. A group without ballots has nothing to hide and stays alone.
pub fn join(groups: &[Counted], minimum: u32) -> Vec<Joined> {
    let mut order: Vec<(u32, Option<u16>, usize)> = groups
        .iter()
        .enumerate()
        .filter(|(_, group)| group.ballots > 0)
        .map(|(position, group)| (group.own, group.style, position))
        .collect();
    order.sort_unstable();
    let small = order.iter().filter(|(own, ..)| *own < minimum).count();
    let mut members: Vec<usize> = Vec::new();
    if small > 0 {
        // In this order the small ones come first: from the last of them on a beginning leaves none.
        let mut own = 0_u64;
        let enough = order.iter().position(|(more, ..)| {
            own += u64::from(*more);
            own >= minimum.into()
        });
        let length = enough.map_or(order.len(), |last| small.max(last + 1));
        members.extend(order.iter().take(length).map(|(.., position)| *position));
        members.sort_unstable();
    }
    let ballots: u64 =
        members.iter().filter_map(|&member| groups.get(member)).map(|group| u64::from(group.ballots)).sum();
    let withheld = !members.is_empty() && ballots < minimum.into();
    let alone = |position: &usize| !members.contains(position);
    let mut joined: Vec<Joined> = (0..groups.len())
        .filter(alone)
        .map(|position| Joined { members: vec![position], withheld: false })
        .collect();
    if !members.is_empty() {
        joined.push(Joined { members, withheld });
    }
    // A joined group stands where its first one would.
    joined.sort_by_key(|one| one.members.first().copied());
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The rule, word by word, by trying every beginning.
    fn restated(groups: &[Counted], minimum: u32) -> Vec<(Vec<usize>, bool)> {
        let mut filled: Vec<usize> = (0..groups.len()).filter(|&i| groups[i].ballots > 0).collect();
        filled.sort_by_key(|&i| (groups[i].own, groups[i].style));
        let mut parts: Vec<(Vec<usize>, bool)> =
            (0..groups.len()).filter(|&i| groups[i].ballots == 0).map(|i| (vec![i], false)).collect();
        if filled.iter().any(|&i| groups[i].own < minimum) {
            let sum = |some: &[usize]| some.iter().map(|&i| u64::from(groups[i].own)).sum::<u64>();
            let good = |length: &usize| {
                sum(&filled[..*length]) >= minimum.into()
                    && filled[*length..].iter().all(|&i| groups[i].own >= minimum)
            };
            let length = (1..=filled.len()).find(good);
            let (first, rest) = filled.split_at(length.unwrap_or(filled.len()));
            let ballots: u64 = first.iter().map(|&i| u64::from(groups[i].ballots)).sum();
            let mut first = first.to_vec();
            first.sort_unstable();
            parts.push((first, length.is_none() && ballots < minimum.into()));
            parts.extend(rest.iter().map(|&i| (vec![i], false)));
        } else {
            parts.extend(filled.iter().map(|&i| (vec![i], false)));
        }
        parts.sort();
        parts
    }

    fn of(numbers: &[(u32, u32)]) -> Vec<Counted> {
        let counted = |(style, &(ballots, own))| Counted { style: Some(style), ballots, own };
        (0..).zip(numbers).map(counted).collect()
    }

    fn members(numbers: &[(u32, u32)], minimum: u32) -> Vec<(Vec<usize>, bool)> {
        join(&of(numbers), minimum).into_iter().map(|one| (one.members, one.withheld)).collect()
    }

    #[test]
    fn attack_48_small_groups_are_joined_until_none_is_small() {
        let all = |numbers: &[u32]| numbers.iter().map(|&n| (n, n)).collect::<Vec<_>>();
        assert_eq!(members(&all(&[6, 6, 6]), 10), [(vec![0, 1, 2], false)]);
        // A small one takes the smallest of the others with it, and leaves the rest alone.
        assert_eq!(members(&all(&[30, 1, 12]), 10), [(vec![0], false), (vec![1, 2], false)]);
        assert_eq!(members(&all(&[1, 30, 12]), 10), [(vec![0, 2], false), (vec![1], false)]);
        assert_eq!(members(&all(&[10, 11]), 10), [(vec![0], false), (vec![1], false)]);
        // Nobody voted in the second district: it has nothing to hide.
        assert_eq!(members(&all(&[4, 0, 5]), 10), [(vec![0, 2], true), (vec![1], false)]);
        // Nine typed ballots beside one: whoever typed them would know the tenth.
        assert_eq!(members(&[(10, 1), (20, 20)], 10), [(vec![0, 1], false)]);
        // Where all that their voters sealed are too few, all are one, and published if all ballots are enough.
        assert_eq!(members(&[(10, 1), (0, 0), (5, 5)], 10), [(vec![0, 2], false), (vec![1], false)]);
        assert_eq!(members(&[(9, 0)], 10), [(vec![0], true)]);
        assert_eq!(members(&[(0, 0)], 10), [(vec![0], false)]);
    }

    proptest! {
        #[test]
        fn attack_48_joining_is_what_the_protocol_says(
            numbers in proptest::collection::vec((0_u32..14, 0_u32..14), 0..7),
            minimum in 1_u32..14,
        ) {
            let numbers: Vec<_> = numbers.into_iter().map(|(a, b)| (a.max(b), a.min(b))).collect();
            let groups = of(&numbers);
            let found = members(&numbers, minimum);
            prop_assert_eq!(&found, &restated(&groups, minimum));
            // Every group is in one, and no published total leaves fewer than the minimum to subtract from, unless it
            // is of all that voted.
            let mut seen: Vec<usize> = found.iter().flat_map(|(members, _)| members.clone()).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..groups.len()).collect::<Vec<_>>());
            for (members, withheld) in &found {
                let sum = |of: &dyn Fn(&Counted) -> u32| members.iter().map(|&i| of(&groups[i])).sum::<u32>();
                let (ballots, own) = (sum(&|group| group.ballots), sum(&|group| group.own));
                let others: u32 = groups.iter().map(|group| group.ballots).sum::<u32>() - ballots;
                prop_assert!(ballots == 0 || own >= minimum || others == 0);
                prop_assert_eq!(*withheld, ballots > 0 && ballots < minimum && others == 0);
            }
        }
    }
}
