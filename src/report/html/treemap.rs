//! The drawing of a site: each directory a tile as large as its number of files, with the share of it that is purged.
//!
//! The layout is the squarified treemap of Bruls, Huizing and van Wijk (<https://doi.org/10.1007/978-3-7091-6783-0_4>), which keeps
//! tiles near squares. No library for it is kept up. How tiles look is left to the page's style sheet.

use super::directories::Directory;

/// The width and height of the drawing, in its own units; the page scales it.
pub(super) const SIZE: (f64, f64) = (960.0, 400.0);
/// The height of a directory's heading, above the tiles of what it holds.
const HEADING: f64 = 16.0;
/// The smallest width and height of a tile that is divided into what it holds.
const DIVIDED: (f64, f64) = (120.0, 64.0);
/// Tiles that are drawn in one directory; the smallest go together beyond.
const MOST: usize = 24;
/// The width of a letter of a label, about.
const LETTER: f64 = 7.0;

/// A tile: a directory, the files right in one, or several small directories together.
pub(super) struct Tile {
    /// Its place, in units of [`SIZE`].
    pub(super) place: Rect,
    /// The height of the part that is purged, and above it of the part that stays cached on purpose.
    pub(super) purged: Rect,
    pub(super) kept: Rect,
    /// Its name, where there is room for it.
    pub(super) label: String,
    /// The whole name with its numbers, for those who point at it or hear it.
    pub(super) title: String,
    /// The text by which the list is searched for what lies in it; none for several together.
    pub(super) search: Option<String>,
    /// It is the frame around other tiles.
    pub(super) is_frame: bool,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) w: f64,
    pub(super) h: f64,
}

impl Rect {
    fn shrunk(self, by: f64) -> Rect {
        Rect { x: self.x + by, y: self.y + by, w: (self.w - 2.0 * by).max(0.0), h: (self.h - 2.0 * by).max(0.0) }
    }

    /// Rounds to tenths, which is finer than any screen.
    fn rounded(self) -> Rect {
        let round = |n: f64| (n * 10.0).round() / 10.0;
        Rect { x: round(self.x), y: round(self.y), w: round(self.w), h: round(self.h) }
    }
}

/// Draws a site from its topmost directory.
pub(super) fn tiles(top: &Directory) -> Vec<Tile> {
    let mut tiles = Vec::new();
    let whole = Rect { x: 0.0, y: 0.0, w: SIZE.0, h: SIZE.1 };
    if top.total() > 0 {
        divide(top, whole, &mut tiles);
    }
    tiles
}

/// Draws what a directory holds.
fn divide(directory: &Directory, place: Rect, tiles: &mut Vec<Tile>) {
    let mut parts: Vec<Directory> = directory.below.clone();
    if directory.own.total() > 0 && !parts.is_empty() {
        parts.push(directory.files_alone());
    } else if parts.is_empty() {
        parts.push(directory.clone());
    }
    parts.sort_by(|one, other| other.total().cmp(&one.total()).then_with(|| one.path.cmp(&other.path)));
    if parts.len() > MOST {
        let rest = Directory::together(&parts.split_off(MOST - 1));
        parts.push(rest);
        parts.sort_by_key(|part| std::cmp::Reverse(part.total()));
    }
    let weights: Vec<f64> = parts.iter().map(|part| count(part.total())).collect();
    for (part, place) in parts.iter().zip(squarified(&weights, place)) {
        let place = place.shrunk(1.0);
        let is_divided = !part.below.is_empty() && place.w >= DIVIDED.0 && place.h >= DIVIDED.1;
        tiles.push(tile(part, place, is_divided));
        if is_divided {
            let inner = Rect { y: place.y + HEADING, h: place.h - HEADING, ..place };
            divide(part, inner.shrunk(1.0), tiles);
        }
    }
}

