//! The list of a group as a table: its columns, and rows → people or every wrong cell. Pure.
use std::collections::BTreeMap;

use programmes::Kind;
use serde::{Deserialize, Serialize};
use words::{Day, folded};

use crate::application::{Application, Form, Way};
use crate::customer::Customer;

/// More people in one unit of work would keep the others waiting.
const LONGEST: usize = 300;

/// A column of the list: its head, width, and the field of the form that it fills.
pub(crate) struct Head {
    pub title: &'static str,
    pub width: u16,
    field: &'static str,
    into: fn(&mut Form) -> &mut String,
    pub choice: &'static [&'static str],
    /// Without this column the list cannot be read.
    obligatory: bool,
}

macro_rules! head {
    ($title:literal, $width:literal, $field:ident, $obligatory:literal) => {
        head!($title, $width, $field, $obligatory, &[])
    };
    ($title:literal, $width:literal, $field:ident, $obligatory:literal, $choice:expr) => {
        Head {
            title: $title,
            width: $width,
            field: stringify!($field),
            into: |form| &mut form.$field,
            choice: $choice,
            obligatory: $obligatory,
        }
    };
}

const PERSON: [Head; 10] = [
    head!("Фамилия", 20, family, true),
    head!("Имя", 16, given, true),
    head!("Отчество", 20, patronymic, false),
    head!("Пол", 10, sex, false, &["Женский", "Мужской"]),
    head!("Дата рождения", 14, birthday, true),
    head!("СНИЛС", 16, snils, true),
    head!("Телефон", 18, phone, false),
    head!("Почта", 26, email, false),
    head!("Адрес регистрации", 30, address, false),
    head!("Паспорт", 30, passport, false),
];
const WORK: [Head; 3] = [
    head!("Должность", 26, position, true),
    head!("Организация", 30, employer, false),
    head!("ИНН организации", 16, employer_inn, false),
];
const EDUCATION: [Head; 5] = [
    head!(
        "Образование",
        22,
        education,
        true,
        &["Высшее", "Среднее профессиональное", "Получает высшее", "Получает среднее профессиональное"]
    ),
    head!("Фамилия в дипломе", 20, diploma_family, false),
    head!("Серия диплома", 14, diploma_series, false),
    head!("Номер диплома", 16, diploma_number, false),
    head!("Где учится", 30, education_place, false),
];

/// The columns that a programme of this kind wants.
pub(crate) fn heads(kind: Kind) -> Vec<&'static Head> {
    let more: &[Head] = if kind == Kind::LabourProtection { &WORK } else { &EDUCATION };
    PERSON.iter().chain(more).collect()
}

/// What is wrong, and where: «F5», or the table as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Wrong {
    pub cell: Option<String>,
    pub sentence: String,
}

/// A checked row with the place of its cells.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub application: Application,
    pub row: usize,
    /// The place of the СНИЛС, for what only the database knows.
    pub cell: String,
}

/// «F5»: the column by its place from 0, the row as the screen numbers it.
fn cell(column: usize, row: usize) -> String {
    let mut letters = String::new();
    let mut left = column + 1;
    while left > 0 {
        left -= 1;
        letters.insert(0, char::from(b'A' + u8::try_from(left % 26).unwrap_or(0)));
        left /= 26;
    }
    format!("{letters}{row}")
}

