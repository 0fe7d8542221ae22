//! Forms: what the browser sent, word for word, with the form's own key; and the messages that stand beside its fields.
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use words::Wrong;

use crate::Failure;

/// A form as it came. `key` tells a repeated form from a new one: [`store::Work::once`].
pub struct Posted<F> {
    pub form: F,
    pub key: Uuid,
}

#[derive(Deserialize)]
struct Key {
    #[serde(rename = "form-key")]
    form_key: Option<Uuid>,
}

impl<F: DeserializeOwned, S: Send + Sync> FromRequest<S> for Posted<F> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let body = Bytes::from_request(request, state)
            .await
            .map_err(|error| Failure::new(StatusCode::PAYLOAD_TOO_LARGE, error.to_string()))?;
        let unread =
            |error: serde_html_form::de::Error| Failure::new(StatusCode::BAD_REQUEST, error.to_string());
        let Key { form_key } = serde_html_form::from_bytes(&body).map_err(unread)?;
        let form = serde_html_form::from_bytes(&body).map_err(unread)?;
        Ok(Self { form, key: form_key.unwrap_or_else(Uuid::now_v7) })
    }
}

/// What is wrong with a form, by the name of the field, in the order of the checks, which is the order of the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages(Vec<(&'static str, String)>);

impl Messages {
    pub fn none() -> Self {
        Self::default()
    }

    pub fn one(field: &'static str, sentence: impl Into<String>) -> Self {
        let mut messages = Self::default();
        messages.say(field, sentence);
        messages
    }

    pub fn say(&mut self, field: &'static str, sentence: impl Into<String>) {
        if self.about(field).is_none() {
            self.0.push((field, sentence.into()));
        }
    }

    /// The value, or its message remembered beside `field`.
    pub fn take<T>(&mut self, field: &'static str, parsed: Result<T, Wrong>) -> Option<T> {
        parsed.map_err(|wrong| self.say(field, wrong.0)).ok()
    }

    /// An obligatory text without outer spaces, at most `longest` characters.
    pub fn text(&mut self, field: &'static str, text: &str, label: &str, longest: usize) -> Option<String> {
        // Browsers send a new line as two characters and count it as one.
        let text = text.replace("\r\n", "\n");
        let text = text.trim();
        match text.chars().count() {
            0 => self.say(field, format!("{label}: заполните")),
            long if long > longest => {
                self.say(field, format!("{label}: не больше {longest} знаков, введено {long}"));
            }
            _ => return Some(text.to_owned()),
        }
        None
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn about(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == field).map(|(_, sentence)| sentence.as_str())
    }

    pub fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(field, sentence)| (*field, sentence.as_str()))
    }
}

/// A form on its way to the page: the values to show and the messages about them.
pub struct Sheet<'a, F> {
    pub form: &'a F,
    pub messages: &'a Messages,
}

/// The fields of a form that looks for something, as an address says them: from its «?».
pub fn query(form: &impl serde::Serialize) -> String {
    serde_html_form::to_string(form).map(|fields| format!("?{fields}")).unwrap_or_default()
}
