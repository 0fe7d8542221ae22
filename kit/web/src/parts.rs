//! The component library: functions from data to markup. A page never writes a raw `<input>`.
use maud::{Markup, Render, html};
use uuid::Uuid;

use crate::Messages;
use crate::assets::address;
pub use crate::page::look_tools;

/// An icon of the sprite; decorative, so hidden from readers.
pub fn icon(name: &str) -> Markup {
    html! { svg.icon aria-hidden="true" { use href={ (address("icons.svg")) "#" (name) } {} } }
}

/// The centre's mark.
pub fn mark() -> Markup {
    html! {
        svg viewBox="0 0 32 32" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true" {
            @for turn in ["0", "36", "72", "108", "144"] {
                ellipse cx="16" cy="16" rx="14" ry="6" transform={ "rotate(" (turn) " 16 16)" } {}
            }
        }
    }
}

/// The key by which a repeated form is known; stands in every form that changes something.
pub fn form_key() -> Markup {
    html! { input type="hidden" name="form-key" value=(Uuid::now_v7()); }
}

/// One line of text with its label, tip and message.
pub struct Field<'a> {
    name: &'static str,
    label: &'a str,
    value: &'a str,
    kind: &'static str,
    tip: Option<&'a str>,
    message: Option<&'a str>,
    autocomplete: Option<&'static str>,
    inputmode: Option<&'static str>,
    optional: bool,
    /// Its label does not say that it is optional.
    unmarked: bool,
    mask: Option<Mask>,
    longest: usize,
    /// Of a text of several lines; one line when 0.
    rows: usize,
}

/// A text of several lines.
pub fn area<'a>(name: &'static str, label: &'a str, value: &'a str, rows: usize) -> Field<'a> {
    Field { rows, longest: 20_000, ..field(name, label, value) }
}

pub fn field<'a>(name: &'static str, label: &'a str, value: &'a str) -> Field<'a> {
    Field {
        name,
        label,
        value,
        kind: "text",
        tip: None,
        message: None,
        autocomplete: None,
        inputmode: None,
        optional: false,
        unmarked: false,
        mask: None,
        longest: 200,
        rows: 0,
    }
}

impl<'a> Field<'a> {
    #[must_use]
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }
    #[must_use]
    pub fn tip(mut self, tip: &'a str) -> Self {
        self.tip = Some(tip);
        self
    }
    #[must_use]
    pub fn told(mut self, messages: &'a Messages) -> Self {
        self.message = messages.about(self.name);
        self
    }
    #[must_use]
    pub fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = Some(what);
        self
    }
    #[must_use]
    pub fn digits(mut self) -> Self {
        self.inputmode = Some("numeric");
        self
    }
    /// The island of forms writes it as it is written, and looks whether its digits fit together.
    #[must_use]
    pub fn mask(mut self, mask: Mask) -> Self {
        self.mask = Some(mask);
        self
    }
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }
    /// Narrows a list: may stay empty, and nobody has to be told so.
    #[must_use]
    pub fn filter(mut self) -> Self {
        self.optional = true;
        self.unmarked = true;
        self
    }
    #[must_use]
    pub fn longest(mut self, characters: usize) -> Self {
        self.longest = characters;
        self
    }
}

impl Render for Field<'_> {
    fn render(&self) -> Markup {
        let Self {
            name,
            label,
            value,
            kind,
            tip,
            message,
            autocomplete,
            inputmode,
            optional,
            longest,
            rows,
            unmarked,
            mask,
        } = self;
        let described = described_by(name, tip.is_some(), message.is_some());
        html! {
            div.entry {
                label for=(name) { (label) @if *optional && !unmarked { span.opt-mark { " — если есть" } } }
                @if *rows > 0 {
                    textarea id=(name) name=(name) rows=(rows) maxlength=(longest) aria-required=[(!optional).then_some("true")]
                        aria-invalid=[message.map(|_| "true")] aria-describedby=[described] { (value) }
                } @else {
                    input id=(name) name=(name) type=(kind) value=(value) autocomplete=[autocomplete] inputmode=[inputmode]
                        maxlength=(longest) aria-required=[(!optional).then_some("true")]
                        data-mask=[mask.map(Mask::code)] data-wrong=[mask.and_then(Mask::wrong)]
                        aria-invalid=[message.map(|_| "true")] aria-describedby=[described];
                }
                (tip_and_message(name, *tip, *message))
            }
        }
    }
}

