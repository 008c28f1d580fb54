//! What a Draw may do.

use veche_record::EntryKind;
use veche_record::entry::{Draw, Issued, Signed};

use super::BoardState;
use super::examine::{Change, Examination};
use crate::check::Check;
use crate::course::Course;
use crate::failure::{Cause, Culprit, Failure};
use crate::funding::{Drawn, contest_totals, fund};

impl BoardState {
    /// A draw is judged by the last result before it, which must be a right one: nobody has to look for totals.
    ///
    /// The organiser is to blame only for what no honest one signs: an order of what cannot be a tie. A true tie's draw
    /// that stands in another place, or stands twice, was put there by the ballot box.
    pub(super) fn examine_draw(&self, draw: Signed<Draw>) -> Examination {
        let election = self.running(EntryKind::Draw, &[Course::Published])?;
        let refuse = |culprit, cause| Failure::new(Check::Draw, culprit, cause);
        draw.verify_signature(election.organiser(), &election.fingerprint())
            .map_err(|_| refuse(Culprit::BallotBox, Cause::OrganiserSignature))?;
        if self.result_failure().is_some() {
            let cause = Cause::Course(EntryKind::Draw, "the last result is false");
            return Err(refuse(Culprit::BallotBox, cause));
        }
        let Draw { contest, order } = draw.into_content();
        let nonsense = || refuse(Culprit::Organiser, Cause::DrawOfNoTie);
        let about = election.manifest().contests().get(usize::from(contest)).ok_or_else(nonsense)?;
        let totals = self.result_file().and_then(|file| contest_totals(about, &file)).ok_or_else(nonsense)?;
        let own = self.draws().iter().filter(|draw| draw.contest == contest);
        let funded = fund(about, &totals, own.map(|draw| draw.order.as_slice())).ok_or_else(nonsense)?;
        let mut drawn: Vec<usize> = order.iter().map(|option| usize::from(*option)).collect();
        drawn.sort_unstable();
        let total = |option: &usize| totals.get(*option);
        let tied = drawn
            .iter()
            .all(|option| total(option).is_some() && total(option) == drawn.first().and_then(total));
        if drawn.len() < 2 || !tied || drawn.windows(2).any(|pair| pair.first() == pair.last()) {
            return Err(nonsense());
        }
        if funded.undecided.as_ref() != Some(&drawn) {
            return Err(refuse(Culprit::BallotBox, Cause::DrawOfAnotherTie));
        }
        Ok((Change::Draw(Drawn { contest, order }), Vec::new()))
    }
}
