//! Parts of long messages in any order: what comes together is a message that would be split the same way.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use veche_record::Entry;
use veche_record::entry::{PartAssembler, into_leaves};

/// Which leaf of a message of which length comes next, or bytes that are no such thing.
#[derive(Debug, Arbitrary)]
enum Step<'a> {
    Leaf { len: u32, number: u8 },
    Bytes(&'a [u8]),
}

fuzz_target!(|steps: Vec<Step>| {
    let mut assembler = PartAssembler::default();
    let mut fed: Vec<Vec<u8>> = Vec::new();
    for step in steps.iter().take(16) {
        let leaf = match step {
            Step::Leaf { len, number } => {
                let mut message = vec![0xab; (*len % 300_000) as usize];
                if let Some(kind) = message.first_mut() {
                    *kind = 1;
                }
                let leaves = into_leaves(message).expect("a short message");
                let number = usize::from(*number) % leaves.len();
                leaves[number].clone()
            }
            Step::Bytes(bytes) => bytes.to_vec(),
        };
        let Ok(Entry::Part(part)) = Entry::parse(&leaf) else { continue };
        fed.push(leaf);
        if let Ok(Some(message)) = assembler.push(&part) {
            let leaves = into_leaves(message).expect("it came in parts");
            assert!(fed.ends_with(&leaves));
        }
    }
});
