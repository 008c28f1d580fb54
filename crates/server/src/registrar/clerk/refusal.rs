//! Why nothing was done at the desk, as a problem document. The sentences are those of the commands.

use crate::desk::DeskError;
use crate::folder::FolderError;
use crate::http::problem::{Kind, Problem};
use crate::people::error::PeopleError;
use crate::registrar::sms::SmsError;
use crate::store::error::StoreError;

impl From<PeopleError> for Problem {
    fn from(error: PeopleError) -> Self {
        let sentence = error.to_string();
        match error {
            PeopleError::Phone(error) => Problem::new(Kind::PhoneUnreadable, error.to_string()),
            PeopleError::NoRoll => Problem::new(Kind::NoRoll, sentence),
            PeopleError::Style { .. } => Problem::new(Kind::StyleUnknown, sentence),
            PeopleError::IsThere(style) => Problem::new(Kind::OnRollAlready, sentence).with("style", style),
            PeopleError::NotThere => Problem::new(Kind::NotOnRoll, sentence),
            PeopleError::WhichOne { styles, asked_for } => {
                Problem::new(Kind::MarkNeeded, sentence).with("styles", styles).with("asked_for", asked_for)
            }
            PeopleError::NotToldApart => Problem::new(Kind::NotToldApart, sentence),
            PeopleError::NotAlone => Problem::new(Kind::NotAlone, sentence),
            PeopleError::OtherMark => Problem::new(Kind::WrongMark, sentence),
            PeopleError::NoMark => Problem::new(Kind::MarkUnreadable, sentence),
            PeopleError::Crowded => Problem::new(Kind::Crowded, sentence),
            PeopleError::Full { listed, electorate, .. } => {
                Problem::new(Kind::StyleFull, sentence).with("listed", listed).with("electorate", electorate)
            }
            PeopleError::HasKey(style) => Problem::new(Kind::DistrictFixed, sentence).with("style", style),
            PeopleError::StruckOff => Problem::new(Kind::StruckOff, sentence),
            PeopleError::NeverSignedIn => Problem::new(Kind::NeverSignedIn, sentence),
            PeopleError::PhoneTaken => Problem::new(Kind::PhoneTaken, sentence),
            PeopleError::Nobody => Problem::new(Kind::PersonUnknown, sentence),
            PeopleError::Over => Problem::new(Kind::NotOpen, sentence),
            PeopleError::NotSent(error) => {
                let why = match error {
                    SmsError::Number => "number",
                    SmsError::TooSlow(_) => "too-slow",
                    SmsError::Program(..) | SmsError::Ended(_) | SmsError::Refused(_) => "refused",
                };
                Problem::new(Kind::MessageFailed, error.to_string()).with("why", why)
            }
            PeopleError::Waits => Problem::new(Kind::MessageFailed, sentence).with("why", "waits"),
            PeopleError::NoRoute => Problem::new(Kind::NoPrintedRoute, sentence),
            PeopleError::Pseudonym => Problem::new(Kind::Malformed, sentence),
            PeopleError::Operator(_) => Problem::new(Kind::ReasonRefused, sentence),
            PeopleError::Roll(_) => Problem::new(Kind::RollUnreadable, sentence),
            PeopleError::HalfStruck(_) | PeopleError::HalfRevoked(_) | PeopleError::HalfReplaced(_) => {
                Problem::new(Kind::HalfDone, sentence)
            }
            PeopleError::Desk(DeskError::Box(refusal)) => refusal.problem(),
            PeopleError::Desk(DeskError::StruckOff) => Problem::new(Kind::StruckOff, sentence),
            PeopleError::Folder(FolderError::Store(StoreError::RollChanged)) => {
                Problem::new(Kind::RollChanged, sentence)
            }
            PeopleError::Folder(_)
            | PeopleError::Desk(_)
            | PeopleError::WhereIsTheBox
            | PeopleError::NoDeskPass(_)
            | PeopleError::Stopped
            | PeopleError::NoRandomness => Problem::fault(&sentence),
        }
    }
}
