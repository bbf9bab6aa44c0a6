//! A turn's text as the sentences that are spoken one by one.

/// Marks that end a sentence.
const TERMINATORS: [char; 4] = ['.', '!', '?', '…'];
/// Marks that close what a sentence opened and so belong to it.
const CLOSERS: [char; 6] = ['»', '”', '“', '"', ')', '’'];
const DASHES: [char; 3] = ['–', '—', '-'];

/// One line of printable text: white space of any kind and control characters become single spaces.
///
/// An engine may read a line break as the end of a sentence, and espeak-ng takes some control characters for commands.
pub(super) fn clean(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// Splits on `.`, `!`, `?` and `…` before a space or the end; closing quotes stay with their sentence.
///
/// It does not split where the text goes on in lower case, with or without a dash («Келдің бе?» – деді ол), nor after
/// an initial (А. Байтұрсынұлы). A piece without a letter or digit joins its neighbour. Text without any letter or
/// digit gives no sentence.
#[must_use]
pub fn split_sentences(text: &str) -> Vec<String> {
    let text = clean(text);
    let mut sentences: Vec<String> = Vec::new();
    // A piece with nothing to speak waits here for the sentence that follows it.
    let mut held = String::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, mark)) = chars.next() {
        if !TERMINATORS.contains(&mark) {
            continue;
        }
        let mut end = at + mark.len_utf8();
        while let Some((at, more)) =
            chars.next_if(|(_, c)| TERMINATORS.contains(c) || CLOSERS.contains(c))
        {
            end = at + more.len_utf8();
        }
        let rest = &text[end..];
        if !rest.is_empty()
            && (!rest.starts_with(' ') || goes_on(rest) || is_initial(&text[start..end]))
        {
            continue;
        }
        push(&mut sentences, &mut held, text[start..end].trim());
        start = end;
    }
    push(&mut sentences, &mut held, text[start..].trim());
    sentences
}

fn push(sentences: &mut Vec<String>, held: &mut String, piece: &str) {
    if piece.is_empty() {
        return;
    }
    if !held.is_empty() {
        held.push(' ');
    }
    held.push_str(piece);
    if piece.chars().any(char::is_alphanumeric) {
        sentences.push(std::mem::take(held));
    } else if let Some(last) = sentences.last_mut() {
        last.push(' ');
        last.push_str(&std::mem::take(held));
    }
}

/// Whether the next word, after any dash, begins with a small letter.
fn goes_on(rest: &str) -> bool {
    rest.trim_start_matches(|c: char| c == ' ' || DASHES.contains(&c))
        .starts_with(char::is_lowercase)
}

/// Whether a single full stop follows a single capital letter.
fn is_initial(sentence: &str) -> bool {
    let Some(word) = sentence.strip_suffix('.') else {
        return false;
    };
    let word = word.rsplit([' ', '«', '(']).next().unwrap_or(word);
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kazakh_sentences() {
        let table: [(&str, &[&str]); 14] = [
            (
                "Сәлеметсіз бе! Маған екі нан керек.",
                &["Сәлеметсіз бе!", "Маған екі нан керек."],
            ),
            ("Жақсы", &["Жақсы"]),
            (
                "Бағасы қанша? Екі жүз елу теңге… Қымбат екен!",
                &["Бағасы қанша?", "Екі жүз елу теңге…", "Қымбат екен!"],
            ),
            (
                "Ол «Мен келемін.» деп айтты. Біз күттік.",
                &["Ол «Мен келемін.» деп айтты.", "Біз күттік."],
            ),
            (
                "«Қайда барасың?» Ол үндемеді.",
                &["«Қайда барасың?»", "Ол үндемеді."],
            ),
            (
                "«Келдің бе?» – деді ол. – Иә.",
                &["«Келдің бе?» – деді ол.", "– Иә."],
            ),
            ("Не?! Рас па?..", &["Не?!", "Рас па?.."]),
            ("Мен… білмеймін.", &["Мен… білмеймін."]),
            (
                "А. Байтұрсынұлы – ғалым. Ол кітап жазды.",
                &["А. Байтұрсынұлы – ғалым.", "Ол кітап жазды."],
            ),
            (
                "Сағат 10.30-да келіңіз. 5 адам күтеді.",
                &["Сағат 10.30-да келіңіз.", "5 адам күтеді."],
            ),
            (
                "Бірінші\n  жол.\tЕкінші\u{1} жол.",
                &["Бірінші жол.", "Екінші жол."],
            ),
            ("… Ия. …", &["… Ия. …"]),
            ("", &[]),
            (" – … ", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(split_sentences(text), expected, "{text}");
        }
    }

    #[test]
    fn nothing_is_lost() {
        let text = "Қайырлы күн! Бүгін ауа райы жылы, «Астана» паркіне барайық. Келісесің бе? Иә, барайық…";
        assert_eq!(split_sentences(text).join(" "), text);
    }
}
