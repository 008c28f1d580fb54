//! Phone numbers: read as people write them, kept as E.164, stored as a keyed hash only.
//!
//! The world's numbering plans are those of libphonenumber, by the crate `phonenumber`. An international number that
//! is possible as it is written is kept as it is written, digit by digit: only what cannot be dialled is looked at
//! further. So a number has the same hash under every release of the plans.

use std::fmt;

use phonenumber::Metadata;
use phonenumber::country::Id;
use phonenumber::metadata::DATABASE;
use veche_record::Manifest;
use zeroize::Zeroizing;

/// Digits of the shortest and the longest number with its country code (E.164 allows 15).
const DIGITS: std::ops::RangeInclusive<usize> = 8..=15;

/// Bytes of the longest number that is read at all, spaces and signs included.
const LONGEST: usize = 60;

/// Digits of the longest country code.
const COUNTRY_CODE: usize = 3;

/// A phone number with its country code, such as `+74951234567`. Wiped when dropped; printed
/// masked, so that a log cannot hold one by mistake.
#[derive(Clone)]
pub struct Phone(Zeroizing<String>);

impl Phone {
    fn of(digits: &str) -> Option<Self> {
        if !DIGITS.contains(&digits.len()) || digits.starts_with('0') {
            return None;
        }
        let mut number = Zeroizing::new(String::with_capacity(DIGITS.end() + 1));
        number.push('+');
        number.push_str(digits);
        Some(Phone(number))
    }

    /// The number in E.164 form. For the gateway and the keyed hash only.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with all but its first and last two digits hidden: `+7 ••• 42`.
    pub fn masked(&self) -> String {
        let first: String = self.0.chars().take(2).collect();
        let last: String = self.0.chars().skip(self.0.len().saturating_sub(2)).collect();
        format!("{first} ••• {last}")
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// A country whose numbers nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the manifest's country {0:?} is none with phone numbers of its own; the United Kingdom, say, is \"GB\""
)]
pub struct UnknownCountry(String);

/// How a number was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// The election names no country, and the number has none either.
    #[error("Write the number with + and the country code, like +48 42 123 45 67.")]
    International,
    /// Neither a number of the election's country nor an international one.
    #[error(
        "This is no phone number. Write it as you would dial it, like {0}, or with + and the country code."
    )]
    National(String),
}

/// Which numbers are read: international ones, and those of the election's country as they are dialled there.
#[derive(Debug, Clone, Copy, Default)]
pub struct NumberingPlan {
    home: Option<Id>,
}

impl NumberingPlan {
    /// The plan of an election, by its manifest's `country`.
    ///
    /// # Errors
    /// [`UnknownCountry`], with which only [`NumberingPlan::default`] is left: international numbers.
    pub fn of(manifest: &Manifest) -> Result<Self, UnknownCountry> {
        let country = manifest.document().country.as_deref();
        let home = country.map(|country| country.parse().map_err(|_| UnknownCountry(country.to_owned())));
        Ok(NumberingPlan { home: home.transpose()? })
    }

    /// Reads a number as people write it. Spaces, dots, dashes, slashes and brackets are ignored, and so is what cannot
    /// be seen and comes along when a number is pasted. `00`, and whatever the country dials instead, is a `+`. A trunk
    /// prefix, as the 0 of `+44 (0)7700 900123`, is dropped where the country's plan has it.
    ///
    /// # Errors
    /// [`PhoneError`].
    pub fn read(&self, text: &str) -> Result<Phone, PhoneError> {
        let digits = digits(text).ok_or_else(|| self.refused())?;
        let phone = match digits.strip_prefix('+').or_else(|| digits.strip_prefix("00")) {
            Some(digits) => international(digits),
            None => self.home.and_then(|home| national(home, &digits)),
        };
        phone.ok_or_else(|| self.refused())
    }

    /// Whether a number is of another country than the election, as far as that has one.
    pub(crate) fn is_abroad(&self, phone: &Phone) -> bool {
        let home = self.home.and_then(|home| DATABASE.by_id(home.as_ref()));
        home.is_some_and(|home| !phone.as_str().starts_with(&format!("+{}", home.country_code())))
    }

    fn refused(&self) -> PhoneError {
        let home = self.home.and_then(|home| DATABASE.by_id(home.as_ref()));
        let mobile = home.and_then(|home| home.descriptors().mobile()?.example());
        match (home, mobile) {
            (Some(home), Some(mobile)) => {
                PhoneError::National(format!("{}{mobile}", home.national_prefix().unwrap_or_default()))
            }
            _ => PhoneError::International,
        }
    }
}

