//! Why one question of a file cannot be taken: every sentence that a teacher may read about it.
use marking::Flaw;

#[derive(Debug, thiserror::Error)]
pub enum Fault {
    #[error(transparent)]
    Flaw(#[from] Flaw),
    #[error("вид вопроса — {0}; такие вопросы не принимаются")]
    Kind(String),
    #[error("вопрос скрыт в той системе, откуда выгружен файл")]
    Hidden,
    #[error("в тексте слишком много тегов разметки")]
    TooManyTags,

    #[error("нет закрывающей фигурной скобки «}}»")]
    Unclosed,
    #[error("два блока ответов в фигурных скобках; отделите вопросы друг от друга пустой строкой")]
    TwoBlocks,
    #[error("перед первым вариантом ответа лишний текст «{0}»")]
    Stray(String),

    #[error("неизвестная подстановка «&{0};»")]
    Entity(String),
    #[error("разметка внутри <text> не взята ни в CDATA, ни в подстановки &lt; &gt;")]
    BareMarkup,
    #[error("«{0}» не число")]
    Number(String),
    #[error("пропуск [[{0}]] в тексте есть, а ответа к нему нет")]
    NoGap(String),
    #[error("нет строки с ответом «ANSWER: …»")]
    NoAnswerLine,
    #[error("верным назван вариант «{0}», а такого нет")]
    NoSuchOption(String),
    #[error("верный ответ отмечен по-разному: в столбце «{0}», у вариантов — иначе")]
    TwoKeys(String),
    #[error("у картинки не узнать ширину и высоту")]
    NoSize,
    #[error("на картинку ставят {0} меток; принимаются вопросы с одной")]
    Markers(usize),
    #[error("область «{0}» записана с ошибкой")]
    BadArea(String),
    #[error("доля балла «{0}» не число")]
    Fraction(String),
    #[error("рисунок вложен так, как это делал Moodle 1.9; выгрузите вопрос из Moodle 2 или новее")]
    OldPicture,

    #[error("рисунка «{0}» в файле нет")]
    NoPicture(String),
    #[error("рисунок «{0}» записан с ошибкой: это не base64")]
    NotBase64(String),
    #[error("«{0}» не рисунок (PNG, JPEG, GIF, WebP) и не запись (MP3, Ogg, WAV, M4A)")]
    NotAPicture(String),
    #[error("«{0}»: рисунок больше 5 МиБ или запись больше 10 МиБ")]
    HeavyPicture(String),
}

/// A kind of question by its name in Moodle.
pub fn kind(of: &str) -> Fault {
    let russian = match of {
        "calculated" | "calculatedsimple" | "calculatedmulti" => "вычисляемый",
        "ddimageortext" => "перетаскивание на рисунок",
        "description" => "описание без ответов",
        "randomsamatch" => "случайные пары из кратких ответов",
        "random" => "случайный вопрос",
        "" => "не указан",
        other => return Fault::Kind(format!("«{other}»")),
    };
    Fault::Kind(russian.to_owned())
}
