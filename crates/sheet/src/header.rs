//! Columns recognised by their header words.

use crate::place::Column;
use crate::words::fold;
use crate::workbook::Sheet;

/// A kind of column, with the words that it may be headed by, in any language and case, with or without accents.
#[derive(Debug, Clone, Copy)]
pub struct ColumnKind<'a, K> {
    /// The kind.
    pub kind: K,
    /// Its words.
    pub words: &'a [&'a str],
}

/// A column that was recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundColumn<K> {
    /// What it is.
    pub kind: K,
    /// Where it is.
    pub column: Column,
    /// The language that its header names, as `Name (pl)`, `name_pl` or `Name (Polish)`.
    pub language: Option<String>,
    /// Its header, as it stands there.
    pub shown: String,
}

/// A row of header words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header<K> {
    /// The row's number.
    pub row: u32,
    /// Every column that was recognised, from the left. A caller who asks a person first may change them.
    pub found: Vec<FoundColumn<K>>,
    /// Columns of a kind and language that another one has already.
    pub repeated: Vec<FoundColumn<K>>,
    /// Columns that are not known, with their headers.
    pub unknown: Vec<(Column, String)>,
}

impl<K: Copy + Eq> Header<K> {
    /// The first column of a kind.
    pub fn column(&self, kind: K) -> Option<&FoundColumn<K>> {
        self.columns(kind).next()
    }

    /// All columns of a kind: one for each language.
    pub fn columns(&self, kind: K) -> impl Iterator<Item = &FoundColumn<K>> {
        self.found.iter().filter(move |found| found.kind == kind)
    }
}

/// Rows in which a header is looked for: a title and some words may stand above a table.
const LOOKED_AT: usize = 30;

/// Finds the row whose words are those of most kinds, the first of several, and says what its columns are. Nothing
/// where no row has any of the words.
pub fn recognise<K: Copy + Eq>(sheet: &Sheet, kinds: &[ColumnKind<'_, K>]) -> Option<Header<K>> {
    let kinds = Folded::new(kinds);
    let read = |row: &crate::workbook::Row| {
        let mut header =
            Header { row: row.number, found: Vec::new(), repeated: Vec::new(), unknown: Vec::new() };
        for cell in &row.cells {
            let shown = cell.value.to_string();
            let Some((kind, language)) = kinds.find(&shown) else {
                header.unknown.push((cell.column, shown));
                continue;
            };
            let known = header.found.iter().any(|found| found.kind == kind && found.language == language);
            let list = if known { &mut header.repeated } else { &mut header.found };
            list.push(FoundColumn { kind, column: cell.column, language, shown });
        }
        header
    };
    let headers = sheet.rows.iter().take(LOOKED_AT).map(read);
    let best = headers.reduce(|best, next| if next.found.len() > best.found.len() { next } else { best });
    best.filter(|header| !header.found.is_empty())
}

/// The kind that a text names, as a cell names one of several choices.
pub fn lookup<K: Copy>(text: &str, kinds: &[ColumnKind<'_, K>]) -> Option<K> {
    let text = fold(text);
    kinds.iter().find(|kind| kind.words.iter().any(|word| fold(word) == text)).map(|kind| kind.kind)
}

/// Kinds with their words as they are compared.
struct Folded<K>(Vec<(K, Vec<String>)>);

impl<K: Copy + Eq> Folded<K> {
    fn new(kinds: &[ColumnKind<'_, K>]) -> Self {
        Folded(
            kinds
                .iter()
                .map(|kind| (kind.kind, kind.words.iter().map(|word| fold(word)).collect()))
                .collect(),
        )
    }

    fn exact(&self, text: &str) -> Option<K> {
        let text = fold(text);
        let found = self.0.iter().find(|(_, words)| words.contains(&text));
        found.map(|(kind, _)| *kind)
    }

    /// The kind of a header and the language that it names.
    fn find(&self, shown: &str) -> Option<(K, Option<String>)> {
        if let Some(kind) = self.exact(shown) {
            return Some((kind, None));
        }
        let shown = shown.trim().trim_end_matches(['*', ':']).trim_end();
        if let Some((before, within)) = bracketed(shown) {
            let kind = self.find(before).map(|(kind, _)| kind)?;
            // A unit or a remark may stand there as well.
            return Some((kind, language(within)));
        }
        if let Some((before, after)) = shown.rsplit_once([' ', '_', ':', '-', '/', '.', '\n'])
            && let Some(language) = language(after)
            && let Some(kind) = self.exact(before)
        {
            return Some((kind, Some(language)));
        }
        // As in "Budget, EUR".
        let (before, _) = shown.split_once(',')?;
        self.exact(before).map(|kind| (kind, None))
    }
}

/// A text that ends with something in brackets, apart.
fn bracketed(text: &str) -> Option<(&str, &str)> {
    let close = text.chars().next_back()?;
    let open = match close {
        ')' => '(',
        ']' => '[',
        _ => return None,
    };
    let (before, within) = text.strip_suffix(close)?.rsplit_once(open)?;
    (!before.trim().is_empty()).then_some((before, within))
}

/// The code of the language that a word names: any two letters of the code tables, or a name of one of the site's
/// languages in any of them.
pub fn language(word: &str) -> Option<String> {
    const NAMES: [(&str, &[&str]); 7] = [
        ("en", &["english", "angielski", "английский", "ingles", "anglais", "englisch", "الانجليزية"]),
        ("ru", &["russian", "rosyjski", "русский", "ruso", "russe", "russisch", "الروسية"]),
        ("pl", &["polish", "polski", "польский", "polaco", "polonais", "polnisch", "البولندية"]),
        ("es", &["spanish", "hiszpanski", "испанский", "espanol", "espagnol", "spanisch", "الاسبانية"]),
        ("fr", &["french", "francuski", "французский", "frances", "francais", "franzosisch", "الفرنسية"]),
        ("de", &["german", "niemiecki", "немецкий", "aleman", "allemand", "deutsch", "الالمانية"]),
        ("ar", &["arabic", "arabski", "арабский", "arabe", "arabisch", "العربية"]),
    ];
    let word = fold(word);
    if CODES.split(' ').any(|code| code == word) {
        return Some(word);
    }
    NAMES
        .iter()
        .find(|(_, names)| names.iter().any(|name| fold(name) == word))
        .map(|(code, _)| (*code).to_owned())
}

/// The codes of ISO 639-1.
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee \
                     el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik \
                     io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk \
                     ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa \
                     sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur \
                     uz ve vi vo wa wo xh yi yo za zh zu";
