//! A place in a query, and the two lines that point at it.

/// Characters of a query's line that are shown around a place.
const LINE_SHOWN: usize = 100;

/// Where in a query; lines and columns count characters, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
    /// How many characters it covers, at least one.
    pub width: usize,
}

impl Place {
    /// The line of `query` with the place, and a caret under it; nothing if the
    /// place is outside of the query.
    pub(crate) fn show(self, query: &str) -> Option<String> {
        let line: Vec<char> = query
            .split('\n')
            .nth(self.line.checked_sub(1)?)?
            .trim_end_matches('\r')
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let start = self.column.checked_sub(1)?.min(line.len());
        let from = start.saturating_sub(LINE_SHOWN / 2);
        let to = line.len().min(from + LINE_SHOWN);
        let shown: String = line.get(from..to)?.iter().collect();
        let (before, after) = (dots(from > 0), dots(to < line.len()));
        let label = format!("line {}: {before}", self.line);
        let indent = " ".repeat(label.chars().count() + start - from);
        let carets = "^".repeat(self.width.max(1).min((to - start).max(1)));
        Some(format!("{label}{shown}{after}\n{indent}{carets}"))
    }
}

fn dots(cut: bool) -> &'static str {
    if cut { "..." } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(query: &str, line: usize, column: usize, width: usize) -> String {
        Place {
            line,
            column,
            width,
        }
        .show(query)
        .unwrap_or_default()
    }

    #[test]
    fn points_below() {
        assert_eq!(
            show("select\n\tnmae from x", 2, 2, 4),
            "line 2:  nmae from x\n         ^^^^"
        );
    }

    #[test]
    fn the_end_and_beyond() {
        assert_eq!(show("select", 1, 7, 1), "line 1: select\n              ^");
        assert_eq!(show("select", 2, 1, 1), "");
        assert_eq!(show("select", 0, 0, 1), "");
    }

    #[test]
    fn long_lines_are_cut() {
        let query = format!("{}HERE{}", "a".repeat(500), "b".repeat(500));
        let text = show(&query, 1, 501, 4);
        assert!(text.len() < 300, "{text}");
        let (line, caret) = text.split_once('\n').unwrap();
        assert_eq!(line.find("HERE"), caret.find('^'));
    }
}
