use super::*;
use crate::testing::{bit_flips, key, origin};

/// The example key of Go's `golang.org/x/mod/sumdb/note`, from which the specification grew.
pub const GO_VKEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

#[test]
fn the_secret_of_rfc_8032_has_its_public_key() {
    let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
    let public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    let key = LogKey::from_seed(&seed.try_into().unwrap());
    assert_eq!(hex::encode(key.public().to_bytes()), public);
    // Test 1 of section 7.1: the signature of nothing.
    let signature = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155\
                     5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
    assert_eq!(hex::encode(key.sign(b"")), signature);
    assert!(key.public().verify(b"", &key.sign(b"")).is_ok());
}

#[test]
fn verifier_keys_of_other_software_are_read_and_written_back() {
    let (name, key) = LogPublicKey::from_vkey(GO_VKEY).unwrap();
    assert_eq!(name.as_str(), "PeterNeumann");
    assert_eq!(key.id(&name), [0xc7, 0x4f, 0x20, 0xa3]);
    assert_eq!(key.to_vkey(&name), GO_VKEY);
}

#[test]
fn every_flipped_bit_of_a_verifier_key_is_refused() {
    let vkey = key().public().to_vkey(&origin());
    assert_eq!(LogPublicKey::from_vkey(&vkey), Ok((origin(), key().public())));
    for (bit, flipped) in bit_flips(vkey.as_bytes()) {
        if let Ok(text) = std::str::from_utf8(&flipped) {
            assert!(LogPublicKey::from_vkey(text).is_err(), "bit {bit}: {text}");
        }
    }
}

#[test]
fn attack_33_loose_verifier_keys_are_refused() {
    let vkey = key().public().to_vkey(&origin());
    let (start, encoded) = vkey.rsplit_once('+').unwrap();
    for (loose, error) in [
        (String::new(), KeyError::Form),
        (origin().to_string(), KeyError::Form),
        (start.to_owned(), KeyError::Form),
        (format!("{start}+"), KeyError::Form),
        (format!("{vkey}\n"), KeyError::Form),
        (format!("{start}+{}", encoded.repeat(1000)), KeyError::Form),
        (format!("{start}+AQ=="), KeyError::Form),
        (format!("+{vkey}"), KeyError::Name(OriginError::Length)),
        (format!(" {vkey}"), KeyError::Name(OriginError::Character)),
        (vkey.replacen("board", "Board", 1), KeyError::Identifier),
        (GO_VKEY.replace("c74f20a3", "C74F20A3"), KeyError::Identifier),
        (GO_VKEY.replace("c74f20a3", "+c74f20a3"), KeyError::Form),
        // A cosignature key of tlog-cosignature is another type.
        (GO_VKEY.replace("+AR", "+BB"), KeyError::Type(4)),
    ] {
        assert_eq!(LogPublicKey::from_vkey(&loose), Err(error), "{loose:?}");
    }
}

#[test]
fn attack_09_keys_of_small_order_are_refused() {
    // The eight points of small order, and the loose spellings of those that have one.
    for hex in [
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ] {
        let bytes = hex::decode(hex).unwrap().try_into().unwrap();
        assert_eq!(LogPublicKey::from_bytes(&bytes), Err(KeyError::Point), "{hex}");
    }
}

#[test]
fn attack_33_a_key_has_one_spelling() {
    let mut read_by_the_library = 0;
    for coordinate in 0xed..=0xffu8 {
        for sign in [0x7f, 0xff] {
            // p, p + 1, … p + 18: the coordinates 0 to 18 in a second spelling.
            let mut bytes = [0xff; 32];
            bytes[0] = coordinate;
            bytes[31] = sign;
            assert_eq!(LogPublicKey::from_bytes(&bytes), Err(KeyError::Point));
            read_by_the_library +=
                usize::from(VerifyingKey::from_bytes(&bytes).is_ok_and(|key| !key.is_weak()));
        }
    }
    assert!(read_by_the_library > 0, "the library refuses them itself: our own check can go");
}

#[test]
fn names_follow_both_specifications() {
    for (name, error) in [
        ("", OriginError::Length),
        (&"x".repeat(256), OriginError::Length),
        ("a b", OriginError::Character),
        ("a\u{a0}b", OriginError::Character),
        ("a\u{2003}b", OriginError::Character),
        ("a+b", OriginError::Character),
        ("a\nb", OriginError::Character),
        ("a\0b", OriginError::Character),
        ("a\u{7f}b", OriginError::Character),
        ("a\u{85}b", OriginError::Character),
    ] {
        assert_eq!(name.parse::<Origin>(), Err(error), "{name:?}");
    }
    for name in ["example.com/log42", "вече.example/2026", &"x".repeat(255)] {
        assert_eq!(name.parse::<Origin>().unwrap().as_str(), name);
    }
}

#[test]
fn a_secret_key_is_never_printed() {
    let printed = format!("{:?}", LogKey::from_seed(&[7; 32]));
    assert!(printed.contains(&format!("{:?}", key().public())), "{printed}");
    assert!(!printed.contains("0707") && !printed.contains("7, 7"), "{printed}");
}