/// The digits of what is written, after the plus if there is one. Nothing if it holds anything else.
fn digits(text: &str) -> Option<Zeroizing<String>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut digits = Zeroizing::new(String::with_capacity(LONGEST));
    for character in text.chars() {
        match character {
            '0'..='9' => digits.push(character),
            '+' if digits.is_empty() => digits.push(character),
            '-' | '.' | '(' | ')' | '/' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            // What a contact list writes around a number to keep its direction, and other invisible characters.
            '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}' => {}
            space if space.is_whitespace() => {}
            _ => return None,
        }
    }
    Some(digits)
}

/// A number with its country code.
fn international(digits: &str) -> Option<Phone> {
    let written = Phone::of(digits)?;
    if is_possible(digits) {
        return Some(written);
    }
    let without_trunk = plans(digits).find_map(|(plan, number)| {
        let number = number.strip_prefix(plan.national_prefix()?)?;
        has_room(plan, number)
            .then(|| Phone::of(&Zeroizing::new(format!("{}{number}", plan.country_code()))))
            .flatten()
    });
    // A range that is newer than the metadata is nobody's mistake: it stays as it is written.
    Some(without_trunk.or_else(|| by_library(None, &written.0)).unwrap_or(written))
}

/// A number without country code, as it is dialled in a country.
fn national(home: Id, digits: &str) -> Option<Phone> {
    let plan = DATABASE.by_id(home.as_ref())?;
    let abroad = plan.international_prefix().and_then(|prefix| prefix.find(digits));
    let abroad = abroad.filter(|prefix| prefix.start() == 0).and_then(|prefix| digits.get(prefix.end()..));
    if let Some(number) = abroad.filter(|number| is_possible(number)) {
        return Phone::of(number);
    }
    let code = plan.country_code();
    let trunk = plan.national_prefix().and_then(|prefix| digits.strip_prefix(prefix));
    // The library's parser comes last: it drops a trunk prefix twice, so that numbers which begin like one (the area of
    // Kazan with 8, as the prefix) are lost. What only it knows are prefixes of carriers and of mobile phones.
    [trunk, Some(digits)]
        .into_iter()
        .flatten()
        .map(|number| Zeroizing::new(format!("{code}{number}")))
        .find(|number| is_possible(number))
        .and_then(|number| Phone::of(&number))
        .or_else(|| by_library(Some(home), digits))
}

/// Whether digits with a country code are a number that the code's plan has room for.
fn is_possible(digits: &str) -> bool {
    plans(digits).any(|(plan, number)| has_room(plan, number))
}

/// The plans that the digits may be of, each with the digits after its country code.
fn plans(digits: &str) -> impl Iterator<Item = (&'static Metadata, &str)> {
    (1..=COUNTRY_CODE).filter_map(|len| digits.split_at_checked(len)).flat_map(|(code, number)| {
        let plans = code.parse().ok().and_then(|code: u16| DATABASE.by_code(&code)).unwrap_or_default();
        plans.into_iter().map(move |plan| (plan, number))
    })
}

/// Whether a plan has numbers of this length that begin like this one.
fn has_room(plan: &Metadata, number: &str) -> bool {
    let kinds = plan.descriptors();
    // The general pattern says how numbers begin, and not where they end.
    kinds.general().is_match(number)
        && [
            kinds.mobile(),
            kinds.fixed_line(),
            kinds.voip(),
            kinds.personal_number(),
            kinds.toll_free(),
            kinds.shared_cost(),
            kinds.uan(),
            kinds.pager(),
        ]
        .into_iter()
        .flatten()
        .any(|kind| kind.possible_length().iter().any(|len| usize::from(*len) == number.len()))
}

