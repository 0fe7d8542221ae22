//! A form with files. Its size is what the route lets in; its kind is for the handler to tell by the content.
use std::collections::BTreeMap;

use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use uuid::Uuid;

use crate::Failure;

pub struct Upload {
    fields: BTreeMap<String, String>,
    /// The names that they had at home, and their bytes; empty when no file was chosen.
    pub files: Vec<(String, Vec<u8>)>,
    /// As of [`crate::Posted`].
    pub key: Uuid,
}

impl Upload {
    /// The file of a form with one.
    pub fn file(&self) -> Option<&(String, Vec<u8>)> {
        self.files.first()
    }

    /// The same, taken out.
    pub fn take_file(&mut self) -> Option<(String, Vec<u8>)> {
        self.files.pop()
    }

    /// What was typed into a field; nothing when it is not there.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let refused = |error: MultipartError| Failure::new(error.status(), error.body_text());
        let mut parts = Multipart::from_request(request, state)
            .await
            .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, error.body_text()))?;
        let mut upload = Self { fields: BTreeMap::new(), files: Vec::new(), key: Uuid::now_v7() };
        while let Some(part) = parts.next_field().await.map_err(refused)? {
            let name = part.name().unwrap_or_default().to_owned();
            match part.file_name().map(str::to_owned) {
                Some(file) => {
                    let bytes = part.bytes().await.map_err(refused)?.to_vec();
                    // A field without a file comes with an empty name; a file without content is one all the same.
                    if !file.is_empty() {
                        upload.files.push((file, bytes));
                    }
                }
                None => {
                    upload.fields.insert(name, part.text().await.map_err(refused)?);
                }
            }
        }
        if let Ok(key) = Uuid::parse_str(upload.text("form-key")) {
            upload.key = key;
        }
        Ok(upload)
    }
}
