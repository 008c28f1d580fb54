//! The words around a code.
//!
//! What is longer than [`GSM`] or [`OTHER`] is sent, and paid, as two messages. Our own words are kept to one by
//! leaving out the accents of the vote's title, by shortening it, or without it. Two are left to who asks for them: a
//! town with long words of its own, or one with a host of more than some twenty characters and voters who read Russian
//! or Arabic.

use unicode_normalization::UnicodeNormalization as _;
use veche_record::Manifest;
use veche_record::manifest::CODE_PLACE;
use zeroize::Zeroizing;

/// Septets of one message in the alphabet of GSM 03.38, and characters of one in any other.
const GSM: usize = 160;
const OTHER: usize = 70;

/// The characters of GSM 03.38 that take one septet.
const GSM_ALPHABET: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// Characters of a title of which less says nothing.
const TITLE: usize = 10;

/// Digits that are read in one piece. More are written in groups of four.
const IN_ONE: usize = 6;

/// What is said after the code, which comes first because a locked phone shows the beginning of a message.
struct Words {
    /// Before the vote's title, or where there is no room for that.
    before: &'static str,
    instead: &'static str,
    end: &'static str,
    /// What stands between the groups of a long code.
    between: char,
}

/// The words in one of our languages. The Polish and the Spanish ones do without letters that GSM 03.38 has not: with
/// one of them a message has 70 characters.
fn words(language: &str) -> Option<Words> {
    let (before, instead, end) = match language {
        "en" => (" is your code to vote: ", " is your code to vote", ". Give it to nobody."),
        "ru" => (" — код для входа: ", " — ваш код", ". Никому его не сообщайте."),
        "pl" => (" to kod logowania: ", " to kod logowania", ". Kod jest poufny."),
        "es" => (" es su clave para votar: ", " es su clave para votar", ". No la comparta con nadie."),
        "fr" => (" est votre code pour voter : ", " est votre code pour voter", ". Ne le donnez à personne."),
        "de" => {
            (" ist Ihr Code zum Abstimmen: ", " ist Ihr Code zum Abstimmen", ". Bitte niemandem weitergeben.")
        }
        "ar" => (" رمز الدخول للتصويت: ", " رمز الدخول", ". يرجى عدم مشاركته."),
        _ => return None,
    };
    // Between groups with spaces, whoever reads from right to left is shown the last one first.
    Some(Words { before, instead, end, between: if language == "ar" { '-' } else { ' ' } })
}

/// For any other language: the code and what is voted on.
const NO_WORDS: Words = Words { before: ": ", instead: "", end: "", between: ' ' };

/// What is sent: the manifest's own words, in the voter's language if it has that, and else in its first; where it has
/// none, ours in the voter's language, and else in the manifest's first. The last line names the host of the page that
/// the code is for, if that is known: a phone that knows such lines offers the code there and nowhere else.
pub(crate) fn text(
    manifest: &Manifest,
    language: Option<&str>,
    host: Option<&str>,
    code: &str,
) -> Zeroizing<String> {
    let document = manifest.document();
    let first = document.languages.first().map_or("", String::as_str);
    let asked = language.and_then(|language| language.split('-').next()).unwrap_or(first);
    let line = Zeroizing::new(host.map(|host| format!("\n@{host} #{code}")).unwrap_or_default());
    let own = document.sms.as_ref().and_then(|sms| {
        [asked, first].into_iter().find_map(|language| Some((sms.get(language)?, words(language))))
    });
    if let Some((own, words)) = own {
        let code = in_groups(code, words.unwrap_or(NO_WORDS).between);
        return Zeroizing::new(format!("{}{}", own.replace(CODE_PLACE, &code), *line));
    }
    let Words { before, instead, end, between } =
        [asked, first].into_iter().find_map(words).unwrap_or(NO_WORDS);
    let code = in_groups(code, between);
    let whole = |middle: &str, title: &str| Zeroizing::new(format!("{}{middle}{title}{end}{}", *code, *line));
    let title = [asked, first].into_iter().find_map(|language| document.title.get(language)).unwrap_or("");
    let dots = if end.starts_with('.') { ".." } else { "..." };
    match fitted(title, dots, |title| whole(before, title)) {
        Some(title) => whole(before, &title),
        None => whole(instead, ""),
    }
}

