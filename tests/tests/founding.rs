//! An empty folder becomes a centre by the pages alone, on both engines (п. 3.2, 4.3.6, 5.1).
#![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
use axum::http::StatusCode;
use kafedra::app::{App, Parts, build};
use kafedra::guest::{Guest, Page};
use post::Post;
use regulations::setup;
use stage::NOON;
use store::Store;
use tempfile::TempDir;
use words::Clock;

const CENTRE: [(&str, &str); 24] = [
    (
        "full_name",
        "Автономная некоммерческая организация дополнительного профессионального образования «Вектор»",
    ),
    ("name_locative", ""),
    ("short_name", "АНО ДПО «Вектор»"),
    ("brand", "Вектор"),
    ("inn", "7707083893"),
    ("kpp", "770701001"),
    ("ogrn", "1027700132195"),
    ("licence", "№ Л035-01234-77/00000001 от 14 марта 2024 г."),
    ("city", "г. Москва"),
    ("address", "101000, г. Москва, ул. Мясницкая, д. 1"),
    ("place", ""),
    ("phone", "8 495 000-00-00"),
    ("email", "info@vektor.example"),
    ("zone", "Europe/Samara"),
    ("director_post", "Директор"),
    ("director", "Е. И. Воронцов"),
    ("secretary_post", "Секретарь"),
    ("secretary", "А. С. Лаптева"),
    ("closing", "end_of_day"),
    ("with_diploma", "with_diploma"),
    ("family", "Воронцов"),
    ("given", "Егор"),
    ("login", "director"),
    ("password", "очень длинный пароль"),
];

fn with<'a>(change: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut form: Vec<_> = CENTRE.to_vec();
    for (name, value) in change {
        form.iter_mut().find(|(field, _)| field == name).unwrap().1 = value;
    }
    form
}

fn on_each_engine(story: impl AsyncFn(App)) {
    for database in [None, Some(stage::fresh_database())] {
        let folder = TempDir::new().unwrap();
        let clock = Clock::at(NOON);
        let store = match database {
            None => Store::sqlite(&folder.path().join("kafedra.db"), 1, clock, schema::FILES),
            Some(url) => Store::postgres(&url, 4, clock, schema::FILES),
        };
        let store = store.unwrap().hearing(kafedra::app::listeners());
        let app = build(Parts {
            store,
            files: files::Files::open(&folder.path().join("files")).unwrap(),
            post: Post::none(),
            base_url: "http://test".into(),
            demo: false,
            behind_proxy: false,
            brand: web::Brand::default(),
            probe: false,
        });
        tokio::runtime::Runtime::new().unwrap().block_on(story(app));
    }
}

/// Reads the own instructions to the end.
async fn read(guest: &Guest) -> Page {
    let page = guest.get("/instructions").await.unwrap().ok().unwrap();
    let acts: Vec<_> =
        page.body.split("name=\"act\" value=\"").skip(1).map(|rest| ("act", &rest[..36])).collect();
    assert!(!acts.is_empty());
    guest.post("/instructions", &acts).await.unwrap().ok().unwrap()
}

