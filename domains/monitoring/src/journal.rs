//! The audit journal (п. 3.12.3, 3.13.2): who did what to whom and when, found by a person, a deed and days; nothing in it can be changed.
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::Query;
use maud::{Markup, html};
use serde::Deserialize;
use store::{Db, Fault, Row, Stored, values};
use uuid::Uuid;
use web::{Messages, Reply, parts};
use words::{Day, FullName, Moment, folded};

const SECTION: Frame = Frame::Office("/journal");
const SHOWN: usize = 100;
/// Namesakes that one search looks for.
const PEOPLE: usize = 4;

/// What each deed is called.
const DEEDS: &[(&str, &str)] = &[
    ("account.blocked", "Вход закрыт"),
    ("account.prolonged", "Продлён срок входа"),
    ("account.opened", "Заведён вход"),
    ("account.unblocked", "Вход открыт снова"),
    ("act.acknowledged", "Прочитан локальный акт"),
    ("act.enacted", "Введён локальный акт"),
    ("allowance.given", "Дано сверх правил аттестации"),
    ("appeal.decided", "Решена апелляция"),
    ("appeal.made", "Подана апелляция"),
    ("application.begun", "Начато заявление"),
    ("application.moved", "Заявление: следующий шаг"),
    ("application.paid", "Отмечена оплата"),
    ("attempt.begun", "Начата аттестация"),
    ("attempt.identified", "Личность перед аттестацией подтверждена"),
    ("attestation.code-waived", "Разрешено начать аттестацию без кода"),
    ("attestation.code-sent", "Отправлен код для аттестации"),
    ("attempt.finished", "Закончена аттестация"),
    ("attempt.prolonged", "Добавлено время попытке"),
    ("card.seen", "Открыта карточка слушателя"),
    ("centre.changed", "Изменены данные центра"),
    ("commission.appointed", "Назначена комиссия"),
    ("copy.attached", "Приложена копия документа"),
    ("copy.detached", "Убрана копия документа"),
    ("copy.recognised", "Назван скан из письма"),
    ("copy.judged", "Проверена копия документа"),
    ("copy.removed", "Удалена копия паспорта по сроку"),
    ("copy.seen", "Открыта копия документа"),
    ("applications.exported", "Заявления взяты таблицей"),
    ("person.declined", "Исправлен падеж имени"),
    ("group.assigned", "Группе назначен преподаватель"),
    ("blank.bound", "Бланк закреплён за документом"),
    ("blank.issued", "Документ на бланке выдан"),
    ("blank.spoilt", "Бланк списан"),
    ("blanks.added", "Приняты бланки"),
    ("blanks.on", "Учёт бланков включён"),
    ("blanks.off", "Учёт бланков выключен"),
    ("person.invited", "Дана личная ссылка для входа"),
    ("password.forgotten", "Попросили новый пароль"),
    ("copies.taken", "Копии документов взяты одним файлом"),
    ("credential.ended", "Документ перестал действовать"),
    ("credential.issued", "Выдан документ"),
    ("credential.awaited", "Документ ждёт диплома об образовании"),
    ("education.received", "Показан диплом об образовании"),
    ("consent.given", "Дано согласие"),
    ("consent.withdrawn", "Отозвано согласие"),
    ("application.corrected", "Исправлено заявление"),
    ("application.removed", "Удалено заявление"),
    ("person.corrected", "Исправлены данные человека"),
    ("person.erased", "Уничтожены данные человека"),
    ("customer.joined", "Добавлен заказчик"),
    ("enrolment.completed", "Обучение завершено"),
    ("enrolment.expelled", "Отчисление"),
    ("enrolment.extended", "Продление"),
    ("enrolment.made", "Зачисление"),
    ("enrolment.released", "Доступ открыт подписью"),
    ("enrolment.transferred", "Перевод в группу"),
    ("group.made", "Открыта группа"),
    ("group.removed", "Убрана пустая группа"),
    ("group.papers-taken", "Взяты документы группы"),
    ("group.started", "Группа начала учиться"),
    ("head.acted-for", "Назначено, кто подписывает за руководителя"),
    ("head.rights-given", "Даны права руководителя на срок"),
    ("head.rights-ended", "Закончились права руководителя"),
    ("head.back", "Подписывает снова руководитель"),
    ("job.revived", "Задание повторено"),
    ("letter.closed", "Письмо: не заявление"),
    ("letter.received", "Получено письмо"),
    ("letter.used", "Из письма заведено заявление"),
    ("learners.exported", "Выгружен список слушателей"),
    ("material.studied", "Изучен материал"),
    ("materials.asked", "Запрошены материалы письмом"),
    ("materials.links-revoked", "Отозваны ссылки на материалы"),
    ("materials.mailed", "Материалы отправлены письмом"),
    ("meeting.asked", "Запрошено занятие"),
    ("meeting.changed", "Занятие: решение"),
    ("meeting.held", "Занятие проведено"),
    ("wording.changed", "Изменены слова документов"),
    ("numbering.changed", "Изменена нумерация"),
    ("order.made", "Издан приказ"),
    ("paper.printed", "Напечатан документ"),
    ("paper.signed", "Подписан документ"),
    ("password.chosen", "Выбран пароль"),
    ("answer.late", "Ответ передан с опозданием: сохранён, не засчитан"),
    ("attempt.paused", "Аттестация приостановлена"),
    ("attempt.resumed", "Аттестация продолжена"),
    ("attempt.told", "Слушателю сказано во время аттестации"),
    ("attempt.given_minutes", "Время попытки продлено дежурным"),
    ("day.closed", "Закрыт день: результаты подписаны"),
    ("key.changed", "Сменён ключ, которым подписывают дни"),
    ("password.given", "Выдан пароль"),
    ("person.added", "Добавлен человек"),
    ("person.renamed", "Изменено имя"),
    ("personal-file.taken", "Взято личное дело"),
    ("programme.approved", "Утверждена программа"),
    ("programme.changed", "Изменена программа"),
    ("programme.drafted", "Начат черновик программы"),
    ("programme.given_back", "Программа возвращена"),
    ("programme.withdrawn", "Программа отозвана с утверждения"),
    ("programme.submitted", "Программа на утверждении"),
    ("protocol.closed", "Закрыт протокол"),
    ("protocol.closing", "Протокол закрывают вручную"),
    ("protocol.registered", "Записаны номера реестра"),
    ("key.corrected", "Исправлен ключ вопроса"),
    ("archive.asked", "Заказан архив результатов"),
    ("archive.taken", "Скачан архив результатов"),
    ("photo.taken", "Снимок перед аттестацией"),
    ("photo.checked", "Снимок сверен"),
    ("photo.removed", "Снимок удалён по сроку"),
    ("attempt.reopened", "Попытка открыта снова"),
    ("answer.refused", "Опоздавшие ответы не засчитаны"),
    ("answer.accepted", "Опоздавшие ответы засчитаны"),
    ("attempt.annulled", "Попытка аннулирована"),
    ("attempt.remarked", "Результат пересчитан"),
    ("question.moved", "Вопрос: состояние или применение"),
    ("question.changed", "Изменён вопрос"),
    ("question.withdrawn", "Вопрос убран"),
    ("questions.imported", "Загружены вопросы"),
    ("resource.added", "Добавлен материал"),
    ("resource.renewed", "Изменён материал"),
    ("resource.withdrawn", "Убран материал"),
    ("result.recorded", "Записан результат"),
    ("role.granted", "Дана роль"),
    ("session.closed", "Выход"),
    ("session.opened", "Вход"),
    ("sheet.annulled", "Аннулирован лист"),
    ("term.reminded", "Напоминание о сроке"),
    ("work.decided", "Решение по письменной работе"),
    ("work.handed-in", "Сдана письменная работа"),
    ("backup.made", "Сделана копия данных"),
    ("backup.asked", "Запрошена копия данных"),
];

