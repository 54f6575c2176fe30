//! The pace of an account: what may start when, and what several pacers make of it.

use proptest::prelude::*;

use super::*;
use crate::plan::Stretch;

proptest! {
    #[test]
    fn no_window_of_time_sees_more_than_burst_and_refill(sizes in proptest::collection::vec(1usize..=100, 1..80), window in 0.0f64..3.0) {
        let pace = Pace {
            urls: Bucket { burst: 100.0, per_second: 800.0, in_any: None },
            others: Bucket { burst: 25.0, per_second: 5.0, in_any: None },
            requests: Bucket { burst: 20.0, per_second: 9.0, in_any: None },
        };
        let mut pacer = Pacer::new(pace);
        let starts: Vec<(f64, f64)> =
            sizes.iter().map(|&n| (pacer.slot(Duration::ZERO, Kind::Url, n).as_secs_f64(), f64::from(u32::try_from(n).unwrap()))).collect();
        for (start, _) in &starts {
            let inside: Vec<f64> = starts.iter().filter(|(t, _)| (*start..*start + window).contains(t)).map(|(_, n)| *n).collect();
            prop_assert!(inside.iter().sum::<f64>() <= 100.0 + 800.0 * window + 0.01);
            prop_assert!(inside.iter().map(|_| 1.0).sum::<f64>() <= 20.0 + 9.0 * window + 0.01);
        }
    }
}

proptest! {
    #[test]
    fn no_stretch_of_time_holds_more_than_it_may_whatever_waits_for_a_token_of_its_own(
        kinds in proptest::collection::vec(proptest::bool::weighted(0.8), 1..120),
        pause in 0u64..400,
    ) {
        let most = Stretch { units: 7.0, length: Duration::from_secs(3) };
        let pace = Pace {
            urls: Bucket { burst: 10.0, per_second: 80.0, in_any: Some(Stretch { units: 80.0, length: Duration::from_secs(1) }) },
            others: Bucket { burst: 2.0, per_second: 0.4, in_any: None },
            requests: Bucket::of(most),
        };
        let mut pacer = Pacer::new(pace);
        let slot = |(i, is_url): (u64, &bool)| {
            let (kind, size) = if *is_url { (Kind::Url, 10) } else { (Kind::Prefix, 1) };
            pacer.slot(Duration::from_millis(i * pause), kind, size)
        };
        let mut starts: Vec<Duration> = (0..).zip(&kinds).map(slot).collect();
        starts.sort_unstable();
        for eight in starts.windows(8) {
            prop_assert!(eight[7] >= eight[0] + most.length, "{eight:?}");
        }
    }
}

#[test]
fn as_many_requests_as_a_stretch_of_time_holds_go_at_once() {
    let most = Stretch { units: 3.0, length: Duration::from_secs(300) };
    let mut pacer = Pacer::new(Pace { urls: Bucket::UNLIMITED, others: Bucket::UNLIMITED, requests: Bucket::of(most) });
    let starts: Vec<u64> = (0..7).map(|_| pacer.slot(Duration::ZERO, Kind::Url, 100).as_secs()).collect();
    assert_eq!(starts, [0, 0, 0, 300, 300, 300, 600]);
    assert_eq!(pacer.other_slot(Duration::ZERO).as_secs(), 600);
}

proptest! {
    #[test]
    fn pacers_that_go_on_from_each_other_are_as_one(
        asked in proptest::collection::vec((proptest::bool::weighted(0.7), 1usize..=100, 0u64..400), 1..150)
    ) {
        let pace = Pace {
            urls: Bucket::of(Stretch { units: 800.0, length: Duration::from_secs(1) }),
            others: Bucket { burst: 5.0, per_second: 0.5, in_any: None },
            requests: Bucket::of(Stretch { units: 30.0, length: Duration::from_secs(10) }),
        };
        let mut one = Pacer::new(pace);
        let (mut now, mut written) = (Duration::from_secs(1_800_000_000), Spent::default());
        for (is_url, size, pause) in asked {
            now += Duration::from_millis(pause);
            let kind = if is_url { Kind::Url } else { Kind::Prefix };
            let mut pacer = Pacer::new(pace);
            // As a file has it.
            pacer.go_on_from(serde_json::from_str(&serde_json::to_string(&written).unwrap()).unwrap());
            let (got, want) = (pacer.earliest(now, kind, size), one.earliest(now, kind, size));
            prop_assert!(got.abs_diff(want) < Duration::from_millis(1), "{got:?}, and {want:?} alone");
            now = want.max(got);
            pacer.spend(now, kind, size);
            one.spend(now, kind, size);
            written = pacer.spent(now);
        }
        one.hold(now + Duration::from_secs(7));
        let mut other = Pacer::new(pace);
        other.go_on_from(one.spent(now));
        prop_assert!(other.earliest(now, Kind::Url, 1) >= now + Duration::from_secs(7));
    }
}

