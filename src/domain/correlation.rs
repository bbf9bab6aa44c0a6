//! How two series of numbers go together.

/// Pearson's correlation of pairs, -1 to 1; none where one side does not vary.
pub fn correlation(pairs: &[(f64, f64)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let mean_x = pairs.iter().map(|(x, _)| x).sum::<f64>() / n;
    let mean_y = pairs.iter().map(|(_, y)| y).sum::<f64>() / n;
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        let (dx, dy) = (x - mean_x, y - mean_y);
        xy += dx * dy;
        xx += dx * dx;
        yy += dy * dy;
    }
    // What is left of equal values after rounding is no spread.
    const NOTHING: f64 = 1e-12;
    (xx > NOTHING && yy > NOTHING).then(|| (xy / (xx * yy).sqrt()).clamp(-1.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::correlation;

    #[test]
    fn what_goes_together_wholly_not_at_all_and_is_not_known() {
        let near = |pairs: &[(f64, f64)], wanted: f64| {
            let found = correlation(pairs).expect("both sides vary");
            assert!((found - wanted).abs() < 1e-9, "{found} and not {wanted}");
        };
        near(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)], 1.0);
        near(&[(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)], -1.0);
        near(&[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)], 0.0);
        assert_eq!(correlation(&[(1.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(correlation(&[]), None);
    }
}
