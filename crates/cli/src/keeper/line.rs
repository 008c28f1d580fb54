//! One line of JSON each way: a request with an `id`, and an answer with the same `id`.
//!
//! A request is `{"id": …, "do": "COMMAND", …}` with the fields of its command and no others. An answer is
//! `{"id": …, "ok": {…}}` or `{"id": …, "error": {"code", "fault", "message"}}`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use veche_crypto::signature::{PublicKey, Signature};
use veche_record::code::{CHARACTERS, ConfirmationCode};
use veche_record::entry::{MAX_MESSAGE_LEN, Pseudonym, RevocationReason};
use veche_record::manifest::Timestamp;

/// The longest line, in bytes without its end: a message of a trustee in base64 fits.
pub const MAX_LINE: usize = MAX_MESSAGE_LEN.div_ceil(3) * 4 + 4_096;

/// The longest `id` that is a text, in bytes.
pub const MAX_ID: usize = 64;

/// What may be asked, by its name.
pub const COMMANDS: [&str; 18] = [
    "status",
    "election",
    "voter",
    "credential",
    "register",
    "revoke",
    "cast",
    "receipt",
    "find",
    "consistency",
    "publish",
    "post",
    "rehearse",
    "restart",
    "close",
    "extend",
    "notice",
    "draw",
];

/// Whose fault it is that something is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Whoever wrote the line: it is wrong, or it is not the time for it.
    Caller,
    /// The voter's ballot, key or signature.
    Ballot,
    /// The keeper, or the machine that it runs on.
    Server,
}

/// Why a request is refused. Nothing was recorded, unless the code says otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// For programs.
    pub code: &'static str,
    /// Whose fault it is.
    pub fault: Fault,
    /// For people: what is wrong, and what to do.
    pub message: String,
    /// What else a program needs.
    pub more: Vec<(&'static str, Value)>,
}

impl Refusal {
    /// A refusal with a sentence.
    pub fn new(code: &'static str, fault: Fault, message: impl Into<String>) -> Self {
        Refusal { code, fault, message: message.into(), more: Vec::new() }
    }

    /// The same with something else for programs.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.more.push((name, value.into()));
        self
    }

    /// As it is answered.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let fault = match self.fault {
            Fault::Caller => "caller",
            Fault::Ballot => "ballot",
            Fault::Server => "server",
        };
        let mut object = Map::new();
        object.insert("code".into(), self.code.into());
        object.insert("fault".into(), fault.into());
        object.insert("message".into(), self.message.as_str().into());
        object.extend(self.more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        Value::Object(object)
    }
}

fn malformed(message: impl Into<String>) -> Refusal {
    Refusal::new("malformed", Fault::Caller, message)
}

/// A line that is longer than any request.
#[must_use]
pub fn too_long() -> Refusal {
    Refusal::new("too-long", Fault::Caller, format!("A line has at most {MAX_LINE} bytes."))
}

/// A voter's key to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Whose it is.
    pub pseudonym: Pseudonym,
    /// The ballot style's id.
    pub style: String,
    /// The route's id; without one, the first of the manifest by which people vote online.
    pub route: Option<String>,
    /// How many keys the voter had before.
    pub number: u16,
    /// The key.
    pub key: PublicKey,
    /// That the voter has it.
    pub possession: Signature,
    /// That the key before it hands over.
    pub handover: Option<Signature>,
}

/// What may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// How far the vote has come, and who is waited for.
    Status,
    /// What a booth is told of the vote.
    Election,
    /// What the board knows of a voter; without a pseudonym, a new one.
    Voter(Option<Pseudonym>),
    /// What the board says about a key.
    Credential(PublicKey),
    /// Brings a voter's key onto the board.
    Register(Box<Registration>),
    /// Strikes a voter off.
    Revoke(Pseudonym, RevocationReason),
    /// Casts a sealed ballot.
    Cast(Vec<u8>),
    /// The receipt of a ballot with these bytes.
    Receipt(Vec<u8>),
    /// Where the ballot with a confirmation code is.
    Find([u8; CHARACTERS]),
    /// That the board of the first size is the beginning of the board of the second.
    Consistency(u64, u64),
    /// Writes the record into a folder.
    Publish(String),
    /// Appends what a trustee has signed.
    Post(Vec<u8>),
    /// Begins the rehearsal.
    Rehearse,
    /// Begins the ceremony anew.
    Restart,
    /// Ends the vote.
    Close,
    /// Puts the closing off.
    Extend(u64),
    /// Says something to everybody, by language, or cancels the vote with it.
    Notice(Vec<(String, String)>, bool),
    /// States in which order equal totals of a contest were drawn.
    Draw(String, Vec<String>),
}

