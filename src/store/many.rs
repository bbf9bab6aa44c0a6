//! Statements about many rows at once. One statement a row costs a round trip each, and one text for every number of
//! rows would have to be prepared anew each time: a few sizes, powers of two, make up any number.

use std::sync::OnceLock;

/// The sizes, the largest first. More rows a statement gain nothing: SQLite is fastest at 16 to 50.
const SIZES: [usize; 6] = [32, 16, 8, 4, 2, 1];

/// A statement whose rows of parameters are written out.
pub(super) struct ManyRows {
    before: &'static str,
    /// The type of each column.
    columns: &'static [&'static str],
    after: &'static str,
    texts: [OnceLock<String>; SIZES.len()],
}

impl ManyRows {
    /// A statement with rows of these types between two pieces of text. Rows of one column stand without parentheses,
    /// as in a list after `in`.
    pub(super) const fn new(
        before: &'static str,
        columns: &'static [&'static str],
        after: &'static str,
    ) -> Self {
        Self {
            before,
            columns,
            after,
            texts: [const { OnceLock::new() }; SIZES.len()],
        }
    }

    /// The rows in pieces, each with the text that takes so many.
    pub(super) fn pieces<'r, T>(
        &'static self,
        rows: &'r [T],
    ) -> impl Iterator<Item = (&'static str, &'r [T])> {
        let mut rest = rows;
        std::iter::from_fn(move || {
            let fits = SIZES.iter().position(|size| *size <= rest.len())?;
            let (piece, later) = rest.split_at(SIZES[fits]);
            rest = later;
            Some((self.text(fits), piece))
        })
    }

    /// Every text, so that a test can prepare it.
    pub(super) fn all(&'static self) -> impl Iterator<Item = &'static str> {
        (0..SIZES.len()).map(|n| self.text(n))
    }

    fn text(&'static self, n: usize) -> &'static str {
        self.texts[n].get_or_init(|| {
            let mut parameter = 0;
            let rows = (0..SIZES[n]).map(|_| {
                let columns = self.columns.iter().map(|kind| {
                    parameter += 1;
                    format!("cast(${parameter} as {kind})")
                });
                let columns = columns.collect::<Vec<_>>().join(", ");
                match self.columns {
                    [_] => columns,
                    _ => format!("({columns})"),
                }
            });
            let rows = rows.collect::<Vec<_>>().join(", ");
            format!("{}{rows}{}", self.before, self.after)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static PAIRS: ManyRows = ManyRows::new("values ", &["text", "bigint"], ";");

    #[test]
    fn any_number_of_rows_is_made_of_a_few_texts() {
        for count in [0, 1, 5, 31, 32, 63, 512] {
            let rows: Vec<usize> = (0..count).collect();
            let pieces: Vec<_> = PAIRS.pieces(&rows).collect();
            let together: Vec<usize> = pieces.iter().flat_map(|(_, rows)| *rows).copied().collect();
            assert_eq!(together, rows);
            for (text, rows) in pieces {
                assert_eq!(text.matches(" as bigint)").count(), rows.len());
            }
        }
    }

    #[test]
    fn parameters_are_numbered_through() {
        let text = PAIRS.pieces(&[(), ()]).next().expect("one").0;
        assert_eq!(
            text,
            "values (cast($1 as text), cast($2 as bigint)), (cast($3 as text), cast($4 as bigint));"
        );
    }
}