/// What the library's parser makes of a number, if that is possible.
fn by_library(home: Option<Id>, number: &str) -> Option<Phone> {
    let parsed = phonenumber::parse(home, number).ok()?;
    let digits = Zeroizing::new(format!("{}{}", parsed.code().value(), parsed.national()));
    is_possible(&digits).then(|| Phone::of(&digits)).flatten()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use phonenumber::metadata::Descriptor;

    use super::*;

    const NOWHERE: NumberingPlan = NumberingPlan { home: None };

    fn at_home(country: &str) -> NumberingPlan {
        NumberingPlan { home: Some(country.parse().unwrap()) }
    }

    fn read(plan: NumberingPlan, text: &str) -> String {
        plan.read(text).unwrap_or_else(|error| panic!("{text}: {error}")).as_str().to_owned()
    }

    #[test]
    fn the_ways_people_write_one_number_are_one_number() {
        for text in [
            "+7 (495) 123-45-67",
            "0074951234567",
            " +7495.123.45.67 ",
            "+7\u{a0}4951234567",
            "\u{202a}+7 495 123\u{2013}45\u{2013}67\u{202c}",
        ] {
            assert_eq!(read(NOWHERE, text), "+74951234567", "{text}");
        }
    }

    #[test]
    fn attack_63_every_way_to_write_one_number_is_one_number() {
        for (country, number, ways) in [
            (
                "GB",
                "+447700900123",
                &[
                    "07700 900123",
                    "+44 (0)7700 900123",
                    "+44 7700 900123",
                    "0044 7700/900123",
                    "7700900123",
                    "+44 07700 900123",
                    "00 44 (0) 7700 900123",
                ][..],
            ),
            ("PL", "+48501234567", &["501 234 567", "+48 501 234 567", "0048 501-234-567", "48501234567"]),
            (
                "DE",
                "+4915112345678",
                &["0151 12345678", "+49 (0)151 12345678", "+49 151 12345678", "(0151) 123 456-78"],
            ),
            (
                "FR",
                "+33612345678",
                &["06 12 34 56 78", "+33 (0)6 12 34 56 78", "+33 06 12 34 56 78", "+33 6 12 34 56 78"],
            ),
            (
                "RU",
                "+79161234567",
                &["8 (916) 123-45-67", "+7 916 123-45-67", "916 123-45-67", "8-10 7 916 123 45 67"],
            ),
            // The trunk prefix is an 8, and so is the first digit of the area.
            ("RU", "+78432345678", &["8 (843) 234-56-78", "+7 843 234-56-78", "843 234-56-78"]),
            ("HU", "+36201234567", &["06 20 123 4567", "+36 20 123 4567", "20 123 4567"]),
            // In Italy the 0 is part of the number, wherever one calls from.
            ("IT", "+390612345678", &["06 1234 5678", "+39 06 1234 5678", "+39 (0)6 1234 5678"]),
            ("IT", "+393123456789", &["312 345 6789", "+39 312 345 6789"]),
            ("IT", "+393912312312", &["391 231 2312", "+39 391 231 2312"]),
            (
                "US",
                "+12025550123",
                &["(202) 555-0123", "1-202-555-0123", "+1 202 555 0123", "011 1 202 555 0123"],
            ),
            // The 15 of a mobile phone in Argentina is a 9 from abroad.
            ("AR", "+5491123456789", &["011 15 2345-6789", "+54 9 11 2345-6789"]),
        ] {
            for way in ways {
                assert_eq!(read(at_home(country), way), number, "{country}: {way}");
            }
        }
    }

    #[test]
    fn an_international_number_is_read_alike_in_every_country() {
        for country in ["GB", "PL", "DE", "US", "IT", "RU"] {
            for text in ["+48 42 123 45 67", "0048421234567"] {
                assert_eq!(read(at_home(country), text), "+48421234567", "{country}");
            }
        }
    }

    /// The hash of a well-formed number is over the digits as they are written.
    #[test]
    fn every_example_of_every_plan_is_kept_digit_by_digit() {
        let mut seen = 0;
        for plan in DATABASE.iter() {
            let kinds = plan.descriptors();
            for kind in [kinds.mobile(), kinds.fixed_line(), kinds.voip(), kinds.personal_number()] {
                let Some(example) = kind.and_then(|kind| kind.example()) else { continue };
                let number = format!("+{}{example}", plan.country_code());
                // Some islands have numbers of seven digits with the country code, which are too few here.
                if !DIGITS.contains(&(number.len() - 1)) {
                    continue;
                }
                assert_eq!(read(NOWHERE, &number), number, "{}", plan.id());
                seen += 1;
            }
        }
        assert!(seen > 500, "{seen}");
    }

    /// A range that no metadata has yet belongs to somebody.
    #[test]
    fn a_number_of_an_unknown_range_is_kept_as_it_is_written() {
        assert_eq!(read(NOWHERE, "+48 00 000 00 01"), "+48000000001");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in [
            "",
            "+",
            "84951234567",
            "+0123456789",
            "+7495",
            "+1234567890123456",
            "+7495123456x",
            "+7495123+4567",
            "＋74951234567",
            "+٧٤٩٥١٢٣٤٥٦٧",
            "+7                                                                    4951234567",
        ] {
            assert_eq!(NOWHERE.read(text).unwrap_err(), PhoneError::International, "{text}");
        }
        for text in ["", "0", "12345", "07700 90012", "07700 9001234", "call me", "07700 900123 x5"] {
            let refused = at_home("GB").read(text).unwrap_err();
            assert!(refused.to_string().contains("like 07400123456"), "{text}: {refused}");
        }
    }

    #[test]
    fn a_number_of_another_country_is_told_apart() {
        let phone = NOWHERE.read("+447700900123").unwrap();
        assert!(
            !at_home("GB").is_abroad(&phone) && at_home("PL").is_abroad(&phone) && !NOWHERE.is_abroad(&phone)
        );
    }

    /// The parser is other people's, and what it reads comes from anybody.
    #[test]
    fn no_digits_of_any_country_bring_the_library_down() {
        let mut number = 0_u64;
        for plan in DATABASE.iter() {
            let Ok(home) = plan.id().parse::<Id>() else { continue };
            for len in [2, 9, 10, 11, 17] {
                for prefix in ["", "0", "8"] {
                    // Any digits do, as long as they differ.
                    number = number
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let text: String = format!("{prefix}{number:020}").chars().take(len).collect();
                    let _ =
                        (NumberingPlan { home: Some(home) }.read(&text), NOWHERE.read(&format!("+{text}")));
                }
            }
        }
    }

    fn read_or_not(plan: NumberingPlan, way: &str) -> Option<String> {
        plan.read(way).ok().map(|number| number.as_str().to_owned())
    }

    /// What is asked of the page and of this module alike: every country's examples in the ways they are written.
    fn ways_of_every_country() -> BTreeMap<String, BTreeMap<String, Option<String>>> {
        let mut all = BTreeMap::new();
        for plan in DATABASE.iter() {
            let Ok(home) = plan.id().parse::<Id>() else { continue };
            let (code, trunk) = (plan.country_code(), plan.national_prefix().unwrap_or_default());
            let kinds = plan.descriptors();
            let example = |kind: Option<&Descriptor>| Some(kind?.example()?.to_owned());
            let mut written = Vec::new();
            if let Some(mobile) = example(kinds.mobile()) {
                written.extend([
                    format!("{trunk} {mobile}"),
                    format!("+{code} {mobile}"),
                    format!("00 {code} {mobile}"),
                    // The trunk prefix or the plus sign left out, or both of them said; a digit too many or too few.
                    mobile.clone(),
                    format!("{code}{mobile}"),
                    format!("+{code} ({trunk}) {mobile}"),
                    format!("{trunk}{mobile}0"),
                    format!("{trunk}{}", mobile.get(1..).unwrap_or_default()),
                ]);
            }
            if let Some(fixed) = example(kinds.fixed_line()) {
                let ways =
                    [format!("{trunk}{fixed}"), format!("+{code} {fixed}"), format!("{code}{fixed}"), fixed];
                written.extend(ways);
            }
            let ways: BTreeMap<_, _> = written
                .into_iter()
                .map(|way| (way.clone(), read_or_not(NumberingPlan { home: Some(home) }, &way)))
                .collect();
            all.insert(plan.id().to_owned(), ways);
        }
        let strange = [
            "",
            "+",
            "12",
            "501234567",
            "+48501234567",
            "0048 501-234-567",
            "+48 501 234 567 x",
            "+0123456789",
            "+4850",
            "+1234567890123456",
        ];
        let strange = strange.map(|way| (way.to_owned(), read_or_not(NOWHERE, way)));
        all.insert(String::new(), strange.into());
        all
    }

    /// `www/test/phone.test.mjs` holds the page against the same file. With other plans of the library it changes:
    /// `VECHE_TESTKIT=write` writes it anew.
    #[test]
    fn the_page_is_tried_with_numbers_that_are_read_here() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/samples/phone-numbers.json");
        let lines = ways_of_every_country()
            .into_iter()
            .map(|(country, ways)| format!("  {}: {}", serde_json::json!(country), serde_json::json!(ways)));
        let text = format!("{{\n{}\n}}\n", lines.collect::<Vec<_>>().join(",\n"));
        if std::env::var_os("VECHE_TESTKIT").is_some_and(|value| value == "write") {
            std::fs::write(path, &text).unwrap();
        }
        let file = std::fs::read_to_string(path).unwrap();
        let wrong = file.lines().zip(text.lines()).find(|(file, text)| file != text);
        assert!(file == text, "{wrong:?}");
    }

    #[test]
    fn a_number_is_never_printed_whole() {
        let phone = NOWHERE.read("+74951234542").unwrap();
        assert_eq!(phone.masked(), "+7 ••• 42");
        assert_eq!(format!("{phone:?}"), "+7 ••• 42");
    }
}