#[test]
fn an_empty_folder_becomes_a_centre_with_its_staff() {
    on_each_engine(async |app: App| {
        let founder = Guest::new(&app.router);
        // Without the key of the program's window nobody founds anything.
        assert_eq!(founder.get("/setup/0").await.unwrap().status, StatusCode::NOT_FOUND);
        let old = setup::key(&app.house.store).await.unwrap().unwrap();
        let key = setup::key(&app.house.store).await.unwrap().unwrap();
        let stale = founder.post(&format!("/setup/{old}"), &with(&[])).await.unwrap();
        assert_eq!(stale.status, StatusCode::NOT_FOUND);
        assert!(founder.get(&format!("/setup/{key}")).await.unwrap().body.contains("Новый учебный центр"));

        // One wrong digit: said beside the field, and nothing typed is lost, except the password.
        let again = founder.post(&format!("/setup/{key}"), &with(&[("inn", "7707083894")])).await.unwrap();
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.body.contains("контрольное число") && again.body.contains("«Вектор»"));
        assert!(!again.body.contains("очень длинный пароль"));

        let first = founder.post(&format!("/setup/{key}"), &with(&[])).await.unwrap();
        assert_eq!((first.status, first.address.as_str()), (StatusCode::OK, "/instructions"));
        read(&founder).await;
        let people = founder.get("/settings/people").await.unwrap().ok().unwrap();
        assert!(people.body.contains("Воронцов Егор") && people.body.contains("Вектор"));
        let twice = founder.post(&format!("/setup/{key}"), &with(&[])).await.unwrap();
        assert_eq!(twice.status, StatusCode::NOT_FOUND);
        assert!(setup::key(&app.house.store).await.unwrap().is_none());

        let centre = founder.get("/settings/centre").await.unwrap();
        assert!(centre.body.contains("дополнительного профессионального образования «Вектор»"));
        assert_eq!(words::Zone::ours().by(), "по самарскому времени");
        let acts = founder.get("/settings/acts").await.unwrap();
        assert!(acts.body.contains("оферта") && acts.body.contains("Согласие"));
        // Nothing changed: no new edition, whatever browsers make of new lines.
        let page = founder.get("/settings/acts/offer").await.unwrap();
        let body = page.body.split("rows=\"24\"").nth(1).unwrap().split('>').nth(1).unwrap();
        let body = body.split("</textarea").next().unwrap().replace("&quot;", "\"").replace("&amp;", "&");
        let same = [
            ("number", "1"),
            ("title", "Публичная оферта на обучение"),
            ("body", &*body.replace('\n', "\r\n")),
        ];
        founder.post("/settings/acts/offer", &same).await.unwrap().ok().unwrap();
        assert!(founder.get("/settings/acts/offer").await.unwrap().body.contains("Редакция 1,"));
        let offer = Guest::new(&app.router).get("/acts/offer").await.unwrap();
        assert!(offer.body.contains("АНО ДПО «Вектор»") && !offer.body.contains("Меридиан"));
    });
}