/// What the island of forms knows how to write.
#[derive(Clone, Copy, Debug)]
pub enum Mask {
    Snils,
    Inn,
    Phone,
    Date,
}

impl Mask {
    const fn code(self) -> &'static str {
        match self {
            Self::Snils => "snils",
            Self::Inn => "inn",
            Self::Phone => "phone",
            Self::Date => "date",
        }
    }

    /// What is said at once of a number whose digits do not fit together.
    const fn wrong(self) -> Option<&'static str> {
        match self {
            Self::Snils | Self::Inn => Some("Контрольное число не сходится, проверьте цифры"),
            Self::Phone | Self::Date => None,
        }
    }
}

/// A choice of a few, all in sight.
pub fn choices(
    name: &'static str,
    label: &str,
    options: &[(&str, &str)],
    chosen: &str,
    messages: &Messages,
) -> Markup {
    in_sight("radio", name, label, options, |value| value == chosen, messages)
}

/// Any number of a few, all in sight.
pub fn ticks(
    name: &'static str,
    label: &str,
    options: &[(&str, &str)],
    chosen: &[String],
    messages: &Messages,
) -> Markup {
    in_sight("checkbox", name, label, options, |value| chosen.iter().any(|one| one == value), messages)
}

fn in_sight(
    kind: &str,
    name: &'static str,
    label: &str,
    options: &[(&str, &str)],
    is_chosen: impl Fn(&str) -> bool,
    messages: &Messages,
) -> Markup {
    let message = messages.about(name);
    html! {
        fieldset.entry id=(name) aria-describedby=[described_by(name, false, message.is_some())] {
            legend { (label) }
            div.choices {
                @for (value, text) in options {
                    label.check { input type=(kind) name=(name) value=(value) checked[is_chosen(value)]; span { (text) } }
                }
            }
            (tip_and_message(name, None, message))
        }
    }
}

/// A choice from a list.
pub fn select(
    name: &'static str,
    label: &str,
    options: &[(&str, &str)],
    chosen: &str,
    messages: &Messages,
) -> Markup {
    let message = messages.about(name);
    html! {
        div.entry {
            label for=(name) { (label) }
            select id=(name) name=(name) aria-invalid=[message.map(|_| "true")]
                aria-describedby=[described_by(name, false, message.is_some())] {
                option value="" { "Выберите" }
                @for (value, text) in options { option value=(value) selected[*value == chosen] { (text) } }
            }
            (tip_and_message(name, None, message))
        }
    }
}

/// One tick with the words that are agreed to; never ticked beforehand.
pub fn tick(name: &'static str, ticked: bool, words: &Markup, messages: &Messages) -> Markup {
    let message = messages.about(name);
    html! {
        div.entry {
            label.check for=(name) {
                input id=(name) type="checkbox" name=(name) value="yes" checked[ticked]
                    aria-invalid=[message.map(|_| "true")] aria-describedby=[described_by(name, false, message.is_some())];
                span { (words) }
            }
            (tip_and_message(name, None, message))
        }
    }
}

