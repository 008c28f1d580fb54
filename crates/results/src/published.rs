//! A published `result.json`, read strictly and held against its manifest.
//!
//! The file is a claim. That it fits says that such a result is possible: these contests and options in this order, no
//! more ballots than people who may vote, no more votes than those ballots can give, and nothing published of too few
//! ballots. Whether it is the result is for an audit to say, or, in part, for [`crate::statement`].

use veche_record::Group;
use veche_record::json::JsonError;
use veche_record::manifest::Contest;
use veche_record::{CompiledContest, Manifest};
use veche_verify::result::{GroupResult, ResultFile};

/// Why a `result.json` cannot be the result of its election. The fault of whoever published it, or handed it out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misfit {
    /// It is not in the form that the protocol asks for.
    #[error("result.json, {0}")]
    Json(#[from] JsonError),
    /// Another number of groups than the manifest reports.
    #[error("result.json has {found} groups of totals, and the manifest asks for {wanted}")]
    Groups {
        /// How many the manifest asks for.
        wanted: usize,
        /// How many there are.
        found: usize,
    },
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
    let groups = manifest.groups();
    if groups.len() != file.contests.len() {
        return Err(Misfit::Groups { wanted: groups.len(), found: file.contests.len() });
    }
    // How many ballots a district has, once one of the contests that are on all of them has said so.
    let mut ballots: Vec<Option<u32>> = vec![None; manifest.styles().len()];
    for (position, (group, given)) in groups.iter().zip(&file.contests).enumerate() {
        fit(manifest, *group, given, &mut ballots).map_err(|why| Misfit::Group {
            position,
            id: given.id.clone(),
            why,
        })?;
    }
    Ok(file)
}

fn fit(
    manifest: &Manifest,
    group: Group,
    given: &GroupResult,
    known: &mut [Option<u32>],
) -> Result<(), GroupMisfit> {
    let index = usize::from(group.contest);
    let style = group.style.and_then(|style| manifest.styles().get(usize::from(style)));
    let (contest, compiled) =
        manifest.contests().get(index).zip(manifest.compiled().get(index)).ok_or(GroupMisfit::Options)?;
    if given.id != contest.id || given.style.as_ref() != style.map(|style| &style.id) {
        let of = style.map_or_else(|| contest.id.clone(), |style| format!("{} in {}", contest.id, style.id));
        return Err(GroupMisfit::Other(of));
    }
    let electorate = electorate(manifest, contest, group.style);
    let ballots = u64::from(given.ballots);
    if ballots > electorate {
        return Err(GroupMisfit::Electorate { ballots, electorate });
    }
    let all_have_it = style.is_some_and(|style| style.contests.contains(&contest.id));
    if let Some(slot) = group.style.and_then(|style| known.get_mut(usize::from(style)))
        && all_have_it
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

/// The most voters that a contest can have, in all districts or in one.
pub fn electorate(manifest: &Manifest, contest: &Contest, style: Option<u16>) -> u64 {
    let wanted = |position: usize| style.is_none_or(|style| usize::from(style) == position);
    let has = |style: &veche_record::manifest::Style| {
        style.contests.contains(&contest.id) || style.plus_one_of.contains(&contest.id)
    };
    let styles = manifest.styles().iter().enumerate();
    styles
        .filter(|(position, style)| wanted(*position) && has(style))
        .map(|(_, style)| u64::from(style.electorate))
        .sum()
}
