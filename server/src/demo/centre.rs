//! The centre itself: its data, acts, staff, commission, programmes with materials and questions.
use accounts::person::{Person, add_account, grant};
use accounts::{Passwords, Role};
use anyhow::ensure;
use attestation::{Commission, Official, appoint};
use files::Files;
use programmes::{Content, Version, add_draft, submit};
use regulations::act::acknowledge;
use regulations::{Act, Centre, Closing, Curator, Signatory, Storage, instructions, prose, standard};
use store::{Fault, Store, Who};
use uuid::Uuid;
use words::{FullName, Sex, ZONES};

use super::text;
use crate::app::App;
use crate::guest::Guest;

pub const PASSWORD: &str = "meridian-demo";

/// Whom the demonstration lets in at once.
pub const LOGINS: [(&str, &str); 8] = [
    ("head", "руководитель"),
    ("methodist", "методист"),
    ("teacher", "преподаватель"),
    ("admin", "администратор"),
    ("auditor", "проверяющий"),
    ("customer", "заказчик"),
    ("vera@example.ru", "слушатель: учится"),
    ("gleb@example.ru", "слушатель: готов к аттестации"),
];

const STAFF: [(&str, Role, &str, Sex); 5] = [
    ("head", Role::Head, "Воронцов Егор Ильич", Sex::Male),
    ("methodist", Role::Methodist, "Лаптева Анна Сергеевна", Sex::Female),
    ("teacher", Role::Teacher, "Орлов Борис Петрович", Sex::Male),
    ("admin", Role::Administrator, "Седов Павел Андреевич", Sex::Male),
    ("auditor", Role::Auditor, "Климова Нина Львовна", Sex::Female),
];

fn centre() -> Centre {
    Centre {
        full_name:
            "Частное учреждение дополнительного профессионального образования «Учебный центр „Меридиан“»"
                .into(),
        short_name: "Учебный центр «Меридиан»".into(),
        brand: "Меридиан".into(),
        name_locative:
            "Частном учреждении дополнительного профессионального образования «Учебный центр „Меридиан“»"
                .into(),
        inn: "3300018131".into(),
        kpp: "330001001".into(),
        ogrn: "1243300010030".into(),
        licence: "№ Л035-01234-33/00000000 от 14 марта 2024 г.".into(),
        city: "г. Владимир".into(),
        address: "600000, г. Владимир, ул. Большая Нижегородская, д. 12".into(),
        place: "г. Владимир, ул. Большая Нижегородская, д. 12".into(),
        phone: "8 4922 00-00-00".into(),
        email: "info@meridian.example".into(),
        director: Signatory {
            post: "Директор".into(), short_name: "Е. И. Воронцов".into()
        },
        secretary: Signatory {
            post: "Секретарь".into(), short_name: "А. С. Лаптева".into()
        },
        closing: Closing::AtOnce,
        scans_days: 30,
        acting: None,
        curator: Curator {
            name: "Анна Лаптева".into(),
            phone: "8 4922 00-00-01".into(),
            email: "study@meridian.example".into(),
        },
        appeal_days: 3,
        letter_megabytes: 10,
        zone: ZONES[0].name.into(),
        storage: Storage::default(),
        accent: String::new(),
        logo: String::new(),
        blanks: false,
        with_diploma: true,
    }
}

/// The centre's data, acts, staff and commission.
pub async fn found(store: &Store) -> anyhow::Result<Centre> {
    let hash =
        Passwords::hash(PASSWORD.to_owned()).await.map_err(|failure| anyhow::anyhow!(failure.cause))?;
    let centre = centre();
    let saved = centre.clone();
    store
        .write(Who::system(), move |work| {
            saved.save(work)?;
            standard::enact_all(work, &saved)?;
            for (login, role, name, sex) in STAFF {
                let person = Person {
                    name: name_of(name),
                    sex,
                    birthday: None,
                    snils: None,
                    phone: None,
                    email: None,
                };
                let person = Person::add(work, &person)?;
                add_account(work, person, login, Some(&hash))?;
                grant(work, person, role)?;
                // The staff of the demonstration have read what they are asked to read.
                if let Ok(instruction) = Act::current(work, &instructions::code(role)) {
                    acknowledge(work, person, instruction.id)?;
                }
            }
            let today = work.today();
            appoint(work, &commission(today), (today, today.plus(365)))
        })
        .await?;
    Ok(centre)
}

fn name_of(text: &str) -> FullName {
    let mut parts = text.split(' ').map(str::to_owned);
    FullName {
        family: parts.next().unwrap_or_default(),
        given: parts.next().unwrap_or_default(),
        patronymic: parts.next(),
    }
}