#[test]
fn a_password_given_once_opens_only_the_choice_of_another() {
    on_each_engine(async |app: App| {
        let founder = Guest::new(&app.router);
        let key = setup::key(&app.house.store).await.unwrap().unwrap();
        founder.post(&format!("/setup/{key}"), &with(&[])).await.unwrap();
        let form = [
            ("family", "Лаптева"),
            ("given", "Анна"),
            ("patronymic", "Сергеевна"),
            ("login", "anna"),
            ("role", "methodist"),
        ];
        let nobody = founder.post("/settings/people", &&form[..4]).await.unwrap();
        assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
        let slip = founder.post("/settings/people", &form).await.unwrap();
        let password = slip.body.split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        assert_eq!(password.len(), 14, "{password}");
        let taken = founder.post("/settings/people", &form).await.unwrap();
        assert!(taken.body.contains("такой вход уже есть"));

        let anna = Guest::new(&app.router);
        anna.sign_in("anna", &password).await.unwrap();
        assert_eq!(anna.get("/applications").await.unwrap().address, "/password");
        let wrong =
            anna.post("/password", &[("current", "не тот"), ("new", "мой новый пароль")]).await.unwrap();
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        anna.post("/password", &[("current", password.as_str()), ("new", "мой новый пароль")]).await.unwrap();
        // Nobody works before having read the own instruction, and a page read in part is not read.
        assert_eq!(anna.get("/applications").await.unwrap().address, "/instructions");
        anna.post("/instructions", &[("", "")]).await.unwrap();
        assert_eq!(anna.get("/applications").await.unwrap().address, "/instructions");
        assert_eq!(read(&anna).await.address, "/applications");
        // A new version is read anew; what somebody is writing meanwhile is not thrown away.
        read(&founder).await;
        let act = founder.get("/settings/acts/instruction-methodist").await.unwrap().ok().unwrap();
        let readers = act.text().split("Ознакомлены с этой редакцией").nth(1).unwrap().to_owned();
        assert!(readers.contains("Лаптева Анна Сергеевна"), "{readers}");
        let body = "# Инструкция методиста\n\nКоротко.";
        let form = [("title", "Инструкция методиста"), ("body", body), ("number", "1")];
        founder.post("/settings/acts/instruction-methodist", &form).await.unwrap().ok().unwrap();
        let written = anna.post("/groups", &[("name", "Группа")]).await.unwrap();
        assert_eq!(written.status, StatusCode::UNPROCESSABLE_ENTITY, "the form is answered");
        assert_eq!(anna.get("/applications").await.unwrap().address, "/instructions");
        assert_eq!(read(&anna).await.address, "/applications");
        // An administrator makes no head, and gives a head no password.
        let keeper = [("family", "Седов"), ("given", "Павел"), ("login", "pavel"), ("role", "administrator")];
        let slip = founder.post("/settings/people", &keeper).await.unwrap();
        let password = slip.body.split("<strong>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let pavel = Guest::new(&app.router);
        pavel.sign_in("pavel", &password).await.unwrap();
        pavel
            .post("/password", &[("current", password.as_str()), ("new", "пароль хранителя")])
            .await
            .unwrap();
        let own = [("family", "Седов"), ("given", "Пётр"), ("login", "petr"), ("role", "head")];
        assert_eq!(
            pavel.post("/settings/people", &own).await.unwrap().status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
        let head = "select person from person_role where role = 'head'";
        let head: uuid::Uuid =
            app.house.store.read(move |db| db.one(head, &[], |row| row.get(0))).await.unwrap();
        for act in ["password", "block"] {
            let way = format!("/settings/people/{head}/{act}");
            let refused = pavel.post(&way, &[("blocked", "true")]).await.unwrap();
            assert_eq!(refused.status, StatusCode::NOT_FOUND, "{act}");
        }
        // A methodist neither manages the staff nor sees that somebody does.
        assert_eq!(anna.get("/settings/people").await.unwrap().status, StatusCode::NOT_FOUND);

        read(&founder).await;
        let people = founder.get("/settings/people").await.unwrap().body;
        let block = people.split('"').find(|part| part.ends_with("/block")).unwrap().to_owned();
        founder.post(&block, &[("blocked", "true")]).await.unwrap();
        assert_eq!(anna.get("/applications").await.unwrap().address.split('?').next(), Some("/sign-in"));
        assert!(Guest::new(&app.router).sign_in("anna", "мой новый пароль").await.is_err());
        founder.post(&block, &[("blocked", "false")]).await.unwrap();
        Guest::new(&app.router).sign_in("anna", "мой новый пароль").await.unwrap();
    });
}

#[test]
fn commission_and_numbers_are_set_before_the_first_paper() {
    on_each_engine(async |app: App| {
        let founder = Guest::new(&app.router);
        let key = setup::key(&app.house.store).await.unwrap().unwrap();
        founder.post(&format!("/setup/{key}"), &with(&[])).await.unwrap();
        read(&founder).await;
        let mut form = vec![
            ("order_number", "7-к"),
            ("order_date", "12.01.2026"),
            ("since", "12.01.2026"),
            ("until", "31.12.2026"),
            ("chairman", "Директор — Воронцов Егор Ильич"),
            ("members", "Преподаватель — Орлов Борис Петрович\nбез тире"),
            ("secretary", "Секретарь — Лаптева Анна Сергеевна"),
        ];
        let page = founder.get("/settings/commission").await.unwrap();
        assert!(page.body.contains("Комиссии на сегодня нет"));
        let again = founder.post("/settings/commission", &form).await.unwrap();
        assert!(again.body.contains("должность, тире") && again.body.contains("7-к"));
        form[5].1 = "Преподаватель — Орлов Борис Петрович";
        let appointed = founder.post("/settings/commission", &form).await.unwrap();
        assert!(appointed.body.contains("№ 7-к от 12"));

        let numbers = "/settings/numbering/enrolment_order";
        for pattern in ["З", "{seq}", "{yy}{seq}", "1{seq}-{yy}", "{yy}-{seq}-{seq}"] {
            let refused = founder.post(numbers, &[("pattern", pattern), ("next", "1")]).await.unwrap();
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{pattern}");
        }
        let kept = founder.post(numbers, &[("pattern", "{yy}/{seq}-у"), ("next", "120")]).await.unwrap();
        assert!(kept.body.contains("120-у"));
        assert_eq!(founder.get("/settings/numbering/foreign").await.unwrap().status, StatusCode::NOT_FOUND);
    });
}
