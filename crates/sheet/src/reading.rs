//! What a cell says, where it can say more than one thing.

/// What was read in a cell: one thing, or several of which a person chooses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading<T> {
    /// It says this.
    One(T),
    /// It can be read as any of these. Each is displayed in a form of its own, by which it is chosen.
    Several(Vec<T>),
}

impl<T> Reading<T> {
    /// What it says, where it says one thing.
    pub fn one(self) -> Option<T> {
        match self {
            Reading::One(value) => Some(value),
            Reading::Several(_) => None,
        }
    }

    /// All that it can say.
    pub fn all(&self) -> &[T] {
        match self {
            Reading::One(value) => std::slice::from_ref(value),
            Reading::Several(values) => values,
        }
    }
}

impl<T: ToString> Reading<T> {
    /// What a person chose, by the form in which it is displayed.
    pub fn choose(self, answer: &str) -> Result<T, Self> {
        let position = self.all().iter().position(|value| value.to_string() == answer.trim());
        match (self, position) {
            (Reading::One(value), Some(_)) => Ok(value),
            (Reading::Several(mut values), Some(at)) if at < values.len() => Ok(values.swap_remove(at)),
            (reading, _) => Err(reading),
        }
    }
}
