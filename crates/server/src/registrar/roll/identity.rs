//! Who the people of a roll are: whoever was on the roll before stays who they were, so that nobody gets a second vote
//! by a mark that was put right or by sharing the phone from now on.

use std::collections::{HashMap, HashSet};

use zeroize::Zeroizing;

use super::problem::{RollMistake, RollProblem};
use super::read::{Person, RollFile};
use crate::registrar::keys::RegistrarKeys;
use crate::store::error::StoreError;
use crate::store::registrar::RegistrarStore;
use crate::store::roll::{MarkHash, PersonHash, RollRow};

/// Who a person is that the roll did not have: the phone is theirs where they are alone with it, unless they have
/// signed in as one of several before.
pub(crate) fn newcomer(
    phone: PersonHash,
    mark: Option<MarkHash>,
    alone: bool,
    has_signed_in: impl Fn(&PersonHash) -> bool,
) -> PersonHash {
    let of_mark = mark.map(|mark| PersonHash(mark.0));
    of_mark.filter(|person| !alone || has_signed_in(person)).unwrap_or(phone)
}

/// Who it is that has a phone, where that is one person: whoever has it alone on the roll, or the phone itself where
/// the roll does not have it. Nobody where several have it.
pub(crate) async fn owner(
    store: &dyn RegistrarStore,
    phone: PersonHash,
) -> Result<Option<PersonHash>, StoreError> {
    Ok(match store.people_on_roll(&phone).await?.as_slice() {
        [] => Some(phone),
        [alone] => Some(alone.person),
        _ => None,
    })
}

/// The roll before, and who has ever signed in.
pub(crate) struct Before {
    by_phone: HashMap<PersonHash, Vec<RollRow>>,
    signed_in: HashSet<PersonHash>,
}

impl Before {
    pub(crate) async fn of(store: &dyn RegistrarStore) -> Result<Self, StoreError> {
        let signed_in = store.voters().await?.into_iter().map(|(person, _)| person).collect();
        Ok(Before::new(store.roll().await?, signed_in))
    }

    fn new(roll: Vec<RollRow>, signed_in: HashSet<PersonHash>) -> Self {
        let mut by_phone: HashMap<PersonHash, Vec<RollRow>> = HashMap::new();
        for row in roll {
            by_phone.entry(row.phone).or_default().push(row);
        }
        Before { by_phone, signed_in }
    }

    /// Everybody of a file with their row, and the rows of which it is not clear who they are.
    pub(crate) fn identify(
        &self,
        file: &RollFile,
        keys: &RegistrarKeys,
    ) -> (Vec<(u64, RollRow)>, Vec<RollProblem>) {
        let mut together: HashMap<PersonHash, Vec<&Person>> = HashMap::new();
        for person in &file.people {
            together.entry(keys.phone(&person.phone)).or_default().push(person);
        }
        let (mut rows, mut problems) = (Vec::with_capacity(file.people.len()), Vec::new());
        for (phone, people) in together {
            let listed: Vec<(&Person, Option<MarkHash>)> = people
                .into_iter()
                .map(|person| (person, person.mark.as_ref().map(|mark| keys.mark(&phone, mark))))
                .collect();
            let marks: Vec<Option<MarkHash>> = listed.iter().map(|(_, mark)| *mark).collect();
            let mut known = HashSet::new();
            for ((person, mark), who) in listed.into_iter().zip(self.who(phone, &marks)) {
                let who =
                    who.and_then(|who| if known.insert(who) { Ok(who) } else { Err(RollMistake::MarkTaken) });
                match who {
                    Ok(who) => {
                        let style = person.style.clone();
                        rows.push((person.row, RollRow { phone, mark, person: who, style }));
                    }
                    Err(mistake) => problems.push(RollProblem {
                        row: Some(person.row),
                        column: Some(file.phone_column.clone()),
                        mistake,
                        cell: Zeroizing::new(person.phone.as_str().to_owned()),
                    }),
                }
            }
        }
        problems.sort_by_key(|problem| problem.row);
        rows.sort_unstable_by_key(|(row, _)| *row);
        (rows, problems)
    }