/// What a test says, in the manifest's first language: what it is and of which vote, and that nothing is to be done.
pub(crate) fn test(manifest: &Manifest) -> String {
    let document = manifest.document();
    let language = document.languages.first().map_or("", String::as_str);
    let title = document.title.get(language).unwrap_or("");
    let (before, end) = match language {
        "ru" => ("Пробное сообщение без кода: ", ". Делать ничего не надо."),
        "pl" => ("To wiadomosc testowa, bez kodu: ", ". Nie trzeba nic robic."),
        "es" => ("Mensaje de prueba, sin clave: ", ". No tiene que hacer nada."),
        "fr" => ("Message d'essai, sans code : ", ". Vous n'avez rien à faire."),
        "de" => ("Probenachricht ohne Code: ", ". Sie müssen nichts tun."),
        "ar" => ("رسالة تجريبية بلا رمز: ", ". لا يلزم فعل شيء."),
        _ => ("Test message, without a code: ", ". You need do nothing."),
    };
    let whole = |title: &str| format!("{before}{title}{end}");
    whole(&fitted(title, "..", |title| Zeroizing::new(whole(title))).unwrap_or_default())
}

/// As much of a title as one message has room for. Where its accents alone make the message too long, all of them are
/// left out; where one message has them all, they stay.
fn fitted(title: &str, dots: &str, whole: impl Fn(&str) -> Zeroizing<String>) -> Option<String> {
    let most = |text: &str| if is_gsm(text) { GSM } else { OTHER };
    let with_all = whole(title);
    if with_all.chars().count() <= most(&with_all) {
        return Some(title.to_owned());
    }
    let bare = without_accents(title);
    let title = if is_gsm(&whole(&bare)) && !is_gsm(&with_all) { bare.as_str() } else { title };
    let room = most(&whole(title)).saturating_sub(whole("").chars().count());
    shortened(title, room, dots)
}

/// Latin letters without their accents. Those of other scripts stay as they are.
fn without_accents(text: &str) -> String {
    let bare =
        text.nfd().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)).map(|letter| match letter {
            'ł' => 'l',
            'Ł' => 'L',
            'đ' => 'd',
            'Đ' => 'D',
            '„' | '”' | '“' => '"',
            '’' | '‘' => '\'',
            '–' | '—' => '-',
            letter => letter,
        });
    bare.collect()
}

fn is_gsm(text: &str) -> bool {
    text.chars().all(|character| GSM_ALPHABET.contains(character))
}

/// A text, or its beginning with dots after it if it is too long, in whole words if one fits. Nothing if there is room
/// for nothing that says something.
fn shortened(text: &str, most: usize, dots: &str) -> Option<String> {
    if text.chars().count() <= most {
        return Some(text.to_owned());
    }
    if most < TITLE {
        return None;
    }
    let beginning: String = text.chars().take(most.saturating_sub(dots.len())).collect();
    // A word that ends where the room does is whole.
    let ends = text.chars().nth(beginning.chars().count()).is_some_and(char::is_whitespace);
    let whole = beginning.rsplit_once(' ').filter(|_| !ends);
    let words = whole.map_or(beginning.as_str(), |(words, _)| words);
    Some(format!("{}{dots}", words.trim_end()))
}

