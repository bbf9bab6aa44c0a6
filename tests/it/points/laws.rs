//! Laws that hold for every profile.

use proptest::prelude::*;
use rust_decimal::Decimal;
use synaq::domain::level::Level;
use synaq::domain::points::{
    Alone, Assessment, Claim, Criterion, Facts, Gap, LanguageClaim, Move, Profile,
};

use super::{rules, table};

/// Points in hundredths within a criterion's range, and now and then finer.
fn points(criterion: Criterion) -> impl Strategy<Value = Decimal> {
    let max = i64::from(table().max(criterion).expect("a range").value);
    prop_oneof![
        4 => (0..=max * 100).prop_map(|hundredths| Decimal::new(hundredths, 2)),
        1 => (0..=max * 10_000_000_000).prop_map(|finest| Decimal::new(finest, 10)),
        1 => Just(Decimal::ZERO),
        1 => Just(Decimal::from(max)),
    ]
}

fn health() -> impl Strategy<Value = Decimal> {
    prop_oneof![
        4 => (0..=100_i64).prop_map(|hundredths| Decimal::new(hundredths, 2)),
        2 => Just(Decimal::ONE),
        1 => Just(Decimal::ZERO),
        1 => (0..=10_000_000_000_i64).prop_map(|finest| Decimal::new(finest, 10)),
    ]
}

fn all_points() -> impl Strategy<Value = Vec<Decimal>> {
    Criterion::ALL
        .into_iter()
        .map(|criterion| points(criterion).boxed())
        .collect::<Vec<_>>()
}

fn claims(points: &[Decimal]) -> Vec<Claim> {
    let claims = Criterion::ALL.into_iter().zip(points);
    claims
        .map(|(criterion, points)| Claim::entered(criterion, *points))
        .collect()
}

fn assess(points: &[Decimal], health: Decimal) -> Assessment {
    table()
        .assess(claims(points), health)
        .expect("within the ranges")
}

fn index(criterion: Criterion) -> usize {
    Criterion::ALL
        .iter()
        .position(|of| *of == criterion)
        .expect("a criterion")
}

fn with(points: &[Decimal], criterion: Criterion, to: Decimal) -> Vec<Decimal> {
    let mut changed = points.to_vec();
    changed[index(criterion)] = to;
    changed
}

fn gap(points: &[Decimal], health: Decimal) -> Option<Gap> {
    table().gap(&assess(points, health), &rules("a1-2026-02").kazakh_points)
}

/// The points with all moves made, one of them by another number of points.
fn moved(points: &[Decimal], moves: &[Move], but: Option<(Criterion, Decimal)>) -> Vec<Decimal> {
    let made = moves.iter().fold(points.to_vec(), |points, step| {
        with(&points, step.criterion, step.to.points)
    });
    but.map_or_else(
        || made.clone(),
        |(criterion, to)| with(&made, criterion, to),
    )
}

