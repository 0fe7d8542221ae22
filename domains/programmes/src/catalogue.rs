//! What anyone reads without signing in: the catalogue and a programme's page (п. 4.3.11).
use accounts::Visit;
use accounts::frame::Frame;
use axum::extract::{Path, Query};
use maud::{Markup, html};
use serde::Deserialize;
use web::guilloche::{self, Fine};
use web::parts::icon;
use web::{Reply, parts};
use words::{count, folded, roubles};

use crate::{Content, Kind, Module, Version};

#[derive(Deserialize, Default)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    kind: String,
}

pub(crate) async fn list(visit: Visit, Query(search): Query<Search>) -> Reply {
    let all = visit.read(Version::all_published).await?;
    visit.page("Программы обучения", Frame::Public, catalogue(&visit, &all, &search))
}

pub(crate) async fn show(visit: Visit, Path(code): Path<String>) -> Reply {
    let version = visit.read(move |db| Version::published(db, &code)).await?;
    visit.page(&version.content.title, Frame::Public, page(&version))
}

/// Every word that was typed begins a word of the title or the summary.
fn found(content: &Content, search: &Search) -> bool {
    let text = folded(&format!("{} {}", content.title, content.summary));
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
    // Endings change with the case: the first letters of a longer word are enough.
    let stem =
        |word: &str| word.chars().take(word.chars().count().saturating_sub(2).max(3)).collect::<String>();
    let asked = folded(&search.q);
    let matches = asked.split_whitespace().all(|word| words.iter().any(|one| one.starts_with(&stem(word))));
    matches && (search.kind.is_empty() || search.kind == content.kind.code())
}

fn catalogue(visit: &Visit, all: &[Version], search: &Search) -> Markup {
    let shown: Vec<_> = all.iter().filter(|version| found(&version.content, search)).collect();
    let brand = visit.house.brand();
    html! {
        main #main {
            section.hero {
                div.wrap {
                    div.art { (guilloche::rosette("cab-pine-3", Fine::Large)) }
                    h1 { "Учитесь без отрыва от\u{a0}работы" }
                    p.lead {
                        "Повышение квалификации, переподготовка и охрана труда. Занимаетесь в своём темпе, сдаёте аттестацию "
                        "на сайте и получаете документ."
                    }
                    form.find role="search" action="/" {
                        div.field { (icon("search")) input type="search" name="q" value=(search.q) aria-label="Поиск программы" placeholder="Например, охрана труда"; }
                        button.btn.primary type="submit" { "Найти" }
                    }
                    ul.facts {
                        li { (icon("badge-check")) "Лицензия " (brand.licence.split(" от ").next().unwrap_or_default()) }
                        li { (icon("clock")) "Доступ — сразу после заявления" }
                        li { (icon("shield-check")) "Документ проверяется по коду" }
                    }
                }
            }
            div.wrap.catalog {
                aside.filters aria-label="Фильтры" {
                    input.sr #ft type="checkbox" aria-label="Показать фильтры";
                    label for="ft" { (icon("sliders-horizontal")) "Фильтры" }
                    form action="/" {
                        @if !search.q.is_empty() { input type="hidden" name="q" value=(search.q); }
                        fieldset {
                            legend { "Вид" }
                            (kind_choice("", "Все", all.len(), search))
                            @for kind in Kind::ALL {
                                @let n = all.iter().filter(|version| version.content.kind == *kind).count();
                                @if n > 0 { (kind_choice(kind.code(), kind.russian(), n, search)) }
                            }
                        }
                        p.mt-5 { button.btn type="submit" { "Показать" } }
                    }
                }
                section aria-labelledby="found" {
                    div.split {
                        h2 id="found" { (count(i64::try_from(shown.len()).unwrap_or(0), ["программа", "программы", "программ"])) }
                        @if !search.q.is_empty() || !search.kind.is_empty() {
                            div.chips { a href="/" { "Показать все" (icon("x")) } }
                        }
                    }
                    @if shown.is_empty() && search.q.is_empty() && search.kind.is_empty() {
                        (parts::empty("Программ пока нет: они появятся здесь, когда руководитель их утвердит.", None))
                    } @else if shown.is_empty() {
                        (parts::empty("По этим словам программ нет. Попробуйте короче или посмотрите все.", Some(("/", "Все программы"))))
                    }
                    ul.mt-2.lines { @for version in shown { (row(&version.content)) } }
                }
            }
        }
    }
}