#[test]
fn what_was_spent_at_one_pace_counts_at_another() {
    let pace = |urls, burst, per_second| Pace {
        urls: Bucket::of(Stretch { units: urls, length: Duration::from_secs(1) }),
        others: Bucket { burst, per_second, in_any: None },
        requests: Bucket::UNLIMITED,
    };
    let (free, large) = (pace(800.0, 25.0, 5.0 / 60.0), pace(3000.0, 500.0, 50.0));
    let now = Duration::from_secs(1_800_000_000);
    let after = |pace, spent: &Spent| {
        let mut pacer = Pacer::new(pace);
        pacer.go_on_from(spent.clone());
        pacer
    };
    let mut first = Pacer::new(free);
    (0..25).for_each(|_| first.spend(now, Kind::Prefix, 1));
    let spent = first.spent(now);
    assert_eq!(after(large, &spent).earliest(now, Kind::Prefix, 1), now, "500 may go at once");
    assert_eq!(after(free, &spent).earliest(now, Kind::Prefix, 1).abs_diff(now).as_millis().div_ceil(100), 120);
    // Nobody owes more than can have gone at once: a damaged file keeps nobody up for hours.
    let mut first = Pacer::new(large);
    (0..500).for_each(|_| first.spend(now, Kind::Prefix, 1));
    let wait = after(free, &first.spent(now)).earliest(now, Kind::Prefix, 1).abs_diff(now);
    assert!(wait <= Duration::from_secs(13), "{wait:?}");
    let mut first = Pacer::new(large);
    (0..30).for_each(|_| first.spend(now, Kind::Url, 100));
    let mut second = after(free, &first.spent(now));
    let soon = now + Duration::from_secs(1);
    assert_eq!(second.earliest(now, Kind::Url, 100), soon);
    let between = now + Duration::from_millis(500);
    second.spend(between, Kind::Url, 800);
    assert_eq!(
        after(large, &second.spent(between)).earliest(between, Kind::Url, 100),
        soon,
        "none of 3,000 is forgotten"
    );
}

#[test]
fn a_hold_moves_every_later_start() {
    let bucket = Bucket { burst: 100.0, per_second: 100.0, in_any: None };
    let mut pacer = Pacer::new(Pace { urls: bucket, others: bucket, requests: bucket });
    pacer.hold(Duration::from_secs(7));
    assert_eq!(pacer.slot(Duration::from_secs(1), Kind::Url, 10), Duration::from_secs(7));
    assert_eq!(pacer.slot(Duration::from_secs(9), Kind::Everything, 1), Duration::from_secs(9));
}

#[test]
fn sites_of_an_account_share_the_slower_pace() {
    let bucket = |burst, per_second, in_any| Bucket { burst, per_second, in_any };
    let second = |units| Some(Stretch { units, length: Duration::from_secs(1) });
    let pace = |urls, others| Pace { urls, others, requests: bucket(20.0, 3.0, None) };
    let one = pace(bucket(100.0, 760.0, second(800.0)), bucket(25.0, 5.0, None));
    let other = pace(bucket(500.0, 2850.0, second(3000.0)), bucket(500.0, 0.5, None));
    let want = pace(bucket(100.0, 760.0, second(800.0)), bucket(25.0, 0.5, None));
    assert_eq!((one.slower(other), other.slower(one)), (want, want));
    assert_eq!(one.slower(one), one);
}
