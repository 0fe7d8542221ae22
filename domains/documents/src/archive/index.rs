//! The archive as a person opens it: one page without scripts, and a text for whoever checks it.
use maud::{DOCTYPE, Markup, PreEscaped, html};
use regulations::Centre;
use words::Moment;

use files::Hash;

use super::{Period, Record, Sealed};

/// What lies in the archive, and how it is checked by hand.
pub(super) const README: &str = include_str!("../../../../docs/proof.ru.md");

const LOOK: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#111}\
    table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #ccc;vertical-align:top}\
    code{overflow-wrap:anywhere;font-size:.85em}";

pub(super) fn page(
    centre: &Centre,
    period: Period,
    records: &[Record],
    papers: &[(String, Hash)],
    days: &[Sealed],
    now: Moment,
) -> Markup {
    let time = |at: i64| format!("{} {}", Moment(at).day().dotted(), Moment(at).time());
    html! {
        (DOCTYPE)
        html lang="ru" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Архив результатов — " (centre.short_name) }
                style { (PreEscaped(LOOK)) }
            }
            body {
                h1 { "Архив результатов аттестации" }
                p { (centre.full_name) ". Завершено с " (period.from.dotted()) " по " (period.until.dotted()) ". Составлен " (time(now.0)) "." }
                p { "Проверка: " code { "kafedra verify ПАПКА-ИЛИ-ZIP" } ". Что внутри и как проверить без программы — " a href="README.txt" { "README.txt" } "." }
                h2 { "Попытки: " (records.len()) }
                table {
                    thead { tr { th { "Завершена" } th { "Обучающийся" } th { "Программа" } th { "Попытка" } th { "Баллы" } th { "Результат" } th { "Файлы" } } }
                    tbody {
                        @for one in records {
                            tr {
                                td { (time(one.finished)) }
                                td { (one.learner) }
                                td { (one.programme) br; small { (one.kind) } }
                                td { (one.number) }
                                td { (marking::Score::kept(one.points, i64::try_from(one.total).unwrap_or(0))) }
                                td { @if one.passed { "сдано" } @else { "не сдано или аннулировано" } }
                                td { a href={ "sheets/" (one.attempt) ".pdf" } { "лист" } " " a href={ "attempts/" (one.attempt) ".json" } { "журнал" } }
                            }
                        }
                    }
                }
                h2 { "Протоколы: " (papers.len()) }
                ul { @for (name, _) in papers { li { a href=(name) { (name) } } } }
                h2 { "Закрытые дни: " (days.len()) }
                table {
                    thead { tr { th { "№" } th { "День" } th { "Попыток" } th { "Корень дерева" } } }
                    tbody { @for day in days { tr { td { (day.number) } td { (day.date) } td { (day.leaves.len()) } td { code { (day.root) } } } } }
                }
            }
        }
    }
}
