//! The notes of a plan, each said once.

/// Drops the notes that stand there already.
pub(super) fn unrepeated(notes: &mut Vec<String>) {
    let mut seen = std::collections::HashSet::new();
    notes.retain(|note| seen.insert(note.clone()));
}
