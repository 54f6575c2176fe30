//! Checks of single values and of lists, whatever they mean: the fault gets the value's place.

use super::fault::Fault;
use super::raw::Text;
use super::spanned::Spanned;

/// Checks one value and puts its place into the fault.
pub(super) fn checked<T>(text: &Text, check: impl FnOnce(&str) -> Result<T, Fault>) -> Result<T, Fault> {
    check(text.get_ref()).map_err(|fault| fault.at(text.span()))
}

/// Checks each value of a list.
pub(super) fn checked_all<T>(texts: &[Text], check: impl Fn(&str) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
    texts.iter().map(|text| checked(text, &check)).collect()
}

/// Checks that a number lies between 1 and `most`, both included.
pub(super) fn number(
    key: &str,
    what: &str,
    raw: Option<&Spanned<i64>>,
    most: usize,
    example: usize,
) -> Result<Option<usize>, Fault> {
    let Some(n) = raw else { return Ok(None) };
    let fits = usize::try_from(*n.get_ref()).ok().filter(|n| (1..=most).contains(n));
    let fault = || {
        let range = if most == usize::MAX { "1 or more".to_owned() } else { format!("1 to {most}") };
        let hint = format!("write {range}, for example `{key} = {example}`");
        Fault::new(format!("`{key} = {}` is not {what}", n.get_ref()), hint).at(n.span())
    };
    fits.ok_or_else(fault).map(Some)
}
