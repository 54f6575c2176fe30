//! The list of a plan for people: a row for each file or directory, with the number of its URLs; or every URL under its file.

use std::io;

use super::folding::{Folded, Node, Sum, fold};
use super::kinds::Kinds;
use super::rows::{self, Owner, Rows, owner};
use super::site::SiteReport;
use crate::changes::Status;
use crate::display::{counted, grouped, shown};
use crate::mapping::Reason;
use crate::plan::{Basis, Plan, PlannedOperation};
use crate::report::detail::Detail;
use crate::report::how::how;
use crate::report::page::Page;
use crate::report::style::{DIM, Style, of};
use crate::report::width::{columns, padded, shortened};

/// Lines of a page with a list: those of the smallest terminals in use.
const LINES: usize = 24;

/// Rows of a list, however much is said before it.
const LEAST: usize = 8;

/// The widest name behind which counts are still aligned, in columns.
const ALIGNED: usize = 60;

/// Columns before a name: the indent, and the sign.
const BEFORE: usize = 4;

/// Columns of a name below which it is not shortened, however narrow the terminal is.
const SHORTEST: usize = 8;

/// One row.
pub(super) struct Row {
    /// What happened to the file; `None` for what is no file.
    pub(super) status: Option<Status>,
    pub(super) name: String,
    /// The number of files in it, where it is for several.
    pub(super) amount: String,
    /// Its operations in words.
    pub(super) kinds: String,
    /// What it bears on, where that is more than its own URLs.
    pub(super) bears_on: &'static str,
    /// It only says what has no row.
    pub(super) is_rest: bool,
}

/// Writes the list of a plan, as much of it as is to be shown.
pub(super) fn list(page: &mut Page<'_>, site: &SiteReport<'_>) -> io::Result<()> {
    if page.detail() == Detail::Brief || site.plan.is_empty() {
        return Ok(());
    }
    page.whole("")?;
    if page.detail() == Detail::Full {
        return all(page, site);
    }
    let room = LINES.saturating_sub(page.lines).max(LEAST);
    let rows = Rows::of(site.plan);
    let before = page.lines;
    let others = rows.leaves.len() + rows.named.len();
    alone(page, site, &rows.alone, room - others.min(room / 2))?;
    let room = room.saturating_sub(page.lines - before).max(1);
    table(page, &folded(site, &rows, room))
}

/// Makes the rows that there is room for, of files and of what is named beside them.
pub(super) fn folded(site: &SiteReport<'_>, rows: &Rows, room: usize) -> Vec<Row> {
    let most = if rows.leaves.is_empty() { room } else { (room / 4).max(1) };
    let most = if rows.named.len() > most { most.saturating_sub(1) } else { most };
    let (listed, rest) = rows.named.split_at(rows.named.len().min(most));
    let mut named: Vec<Row> = listed.iter().map(|(owner, kinds)| Row::named(site, *owner, *kinds)).collect();
    if !rest.is_empty() {
        let mut kinds = Kinds::default();
        for (_, more) in rest {
            kinds += *more;
        }
        named.push(Row::rest(&counted(rest.len(), "more rule"), kinds));
    }
    let nodes = fold(&rows.leaves, room.saturating_sub(named.len()).max(1));
    let files = if rows.leaves.is_empty() { Vec::new() } else { nodes };
    files.iter().map(Row::node).chain(named).collect()
}

impl Row {
    fn of(name: String, kinds: Kinds) -> Row {
        Row { status: None, name, amount: String::new(), kinds: worded(kinds), bears_on: "", is_rest: false }
    }

    fn node(node: &Node<'_>) -> Row {
        match node {
            Node::Leaf(leaf) => {
                let bears_on = leaf.scope.map_or("", |scope| scope.words().trim_start_matches(", which "));
                let status = Some(leaf.status);
                Row { status, bears_on, ..Row::of(leaf.label(), leaf.kinds) }
            }
            Node::Folded(Folded { path, sum, .. }) => {
                Row { status: Some(sum.status()), amount: amount(sum), ..Row::of(shown(path), sum.kinds) }
            }
            Node::More(sum) => {
                Row::rest(&format!("{} more", grouped(sum.files + sum.directories + sum.entries)), sum.kinds)
            }
        }
    }

