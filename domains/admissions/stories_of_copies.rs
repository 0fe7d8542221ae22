//! Stories of attached copies: whole sets, what is missing, the methodist's check, removal after the term (п. 3.11.1, 3.11.3).
use std::rc::Rc;

use axum::http::StatusCode;
use kafedra::demo::{PASSWORD, applicant, publish_one};
use kafedra::guest::{Guest, Page};
use stage::Stage;
use uuid::Uuid;

stage::stories![
    whoever_attaches_the_whole_set_is_enrolled_and_what_is_missing_is_named,
    nothing_leads_past_the_copies,
    a_copy_is_sealed_on_the_disk_and_opens_to_its_own_only,
    a_photo_of_a_telephone_is_seen_and_all_copies_are_one_file,
    a_rejected_copy_comes_back_with_its_reason_and_a_verdict_can_be_taken_back,
    a_passport_is_removed_after_its_term,
    the_same_copy_twice_is_one_and_ten_are_enough,
    an_application_is_continued_by_the_link_of_its_letter,
];

/// A picture of one point.
const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 31,
    21, 196, 137,
];

/// Another picture, as far as its bytes go.
fn picture(n: u8) -> Vec<u8> {
    [PNG, &[n]].concat()
}

/// The programme of 72 hours asks for a passport and a diploma; Вера has another surname in hers, and has consented.
async fn at_the_copies(stage: &Stage) -> (Guest, Page) {
    publish_one(&stage.app, &stage.app.house.files, "office-72").await.unwrap();
    stage
        .write(|work| {
            work.run(
                "update programme_version set content =
                 replace(content, '\"modules\":', '\"copies\":[\"passport\",\"education\"],\"modules\":') where kind = 'upskilling'",
                &[],
            )
        })
        .await;
    let guest = stage.guest();
    let mut form = serde_json::to_value(applicant(0)).unwrap();
    form["diploma_family"] = "Орлова".into();
    let page = guest.post("/programmes/office-72/application", &form).await.unwrap().ok().unwrap();
    let page = guest.post(&page.address, &[("consent", "yes")]).await.unwrap().ok().unwrap();
    assert!(page.address.ends_with("/copies"), "{}", page.address);
    (guest, page)
}

/// How many files lie in a folder.
fn walk(folder: &std::path::Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}

async fn attach(guest: &Guest, address: &str, kind: &str, name: &str, bytes: &[u8]) -> Page {
    guest.upload(address, &[("kind", kind)], (name, bytes)).await.unwrap()
}

async fn whoever_attaches_the_whole_set_is_enrolled_and_what_is_missing_is_named(stage: Rc<Stage>) {
    let (guest, page) = at_the_copies(&stage).await;
    let (copies, end) = (page.address.clone(), format!("{}/end", page.address));
    let again = guest.post(&end, &[("", "")]).await.unwrap();
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    for missing in ["паспорт", "документ об образовании", "документ о смене фамилии"]
    {
        assert!(again.text().contains(&format!("Не хватает: {missing}")), "{missing}: {}", again.text());
    }
    let wrong = attach(&guest, &copies, "passport", "passport.jpg", b"#!/bin/sh\nrm -rf /").await;
    assert!(wrong.text().contains("«passport.jpg» не фото и не PDF"), "{}", wrong.text());
    attach(&guest, &copies, "passport", "разворот.png", &picture(1)).await.ok().unwrap();
    attach(&guest, &copies, "education", "diplom.pdf", b"%PDF-1.7 a diploma").await.ok().unwrap();
    let again = guest.post(&end, &[("", "")]).await.unwrap();
    assert!(
        again.text().contains("смене фамилии") && !again.text().contains("Не хватает: паспорт"),
        "{}",
        again.text()
    );
    attach(&guest, &copies, "name_change", "brak.png", &picture(2)).await.ok().unwrap();
    let page = guest.post(&end, &[("", "")]).await.unwrap().ok().unwrap();
    assert!(page.address.ends_with("/agreement"), "{}", page.address);
    let page =
        guest.post(&page.address, &[("offer", "yes"), ("signature", "yes")]).await.unwrap().ok().unwrap();
    let letters = stage.letters().await;
    let code = letters.iter().find(|one| one.letter.subject.contains("Код")).unwrap();
    let code = code.letter.subject.rsplit(' ').next().unwrap();
    let page =
        guest.post(&page.address, &[("code", code), ("password", PASSWORD)]).await.unwrap().ok().unwrap();
    assert_eq!(page.address, "/cabinet");
}

async fn nothing_leads_past_the_copies(stage: Rc<Stage>) {
    let (guest, page) = at_the_copies(&stage).await;
    let agreement = page.address.replace("/copies", "/agreement");
    assert!(guest.get(&agreement).await.unwrap().address.ends_with("/copies"));
    let forced = guest.post(&agreement, &[("offer", "yes"), ("signature", "yes")]).await.unwrap();
    assert_eq!(forced.status, StatusCode::NOT_FOUND);
    let strange = attach(&guest, &page.address, "snils", "a.png", PNG).await;
    assert_eq!(strange.status, StatusCode::NOT_FOUND, "nobody asked for it");
    assert_eq!(stage.count("select cast(count(*) as bigint) from agreement").await, 1);
}

