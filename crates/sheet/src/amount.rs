//! Money as people write it.
//!
//! Spaces of all kinds and apostrophes stand between thousands. A point or a comma can be either: where both occur, the
//! last is before the decimals; what occurs several times is between thousands; one with other than three digits behind
//! it is before the decimals. `15.000` could be fifteen or fifteen thousand, and is read as both.
//!
//! A word for a thousand may stand behind the number, as in `15 tys. zł`. `15 mil` is fifteen thousand in Spanish and
//! fifteen million elsewhere, and is read as both, the smaller first.

use std::fmt;

use veche_phrases::{Language, Phrases, Said, error_in_english};

use crate::reading::Reading;
use crate::said::PHRASES;
use crate::words::{digit, fold};
use crate::workbook::Value;

/// An amount of money in thousandths, of which some currencies have coins.
///
/// Displayed without separators, with two decimals where there are hundredths and three where there are thousandths:
/// the form by which a person chooses one reading of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount {
    thousandths: u64,
}

/// The largest amount in whole units: what JavaScript counts exactly.
const MOST: u64 = (1 << 53) - 1;

impl Amount {
    /// So many thousandths.
    pub fn from_thousandths(thousandths: u64) -> Self {
        Amount { thousandths }
    }

    /// In thousandths.
    pub fn thousandths(self) -> u64 {
        self.thousandths
    }

    /// In whole units, where nothing is left over.
    pub fn whole(self) -> Option<u64> {
        self.thousandths.is_multiple_of(1_000).then_some(self.thousandths / 1_000)
    }

    /// In hundredths, where nothing is left over.
    pub fn hundredths(self) -> Option<u64> {
        self.thousandths.is_multiple_of(10).then_some(self.thousandths / 10)
    }

    /// So many times as much.
    fn times(self, factor: u64) -> Result<Self, AmountError> {
        let thousandths = self.thousandths.checked_mul(factor).filter(|all| *all / 1_000 <= MOST);
        thousandths.map(Amount::from_thousandths).ok_or(AmountError::TooMuch)
    }

    /// The whole units, whatever is left over.
    pub fn rounded_down(self) -> u64 {
        self.thousandths / 1_000
    }

    /// The fewest whole units that hold it.
    pub fn rounded_up(self) -> u64 {
        self.thousandths.div_ceil(1_000)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (units, rest) = (self.thousandths / 1_000, self.thousandths % 1_000);
        match (rest, rest % 10) {
            (0, _) => write!(f, "{units}"),
            (_, 0) => write!(f, "{units}.{:02}", rest / 10),
            _ => write!(f, "{units}.{rest:03}"),
        }
    }
}

/// Why a cell is no amount.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AmountError {
    /// Something else than a number.
    NotANumber,
    /// A word that is neither a currency nor a thousand as far as is known here, and could be "million".
    Word(String),
    /// A share of something.
    Percentage,
    /// Below zero.
    Negative,
    /// More decimals than money has.
    Decimals,
    /// More than can be counted.
    TooMuch,
}

impl Said for AmountError {
    fn phrases() -> &'static Phrases {
        &PHRASES
    }

    fn code(&self) -> &'static str {
        match self {
            AmountError::NotANumber => "amount.not_a_number",
            AmountError::Word(_) => "amount.word",
            AmountError::Percentage => "amount.percentage",
            AmountError::Negative => "amount.negative",
            AmountError::Decimals => "amount.decimals",
            AmountError::TooMuch => "amount.too_much",
        }
    }

    fn values(&self, _: Language) -> Vec<(&'static str, String)> {
        match self {
            AmountError::Word(word) => vec![("word", word.clone())],
            AmountError::TooMuch => vec![("most", MOST.to_string())],
            _ => Vec::new(),
        }
    }
}

error_in_english!(AmountError);

/// Reads an amount, with or without its currency. `currencies` are words that are accepted besides those known here.
///
/// # Errors
/// [`AmountError`], which says what to write.
pub fn amount(value: &Value, currencies: &[&str]) -> Result<Reading<Amount>, AmountError> {
    match value {
        Value::Number(number) => from_float(*number).map(Reading::One),
        Value::Text(text) => from_text(text, currencies),
        Value::Date(_) | Value::Time(_) | Value::Bool(_) | Value::Error(_) => Err(AmountError::NotANumber),
    }
}