/// A request that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What the answer is known by.
    pub id: Value,
    /// What is asked.
    pub command: Command,
}

/// Reads a line. A refusal comes with the `id`, where there is one.
///
/// # Errors
/// [`Refusal`].
pub fn parse(line: &[u8]) -> Result<Request, (Value, Refusal)> {
    let (id, mut fields) = object(line)?;
    let command = fields.command().and_then(|command| fields.finish().map(|()| command));
    match command {
        Ok(command) => Ok(Request { id, command }),
        Err(refusal) => Err((id, refusal)),
    }
}

/// Reads a line as an object, and takes its `id`.
///
/// # Errors
/// [`Refusal`], with the `id` where there is one.
pub fn object(line: &[u8]) -> Result<(Value, Fields), (Value, Refusal)> {
    if line.len() > MAX_LINE {
        return Err((Value::Null, too_long()));
    }
    let no_id = |refusal| (Value::Null, refusal);
    let value = veche_record::json::value(line)
        .map_err(|error| no_id(malformed(format!("The line is no JSON object: {error}."))))?;
    let Value::Object(mut fields) = value else {
        return Err(no_id(malformed("The line is JSON, and no object.")));
    };
    let id = fields.remove("id").unwrap_or_default();
    let good = match &id {
        Value::String(text) => text.len() <= MAX_ID,
        Value::Number(number) => number.is_u64() || number.is_i64(),
        _ => false,
    };
    if !good {
        let why = format!("Every line has an `id`: a whole number, or a text of at most {MAX_ID} bytes.");
        return Err(no_id(malformed(why)));
    }
    Ok((id, Fields(fields)))
}

