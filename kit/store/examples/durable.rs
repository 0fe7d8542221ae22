//! Keeps ten units one after another and says so after each, so that `tests/durability.rs` can look at it from outside.
use std::io::Write;

use store::{Store, Who, values};
use words::Clock;

#[tokio::main]
async fn main() {
    let path = std::env::args().nth(1).expect("a path");
    let store = Store::sqlite(path.as_ref(), 1, Clock::system(), schema::FILES).expect("opened");
    for n in 0..10i64 {
        let note = move |work: &mut store::Work| {
            work.run(
                "insert into replay (form_key, answer, at) values (?1, ?2, ?3)",
                values![uuid::Uuid::now_v7(), "answer", n],
            )
        };
        store.write(Who::system(), note).await.expect("kept");
        let mut out = std::io::stdout().lock();
        out.write_all(b"acknowledged\n").expect("said");
        out.flush().expect("said");
    }
}