async fn a_copy_is_sealed_on_the_disk_and_opens_to_its_own_only(stage: Rc<Stage>) {
    let (guest, page) = at_the_copies(&stage).await;
    let page = attach(&guest, &page.address, "education", "diplom.pdf", b"%PDF-1.7 a diploma of Vera")
        .await
        .ok()
        .unwrap();
    let own = page.link(&format!("{}/", page.address.split('#').next().unwrap())).unwrap();
    assert_eq!(guest.get(&own).await.unwrap().ok().unwrap().bytes, b"%PDF-1.7 a diploma of Vera");
    let (hash, id) = stage
        .store()
        .read(|db| {
            db.one("select file, id from application_copy", &[], |row| {
                Ok((row.get::<String>(0)?, row.get::<Uuid>(1)?))
            })
        })
        .await
        .unwrap();
    let sealed = stage.app.house.files.get(&files::Hash::parse(&hash).unwrap()).unwrap();
    assert!(!sealed.windows(7).any(|part| part == b"diploma"), "the disk shows nothing");
    let staff = format!("/checks/copies/{id}/file");
    assert_eq!(
        stage.staff("methodist").await.get(&staff).await.unwrap().ok().unwrap().bytes,
        b"%PDF-1.7 a diploma of Vera"
    );
    assert_eq!(stage.noted("copy.seen").await, 1);
    for login in ["teacher", "admin", "auditor"] {
        assert_eq!(
            stage.staff(login).await.get(&staff).await.unwrap().status,
            StatusCode::NOT_FOUND,
            "{login}"
        );
    }
    let foreign = format!("/applications/{}/copies/{id}", Uuid::new_v4());
    assert_eq!(stage.guest().get(&foreign).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn a_photo_of_a_telephone_is_seen_and_all_copies_are_one_file(stage: Rc<Stage>) {
    const HEIC: &[u8] = include_bytes!("../../kit/photos/tests/scan.heic");
    let (guest, page) = at_the_copies(&stage).await;
    let copies = page.address.clone();
    let page = attach(&guest, &copies, "passport", "IMG_0001.HEIC", HEIC).await.ok().unwrap();
    let own = page.link(&format!("{copies}/")).unwrap();
    assert!(guest.get(&own).await.unwrap().ok().unwrap().bytes.starts_with(&[0xff, 0xd8]), "shown as JPEG");
    // What a telephone could not finish writing is kept, and given as it came.
    let broken = &HEIC[..1000];
    let page = attach(&guest, &copies, "passport", "IMG_0002.HEIC", broken).await.ok().unwrap();
    let links: Vec<_> = page.body.split('"').filter(|part| part.starts_with(&format!("{copies}/"))).collect();
    let second =
        links.iter().find(|link| !link.ends_with("/removal") && **link != own && !link.ends_with("/end"));
    assert_eq!(guest.get(second.unwrap()).await.unwrap().ok().unwrap().bytes, broken);

    let methodist = stage.staff("methodist").await;
    let list = methodist.get("/applications").await.unwrap();
    let check = list.link("/checks/").unwrap();
    let refused = methodist.get(&format!("{check}/copies")).await.unwrap();
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("Не читается «IMG_0002.HEIC»"), "{}", refused.text());
    guest.post(&format!("{}/removal", second.unwrap()), &[("", "")]).await.unwrap().ok().unwrap();
    attach(&guest, &copies, "education", "diplom.jpg", include_bytes!("../../kit/photos/tests/scan.jpg"))
        .await
        .ok()
        .unwrap();
    let all = methodist.get(&format!("{check}/copies")).await.unwrap().ok().unwrap();
    assert!(all.bytes.starts_with(b"%PDF-"));
    assert_eq!(stage.noted("copies.taken").await, 2);
    assert_eq!(
        stage.staff("teacher").await.get(&format!("{check}/copies")).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
}

async fn a_rejected_copy_comes_back_with_its_reason_and_a_verdict_can_be_taken_back(stage: Rc<Stage>) {
    let (guest, page) = at_the_copies(&stage).await;
    let page = attach(&guest, &page.address, "passport", "тёмный.png", &picture(1)).await.ok().unwrap();
    let methodist = stage.staff("methodist").await;
    let list = methodist.get("/applications").await.unwrap();
    assert!(list.text().contains("Проверить копий: 1"), "{}", list.text());
    let check = methodist.get(&list.link("/checks/").unwrap()).await.unwrap().ok().unwrap();
    assert!(check.text().contains("Соколова") && check.text().contains("Не проверена"), "{}", check.text());
    let verdict = check
        .body
        .split('"')
        .find(|part| part.starts_with("/checks/copies/") && !part.ends_with("/file"))
        .unwrap()
        .to_owned();
    let again = methodist.post(&verdict, &[("verdict", "rejected"), ("reason", " ")]).await.unwrap();
    assert!(again.text().contains("Причина: заполните"), "{}", again.text());
    for _ in 0..2 {
        methodist
            .post(&verdict, &[("verdict", "rejected"), ("reason", "не видно номера")])
            .await
            .unwrap()
            .ok()
            .unwrap();
    }
    let asked: Vec<_> = stage
        .letters()
        .await
        .into_iter()
        .filter(|one| one.letter.subject.starts_with("Пришлите копию"))
        .collect();
    assert_eq!(asked.len(), 1, "asked once");
    assert!(asked[0].letter.body.contains("не видно номера") && asked[0].letter.body.contains("/copies"));
    let copies = page.address.split('#').next().unwrap();
    assert!(guest.get(copies).await.unwrap().text().contains("Не подошло не видно номера"));
    // A page that has stood open since before the decision changes nothing.
    methodist.post(&verdict, &[("verdict", "accepted")]).await.unwrap().ok().unwrap();
    assert!(guest.get(copies).await.unwrap().text().contains("Не подошло не видно номера"));
    methodist.post(&verdict, &[("verdict", "new")]).await.unwrap().ok().unwrap();
    methodist.post(&verdict, &[("verdict", "accepted")]).await.unwrap().ok().unwrap();
    assert!(guest.get(copies).await.unwrap().text().contains("проверено"));
    assert_eq!(stage.noted("copy.judged").await, 3);
    assert_eq!(
        stage.staff("head").await.post(&verdict, &[("verdict", "new")]).await.unwrap().status,
        StatusCode::NOT_FOUND
    );
    stage.days(31);
    stage.work().await;
}

async fn a_passport_is_removed_after_its_term(stage: Rc<Stage>) {
    let (guest, page) = at_the_copies(&stage).await;
    attach(&guest, &page.address, "passport", "passport.png", &picture(1)).await.ok().unwrap();
    attach(&guest, &page.address, "education", "diplom.png", &picture(2)).await.ok().unwrap();
    let methodist = stage.staff("methodist").await;
    let check = methodist
        .get(&methodist.get("/applications").await.unwrap().link("/checks/").unwrap())
        .await
        .unwrap();
    let verdicts: Vec<_> = check
        .body
        .split("action=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .filter(|address| address.starts_with("/checks/copies/"))
        .collect();
    for verdict in &verdicts {
        methodist.post(verdict, &[("verdict", "accepted")]).await.unwrap().ok().unwrap();
    }
    let kept = "select cast(count(*) as bigint) from application_copy where file is not null";
    stage.days(29);
    stage.work().await;
    assert_eq!(stage.count(kept).await, 2);
    stage.days(2);
    stage.work().await;
    assert_eq!(stage.count(kept).await, 1, "the diploma stays");
    assert_eq!(stage.noted("copy.removed").await, 1);
    methodist.sign_in("methodist", PASSWORD).await.unwrap();
    let check = methodist.get(&check.address).await.unwrap().ok().unwrap().text();
    assert!(check.contains("Сверено, копия не хранится"), "{check}");
}

async fn the_same_copy_twice_is_one_and_ten_are_enough(stage: Rc<Stage>) {
    let (guest, page) = at_the_copies(&stage).await;
    let on_disk = || walk(stage.app.house.files.folder());
    let before = on_disk();
    attach(&guest, &page.address, "passport", "1.png", &picture(0)).await.ok().unwrap();
    let again = attach(&guest, &page.address, "passport", "1.png", &picture(0)).await;
    assert!(again.text().contains("такой файл уже приложен"), "{}", again.text());
    let all = "select cast(count(*) as bigint) from application_copy";
    assert_eq!((stage.count(all).await, on_disk()), (1, before + 1), "nothing is left of what was not kept");
    for n in 1..10 {
        attach(&guest, &page.address, "passport", "more.png", &picture(n)).await.ok().unwrap();
    }
    let many = attach(&guest, &page.address, "passport", "more.png", &picture(11)).await;
    assert!(many.text().contains("больше 10 файлов не нужно"), "{}", many.text());
    let removal = many.body.split('"').find(|part| part.ends_with("/removal")).unwrap().to_owned();
    guest.post(&removal, &[("", "")]).await.unwrap().ok().unwrap();
    assert_eq!((stage.count(all).await, on_disk()), (9, before + 9));
    assert_eq!(guest.post(&removal, &[("", "")]).await.unwrap().status, StatusCode::NOT_FOUND);
}

async fn an_application_is_continued_by_the_link_of_its_letter(stage: Rc<Stage>) {
    let (_, page) = at_the_copies(&stage).await;
    let letter = stage
        .letters()
        .await
        .into_iter()
        .find(|one| one.letter.subject.starts_with("Ваше заявление"))
        .unwrap();
    let link = letter.letter.body.split("http://test").nth(1).unwrap().split('\n').next().unwrap().to_owned();
    let elsewhere = stage.guest().get(&link).await.unwrap().ok().unwrap();
    assert_eq!(elsewhere.address, page.address, "where the applicant stopped");
}