fn from_float(number: f64) -> Result<Amount, AmountError> {
    if number < 0.0 {
        return Err(AmountError::Negative);
    }
    if !number.is_finite() || number > MOST as f64 {
        return Err(AmountError::TooMuch);
    }
    // What a formula added up is off by less than anybody has written.
    let written = format!("{number:.6}");
    let (units, decimals) = written.split_once('.').unwrap_or((&written, ""));
    plain(units, decimals.trim_end_matches('0'))
}

fn from_text(text: &str, currencies: &[&str]) -> Result<Reading<Amount>, AmountError> {
    let text: String = text.chars().map(tidy).collect();
    let first = text.find(|sign: char| sign.is_ascii_digit()).ok_or(AmountError::NotANumber)?;
    let last = text.rfind(|sign: char| sign.is_ascii_digit()).unwrap_or(first);
    let (before, rest) = text.split_at_checked(first).ok_or(AmountError::NotANumber)?;
    let (number, after) = rest.split_at_checked(last - first + 1).ok_or(AmountError::NotANumber)?;
    // In "500,-" and "500.—" nothing but the cents is left out.
    let after_digits = after.trim().to_owned();
    let after =
        [",-", ".-", ",--", ".--"].iter().find_map(|nothing| after.strip_prefix(nothing)).unwrap_or(after);
    let (times, after) = multiplied(after);
    for words in [before, after] {
        let words = words.trim();
        if before.trim_end().ends_with('-') || (before.contains('(') && after.contains(')')) {
            return Err(AmountError::Negative);
        }
        if words == "%" {
            return Err(AmountError::Percentage);
        }
        if !words.is_empty() && !is_currency(words, currencies) {
            return Err(AmountError::Word(words.to_owned()));
        }
    }
    let read = from_digits(number)?;
    match (times, read) {
        (Times::One, read) => Ok(read),
        (Times::Thousand, Reading::One(one)) => Ok(Reading::One(one.times(1_000)?)),
        (Times::Thousand, Reading::Several(all)) => {
            let all: Result<Vec<Amount>, AmountError> = all.iter().map(|one| one.times(1_000)).collect();
            Ok(Reading::Several(all?))
        }
        (Times::ThousandOrMillion, Reading::One(one)) => {
            Ok(Reading::Several(vec![one.times(1_000)?, one.times(1_000_000)?]))
        }
        // Four readings are more than anybody is asked about.
        (Times::ThousandOrMillion, Reading::Several(_)) => Err(AmountError::Word(after_digits)),
    }
}

/// What a word behind a number makes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    One,
    Thousand,
    ThousandOrMillion,
}

/// The word for a thousand at the beginning of what stands behind a number, and the rest.
fn multiplied(after: &str) -> (Times, &str) {
    // Written out, and as it is shortened, in the languages of the site.
    const THOUSANDS: &str = "thousand thousands тыс тысяча тысячи тысяч tys tysiac tysiace tysiecy mille milliers tsd \
                             tausend الف الاف الفا";
    let words = after.trim_start();
    let (first, rest) = words.split_once([' ', '\n']).unwrap_or((words, ""));
    let folded = fold(first);
    if THOUSANDS.split_whitespace().any(|known| known == folded) {
        (Times::Thousand, rest)
    } else if folded == "mil" {
        (Times::ThousandOrMillion, rest)
    } else {
        (Times::One, after)
    }
}

/// A sign as one of few: spaces, apostrophes and digits have many forms.
fn tidy(sign: char) -> char {
    match sign {
        '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2008}' | '\u{2009}' | '\u{200a}' | '\t' => ' ',
        '’' | '‘' | '`' | '´' | '\u{2bc}' => '\'',
        '٫' => ',',
        // Only ever between thousands.
        '٬' => '\'',
        '−' | '–' | '—' => '-',
        sign => digit(sign),
    }
}