fn named(event: &str) -> &str {
    DEEDS.iter().find(|(code, _)| *code == event).map_or(event, |(_, words)| *words)
}

/// Words that the program itself writes down as codes.
const DETAILS: &[(&str, &str)] = &[
    ("consented", "согласие дано"),
    ("agreed", "договор принят"),
    ("signed", "подписано"),
    ("enrolled", "зачислен"),
    ("accepted", "верно"),
    ("rejected", "не подошло"),
    ("new", "решение отменено"),
    ("upheld", "удовлетворена"),
    ("passed", "зачтено"),
    ("returned", "на доработку"),
    ("asked", "запрошено"),
    ("scheduled", "назначено"),
    ("held", "проведено"),
    ("declined", "отказано"),
    ("withdrawn", "отозвано"),
    ("hand", "от руки"),
    ("file", "файлом"),
    ("change", "по документу"),
    ("typo", "исправлена ошибка"),
    ("request", "по собственному желанию"),
    ("failure", "за неуспеваемость"),
    ("breach", "за нарушение порядка"),
    ("lost", "утрачен"),
    ("damaged", "испорчен"),
    ("wrong", "ошибка в документе"),
    ("void", "аннулирован"),
    ("passport", "паспорт"),
    ("education", "документ об образовании"),
    ("study", "справка с места учёбы"),
    ("snils", "СНИЛС"),
    ("name_change", "документ о смене фамилии"),
];

