use proptest::prelude::*;

use crate::{Amount, AmountError, Reading, Value, amount};

/// Every reading of a text, as it is displayed.
fn readings(text: &str) -> Result<Vec<String>, AmountError> {
    let read = amount(&Value::Text(text.to_owned()), &["guldenów"])?;
    Ok(read.all().iter().map(Amount::to_string).collect())
}

#[test]
fn amounts_are_read_as_people_write_them() {
    for (text, value) in [
        ("48500", "48500"),
        ("48 500,50 zł", "48500.50"),
        ("48\u{a0}500,50\u{a0}zł", "48500.50"),
        ("48\u{202f}500,5 €", "48500.50"),
        ("1.250.000", "1250000"),
        ("1,250,000", "1250000"),
        ("1.250.000,00", "1250000"),
        ("1,250,000.75", "1250000.75"),
        ("1'250'000.75", "1250000.75"),
        ("1’250’000", "1250000"),
        ("500.5", "500.50"),
        ("500,05", "500.05"),
        ("1500.000", "1500"),
        ("0,500", "0.50"),
        ("48 500,125", "48500.125"),
        ("500,-", "500"),
        ("500.— Fr.", "500"),
        ("PLN 500", "500"),
        ("€ 500", "500"),
        ("500 тыс", "500000"),
        ("15 tysięcy zł", "15000"),
        ("15 tys. zł", "15000"),
        ("1,5 tys. zł", "1500"),
        ("zł 15 tys.", "15000"),
        ("15 thousand", "15000"),
        ("15 Tsd. €", "15000"),
        ("15 mille euros", "15000"),
        ("15 тысяч рублей", "15000"),
        ("15 ألف دينار", "15000"),
        ("15 milhas", "!milhas"),
        ("1,5 mln zł", "!mln zł"),
        ("12 руб.", "12"),
        ("12 500 ₽", "12500"),
        ("12 guldenów", "12"),
        ("١٢٬٥٠٠٫٥٠ د.إ", "12500.50"),
        ("0", "0"),
        ("007", "7"),
        ("9007199254740991", "9007199254740991"),
    ] {
        match value.strip_prefix('!') {
            Some(word) => assert_eq!(readings(text), Err(AmountError::Word(word.into())), "{text}"),
            None => assert_eq!(readings(text).unwrap(), [value], "{text}"),
        }
    }
}

#[test]
fn what_can_be_two_amounts_is_read_as_both() {
    for (text, both) in [
        ("15.000", ["15000", "15"]),
        ("15,000 zł", ["15000", "15"]),
        ("1.250", ["1250", "1.25"]),
        ("999,999", ["999999", "999.999"]),
    ] {
        assert_eq!(readings(text).unwrap(), both, "{text}");
    }
    // A thousand in Spanish, a million elsewhere.
    for text in ["15 mil", "15 mil €", "15 mil pesos"] {
        assert_eq!(readings(text).unwrap(), ["15000", "15000000"], "{text}");
    }
    assert_eq!(readings("15.000 tys. zł").unwrap(), ["15000000", "15000"]);
    assert_eq!(readings("15.000 mil").unwrap_err(), AmountError::Word("mil".into()));
    let read = amount(&Value::Text("15.000".into()), &[]).unwrap();
    assert_eq!(read.clone().choose(" 15 ").unwrap().whole(), Some(15));
    assert_eq!(read.clone().choose("15000").unwrap().whole(), Some(15_000));
    assert_eq!(read.clone().choose("16").unwrap_err(), read);
    assert_eq!(Reading::One(3).choose("3"), Ok(3));
    assert_eq!(Reading::One(3).choose("4"), Err(Reading::One(3)));
}

#[test]
fn what_is_no_amount_is_refused_for_what_it_is() {
    use AmountError::{Decimals, Negative, NotANumber, Percentage, TooMuch, Word};
    for (text, error) in [
        ("", NotANumber),
        ("zł", NotANumber),
        ("12 34", NotANumber),
        ("1.25.000", NotANumber),
        ("1.250,000.5", NotANumber),
        ("1 250.000.5", NotANumber),
        ("1 250'000", NotANumber),
        ("12/5", NotANumber),
        ("12-15", NotANumber),
        ("-5", Negative),
        ("−5 zł", Negative),
        ("(500)", Negative),
        ("0,1234", Decimals),
        ("9007199254740992", TooMuch),
        ("99999999999999999999999", TooMuch),
        ("about 500", Word("about".into())),
        ("500 k", Word("k".into())),
        ("500 M€", Word("M€".into())),
        ("500%", Percentage),
    ] {
        assert_eq!(readings(text), Err(error), "{text}");
    }
    for value in [Value::Bool(true), Value::Error("#REF!".into())] {
        assert_eq!(amount(&value, &[]), Err(NotANumber));
    }
}

#[test]
fn numbers_of_a_spreadsheet_keep_their_cents() {
    let read = |number: f64| amount(&Value::Number(number), &[]).map(|read| read.one().unwrap().to_string());
    assert_eq!(read(48_500.5).unwrap(), "48500.50");
    assert_eq!(read(0.1 + 0.2).unwrap(), "0.30");
    assert_eq!(read(15.0).unwrap(), "15");
    assert_eq!(read(1.0 / 3.0), Err(AmountError::Decimals));
    assert_eq!(read(-1.0), Err(AmountError::Negative));
    assert_eq!(read(f64::NAN), Err(AmountError::TooMuch));
    assert_eq!(read(1e300), Err(AmountError::TooMuch));
}

#[test]
fn rounding_is_said_by_its_name() {
    let amount = Amount::from_thousandths(48_500_010);
    assert_eq!((amount.rounded_down(), amount.rounded_up()), (48_500, 48_501));
    assert_eq!((amount.whole(), amount.hundredths()), (None, Some(4_850_001)));
    assert_eq!(Amount::from_thousandths(5).hundredths(), None);
}

proptest! {
    /// Nothing panics, and whatever is read in one way is read again from how it is displayed.
    #[test]
    fn any_text_is_read_or_refused(text in "[0-9 .,'\u{a0}zł€-]{0,14}") {
        if let Ok(Reading::One(read)) = amount(&Value::Text(text), &[]) {
            let shown = amount(&Value::Text(read.to_string()), &[]).unwrap();
            prop_assert!(shown.all().contains(&read));
        }
    }

    /// However an amount is written, it is among the readings.
    #[test]
    fn every_way_to_write_an_amount_is_read(units in 0..10_000_000_u64, cents in 0..100_u64, style in 0..6_usize) {
        let grouped = |sign: &str| {
            let digits: Vec<char> = units.to_string().chars().collect();
            let parts: Vec<String> = digits.rchunks(3).rev().map(|part| part.iter().collect()).collect();
            parts.join(sign)
        };
        let (thousands, decimal) = [(" ", ","), ("\u{a0}", "."), (".", ","), (",", "."), ("'", "."), ("", ",")][style];
        let text = format!("{}{decimal}{cents:02}", grouped(thousands));
        let expected = Amount::from_thousandths(units * 1_000 + cents * 10);
        prop_assert_eq!(amount(&Value::Text(text), &[]).unwrap(), Reading::One(expected));
    }
}
