//! Just enough of HTML to walk a page of ours: tags with their attributes, and text. Not for pages of others.

/// A piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// `<p class="x">`, and elements without an end such as `<input>`.
    Open {
        /// Lower-case.
        tag: String,
        /// Names and values, values with entities resolved.
        attributes: Vec<(String, String)>,
        /// Whether no end tag follows.
        empty: bool,
    },
    /// `</p>`.
    Close(String),
    /// Text with entities resolved.
    Text(String),
}

const EMPTY: [&str; 13] = [
    "area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
    "base",
];

fn resolved(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, entity)) = rest.split_once('&') {
        out.push_str(before);
        let (name, after) = entity.split_once(';').expect("an entity ends");
        let number = |digits: &str, radix| {
            let code = u32::from_str_radix(digits, radix).expect("a number");
            char::from_u32(code).expect("a character")
        };
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => '\u{a0}',
            _ => match name.strip_prefix("#x") {
                Some(hex) => number(hex, 16),
                None => number(name.strip_prefix('#').expect("a known entity"), 10),
            },
        });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The pieces of a page in their order.
///
/// # Panics
/// When it is not well-formed as our templates are.
pub fn pieces(html: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = html;
    while let Some((text, after)) = rest.split_once('<') {
        if !text.is_empty() {
            pieces.push(Piece::Text(resolved(text)));
        }
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").expect("a comment ends").1;
            continue;
        }
        let end = tag_end(after);
        let (inside, after) = (&after[..end], &after[end + 1..]);
        rest = after;
        if let Some(name) = inside.strip_prefix('/') {
            pieces.push(Piece::Close(name.trim().to_lowercase()));
        } else if !inside.starts_with('!') {
            let piece = open(inside);
            if let Piece::Open { tag, .. } = &piece
                && (tag == "script" || tag == "style")
            {
                let (_, after) = rest.split_once(&format!("</{tag}>")).expect("it ends");
                rest = after;
                continue;
            }
            pieces.push(piece);
        }
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(resolved(rest)));
    }
    pieces
}

/// Where a tag ends: at the first `>` outside of quotes.
fn tag_end(text: &str) -> usize {
    let mut quoted = false;
    text.bytes()
        .position(|byte| {
            quoted ^= byte == b'"';
            byte == b'>' && !quoted
        })
        .expect("a tag ends")
}

fn open(inside: &str) -> Piece {
    // Parts of a picture close themselves.
    let closed = inside.ends_with('/');
    let inside = inside.trim_end_matches('/');
    let (tag, mut rest) = inside
        .split_once(char::is_whitespace)
        .unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let end = rest
            .find(|c: char| c == '=' || c.is_whitespace())
            .unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let value = match after.strip_prefix("=\"") {
            Some(quoted) => {
                let (value, after) = quoted.split_once('"').expect("a value ends");
                rest = after;
                resolved(value)
            }
            None => {
                assert!(!after.starts_with('='), "a value in quotes: {inside}");
                rest = after;
                String::new()
            }
        };
        attributes.push((name.to_lowercase(), value));
    }
    let tag = tag.to_lowercase();
    Piece::Open {
        empty: closed || EMPTY.contains(&tag.as_str()),
        tag,
        attributes,
    }
}
