//! Programs that run in turn, in an order that is drawn for each round, so that whatever else the machine does hits all of them.
//!
//! bash times them, since it knows what a whole pipeline took on all cores; short programs run several times for one sample, since it
//! counts milliseconds.

use std::io::Write;
use std::path::Path;
use std::process::Command;

use super::Done;

/// The head of a table of races.
pub(crate) const HEAD: &str = "| site | changed | program | wall | user + system | ratio of wall | of user + system |\n|---|---|---|---|---|---|---|";

/// Milliseconds that a sample has to take at least.
const LONG_ENOUGH: f64 = 60.0;

/// Runs the line in `$2` so often as `$1` says, and prints what that took.
const TIMED: &str =
    r#"TIMEFORMAT='%R %U %S'; time for ((i = 0; i < $1; i++)); do eval "$2" > /dev/null 2>&1 || exit 1; done"#;

/// A program, as a line for bash.
pub(crate) struct Program<'p> {
    pub(crate) name: &'static str,
    /// Makes the line anew for each run; what it borrows from lives until the run has ended.
    pub(crate) line: Box<dyn Fn() -> Done<Line> + 'p>,
    /// It may run several times for one sample.
    pub(crate) repeats: bool,
}

/// A line for bash, and what has to live while it runs.
pub(crate) struct Line(pub(crate) String, pub(crate) Option<diffpurge::edge::Edge>);

/// Milliseconds of one run.
#[derive(Clone, Copy)]
struct Sample {
    wall: f64,
    cpu: f64,
}

impl<'p> Program<'p> {
    /// One that is the same in each run.
    pub(crate) fn fixed(name: &'static str, line: String) -> Program<'p> {
        Program { name, line: Box::new(move || Ok(Line(line.clone(), None))), repeats: true }
    }
}

/// Runs them, and prints a row for each.
pub(crate) fn race(
    (site, changed): (&str, usize),
    directory: &Path,
    programs: &[Program<'_>],
    rounds: usize,
    out: &mut dyn Write,
) -> Done<()> {
    let mut times: Vec<u32> = Vec::new();
    for program in programs {
        // The first run brings the files into memory, and does not count.
        let wall = sample(program, directory, 1)?.wall;
        let enough = (1..60).find(|times| f64::from(*times) * wall >= LONG_ENOUGH).unwrap_or(60);
        times.push(if program.repeats { enough } else { 1 });
    }
    let mut samples = vec![Vec::new(); programs.len()];
    let mut order: Vec<usize> = (0..programs.len()).collect();
    for _ in 0..rounds {
        // Whoever runs second each time finds what the first has left in the caches.
        fastrand::shuffle(&mut order);
        for number in &order {
            samples[*number].push(sample(&programs[*number], directory, times[*number])?);
        }
    }
    for (program, own) in programs.iter().zip(&samples) {
        let ratios = |of: Of| own.iter().zip(&samples[0]).map(|(own, first)| of(own) / of(first).max(0.1)).collect();
        let middle = |of: Of| quartiles(own.iter().map(of).collect())[1];
        let (wall, cpu): (Of, Of) = (|s| s.wall, |s| s.cpu);
        let [[low, wall_ratio, high], [least, cpu_ratio, most]] = [wall, cpu].map(|of| quartiles(ratios(of)));
        writeln!(
            out,
            "| {site} | {changed} | {} | {:.1} ms | {:.1} ms | {wall_ratio:.2} ({low:.2} to {high:.2}) | {cpu_ratio:.2} ({least:.2} to {most:.2}) |",
            program.name,
            middle(wall),
            middle(cpu),
        )?;
    }
    Ok(())
}

/// One figure of a sample.
type Of = fn(&Sample) -> f64;

fn sample(program: &Program<'_>, directory: &Path, times: u32) -> Done<Sample> {
    let Line(line, _edge) = (program.line)()?;
    let mut command = Command::new("bash");
    command.args(["-c", TIMED, "bash", &times.to_string(), &line]).current_dir(directory);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null").env("LC_ALL", "C");
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let numbers: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let (true, [wall, user, system]) = (output.status.success(), &numbers[..]) else {
        return Err(format!("{line} in {}: {said}", directory.display()).into());
    };
    let each = |seconds: f64| seconds * 1e3 / f64::from(times);
    Ok(Sample { wall: each(*wall), cpu: each(user + system) })
}

/// A quarter lies below the first, half below the second, a quarter above the third.
fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[(values.len() - 1) * quarter / 4])
}