fn tile(part: &Directory, place: Rect, is_frame: bool) -> Tile {
    let share = |n: usize| if is_frame { 0.0 } else { place.h * count(n) / count(part.total().max(1)) };
    let sums = part.sums();
    let purged = Rect { h: share(sums.purged), y: place.y + place.h - share(sums.purged), ..place };
    let kept = Rect { h: share(sums.kept), y: purged.y - share(sums.kept), ..place };
    let room = place.w - 8.0 >= LETTER * count(part.name.chars().count()) && place.h >= HEADING;
    Tile {
        place: place.rounded(),
        purged: purged.rounded(),
        kept: kept.rounded(),
        label: if room { part.name.clone() } else { String::new() },
        title: part.said(),
        search: part.search(),
        is_frame,
    }
}

/// A number of files as a length.
fn count(n: usize) -> f64 {
    // A site of more than four thousand million files would be drawn a little smaller.
    f64::from(u32::try_from(n).unwrap_or(u32::MAX))
}

/// Divides a rectangle into parts with these weights, the largest first; each gets its share of the area.
fn squarified(weights: &[f64], place: Rect) -> Vec<Rect> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 || place.w <= 0.0 || place.h <= 0.0 {
        return vec![Rect { w: 0.0, h: 0.0, ..place }; weights.len()];
    }
    let scale = place.w * place.h / total;
    let areas: Vec<f64> = weights.iter().map(|weight| weight * scale).collect();
    let (mut rest, mut at, mut placed) = (place, 0, Vec::with_capacity(areas.len()));
    while at < areas.len() {
        let side = rest.w.min(rest.h);
        let mut end = at + 1;
        while end < areas.len() && worst(&areas[at..=end], side) <= worst(&areas[at..end], side) {
            end += 1;
        }
        rest = row(&areas[at..end], rest, &mut placed);
        at = end;
    }
    placed
}

/// Returns how far the least square of a row's tiles is from a square, along a side of this length.
fn worst(areas: &[f64], side: f64) -> f64 {
    let depth = areas.iter().sum::<f64>() / side;
    areas.iter().fold(0.0, |worst: f64, area| {
        let length = area / depth;
        worst.max((depth / length).max(length / depth))
    })
}

/// Lays a row along the shorter side, and returns the place that is left.
fn row(areas: &[f64], place: Rect, placed: &mut Vec<Rect>) -> Rect {
    let sum: f64 = areas.iter().sum();
    let is_tall = place.h <= place.w;
    let depth = sum / if is_tall { place.h } else { place.w };
    let mut along = 0.0;
    for area in areas {
        let length = area / depth;
        placed.push(if is_tall {
            Rect { x: place.x, y: place.y + along, w: depth, h: length }
        } else {
            Rect { x: place.x + along, y: place.y, w: length, h: depth }
        });
        along += length;
    }
    if is_tall {
        Rect { x: place.x + depth, w: (place.w - depth).max(0.0), ..place }
    } else {
        Rect { y: place.y + depth, h: (place.h - depth).max(0.0), ..place }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn parts_fill_their_place_by_weight_and_none_leaves_it(mut weights in prop::collection::vec(1u32..10_000, 1..60)) {
            weights.sort_unstable_by(|one, other| other.cmp(one));
            let weights: Vec<f64> = weights.into_iter().map(f64::from).collect();
            let place = Rect { x: 3.0, y: 5.0, w: 640.0, h: 200.0 };
            let placed = squarified(&weights, place);
            prop_assert_eq!(placed.len(), weights.len());
            let total: f64 = weights.iter().sum();
            for (rect, weight) in placed.iter().zip(&weights) {
                let share = rect.w * rect.h / (place.w * place.h);
                prop_assert!((share - weight / total).abs() < 1e-6);
                prop_assert!(rect.x >= place.x - 1e-6 && rect.x + rect.w <= place.x + place.w + 1e-6);
                prop_assert!(rect.y >= place.y - 1e-6 && rect.y + rect.h <= place.y + place.h + 1e-6);
            }
        }
    }
}