    /// Who those are that have one phone now, by their marks.
    fn who(&self, phone: PersonHash, marks: &[Option<MarkHash>]) -> Vec<Result<PersonHash, RollMistake>> {
        let before = self.by_phone.get(&phone).map(Vec::as_slice).unwrap_or_default();
        let same = |mark: &Option<MarkHash>| {
            mark.and_then(|mark| before.iter().find(|row| row.mark == Some(mark))).map(|row| row.person)
        };
        let kept: HashSet<PersonHash> = marks.iter().filter_map(same).collect();
        let gone: Vec<PersonHash> =
            before.iter().map(|row| row.person).filter(|person| !kept.contains(person)).collect();
        let new = marks.iter().filter(|mark| same(mark).is_none()).count();
        let anybody_signed_in = gone.iter().any(|person| self.signed_in.contains(person));
        // Whoever has had the phone alone, until now or before, has no other mark than the phone.
        let alone = marks.len() == 1 && before.len() <= 1;
        let newcomer = |mark: &Option<MarkHash>| match gone.as_slice() {
            // A mark was put right, or the first was given.
            [person] if new == 1 => Ok(*person),
            [_, ..] if anybody_signed_in => Err(RollMistake::WhoIsIt),
            _ => Ok(newcomer(phone, *mark, alone, |person| self.signed_in.contains(person))),
        };
        marks.iter().map(|mark| same(mark).map_or_else(|| newcomer(mark), Ok)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHONE: PersonHash = PersonHash([1; 32]);

    fn mark(number: u8) -> MarkHash {
        MarkHash([number; 32])
    }

    fn of_mark(number: u8) -> PersonHash {
        PersonHash(mark(number).0)
    }

    fn before(people: &[(Option<u8>, PersonHash)], signed_in: &[PersonHash]) -> Before {
        let row = |(number, person): &(Option<u8>, PersonHash)| RollRow {
            phone: PHONE,
            mark: number.map(mark),
            person: *person,
            style: "north".to_owned(),
        };
        Before::new(people.iter().map(row).collect(), signed_in.iter().copied().collect())
    }

    fn who(before: &Before, marks: &[Option<u8>]) -> Vec<Option<PersonHash>> {
        let marks: Vec<Option<MarkHash>> = marks.iter().map(|number| number.map(mark)).collect();
        before.who(PHONE, &marks).into_iter().map(Result::ok).collect()
    }

    #[test]
    fn whoever_was_there_stays_who_they_were() {
        let new = before(&[], &[]);
        assert_eq!(who(&new, &[None]), [Some(PHONE)]);
        assert_eq!(who(&new, &[Some(2)]), [Some(PHONE)], "the mark does not matter to whoever is alone");
        assert_eq!(who(&new, &[Some(2), Some(3)]), [Some(of_mark(2)), Some(of_mark(3))]);

        let alone = before(&[(None, PHONE)], &[PHONE]);
        assert_eq!(who(&alone, &[Some(2)]), [Some(PHONE)], "a mark was given");
        let marked = before(&[(Some(2), PHONE)], &[PHONE]);
        assert_eq!(who(&marked, &[None]), [Some(PHONE)]);
        assert_eq!(who(&marked, &[Some(3)]), [Some(PHONE)], "it was put right");
        assert_eq!(who(&marked, &[Some(3), Some(2)]), [Some(of_mark(3)), Some(PHONE)], "another came");

        let two = before(&[(Some(2), PHONE), (Some(3), of_mark(3))], &[PHONE, of_mark(3)]);
        assert_eq!(who(&two, &[Some(3)]), [Some(of_mark(3))], "one is left");
        assert_eq!(who(&two, &[Some(3), Some(4)]), [Some(of_mark(3)), Some(PHONE)], "it was put right");
        assert_eq!(
            who(&two, &[Some(4), Some(3), Some(2)]),
            [Some(of_mark(4)), Some(of_mark(3)), Some(PHONE)]
        );
    }

    #[test]
    fn nobody_gets_a_second_vote_where_it_is_not_clear_who_is_who() {
        let alone = before(&[(None, PHONE)], &[PHONE]);
        assert_eq!(who(&alone, &[Some(2), Some(3)]), [None, None], "which of them has signed in?");
        let quiet = before(&[(None, PHONE)], &[]);
        assert_eq!(who(&quiet, &[Some(2), Some(3)]), [Some(of_mark(2)), Some(of_mark(3))]);
        let two = before(&[(Some(2), of_mark(2)), (Some(3), of_mark(3))], &[of_mark(3)]);
        assert_eq!(who(&two, &[None]), [None], "which of them is left?");
        assert_eq!(who(&two, &[Some(4), Some(5)]), [None, None]);
        let gone = before(&[], &[of_mark(2)]);
        assert_eq!(who(&gone, &[Some(2)]), [Some(of_mark(2))], "one of several who comes back alone");
    }
}
