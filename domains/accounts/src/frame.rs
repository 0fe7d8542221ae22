//! The frame around a page: the public header and footer, the learner's cabinet, the rail of the staff, or nothing.
use maud::{Markup, html};
use web::parts::{icon, look_tools, mark};
use web::{Head, document};

use crate::{Actor, Right, Visit};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// What anyone sees: header, footer.
    Public,
    /// A learner's page; the address of the section it belongs to.
    Cabinet(&'static str),
    /// A staff page; the address of the section it belongs to.
    Office(&'static str),
    /// A person's own page: the cabinet of a learner, the rail of staff.
    Own(&'static str),
    /// Attestation: no way to wander off; the island that improves it.
    Bare(&'static str),
}

/// A section of the staff's rail. Addresses belong to higher domains; a test walks them all.
pub struct Section {
    pub address: &'static str,
    pub name: &'static str,
    pub icon: &'static str,
    pub right: Right,
}

const fn section(address: &'static str, name: &'static str, icon: &'static str, right: Right) -> Section {
    Section { address, name, icon, right }
}

/// The rail: groups of sections; a person sees those whose right he or she has.
pub const RAIL: [(&str, &[Section]); 5] = [
    (
        "",
        &[
            section("/company", "Ваши группы", "users", Right::SeeCompany),
            section("/teaching", "Мои слушатели", "users", Right::SeeOwnLearners),
            section("/overview", "Сводка", "gauge", Right::SeeOverview),
            section("/applications", "Заявления", "inbox", Right::SeeApplications),
            section("/mail", "Почта", "mail", Right::SeeApplications),
            section("/learners", "Слушатели", "users", Right::SeeLearners),
            section("/groups", "Группы", "layers", Right::SeeLearners),
            section("/results", "Результаты", "list-checks", Right::SeeResults),
            section("/meetings", "Занятия", "calendar", Right::SeeMeetings),
            section("/works", "Работы на проверку", "pencil", Right::SeeWorks),
            section("/customers", "Заказчики", "building-2", Right::SeeCustomers),
        ],
    ),
    (
        "Обучение",
        &[
            section("/office/programmes", "Программы", "book-open", Right::SeeProgrammes),
            section("/questions", "Банк вопросов", "library", Right::SeeQuestions),
        ],
    ),
    (
        "Учёт",
        &[
            section("/signing", "На подпись", "pencil", Right::SignPapers),
            section("/orders", "Приказы и протоколы", "stamp", Right::SeePapers),
            section("/register", "Выданные документы", "file-badge", Right::SeePapers),
        ],
    ),
    (
        "Центр",
        &[
            section("/settings/centre", "Данные центра", "building-2", Right::ChangeCentre),
            section("/settings/people", "Сотрудники", "user-cog", Right::ManageStaff),
            section("/settings/commission", "Комиссия", "gavel", Right::ChangeCentre),
            section("/settings/acts", "Локальные акты", "scroll-text", Right::ChangeCentre),
            section("/settings/numbering", "Нумерация", "hash", Right::ChangeCentre),
        ],
    ),
    (
        "Система",
        &[
            section("/journal", "Журнал", "history", Right::SeeJournal),
            section("/workings", "Письма и задания", "settings", Right::SeeWorkings),
        ],
    ),
];

const TABS: [(&str, &str, &str); 4] = [
    ("/cabinet", "Обучение", "book-open"),
    ("/papers", "Документы", "file-badge"),
    ("/portfolio", "Портфолио", "graduation-cap"),
    ("/sessions", "Профиль", "circle-user"),
];

pub(crate) fn draw(visit: &Visit, title: &str, frame: Frame, body: &Markup) -> Markup {
    let brand = visit.house.brand();
    let frame = match frame {
        Frame::Own(address) if visit.may(Right::Study) => Frame::Cabinet(address),
        Frame::Own(address) => Frame::Office(address),
        other => other,
    };
    let (class, island, inside) = match frame {
        Frame::Public => (None, None, html! { (header(visit, None)) (body) (footer(visit)) }),
        Frame::Cabinet(current) => (
            Some("has-tabs"),
            None,
            html! { (header(visit, Some(current))) (body) (curator(visit)) (footer(visit)) (tabs(current)) },
        ),
        Frame::Office(current) | Frame::Own(current) => (None, None, office(visit, current, body)),
        Frame::Bare(island) => (None, Some(island), body.clone()),
    };
    let head = Head { title, prefs: visit.prefs, brand: &brand, class, island, demo: visit.house.demo };
    document(&head, &inside)
}

fn brand_link(visit: &Visit) -> Markup {
    let brand = visit.house.brand();
    html! {
        a.brand href="/" {
            @match &brand.logo {
                Some(hash) => img src={ "/look/logo?" (hash.as_str()) } alt="";
                None => (mark()),
            }
            span { (brand.name) }
        }
    }
}

fn header(visit: &Visit, current: Option<&str>) -> Markup {
    let public = [("/", "Программы"), ("/check", "Проверить документ")];
    let learner = [
        ("/cabinet", "Обучение"),
        ("/papers", "Документы"),
        ("/portfolio", "Портфолио"),
        ("/", "Все программы"),
        ("/sessions", "Профиль"),
    ];
    let links: &[(&str, &str)] = if current.is_some() { &learner } else { &public };
    let current = current.unwrap_or(visit.path.split('?').next().unwrap_or("/"));
    html! {
        header.top {
            div.wrap {
                (brand_link(visit))
                nav.nav aria-label="Разделы" {
                    @for (address, name) in links {
                        a href=(address) aria-current=[(*address == current).then_some("page")] { (name) }
                    }
                }
                div.tools {
                    (look_tools(visit.prefs))
                    @match &visit.actor {
                        Some(actor) => { a.btn.quiet.icon-only href="/instructions" aria-label="Инструкция" title="Инструкция" { (icon("life-buoy")) } a.plain.ava href=(own_page(actor)) { span aria-hidden="true" { (actor.name.initials()) } span.sr { (actor.name) ", личный кабинет" } } }
                        None => { a.btn href="/sign-in" { "Войти" } }
                    }
                }
            }
        }
    }
}

fn own_page(actor: &Actor) -> &'static str {
    crate::sign_in::home(&actor.roles)
}

fn tabs(current: &str) -> Markup {
    html! {
        nav.tabs-bottom aria-label="Нижнее меню" {
            @for (address, name, sign) in TABS {
                a href=(address) aria-current=[(address == current).then_some("page")] { (icon(sign)) (name) }
            }
        }
    }
}

/// Whom to ask, on each page of a learner.
fn curator(visit: &Visit) -> Markup {
    let brand = visit.house.brand();
    html! {
        @if !brand.curator_email.is_empty() {
            aside.wrap.ask aria-label="Вопрос куратору" {
                p.small.muted {
                    "Вопрос по учёбе? " @if !brand.curator.is_empty() { (brand.curator) ", куратор: " }
                    a href={ "mailto:" (brand.curator_email) } { (brand.curator_email) }
                    @if !brand.curator_phone.is_empty() { ", " a href={ "tel:" (brand.curator_phone.replace([' ', '-', '\u{a0}'], "")) } { (brand.curator_phone) } }
                }
            }
        }
    }
}

fn footer(visit: &Visit) -> Markup {
    let brand = visit.house.brand();
    html! {
        footer.foot {
            div.wrap {
                div.gap-s.stack {
                    (brand_link(visit))
                    p { (brand.title) @for line in &brand.lines { br; (line) } }
                }
                ul.l {
                    li { a href="/acts/offer" { "Оферта" } }
                    li { a href="/acts/privacy" { "Персональные данные" } }
                    li { a href="/check" { "Проверить документ" } }
                }
                ul.l {
                    @if !brand.phone.is_empty() { li { a href={ "tel:" (brand.phone.replace([' ', '-', '\u{a0}'], "")) } { (brand.phone) } } }
                    @if !brand.email.is_empty() { li { a href={ "mailto:" (brand.email) } { (brand.email) } } }
                }
            }
        }
    }
}

fn office(visit: &Visit, current: &str, body: &Markup) -> Markup {
    let rail = html! {
        nav aria-label="Разделы" {
            @for (group, sections) in &RAIL {
                @if sections.iter().any(|section| visit.may(section.right)) {
                    @if !group.is_empty() { p.grp { (group) } }
                    ul.l {
                        @for section in sections.iter().filter(|section| visit.may(section.right)) {
                            li {
                                a href=(section.address) aria-current=[(section.address == current).then_some("page")] {
                                    (icon(section.icon)) (section.name)
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    html! {
        div.shell {
            aside.rail { div.in { (brand_link(visit)) (rail) (me(visit)) div.tools { (look_tools(visit.prefs)) } } }
            div {
                header.top.mobile-top {
                    div.wrap {
                        (brand_link(visit))
                        div.tools { (look_tools(visit.prefs)) }
                        details.menu { summary.btn { (icon("menu")) span { "Разделы" } } div.in { (rail) (me(visit)) } }
                    }
                }
                @if visit.done { p.done-note role="status" { (icon("check")) span { "Готово" } } }
                (body)
            }
        }
    }
}

fn me(visit: &Visit) -> Markup {
    html! {
        @if let Some(actor) = &visit.actor {
            div.me {
                span.ava aria-hidden="true" { (actor.name.initials()) }
                span {
                    a href="/sessions" { (actor.name.given) " " (actor.name.family) } br;
                    span.muted { (actor.roles.first().map(ToString::to_string).unwrap_or_default()) }
                    br;
                    a href="/instructions" { "Инструкция" } " "
                    form.inline action="/sign-out" method="post" { button.as-link type="submit" { "Выйти" } }
                }
            }
        }
    }
}
