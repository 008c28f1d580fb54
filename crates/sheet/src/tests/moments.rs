use jiff::civil::{Time, datetime};
use proptest::prelude::*;

use crate::{MomentError, Reading, Value, Zone, ZoneError, moment};

fn readings(text: &str) -> Result<Vec<String>, MomentError> {
    Ok(moment(&Value::Text(text.to_owned()))?.all().iter().map(ToString::to_string).collect())
}

#[test]
fn dates_are_read_as_people_write_them() {
    for (text, value) in [
        ("2026-06-01 08:00", "2026-06-01 08:00"),
        ("2026-06-01T08:00:30", "2026-06-01 08:00:30"),
        ("1.06.2026 8:00", "2026-06-01 08:00"),
        ("1.06.2026, godz. 8.00", "2026-06-01 08:00"),
        ("01-06-2026 24:00", "2026-06-01 24:00"),
        ("31/12/2026", "2026-12-31"),
        ("12/31/2026", "2026-12-31"),
        ("5/5/2026 8h", "2026-05-05 08:00"),
        ("2026/6/1", "2026-06-01"),
        ("1 czerwca 2026 r. godz. 8:00", "2026-06-01 08:00"),
        ("1 июня 2026 г., 8:00", "2026-06-01 08:00"),
        ("понедельник, 1 июня 2026 года в 20:00", "2026-06-01 20:00"),
        ("mardi 2 juin 2026 à 8h30", "2026-06-02 08:30"),
        ("1er juin 2026", "2026-06-01"),
        ("martes 2 de junio de 2026, 8:00", "2026-06-02 08:00"),
        ("Montag, 1. Juni 2026, 8 Uhr", "2026-06-01 08:00"),
        ("3. März 2026 um 8.30 Uhr", "2026-03-03 08:30"),
        ("June 1st, 2026 8:00 pm", "2026-06-01 20:00"),
        ("June 1, 2026 12 am", "2026-06-01 00:00"),
        ("١ يونيو ٢٠٢٦ ٨:٠٠", "2026-06-01 08:00"),
        ("06.2026", "2026-06"),
        ("czerwiec 2026", "2026-06"),
        ("2026", "2026"),
        ("2026 rok", "2026"),
    ] {
        assert_eq!(readings(text).unwrap(), [value], "{text}");
    }
    assert_eq!(readings("3/4/2026 8:00").unwrap(), ["2026-04-03 08:00", "2026-03-04 08:00"]);
    assert_eq!(readings("3.4.2026").unwrap(), ["2026-04-03"]);
}

#[test]
fn what_is_no_date_is_refused_for_what_it_is() {
    use MomentError::{NoSuchDay, NoSuchHour, NotADate, OnlyAnHour, ShortYear, Word};
    for (text, error) in [
        ("soon", Word("soon".into())),
        ("1.06.26", ShortYear),
        ("1 czerwca", ShortYear),
        ("30.02.2026", NoSuchDay),
        ("2026-13-01", NoSuchDay),
        ("2026-06-01 25:00", NoSuchHour),
        ("2026-06-01 24:01", NoSuchHour),
        ("2026-06-01 8:61", NoSuchHour),
        ("2026-06-01 13:00 pm", NoSuchHour),
        ("8:00", OnlyAnHour),
        ("2026 8:00", NotADate),
        ("2026-06-01T08:00:00Z", Word("08:00:00Z".into())),
        ("1.06.2026 2.06.2026", NotADate),
        ("1-3 czerwca 2026", ShortYear),
    ] {
        assert_eq!(readings(text), Err(error), "{text}");
    }
    assert_eq!(moment(&Value::Time(Time::midnight())), Err(OnlyAnHour));
    assert_eq!(moment(&Value::Number(45_000.0)), Err(NotADate));
    assert_eq!(moment(&Value::Number(2026.0)).unwrap().one().unwrap().to_string(), "2026");
}

#[test]
fn what_is_left_out_is_the_whole_of_it() {
    let read = |text: &str| {
        let moment = moment(&Value::Text(text.to_owned())).unwrap().one().unwrap();
        (moment.begin().unwrap().to_string(), moment.end().unwrap().to_string())
    };
    let both = |begin: &str, end: &str| (begin.to_owned(), end.to_owned());
    assert_eq!(read("2026-06-01 08:00"), both("2026-06-01T08:00:00", "2026-06-01T08:00:00"));
    assert_eq!(read("2026-06-01"), both("2026-06-01T00:00:00", "2026-06-02T00:00:00"));
    assert_eq!(read("2026-06-01 24:00"), both("2026-06-02T00:00:00", "2026-06-02T00:00:00"));
    assert_eq!(read("02.2028"), both("2028-02-01T00:00:00", "2028-03-01T00:00:00"));
    assert_eq!(read("2026"), both("2026-01-01T00:00:00", "2027-01-01T00:00:00"));
}

#[test]
fn an_hour_that_is_there_twice_or_not_at_all_is_asked_about() {
    let warsaw = Zone::find("Warsaw").unwrap();
    assert_eq!(warsaw.name(), "Europe/Warsaw");
    let shown = |reading: &Reading<crate::Instant>| -> Vec<String> {
        reading.all().iter().map(ToString::to_string).collect()
    };
    let summer = warsaw.instant(datetime(2026, 6, 1, 8, 0, 0, 0)).unwrap();
    assert_eq!(shown(&summer), ["2026-06-01 08:00+02:00"]);
    // 2026-06-01T06:00:00Z.
    assert_eq!(summer.one().unwrap().unix, 1_780_293_600);
    let twice = warsaw.instant(datetime(2026, 10, 25, 2, 30, 0, 0)).unwrap();
    assert_eq!(shown(&twice), ["2026-10-25 02:30+02:00", "2026-10-25 02:30+01:00"]);
    assert_eq!(twice.all()[1].unix - twice.all()[0].unix, 3_600);
    let never = warsaw.instant(datetime(2026, 3, 29, 2, 30, 0, 0)).unwrap();
    assert_eq!(shown(&never), ["2026-03-29 01:30+01:00", "2026-03-29 03:30+02:00"]);
    assert_eq!(never.all()[1].unix - never.all()[0].unix, 3_600);
}

#[test]
fn a_zone_is_found_by_name() {
    assert_eq!(Zone::find(" europe/MADRID ").unwrap().name(), "Europe/Madrid");
    assert_eq!(Zone::find("UTC").unwrap().name(), "UTC");
    assert_eq!(Zone::find("Warszawa").unwrap_err(), ZoneError::Unknown);
    assert!(matches!(Zone::find("Louisville"), Err(ZoneError::Several(names)) if names.len() == 2));
}

proptest! {
    /// Nothing panics, and whatever is read is read again from how it is displayed.
    #[test]
    fn any_text_is_a_date_or_refused(text in "[0-9]{1,4}[-./ ][0-9]{1,2}[-./ ][0-9]{1,4}( [0-9]{1,2}[:.h][0-9]{2})?( pm)?") {
        for read in moment(&Value::Text(text)).iter().flat_map(Reading::all) {
            prop_assert_eq!(moment(&Value::Text(read.to_string())), Ok(Reading::One(*read)));
            prop_assert!(read.begin() <= read.end());
        }
    }
}
