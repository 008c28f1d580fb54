//! What people read, as data: each case in `cases/` is a command and every word of its answer. Words that are meant to
//! change are rewritten by `TRYCMD=overwrite cargo test -p veche-tests --test cli wording`, and then read.

use crate::support::veche;

#[test]
fn the_words_are_reviewed() {
    let binary = veche().get_program().to_owned();
    trycmd::TestCases::new().default_bin_path(binary).case("tests/cli/cases/*.toml").run();
}