fn commission(today: words::Day) -> Commission {
    let official = |post: &str, full_name: &str, short_name: &str| Official {
        post: post.into(),
        full_name: full_name.into(),
        short_name: short_name.into(),
    };
    Commission {
        id: Uuid::now_v7(),
        order_number: "3-К".into(),
        order_date: today,
        chairman: official("директор", "Воронцов Егор Ильич", "Е. И. Воронцов"),
        members: vec![
            official("преподаватель", "Орлов Борис Петрович", "Б. П. Орлов"),
            official("специалист по охране труда", "Гусев Глеб Никитич", "Г. Н. Гусев"),
        ],
        secretary: official("методист", "Лаптева Анна Сергеевна", "А. С. Лаптева"),
    }
}

/// All programmes, and a new version of one that waits for the head.
pub async fn publish(app: &App, files: &Files) -> anyhow::Result<()> {
    for code in ["labour-16", "fire-162", "office-72"] {
        publish_one(app, files, code).await?;
    }
    let mut next: Content = toml::from_str(text("programmes/office-72/programme.toml")?)?;
    next.conditions.push_str(" Консультации проводятся по запросу слушателя.");
    drafted(app, next).await?;
    Ok(())
}

/// A programme with its materials and questions, approved by the head on the head's page.
pub async fn publish_one(app: &App, files: &Files, code: &str) -> anyhow::Result<()> {
    let content: Content = toml::from_str(text(&format!("programmes/{code}/programme.toml"))?)?;
    let version = drafted(app, content.clone()).await?;
    materials(app, files, &content, version).await?;
    let questions = text(&format!("programmes/{code}/questions.gift"))?.as_bytes().to_vec();
    let (bank, file) = ((code, content.title.as_str()), ("questions.gift", questions));
    let imported =
        questions::import(&app.house.store, files, Who::system(), bank, None, file, |_, _| {}).await?;
    ensure!(imported.refused.is_empty(), "{code}: {:?}", imported.refused);
    let head = Guest::new(&app.router);
    head.sign_in("head", PASSWORD).await?;
    head.post(&format!("/office/programmes/{version}/approval"), &[("", "")]).await?.ok()?;
    Ok(())
}

/// A draft handed to the head.
pub async fn drafted(app: &App, content: Content) -> anyhow::Result<Uuid> {
    let drafted = app
        .house
        .store
        .write(Who::system(), move |work| {
            let id = add_draft(work, &content)?;
            Ok(submit(work, id)?.map(|()| id))
        })
        .await?;
    drafted.map_err(|gaps| anyhow::anyhow!("программа не готова: {gaps:?}"))
}

/// One text and one memo in PDF for each module, both obligatory.
async fn materials(app: &App, files: &Files, content: &Content, version: Uuid) -> anyhow::Result<()> {
    let at = app.house.store.clock().now().0;
    for module in &content.modules {
        let folder = format!("programmes/{}/materials", content.code);
        let reading = text(&format!("{folder}/{}.md", module.code))?;
        let memo = text(&format!("{folder}/{}-memo.md", module.code))?;
        let (memo_title, rest) = prose::title_and_rest(memo);
        let memo_title = memo_title.unwrap_or("Памятка").trim_start_matches("Памятка. ").to_owned();
        let items: Vec<String> =
            rest.lines().filter_map(|line| line.trim().strip_prefix("- ")).map(str::to_owned).collect();
        let subtitle = format!("Памятка к модулю {} · {}", module.code, content.hours_in_words());
        let (title, code) = (memo_title.clone(), content.code.clone());
        let pdf = tokio::task::spawn_blocking(move || {
            documents::print_memo(
                &title,
                &subtitle,
                &code,
                &items,
                "Учебный центр «Меридиан», г. Владимир",
                at,
            )
        })
        .await??;
        let size = i64::try_from(pdf.len())?;
        let file = files.store(pdf).await?;
        let (code, module_title) = (module.code.clone(), module.title.clone());
        app.house
            .store
            .write(Who::system(), move |work| {
                let programme = Version::find(work, version)?.programme;
                let text = library::New::Markdown(reading.to_owned());
                library::add(work, programme, &code, &module_title, true, &text)?;
                let media = library::Media::named("application/pdf").ok_or(Fault::Missing)?;
                let pdf = library::New::File { media, file: file.clone(), size, subtitles: None };
                library::add(work, programme, &code, &format!("Памятка: {memo_title}"), true, &pdf)
            })
            .await?;
    }
    Ok(())
}
