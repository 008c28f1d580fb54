//! Words on a terminal. What is typed is not shown; a word that is wrong is asked again, and the others are kept.
//!
//! Where standard input is not a terminal, the words are read from it as text, and a mistake is an error.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use zeroize::Zeroizing;

use crate::{WORDS, WordsError, decode, encode, is_known, split};

/// Why there are no words.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AskError {
    /// The terminal could not be read or written.
    #[error("the terminal could not be read: {0}")]
    Terminal(#[from] io::Error),
    /// What came through a pipe is not a secret.
    #[error(transparent)]
    Words(#[from] WordsError),
    /// The words were shown, and other ones came back.
    #[error("these are not the words that were shown; nothing was kept and nothing was sent. Begin again")]
    NotWrittenDown,
}

/// Shows the words of a secret in a numbered list: on standard output and nowhere else.
///
/// # Errors
/// When standard output cannot be written.
pub fn show(secret: &[u8; 32]) -> io::Result<()> {
    let words = encode(secret);
    let mut out = io::stdout().lock();
    for (number, word) in (1..).zip(words.split(' ')) {
        writeln!(out, "{number:>4} {word}")?;
    }
    out.flush()
}

/// Asks for the 24 words of a secret.
///
/// # Errors
/// [`AskError`].
pub fn ask() -> Result<Zeroizing<[u8; 32]>, AskError> {
    if io::stdin().is_terminal() { ask_person(&mut Person) } else { Ok(decode(&piped()?)?) }
}

/// Asks for the words that were just shown, so that a mistake on the paper is found while it can be mended. At a
/// terminal each wrong word is asked again until it is right.
///
/// # Errors
/// [`AskError`].
pub fn ask_back(shown: &[u8; 32]) -> Result<(), AskError> {
    if io::stdin().is_terminal() {
        return ask_person_back(&mut Person, shown);
    }
    match decode(&piped()?) {
        Ok(typed) if *typed == *shown => Ok(()),
        _ => Err(AskError::NotWrittenDown),
    }
}

/// Lines of standard input, until they hold 24 words.
fn piped() -> io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(1024));
    let mut input = io::stdin().lock();
    while split(&text).count() < WORDS && input.read_line(&mut text)? > 0 {}
    Ok(text)
}

/// Who types.
trait Typing {
    /// A line that is typed without being shown.
    fn hidden(&mut self, prompt: &str) -> io::Result<Zeroizing<String>>;
    /// A line that is shown while it is typed.
    fn shown(&mut self, prompt: &str) -> io::Result<String>;
}

/// Somebody at a terminal.
struct Person;

impl Typing for Person {
    fn hidden(&mut self, prompt: &str) -> io::Result<Zeroizing<String>> {
        rpassword::prompt_password(prompt).map(Zeroizing::new)
    }

    fn shown(&mut self, prompt: &str) -> io::Result<String> {
        let mut out = io::stdout().lock();
        write!(out, "{prompt}")?;
        out.flush()?;
        let mut line = String::new();
        if io::stdin().lock().read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(line)
    }
}

/// Words that have been typed, each known to the list.
type Typed = Vec<Zeroizing<String>>;

/// Takes words, many in a line or one, until there are 24 of the list.
fn collect(person: &mut impl Typing) -> io::Result<Typed> {
    let mut typed = Typed::with_capacity(WORDS);
    let mut prompt = format!("The {WORDS} words, in order (what you type is not shown): ");
    while typed.len() < WORDS {
        let line = person.hidden(&prompt)?;
        for word in split(&line) {
            let place = typed.len().saturating_add(1);
            if place > WORDS {
                break;
            }
            let word = Zeroizing::new(word.to_owned());
            typed.push(if is_known(&word) { word } else { again(person, place, "is not on the list")? });
        }
        prompt = format!("Go on with word {}: ", typed.len().saturating_add(1));
    }
    Ok(typed)
}

/// One word anew, until it is on the list.
fn again(person: &mut impl Typing, place: usize, what: &str) -> io::Result<Zeroizing<String>> {
    loop {
        let line = person.hidden(&format!("Word {place} {what}. Type word {place} again: "))?;
        let mut words = split(&line);
        if let (Some(word), None) = (words.next(), words.next())
            && is_known(word)
        {
            return Ok(Zeroizing::new(word.to_owned()));
        }
    }
}