/// Every step up that the table knows for a criterion, as points, from the present ones.
fn rungs(criterion: Criterion) -> Vec<Decimal> {
    // From 0 points with nothing else, `alone` names every rung as the first that reaches something: instead they are
    // taken from the table's own data.
    let levels = match criterion {
        Criterion::Kazakh => rules("a1-2026-02").kazakh_points.clone(),
        Criterion::Russian => table().russian.clone(),
        Criterion::English => table().english.clone(),
        _ => Vec::new(),
    };
    levels
        .iter()
        .map(|(_, points)| Decimal::from(points.value))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_total_lies_between_0_and_940(points in all_points(), health in health()) {
        let assessment = assess(&points, health);
        prop_assert!((Decimal::ZERO..=Decimal::from(940)).contains(&assessment.total));
        prop_assert_eq!(assessment.passed, assessment.total >= Decimal::from(400));
        prop_assert_eq!(assessment.passed, assessment.missing.is_zero());
    }

    #[test]
    fn more_points_never_make_a_smaller_total(
        points in all_points(), health in health(), at in 0..9_usize, other in 0..=20_000_i64,
    ) {
        let criterion = Criterion::ALL[at];
        let max = Decimal::from(table().max(criterion).expect("a range").value);
        let other = Decimal::new(other, 2).min(max);
        let (less, more) = (points[at].min(other), points[at].max(other));
        let total = |to| assess(&with(&points, criterion, to), health).total;
        prop_assert!(total(less) <= total(more));
    }

    #[test]
    fn better_health_never_makes_a_smaller_total(points in all_points(), a in health(), b in health()) {
        prop_assert!(assess(&points, a.min(b)).total <= assess(&points, a.max(b)).total);
    }

    #[test]
    fn a_criterion_alone_really_reaches_and_a_hundredth_less_does_not(
        points in all_points(), health in health(),
    ) {
        let Some(gap) = gap(&points, health) else {
            prop_assert!(assess(&points, health).passed);
            return Ok(());
        };
        prop_assert_eq!(gap.alone.len(), 9);
        for (criterion, alone) in &gap.alone {
            let max = Decimal::from(table().max(*criterion).expect("a range").value);
            match alone {
                Alone::Reaches { to, by, rung } => {
                    prop_assert!(assess(&with(&points, *criterion, *to), health).passed, "{criterion:?} to {to}");
                    prop_assert_eq!(points[index(*criterion)] + by, *to);
                    let less = (to - Decimal::new(1, 2)).max(Decimal::ZERO);
                    prop_assert!(!assess(&with(&points, *criterion, less), health).passed, "{criterion:?} at {less}");
                    if let Some(rung) = rung {
                        prop_assert!(assess(&with(&points, *criterion, rung.points), health).passed);
                    }
                }
                Alone::Cannot { at_most } => {
                    let most = assess(&with(&points, *criterion, max), health);
                    prop_assert!(!most.passed, "{criterion:?}");
                    prop_assert_eq!(most.total, *at_most);
                }
            }
        }
        match gap.health {
            Some(enough) => {
                prop_assert!(assess(&points, enough).passed);
                prop_assert!(!assess(&points, enough - Decimal::new(1, 2)).passed);
            }
            None => prop_assert!(!assess(&points, Decimal::ONE).passed),
        }
    }

    #[test]
    fn combinations_really_reach_and_no_step_of_them_can_be_spared(
        points in all_points(), health in health(),
    ) {
        let Some(gap) = gap(&points, health) else { return Ok(()) };
        prop_assert_eq!(gap.combinations.is_empty(), gap.at_most < Decimal::from(400));
        prop_assert!(gap.combinations.is_sorted_by_key(|combination| combination.months));
        for combination in &gap.combinations {
            let made = assess(&moved(&points, &combination.moves, None), health);
            prop_assert!(made.passed);
            prop_assert_eq!(made.total, combination.total);
            let months: u32 = combination.moves.iter().map(|step| step.to.months).sum();
            prop_assert_eq!(months, combination.months);
            for step in &combination.moves {
                prop_assert_eq!(step.from, points[index(step.criterion)]);
                // Neither without the step nor, for a language, with the rung below it.
                let below = rungs(step.criterion)
                    .into_iter()
                    .filter(|rung| *rung < step.to.points)
                    .max()
                    .map_or(step.from, |rung| rung.max(step.from));
                for lower in [step.from, below] {
                    let less = moved(&points, &combination.moves, Some((step.criterion, lower)));
                    prop_assert!(!assess(&less, health).passed, "{:?} at {lower}", step.criterion);
                }
            }
        }
        let sets: std::collections::BTreeSet<Vec<Criterion>> = gap
            .combinations
            .iter()
            .map(|combination| combination.moves.iter().map(|step| step.criterion).collect())
            .collect();
        prop_assert_eq!(sets.len(), gap.combinations.len());
    }

    #[test]
    fn the_total_lies_within_its_range(
        age in 0..=120_u32, years in 0..=80_u32, degree in 0..4_usize, level in 0..5_usize, health in health(),
    ) {
        let profile = Profile {
            facts: Facts {
                age: Some(age),
                degree: Some(["none", "secondary", "bachelor", "doctor"][degree].to_owned()),
                years_in_kazakhstan: Some(years.into()),
                years_elsewhere: Some(Decimal::from(years) / Decimal::TWO),
                relatives: Some("one".to_owned()),
                adaptability: true,
            },
            kazakh: Some(LanguageClaim::Level(Level::ALL[level])),
            health: Some(health),
            ..Profile::default()
        };
        let assessment = profile.assess(table(), &rules("a1-2026-02")).expect("assessed");
        prop_assert!(assessment.range.low <= assessment.total);
        prop_assert!(assessment.total <= assessment.range.high);
        prop_assert!(assessment.range.high <= Decimal::from(940));
        for step in &assessment.steps {
            prop_assert!((Decimal::ZERO..=Decimal::from(step.max.value)).contains(&step.points));
        }
    }

    #[test]
    fn nobody_loses_points_by_learning_working_or_being_younger(
        age in 0..=119_u32, years in 0..=79_u32, level in 0..4_usize,
    ) {
        let total = |age: u32, years: u32, level: usize| {
            let profile = Profile {
                facts: Facts {
                    age: Some(age),
                    years_in_kazakhstan: Some(years.into()),
                    adaptability: true,
                    ..Facts::default()
                },
                kazakh: Some(LanguageClaim::Level(Level::ALL[level])),
                ..Profile::default()
            };
            profile.assess(table(), &rules("a1-2026-02")).expect("assessed").total
        };
        let now = total(age, years, level);
        prop_assert!(total(age + 1, years, level) <= now);
        prop_assert!(total(age, years + 1, level) >= now);
        prop_assert!(total(age, years, level + 1) >= now);
    }
}