/// A number that begins and ends with a digit.
fn from_digits(number: &str) -> Result<Reading<Amount>, AmountError> {
    if number.contains(|sign: char| !sign.is_ascii_digit() && !matches!(sign, ' ' | '\'' | '.' | ',')) {
        return Err(AmountError::NotANumber);
    }
    let count = |sign: char| number.matches(sign).count();
    let spaced = number.contains([' ', '\'']);
    let (points, commas) = (count('.'), count(','));
    let last = number.rfind(['.', ',']).and_then(|at| number.get(at..)?.chars().next());
    match (points, commas, last) {
        (0, 0, _) => grouped(number, "").map(Reading::One),
        // One of both once: it is before the decimals, or between thousands.
        (1, 0, Some(sign)) | (0, 1, Some(sign)) => {
            let (units, rest) = number.split_once(sign).unwrap_or((number, ""));
            let thousands =
                !spaced && rest.len() == 3 && (1..=3).contains(&units.len()) && !units.starts_with('0');
            if !thousands {
                return grouped(units, rest).map(Reading::One);
            }
            let small = plain(units, rest)?;
            let large = plain(&format!("{units}{rest}"), "")?;
            Ok(Reading::Several(vec![large, small]))
        }
        // Several of one: they are between thousands.
        (2.., 0, Some(sign)) | (0, 2.., Some(sign)) if !spaced => {
            grouped(&number.replace(sign, " "), "").map(Reading::One)
        }
        // Both: the last is before the decimals, and there is one of it.
        (1.., 1.., Some(sign)) if count(sign) == 1 && !spaced => {
            let (units, rest) = number.split_once(sign).unwrap_or((number, ""));
            grouped(&units.replace(['.', ','], " "), rest).map(Reading::One)
        }
        _ => Err(AmountError::NotANumber),
    }
}

/// Units whose thousands are apart, if at all, by one sign.
fn grouped(units: &str, decimals: &str) -> Result<Amount, AmountError> {
    let mut groups = units.split([' ', '\'']);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let one_sign = !(units.contains(' ') && units.contains('\''));
    let fits = rest.is_empty()
        || (one_sign && (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3));
    if !fits {
        return Err(AmountError::NotANumber);
    }
    plain(&units.replace([' ', '\''], ""), decimals)
}

fn plain(units: &str, decimals: &str) -> Result<Amount, AmountError> {
    if !decimals.bytes().all(|b| b.is_ascii_digit()) {
        return Err(AmountError::NotANumber);
    }
    let decimals = decimals.trim_end_matches('0');
    if decimals.len() > 3 {
        return Err(AmountError::Decimals);
    }
    let units: u64 = units.parse().map_err(|_| AmountError::TooMuch)?;
    if units > MOST {
        return Err(AmountError::TooMuch);
    }
    let rest: u64 = format!("{decimals:0<3}").parse().map_err(|_| AmountError::NotANumber)?;
    Ok(Amount { thousandths: units * 1_000 + rest })
}

/// Whether words beside a number are a currency. "million" is a word, too: what is not known is no currency.
fn is_currency(words: &str, more: &[&str]) -> bool {
    const SIGNS: &str = "€$£¥₽₴₺₪₸₼₾";
    const WORDS: &str = "aed all amd ars azn bam bgn bhd brl byn cad chf clp cny cop czk dkk dzd egp eur gbp gel huf ils inr \
                         iqd isk jod jpy kgs kwd kzt lbp mad mdl mkd mxn nok omr pen pln qar ron rsd rub rur sar sek syp tnd \
                         try uah us usd uyu uzs yer zl zloty zlote zlotych zlotys euro euros dollar dollars dolares dolarow \
                         pesos peso soles kc kr ft lei leu lv r руб рубль рубля рублеи рублен р грн тг тенге тыин бел лв евро \
                         злотых злотыи злотого درهم ريال دينار جنيه ليره يورو دولار fr frs franken francs franc";
    let folded = fold(words);
    let sign = words.trim_matches(|sign: char| SIGNS.contains(sign) || sign.is_whitespace() || sign == '.');
    if sign.is_empty() {
        return true;
    }
    let known = |word: &str| {
        WORDS.split_whitespace().any(|known| known == word) || more.iter().any(|known| fold(known) == word)
    };
    // Signs of the Arabic world are letters with points between them.
    let arabic = ["د ا", "د م", "د ج", "د ت", "د ك", "د ع", "ر س", "ر ق", "ج م", "ل ل", "ل س"];
    !folded.is_empty()
        && (known(&folded) || arabic.contains(&folded.as_str()) || folded.split(' ').all(known))
}
