//! What a clerk does with people by hand, while the server runs on the same folder: who is on the roll, and who is
//! helped. Everything that changes something has a name and a reason, and leaves a line in the journal.
//!
//! | file | what it does |
//! |---|---|
//! | `operator` | who does it, and why |
//! | `counter` | the folder where it is done |
//! | `caller` | who is meant, by a phone and perhaps a mark |
//! | `board` | what the board says of somebody, here or at an address |
//! | `roll` | one line of the roll: add, move, strike, find |
//! | `replace` | a whole roll: checked, compared, put in the place of the one before |
//! | `help` | the help desk: what became of somebody's code, another one on paper |
//! | `desk_pass` | the passes with which somebody does the same from another computer |
//! | `test_message` | a message before the vote, to see that codes will come |
//! | `journal` | what was done |
//! | `error` | why nothing was |

pub(crate) mod board;
pub(crate) mod caller;
pub(crate) mod counter;
pub(crate) mod desk_pass;
pub(crate) mod error;
pub(crate) mod help;
pub(crate) mod journal;
pub(crate) mod operator;
pub(crate) mod replace;
pub(crate) mod roll;
pub(crate) mod test_message;