fn described_by(name: &str, tip: bool, message: bool) -> Option<String> {
    let ids: Vec<_> = [message.then(|| format!("{name}-wrong")), tip.then(|| format!("{name}-tip"))]
        .into_iter()
        .flatten()
        .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

fn tip_and_message(name: &str, tip: Option<&str>, message: Option<&str>) -> Markup {
    html! {
        @if let Some(message) = message { p.wrong id={ (name) "-wrong" } { (icon("circle-alert")) span { (message) } } }
        @if let Some(tip) = tip { p.tip id={ (name) "-tip" } { (tip) } }
    }
}

/// All messages above the form, each a link to its field.
pub fn summary(messages: &Messages) -> Markup {
    html! {
        @if !messages.is_empty() {
            section.err-sum role="alert" aria-labelledby="wrong" tabindex="-1" {
                h2 id="wrong" { "Проверьте поля" }
                ul { @for (field, sentence) in messages.all() { li { a href={ "#" (field) } { (sentence) } } } }
            }
        }
    }
}

/// A form that changes something: method, address and key are here, so no page forgets them.
pub fn form(action: &str, class: &str, fields: &Markup) -> Markup {
    html! { form class=(class) action=(action) method="post" novalidate { (form_key()) (fields) } }
}

/// The same for a form with a file.
pub fn upload(action: &str, class: &str, fields: &Markup) -> Markup {
    html! { form class=(class) action=(action) method="post" enctype="multipart/form-data" novalidate { (form_key()) (fields) } }
}

/// One file; `accept` only helps to choose, the content decides.
pub fn file(name: &'static str, label: &str, accept: &str, tip: &str, messages: &Messages) -> Markup {
    let message = messages.about(name);
    html! {
        div.entry {
            label for=(name) { (label) }
            input id=(name) name=(name) type="file" accept=(accept) aria-invalid=[message.map(|_| "true")]
                aria-describedby=[described_by(name, true, message.is_some())];
            (tip_and_message(name, Some(tip), message))
        }
    }
}

/// Any number of files, from a telephone's camera too.
pub fn files(id: &'static str, label: &str, accept: &str, messages: &Messages) -> Markup {
    let message = messages.about(id);
    html! {
        div.entry {
            label for=(id) { (label) }
            input id=(id) name="file" type="file" multiple accept=(accept) aria-invalid=[message.map(|_| "true")]
                aria-describedby=[described_by(id, false, message.is_some())];
            (tip_and_message(id, None, message))
        }
    }
}

/// The way to the same list as a table.
pub fn sheet(address: &str) -> Markup {
    html! { a.btn href=(address) { (icon("download")) span { "Таблица" } } }
}

/// The island that improves this page, by its file's name.
pub fn island(name: &str) -> Markup {
    html! { script type="module" src=(address(name)) {} }
}

/// A link to another page whose part `#beside` is shown here in its place as soon as it is there.
pub fn beside(address: &str, words: &str) -> Markup {
    html! { p.small.mt-3 data-beside { a href=(address) { (words) } } (island("beside.js")) }
}

/// An act that cannot be taken back: the button shows what it does before it does it. Works without a script.
pub fn caution(action: &str, button: &str, warning: &str, fields: &Markup) -> Markup {
    html! {
        details.caution {
            summary { (button) }
            (form(action, "stack", &html! { p.small { (warning) } (fields) div { button.btn type="submit" { (button) } } }))
        }
    }
}

/// The page's one main action.
pub fn submit(words: &str) -> Markup {
    html! { button.btn.primary type="submit" { (words) } }
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Ok,
    Warn,
    Bad,
    Accent,
}

impl Tone {
    const fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Accent => "accent",
        }
    }
}

/// A state in a word or two; the colour only repeats it.
pub fn tag(tone: Tone, words: &str) -> Markup {
    html! { span class={ "tag " (tone.class()) } { (words) } }
}

/// A remark with its icon.
pub fn note(tone: Tone, name: &str, words: &Markup) -> Markup {
    html! { div class={ "note " (tone.class()) } { (icon(name)) div { (words) } } }
}

/// An empty page says what it is for and offers one action.
pub fn empty(words: &str, action: Option<(&str, &str)>) -> Markup {
    html! {
        div.empty {
            p { (words) }
            @if let Some((address, verb)) = action { a.btn href=(address) { (verb) } }
        }
    }
}

/// A share as a bar with its words beside it.
pub fn share(percent: i64) -> Markup {
    html! { span.pr { progress.bar max="100" value=(percent) aria-hidden="true" {} (percent) "\u{a0}%" } }
}
