use sanyun_core::{Chance as _, ErrorKind, SeededChance, encode};
use serde_json::json;

use super::*;

fn document(hex: &str) -> Vec<u8> {
    hex.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// The bytes are those that PyMongo 4.15 writes, the texts those of its relaxed Extended JSON.
#[test]
fn documents_are_written_and_read_as_by_the_vendors_encoder() {
    for (value, hex) in [
        (json!({}), "0500000000"),
        (json!({"a": null, "b": true, "c": false}), "100000000a6100086200010863000000"),
        (
            json!({"i": 1, "n": i32::MIN, "l": 2_147_483_648_i64, "m": i64::MIN}),
            "2900000010690001000000106e0000000080126c000000008000000000126d00000000000000008000",
        ),
        (
            json!({"d": 1.0, "e": -0.5, "x": {"$numberDouble": "Infinity"}}),
            "26000000016400000000000000f03f016500000000000000e0bf017800000000000000f07f00",
        ),
        (json!({"s": "云\u{0}x", "e": ""}), "1a00000002730006000000e4ba91007800026500010000000000"),
        (
            json!({"l": [1, "a", [], {}]}),
            "2d000000046c002500000010300001000000023100020000006100043200050000000003330005000000000000",
        ),
        (json!({"o": {"$oid": "65a1b2c3d4e5f60718293a4b"}}), "14000000076f0065a1b2c3d4e5f60718293a4b00"),
        (
            json!({"d": {"$date": "2026-01-02T03:04:05.678Z"}, "e": {"$date": "1970-01-01T00:00:00Z"}, "f": {"$date": {"$numberLong": "-1"}}}),
            "260000000964002e8fa97c9b0100000965000000000000000000096600ffffffffffffffff00",
        ),
        (
            json!({"b": {"$binary": {"base64": "AP8=", "subType": "00"}}, "u": {"$binary": {"base64": "AQEBAQEBAQEBAQEBAQEBAQ==", "subType": "04"}}, "o": {"$binary": {"base64": "YWI=", "subType": "02"}}}),
            "35000000056200020000000000ff057500100000000401010101010101010101010101010101056f00060000000202000000616200",
        ),
        (
            json!({"r": {"$regularExpression": {"pattern": "^a.*", "options": "im"}}}),
            "100000000b72005e612e2a00696d0000",
        ),
        (
            json!({"c": {"$code": "f()"}, "s": {"$code": "g()", "$scope": {"x": 1}}}),
            "2b0000000d630004000000662829000f73001800000004000000672829000c000000107800010000000000",
        ),
        (json!({"t": {"$timestamp": {"t": 7, "i": 9}}}), "10000000117400090000000700000000"),
        (json!({"n": {"$minKey": 1}, "x": {"$maxKey": 1}}), "0b000000ff6e007f780000"),
        (
            json!({"d": {"$numberDecimal": "1.50"}, "e": {"$numberDecimal": "-1E+3"}, "f": {"$numberDecimal": "NaN"}, "g": {"$numberDecimal": "Infinity"}, "z": {"$numberDecimal": "0E-10"}}),
            "6400000013640096000000000000000000000000003c30136500010000000000000000000000000046b01366000000000000000000000000000000007c13670000000000000000000000000000000078137a0000000000000000000000000000002c3000",
        ),
        (json!({"$set": {"a": 1}}), "170000000324736574000c000000106100010000000000"),
    ] {
        assert_eq!(encode::hex(&to_bytes(&value).unwrap()), hex, "{value}");
        assert_eq!(from_bytes(&document(hex)).unwrap(), value);
    }
}

#[test]
fn other_ways_to_write_a_value_are_taken() {
    for (other, usual) in [
        (json!({"$numberInt": "5"}), json!(5)),
        (json!({"$numberLong": "5000000000"}), json!(5_000_000_000_i64)),
        (json!({"$numberDouble": "2.5"}), json!(2.5)),
        (json!({"$date": 0}), json!({"$date": "1970-01-01T00:00:00Z"})),
        (json!({"$date": {"$numberLong": "1500"}}), json!({"$date": "1970-01-01T00:00:01.500Z"})),
        (json!({"$date": "2026-01-02T11:04:05+08:00"}), json!({"$date": "2026-01-02T03:04:05Z"})),
        (json!({"$date": "1969-12-31T23:59:59.9995Z"}), json!({"$date": {"$numberLong": "-1"}})),
        (
            json!({"$regularExpression": {"pattern": "a", "options": "xi"}}),
            json!({"$regularExpression": {"pattern": "a", "options": "ix"}}),
        ),
        (
            json!({"$numberDecimal": "12345678901234567890123456789012340000"}),
            json!({"$numberDecimal": "1.234567890123456789012345678901234E+37"}),
        ),
    ] {
        let bytes = to_bytes(&json!({"v": other})).unwrap();
        assert_eq!(from_bytes(&bytes).unwrap(), json!({"v": usual}), "{other}");
    }
    // Sixty-four bits although thirty-two would do.
    assert_eq!(to_bytes(&json!({"v": {"$numberLong": "5"}})).unwrap().len(), 16);
}

#[test]
fn malformed_values_name_their_member() {
    let deep = (0..200).fold(json!({}), |inner, _| json!({"a": inner}));
    for (value, part) in [
        (json!([]), "an object"),
        (json!({"a": {"b": u64::MAX}}), "`a.b`: 18446744073709551615"),
        (json!({"a": [{"$oid": "12"}]}), "`a.0`: `$oid` is malformed"),
        (json!({"a": {"$oid": "+5a1b2c3d4e5f60718293a4b"}}), "$oid"),
        (json!({"a": {"$date": "soon"}}), "$date"),
        (json!({"a": {"$binary": {"base64": "?", "subType": "00"}}}), "$binary"),
        (json!({"a": {"$binary": {"base64": "", "subType": "100"}}}), "$binary"),
        (json!({"a": {"$numberDecimal": "1.2.3"}}), "$numberDecimal"),
        (json!({"a": {"$numberDecimal": "1e9999999999"}}), "$numberDecimal"),
        (json!({"a": {"$numberDecimal": "1234567890123456789012345678901234.5"}}), "$numberDecimal"),
        (json!({"a": {"$numberInt": "2147483648"}}), "$numberInt"),
        (json!({"a": {"$timestamp": {"t": -1, "i": 1}}}), "$timestamp"),
        (json!({"a": {"$code": 1}}), "$code"),
        (json!({"a": {"$code": "f", "$scope": 1}}), "$code"),
        (json!({"a": {"$regularExpression": {"pattern": "\u{0}", "options": ""}}}), "`a`: a zero character"),
        (json!({"a\u{0}": 1}), "zero character"),
        (deep, "nested deeper"),
    ] {
        let error = to_bytes(&value).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn names_that_only_look_special_are_names() {
    for value in [json!({"$set": {"a": 1}}), json!({"$oid": "x", "more": 1}), json!({"a": {"$unknown": 1}})] {
        assert_eq!(from_bytes(&to_bytes(&value).unwrap()).unwrap(), value);
    }
}

#[test]
fn garbage_is_refused() {
    let nested = (0..300).fold(vec![5, 0, 0, 0, 0], |inner, _| {
        let length = (inner.len() as i32 + 8).to_le_bytes();
        [&length[..], &[3, b'a', 0], &inner, &[0]].concat()
    });
    for bytes in [
        &[][..],
        b"{\"a\":1}",
        &[4, 0, 0, 0],
        &[5, 0, 0, 0, 1],
        &[5, 0, 0, 0, 0, 0],
        &[255, 255, 255, 255, 0],
        &document("080000000a6100ff"),
        &document("0900000008610002 00".replace(' ', "").as_str()),
        &document("0800000042610000"),
        &document("0e00000002610002000000ff0000"),
        &nested,
    ] {
        let error = from_bytes(bytes).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
    }
}

/// Whatever comes, reading neither panics nor takes more memory than the bytes are worth, and what was read can be
/// written unless it holds a document that looks like a special value.
#[test]
fn no_bytes_do_harm() {
    let chance = SeededChance::new(7);
    let byte = || chance.next_u64() as u8;
    let sample = to_bytes(&json!({
        "a": [1, "text", {"b": null}, 2.5, true],
        "o": {"$oid": "65a1b2c3d4e5f60718293a4b"},
        "d": {"$numberDecimal": "-12.5E+10"},
        "r": {"$regularExpression": {"pattern": "a", "options": "i"}},
        "b": {"$binary": {"base64": "AAEC", "subType": "02"}},
        "c": {"$code": "f()", "$scope": {"x": 1}},
    }))
    .unwrap();
    let mut read = 0;
    for round in 0..20_000 {
        let bytes: Vec<u8> = if round % 4 == 0 {
            (0..round % 64).map(|_| byte()).collect()
        } else {
            let at = byte() as usize % sample.len();
            let mut changed = sample.clone();
            changed[at] = byte();
            changed.truncate(if round % 4 == 1 { byte() as usize } else { usize::MAX });
            changed
        };
        if let Ok(value) = from_bytes(&bytes) {
            read += 1;
            let _ = to_bytes(&value);
        }
    }
    assert!(read > 1_000, "{read}");
}
