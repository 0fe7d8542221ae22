//! One dated group: its people with what each has done, its protocol and papers, a sheet for the table lovers.
use std::collections::BTreeSet;
use std::io::{Cursor, Write};

use accounts::person::{Person, with_role};
use accounts::{Right, Role, Visit};
use admissions::{Customer, Enrolment, Group, State};
use attestation::{Line, of_enrolment};
use axum::extract::Path;
use documents::Listed;
use files::{Files, Hash};
use learning::Plan;
use maud::{Markup, html};
use papers::Press;
use serde::Deserialize;
use store::{Db, Fault, Stored};
use uuid::Uuid;
use web::parts::{Tone, icon};
use web::{Failure, Messages, Posted, Reply, download, parts, see_other, table};
use words::{FullName, Moment, count};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::groups::{SECTION, named, state};

/// One of the group.
pub(crate) struct Member {
    pub person: Person,
    pub plan: Plan,
    pub results: Vec<Line>,
}

impl Member {
    fn enrolment(&self) -> &Enrolment {
        &self.plan.enrolment
    }

    /// Obligatory materials studied, per cent.
    fn percent(&self) -> i64 {
        let (done, all) = self.plan.progress();
        i64::try_from(done * 100 / all.max(1)).unwrap_or(0)
    }

    /// «Учится», «Завершила»
    fn state(&self, group: &Group) -> &'static str {
        match self.enrolment().state {
            State::Active if !group.started => "Ждёт начала",
            state => state.russian(self.person.sex),
        }
    }

    /// «Сдано, 11 из 12»
    fn result(&self) -> Option<(bool, String)> {
        let line = self.results.iter().find(|line| line.passed).or(self.results.last())?;
        Some((line.passed, format!("{}, {}", line.verdict(), line.score)))
    }
}

/// A group with all that its page shows.
pub(crate) struct Whole {
    pub group: Group,
    pub programme: String,
    /// Nobody is enrolled before payment.
    pub pay_first: bool,
    pub customer: Option<Customer>,
    pub members: Vec<Member>,
    pub papers: Vec<Listed>,
    /// The protocol that waits to be closed.
    pub draft: Option<Uuid>,
    /// Who teaches it, and who else could.
    pub teacher: Option<FullName>,
    teachers: Vec<(Uuid, FullName)>,
}

impl Whole {
    pub(crate) fn of(db: &mut Db, group: Group) -> Stored<Self> {
        let version = group.programme(db)?;
        let materials = library::of_programme(db, version.programme)?;
        let members = Enrolment::all_of_group(db, group.id)?
            .into_iter()
            .map(|enrolment| {
                Ok(Member {
                    person: Person::find(db, enrolment.person)?,
                    results: of_enrolment(db, enrolment.id)?,
                    plan: Plan::on(db, enrolment, version.clone(), materials.clone())?,
                })
            })
            .collect::<Stored<Vec<_>>>()?;
        Ok(Self {
            programme: version.content.title,
            pay_first: version.content.pay_first,
            customer: group.customer.map(|customer| Customer::find(db, customer)).transpose()?,
            papers: documents::of_group(db, group.id)?,
            draft: documents::draft_of_group(db, group.id)?,
            teacher: group
                .teacher
                .map(|teacher| Person::find(db, teacher))
                .transpose()?
                .map(|person| person.name),
            teachers: with_role(db, Role::Teacher)?,
            members,
            group,
        })
    }

    fn passed(&self) -> usize {
        self.members.iter().filter(|one| one.results.iter().any(|line| line.passed)).count()
    }
}

pub(crate) async fn show(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let whole = visit.read(move |db| Group::find(db, id).and_then(|group| Whole::of(db, group))).await?;
    visit.page(&whole.group.name, SECTION, page(&visit, &whole))
}

/// A group that was opened by mistake.
pub(crate) async fn remove(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    visit.write(move |work| Group::remove(work, id)).await?;
    Ok(see_other("/groups"))
}