    fn named(site: &SiteReport<'_>, owner: Owner, kinds: Kinds) -> Row {
        let name = match owner {
            Owner::Rule(rule) => {
                let globs = site.plan.rules.get(rule.index()).map_or("", String::as_str);
                format!("by rule {rule} ({})", shown(globs.as_bytes()))
            }
            Owner::Always | Owner::Path(_) | Owner::Directory(_) | Owner::Entry(_) => "always".to_owned(),
        };
        Row::of(name, kinds)
    }

    fn rest(more: &str, kinds: Kinds) -> Row {
        Row { is_rest: true, ..Row::of(format!("and {more}"), kinds) }
    }
}

/// Counts the paths of a row: `214 files`.
fn amount(sum: &Sum) -> String {
    let counts = [(sum.files, "file"), (sum.entries, "entry"), (sum.directories, "directory")];
    let words = counts.into_iter().filter(|(n, _)| *n > 0).map(|(n, noun)| match noun.strip_suffix('y') {
        Some(stem) if n != 1 => format!("{} {stem}ies", grouped(n)),
        _ => counted(n, noun),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn worded(kinds: Kinds) -> String {
    if kinds.total() == 0 { "counted elsewhere".to_owned() } else { kinds.to_string() }
}

/// Writes rows one below the other, so that names, amounts and numbers are aligned.
fn table(page: &mut Page<'_>, rows: &[Row]) -> io::Result<()> {
    let name = |row: &Row| if row.is_rest { format!("{} (all with -v)", row.name) } else { row.name.clone() };
    let widest = |text: &dyn Fn(&Row) -> usize| rows.iter().map(text).max().unwrap_or(0);
    let amounts = widest(&|row| columns(&row.amount));
    let number = |row: &Row| row.kinds.bytes().take_while(|b| b.is_ascii_digit() || *b == b',').count();
    let numbers = rows.iter().map(number).max().unwrap_or(0);
    let aligned = |row: &Row| match number(row) {
        0 => row.kinds.clone(),
        number => format!("{}{}", " ".repeat(numbers - number), row.kinds),
    };
    let kinds = rows.iter().map(|row| columns(&aligned(row))).max().unwrap_or(0);
    let behind = if amounts > 0 { amounts + 2 } else { 0 } + kinds + 2;
    let room = page.width().map(|width| width.saturating_sub(BEFORE + behind).max(SHORTEST));
    let names = widest(&|row| columns(&name(row))).min(room.unwrap_or(ALIGNED));
    for row in rows {
        let shown = room.map_or_else(|| name(row), |room| shortened(&name(row), room));
        let amount = if amounts > 0 { format!("  {row:>amounts$}", row = row.amount) } else { String::new() };
        let line = format!("{}{amount}  {}", padded(&shown, names), aligned(row));
        let with = format!("{line}  {DIM}{}{DIM:#}", row.bears_on);
        let fits = page.width().is_none_or(|width| BEFORE + columns(&with) <= width);
        let line = if fits && !row.bears_on.is_empty() { with } else { line };
        page.whole(&match row.status {
            Some(status) => signed(status, &line),
            None if row.is_rest => format!("    {DIM}{line}{DIM:#}"),
            None => format!("    {line}"),
        })?;
    }
    Ok(())
}

/// Puts the sign of a change before a line.
fn signed(status: Status, line: &str) -> String {
    let style: Style = of(status);
    format!("  {style}{}{style:#} {line}", sign(status))
}

/// Returns the sign of a change.
pub(super) fn sign(status: Status) -> char {
    match status {
        Status::Added => '+',
        Status::Modified => '~',
        Status::Deleted => '-',
    }
}

/// Writes the operations that stand for themselves, each with its reasons, on so many lines at most.
fn alone(page: &mut Page<'_>, site: &SiteReport<'_>, numbers: &[usize], most: usize) -> io::Result<()> {
    let operations: Vec<&PlannedOperation> = numbers.iter().map(|number| &site.plan.operations[*number]).collect();
    let written = operations_of(page, site, &operations, Below { owner: None, indent: 2, most })?;
    match operations.len() - written {
        0 => Ok(()),
        rest => page.whole(&format!("  {DIM}and {} more (all with -v){DIM:#}", grouped(rest))),
    }
}

/// Where operations stand.
#[derive(Clone, Copy)]
struct Below {
    /// The row above them, which names their file.
    owner: Option<Owner>,
    indent: usize,
    /// The lines that they may take, with one that says how many are left out.
    most: usize,
}

/// Writes operations with their reasons; returns how many there was room for.
fn operations_of(
    page: &mut Page<'_>,
    site: &SiteReport<'_>,
    operations: &[&PlannedOperation],
    Below { owner: above, indent, most }: Below,
) -> io::Result<usize> {
    // Each takes a line at least.
    let names: Vec<String> = operations.iter().take(most).map(|planned| site.named(&planned.operation)).collect();
    let widest = names.iter().map(|name| columns(name)).max().unwrap_or(0).min(ALIGNED);
    let (before, start) = (" ".repeat(indent), page.lines);
    for (number, (planned, name)) in operations.iter().zip(&names).enumerate() {
        if page.lines - start + usize::from(number + 1 < operations.len()) >= most {
            return Ok(number);
        }
        // Who asks by hand knows why.
        let is_known = matches!(site.plan.basis, Basis::Asked(_)) && page.detail() != Detail::Full;
        let why = if is_known { String::new() } else { why(site.plan, planned, above) };
        if why.is_empty() {
            page.whole(&format!("{before}{name}"))?;
            continue;
        }
        let line = format!("{before}{}  {DIM}{why}{DIM:#}", padded(name, widest));
        // A long one would push its reason out of the column.
        if columns(name) <= widest && page.width().is_none_or(|width| columns(&line) <= width) {
            page.whole(&line)?;
        } else {
            page.whole(&format!("{before}{name}"))?;
            page.hanging(&format!("{before}  {DIM}{why}{DIM:#}"), indent + 2)?;
        }
    }
    Ok(operations.len())
}

/// Says why an operation is there, below a row that names its file or entry, if any; nothing where that is all.
fn why(plan: &Plan, planned: &PlannedOperation, above: Option<Owner>) -> String {
    let below = |reason: &Reason| match *reason {
        Reason::Directory(i, _, twin) => {
            let word =
                if plan.changes.directories[i as usize].status == Status::Added { "appeared" } else { "vanished" };
            format!("the directory {word}{}", twin.words())
        }
        _ => reason.by_host(&plan.changes).unwrap_or_else(|| how(reason, &plan.rules)),
    };
    let is_said = |reason| above.is_some() && rows::of(reason) == above;
    let reasons = planned.reasons.iter().map(|reason| if is_said(reason) { below(reason) } else { plan.why(reason) });
    reasons.filter(|why| !why.is_empty()).collect::<Vec<_>>().join("; ")
}

/// Writes every operation, under the row that it belongs to.
fn all(page: &mut Page<'_>, site: &SiteReport<'_>) -> io::Result<()> {
    /// Columns before an operation below its row.
    const BELOW: usize = 6;
    let rows = Rows::of(site.plan);
    alone(page, site, &rows.alone, usize::MAX)?;
    let operations = &site.plan.operations;
    let mut owned: Vec<(Owner, usize)> = operations
        .iter()
        .enumerate()
        .filter_map(|(number, planned)| Some((owner(site.plan, planned)?, number)))
        .collect();
    owned.sort_unstable();
    let of_owner = |of: Owner| {
        let start = owned.partition_point(|(owner, _)| *owner < of);
        let end = owned.partition_point(|(owner, _)| *owner <= of);
        owned[start..end].iter().map(|(_, number)| &operations[*number]).collect::<Vec<_>>()
    };
    for leaf in &rows.leaves {
        let row = Row::node(&Node::Leaf(leaf));
        let bears_on = if row.bears_on.is_empty() { "" } else { "  " };
        let line = format!("{}  {}{bears_on}{DIM}{}{DIM:#}", row.name, row.kinds, row.bears_on);
        page.whole(&signed(leaf.status, &line))?;
        let below = Below { owner: Some(leaf.owner), indent: BELOW, most: usize::MAX };
        operations_of(page, site, &of_owner(leaf.owner), below)?;
    }
    for (owner, kinds) in &rows.named {
        let row = Row::named(site, *owner, *kinds);
        page.whole(&format!("    {}  {}", row.name, row.kinds))?;
        let below = Below { owner: None, indent: BELOW, most: usize::MAX };
        operations_of(page, site, &of_owner(*owner), below)?;
    }
    Ok(())
}
