//! The packages of a state, as the database has them: with their offer where a repository still has them, else with
//! the copy of their metadata that states keep.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension};

use crate::catalogue::{self, OFFER, Offer};
use crate::error::Error;
use crate::import::Local;
use crate::selection::Selected;

/// One package of a state.
#[derive(Debug, Clone)]
pub(crate) struct Present {
    /// As it would be selected again. The repository is empty if none offers it any more.
    pub(crate) selected: Selected,
    /// Its row in `packages`.
    pub(crate) row: i64,
}

/// The state that is in place.
pub(crate) fn active(connection: &Connection) -> Result<Option<u64>, Error> {
    let mut statement = connection.prepare_cached("SELECT id FROM states WHERE status = 'active'")?;
    let id = statement.query_row([], |row| row.get::<_, i64>(0)).optional()?;
    Ok(id.and_then(|id| u64::try_from(id).ok()))
}

/// The packages of a state, sorted by name. Of several repositories that offer the same file the preferred one counts.
pub(crate) fn of(connection: &Connection, local: &Local, state: u64) -> Result<Vec<Present>, Error> {
    let state = i64::try_from(state).unwrap_or(i64::MAX);
    let mut found: BTreeMap<String, (Offer, bool)> = BTreeMap::new();
    // Each part uses one index of the table; joined in one they would use none.
    for part in [
        "CROSS JOIN packages p ON p.repository IS NULL AND p.hash = s.hash LEFT JOIN repositories r ON 0",
        "CROSS JOIN repositories r CROSS JOIN packages p ON p.repository = r.id AND p.hash = s.hash",
    ] {
        let query = format!("SELECT {OFFER}, s.explicit FROM selections s {part} WHERE s.state = ?1");
        let mut statement = connection.prepare_cached(&query)?;
        let rows = statement.query_map([state], |row| Ok((catalogue::offer(row)?, row.get(12)?)))?;
        for row in rows {
            let (offer, explicit): (Offer, bool) = row?;
            let rank = |offer: &Offer| {
                offer
                    .repository
                    .clone()
                    .map(|(id, priority)| (priority, std::cmp::Reverse(id)))
            };
            let better = found
                .get(&offer.hash)
                .is_none_or(|(known, _)| rank(&offer) > rank(known));
            if better {
                found.insert(offer.hash.clone(), (offer, explicit));
            }
        }
    }
    let all: i64 = connection
        .prepare_cached("SELECT count(*) FROM selections WHERE state = ?1")?
        .query_row([state], |row| row.get(0))?;
    if i64::try_from(found.len()) != Ok(all) {
        let reason = format!("state {state} has {all} packages, and only {} are known", found.len());
        return Err(Error::DamagedDatabase(reason));
    }
    let mut packages = Vec::with_capacity(found.len());
    for (offer, explicit) in found.into_values() {
        packages.push(Present {
            row: offer.id,
            selected: local.selected(&offer, explicit)?,
        });
    }
    packages.sort_by(|one, other| one.selected.name.cmp(&other.selected.name));
    Ok(packages)
}
