//! The forms of a page as a browser would send them back untouched.
use kafedra::guest::Page;

/// A form as it stands on a page: where it goes, whether it takes files, and its fields with what stands in them.
pub struct Form {
    pub action: String,
    pub takes_files: bool,
    pub fields: Vec<(String, String)>,
}

/// All forms that change something, in their order.
pub fn forms(page: &Page) -> Vec<Form> {
    let mut found = Vec::new();
    for part in page.body.split("<form").skip(1) {
        let Some((head, rest)) = part.split_once('>') else { continue };
        let body = rest.split("</form>").next().unwrap_or_default();
        let (Some(action), Some("post")) = (attribute(head, "action"), attribute(head, "method")) else {
            continue;
        };
        let mut fields = Vec::new();
        for tag in ["<input", "<textarea", "<select"] {
            for field in body.split(tag).skip(1) {
                let (head, inside) = field.split_once('>').unwrap_or((field, ""));
                let kind = attribute(head, "type").unwrap_or("text");
                let Some(name) = attribute(head, "name") else { continue };
                let unticked = matches!(kind, "checkbox" | "radio") && !head.contains(" checked");
                if unticked || matches!(kind, "file" | "submit") || name == "form-key" {
                    continue;
                }
                let value = match tag {
                    "<textarea" => inside.split("</textarea>").next().unwrap_or_default(),
                    "<select" => chosen(inside.split("</select>").next().unwrap_or_default()),
                    _ => attribute(head, "value").unwrap_or_default(),
                };
                fields.push((name.to_owned(), unescaped(value)));
            }
        }
        let takes_files = head.contains("multipart");
        let action = if action.is_empty() { page.address.clone() } else { unescaped(action) };
        found.push(Form { action, takes_files, fields });
    }
    found
}

/// The value of an attribute in the text of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()
}

/// The value of the option that is selected, or of the first.
fn chosen(options: &str) -> &str {
    let heads = || options.split("<option").skip(1).filter_map(|option| option.split('>').next());
    let selected = heads().find(|head| head.contains(" selected")).or_else(|| heads().next());
    selected.and_then(|head| attribute(head, "value")).unwrap_or_default()
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")
}
