//! Numbers, sizes and times as the reader of a language writes them.

use crate::{Language, fl};

/// Keeps a number and its unit on one line.
const NO_BREAK: char = '\u{a0}';

/// A whole number with its thousands apart: "1,204", "1.204", "1 204".
pub fn count(language: Language, number: u64) -> String {
    let separator = match language {
        Language::English => ',',
        Language::German => '.',
        Language::French => NO_BREAK,
    };
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);

    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }

    text
}

/// A size in decimal units: "8.6 GB", "8,6 GB", "8,6 Go". One decimal below 100, none above.
pub fn bytes(language: Language, bytes: u64) -> String {
    let (point, letter) = match language {
        Language::English => ('.', 'B'),
        Language::German => (',', 'B'),
        Language::French => (',', 'o'),
    };

    if bytes < 1000 {
        return format!("{bytes}{NO_BREAK}{letter}");
    }

    let mut unit: u128 = 1000;
    let mut prefixes = ["k", "M", "G", "T", "P", "E"].into_iter();
    let mut prefix = prefixes.next().unwrap_or_default();
    let rounded_to = |unit: u128, parts: u128| (u128::from(bytes) * parts + unit / 2) / unit;

    while rounded_to(unit, 1) >= 1000 {
        let Some(next) = prefixes.next() else { break };
        prefix = next;
        unit *= 1000;
    }

    let tenths = rounded_to(unit, 10);
    let number = if tenths >= 1000 {
        rounded_to(unit, 1).to_string()
    } else if tenths.is_multiple_of(10) {
        (tenths / 10).to_string()
    } else {
        format!("{}{point}{}", tenths / 10, tenths % 10)
    };

    format!("{number}{NO_BREAK}{prefix}{letter}")
}

/// A moment (seconds since 1970) in this computer's time zone, to the minute: "2026-11-23 14:05", "23.11.2026, 14:05",
/// "23/11/2026 14:05". Empty for a moment that no calendar has.
pub fn moment(language: Language, seconds: i64) -> String {
    moment_in(language, seconds, jiff::tz::TimeZone::system())
}

/// A day (seconds since 1970) in this computer's time zone: "2026-11-23", "23.11.2026", "23/11/2026". Empty for a moment
/// that no calendar has.
pub fn day(language: Language, seconds: i64) -> String {
    day_in(language, seconds, jiff::tz::TimeZone::system())
}

fn day_in(language: Language, seconds: i64, zone: jiff::tz::TimeZone) -> String {
    let Ok(moment) = jiff::Timestamp::from_second(seconds) else {
        return String::new();
    };
    let pattern = match language {
        Language::English => "%Y-%m-%d",
        Language::German => "%d.%m.%Y",
        Language::French => "%d/%m/%Y",
    };

    moment.to_zoned(zone).strftime(pattern).to_string()
}

/// How long ago something was, as one would say it: "12 minutes ago". A moment that lies ahead is "just now".
pub fn ago(language: Language, seconds: i64) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;

    match seconds {
        ..MINUTE => fl!(language, "ago-now"),
        MINUTE..HOUR => {
            let minutes = seconds / MINUTE;
            fl!(language, "ago-minutes", count = minutes)
        }
        HOUR..DAY => {
            let hours = seconds / HOUR;
            fl!(language, "ago-hours", count = hours)
        }
        _ => {
            let days = seconds / DAY;
            fl!(language, "ago-days", count = days)
        }
    }
}

fn moment_in(language: Language, seconds: i64, zone: jiff::tz::TimeZone) -> String {
    let Ok(moment) = jiff::Timestamp::from_second(seconds) else {
        return String::new();
    };
    let pattern = match language {
        Language::English => "%Y-%m-%d %H:%M",
        Language::German => "%d.%m.%Y, %H:%M",
        Language::French => "%d/%m/%Y %H:%M",
    };

    moment.to_zoned(zone).strftime(pattern).to_string()
}

