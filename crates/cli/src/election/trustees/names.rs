//! What the organiser calls the trustees. The manifest has no names: nobody has to be named in public.

use std::collections::BTreeMap;

use super::TrusteesError;

/// Names by the trustees' numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Names(BTreeMap<u8, String>);

impl Names {
    /// Reads `NUMBER=NAME`, each number once, of a vote with so many trustees.
    pub(crate) fn read(given: &[String], count: u8) -> Result<Self, TrusteesError> {
        let mut names = BTreeMap::new();
        for text in given {
            let wrong = || TrusteesError::Name { given: text.clone(), count };
            let (number, name) = text.split_once('=').ok_or_else(wrong)?;
            let (number, name) = (number.trim().parse::<u8>().map_err(|_| wrong())?, name.trim());
            if !(1..=count).contains(&number) || name.is_empty() || name.contains(char::is_control) {
                return Err(wrong());
            }
            if names.insert(number, name.to_owned()).is_some() {
                return Err(wrong());
            }
        }
        Ok(Names(names))
    }

    /// Those of a desk, which keeps them by number.
    pub(crate) fn from(names: BTreeMap<u8, String>) -> Self {
        Names(names)
    }

    /// What a trustee is called, if anything.
    pub(crate) fn of(&self, trustee: u8) -> Option<&str> {
        self.0.get(&trustee).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_has_one_name_and_is_a_trustees() {
        let read =
            |given: &[&str]| Names::read(&given.iter().map(|&text| text.to_owned()).collect::<Vec<_>>(), 3);
        let names = read(&["2=Anna = Maria Nowak", " 1 = Иван "]).unwrap();
        assert_eq!((names.of(1), names.of(2), names.of(3)), (Some("Иван"), Some("Anna = Maria Nowak"), None));
        for wrong in [&["4=A"][..], &["0=A"], &["A"], &["1="], &["1=A", "1=B"], &["x=A"], &["1=A\nB"]] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }
}
