//! The line of a monitor in a list: how slow it is, all its regions together.

/// The 95th percentile of each interval, oldest first. Regions look at different moments of an interval; side by side their
/// distances would be zigzags and hide what changed.
pub fn p95(recent: &[(i64, f64)], interval_s: u32) -> Vec<(i64, f64)> {
    let width = i64::from(interval_s.max(1)) * 1_000;
    let Some(newest) = recent.last().map(|point| point.0) else {
        return vec![];
    };
    // Counted back from the newest, so that each holds one answer of every region.
    let number = |at: i64| (newest - at) / width;
    let mut steps: Vec<(i64, Vec<f64>)> = vec![];
    for &(at, value) in recent {
        match steps.last_mut() {
            Some((last, values)) if *last == number(at) => values.push(value),
            _ => steps.push((number(at), vec![value])),
        }
    }
    let most = steps.iter().map(|(_, values)| values.len()).max();
    let most = most.unwrap_or_default();
    // The oldest may have lost some of its answers already.
    let whole = |(_, values): &&(i64, Vec<f64>)| values.len() * 2 > most;
    let whole = steps.iter().filter(whole);
    whole
        .map(|(number, values)| (newest - number * width, quantile(values, 95)))
        .collect()
}

/// The smallest value that is at least as large as so many per cent of all.
fn quantile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_of_one_interval_become_one_point() {
        let near_and_far: Vec<(i64, f64)> = (0..6)
            .flat_map(|tick| [(tick * 60_000, 10.0), (tick * 60_000 + 20_000, 200.0)])
            .collect();
        let line = p95(&near_and_far, 60);
        let values: Vec<f64> = line.iter().map(|point| point.1).collect();
        assert_eq!(values, [200.0; 6]);
        assert!(line.is_sorted_by_key(|point| point.0));
    }

    #[test]
    fn an_interval_that_lost_most_of_its_answers_is_left_out() {
        let recent = [(0, 500.0), (60_000, 1.0), (70_000, 2.0), (80_000, 3.0)];
        assert_eq!(p95(&recent, 30), [(80_000, 3.0)]);
        assert_eq!(p95(&[], 60), []);
    }

    #[test]
    fn a_quantile_is_a_value_that_was_seen() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let seen = [quantile(&values, 95), quantile(&[7.0], 95)];
        assert_eq!(seen.to_vec(), [95.0, 7.0]);
    }
}
