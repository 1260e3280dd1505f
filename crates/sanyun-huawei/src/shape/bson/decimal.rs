//! Decimal numbers of 128 bits (IEEE 754-2008, the binary encoding of the digits), as BSON has them.

const SIGN: u128 = 1 << 127;
const INFINITY: u128 = 0x78 << 120;
const NAN: u128 = 0x7c << 120;
/// Both bits set: the exponent stands two bits lower, and the digits would be more than there may be.
const SHIFTED: u128 = 0x60 << 120;

/// How many digits there may be.
const MAX_DIGITS: usize = 34;
/// What is added to an exponent.
const BIAS: i64 = 6176;
/// Exponents of the last digit.
const EXPONENTS: std::ops::RangeInclusive<i64> = -6176..=6111;

/// The bits of a number; `None` if the text is none, or has more digits than fit.
pub(super) fn parse(text: &str) -> Option<u128> {
    let (sign, magnitude) = match text.as_bytes().first()? {
        b'-' => (SIGN, text.get(1..)?),
        b'+' => (0, text.get(1..)?),
        _ => (0, text),
    };
    let bits = match &*magnitude.to_ascii_lowercase() {
        "infinity" | "inf" => INFINITY,
        "nan" => NAN,
        number => finite(number)?,
    };
    Some(sign | bits)
}

fn finite(number: &str) -> Option<u128> {
    let (mantissa, exponent) = match number.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, i64::from(exponent.parse::<i32>().ok()?)),
        None => (number, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = [whole, fraction].concat();
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
    let (digits, exponent) = fit(all.trim_start_matches('0'), exponent)?;
    let biased = u128::try_from(exponent + BIAS).ok()?;
    let digits = if digits.is_empty() { 0 } else { digits.parse::<u128>().ok()? };
    Some(biased << 113 | digits)
}

/// The same number with digits and exponent as they fit. What cannot be written exactly is refused.
fn fit(digits: &str, mut exponent: i64) -> Option<(String, i64)> {
    if digits.is_empty() {
        return Some((String::new(), exponent.clamp(*EXPONENTS.start(), *EXPONENTS.end())));
    }
    let mut digits = digits.to_owned();
    while (digits.len() > MAX_DIGITS || exponent < *EXPONENTS.start()) && digits.len() > 1 && digits.ends_with('0') {
        digits.pop();
        exponent += 1;
    }
    while exponent > *EXPONENTS.end() && digits.len() < MAX_DIGITS {
        digits.push('0');
        exponent -= 1;
    }
    (digits.len() <= MAX_DIGITS && EXPONENTS.contains(&exponent)).then_some((digits, exponent))
}

/// The number as text: plain where that is short, else with an exponent.
pub(super) fn text(bits: u128) -> String {
    let sign = if bits & SIGN == 0 { "" } else { "-" };
    // Whatever its sign and kind, as the specification of Extended JSON wants it.
    if bits & NAN == NAN {
        return "NaN".to_owned();
    }
    if bits & INFINITY == INFINITY {
        return [sign, "Infinity"].concat();
    }
    let (exponent, digits) = match bits & SHIFTED == SHIFTED {
        true => (bits >> 111 & 0x3fff, 0),
        false => (bits >> 113 & 0x3fff, bits & ((1 << 113) - 1)),
    };
    let exponent = i64::try_from(exponent).unwrap_or_default() - BIAS;
    [sign, &written(&digits.to_string(), exponent)].concat()
}

/// Digits of which the last has this exponent, by the rules of General Decimal Arithmetic.
fn written(digits: &str, exponent: i64) -> String {
    let behind_first = i64::try_from(digits.len()).unwrap_or_default() - 1;
    let adjusted = exponent + behind_first;
    if exponent > 0 || adjusted < -6 {
        let (first, rest) = digits.split_at(1);
        let point = if rest.is_empty() { "" } else { "." };
        return format!("{first}{point}{rest}E{adjusted:+}");
    }
    let behind_point = usize::try_from(-exponent).unwrap_or_default();
    if behind_point == 0 {
        return digits.to_owned();
    }
    let padded = format!("{digits:0>width$}", width = behind_point + 1);
    let (whole, fraction) = padded.split_at(padded.len() - behind_point);
    format!("{whole}.{fraction}")
}
