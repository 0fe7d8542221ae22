//! Tables of what people type and what it means (domain reference, ch. 6).
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use proptest::prelude::*;
use words::{Case, Day, Email, FullName, Inn, Moment, Ogrn, Phone, Sex, Snils, count, folded, roubles};

#[test]
fn numbers_are_proven_by_their_checksums() {
    for good in ["112-233-445 95", "087-654-303 00", "12345678964", " 001-001-998 64 "] {
        assert!(Snils::parse(good).is_ok(), "{good}");
    }
    assert_eq!(Snils::parse("11223344595").unwrap().to_string(), "112-233-445 95");
    assert_eq!(Snils::parse("1122334459").unwrap_err().to_string(), "СНИЛС: 11 цифр, введено 10");
    for bad in ["112-233-445 96", "000-000-000 00", "СНИЛС 11223344595"] {
        assert!(Snils::parse(bad).is_err(), "{bad}");
    }
    for good in ["3300018131", "7707083893", "500100732259"] {
        assert!(Inn::parse(good).is_ok(), "{good}");
    }
    for bad in ["3300018132", "500100732258", "123", "0000000000", "000000000000"] {
        assert!(Inn::parse(bad).is_err(), "{bad}");
    }
    for good in ["1243300010030", "1027700132195", "304500116000157"] {
        assert!(Ogrn::parse(good).is_ok(), "{good}");
    }
    assert!(Ogrn::parse("1243300010031").is_err());
}

#[test]
fn contacts_are_brought_to_one_form() {
    for text in ["8 (916) 123-45-67", "+7 916 123 45 67", "9161234567"] {
        assert_eq!(Phone::parse(text).unwrap().as_str(), "+79161234567", "{text}");
    }
    assert_eq!(Phone::parse("9161234567").unwrap().to_string(), "+7 916 123-45-67");
    assert_eq!(Phone::parse("+375 29 123-45-67").unwrap().as_str(), "+375291234567");
    assert!(Phone::parse("123").is_err());
    assert_eq!(Email::parse(" Vera@Example.RU ").unwrap().as_str(), "Vera@example.ru");
    for bad in [
        "",
        "vera",
        "vera@",
        "@x.ru",
        "ve ra@x.ru",
        "vera@x",
        "vera@-x.ru",
        "вера@x.ru",
        "a..b@x.ru",
        "a@x.ru\nBcc:b@x.ru",
    ] {
        assert!(Email::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn names_are_cyrillic_and_put_right_where_it_is_safe() {
    let name = FullName::parse("ВОЛКОВА", "вера", " ").unwrap();
    assert_eq!((name.to_string().as_str(), name.patronymic.as_deref()), ("Волкова Вера", None));
    // Latin C, O, E, P in a Cyrillic surname
    assert_eq!(FullName::part("Фамилия", "CОКОЛОВA").unwrap(), "Соколова");
    assert_eq!(FullName::part("Фамилия", "салтыков-щедрин").unwrap(), "Салтыков-Щедрин");
    assert_eq!(
        FullName::part("Имя", "Ivan").unwrap_err().to_string(),
        "Имя: знак «I» не подходит, нужны русские буквы"
    );
    assert!(FullName::part("Фамилия", &"а".repeat(51)).is_err());
    assert_eq!(FullName::parse("Орлов", "Павел", "Сергеевич").unwrap().short(), "Орлов\u{a0}П.\u{a0}С.");
}

#[test]
fn names_stand_in_the_case_a_document_wants() {
    let cases = [
        ("Иванов", "Илья", "Фомич", Sex::Male, Case::Dative, "Иванову Илье Фомичу"),
        ("Шевченко", "Мария", "Ивановна", Sex::Female, Case::Instrumental, "Шевченко Марией Ивановной"),
        ("Заяц", "Никита", "Петрович", Sex::Male, Case::Genitive, "Зайца Никиты Петровича"),
        ("Гусь", "Пётр", "Ильич", Sex::Male, Case::Accusative, "Гуся Петра Ильича"),
        ("Волкова", "Вера", "Андреевна", Sex::Female, Case::Accusative, "Волкову Веру Андреевну"),
        ("Цой", "Анна", "", Sex::Female, Case::Dative, "Цой Анне"),
    ];
    for (family, given, patronymic, sex, case, expected) in cases {
        let name = FullName::parse(family, given, patronymic).unwrap();
        assert_eq!(name.in_case(case, sex), expected);
    }
    assert_eq!(FullName::parse("Алиев", "Рашид", "Ариф оглы").unwrap().sex(), Some(Sex::Male));
}

#[test]
fn days_and_counts_read_as_russian() {
    assert_eq!(Day::parse("5.3.1984").unwrap(), Day::parse("1984-03-05").unwrap());
    assert_eq!(Day::parse("22.11.2026").unwrap().in_words(), "22\u{a0}ноября 2026\u{a0}г.");
    assert!(Day::parse("31.02.2026").is_err());
    assert_eq!(Day::parse("2008-11-23").unwrap().years_until(Day::parse("2026-11-22").unwrap()), 17);
    assert_eq!(Day::parse("2026-11-22").unwrap().until(Day::parse("2026-12-02").unwrap()), 10);
    for (number, text) in
        [(1, "1 час"), (2, "2 часа"), (5, "5 часов"), (11, "11 часов"), (112, "112 часов"), (21, "21 час")]
    {
        assert_eq!(count(number, ["час", "часа", "часов"]).replace('\u{a0}', " "), text);
    }
    assert_eq!(roubles(150_000).replace('\u{a0}', " "), "1 500 ₽");
    assert_eq!(folded("  Ёлкин   ПЁТР "), "елкин петр");
    assert_eq!(Moment(0).time(), "03:00");
}

proptest! {
    #[test]
    fn whatever_is_typed_is_answered_and_never_panics(text in ".{0,60}") {
        let _ = (Snils::parse(&text), Inn::parse(&text), Ogrn::parse(&text), Phone::parse(&text), Email::parse(&text), Day::parse(&text));
        if let Ok(part) = FullName::part("Имя", &text) {
            prop_assert!(part.chars().count() <= 50);
            prop_assert_eq!(FullName::part("Имя", &part).unwrap(), part);
        }
    }
}
