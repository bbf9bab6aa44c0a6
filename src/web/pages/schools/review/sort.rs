//! Tables that can be sorted by a column: each head is a link, so that it works without scripts.

use std::cmp::Ordering;

use serde::Deserialize;

/// What a page of review was asked with. Whatever is not known counts as not said.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// The column.
    pub sort: String,
    /// `asc` or `desc`.
    pub dir: String,
    /// Which rows.
    pub show: String,
    /// Which attempt of each learner.
    pub attempt: String,
    /// In which order the columns stand.
    pub by: String,
    /// Which page of columns, from 1.
    pub page: String,
}

/// By which column the rows stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    path: String,
    /// What else the page was asked with: `&name=value…`.
    kept: String,
    /// Where in the page the table is: `#id`.
    place: &'static str,
    /// The column.
    pub key: String,
    /// Whether the greatest comes first.
    pub down: bool,
}

/// The head of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub label: String,
    /// Sorts by it; by the one that is sorted by already, the other way round.
    pub href: String,
    /// `ascending` or `descending`, where it is sorted by.
    pub sorted: Option<&'static str>,
}

impl Head {
    /// For the eye.
    pub fn arrow(&self) -> &'static str {
        match self.sorted {
            Some("descending") => "▼",
            Some(_) => "▲",
            None => "",
        }
    }
}

impl Order {
    /// The order that was asked for, among the columns that there are; the first of them if it is none.
    pub fn of(asked: &Asked, path: String, kept: String, columns: &[&str]) -> Self {
        let known = columns.contains(&asked.sort.as_str());
        let key = match known {
            true => asked.sort.as_str(),
            false => columns.first().copied().unwrap_or_default(),
        };
        Self {
            path,
            kept,
            place: "main",
            key: key.to_owned(),
            down: known && asked.dir == "desc",
        }
    }

    /// The order of the table with this id, to which its links lead.
    pub fn at(self, place: &'static str) -> Self {
        Self { place, ..self }
    }

    /// The head of a column; `down` says whether its greatest comes first when it is chosen.
    pub fn head(&self, label: String, key: &str, down: bool) -> Head {
        let chosen = self.key == key;
        let down = if chosen { !self.down } else { down };
        let dir = if down { "desc" } else { "asc" };
        Head {
            label,
            href: format!(
                "{}?sort={key}&dir={dir}{}#{}",
                self.path, self.kept, self.place
            ),
            sorted: chosen.then_some(if self.down { "descending" } else { "ascending" }),
        }
    }

    /// The order as the page's other links keep it: `&sort=…&dir=…`.
    pub fn as_kept(&self) -> String {
        let dir = if self.down { "desc" } else { "asc" };
        format!("&sort={}&dir={dir}", self.key)
    }

    /// Puts rows in order; those that have no value come last, and equal ones stay as they stood.
    pub fn arrange<T, K: Ord>(&self, rows: &mut [T], value: impl Fn(&T) -> Option<K>) {
        rows.sort_by(|a, b| match (value(a), value(b)) {
            (Some(a), Some(b)) if self.down => b.cmp(&a),
            (Some(a), Some(b)) => a.cmp(&b),
            (None, None) => Ordering::Equal,
            (None, Some(_)) => Ordering::Greater,
            (Some(_), None) => Ordering::Less,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(sort: &str, dir: &str) -> Order {
        let asked = Asked {
            sort: sort.to_owned(),
            dir: dir.to_owned(),
            ..Asked::default()
        };
        Order::of(
            &asked,
            "/p".to_owned(),
            "&show=all".to_owned(),
            &["name", "score"],
        )
    }

    #[test]
    fn a_head_sorts_by_its_column_and_then_the_other_way_round() {
        let score = order("score", "desc");
        let head = score.head("Score".to_owned(), "score", true);
        assert_eq!(head.href, "/p?sort=score&dir=asc&show=all#main");
        assert_eq!(head.sorted, Some("descending"));
        let name = score.head("Name".to_owned(), "name", false);
        assert_eq!(name.href, "/p?sort=name&dir=asc&show=all#main");
        assert_eq!(name.sorted, None);
        assert_eq!(score.as_kept(), "&sort=score&dir=desc");
    }

    #[test]
    fn what_is_not_a_column_is_the_first_one_upwards() {
        for strange in ["", "password", "\"><script>"] {
            let order = order(strange, "desc");
            assert_eq!((order.key.as_str(), order.down), ("name", false));
        }
    }

    #[test]
    fn rows_without_a_value_come_last_either_way() {
        let rows = [Some(2), None, Some(3), Some(1)];
        let sorted = |dir| {
            let mut rows = rows;
            order("score", dir).arrange(&mut rows, |row| *row);
            rows
        };
        assert_eq!(sorted("asc"), [Some(1), Some(2), Some(3), None]);
        assert_eq!(sorted("desc"), [Some(3), Some(2), Some(1), None]);
    }
}