/// An answer as a line, without its end.
#[must_use]
pub fn answer(id: &Value, answer: &Result<Value, Refusal>) -> String {
    match answer {
        Ok(value) => format!(r#"{{"id":{id},"ok":{value}}}"#),
        Err(refusal) => format!(r#"{{"id":{id},"error":{}}}"#, refusal.to_json()),
    }
}

/// The fields of a line that were not taken yet.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// The columns of a row. Those without a value are absent.
    #[must_use]
    pub fn of_row(mut row: Map<String, Value>) -> Self {
        row.retain(|_, value| !value.is_null());
        Fields(row)
    }

    /// A row's ballot to be cast or, in a row without one, the key to be registered. Other columns are not read.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn row(&mut self) -> Result<Command, Refusal> {
        match self.optional("ballot", Fields::bytes)? {
            Some(ballot) => Ok(Command::Cast(ballot)),
            None => Ok(Command::Register(Box::new(self.registration()?))),
        }
    }

    fn command(&mut self) -> Result<Command, Refusal> {
        let name = self.text("do")?;
        Ok(match name.as_str() {
            "status" => Command::Status,
            "election" => Command::Election,
            "voter" => Command::Voter(self.optional("pseudonym", Fields::pseudonym)?),
            "credential" => Command::Credential(self.key("key")?),
            "register" => Command::Register(Box::new(self.registration()?)),
            "revoke" => Command::Revoke(self.pseudonym("pseudonym")?, self.reason()?),
            "cast" => Command::Cast(self.bytes("ballot")?),
            "receipt" => Command::Receipt(self.bytes("ballot")?),
            "find" => {
                let code = ConfirmationCode::read(&self.text("code")?);
                let why = "A confirmation code has 20 letters and digits, and never the letter U.";
                Command::Find(code.ok_or_else(|| malformed(why))?)
            }
            "consistency" => Command::Consistency(self.number("from")?, self.number("to")?),
            "publish" => Command::Publish(self.text("to")?),
            "post" => Command::Post(self.bytes("message")?),
            "rehearse" => Command::Rehearse,
            "restart" => Command::Restart,
            "close" => Command::Close,
            "extend" => {
                let hour = Timestamp::parse(&self.text("closes")?);
                let hour =
                    hour.ok_or_else(|| malformed("`closes` is an hour in UTC, as 2026-05-15T20:00:00Z."));
                Command::Extend(hour?.unix())
            }
            "notice" => {
                let cancels = self.optional("cancels", Fields::flag)?.unwrap_or(false);
                Command::Notice(self.texts()?, cancels)
            }
            "draw" => Command::Draw(self.text("contest")?, self.list("options")?),
            other => {
                let (other, known) = (shortened(other), COMMANDS.join(", "));
                let why = format!("There is no command {other:?}. There are: {known}.");
                return Err(Refusal::new("unknown-command", Fault::Caller, why));
            }
        })
    }

    fn registration(&mut self) -> Result<Registration, Refusal> {
        Ok(Registration {
            pseudonym: self.pseudonym("pseudonym")?,
            style: self.text("style")?,
            route: self.optional("route", Fields::text)?,
            number: u16::try_from(self.number("number")?)
                .map_err(|_| malformed("`number` is how many keys the voter had before: at most 65535."))?,
            key: self.key("key")?,
            possession: self.signature("possession")?,
            handover: self.optional("handover", Fields::signature)?,
        })
    }

    fn reason(&mut self) -> Result<RevocationReason, Refusal> {
        match self.text("reason")?.as_str() {
            "voted-on-paper" => Ok(RevocationReason::VotedOnPaper),
            "not-entitled" => Ok(RevocationReason::NotEntitled),
            _ => Err(malformed("`reason` is \"voted-on-paper\" or \"not-entitled\".")),
        }
    }

    fn texts(&mut self) -> Result<Vec<(String, String)>, Refusal> {
        let wrong = || malformed("`text` is an object with the words in each of the manifest's languages.");
        let Some(Value::Object(texts)) = self.0.remove("text") else { return Err(wrong()) };
        let text = |(language, text)| match text {
            Value::String(text) => Ok((language, text)),
            _ => Err(wrong()),
        };
        texts.into_iter().map(text).collect()
    }

    fn list(&mut self, name: &str) -> Result<Vec<String>, Refusal> {
        let list = self.0.remove(name).and_then(|value| serde_json::from_value(value).ok());
        list.ok_or_else(|| malformed(format!("`{name}` is a list of texts.")))
    }

    /// A field that may be absent.
    ///
    /// # Errors
    /// [`Refusal`] where it is there and wrong.
    pub fn optional<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&mut Self, &str) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        if self.0.contains_key(name) { read(self, name).map(Some) } else { Ok(None) }
    }

    /// A text.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn text(&mut self, name: &str) -> Result<String, Refusal> {
        match self.0.remove(name) {
            Some(Value::String(text)) => Ok(text),
            Some(_) => Err(malformed(format!("`{name}` is a text."))),
            None => Err(malformed(format!("`{name}` is missing."))),
        }
    }

    fn flag(&mut self, name: &str) -> Result<bool, Refusal> {
        let flag = self.0.remove(name).and_then(|value| value.as_bool());
        flag.ok_or_else(|| malformed(format!("`{name}` is true or false.")))
    }

    /// A whole number from 0 on.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn number(&mut self, name: &str) -> Result<u64, Refusal> {
        let number = self.0.remove(name).and_then(|value| value.as_u64());
        number.ok_or_else(|| malformed(format!("`{name}` is a whole number from 0 on.")))
    }

    /// Bytes in base64.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn bytes(&mut self, name: &str) -> Result<Vec<u8>, Refusal> {
        let text = self.text(name)?;
        STANDARD.decode(text).map_err(|_| malformed(format!("`{name}` is base64, with its padding.")))
    }

    /// So many bytes in lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn hex<const N: usize>(&mut self, name: &str) -> Result<[u8; N], Refusal> {
        let text = self.text(name)?;
        let mut bytes = [0; N];
        let read = hex::decode_to_slice(&text, &mut bytes).is_ok() && hex::encode(bytes) == text;
        let wrong = || malformed(format!("`{name}` is {} lower-case hexadecimal digits.", 2 * N));
        read.then_some(bytes).ok_or_else(wrong)
    }

    fn pseudonym(&mut self, name: &str) -> Result<Pseudonym, Refusal> {
        self.hex(name).map(Pseudonym)
    }

    /// A voter's key.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn key(&mut self, name: &str) -> Result<PublicKey, Refusal> {
        let why = || Refusal::new("key-refused", Fault::Ballot, format!("`{name}` is no key."));
        PublicKey::from_bytes(&self.hex(name)?).map_err(|_| why())
    }

    fn signature(&mut self, name: &str) -> Result<Signature, Refusal> {
        let why = || Refusal::new("key-refused", Fault::Ballot, format!("`{name}` is no signature."));
        Signature::from_bytes(&self.hex(name)?).map_err(|_| why())
    }

    /// Refuses what was not taken.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn finish(&self) -> Result<(), Refusal> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => {
                Err(malformed(format!("A field that this command has not: {:?}.", shortened(name))))
            }
        }
    }
}

