//! A GIFT file cut into chunks of one question each; a broken question never swallows the next.

/// A question or a change of category; comments are gone, escaped signs are masked.
pub struct Chunk {
    pub line: usize,
    pub text: String,
}

/// What may follow a backslash, the sign it stands for, and a letter that no text has and no rule looks for.
const SIGNS: [(char, char, char); 9] = [
    ('\\', '\\', '\u{fdd0}'),
    ('~', '~', '\u{fdd1}'),
    ('=', '=', '\u{fdd2}'),
    ('#', '#', '\u{fdd3}'),
    ('{', '{', '\u{fdd4}'),
    ('}', '}', '\u{fdd5}'),
    (':', ':', '\u{fdd6}'),
    ('n', '\n', '\u{fdd7}'),
    ('>', '>', '\u{fdd8}'),
];

/// How far an answer block may go on after an empty line.
const FARTHEST: usize = 300;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Ahead,
    Open,
    Closed,
}

/// Moodle parts questions by empty lines. Here an empty line inside a block that does close is only an empty line,
/// and a new name or category always begins a new chunk.
pub fn chunks(text: &str) -> Vec<Chunk> {
    let masked = masked(text);
    let lines: Vec<_> = masked.lines().map(str::trim_end).collect();
    let mut chunks = Vec::new();
    let mut chunk = Chunk { line: 1, text: String::new() };
    let mut block = Block::Ahead;
    for (place, &line) in lines.iter().enumerate() {
        let ends = match line {
            "" => block != Block::Open || !closes(&lines[place..]),
            line if is_comment(line) => block == Block::Closed,
            line => begins(line) || chunk.text.starts_with("$CATEGORY:"),
        };
        if ends && !chunk.text.is_empty() {
            let next = Chunk { line: place + 1, text: String::new() };
            chunks.push(std::mem::replace(&mut chunk, next));
            block = Block::Ahead;
        }
        if !is_comment(line) {
            if chunk.text.is_empty() {
                chunk = Chunk { line: place + 1, text: line.trim_start().to_owned() };
            } else {
                chunk.text = chunk.text + "\n" + line;
            }
            block = line.chars().fold(block, Block::after);
        }
    }
    chunks.push(chunk);
    chunks.retain(|chunk| !chunk.text.is_empty());
    chunks
}

/// Texts with their signs back.
pub fn unmasked(text: &str) -> String {
    let sign = |c| SIGNS.iter().find(|(_, _, mask)| *mask == c).map_or(c, |(_, sign, _)| *sign);
    text.chars().map(sign).collect()
}

fn masked(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().filter(|_| letter == '\\');
        match next.and_then(|next| SIGNS.iter().find(|(escaped, ..)| escaped == next)) {
            Some((_, _, mask)) => {
                masked.push(*mask);
                letters.next();
            }
            None => masked.push(letter),
        }
    }
    masked
}

impl Block {
    fn after(self, letter: char) -> Self {
        match (self, letter) {
            (Self::Ahead, '{') => Self::Open,
            (Self::Open, '}') => Self::Closed,
            (block, _) => block,
        }
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

fn begins(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("::") || line.starts_with("$CATEGORY:")
}

/// Whether an open block is closed before anything else begins.
fn closes(lines: &[&str]) -> bool {
    let mut lines =
        lines.iter().take(FARTHEST).take_while(|line| !begins(line)).filter(|line| !is_comment(line));
    lines.find_map(|line| line.find(['{', '}']).map(|brace| line[brace..].starts_with('}'))).unwrap_or(false)
}
