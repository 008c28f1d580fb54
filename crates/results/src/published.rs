//! A published `result.json`, read strictly and held against its manifest.
//!
//! The file is a claim. That it fits says that such a result is possible: these contests and options in this order, no
//! more ballots than people who may vote, no more votes than those ballots can give, and nothing published of too few
//! ballots. Whether it is the result is for an audit to say, or, in part, for [`crate::statement`].

use veche_record::json::JsonError;
use veche_record::manifest::Contest;
use veche_record::{CompiledContest, Group, Manifest, OTHER_DISTRICTS};
use veche_verify::result::{GroupResult, ResultFile};

/// Why a `result.json` cannot be the result of its election. The fault of whoever published it, or handed it out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// It is not in the form that the protocol asks for.
    #[error("result.json, {0}")]
    Json(#[from] JsonError),
    /// Other groups of totals than the manifest reports: one too many, or one that is missing.
    #[error("result.json does not have the groups of totals of {0} that the manifest asks for")]
    Groups(String),
    /// Something about one group.
    #[error("result.json, contests[{position}] ({id}): {why}")]
    Group {
        /// Its place in the file.
        position: usize,
        /// The contest it names.
        id: String,
        /// What is wrong.
        why: GroupMisfit,
    },
}

/// Why a group of totals cannot be that of its election.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GroupMisfit {
    /// Another contest or district than the one whose turn it is.
    #[error("here the manifest asks for the totals of {0}")]
    Other(String),
    /// More ballots than voters.
    #[error("{ballots} ballots of at most {electorate} voters")]
    Electorate {
        /// The ballots.
        ballots: u64,
        /// The most voters.
        electorate: u64,
    },
    /// Totals of so few ballots that they are withheld, or none of enough.
    #[error("totals of {0} ballots are to be withheld exactly when there are too few")]
    Withheld(u32),
    /// Groups that are not joined the one way they may be.
    #[error("the districts are not joined as small districts are")]
    Joined,
    /// Other options than the contest has, or in another order.
    #[error("the options are not those of the contest, in its order")]
    Options,
    /// Blank ballots where there is no blank, or the other way round.
    #[error("blank ballots are to be stated exactly where the contest has a blank vote")]
    Blank,
    /// More than these ballots can give.
    #[error("{option}: {total} is more than {ballots} ballots can give")]
    Total {
        /// The option, or `blank`.
        option: String,
        /// Its total.
        total: u64,
        /// The ballots.
        ballots: u32,
    },
    /// Another number of ballots than the same district has in another contest.
    #[error(
        "{found} ballots, where the same district has {wanted} in another contest that all its ballots have"
    )]
    Uneven {
        /// In the other contest.
        wanted: u32,
        /// Here.
        found: u32,
    },
}

/// Reads a published result.
///
/// # Errors
/// [`Misfit`] for one that this election cannot have.
pub fn read(manifest: &Manifest, bytes: &[u8]) -> Result<ResultFile, Misfit> {
    let file: ResultFile = veche_record::json::typed(bytes)?;
    let mut given = file.contests.iter().enumerate().peekable();
    // How many ballots a district has, once one of the contests that are on all of them has said so.
    let mut ballots: Vec<Option<u32>> = vec![None; manifest.styles().len()];
    for groups in manifest.groups().chunk_by(|one, next| one.contest == next.contest) {
        let id = groups.first().and_then(|group| manifest.contests().get(usize::from(group.contest)));
        let id = id.map_or("", |contest| contest.id.as_str());
        let mut expected: Vec<Group> = groups.to_vec();
        let mut of_contest = Vec::new();
        while let Some((position, group)) = given.next_if(|_| !expected.is_empty()) {
            let misfit = |why| Misfit::Group { position, id: group.id.clone(), why };
            let styles = take(manifest, id, group, &mut expected).map_err(misfit)?;
            fit(manifest, groups, group, styles.as_deref(), &mut ballots).map_err(misfit)?;
            of_contest.push((position, group));
        }
        if !expected.is_empty() {
            return Err(Misfit::Groups(id.to_owned()));
        }
        joined(&of_contest)?;
    }
    match given.next() {
        None => Ok(file),
        Some((_, group)) => Err(Misfit::Groups(group.id.clone())),
    }
}

