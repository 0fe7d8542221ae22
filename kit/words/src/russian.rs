//! Small Russian: numbers with their words, prices, keys for search and sorting.

/// The word that goes with a number: `count(2, ["час", "часа", "часов"])` is «2 часа», the space unbroken.
pub fn count(number: i64, forms: [&str; 3]) -> String {
    let form = match (number.unsigned_abs() % 10, number.unsigned_abs() % 100) {
        (_, 11..=14) => forms[2],
        (1, _) => forms[0],
        (2..=4, _) => forms[1],
        _ => forms[2],
    };
    format!("{}\u{a0}{form}", shown(number))
}

/// The genitive that «в объёме» wants: «21 часа», «162 часов».
pub fn count_genitive(number: i64, one: &str, many: &str) -> String {
    let single = number % 10 == 1 && number % 100 != 11;
    format!("{}\u{a0}{}", shown(number), if single { one } else { many })
}

/// A number with its thousands apart: 12 500.
pub fn shown(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        // Four digits stay together in running text: «1500» would be odd beside «12 500», so they part too.
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{a0}');
        }
        text.push(digit);
    }
    if number < 0 { format!("−{text}") } else { text }
}

/// Kopecks as a price: «1 500 ₽», «99,50 ₽».
pub fn roubles(kopecks: i64) -> String {
    match kopecks % 100 {
        0 => format!("{}\u{a0}₽", shown(kopecks / 100)),
        rest => format!("{},{:02}\u{a0}₽", shown(kopecks / 100), rest.abs()),
    }
}

/// The key by which texts are compared without regard to case, ё or spare spaces.
pub fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase().replace('ё', "е")
}