/// The cheapest minimal combinations, found by trying every rung of three ladders: the months of the best of each set.
fn by_trying_all(points: &[Decimal], health: Decimal) -> Vec<u32> {
    let languages = [
        (Criterion::Kazakh, rungs(Criterion::Kazakh)),
        (Criterion::Russian, rungs(Criterion::Russian)),
        (Criterion::English, rungs(Criterion::English)),
    ];
    let months = [0, 3, 7, 13, 22, 34];
    let passes = |at: [usize; 3]| {
        let mut tried = points.to_vec();
        for ((criterion, rungs), at) in languages.iter().zip(at) {
            tried[index(*criterion)] = at.checked_sub(1).map_or(Decimal::ZERO, |at| rungs[at]);
        }
        assess(&tried, health).passed
    };
    let mut cheapest = std::collections::BTreeMap::new();
    for (a, b, c) in (0..216_usize).map(|n| (n / 36, n / 6 % 6, n % 6)) {
        let at = [a, b, c];
        let spared = (0..3).filter(|of| at[*of] > 0).any(|of| {
            let mut lower = at;
            lower[of] -= 1;
            passes(lower)
        });
        if passes(at) && !spared {
            let cost: u32 = at.iter().map(|at| months[*at]).sum();
            let known = cheapest.entry(at.map(|at| at > 0)).or_insert(cost);
            *known = cost.min(*known);
        }
    }
    let mut months: Vec<u32> = cheapest.into_values().collect();
    months.sort_unstable();
    months.truncate(3);
    months
}

#[test]
fn no_cheaper_combination_exists() {
    for (hundredths, health) in (0..20_000)
        .step_by(397)
        .zip([75, 80, 85, 100].iter().cycle())
    {
        let health = Decimal::new(*health, 2);
        // Everything that has steps but the languages is at the top; the rest comes from what has none.
        let mut points = vec![Decimal::ZERO; 9];
        points[index(Criterion::Education)] = 150.into();
        points[index(Criterion::KazakhstanExperience)] = 80.into();
        points[index(Criterion::ForeignExperience)] = 80.into();
        points[index(Criterion::Additional)] = Decimal::new(hundredths, 2);
        let Some(gap) = gap(&points, health) else {
            continue;
        };
        let found: Vec<u32> = gap.combinations.iter().map(|found| found.months).collect();
        assert_eq!(
            found,
            by_trying_all(&points, health),
            "{hundredths} at {health}"
        );
    }
}
