//! Two lines over weeks as SVG, with the same numbers as a table.
use maud::{Markup, html};
use words::Day;

/// One week: its first day and two counts.
pub struct Week {
    pub from: Day,
    pub enrolled: i64,
    pub completed: i64,
}

/// The least round number that holds `most`, in three equal steps.
fn ceiling(most: i64) -> i64 {
    [3, 6, 9, 15, 30, 60, 90, 150, 300, 600, 900, 1500, 3000]
        .into_iter()
        .find(|step| *step >= most)
        .unwrap_or(most / 3 * 3 + 3)
}

pub fn weeks(weeks: &[Week]) -> Markup {
    let top = ceiling(weeks.iter().map(|week| week.enrolled.max(week.completed)).max().unwrap_or(0));
    let last = weeks.len().saturating_sub(1).max(1);
    let x =
        |n: usize| format!("{:.2}", percent(i64::try_from(n).unwrap_or(0), i64::try_from(last).unwrap_or(1)));
    let y = |value: i64| format!("{:.1}", 100.0 - percent(value, top));
    let line = |value: &dyn Fn(&Week) -> i64| {
        weeks
            .iter()
            .enumerate()
            .map(|(n, week)| format!("{}{} {}", if n == 0 { "M" } else { "L" }, x(n), y(value(week))))
            .collect::<String>()
    };
    let (enrolled, completed) = (line(&|week| week.enrolled), line(&|week| week.completed));
    let (first, end) = (weeks.first(), weeks.last());
    let label = match (first, end) {
        (Some(first), Some(end)) => format!(
            "Зачислены: с {} до {} в неделю, завершили: с {} до {}",
            first.enrolled, end.enrolled, first.completed, end.completed
        ),
        _ => "Чисел пока нет".to_owned(),
    };
    html! {
        section.chart aria-labelledby="ch" {
            div.mb-5.split {
                h2 id="ch" { "Зачисления и завершения" }
                p.legend {
                    span { svg viewBox="0 0 24 8" aria-hidden="true" { path.a d="M1 4H23" {} } "Зачислены" }
                    span { svg viewBox="0 0 24 8" aria-hidden="true" { path.b d="M2 4H23" {} } "Завершили" }
                }
            }
            div.plot {
                svg.y aria-hidden="true" {
                    @for step in 0..=3 { text x="100%" y={ (format!("{:.1}", 100.0 - percent(step, 3))) "%" } dy=".35em" text-anchor="end" { (top * step / 3) } }
                }
                svg.c viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label=(label) {
                    path.gl d="M0 0H100M0 33.3H100M0 66.7H100M0 100H100" {}
                    path.af d={ (enrolled) "V100H0Z" } {}
                    path.a d=(enrolled) {}
                    path.b d=(completed) {}
                }
                svg.e aria-hidden="true" {
                    @if let Some(end) = end {
                        text.ea y={ (y(end.enrolled)) "%" } dy=".35em" { (end.enrolled) }
                        @if end.enrolled != end.completed { text.eb y={ (y(end.completed)) "%" } dy=".35em" { (end.completed) } }
                    }
                }
                div.x aria-hidden="true" { @for week in weeks.iter().step_by(4).chain(end.filter(|_| !last.is_multiple_of(4))) { span { (week.from.day()) " " (week.from.month_short()) } } }
            }
            details {
                summary { "Показать числа" }
                table {
                    thead { tr { th scope="col" { "Неделя с" } th scope="col" { "Зачислены" } th scope="col" { "Завершили" } } }
                    tbody { @for week in weeks { tr { th scope="row" { (week.from.day()) " " (week.from.month_short()) } td { (week.enrolled) } td { (week.completed) } } } }
                }
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts on a chart are far below 2^52")]
fn percent(part: i64, whole: i64) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}