fn page(visit: &Visit, whole: &Whole) -> Markup {
    let group = &whole.group;
    html! {
        main.dash #main {
            p.crumb { a href="/groups" { "Группы" } }
            div.dash-head {
                h1 { (group.name) }
                @if visit.may(Right::TakeApplications) && group.ends >= visit.today() { a.btn.primary href={ "/groups/" (group.id) "/list" } { "Добавить людей" } }
                a.btn href={ "/groups/" (group.id) "/sheet.xlsx" } { (icon("download")) span { "Ведомость" } }
            }
            dl.key-facts.mt-5 {
                dt { "Программа" } dd { (whole.programme) }
                dt { "Срок" } dd { (group.starts.dotted()) " – " (group.ends.dotted()) " " (state(group, visit.today())) }
                @if let Some(customer) = &whole.customer { dt { "Заказчик" } dd { (customer.name) } }
                @if let Some(teacher) = &whole.teacher { dt { "Преподаватель" } dd { (teacher) } }
                @if !group.grounds.is_empty() { dt { "Основание" } dd { (group.grounds) } }
                @if !whole.members.is_empty() { dt { "Сдали" } dd { (whole.passed()) " из " (whole.members.len()) } }
            }
            @if visit.may(Right::TakeApplications) && group.ends >= visit.today() && !whole.teachers.is_empty() { (assignment(whole)) }
            @if let Some(draft) = whole.draft {
                section.panel.mt-5.stack {
                    h2 { "Протокол ждёт закрытия" }
                    p.small.muted { "Он закроется сам, когда сдадут все или кончится срок. Если закрыть сейчас, кто не сдал, попадёт в следующий." }
                    @if visit.may(Right::ClosePapers) { (parts::form(&format!("/orders/{draft}/closure"), "inline", &html! { button.btn type="submit" { "Закрыть и выдать документы" } })) }
                }
            }
            (people(whole, Some("/learners/")))
            @if visit.may(Right::TakeApplications) { (slips(whole, "/groups/")) }
            @if whole.members.is_empty() && !group.started && visit.may(Right::TakeApplications) {
                div.mt-5 { (parts::caution(&format!("/groups/{}/removal", group.id), "Убрать группу", "В группе никого нет. Её можно завести снова с другими днями.", &html! {})) }
            }
            (printed(whole, visit.may(Right::SeePapers).then(|| format!("/groups/{}/papers", group.id))))
            @for paper in whole.papers.iter().filter(|paper| paper.kind == "safety_protocol" && visit.may(Right::ClosePapers)) {
                @if let Some(protocol) = paper.protocol { p.mt-2 { a href={ "/protocols/" (protocol) "/registry" } { "Номера реестра, протокол № " (paper.number) } } }
            }
        }
    }
}