fn kind_choice(code: &str, name: &str, n: usize, search: &Search) -> Markup {
    html! {
        label.check { input type="radio" name="kind" value=(code) checked[search.kind == code]; span { (name) } span.n.num { (n) } }
    }
}

fn row(content: &Content) -> Markup {
    html! {
        li.prog.row {
            (guilloche::tile(&content.code))
            div {
                h3 { a href={ "/programmes/" (content.code) } { (content.title) } }
                p.desc { (content.summary) }
                p.meta {
                    span { (icon("clock")) (content.hours_in_words()) }
                    span { (icon("file-badge")) (short_document(content.kind)) }
                    span { (icon("layers")) (content.kind.russian()) }
                }
            }
            (price(content))
        }
    }
}

fn price(content: &Content) -> Markup {
    html! {
        @match content.price_roubles {
            Some(price) => { p.price { b.num { (roubles(price * 100)) } span { "за слушателя" } } }
            None => { p.price { b { "Бесплатно" } } }
        }
    }
}

const fn short_document(kind: Kind) -> &'static str {
    match kind {
        Kind::Upskilling => "Удостоверение",
        Kind::Retraining => "Диплом",
        Kind::LabourProtection => "Протокол проверки знаний",
    }
}

fn page(version: &Version) -> Markup {
    let content = &version.content;
    let apply = format!("/programmes/{}/application", content.code);
    html! {
        main #main {
            div.wrap {
                p.crumb { a href="/" { "Программы" } }
                div.programme {
                    div.gap-l.stack {
                        div { h1 { (content.title) } p.lead.mt-3 { (content.summary) } }
                        (whole(content, Audience::Public))
                    }
                    (terms(version, &apply))
                }
            }
            div.stick {
                strong.num { @match content.price_roubles { Some(price) => { (roubles(price * 100)) } None => { "Бесплатно" } } }
                a.btn.primary href=(apply) { "Подать заявление" }
            }
        }
    }
}

fn terms(version: &Version, apply: &str) -> Markup {
    let content = &version.content;
    html! {
        aside.panel.terms aria-label="Условия" {
            @if let Some(price) = content.price_roubles { p.price-big.num { (roubles(price * 100)) } }
            a.btn.primary href=(apply) { "Подать заявление" }
            dl.key-facts {
                dt { "Вид" } dd { (content.kind.russian()) }
                dt { "Объём" } dd { (content.hours_in_words()) }
                dt { "Срок" } dd { (count(content.days(), ["учебный день", "учебных дня", "учебных дней"])) }
                dt { "Форма" } dd { (content.study_form.russian()) }
                dt { "Обучение" } dd { (content.distance.russian()) }
                dt { "Технология" } dd { (content.technology.russian()) }
                dt { "Документ" } dd { (content.kind.document()) }
                dt { "Программа" } dd { a href={ "/programmes/" (content.code) "/document" } { "Скачать PDF" } }
                dt { "Версия" } dd { (version.number) @if let Some(day) = version.approved_on { ", утверждена " (day.dotted()) } }
            }
        }
    }
}

/// For whom the programme's parts are shown: keys and numbers of the package are not for the public.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    Public,
    Staff,
}

