use std::collections::BTreeMap;

use veche_sheet::fold;

use super::*;

#[test]
fn every_language_has_every_word() {
    let english: Vec<&str> = EN.keys().collect();
    assert!(english.len() > 150, "{}", english.len());
    for language in Language::ALL {
        let words = Words::of(language);
        assert_eq!(words.keys().collect::<Vec<_>>(), english, "{language}");
        for key in words.keys() {
            assert!(
                !words.all(key).is_empty() && words.all(key).iter().all(|word| !fold(word).is_empty()),
                "{language}: {key}"
            );
        }
    }
}

/// Every kind has words, and no word of one is a word of another, in whichever languages.
fn apart<K: Key + std::fmt::Debug>(kinds: &[K]) {
    let mut of: BTreeMap<String, K> = BTreeMap::new();
    for kind in kinds {
        for language in Language::ALL {
            assert!(!Words::of(language).first(&kind.key()).is_empty(), "{kind:?} in {language}");
            for word in Words::of(language).all(&kind.key()) {
                let other = *of.entry(fold(word)).or_insert(*kind);
                assert_eq!(other, *kind, "\"{word}\" in {language}");
            }
        }
    }
}

#[test]
fn no_word_means_two_things_in_one_sheet() {
    apart(SheetKind::ALL);
    apart(VoteColumn::ALL);
    apart(Setting::ALL);
    apart(DistrictColumn::ALL);
    apart(ProjectColumn::ALL);
    use Choice::*;
    for choices in [
        &[Yes, No][..],
        &[Choose, Points, Ranking, Money],
        &[Skip, Stop, None],
        &[Cheaper, Order, Lot],
        &[Roll, Open],
        &[Sms, Code, Paper],
        &[City],
    ] {
        apart(choices);
    }
}