/// Who teaches the group: chosen, and changed, on its own page.
fn assignment(whole: &Whole) -> Markup {
    let names = named(&whole.teachers);
    let teachers: Vec<_> = names.iter().map(|(id, name)| (id.as_str(), name.as_str())).collect();
    let chosen = whole.group.teacher.map(|teacher| teacher.to_string()).unwrap_or_default();
    html! {
        details.mt-3 {
            summary { @if whole.teacher.is_some() { "Сменить преподавателя" } @else { "Назначить преподавателя" } }
            (parts::form(&format!("/groups/{}/teacher", whole.group.id), "form mt-3", &html! {
                (parts::select("teacher", "Преподаватель", &teachers, &chosen, &Messages::none())) p.small.muted { "«Выберите» — группу никто не ведёт." }
                div { button.btn type="submit" { "Назначить" } }
            }))
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Assigned {
    teacher: String,
}

/// Gives the group a teacher, or none.
pub(crate) async fn assign(
    visit: Visit,
    Path(id): Path<Uuid>,
    Posted { form, .. }: Posted<Assigned>,
) -> Reply {
    visit
        .write(move |work| {
            Group::find(work, id)?;
            // An empty choice takes the teacher away; whoever does not teach is not found.
            let teachers = with_role(work, Role::Teacher)?;
            let teacher = teachers.into_iter().find(|(one, _)| one.to_string() == form.teacher);
            if teacher.is_none() && !form.teacher.is_empty() {
                return Err(Fault::Missing);
            }
            Group::assign(work, id, teacher)
        })
        .await?;
    Ok(see_other(&format!("/groups/{id}")))
}

/// The table of the people; a name leads to `card` and the person's id where there is one.
pub(crate) fn people(whole: &Whole, card: Option<&str>) -> Markup {
    html! {
        section.mt-5 aria-labelledby="people" {
            h2 id="people" { @if whole.members.is_empty() { "Пока никого нет" } @else { (count(i64::try_from(whole.members.len()).unwrap_or(0), ["слушатель", "слушателя", "слушателей"])) } }
            @if !whole.members.is_empty() {
                table.tbl {
                    thead { tr { th scope="col" { "Слушатель" } th scope="col" { "Материалы" } th scope="col" { "Аттестация" } th scope="col" { "Состояние" } } }
                    tbody {
                        @for one in &whole.members {
                            tr {
                                th scope="row" {
                                    @if let Some(card) = card { a.plain href={ (card) (one.enrolment().person) } { (one.person.name) } } @else { (one.person.name) }
                                    @if let Some(position) = &one.enrolment().position { span.blk.small.muted { (position) } }
                                }
                                td data-l="Материалы" { (parts::share(one.percent())) }
                                td data-l="Аттестация" { @match one.result() { Some((passed, words)) => { (parts::tag(if passed { Tone::Ok } else { Tone::Warn }, &words)) } None => { span.muted { "Не сдавал" @if one.person.sex == words::Sex::Female { "а" } } } } }
                                td data-l="Состояние" { (one.state(&whole.group)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The button that prints slips again.
pub(crate) fn slips(whole: &Whole, groups: &str) -> Markup {
    html! {
        @if whole.members.iter().any(|one| one.enrolment().state == State::Active) {
            (parts::form(&format!("{groups}{}/slips", whole.group.id), "mt-3", &html! {
                button.as-link type="submit" { "Новые листки для входа тем, кто ещё не выбрал пароль" }
            }))
        }
    }
}

/// The papers, with one file for print at `all` once something is printed.
pub(crate) fn printed(whole: &Whole, all: Option<String>) -> Markup {
    let (ready, total) =
        (whole.papers.iter().filter(|paper| paper.printed.is_some()).count(), whole.papers.len());
    let words = count(i64::try_from(ready).unwrap_or(0), ["документ", "документа", "документов"]);
    html! {
        section.mt-5 aria-labelledby="papers" {
            h2 id="papers" { "Документы группы" }
            @if total == 0 { p.mt-2.muted { "Приказ появится в день начала, остальное — после аттестации." } }
            @if ready < total { p.mt-2.muted { "Печатаются: готово " (ready) " из " (total) ". Обновите через минуту." } }
            @if let (Some(all), true) = (all, ready > 0) { p.mt-3.cluster { a.btn href=(all) { (icon("printer")) span { "Всё одним файлом, " (words) } } " " a.btn href={ (all) ".zip" } { (icon("download")) span { "По одному, с подписями" } } } }
        }
    }
}

/// The sheet of the group: who has done what (domain reference 2.6).
pub(crate) async fn sheet(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    const COLUMNS: [(&str, u16); 6] = [
        ("№", 5),
        ("Фамилия, имя, отчество", 40),
        ("Должность", 28),
        ("Материалы, %", 14),
        ("Итоговая аттестация", 24),
        ("Состояние", 22),
    ];
    let whole = visit.read(move |db| Group::find(db, id).and_then(|group| Whole::of(db, group))).await?;
    let rows = whole
        .members
        .iter()
        .enumerate()
        .map(|(n, one)| {
            vec![
                (n + 1).to_string(),
                one.person.name.to_string(),
                one.enrolment().position.clone().unwrap_or_default(),
                one.percent().to_string(),
                one.result().map(|(_, words)| words).unwrap_or_default(),
                one.state(&whole.group).to_owned(),
            ]
        })
        .collect();
    table("Ведомость", "Ведомость.xlsx", &COLUMNS, rows).await
}

/// All papers of the group, one by one.
pub(crate) async fn papers_zip(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let group = visit.read(move |db| Group::find(db, id)).await?;
    one_by_one(&visit, group, |_| true).await
}

/// All papers of the group as one PDF for the printer.
pub(crate) async fn papers(visit: Visit, Path(id): Path<Uuid>) -> Reply {
    let group = visit.read(move |db| Group::find(db, id)).await?;
    one_file(&visit, group, |_| true).await
}

/// Binds those of the group's papers that are `wanted` and printed.
pub(crate) async fn one_file(visit: &Visit, group: Group, wanted: fn(&Listed) -> bool) -> Reply {
    let (id, now) = (group.id, visit.now);
    let mut papers = visit.read(move |db| documents::of_group(db, id)).await?;
    papers.retain(|paper| paper.printed.is_some() && wanted(paper));
    if papers.is_empty() {
        return Err(Failure::missing());
    }
    visit.write(move |work| work.note("group.papers-taken", id)).await?;
    let files = visit.house.files.clone();
    let binding = tokio::task::spawn_blocking(move || bind(&files, &group.name, &papers, now));
    let pdf = binding.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    Ok(download("application/pdf", "dokumenty-gruppy.pdf", pdf))
}

/// Those of the group's papers that are `wanted` and printed, one by one, with the head's signatures beside them: a folder for each person.
pub(crate) async fn one_by_one(visit: &Visit, group: Group, wanted: fn(&Listed) -> bool) -> Reply {
    let id = group.id;
    let papers = visit
        .read(move |db| {
            let mut papers = Vec::new();
            for paper in documents::of_group(db, id)? {
                let owner = paper.person.map(|person| Person::find(db, person)).transpose()?;
                let owner = owner.map_or_else(|| "Группа".to_owned(), |person| person.name.to_string());
                let signature = paper.signature(db)?;
                papers.push((owner, paper, signature));
            }
            Ok(papers)
        })
        .await?;
    let papers: Vec<_> =
        papers.into_iter().filter(|(_, paper, _)| paper.printed.is_some() && wanted(paper)).collect();
    if papers.is_empty() {
        return Err(Failure::missing());
    }
    visit.write(move |work| work.note("group.papers-taken", id)).await?;
    let files = visit.house.files.clone();
    let packing = tokio::task::spawn_blocking(move || pack(&files, &papers));
    let zip = packing.await.map_err(Failure::broken)?.map_err(Failure::broken)?;
    Ok(download("application/zip", &format!("Документы, {}.zip", group.name), zip))
}

/// Packs papers with their owners and signatures. Blocks.
fn pack(files: &Files, papers: &[(String, Listed, Option<Hash>)]) -> anyhow::Result<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default();
    let mut names = BTreeSet::new();
    for (owner, paper, signature) in papers {
        let Some(content) = paper.content(files) else { continue };
        // Namesakes and papers of one name do not cover each other.
        let mut name = format!("{owner}/{}", paper.file_name());
        for n in 2.. {
            if names.insert(name.clone()) {
                break;
            }
            name = format!("{owner}/{} ({n})", paper.file_name());
        }
        zip.start_file(format!("{name}.pdf"), plain)?;
        zip.write_all(&content?)?;
        if let Some(signature) = signature {
            zip.start_file(format!("{name}.pdf.sig"), plain)?;
            zip.write_all(&files.get(signature)?)?;
        }
    }
    Ok(zip.finish()?.into_inner())
}

/// Binds printed papers into one. Blocks.
fn bind(files: &Files, name: &str, papers: &[Listed], now: Moment) -> anyhow::Result<Vec<u8>> {
    let parts = papers.iter().filter_map(|paper| paper.content(files)).collect::<Result<Vec<_>, _>>()?;
    Ok(Press::new().bind(&parts, name, now.0)?)
}