/// All parts of the programme, in the order of п. 4.3.
pub(crate) fn whole(content: &Content, audience: Audience) -> Markup {
    html! {
        section { h2 { "Чему научитесь" } ul { @for outcome in &content.outcomes { li { (outcome) } } } }
        section { h2 { "Цель и задачи" } p { (content.goal) } ul { @for task in &content.tasks { li { (task) } } } }
        section { h2 { "Кому подойдёт" } p { (content.audience) } p.mt-2.muted { (content.entry) } }
        section {
            h2 { "Учебный план" }
            @for module in &content.modules { (module_row(module)) }
            div.module { details { summary { "Итоговая аттестация" span.num { (count(content.attestation.hours, ["час", "часа", "часов"])) } } div { p { (content.attestation.form) ". " (content.attestation.procedure) } } } }
            (calendar(content))
            @if content.modules.iter().any(|module| module.test.is_some()) {
                p.mt-3.small { "Промежуточная аттестация: " @for (n, module) in content.modules.iter().filter(|module| module.test.is_some()).enumerate() { @if n > 0 { "; " } (module.title) } "." }
            }
            p.mt-3.small.muted {
                "Всего " (content.hours_in_words()) ", по " (content.hours_a_day) " в день: "
                (count(content.days(), ["учебный день", "учебных дня", "учебных дней"])) "."
            }
        }
        section {
            h2 { "Итоговая аттестация" }
            p {
                (content.attestation.form) ": " (count(i64::try_from(content.questions()).unwrap_or(0), ["вопрос", "вопроса", "вопросов"]))
                ", " (count(i64::from(content.attestation.minutes), ["минута", "минуты", "минут"]))
                ", нужно " (content.attestation.threshold_in_words().replace(" %", "\u{a0}%")) ". "
                (count(content.attestation.attempts, ["попытка", "попытки", "попыток"])) ". Кто сдаёт, узнаём " (content.attestation.identification.in_words()) "."
            }
            @if let Some(written) = &content.attestation.written {
                p.mt-2 { "После теста — " (written.title.to_lowercase()) ": " (written.task) " Решает комиссия по критериям:" }
                ul { @for criterion in &written.criteria { li { (criterion) } } }
            }
            @if audience == Audience::Staff {
                p.mt-2.small.muted { "Билет: " @for (n, quota) in content.attestation.topics.iter().enumerate() { @if n > 0 { ", " } (quota.module) " — " (quota.questions) } "." }
            }
        }
        section {
            h2 { "Условия" }
            p { (content.conditions) }
            @if content.pay_first { p.mt-2 { "Оплата до начала: зачислим, когда она придёт." } }
            @if content.sign_first { p.mt-2 { "Материалы откроются, когда руководитель подпишет приказ о зачислении." } }
        }
        section { h2 { "Литература" } ol { @for book in &content.literature { li { (book.citation) } } } }
        @if !content.standards.is_empty() { section { h2 { "Нормативная база" } ul { @for act in &content.standards { li { (act) } } } } }
    }
}

/// The calendar graph (п. 4.3.3) as a table: which study days each module takes.
fn calendar(content: &Content) -> Markup {
    let days = |(first, last): (i64, i64)| {
        if first == last { first.to_string() } else { format!("{first}–{last}") }
    };
    let graph = content.calendar();
    html! {
        details.mt-3 {
            summary { "Календарный учебный график" }
            table.tbl.mt-2 {
                thead { tr { th scope="col" { "Модуль" } th.r scope="col" { "Учебные дни" } th.r scope="col" { "Часов" } } }
                tbody {
                    @for (module, span) in content.modules.iter().zip(&graph) {
                        tr { th scope="row" { (module.title) } td.r data-l="Учебные дни" { (days(*span)) } td.r data-l="Часов" { (module.hours()) } }
                    }
                    @if let Some(span) = graph.last() {
                        tr { th scope="row" { "Итоговая аттестация" } td.r data-l="Учебные дни" { (days(*span)) } td.r data-l="Часов" { (content.attestation.hours) } }
                    }
                }
            }
        }
    }
}

fn module_row(module: &Module) -> Markup {
    html! {
        div.module {
            details {
                summary { (module.title) span.num { (count(module.hours(), ["час", "часа", "часов"])) } }
                div.stack {
                    p { (module.content) }
                    ul { @for topic in &module.topics { li { (topic.title) " — " (count(topic.hours, ["час", "часа", "часов"])) } } }
                    @if let Some(test) = module.test {
                        p.small { "Промежуточная аттестация: " (count(i64::try_from(test.questions).unwrap_or(0), ["вопрос", "вопроса", "вопросов"])) ", верных не меньше " (test.threshold_percent) "\u{a0}%." }
                    }
                    p.small { "Лекции " (module.lecture) ", практика " (module.practice) ", самостоятельно " (module.self_study) ", контроль " (module.control) " ч." }
                }
            }
        }
    }
}
