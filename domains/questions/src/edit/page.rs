//! The page of a question being written.
use marking::{Answer, Difficulty, Question};
use maud::{Markup, html};
use uuid::Uuid;
use web::{Messages, parts};

use super::form::{CREDITS, LONGEST, OPTIONS, Picture, REFERENCE, RIGHT, Typed};
use super::{Bank, Kept, lines};
use crate::form::{self, Asked};
use crate::list::STATES;
use crate::review::compared;

/// `corrects`: whoever looks may have results counted anew.
pub(super) fn page(
    bank: &Bank,
    kept: Option<(Uuid, &Kept)>,
    typed: &Typed,
    corrects: bool,
    said: &Messages,
) -> Markup {
    let Bank { code, title: bank, modules } = bank;
    let mut modules: Vec<_> = modules.iter().map(|(code, title)| (code.as_str(), title.as_str())).collect();
    // A topic that no module has any more stays where it is.
    if !typed.about.topic.is_empty()
        && !modules.is_empty()
        && modules.iter().all(|(code, _)| *code != typed.about.topic)
    {
        modules.push((&typed.about.topic, &typed.about.topic));
    }
    let action = kept.map_or_else(String::new, |(id, kept)| format!("/questions/{}/{id}", kept.bank));
    html! {
        main.dash #main {
            p.crumb { a href="/questions" { "Банк вопросов" } " · " a href={ "/questions/" (code) } { (bank) } }
            div.dash-head { h1 { @if kept.is_some() { "Вопрос" } @else { "Новый вопрос" } } @if let Some((_, kept)) = kept { span.small.muted { "Редакция " (kept.versions) } } }
            @if let Some((id, kept)) = kept { @if let Some((_, state)) = STATES.iter().find(|(code, _)| *code == kept.state && kept.state != "in_use") {
                (parts::form(&format!("/questions/{}/acts", kept.bank), "cluster mt-3", &html! {
                    (parts::tag(parts::Tone::Warn, state)) span.small.muted { "Ни в билетах, ни в тренировках его нет." }
                    input type="hidden" name="chosen" value=(id); input type="hidden" name="act" value="state:in_use";
                    button.btn type="submit" { "Пустить в работу" }
                }))
            } }
            @if kept.is_none() { (kinds(typed)) (parts::island("kinds.js")) }
            @if kept.is_some() { p.muted { "Изменённый вопрос станет новой редакцией. В начатых и прошлых попытках останется прежняя." } }
            (parts::summary(said))
            (parts::upload(&action, "form mt-5", &html! {
                @if let Some((_, kept)) = kept { input type="hidden" name="seen" value=(kept.versions); }
                input type="hidden" name="kind" value=(typed.kind);
                @if modules.is_empty() { (parts::field("topic", "Модуль", &typed.about.topic).longest(40).told(said).tip("Код модуля: 01, 02…")) }
                @else { (parts::select("topic", "Модуль", &modules, &typed.about.topic, said)) }
                (parts::field("subtopic", "Тема модуля", &typed.about.subtopic).optional().longest(REFERENCE).told(said).tip("Например, «Знаки» или глубже: «Знаки / Запрещающие». По ней ищут в банке"))
                (parts::area("text", "Вопрос", &typed.text, 4).longest(LONGEST).told(said))
                @for Picture { hash, alt, is_sound } in &typed.pictures {
                    div.entry {
                        @if *is_sound { audio src={ "/pictures/" (hash) } aria-label=(alt) controls preload="none" {} }
                        @else { img.q-pic src={ "/pictures/" (hash) } alt=(alt); }
                        label.check { input type="checkbox" name={ "drop-" (hash) } value="yes"; span { @if *is_sound { "Убрать запись" } @else { "Убрать картинку" } } }
                        label for={ "alt-" (hash) } { @if *is_sound { "Что в этой записи" } @else { "Что на этом рисунке" } }
                        input id={ "alt-" (hash) } name={ "alt-" (hash) } value=(alt) maxlength="300";
                    }
                }
                (parts::file("file", "Добавить рисунок или запись", ".png,.jpg,.jpeg,.gif,.webp,.mp3,.ogg,.wav,.m4a", "PNG, JPEG, GIF, WebP; MP3, Ogg, WAV, M4A", said))
                (parts::field("alt", "Что на рисунке или в записи", &typed.alt).optional().longest(300).told(said))
                (asked_for(typed, said))
                (parts::area("explanation", "Пояснение", &typed.explanation, 3).optional().longest(LONGEST).told(said).tip("Почему верно и на какой пункт опирается: его видят после ответа"))
                div.pair {
                    (parts::select("difficulty", "Сложность", &difficulties(), typed.about.difficulty.code(), said))
                    (parts::field("reference", "Откуда это", &typed.about.reference).optional().longest(REFERENCE).told(said).tip("Пункт правил или материал. Видят преподаватели и методисты"))
                }
                fieldset.entry {
                    legend { "Где задавать" }
                    div.choices {
                        label.check { input type="checkbox" name="exam_only" value="yes" checked[typed.about.exam_only]; span { "Только на аттестации: в тренировках не попадётся" } }
                        label.check { input type="checkbox" name="critical" value="yes" checked[typed.about.critical]; span { "Критический: ошибка — не сдано, если так велит пакет" } }
                    }
                }
                @if kept.is_none() { (parts::choices("state", "Когда задавать", &WHEN, typed.state, said)) }
                div { (parts::submit("Сохранить")) }
            }))
            @if let Some((id, kept)) = kept {
                @if corrects { p.mt-5 { "Ключ был неверен, а вопрос уже задавали? " a href={ "/questions/" (kept.bank) "/" (id) "/correction" } { "Пересчитайте результаты" } "." } }
                section.mt-8 { h2.h-s { "Как видит слушатель" } (as_learner(&kept.question)) h2.h-s.mt-5 { "Верный ответ" } (compared(&kept.question, None)) }
                div.mt-5 { (parts::caution(&format!("/questions/{}/{id}/withdrawal", kept.bank), "Убрать из банка", "В новых попытках вопроса не будет. Начатые и сданные не изменятся.", &html! {})) }
            }
        }
    }
}

