//! JSON whose exact bytes a hash has fixed, read in as little code as it takes: for a voter's page, which downloads it.
//!
//! [`json`](crate::json) reads strictly, so that a document has one meaning for everyone who verifies, and says where
//! and what is wrong for whoever writes it. A page that has found the announced fingerprint needs neither: every
//! verifier refuses a record whose manifest is not strict. What both readers accept, they read alike.

use std::fmt;

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Expected, IntoDeserializer, MapAccess, SeqAccess,
    Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

/// Not such a document. It says nothing else: whoever writes one asks [`json`](crate::json).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a document of its format")]
pub struct PinnedError;

/// Every way in which a type can refuse: its words are never made, so that a page carries none of them.
impl serde::de::Error for PinnedError {
    fn custom<T: fmt::Display>(_: T) -> Self {
        PinnedError
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        PinnedError
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        PinnedError
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        PinnedError
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        PinnedError
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        PinnedError
    }

    fn missing_field(_: &'static str) -> Self {
        PinnedError
    }

    fn duplicate_field(_: &'static str) -> Self {
        PinnedError
    }
}

/// Deepest nesting of arrays and objects.
const MAX_DEPTH: u8 = 64;

/// Reads a document of one type.
///
/// # Errors
/// [`PinnedError`].
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, PinnedError> {
    let text = std::str::from_utf8(bytes).map_err(|_| PinnedError)?;
    let mut reader = Reader { text, at: 0, depth: 0 };
    let value = T::deserialize(&mut reader)?;
    if reader.peek().is_some() { Err(PinnedError) } else { Ok(value) }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u8,
}

