//! Strips of closed days as they are stored: `migrations/0080_packed_strips.sql` writes them.

use chrono::{Days, NaiveDate};
use contract::monitor::{Day, Uptime};

use super::bytes::Unreadable;

/// Five numbers of four bytes a day, oldest first.
pub(crate) fn decode(packed: &[u8]) -> Result<Vec<Day>, Unreadable> {
    let (numbers, []) = packed.as_chunks::<4>() else {
        return Err(Unreadable("a number is too short"));
    };
    let (days, []) = numbers.as_chunks::<5>() else {
        return Err(Unreadable("a day is too short"));
    };
    let epoch = NaiveDate::from_ymd_opt(2000, 1, 1).unwrap_or_default();
    let days = days.iter().map(|day| {
        let [after_epoch, up_s, down_s, unknown_s, maintenance_s] = day.map(i32::from_be_bytes);
        let after_epoch = u64::try_from(after_epoch).ok();
        let date = after_epoch.and_then(|days| epoch.checked_add_days(Days::new(days)));
        Ok(Day {
            date: date.ok_or(Unreadable("a day is out of range"))?,
            uptime: Uptime {
                up_s: up_s.into(),
                down_s: down_s.into(),
                unknown_s: unknown_s.into(),
                maintenance_s: maintenance_s.into(),
            },
        })
    });
    days.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_five_numbers() {
        let packed = [9_830_i32, 86_000, 300, 60, 40]
            .map(i32::to_be_bytes)
            .concat();
        let expected = Day {
            date: "2026-11-30".parse().expect("a date"),
            uptime: Uptime {
                up_s: 86_000,
                down_s: 300,
                unknown_s: 60,
                maintenance_s: 40,
            },
        };
        assert_eq!(decode(&packed), Ok(vec![expected]));
        assert_eq!(decode(&[]), Ok(vec![]));
        assert!(decode(&packed[..16]).is_err());
        assert!(decode(&packed[..19]).is_err());
        assert!(decode(&[0xff; 20]).is_err());
    }
}
