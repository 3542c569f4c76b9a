//! What of a page is not drawn as it stands, by name: nothing is left out in silence.

use yinxin_trust::base::Sentence;

/// Findings of one page that are kept.
const MOST: usize = 200;
/// Longest subject, characters.
const SUBJECT: usize = 80;

/// One thing that the picture does not show as the document has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// Of what: a font, an entry, an element; empty where the code says all.
    pub subject: String,
    /// How often on this page.
    pub times: usize,
}

macro_rules! codes {
    ($($variant:ident $text:literal $zh:literal $en:literal,)*) => {
        /// Names of findings.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the sentences say it")]
        pub enum Code { $($variant,)* }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// `{}` stands for the subject.
            const fn words(self) -> (&'static str, &'static str) {
                match self { $(Self::$variant => ($zh, $en),)* }
            }
        }
    };
}

codes! {
    FontSubstituted "font_substituted" "文件没有带字体“{}”，用本系统的宋体代替，字形与原件会有不同。" "The document does not carry the font {}; our own Song is shown in its place, so letter shapes differ.",
    FontNotRead "font_not_read" "文件所带的字体“{}”无法使用，用本系统的宋体代替。" "The embedded font {} cannot be used; our own Song is shown in its place.",
    GlyphMissing "glyph_missing" "没有字体能显示字符 {}，画成方框。" "No font has the character {}; a crossed box stands in its place.",
    ImageKind "image_kind" "不能显示 {} 格式的图像，画成方框。" "Pictures of the kind {} cannot be shown; a crossed box stands in their place.",
    ImageDamaged "image_damaged" "图像 {} 已损坏，画成方框。" "The picture {} is damaged; a crossed box stands in its place.",
    ImagesTooLarge "images_too_large" "图像太大或太多，超出的画成方框。" "There are too many or too large pictures; crossed boxes stand in the place of those over the limit.",
    ResourceMissing "resource_missing" "文件中没有被引用的资源 {}。" "The resource {} that is referred to is not in the document.",
    FileNotRead "file_not_read" "文件 {} 无法读取，其中的内容没有画出。" "The file {} cannot be read, and what stands in it is not drawn.",
    NotDrawn "not_drawn" "没有画出：{}。" "Not drawn: {}.",
    BadValue "bad_value" "数值无法理解：{}。" "A value is not understood: {}.",
    PageSize "page_size" "页面尺寸缺失或不合理，按 A4 画出。" "The size of the page is missing or absurd; A4 is taken.",
    Simplified "simplified" "渐变色经过简化：{}。" "A shading is simplified: {}.",
    Circular "circular" "{} 引用了自身，没有重复画出。" "{} refers to itself and is not drawn again.",
    TooDeep "too_deep" "嵌套太深，更深处没有画出。" "Objects are nested too deep; those deeper are not drawn.",
    TooManyElements "too_many_elements" "页面内容太多，超出的没有画出。" "The page has too many elements; those over the limit are not drawn.",
    TooManyObjects "too_many_objects" "图元太多，超出的没有画出。" "The page has too many objects; those over the limit are not drawn.",
    TooManySteps "too_many_steps" "线条太多，超出的没有画出。" "The page has too many lines; those over the limit are not drawn.",
    TooManyGlyphs "too_many_glyphs" "文字太多，超出的没有画出。" "The page has too many characters; those over the limit are not drawn.",
    TooLarge "too_large" "页面图像太大，其余内容没有画出。" "The picture of the page grows too large; the rest is not drawn.",
    StampNotShown "stamp_not_shown" "签章 {} 不成立，其印章图像没有画出。" "The stamp {} does not hold; the picture of its seal is not drawn.",
    StampNotRead "stamp_not_read" "签章 {} 的印章图像无法读取。" "The picture of the seal of stamp {} cannot be read.",
    Uncovered "uncovered" "未被签章保护：{}。" "Not protected by a seal: {}.",
}

impl Finding {
    /// The same for people.
    pub fn sentence(&self) -> Sentence {
        let (zh, en) = self.code.words();
        Sentence::new(zh.replace("{}", &self.subject), en.replace("{}", &self.subject))
    }
}

/// Findings in the order in which they came, each once.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, code: Code, subject: &str) {
        let subject: String = subject.chars().filter(|c| !c.is_control()).take(SUBJECT).collect();
        if let Some(known) = self.0.iter_mut().find(|known| known.code == code && known.subject == subject) {
            known.times = known.times.saturating_add(1);
        } else if self.0.len() < MOST {
            self.0.push(Finding { code, subject, times: 1 });
        }
    }

    pub(crate) fn into_list(self) -> Vec<Finding> {
        self.0
    }
}