fn join(typed: &Typed) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(1024));
    for word in typed {
        text.push_str(word);
        text.push(' ');
    }
    text
}

fn ask_person(person: &mut impl Typing) -> Result<Zeroizing<[u8; 32]>, AskError> {
    let mut typed = collect(person)?;
    loop {
        match decode(&join(&typed)) {
            Ok(secret) => return Ok(secret),
            Err(WordsError::Checksum) => {}
            Err(other) => return Err(other.into()),
        }
        let answer = person.shown(
            "All words are on the list, but one of them is wrong or two are swapped. Compare your paper.\n\
             The number of a word to type again, or nothing to begin anew: ",
        )?;
        match answer.trim() {
            "" => typed = collect(person)?,
            number => {
                let place = number.parse().unwrap_or(0_usize);
                if let Some(word) = place.checked_sub(1).and_then(|at| typed.get_mut(at)) {
                    *word = again(person, place, "is typed anew")?;
                }
            }
        }
    }
}

fn ask_person_back(person: &mut impl Typing, shown: &[u8; 32]) -> Result<(), AskError> {
    let words = encode(shown);
    let typed = collect(person)?;
    for (place, (mut word, right)) in (1..).zip(typed.into_iter().zip(words.split(' '))) {
        while !word.eq_ignore_ascii_case(right) {
            word = again(person, place, "is another one in the list above")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody who types lines, and is asked for each of them once.
    struct Script(Vec<String>, Vec<String>);

    impl Script {
        fn new(lines: &[&str]) -> Self {
            Script(lines.iter().rev().map(|line| (*line).to_owned()).collect(), Vec::new())
        }

        fn next(&mut self, prompt: &str) -> io::Result<String> {
            self.1.push(prompt.to_owned());
            self.0.pop().ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        }
    }

    impl Typing for Script {
        fn hidden(&mut self, prompt: &str) -> io::Result<Zeroizing<String>> {
            self.next(prompt).map(Zeroizing::new)
        }

        fn shown(&mut self, prompt: &str) -> io::Result<String> {
            self.next(prompt)
        }
    }

    const SECRET: [u8; 32] = [7; 32];

    fn words() -> Vec<String> {
        encode(&SECRET).split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_few_words_at_a_time_with_or_without_numbers() {
        let words = words();
        let (first, rest) = words.split_at(10);
        let rest: String = (11..).zip(rest).map(|(n, word)| format!("{n}. {word} ")).collect();
        let mut script = Script::new(&[&first.join(" "), "", &rest]);
        assert_eq!(*ask_person(&mut script).unwrap(), SECRET);
        assert!(script.1[1].contains("word 11"), "{}", script.1[1]);
    }

    #[test]
    fn one_wrong_word_is_asked_again_and_not_all() {
        let mut typed = words();
        let right = std::mem::replace(&mut typed[6], "hobgoblin".to_owned());
        let mut script = Script::new(&[&typed.join(" "), "goblin", &right]);
        assert_eq!(*ask_person(&mut script).unwrap(), SECRET);
        assert_eq!(script.1.len(), 3);
        assert!(script.1[1].contains("word 7 again"), "{}", script.1[1]);
    }

    #[test]
    fn a_word_of_the_list_in_the_wrong_place_can_be_named_by_its_number() {
        let mut typed = words();
        let right = std::mem::replace(&mut typed[6], "zoo".to_owned());
        let mut script = Script::new(&[&typed.join(" "), "31", "7", &right]);
        assert_eq!(*ask_person(&mut script).unwrap(), SECRET);
        let mut script = Script::new(&[&typed.join(" "), "", &words().join(" ")]);
        assert_eq!(*ask_person(&mut script).unwrap(), SECRET);
    }

    #[test]
    fn words_that_were_shown_come_back_one_by_one_until_they_are_right() {
        let mut typed = words();
        let right = std::mem::replace(&mut typed[6], "zoo".to_owned());
        let mut script = Script::new(&[&typed.join(" "), "able", &right]);
        ask_person_back(&mut script, &SECRET).unwrap();
        assert!(script.1[1].contains("word 7 again"), "{}", script.1[1]);
        // Who has not written them down gets no further.
        assert!(ask_person_back(&mut Script::new(&[&typed.join(" "), "able"]), &SECRET).is_err());
    }
}