impl Reader<'_> {
    /// The next byte that is not white space, not taken.
    fn peek(&mut self) -> Option<u8> {
        loop {
            let byte = *self.text.as_bytes().get(self.at)?;
            if !matches!(byte, b' ' | b'\t' | b'\n' | b'\r') {
                return Some(byte);
            }
            self.at += 1;
        }
    }

    /// The byte here, white space or not, taken.
    fn byte(&mut self) -> Result<u8, PinnedError> {
        let byte = *self.text.as_bytes().get(self.at).ok_or(PinnedError)?;
        self.at += 1;
        Ok(byte)
    }

    fn expect(&mut self, wanted: u8) -> Result<(), PinnedError> {
        if self.peek() != Some(wanted) {
            return Err(PinnedError);
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self, word: &str) -> Result<(), PinnedError> {
        let rest = self.text.get(self.at..).ok_or(PinnedError)?;
        if !rest.starts_with(word) {
            return Err(PinnedError);
        }
        self.at += word.len();
        Ok(())
    }

    /// A whole number in digits alone: nothing else is a number of these documents.
    fn number(&mut self) -> Result<u64, PinnedError> {
        let digits = self.text.as_bytes().get(self.at..).ok_or(PinnedError)?;
        let length = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (digits, more) = digits.split_at_checked(length).ok_or(PinnedError)?;
        if length == 0 || (length > 1 && digits.first() == Some(&b'0')) {
            return Err(PinnedError);
        }
        if matches!(more.first(), Some(b'.' | b'e' | b'E')) {
            return Err(PinnedError);
        }
        self.at += length;
        let add = |number: u64, digit: &u8| number.checked_mul(10)?.checked_add(u64::from(digit - b'0'));
        digits.iter().try_fold(0, add).ok_or(PinnedError)
    }

    fn string(&mut self) -> Result<String, PinnedError> {
        self.expect(b'"')?;
        let mut string = String::new();
        loop {
            let from = self.at;
            while !matches!(self.text.as_bytes().get(self.at), None | Some(b'"' | b'\\' | 0..0x20)) {
                self.at += 1;
            }
            string.push_str(self.text.get(from..self.at).ok_or(PinnedError)?);
            match self.byte()? {
                b'"' => return Ok(string),
                b'\\' => string.push(self.escaped()?),
                _ => return Err(PinnedError),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, PinnedError> {
        Ok(match self.byte()? {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => self.unicode()?,
            plain @ (b'"' | b'\\' | b'/') => plain.into(),
            _ => return Err(PinnedError),
        })
    }

    fn unicode(&mut self) -> Result<char, PinnedError> {
        let first = self.four()?;
        let code = if (0xd800..0xdc00).contains(&first) {
            self.word("\\u")?;
            let second = self.four()?.checked_sub(0xdc00).filter(|low| *low < 0x400).ok_or(PinnedError)?;
            0x10000 + ((first - 0xd800) << 10) + second
        } else {
            first
        };
        char::from_u32(code).ok_or(PinnedError)
    }

    fn four(&mut self) -> Result<u32, PinnedError> {
        let mut value = 0;
        for _ in 0..4 {
            value = value * 16 + char::from(self.byte()?).to_digit(16).ok_or(PinnedError)?;
        }
        Ok(value)
    }

    /// Whether another element follows in a list that ends with `end`.
    fn more(&mut self, end: u8, first: bool) -> Result<bool, PinnedError> {
        match self.peek() {
            Some(byte) if byte == end => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if first => Ok(true),
            _ => Err(PinnedError),
        }
    }

    fn deeper<T>(
        &mut self,
        inside: impl FnOnce(List<'_, Self>) -> Result<T, PinnedError>,
    ) -> Result<T, PinnedError> {
        self.at += 1;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(PinnedError);
        }
        let value = inside(List { reader: self, first: true })?;
        self.depth -= 1;
        Ok(value)
    }
}

/// The elements of an array, or of an object.
struct List<'r, R> {
    reader: &'r mut R,
    first: bool,
}

impl<'de> SeqAccess<'de> for List<'_, Reader<'_>> {
    type Error = PinnedError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, PinnedError> {
        if !self.reader.more(b']', self.first)? {
            return Ok(None);
        }
        self.first = false;
        seed.deserialize(&mut *self.reader).map(Some)
    }
}

impl<'de> MapAccess<'de> for List<'_, Reader<'_>> {
    type Error = PinnedError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, PinnedError> {
        if !self.reader.more(b'}', self.first)? {
            return Ok(None);
        }
        self.first = false;
        let key = self.reader.string()?;
        self.reader.expect(b':')?;
        let key: StrDeserializer<'_, PinnedError> = key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, PinnedError> {
        seed.deserialize(&mut *self.reader)
    }
}

impl<'de> Deserializer<'de> for &mut Reader<'_> {
    type Error = PinnedError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PinnedError> {
        match self.peek().ok_or(PinnedError)? {
            b'{' => self.deeper(|list| visitor.visit_map(list)),
            b'[' => self.deeper(|list| visitor.visit_seq(list)),
            b'"' => {
                let string = self.string()?;
                visitor.visit_str(&string)
            }
            b't' => self.word("true").and_then(|()| visitor.visit_bool(true)),
            b'f' => self.word("false").and_then(|()| visitor.visit_bool(false)),
            _ => {
                let number = self.number()?;
                visitor.visit_u64(number)
            }
        }
    }

    /// `null` is nowhere in these documents: what is there has a value.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PinnedError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, PinnedError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PinnedError> {
        self.peek();
        let name = self.string()?;
        let name: StrDeserializer<'_, PinnedError> = name.as_str().into_deserializer();
        visitor.visit_enum(name)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn read_value(text: &str) -> Result<Value, PinnedError> {
        read(text.as_bytes())
    }

    #[test]
    fn what_the_strict_reader_accepts_is_read_alike() {
        for text in [
            r#" {"a": [1, 20 ,true,false], "b":{"c":"d"} , "e":[ ],"f":{}} "#,
            r#"["\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude00", "ż😀", 0, 18446744073709551615]"#,
            "\t\r\n7",
        ] {
            assert_eq!(read_value(text).unwrap(), crate::json::value(text.as_bytes()).unwrap());
        }
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for text in [
            "",
            "{",
            "[",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "01",
            "1.0",
            "1e1",
            "-1",
            "18446744073709551616",
            "\"",
            "\"\n\"",
            "\"\\x\"",
            "\"\\u00\"",
            "\"\\ud800\"",
            "\"\\ud800\\u0041\"",
            "\"\\udc00\"",
            "tru",
            "truex",
            "1 2",
            "null",
            "[null]",
            "\u{feff}1",
        ] {
            assert_eq!(read_value(text), Err(PinnedError), "{text}");
        }
        assert_eq!(read_value(&"[".repeat(100_000)), Err(PinnedError));
        assert_eq!(read::<Value>(b"\"\xff\""), Err(PinnedError));
    }
}
