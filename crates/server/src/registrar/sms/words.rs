//! The words around a code.

use veche_record::Manifest;
use veche_record::manifest::CODE_PLACE;
use zeroize::Zeroizing;

/// Septets of one message in the alphabet of GSM 03.38, and characters of one in any other: what is longer is sent,
/// and paid, as two.
const GSM: usize = 160;
const OTHER: usize = 70;

/// The characters of GSM 03.38 that take one septet.
const GSM_ALPHABET: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// What is sent: the manifest's own words in the voter's language if it has that, and else in its first; without words
/// of its own the code and what is voted on.
pub(crate) fn text(manifest: &Manifest, language: Option<&str>, code: &str) -> Zeroizing<String> {
    let document = manifest.document();
    let known = language.filter(|language| document.languages.iter().any(|one| one == language));
    let Some(language) = known.or(document.languages.first().map(String::as_str)) else {
        return Zeroizing::new(code.to_owned());
    };
    if let Some(words) = document.sms.as_ref().and_then(|sms| sms.get(language)) {
        return Zeroizing::new(words.replace(CODE_PLACE, code));
    }
    let title = document.title.get(language).unwrap_or_default();
    let (before, after) = match language {
        "en" => (" is your code to vote: ", ". Give it to nobody."),
        _ => (": ", ""),
    };
    let most = if [code, before, title, after].iter().all(|part| is_gsm(part)) { GSM } else { OTHER };
    let room = most.saturating_sub([code, before, after].iter().map(|part| part.chars().count()).sum());
    Zeroizing::new(format!("{code}{before}{}{after}", shortened(title, room)))
}

fn is_gsm(text: &str) -> bool {
    text.chars().all(|character| GSM_ALPHABET.contains(character))
}

/// The beginning of a text that is too long, in whole words if one fits.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(most.saturating_sub(3)).collect();
    let words = beginning.rsplit_once(' ').map_or(beginning.as_str(), |(words, _)| words);
    format!("{}...", words.trim_end())
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

    #[test]
    fn the_town_is_named_and_the_code_comes_first() {
        let town = manifest(&["en"], "Mirogrod decides", None);
        assert_eq!(
            *text(&town, None, "012345"),
            "012345 is your code to vote: Mirogrod decides. Give it to nobody."
        );
        let town = manifest(&["pl", "en"], "Mirogród", None);
        assert_eq!(*text(&town, None, "012345"), "012345: Mirogród");
        assert_eq!(
            *text(&town, Some("en"), "012345"),
            "012345 is your code to vote: Mirogród. Give it to nobody."
        );
        assert_eq!(*text(&town, Some("xx"), "012345"), "012345: Mirogród", "what the manifest does not have");
    }

    #[test]
    fn the_manifest_has_the_last_word() {
        let sms = json!({"pl": "{code} to Twój kod", "en": "{code} is yours"});
        let town = manifest(&["pl", "en"], "Mirogród", Some(sms));
        assert_eq!(*text(&town, None, "1234 5678 9012"), "1234 5678 9012 to Twój kod");
        assert_eq!(*text(&town, Some("en"), "012345"), "012345 is yours");
    }

    #[test]
    fn one_code_is_one_message() {
        for (title, most) in
            [("The budget of all of Mirogrod ".repeat(9), 160), ("Бюджет Мирограда ".repeat(9), 70)]
        {
            let town = manifest(&["en"], title.trim(), None);
            let message = text(&town, None, "1234 5678 9012");
            let length = message.chars().count();
            assert!(length <= most && length > most - 20, "{length}: {}", *message);
            assert!(message.starts_with("1234 5678 9012 is your code"), "{}", *message);
            assert!(
                message.ends_with("... . Give it to nobody.") || message.ends_with("... Give it to nobody."),
                "{}",
                *message
            );
        }
    }
}
