//! A search in what is sorted, for those who mostly ask in order: it begins where something was found last.

/// Returns how many of `all` places come before something, in steps that double from a place that is probably near.
pub(super) fn seek(near: usize, all: usize, is_before: impl Fn(usize) -> bool) -> usize {
    let near = near.min(all);
    let (mut low, mut high, mut step) = (0, all, 1);
    if near < all && is_before(near) {
        low = near + 1;
        while near + step < high {
            if is_before(near + step) {
                low = near + step + 1;
                step *= 2;
            } else {
                high = near + step;
            }
        }
    } else {
        high = near;
        while low == 0 && step <= near {
            if is_before(near - step) {
                low = near - step + 1;
            } else {
                high = near - step;
                step *= 2;
            }
        }
    }
    while low < high {
        let middle = usize::midpoint(low, high);
        if is_before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::seek;

    #[test]
    fn a_place_is_found_from_wherever_the_search_begins() {
        for all in 0..20 {
            for want in 0..=all {
                for near in 0..25 {
                    assert_eq!(seek(near, all, |place| place < want), want, "of {all}, from {near}");
                }
            }
        }
    }
}