/// Takes the styles of a group of totals out of those that are still expected. The first of them is the first that is
/// still expected: a joined group stands where its first would.
fn take(
    manifest: &Manifest,
    id: &str,
    given: &GroupResult,
    expected: &mut Vec<Group>,
) -> Result<Option<Vec<u16>>, GroupMisfit> {
    let name = |style: u16| manifest.styles().get(usize::from(style)).map_or("", |style| style.id.as_str());
    let first = expected.first().and_then(|group| group.style);
    let other = || {
        let of = first.map_or_else(|| id.to_owned(), |style| format!("{id} in {:?}", name(style)));
        GroupMisfit::Other(of)
    };
    let (Some(styles), Some(first)) = (&given.styles, first) else {
        let whole = given.id == id && given.styles.is_none() && first.is_none();
        expected.clear();
        return if whole { Ok(None) } else { Err(other()) };
    };
    let mut found = Vec::with_capacity(styles.len());
    for style in styles {
        let at = expected.iter().position(|group| group.style.is_some_and(|known| name(known) == *style));
        // Those before it were passed over: they stand in groups of their own, further down, or nowhere.
        let at = at.filter(|_| given.id == id).ok_or_else(other)?;
        found.extend(expected.remove(at).style);
    }
    if found.first() == Some(&first) && found.is_sorted() { Ok(Some(found)) } else { Err(other()) }
}

fn fit(
    manifest: &Manifest,
    groups: &[Group],
    given: &GroupResult,
    styles: Option<&[u16]>,
    known: &mut [Option<u32>],
) -> Result<(), GroupMisfit> {
    let index = groups.first().map_or(0, |group| usize::from(group.contest));
    let (contest, compiled) =
        manifest.contests().get(index).zip(manifest.compiled().get(index)).ok_or(GroupMisfit::Options)?;
    let electorate = electorate(manifest, contest, styles);
    let ballots = u64::from(given.ballots);
    if ballots > electorate {
        return Err(GroupMisfit::Electorate { ballots, electorate });
    }
    // A contest of a district is on all ballots of it.
    if let Some(&[style]) = styles
        && let Some(slot) = known.get_mut(usize::from(style))
    {
        let wanted = *slot.get_or_insert(given.ballots);
        if wanted != given.ballots {
            return Err(GroupMisfit::Uneven { wanted, found: given.ballots });
        }
    }
    let few = given.ballots > 0 && given.ballots < manifest.document().minimum_group;
    if given.withheld != few {
        return Err(GroupMisfit::Withheld(given.ballots));
    }
    if few {
        return if given.options.is_empty() && given.blank.is_none() {
            Ok(())
        } else {
            Err(GroupMisfit::Withheld(given.ballots))
        };
    }
    totals(contest, compiled, given)
}

/// Small groups with ballots are joined into one, which is withheld only where no other has a ballot. (Which are small
/// is known exactly only where no ballots are typed from paper.)
fn joined(groups: &[(usize, &GroupResult)]) -> Result<(), Misfit> {
    let several = |group: &GroupResult| group.styles.as_ref().is_some_and(|styles| styles.len() > 1);
    let filled = groups.iter().filter(|(_, group)| group.ballots > 0).count();
    let mut seen = false;
    for (position, group) in groups {
        let again = several(group) && std::mem::replace(&mut seen, true);
        let wrong = again || several(group) && group.ballots == 0 || group.withheld && filled > 1;
        if wrong {
            return Err(Misfit::Group {
                position: *position,
                id: group.id.clone(),
                why: GroupMisfit::Joined,
            });
        }
    }
    Ok(())
}

fn totals(contest: &Contest, compiled: &CompiledContest, given: &GroupResult) -> Result<(), GroupMisfit> {
    if !contest.options.iter().map(|option| &option.id).eq(given.options.iter().map(|option| &option.id)) {
        return Err(GroupMisfit::Options);
    }
    if given.blank.is_some() != compiled.has_blank() {
        return Err(GroupMisfit::Blank);
    }
    let (ballots, blank) = (given.ballots, given.blank.unwrap_or(0));
    let too_many = |option: &str, total| GroupMisfit::Total { option: option.to_owned(), total, ballots };
    let filled = u64::from(ballots).checked_sub(blank).ok_or_else(|| too_many("blank", blank))?;
    let most = filled.saturating_mul(compiled.largest_count());
    match given.options.iter().find(|option| option.total > most) {
        Some(option) => Err(too_many(&option.id, option.total)),
        None => Ok(()),
    }
}

/// The most voters that a contest can have, in all districts or in those of a group.
pub fn electorate(manifest: &Manifest, contest: &Contest, styles: Option<&[u16]>) -> u64 {
    let voters = |(position, style): (usize, &veche_record::manifest::Style)| {
        let own = style.contests.contains(&contest.id);
        let wanted = |number: u16| styles.is_none_or(|styles| styles.contains(&number));
        let number = if own { u16::try_from(position).unwrap_or(OTHER_DISTRICTS) } else { OTHER_DISTRICTS };
        let has = own || style.plus_one_of.contains(&contest.id);
        if has && wanted(number) { u64::from(style.electorate) } else { 0 }
    };
    manifest.styles().iter().enumerate().map(voters).sum()
}