fn difficulties() -> Vec<(&'static str, &'static str)> {
    Difficulty::ALL.iter().map(|one| (one.code(), one.russian())).collect()
}

const WHEN: [(&str, &str); 2] =
    [("in_use", "Сразу: в тренировках и билетах"), ("draft", "Потом: сохранить черновиком")];

/// Kinds in the order a teacher looks for them.
const NAMES: [(&str, &str); 11] = [
    ("choice", "Выбор"),
    ("true_false", "Верно или нет"),
    ("text", "Короткий ответ"),
    ("number", "Число"),
    ("gaps", "Пропуски в тексте"),
    ("match", "Пары"),
    ("order", "Порядок"),
    ("sort", "По группам"),
    ("point", "Место на картинке"),
    ("case", "Текст с вопросами"),
    ("open", "Развёрнутый ответ"),
];

/// «Пары», by the code of the kind.
pub(crate) fn kind_name(kind: &str) -> &'static str {
    NAMES.iter().find(|(code, _)| *code == kind).map_or("", |(_, name)| name)
}

/// Which kind is written; another one is another page.
fn kinds(typed: &Typed) -> Markup {
    html! {
        nav.chips.mt-3 aria-label="Вид вопроса" {
            @for (code, name) in NAMES {
                a href={ "?kind=" (code) } aria-current=[(code == typed.kind).then_some("page")] { (name) }
            }
        }
    }
}

/// The fields of this kind.
fn asked_for(typed: &Typed, said: &Messages) -> Markup {
    let choice = if typed.several { "several" } else { "one" };
    let choices = [("one", "Один верный ответ"), ("several", "Несколько верных")];
    let truths = [("yes", "Утверждение верное"), ("no", "Утверждение неверное")];
    let penalty = typed.kind == "choice";
    let credits: Vec<_> =
        CREDITS.iter().take(if penalty { 3 } else { 2 }).map(|(code, name, _)| (*code, *name)).collect();
    let credit = if typed.credit.is_empty() { "whole" } else { &typed.credit };
    let in_parts = ["choice", "gaps", "match", "order", "sort", "case"].contains(&typed.kind.as_str());
    html! {
        @match typed.kind.as_str() {
            "choice" => {
                (parts::choices("choice", "Сколько верных", &choices, choice, said))
                @for place in 0..FIRST { (option(typed, place, said)) }
                details open[typed.options.iter().skip(FIRST).any(|option| !option.is_empty()) || typed.right.iter().any(|place| *place >= FIRST)] {
                    summary { "Ещё варианты" }
                    div.stack.mt-3 { @for place in FIRST..OPTIONS.len() { (option(typed, place, said)) } }
                }
            }
            "true_false" => { (parts::choices("truth", "Верный ответ", &truths, if typed.truth { "yes" } else { "no" }, said)) }
            kind => {
                @let (label, tip) = lines::KINDS.iter().find(|(code, ..)| *code == kind).map_or(OPEN, |(_, label, tip)| (label, tip));
                (parts::area("lines", label, &typed.lines, 6).longest(LONGEST).told(said).tip(tip))
                @if kind == "point" { (parts::island("areas.js")) }
                @if kind == "number" { (parts::field("units", "Единица", &typed.units).optional().longest(200).told(said).tip("«м». Если принимаются и другие: «м; см = 0,01; км = 1000»")) }
                @if kind == "text" {
                    (parts::field("typos", "Сколько опечаток прощать", &typed.typos).optional().longest(1).told(said).tip("От 0 до 3, не больше одной на каждые пять букв. Слова с цифрами — всегда точно"))
                    label.check { input type="checkbox" name="exact_case" value="yes" checked[typed.exact_case]; span { "Заглавные и строчные буквы различаются" } }
                }
            }
        }
        @if in_parts { (parts::choices("credit", "Как засчитывать", &credits, credit, said)) }
    }
}

/// Options that are in sight at once: few questions have more.
const FIRST: usize = 4;

fn option(typed: &Typed, place: usize, said: &Messages) -> Markup {
    let label = format!("Вариант {}", place + 1);
    let text = typed.options.get(place).map_or("", String::as_str);
    let field = parts::area(OPTIONS[place], &label, text, 1).longest(LONGEST).told(said);
    html! {
        @if place < 2 { (field) } @else { (field.optional()) }
        label.check { input type="checkbox" name=(RIGHT[place]) value="yes" checked[typed.right.contains(&place)]; span { "Верный" span.sr { ", вариант " (place + 1) } } }
    }
}

/// The written answer is the commission's.
const OPEN: (&str, &str) = (
    "Критерии",
    "По строке на критерий. Программа такой ответ не отмечает: его читает комиссия, в билеты он не попадает",
);

fn as_learner(question: &Question) -> Markup {
    let order: Vec<usize> = (0..question.shuffled()).collect();
    let answer = Answer::default();
    html! {
        div.q.shown inert {
            fieldset {
                legend { div.qtext { (form::heading(question)) } }
                p.hint { (form::hint(question)) }
                (form::fields(&Asked { question, order: &order, answer: &answer, prefix: "shown-", closed: false }))
            }
        }
    }
}
