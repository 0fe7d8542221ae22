//! Tables as people keep them: an xlsx file read as rows of text, and a table written as one.
use std::io::{self, Cursor, Read};

use calamine::{DataRef, Reader, Xlsx, open_workbook_from_rs};
use rust_xlsxwriter::{DataValidation, Format, FormatAlign, Workbook, XlsxError};

/// What a written table is, for browsers.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The most that a file may inflate to, in bytes: a table of ten thousand people takes about three megabytes.
const LARGEST: u64 = 64 * 1024 * 1024;
/// No list of people is longer or wider; a stray value in the last row of the sheet would otherwise cost a gigabyte.
const MOST_ROWS: usize = 10_000;
const MOST_COLUMNS: usize = 100;
/// Of one cell, in characters.
const LONGEST: usize = 8000;
/// How many rows under the head of a written table offer a choice.
const ROWS_WITH_CHOICE: u32 = 1000;

#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("это не таблица xlsx")]
    NotXlsx,
    #[error("таблица слишком большая")]
    TooLarge,
    #[error("в файле нет листов")]
    NoSheet,
}

/// The first sheet as rows of text, from its first cell; empty rows stay, so that a row's place is its number on the screen,
/// and a row ends with its last filled cell.
/// Days come as `22.11.2026`, whole numbers without a point.
pub fn read(bytes: &[u8]) -> Result<Vec<Vec<String>>, Unreadable> {
    check_size(bytes)?;
    let mut book: Xlsx<_> = open_workbook_from_rs(Cursor::new(bytes)).map_err(|_| Unreadable::NotXlsx)?;
    let name = book.sheet_names().first().cloned().ok_or(Unreadable::NoSheet)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|_| Unreadable::NotXlsx)?;
    let mut rows: Vec<Vec<String>> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(|_| Unreadable::NotXlsx)? {
        let text = text(cell.get_value());
        if text.is_empty() {
            continue;
        }
        let (row, column) = cell.get_position();
        let (row, column) = (row as usize, column as usize);
        if row >= MOST_ROWS || column >= MOST_COLUMNS || text.len() > LONGEST * 4 {
            return Err(Unreadable::TooLarge);
        }
        if rows.len() <= row {
            rows.resize(row + 1, Vec::new());
        }
        if rows[row].len() <= column {
            rows[row].resize(column + 1, String::new());
        }
        rows[row][column] = text;
    }
    Ok(rows)
}

/// What it really inflates to, not what it says of itself.
fn check_size(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::NotXlsx)?;
    let mut left = LARGEST;
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|_| Unreadable::NotXlsx)?;
        let size = io::copy(&mut entry.take(left + 1), &mut io::sink()).map_err(|_| Unreadable::NotXlsx)?;
        left = left.checked_sub(size).ok_or(Unreadable::TooLarge)?;
    }
    Ok(())
}

fn text(value: &DataRef) -> String {
    match value {
        DataRef::DateTime(when) => {
            let (year, month, day, ..) = when.to_ymd_hms_milli();
            format!("{day:02}.{month:02}.{year}")
        }
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(yes) => yes.to_string(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.trim().to_owned()
        }
        DataRef::SharedString(text) => text.trim().to_owned(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}

/// A column of a written table.
#[derive(Clone, Debug)]
pub struct Column<'a> {
    pub title: &'a str,
    /// In characters.
    pub width: u16,
    /// What may stand in its cells; anything when empty.
    pub choice: &'a [&'a str],
}

impl<'a> Column<'a> {
    pub const fn new(title: &'a str, width: u16) -> Self {
        Self { title, width, choice: &[] }
    }
}

/// A table with its head frozen. Every cell is text, so that no zero before a number is lost. Blocks.
pub fn write(name: &str, columns: &[Column], rows: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name(name)?;
    let head = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let cell = Format::new().set_num_format("@").set_align(FormatAlign::Top);
    for (at, column) in (0u16..).zip(columns) {
        sheet.set_column_width(at, column.width)?;
        sheet.set_column_format(at, &cell)?;
        sheet.write_string_with_format(0, at, column.title, &head)?;
        if !column.choice.is_empty() {
            let choice = DataValidation::new().allow_list_strings(column.choice)?;
            sheet.add_data_validation(1, at, ROWS_WITH_CHOICE, at, &choice)?;
        }
    }
    for (at, row) in (1u32..).zip(rows) {
        for (column, value) in (0u16..).zip(row) {
            sheet.write_string_with_format(at, column, value, &cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that cannot go on says so by stopping")]
    use super::{Column, read, write};

    #[test]
    fn a_table_comes_back_as_it_was_written() {
        let columns =
            [Column::new("СНИЛС", 16), Column { choice: &["Женский", "Мужской"], ..Column::new("Пол", 10) }];
        let rows = vec![vec!["007".to_owned(), "Женский".to_owned()], vec![String::new(), "=1+1".to_owned()]];
        let table = read(&write("Список", &columns, &rows).unwrap()).unwrap();
        assert_eq!(table, [vec!["СНИЛС", "Пол"], vec!["007", "Женский"], vec!["", "=1+1"]]);
    }

    #[test]
    fn a_stray_cell_far_away_costs_no_memory() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let sheet = book.add_worksheet();
        sheet.write_string(0, 0, "Фамилия").unwrap().write_string(1_048_575, 16_383, "x").unwrap();
        let why = read(&book.save_to_buffer().unwrap()).unwrap_err();
        assert!(why.to_string().contains("слишком большая"), "{why}");
    }

    #[test]
    fn a_day_of_the_calendar_comes_as_it_is_shown() {
        let mut book = rust_xlsxwriter::Workbook::new();
        let day = rust_xlsxwriter::ExcelDateTime::from_ymd(1984, 3, 5).unwrap();
        let format = rust_xlsxwriter::Format::new().set_num_format("dd.mm.yyyy");
        book.add_worksheet()
            .write_with_format(0, 0, &day, &format)
            .unwrap()
            .write_number(0, 1, 12345.0)
            .unwrap();
        assert_eq!(read(&book.save_to_buffer().unwrap()).unwrap(), [vec!["05.03.1984", "12345"]]);
    }

    #[test]
    fn what_is_no_table_is_refused() {
        for bytes in [&b"not a table"[..], b"PK\x03\x04", b""] {
            assert!(read(bytes).is_err());
        }
        let mut bomb = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        bomb.start_file("xl/worksheets/sheet1.xml", zip::write::SimpleFileOptions::default()).unwrap();
        for _ in 0..65 {
            std::io::Write::write_all(&mut bomb, &vec![b' '; 1024 * 1024]).unwrap();
        }
        let bomb = bomb.finish().unwrap().into_inner();
        assert!(read(&bomb).unwrap_err().to_string().contains("слишком большая"));
    }
}