fn said_of(detail: &str) -> String {
    let role = accounts::Role::parse(detail).map(|role| role.to_string().to_lowercase());
    let known = DETAILS.iter().find(|(code, _)| *code == detail).map(|(_, words)| (*words).to_owned());
    let added = [("minutes ", "минут: "), ("attempt ", "попыток: ")]
        .iter()
        .find_map(|(code, words)| detail.strip_prefix(code).map(|rest| format!("{words}{rest}")));
    known.or(role.ok()).or(added).unwrap_or_else(|| detail.to_owned())
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Search {
    /// Part of a name: who did it, or to whom it was done.
    who: String,
    /// A deed's code.
    deed: String,
    since: String,
    until: String,
    /// The page goes on below this line.
    after: Option<Uuid>,
}

struct Line {
    id: Uuid,
    at: Moment,
    actor: Option<FullName>,
    event: String,
    subject: Option<FullName>,
    /// A programme, a question, a material, a group, an act: whatever of them was dealt with.
    about: Option<String>,
    detail: Option<String>,
}

fn read(row: &Row) -> Stored<Line> {
    let name = |from: usize| -> Stored<Option<FullName>> {
        let (family, given): (Option<String>, Option<String>) = (row.get(from)?, row.get(from + 1)?);
        let patronymic = row.get(from + 2)?;
        Ok(family.zip(given).map(|(family, given)| FullName { family, given, patronymic }))
    };
    Ok(Line {
        id: row.get(0)?,
        at: Moment(row.get(1)?),
        event: row.get(2)?,
        detail: row.get(3)?,
        about: row.get(10)?,
        actor: name(4)?,
        subject: name(7)?,
    })
}

/// People whose name has these words, as they stand in the journal: themselves and their studies.
fn people(db: &mut Db, who: &str) -> Stored<Vec<Uuid>> {
    let wanted = folded(who);
    let all = db.all(
        "select id, family, given, coalesce(patronymic, '') from person order by family, given, id",
        &[],
        |row| {
            let (family, given, patronymic): (String, String, String) =
                (row.get(1)?, row.get(2)?, row.get(3)?);
            Ok((row.get::<Uuid>(0)?, folded(&format!("{family} {given} {patronymic}"))))
        },
    )?;
    let words: Vec<&str> = wanted.split(' ').collect();
    Ok(all
        .into_iter()
        .filter(|(_, name)| words.iter().all(|word| name.contains(word)))
        .map(|(id, _)| id)
        .take(PEOPLE + 1)
        .collect())
}

/// The lines found, the latest first, one more than is shown when there are more.
fn find(db: &mut Db, search: &Search) -> Stored<Vec<Line>> {
    let bound = |text: &str, days: i64, otherwise: i64| {
        Day::parse(text).map_or(otherwise, |day| Moment::midnight(day.plus(days)).0)
    };
    let (since, until) = (bound(&search.since, 0, 0), bound(&search.until, 1, i64::MAX));
    let whom = if search.who.trim().is_empty() { Vec::new() } else { people(db, &search.who)? };
    if whom.is_empty() && !search.who.trim().is_empty() {
        return Ok(Vec::new());
    }
    // Half of an answer would look like the whole of it.
    if whom.len() > PEOPLE {
        return Err(Fault::Missing);
    }
    // Ids grow with time, so they keep the order of lines of one moment.
    let whom: [Uuid; PEOPLE] = std::array::from_fn(|n| whom.get(n).copied().unwrap_or_default());
    let anybody = i64::from(search.who.trim().is_empty());
    db.all(
        "select g.id, g.at, g.event, g.detail, a.family, a.given, a.patronymic, s.family, s.given, s.patronymic,
           coalesce(v.title, nullif(q.name, ''), r.title, sg.name, act.title, pp.title || case when pp.number = '' then '' else ' № ' || pp.number end)
         from audit g left join person a on a.id = g.actor
         left join enrolment e on e.id = g.subject
         left join programme_version v on v.id = coalesce(e.programme_version, g.subject)
         left join question q on q.id = g.subject left join resource r on r.id = g.subject
         left join study_group sg on sg.id = g.subject left join act on act.id = g.subject
         left join paper pp on pp.id = g.subject
         left join person s on s.id = coalesce(e.person, g.subject)
         where g.at >= ?1 and g.at < ?2 and (?3 = '' or g.event = ?3) and g.id < ?4
           and (cast(?5 as bigint) = 1 or g.actor in (?6, ?7, ?8, ?9) or s.id in (?6, ?7, ?8, ?9))
         order by g.id desc limit ?10",
        values![
            since,
            until,
            search.deed.as_str(),
            search.after.unwrap_or(Uuid::max()),
            anybody,
            whom[0],
            whom[1],
            whom[2],
            whom[3],
            i64::try_from(SHOWN + 1).unwrap_or(i64::MAX)
        ],
        read,
    )
}

pub(crate) async fn show(visit: Visit, Query(search): Query<Search>) -> Reply {
    let mut said = Messages::none();
    for (field, text) in [("since", &search.since), ("until", &search.until)] {
        if !text.trim().is_empty() {
            said.take(field, Day::parse(text));
        }
    }
    let looked = search.clone();
    let found = visit
        .read(move |db| match find(db, &looked) {
            Err(Fault::Missing) => Ok(None),
            found => found.map(Some),
        })
        .await?;
    if found.is_none() {
        said.say("who", format!("Человек: таких больше {PEOPLE}, уточните имя"));
    }
    let mut lines = found.unwrap_or_default();
    let more = lines.len() > SHOWN;
    lines.truncate(SHOWN);
    visit.page("Журнал", SECTION, page(&visit, &search, &lines, more, &said))
}

fn page(visit: &Visit, search: &Search, lines: &[Line], more: bool, said: &Messages) -> Markup {
    let mut deeds = DEEDS.to_vec();
    deeds.sort_by_key(|(_, words)| *words);
    html! {
        main.dash #main {
            div.dash-head { h1 { "Журнал" } }
            p.muted { "Кто, что и когда сделал. Записи только добавляются." }
            form.form.mt-3 action="/journal" {
                div.pair {
                    (parts::field("who", "Человек", &search.who).filter().longest(100).told(said).tip("Часть имени: кто сделал или с кем"))
                    (parts::select("deed", "Событие", &deeds, &search.deed, said))
                }
                div.pair {
                    (parts::field("since", "С", &search.since).filter().longest(10).told(said))
                    (parts::field("until", "По", &search.until).filter().longest(10).told(said))
                }
                div { button.btn type="submit" { "Найти" } }
            }
            @if lines.is_empty() { (parts::empty("Записей не нашлось.", Some(("/journal", "Весь журнал")))) } @else {
                table.tbl.mt-5 {
                    thead { tr { th scope="col" { "Когда" } th scope="col" { "Кто" } th scope="col" { "Событие" } th scope="col" { "С кем, о чём" } th scope="col" { "Подробности" } } }
                    tbody { @for line in lines { tr {
                        th scope="row" { (line.at.shown(visit.now)) }
                        td data-l="Кто" { @match &line.actor { Some(name) => { (name.short()) } None => { span.muted { "система" } } } }
                        td data-l="Событие" { (named(&line.event)) }
                        td.wide data-l="С кем, о чём" { @if let Some(name) = &line.subject { (name.short()) } @if let Some(about) = &line.about { span.blk.small.muted { (about) } } }
                        td.wide data-l="Подробности" { @if let Some(detail) = &line.detail { (said_of(detail)) } }
                    } } }
                }
                @if let (true, Some(last)) = (more, lines.last()) {
                    form.mt-3 action="/journal" {
                        @for (name, value) in [("who", &search.who), ("deed", &search.deed), ("since", &search.since), ("until", &search.until)] { input type="hidden" name=(name) value=(value); }
                        input type="hidden" name="after" value=(last.id);
                        button.btn type="submit" { "Раньше" }
                    }
                }
            }
        }
    }
}