/// Rows of text → people, or every wrong cell. `customer` is whose people they are, for whoever left the workplace out.
pub(crate) fn people(
    table: &[Vec<String>],
    kind: Kind,
    customer: Option<&Customer>,
    today: Day,
) -> Result<Vec<Listed>, Vec<Wrong>> {
    let whole = |sentence: String| vec![Wrong { cell: None, sentence }];
    let filled = |row: &&Vec<String>| row.iter().any(|cell| !cell.trim().is_empty());
    let Some(top) = table.iter().position(|row| filled(&row)) else {
        return Err(whole("Таблица пустая".to_owned()));
    };
    let heads = heads(kind);
    let places: BTreeMap<&str, usize> = heads
        .iter()
        .filter_map(|head| {
            let place = table[top].iter().position(|cell| folded(cell) == folded(head.title))?;
            Some((head.field, place))
        })
        .collect();
    let missing: Vec<_> = heads
        .iter()
        .filter(|head| head.obligatory && !places.contains_key(head.field))
        .map(|head| format!("«{}»", head.title))
        .collect();
    if !missing.is_empty() {
        return Err(whole(format!(
            "Нет столбцов: {}. Возьмите пустую таблицу с этой страницы",
            missing.join(", ")
        )));
    }
    let rows: Vec<_> = table.iter().enumerate().skip(top + 1).filter(|(_, row)| filled(row)).collect();
    match rows.len() {
        0 => return Err(whole("В таблице нет людей".to_owned())),
        many if many > LONGEST => {
            return Err(whole(format!("В таблице {many} человек, а за один раз можно не больше {LONGEST}")));
        }
        _ => {}
    }
    let (mut people, mut wrong, mut seen) = (Vec::<Listed>::new(), Vec::new(), BTreeMap::new());
    for (at, row) in rows {
        let mut form = Form::default();
        for head in &heads {
            if let Some(text) = places.get(head.field).and_then(|place| row.get(*place)) {
                text.trim().clone_into((head.into)(&mut form));
            }
        }
        complete(&mut form, customer);
        let place = |field: &str| places.get(field).map(|column| cell(*column, at + 1));
        match form.check(kind, Way::List, today) {
            Ok(application) => {
                let cell = place("snils").unwrap_or_default();
                if let Some(first) = seen.insert(application.snils.clone(), at + 1) {
                    let sentence = format!("СНИЛС: такой же в строке {first}");
                    wrong.push(Wrong { cell: Some(cell.clone()), sentence });
                }
                people.push(Listed { application, row: at + 1, cell });
            }
            Err(said) => wrong.extend(said.all().map(|(field, sentence)| Wrong {
                cell: place(field).or_else(|| Some(format!("строка {}", at + 1))),
                sentence: sentence.to_owned(),
            })),
        }
    }
    if wrong.is_empty() { Ok(people) } else { Err(wrong) }
}

/// Words of a table → codes of the form; the customer's name where the workplace was left out.
fn complete(form: &mut Form, customer: Option<&Customer>) {
    let begins = |text: &str, start: &str| folded(text).starts_with(start);
    form.sex = match form.sex.as_str() {
        sex if begins(sex, "ж") => "female".to_owned(),
        sex if begins(sex, "м") => "male".to_owned(),
        other => other.to_owned(),
    };
    form.education = match form.education.as_str() {
        level if begins(level, "получает высш") => "higher-awaited".to_owned(),
        level if begins(level, "получает средн") => "vocational-awaited".to_owned(),
        level if begins(level, "высш") => "higher".to_owned(),
        level if begins(level, "средн") => "vocational".to_owned(),
        other => other.to_owned(),
    };
    if let Some(customer) = customer
        && form.employer.is_empty()
        && form.employer_inn.is_empty()
    {
        form.employer.clone_from(&customer.name);
        form.employer_inn.clone_from(&customer.inn);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
    use programmes::Kind;
    use words::Day;

    use super::{cell, people};

    #[test]
    fn a_cell_is_named_as_the_screen_names_it() {
        let names = [(0, "A1"), (25, "Z1"), (26, "AA1"), (701, "ZZ1"), (702, "AAA1")];
        assert!(names.into_iter().all(|(column, name)| cell(column, 1) == name));
    }

    #[test]
    fn heads_may_stand_in_any_order_below_empty_rows_and_in_any_case() {
        let row = |cells: [&str; 8]| cells.map(str::to_owned).to_vec();
        let table = [
            Vec::new(),
            row([
                "СНИЛС",
                "имя",
                "ФАМИЛИЯ",
                "Отчество",
                "Дата рождения",
                "Должность",
                "Организация",
                "ИНН организации",
            ]),
            row([
                "112-233-445 95",
                "Илья",
                "Петров",
                "Олегович",
                "05.03.1984",
                "сварщик",
                "ООО «Север»",
                "7707083893",
            ]),
        ];
        let today = Day::new(2026, 11, 22).unwrap();
        let found = people(&table, Kind::LabourProtection, None, today).unwrap();
        assert_eq!((found.len(), found[0].row, found[0].cell.as_str()), (1, 3, "A3"));
        assert_eq!(found[0].application.name.to_string(), "Петров Илья Олегович");
        // The same person twice, and nobody at all.
        let twice = [table.to_vec(), vec![table[2].clone()]].concat();
        let wrong = people(&twice, Kind::LabourProtection, None, today).unwrap_err();
        assert_eq!(
            (wrong[0].cell.as_deref(), wrong[0].sentence.as_str()),
            (Some("A4"), "СНИЛС: такой же в строке 3")
        );
        assert!(people(&table[..2], Kind::LabourProtection, None, today).is_err());
        assert!(people(&[], Kind::Upskilling, None, today).is_err());
    }
}
