//! One receipt for each batch of a plan that went to several nodes: accepted when all of them took it.

use super::ending::{At, Ending};
use super::node::Node;
use super::receipt::Receipt;

/// Puts the receipts of all nodes together, those of each being of the same batches in the same order.
#[must_use]
pub fn merged(nodes: &[Node], of: Vec<Vec<Receipt>>) -> Vec<Receipt> {
    let mut of: Vec<_> = of.into_iter().map(Vec::into_iter).collect();
    let mut all = Vec::new();
    loop {
        let one: Vec<Receipt> = of.iter_mut().filter_map(Iterator::next).collect();
        match one_of(nodes, one) {
            Some(receipt) => all.push(receipt),
            None => return all,
        }
    }
}

fn one_of(nodes: &[Node], receipts: Vec<Receipt>) -> Option<Receipt> {
    let at = |(node, receipt): (&Node, &Receipt)| At {
        node: node.clone(),
        word: receipt.word(),
        status: receipt.status,
        attempts: receipt.attempts,
        why: receipt.why().map(str::to_owned),
    };
    let at: Vec<At> = nodes.iter().zip(&receipts).map(at).collect();
    let failed: Vec<String> = at.iter().filter_map(|at| Some(format!("{}: {}", at.node, at.why.as_deref()?))).collect();
    let why = failed.join("; ");
    let attempts = receipts.iter().map(|receipt| receipt.attempts).max().unwrap_or(0);
    let seconds = receipts.iter().map(|receipt| receipt.seconds).fold(0.0, f64::max);
    // The worst of them: what was refused will be again, and what had no answer may have been taken.
    let weight = |receipt: &Receipt| match receipt.ending {
        Ending::Accepted { .. } => 0,
        Ending::NotSent { .. } => 1,
        Ending::Unanswered => 2,
        Ending::GaveUp { .. } => 3,
        Ending::Refused { .. } => 4,
    };
    let mut worst = receipts.into_iter().max_by_key(weight)?;
    worst.ending = match worst.ending {
        Ending::Refused { advice, .. } => Ending::Refused { why, advice },
        Ending::GaveUp { .. } => Ending::GaveUp { why },
        Ending::NotSent { .. } => Ending::NotSent { why },
        other => other,
    };
    Some(Receipt { attempts, seconds, at, ..worst })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Batch;

    fn receipt(status: u16, ending: Ending) -> Receipt {
        let planned = crate::plan::PlannedOperation {
            operation: crate::mapping::Operation::Everything,
            reasons: crate::mapping::Reasons::default(),
            last: false,
        };
        let batch = Batch::restored(0..1, &[planned]).unwrap();
        Receipt { batch, attempts: 1, seconds: 0.5, status: Some(status), support_id: None, ending, at: Vec::new() }
    }

    #[test]
    fn all_have_to_accept_and_who_does_not_is_named() {
        let yes = || receipt(200, Ending::Accepted { id: None });
        let no = |why: &str| receipt(401, Ending::Refused { why: why.to_owned(), advice: Some("look") });
        let gone = |why: &str| receipt(503, Ending::GaveUp { why: why.to_owned() });
        let names = ["http://a", "http://b"].map(|endpoint| Node { endpoint: endpoint.into(), address: None });
        let of = |one, other| merged(&names, vec![vec![one], vec![other]]).remove(0);
        assert!(of(yes(), yes()).is_accepted());
        let one = of(yes(), gone("no answer"));
        assert_eq!((one.word(), one.why(), one.status), ("gave-up", Some("http://b: no answer"), Some(503)));
        assert_eq!(one.at.iter().map(|at| at.word).collect::<Vec<_>>(), ["accepted", "gave-up"]);
        let both = of(no("bad token"), gone("no answer"));
        assert_eq!((both.word(), both.why()), ("refused", Some("http://a: bad token; http://b: no answer")));
        assert_eq!(merged(&names, vec![Vec::new(), Vec::new()]), Vec::new());
    }
}
