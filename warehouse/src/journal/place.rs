//! Where a local warehouse's journal is: in `_journal`, or where the file `_journal/elsewhere`
//! says. So readers find it, and an agent that is given another place does not leave
//! behind what was acked in the one before.

use std::path::{Path, PathBuf};

use super::{read_local, replace_file};
use crate::error::{Error, Result};

const ELSEWHERE: &str = "elsewhere";

/// The directory of the journal, of the warehouse whose `_journal` this is.
pub(crate) fn of(inside: &Path) -> Result<PathBuf> {
    let path = inside.join(ELSEWHERE);
    match std::fs::read_to_string(&path) {
        Ok(place) => Ok(place.into()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(inside.to_owned()),
        Err(error) => Err(Error::storage(
            format_args!("read {}", path.display()),
            error,
        )),
    }
}

/// From now on the journal is in `dir`, which exists. Refused while the place before has
/// entries that are not in the tables.
pub(crate) fn move_to(inside: &Path, dir: &Path) -> Result<()> {
    let real = |path: &Path| {
        std::fs::canonicalize(path)
            .map_err(|error| Error::storage(format_args!("find {}", path.display()), error))
    };
    let before = of(inside)?;
    let dir = real(dir)?;
    if real(&before).is_ok_and(|before| before == dir) {
        return Ok(());
    }
    let left = read_local(&before)?;
    if !left.entries.is_empty() {
        return Err(Error::Conflict(format!(
            "the warehouse's journal is in {}, with {} entries that are not in the tables yet: \
             start the agent with --journal {} first, and stop it in order",
            before.display(),
            left.entries.len(),
            before.display()
        )));
    }
    if real(inside)? == dir {
        let path = inside.join(ELSEWHERE);
        std::fs::remove_file(&path)
            .map_err(|error| Error::storage(format_args!("remove {}", path.display()), error))
    } else {
        let place = dir.to_string_lossy();
        replace_file(inside, ELSEWHERE, place.as_bytes())
    }
}
