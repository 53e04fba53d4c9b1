//! Command lines as they are typed.

/// The words of a command line. Single quotes keep a word with spaces together: `trials make --name 'my
/// set'`.
pub fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (at, piece) in line.split('\'').enumerate() {
        if at % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn quotes_keep_a_word_together() {
        assert_eq!(
            words("trials make  --name 'my set' --out ''"),
            ["trials", "make", "--name", "my set", "--out", ""]
        );
    }
}
