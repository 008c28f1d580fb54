//! Names of months and days in seven languages, and the little words around them.

use veche_phrases::Language;

use crate::words::fold;

/// Every form that stands in a date.
const MONTHS: [&str; 12] = [
    "january jan январь января янв styczen stycznia sty enero ene janvier janv januar janner يناير",
    "february feb февраль февраля фев февр luty lutego lut febrero fevrier fevr fev februar فبراير شباط",
    "march mar март марта мар marzec marca marzo mars marz mrz مارس اذار",
    "april apr апрель апреля апр kwiecien kwietnia kwi abril abr avril avr ابريل نيسان",
    "may май мая maj maja mayo mai مايو ايار",
    "june jun июнь июня июн czerwiec czerwca cze junio juin juni يونيو حزيران",
    "july jul июль июля июл lipiec lipca lip julio juillet juil juli يوليو تموز",
    "august aug август августа авг sierpien sierpnia sie agosto ago aout اغسطس اب",
    "september sep sept сентябрь сентября сен сент wrzesien wrzesnia wrz septiembre setiembre septembre سبتمبر ايلول",
    "october oct октябрь октября окт pazdziernik pazdziernika paz octubre octobre oktober okt اكتوبر",
    "november nov ноябрь ноября ноя нояб listopad listopada lis noviembre novembre نوفمبر",
    "december dec декабрь декабря дек grudzien grudnia gru diciembre dic decembre dezember dez ديسمبر",
];

/// What says nothing beside a date and an hour.
const NOISE: &str = "o at um a on le la las les el den der do de del du of the от на в во к godz godzina godzinie godziny h hr \
                     hrs uhr ч час часов hora horas heure heures clock الساعه ساعه في يوم r rok roku г год года \
                     monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun \
                     понедельник вторник среда среду четверг пятница пятницу суббота субботу воскресенье \
                     poniedzialek wtorek sroda srode czwartek piatek sobota sobote niedziela niedziele \
                     lunes martes miercoles jueves viernes sabado domingo lundi mardi mercredi jeudi vendredi samedi dimanche \
                     montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag \
                     الاثنين الثلاثاء الاربعاء الخميس الجمعه السبت الاحد";

/// The twelve as they stand behind a day.
fn behind_a_day(language: Language) -> &'static str {
    match language {
        Language::En => {
            "January February March April May June July August September October November December"
        }
        Language::Ru => "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        Language::Pl => {
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"
        }
        Language::Es => {
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
        }
        Language::Fr => {
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
        }
        Language::De => "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        Language::Ar => "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    }
}

/// A date as people write it.
pub(crate) fn written(year: i16, month: i8, day: i8, language: Language) -> String {
    let at = usize::try_from(month).unwrap_or(1).saturating_sub(1);
    let month = behind_a_day(language).split(' ').nth(at).unwrap_or_default();
    match language {
        Language::Es => format!("{day} de {month} de {year}"),
        Language::De => format!("{day}. {month} {year}"),
        Language::Fr if day == 1 => format!("1er {month} {year}"),
        Language::Ru => format!("{day} {month} {year} г."),
        _ => format!("{day} {month} {year}"),
    }
}

/// The month that a word names, from 1.
pub(crate) fn month(word: &str) -> Option<i8> {
    let word = fold(word);
    let named = |names: &&str| names.split(' ').any(|name| fold(name) == word);
    let at = MONTHS.iter().position(named)?;
    i8::try_from(at + 1).ok()
}

/// Whether a word says nothing.
pub(crate) fn is_noise(word: &str) -> bool {
    let word = fold(word);
    word.is_empty() || NOISE.split_whitespace().any(|known| fold(known) == word)
}
