//! Who applies: names, and numbers whose checksums hold.
use serde::Serialize;

/// What a form of application is filled with.
#[derive(Clone, Debug, Serialize)]
pub struct Applicant {
    pub family: String,
    pub given: String,
    pub patronymic: String,
    pub sex: String,
    pub birthday: String,
    pub snils: String,
    pub phone: String,
    pub email: String,
    pub address: String,
    pub passport: String,
    pub education: String,
    pub education_place: String,
    pub diploma_number: String,
    pub position: String,
    pub employer: String,
    pub employer_inn: String,
}

/// Which programme is applied for.
pub type Wants = &'static str;

const WOMEN: [(&str, &str, &str); 12] = [
    ("Соколова", "Вера", "Андреевна"),
    ("Лебедева", "Дина", "Сергеевна"),
    ("Козлова", "Ольга", "Константиновна"),
    ("Новикова", "Ирина", "Павловна"),
    ("Морозова", "Елена", "Игоревна"),
    ("Павлова", "Мария", "Олеговна"),
    ("Зайцева", "Татьяна", "Викторовна"),
    ("Белова", "Наталья", "Юрьевна"),
    ("Комарова", "Юлия", "Денисовна"),
    ("Гаврилова", "Светлана", "Романовна"),
    ("Ершова", "Алина", "Маратовна"),
    ("Шевченко", "Галина", "Петровна"),
];
const MEN: [(&str, &str, &str); 12] = [
    ("Кузнецов", "Глеб", "Никитич"),
    ("Попов", "Илья", "Фомич"),
    ("Смирнов", "Артём", "Львович"),
    ("Волков", "Роман", "Евгеньевич"),
    ("Фёдоров", "Пётр", "Ильич"),
    ("Михайлов", "Олег", "Борисович"),
    ("Тарасов", "Денис", "Сергеевич"),
    ("Жуков", "Максим", "Андреевич"),
    ("Мамедов", "Рашид", "Ариф оглы"),
    ("Салтыков-Щедрин", "Никита", "Павлович"),
    ("Цой", "Виктор", ""),
    ("Гусь", "Степан", "Иванович"),
];
const POSITIONS: [&str; 4] = ["электромонтёр", "начальник участка", "сварщик", "инженер"];

/// The `n`-th applicant, the same every time; the first two have addresses that the sign-in page names.
pub fn applicant(n: usize) -> Applicant {
    let female = n.is_multiple_of(2);
    let (family, given, patronymic) =
        if female { WOMEN[n / 2 % WOMEN.len()] } else { MEN[n / 2 % MEN.len()] };
    let email = match n {
        0 => "vera@example.ru".to_owned(),
        1 => "gleb@example.ru".to_owned(),
        n => format!("learner{n}@example.ru"),
    };
    Applicant {
        family: family.into(),
        given: given.into(),
        patronymic: patronymic.into(),
        sex: if female { "female" } else { "male" }.into(),
        birthday: format!("{:02}.{:02}.{}", n % 27 + 1, n % 12 + 1, 1970 + n % 30),
        snils: snils(112_233_000 + u32::try_from(n).unwrap_or(0)),
        phone: format!("+7 916 000-{:02}-{:02}", n / 100, n % 100),
        email,
        address: "г. Владимир, ул. Мира, д. 1".into(),
        passport: "17 18 000000, УМВД России по Владимирской области, 01.02.2018".into(),
        education: if n.is_multiple_of(3) { "higher" } else { "vocational" }.into(),
        education_place: String::new(),
        diploma_number: format!("{:07}", 100_000 + n),
        position: POSITIONS[n % POSITIONS.len()].into(),
        employer: "АО «Владимирские сети»".into(),
        employer_inn: "7707083893".into(),
    }
}

/// Nine digits with their checksum.
fn snils(number: u32) -> String {
    let digits = format!("{number:09}");
    let sum: u32 =
        digits.bytes().zip((1..=9).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{digits}{:02}", sum % 101 % 100)
}