/// The digits as people read them.
fn in_groups(code: &str, between: char) -> Zeroizing<String> {
    let mut groups = Zeroizing::new(String::with_capacity(2 * code.len()));
    for (i, digit) in code.chars().enumerate() {
        if i > 0 && i.is_multiple_of(4) && code.len() > IN_ONE {
            groups.push(between);
        }
        groups.push(digit);
    }
    groups
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn manifest(languages: &[&str], title: &str, sms: Option<Value>) -> Manifest {
        let text = |text: &str| {
            Value::Object(languages.iter().map(|language| ((*language).to_owned(), text.into())).collect())
        };
        let mut manifest = json!({
            "veche": 1, "phase": "election", "languages": languages, "title": text(title), "text": text("For tests."),
            "opens": "2026-05-01T08:00:00Z", "closes": "2026-05-14T20:00:00Z", "time_zone": "UTC", "early_close": true,
            "contests": [{"id": "a", "title": text("A"), "report_by": "contest", "funding": {"method": "none"},
                "rule": {"type": "approval", "min": 1, "max": 1, "blank": false},
                "options": [{"id": "a", "name": text("A")}, {"id": "b", "name": text("B")}]}],
            "styles": [{"id": "a", "title": text("A"), "contests": ["a"], "electorate": 10}],
            "routes": [{"id": "sms", "title": text("By SMS"), "entered": false}],
            "trustees": {"count": 3, "threshold": 2}, "minimum_group": 1, "revote": true, "registration": "roll"
        });
        if let Some(sms) = sms {
            manifest["sms"] = sms;
        }
        Manifest::parse(manifest.to_string().as_bytes()).unwrap()
    }

    /// The messages that a text is sent as.
    fn messages(text: &str) -> usize {
        let (one, of_many) = if is_gsm(text) { (GSM, 153) } else { (OTHER, 67) };
        let length = text.chars().count();
        if length <= one { 1 } else { length.div_ceil(of_many) }
    }

    const SEVEN: [&str; 7] = ["en", "ru", "pl", "es", "fr", "de", "ar"];

    #[test]
    fn the_town_is_named_and_the_code_comes_first() {
        let town = manifest(&["en"], "Mirogrod decides", None);
        assert_eq!(
            *text(&town, None, None, "012345"),
            "012345 is your code to vote: Mirogrod decides. Give it to nobody."
        );
        let town = manifest(&["uk", "en"], "Mirogrod", None);
        assert_eq!(*text(&town, None, None, "012345"), "012345: Mirogrod");
        assert_eq!(*text(&town, Some("xx"), None, "012345"), "012345: Mirogrod", "what nobody has words for");
        for (language, wanted) in [
            ("en-GB", "012345 is your code to vote: Mirogrod. Give it to nobody."),
            // A language that the manifest does not have.
            ("de", "012345 ist Ihr Code zum Abstimmen: Mirogrod. Bitte niemandem weitergeben."),
        ] {
            assert_eq!(*text(&town, Some(language), None, "012345"), wanted);
        }
        for language in SEVEN {
            let message = text(&town, Some(language), None, "012345");
            assert!(message.starts_with("012345 ") && message.contains(": Mirogrod. "), "{}", *message);
        }
    }

    #[test]
    fn the_last_line_binds_the_code_to_the_host_of_the_page() {
        let town = manifest(&["en"], "Mirogrod decides", None);
        assert_eq!(
            *text(&town, None, Some("vote.example"), "012345678901"),
            "0123 4567 8901 is your code to vote: Mirogrod decides. Give it to nobody.\n@vote.example #012345678901"
        );
        let town = manifest(&["en"], "Mirogrod decides", Some(json!({"en": "{code} is yours"})));
        assert_eq!(
            *text(&town, None, Some("vote.example"), "012345"),
            "012345 is yours\n@vote.example #012345"
        );
    }

    #[test]
    fn the_manifest_has_the_last_word() {
        let sms = json!({"pl": "{code} to Twój kod", "en": "{code} is yours"});
        let town = manifest(&["pl", "en"], "Mirogród", Some(sms));
        assert_eq!(*text(&town, None, None, "123456789012"), "1234 5678 9012 to Twój kod");
        assert_eq!(*text(&town, Some("en"), None, "012345"), "012345 is yours");
        assert_eq!(*text(&town, Some("de"), None, "012345"), "012345 to Twój kod");
        let town = manifest(&["ar"], "Mirogrod", Some(json!({"ar": "{code} رمزك"})));
        assert_eq!(*text(&town, None, None, "012345678901"), "0123-4567-8901 رمزك");
    }

    #[test]
    fn a_long_code_is_written_in_groups_which_nobody_is_shown_backwards() {
        let town = manifest(&["en"], "Mirogrod", None);
        for language in SEVEN {
            let message = text(&town, Some(language), None, "012345678901");
            let code = if language == "ar" { "0123-4567-8901 " } else { "0123 4567 8901 " };
            assert!(message.starts_with(code), "{}", *message);
        }
    }

    #[test]
    fn a_test_is_one_message_that_names_the_vote_and_has_no_digit() {
        let english = manifest(&["en"], "Mirogrod decides", None);
        assert_eq!(test(&english), "Test message, without a code: Mirogrod decides. You need do nothing.");
        let unknown = manifest(&["uk"], "Mirogrod", None);
        assert_eq!(test(&unknown), "Test message, without a code: Mirogrod. You need do nothing.");
        let first = |words: &str| words.chars().take(12).collect::<String>();
        let mut beginnings = std::collections::BTreeSet::new();
        for language in SEVEN {
            for title in
                ["Mirogrod", "Łódź", &"Бюджет Мирограда ".repeat(9), &"The budget of all ".repeat(20)]
            {
                let message = test(&manifest(&[language], title.trim(), None));
                assert_eq!(messages(&message), 1, "{message}");
                assert!(!message.contains(char::is_numeric), "{message}");
                beginnings.insert(first(&message));
            }
            let message = test(&manifest(&[language], "Mirogrod", None));
            assert!(message.contains("Mirogrod"), "{message}");
        }
        assert_eq!(beginnings.len(), SEVEN.len(), "each language has its own words");
    }

    #[test]
    fn a_long_title_loses_its_accents_before_its_words() {
        let title = "Budżet obywatelski Mirogrodu na rok 2027: dzielnica Łąki i Śródmieście";
        let town = manifest(&["pl"], title, None);
        assert_eq!(
            *text(&town, None, None, "012345"),
            "012345 to kod logowania: Budzet obywatelski Mirogrodu na rok 2027: dzielnica Laki i Srodmiescie. \
             Kod jest poufny."
        );
        let said = test(&town);
        assert!(
            said.contains(": Budzet obywatelski Mirogrodu na rok 2027: dzielnica Laki i Srodmiescie. "),
            "{said}"
        );
        // Where one message has room for them, they stay.
        let short = manifest(&["pl"], "Budżet Łodzi", None);
        assert_eq!(
            *text(&short, None, None, "012345"),
            "012345 to kod logowania: Budżet Łodzi. Kod jest poufny."
        );
        // Other letters are no accents, and what is cut is cut between words.
        let cyrillic = manifest(&["ru"], "Бюджет района и ещё нескольких", None);
        let said = text(&cyrillic, None, None, "012345");
        assert!(said.contains(": Бюджет района и... Никому"), "{}", *said);
        assert_eq!(shortened("one two three four", 15, "..").as_deref(), Some("one two three.."));
        assert_eq!(shortened("one two three four", 14, "..").as_deref(), Some("one two.."));
    }

    #[test]
    fn one_code_is_one_message_in_every_language() {
        let long = ["The budget of all of Mirogrod ".repeat(9), "Бюджет Мирограда ".repeat(9)];
        for language in SEVEN {
            for title in long.iter().map(|title| title.trim()).chain(["Łódź", "Mirogrod"]) {
                let town = manifest(&["en"], title, None);
                for (host, code) in
                    [(None, "012345"), (None, "012345678901"), (Some("vote.example.org"), "012345")]
                {
                    let message = text(&town, Some(language), host, code);
                    assert_eq!(messages(&message), 1, "{}", *message);
                }
            }
        }
        // What is left of a title is whole words.
        for (language, title, wanted) in [
            (
                "en",
                &long[0],
                "The budget of all of Mirogrod The budget of all of Mirogrod The budget of all of Mirogrod The budget of all... Give",
            ),
            ("de", &long[1], "012345 ist Ihr Code zum Abstimmen. Bitte"),
            ("ru", &long[1], "012345 — код для входа: Бюджет Мирограда... Никому"),
        ] {
            let message = text(&manifest(&["en"], title.trim(), None), Some(language), None, "012345");
            assert!(message.contains(wanted), "{}", *message);
        }
    }
}