/// The time left, as one would say it. Negative seconds: not known yet.
pub fn time_left(language: Language, seconds: i64) -> String {
    match seconds {
        ..0 => fl!(language, "left-unknown"),
        0..60 => fl!(language, "left-seconds"),
        60..5400 => {
            let minutes = (seconds + 30) / 60;
            fl!(language, "left-minutes", count = minutes)
        }
        _ => {
            let hours = seconds.saturating_add(1800) / 3600;
            fl!(language, "left-hours", count = hours)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{English, French, German};

    fn plain(text: String) -> String {
        text.replace(NO_BREAK, " ")
    }

    #[test]
    fn sizes_are_written_as_the_reader_writes_them() {
        let cases = [
            (0, "0 B", "0 B", "0 o"),
            (999, "999 B", "999 B", "999 o"),
            (1_000, "1 kB", "1 kB", "1 ko"),
            (8_600_000_000, "8.6 GB", "8,6 GB", "8,6 Go"),
            (412_000_000_000, "412 GB", "412 GB", "412 Go"),
            (99_940_000, "99.9 MB", "99,9 MB", "99,9 Mo"),
            (99_960_000, "100 MB", "100 MB", "100 Mo"),
            (999_600_000, "1 GB", "1 GB", "1 Go"),
            (1_500_000_000_000, "1.5 TB", "1,5 TB", "1,5 To"),
            (u64::MAX, "18.4 EB", "18,4 EB", "18,4 Eo"),
        ];

        for (size, english, german, french) in cases {
            assert_eq!(plain(bytes(English, size)), english);
            assert_eq!(plain(bytes(German, size)), german);
            assert_eq!(plain(bytes(French, size)), french);
        }
    }

    #[test]
    fn a_moment_is_written_as_the_reader_writes_it() {
        let zone = || jiff::tz::TimeZone::fixed(jiff::tz::offset(1));

        assert_eq!(moment_in(English, 1_795_439_100, zone()), "2026-11-23 14:05");
        assert_eq!(moment_in(German, 1_795_439_100, zone()), "23.11.2026, 14:05");
        assert_eq!(moment_in(French, 1_795_439_100, zone()), "23/11/2026 14:05");
        assert_eq!(moment_in(English, i64::MAX, zone()), "");

        assert_eq!(day_in(English, 1_795_439_100, zone()), "2026-11-23");
        assert_eq!(day_in(German, 1_795_439_100, zone()), "23.11.2026");
        assert_eq!(day_in(French, 1_795_439_100, zone()), "23/11/2026");
        assert_eq!(day_in(French, i64::MIN, zone()), "");
    }

    #[test]
    fn how_long_ago_is_said_in_words_with_the_right_plural() {
        assert_eq!(ago(English, -5), "just now");
        assert_eq!(ago(English, 59), "just now");
        assert_eq!(ago(English, 60), "one minute ago");
        assert_eq!(ago(German, 720), "vor 12 Minuten");
        assert_eq!(ago(French, 3600), "il y a une heure");
        assert_eq!(ago(French, 2 * 86_400), "il y a 2 jours");
        assert_eq!(ago(German, 86_399), "vor 23 Stunden");
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(count(English, 7), "7");
        assert_eq!(count(English, 1_204), "1,204");
        assert_eq!(count(German, 1_234_567), "1.234.567");
        assert_eq!(plain(count(French, 68_474)), "68 474");
        assert_eq!(count(English, u64::MAX), "18,446,744,073,709,551,615");
    }

    #[test]
    fn time_left_is_said_in_words_with_the_right_plural() {
        assert_eq!(time_left(English, -1), "Working out how long it takes…");
        assert_eq!(time_left(English, 59), "Less than a minute left");
        assert_eq!(time_left(English, 60), "About one minute left");
        assert_eq!(time_left(English, 89), "About one minute left");
        assert_eq!(time_left(English, 90), "About 2 minutes left");
        assert_eq!(time_left(German, 720), "Noch etwa 12 Minuten");
        assert_eq!(time_left(French, 5400), "Encore 2 heures environ");
        assert_eq!(time_left(German, 5399), "Noch etwa 90 Minuten");
        assert_eq!(time_left(English, i64::MAX).split(' ').next(), Some("About"));
    }
}