/// As much of a stranger's text as is repeated.
#[must_use]
pub fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(line: &str) -> (Value, String, String) {
        let (id, refusal) = parse(line.as_bytes()).unwrap_err();
        (id, refusal.code.to_owned(), refusal.message)
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_id_and_a_sentence() {
        for (line, code, says) in [
            ("", "malformed", "no JSON object"),
            ("nonsense", "malformed", "no JSON object"),
            ("[1]", "malformed", "no object"),
            (r#"{"do":"status"}"#, "malformed", "Every line has an `id`"),
            (r#"{"id":1.5,"do":"status"}"#, "malformed", "Every line has an `id`"),
            (r#"{"id":1,"id":1,"do":"status"}"#, "malformed", "no JSON object"),
        ] {
            let (id, found, message) = refused(line);
            assert_eq!((id, found.as_str()), (Value::Null, code), "{line}");
            assert!(message.contains(says), "{line}: {message}");
        }
        for (rest, code, says) in [
            ("", "malformed", "`do` is missing"),
            (r#","do":"vote""#, "unknown-command", "There are: status, election, voter"),
            (r#","do":"status","x":1"#, "malformed", "\"x\""),
            (r#","do":"cast""#, "malformed", "`ballot` is missing"),
            (r#","do":"cast","ballot":"*""#, "malformed", "`ballot` is base64"),
            (r#","do":"voter","pseudonym":"AB""#, "malformed", "32 lower-case hexadecimal digits"),
            (
                r#","do":"revoke","pseudonym":"00112233445566778899aabbccddeeff","reason":"no""#,
                "malformed",
                "`reason` is",
            ),
            (r#","do":"consistency","from":-1,"to":2"#, "malformed", "`from` is a whole number"),
            (r#","do":"extend","closes":"tomorrow""#, "malformed", "`closes` is an hour in UTC"),
            (r#","do":"notice","text":["x"]"#, "malformed", "`text` is an object"),
        ] {
            let (id, found, message) = refused(&format!(r#"{{"id":"a"{rest}}}"#));
            assert_eq!((id, found.as_str()), (json!("a"), code), "{rest}");
            assert!(message.contains(says), "{rest}: {message}");
        }
        let long = vec![b' '; MAX_LINE + 1];
        assert_eq!(parse(&long).unwrap_err().1.code, "too-long");
    }

    #[test]
    fn every_command_that_is_named_is_known() {
        for name in COMMANDS {
            let read = parse(format!(r#"{{"id":1,"do":"{name}"}}"#).as_bytes());
            assert!(read.is_ok() || read.is_err_and(|(_, why)| why.code == "malformed"), "{name}");
        }
    }
}
